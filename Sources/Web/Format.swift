public import Domain
import Foundation

/// Writes numbers, times, shares and plurals, everywhere the same.
public struct Format: Sendable {
  private let zone: TimeZone
  private let now: Moment

  /// - Parameters:
  ///   - timeZone: an IANA name; one that the zone database does not know counts as UTC.
  ///   - now: what "2 days ago" is counted from.
  public init(timeZone: String, now: Moment) {
    zone = TimeZone(identifier: timeZone) ?? .gmt
    self.now = now
  }

  /// `1,088`
  public func number(_ value: Int64) -> String {
    let digits = Array(String(value.magnitude).utf8)
    var out = value < 0 ? Array("−".utf8) : []
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { out.append(UInt8(ascii: ",")) }
      out.append(digit)
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// `1,088`
  public func number(_ value: Int) -> String { number(Int64(value)) }

  /// `4.7`, rounded half away from zero, with as many decimals as asked for (at most nine) and the thousands grouped.
  public func decimal(_ value: Double, places: Int = 1) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "—" }
    let scale = Int64(pow(10, Double(min(max(places, 0), 9))))
    let scaled = Int64((value.magnitude * Double(scale)).rounded())
    let whole = (value < 0 && scaled > 0 ? "−" : "") + number(scaled / scale)
    guard scale > 1 else { return whole }
    let fraction = String(scaled % scale)
    return whole + "." + String(repeating: "0", count: String(scale).count - 1 - fraction.count) + fraction
  }

  /// `+262`, `−3`, `0`
  public func change(_ value: Int64) -> String { value > 0 ? "+" + number(value) : number(value) }

  /// `1 member`, `1,088 members`
  public func plural(_ count: Int64, _ one: String, _ many: String) -> String { number(count) + " " + (count == 1 ? one : many) }

  /// `71%`. What is neither nothing nor all never reads as 0% or 100%; `—` of nothing.
  public func percent(_ part: Int64, of whole: Int64) -> String {
    guard whole > 0 else { return "—" }
    if part <= 0 { return "0%" }
    if part >= whole { return number((part * 100 + whole / 2) / whole) + "%" }
    let rounded = (part * 100 + whole / 2) / whole
    return rounded == 0 ? "<1%" : rounded >= 100 ? ">99%" : "\(rounded)%"
  }

  /// `22 Jan 2024` in the zone; `—` for never.
  public func date(_ moment: Moment?) -> String {
    guard let moment else { return "—" }
    let (date, _) = local(moment)
    return "\(date.day) \(Format.months[Int(date.month) - 1]) \(date.year)"
  }

  /// `22 January 2024` in the zone; `—` for never.
  public func longDate(_ moment: Moment?) -> String {
    guard let moment else { return "—" }
    let (date, _) = local(moment)
    return "\(date.day) \(Format.longMonths[Int(date.month) - 1]) \(date.year)"
  }

  /// `22 Jan 2024, 14:05` in the zone; `—` for never.
  public func time(_ moment: Moment?) -> String {
    guard let moment else { return "—" }
    let (_, seconds) = local(moment)
    let minutes = seconds % 3600 / 60
    return date(moment) + ", " + Format.padded(seconds / 3600) + ":" + Format.padded(minutes)
  }

  /// `Mon 22 Jan 2024, 14:05–15:05` in the zone, with the other day where it ends on another one.
  public func span(_ stretch: Stretch) -> String {
    let (first, start) = local(stretch.starts)
    let (last, end) = local(stretch.ends)
    let from = "\(Format.weekday(first).prefix(3)) \(date(stretch.starts)), \(Format.clock(start / 60))"
    // Midnight ends the day before.
    if last.daysSinceEpoch == first.daysSinceEpoch || end == 0 && last.daysSinceEpoch == first.daysSinceEpoch + 1 {
      return from + "–" + Format.clock(end == 0 ? 1440 : end / 60)
    }
    return "\(from) – \(Format.weekday(last).prefix(3)) \(date(stretch.ends)), \(Format.clock(end / 60))"
  }

  /// `1–14 July 2024` for whole days in the zone; else as `span` says it.
  public func timeOff(_ stretch: Stretch) -> String {
    let (first, start) = local(stretch.starts)
    let (last, end) = local(stretch.ends)
    guard start == 0, end == 0 else { return span(stretch) }
    let final = last.adding(days: -1)
    return first == final ? "\(Format.weekday(first).prefix(3)) \(date(stretch.starts))" : Format.days(first, final)
  }

  /// `Europe/Berlin (UTC+1)`: the zone and what its clocks are ahead of UTC at a moment.
  public func zone(at moment: Moment) -> String {
    let name = zone.identifier.replacing("_", with: " ")
    let minutes = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)) / 60
    let (hours, rest) = (minutes.magnitude / 60, minutes.magnitude % 60)
    if minutes == 0 { return ["GMT", "UTC"].contains(zone.identifier) ? "UTC" : "\(name) (UTC)" }
    return "\(name) (UTC\(minutes < 0 ? "−" : "+")\(hours)\(rest == 0 ? "" : ":\(Format.padded(Int64(rest)))"))"
  }

  /// `14:05` for minutes since midnight; 24:00 is the day's end.
  public static func clock(_ minute: Int64) -> String { padded(minute / 60) + ":" + padded(minute % 60) }

  /// `Monday`
  public static func weekday(_ date: CivilDate) -> String { WorkingHours.weekdays[Int(date.weekday) - 1] }

  /// `23 Nov`, for headings of a calendar.
  public static func shortDay(_ date: CivilDate) -> String { "\(date.day) \(months[Int(date.month) - 1])" }

  /// `23–29 November 2026`, `30 November – 6 December 2026`: from a day to another.
  public static func days(_ first: CivilDate, _ last: CivilDate) -> String {
    let end = "\(last.day) \(longMonths[Int(last.month) - 1]) \(last.year)"
    if first.month == last.month { return "\(first.day)–\(end)" }
    return "\(first.day) \(longMonths[Int(first.month) - 1])\(first.year == last.year ? "" : " \(first.year)") – \(end)"
  }

  /// `just now`, `5 minutes ago`, `3 hours ago`, `yesterday`, `12 days ago`; from 30 days on, and for what is yet to come, the date.
  public func ago(_ moment: Moment?) -> String {
    guard let moment else { return "—" }
    let seconds = (now.milliseconds - moment.milliseconds) / 1000
    if now < moment { return date(moment) }
    if seconds < 60 { return "just now" }
    if seconds < 3600 { return plural(seconds / 60, "minute ago", "minutes ago") }
    let days = local(now).0.daysSinceEpoch - local(moment).0.daysSinceEpoch
    if days == 0 { return plural(seconds / 3600, "hour ago", "hours ago") }
    if days == 1 { return "yesterday" }
    return days < 30 ? "\(days) days ago" : date(moment)
  }

  /// `149 days`: the days of the zone's calendar from a past moment to now.
  func days(since moment: Moment) -> String {
    plural(max(0, local(now).0.daysSinceEpoch - local(moment).0.daysSinceEpoch), "day", "days")
  }

  /// The day of the zone's calendar, and the seconds since its midnight.
  private func local(_ moment: Moment) -> (CivilDate, Int64) {
    let seconds = Double(moment.milliseconds) / 1000
    let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))
    let shifted = Int64(seconds.rounded(.down)) + Int64(offset)
    let day = Int64((Double(shifted) / 86_400).rounded(.down))
    return (CivilDate(daysSinceEpoch: day), shifted - day * 86_400)
  }

  private static func padded(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static let longMonths = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
  ]
  private static let months = longMonths.map { String($0.prefix(3)) }
}
