/// A moment in time, in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Its text is ISO 8601 UTC with milliseconds (`2019-12-23T06:18:32.782Z`), exactly as the reports print it; in that form moments sort as
/// text, which is how the database keeps them. An unknown moment is the empty text there.
public struct Moment: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Milliseconds since the epoch; negative before 1970.
  public let milliseconds: Int64

  /// A moment by its distance from the epoch in milliseconds.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// The last moment that has a text which sorts.
  public static let last = Moment(milliseconds: 253_402_300_799_999)

  /// Earlier is less.
  public static func < (a: Moment, b: Moment) -> Bool { a.milliseconds < b.milliseconds }

  /// This moment moved by a number of days of 24 hours.
  public func adding(days: Int64) -> Moment { Moment(milliseconds: milliseconds + days * 86_400_000) }

  /// This moment moved by a number of seconds.
  public func adding(seconds: Int64) -> Moment { Moment(milliseconds: milliseconds + seconds * 1000) }

  /// The UTC day, `2019-12-23`.
  public var day: String { String(text.prefix(10)) }

  /// The UTC month, `2019-12`.
  public var month: String { String(text.prefix(7)) }

  /// The same as `text`.
  public var description: String { text }

  /// ISO 8601 in UTC with milliseconds, 24 characters for the years 0 to 9999.
  public var text: String {
    let days = milliseconds.flooredDivision(by: 86_400_000)
    var rest = milliseconds - days * 86_400_000
    let date = CivilDate(daysSinceEpoch: days)
    let fraction = rest % 1000
    rest /= 1000
    return date.text + "T" + padded(rest / 3600, 2) + ":" + padded(rest / 60 % 60, 2) + ":" + padded(rest % 60, 2) + "."
      + padded(fraction, 3) + "Z"
  }

  /// Reads ISO 8601 as other systems write it: a date, or a date and a time with optional seconds and up to nine decimals, with `Z` or an
  /// offset such as `+02:00`. A date alone is its first moment in UTC. Nil where the text is anything else or names no real moment.
  public init?(_ text: some StringProtocol) {
    let parsed = text.utf8.withContiguousStorageIfAvailable { bytes in Moment.parse(UnsafeRawBufferPointer(bytes)) }
    guard let moment = parsed ?? Array(text.utf8).withUnsafeBytes(Moment.parse) else { return nil }
    self = moment
  }

  /// The same, from bytes.
  public init?(bytes: UnsafeRawBufferPointer) {
    guard let moment = Moment.parse(bytes) else { return nil }
    self = moment
  }

  private static func parse(_ b: UnsafeRawBufferPointer) -> Moment? {
    func digits(_ from: Int, _ count: Int) -> Int64? {
      guard from + count <= b.count else { return nil }
      var value: Int64 = 0
      for i in from..<from + count {
        guard b[i] >= 48, b[i] <= 57 else { return nil }
        value = value * 10 + Int64(b[i] - 48)
      }
      return value
    }
    func at(_ i: Int, _ c: UInt8) -> Bool { i < b.count && b[i] == c }
    guard let year = digits(0, 4), at(4, 45), let month = digits(5, 2), at(7, 45), let day = digits(8, 2),
      let date = CivilDate(year: year, month: month, day: day)
    else { return nil }
    var milliseconds = date.daysSinceEpoch * 86_400_000
    if b.count == 10 { return Moment(milliseconds: milliseconds) }
    guard at(10, 84) || at(10, 116) || at(10, 32), let hour = digits(11, 2), hour < 24, at(13, 58), let minute = digits(14, 2), minute < 60
    else { return nil }
    milliseconds += hour * 3_600_000 + minute * 60_000
    var i = 16
    if at(i, 58) {
      guard let second = digits(i + 1, 2), second < 60 else { return nil }
      milliseconds += second * 1000
      i += 3
      if at(i, 46) {
        i += 1
        let start = i
        var scale: Int64 = 100
        while i < b.count, b[i] >= 48, b[i] <= 57 {
          milliseconds += Int64(b[i] - 48) * scale
          scale /= 10
          i += 1
        }
        guard i > start, i - start <= 9 else { return nil }
      }
    }
    if i == b.count - 1, at(i, 90) || at(i, 122) { return Moment(milliseconds: milliseconds) }
    guard at(i, 43) || at(i, 45), let offsetHour = digits(i + 1, 2), offsetHour < 24, at(i + 3, 58), let offsetMinute = digits(i + 4, 2),
      offsetMinute < 60, i + 6 == b.count
    else { return nil }
    let offset = offsetHour * 3_600_000 + offsetMinute * 60_000
    return Moment(milliseconds: b[i] == 43 ? milliseconds - offset : milliseconds + offset)
  }
}

/// A day of the proleptic Gregorian calendar, with the arithmetic between it and a count of days.
public struct CivilDate: Sendable, Hashable {
  /// Year, month 1–12 and day 1–31.
  public let year: Int64, month: Int64, day: Int64

  /// A real day; nil for one that the calendar does not have.
  public init?(year: Int64, month: Int64, day: Int64) {
    guard (0...9999).contains(year), (1...12).contains(month), day >= 1, day <= CivilDate.length(ofMonth: month, year: year) else {
      return nil
    }
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// The day at that distance from 1970-01-01.
  public init(daysSinceEpoch: Int64) {
    // Years are counted from March, so that the leap day comes last and each 400-year era has the same 146,097 days.
    let shifted = daysSinceEpoch + 719_468
    let era = shifted.flooredDivision(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// The distance from 1970-01-01 in days.
  public var daysSinceEpoch: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear.flooredDivision(by: 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// `2019-12-23`.
  public var text: String { padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) }

  private static func length(ofMonth month: Int64, year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }
}

extension Int64 {
  fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}

private func padded(_ value: Int64, _ width: Int) -> String {
  let digits = String(value)
  return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
}
