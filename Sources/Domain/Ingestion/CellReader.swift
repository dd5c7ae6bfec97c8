import CSV
import Database
import Foundation

/// Reads the cells of one row after the other and notes what is wrong with them.
///
/// A cell that cannot be read gives an empty value; the row is bad then and its values are not used. Text comes without the `'` of the formula guard.
/// What serves as a key is taken without blanks around it, names and attributes as they are.
final class CellReader {
  /// What is wrong with the row so far, in the form of `ImportFault.decode`; empty when nothing is.
  private(set) var faults = ""
  private let headers: [String]
  private let zone: TimeZone

  /// - Parameter zone: the organization's, in which its days are.
  init(headers: [String], zone: TimeZone) { (self.headers, self.zone) = (headers, zone) }

  /// Starts a row. False when its number of fields is wrong, so that no cell can be trusted to be what its column says.
  func begin(_ row: borrowing CSVRow) -> Bool {
    faults = ""
    if row.isShort {
      refuse(row.count + 1, "the row ends after \(row.count) of \(row.expectedCount) fields; is the file cut off, or a separator lost?")
    } else if row.isLong {
      refuse(
        row.expectedCount + 1, "the row has \(row.count) fields where the header has \(row.expectedCount); does a separator need quotes?")
    }
    return faults.isEmpty
  }

  /// Notes a fault at a place of the row, from 1.
  func refuse(_ column: Int, _ reason: String) {
    if !faults.isEmpty { faults += "\u{1e}" }
    faults += "\(column)\u{1f}\(reason)"
  }

  /// Text as it is, at most as long as an index of either engine takes.
  func text(_ field: CSVField) -> UnsafeRawBufferPointer {
    let bytes = field.unguardedBytes
    if bytes.count > CellReader.longest { refuse(field.column, CellReader.tooLong) }
    // Lines and tabs are other systems' own; what rings a bell or moves a cursor is nobody's.
    if bytes.contains(where: { $0 < 32 && $0 != 9 && $0 != 10 && $0 != 13 || $0 == 127 }) {
      refuse(field.column, "the text holds a character that cannot be printed")
    }
    return bytes
  }

  /// How long a text may be, in bytes. PostgreSQL indexes no more than some 2,700 for a name and an email together.
  private static let longest = 1000
  private static let tooLong = "the text is longer than 1,000 bytes"

  /// Text that no index holds, such as a biography or a comment, without blanks around it.
  func prose(_ row: borrowing CSVRow, _ wanted: Int) -> UnsafeRawBufferPointer {
    let bytes = CellReader.trimmed(row[wanted].unguardedBytes)
    if bytes.count > CellReader.longestProse {
      refuse(row[wanted].column, "the text is longer than \(grouped(Int64(CellReader.longestProse))) bytes")
    }
    return bytes
  }

  private static let longestProse = 20_000

  /// A key: text without blanks around it, which must not be empty.
  func key(_ row: borrowing CSVRow, _ wanted: Int) -> UnsafeRawBufferPointer {
    let bytes = CellReader.trimmed(text(row[wanted]))
    if bytes.isEmpty { refuse(row[wanted].column, "\(headers[wanted]) is missing") }
    return bytes
  }

  /// A name that must not be empty or blank.
  func name(_ row: borrowing CSVRow, _ wanted: Int) -> UnsafeRawBufferPointer {
    let bytes = text(row[wanted])
    if CellReader.trimmed(bytes).isEmpty { refuse(row[wanted].column, "\(headers[wanted]) is missing") }
    return bytes
  }

  /// Which moment of a day is meant where a cell has no time.
  enum DayEnd {
    /// Its first one in UTC, as the reports of other systems have it.
    case firstInUTC
    /// Its first, or last, in the organization's zone.
    case first, last
  }

  /// Writes a moment as the text that the database keeps, empty for none, and gives it back.
  @discardableResult
  func moment(
    _ row: borrowing CSVRow, _ wanted: Int, required: Bool = false, day: DayEnd = .firstInUTC, to sink: any RowSink
  ) -> Moment? {
    let field = row[wanted]
    let bytes = CellReader.trimmed(field.bytes)
    if bytes.isEmpty {
      if required { refuse(field.column, "\(headers[wanted]) is missing") }
      sink.text(bytes)
    } else if let moment = Moment(bytes: bytes), CellReader.years.contains(moment.milliseconds) {
      // Most files write moments as the database does.
      let isSame = bytes.count == 24 && bytes[10] == UInt8(ascii: "T") && bytes[19] == UInt8(ascii: ".") && bytes[23] == UInt8(ascii: "Z")
      if isSame {
        sink.text(bytes)
        return moment
      }
      let meant = bytes.count > 10 || day == .firstInUTC ? moment : dayEnd(of: moment, day)
      sink.text(meant.text)
      return meant
    } else {
      refuse(field.column, "\(CellReader.shown(bytes)) is not a date and time such as 2014-06-28T18:51:00.000Z")
      sink.text("")
    }
    return nil
  }

  private func dayEnd(of day: Moment, _ end: DayEnd) -> Moment {
    let date = CivilDate(daysSinceEpoch: day.milliseconds / 86_400_000)
    return end == .last ? date.end(in: zone) : date.beginning(in: zone)
  }

  /// The years 0 to 9999: four digits keep moments sortable as text, also after an offset was applied.
  private static let years: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

  /// A decimal number from 0 to `limit`; nil for an empty cell.
  func number(_ row: borrowing CSVRow, _ wanted: Int, limit: Double = 1_000_000_000, required: Bool = false) -> Double? {
    let field = row[wanted]
    let bytes = CellReader.trimmed(field.bytes)
    if bytes.isEmpty {
      if required { refuse(field.column, "\(headers[wanted]) is missing") }
      return nil
    }
    guard let decimal = Decimal(bytes) else {
      refuse(field.column, "\(CellReader.shown(bytes)) is not a number such as 12.50")
      return nil
    }
    if decimal.isNegative { refuse(field.column, "\(CellReader.shown(bytes)) is less than 0") }
    if decimal.value > limit { refuse(field.column, "\(CellReader.shown(bytes)) is more than \(grouped(Int64(limit)))") }
    return decimal.value
  }

  /// Hours as whole seconds; nil for an empty cell.
  func seconds(_ row: borrowing CSVRow, _ wanted: Int) -> Int64? {
    guard number(row, wanted, limit: 10_000_000) != nil else { return nil }
    return Decimal(CellReader.trimmed(row[wanted].bytes))?.times(3600)
  }

  /// A whole number; nil for an empty cell.
  func count(_ row: borrowing CSVRow, _ wanted: Int, within bounds: ClosedRange<Int64>? = nil, required: Bool = false) -> Int64? {
    guard let value = number(row, wanted, required: required) else { return nil }
    guard value == value.rounded() else {
      refuse(row[wanted].column, "\(CellReader.shown(row[wanted].bytes)) is not a whole number")
      return nil
    }
    if let bounds, !bounds.contains(Int64(value)) {
      refuse(row[wanted].column, "\(grouped(Int64(value))) is not within \(grouped(bounds.lowerBound)) and \(grouped(bounds.upperBound))")
    }
    return Int64(value)
  }

  /// One of some words, whatever their case: what the word stands for. Nil for an empty cell, and for a word that is none of them.
  func choice(_ row: borrowing CSVRow, _ wanted: Int, _ words: KeyValuePairs<String, String>, required: Bool = true) -> String? {
    let field = row[wanted]
    let bytes = CellReader.trimmed(field.bytes)
    let text = String(decoding: bytes, as: UTF8.self).lowercased()
    if let found = words.first(where: { $0.key.lowercased() == text }) { return found.value }
    if !bytes.isEmpty {
      refuse(field.column, "\(CellReader.shown(bytes)) is none of \(CellReader.list(words.map(\.key)))")
    } else if required {
      refuse(field.column, "\(headers[wanted]) is missing; it is one of \(CellReader.list(words.map(\.key)))")
    }
    return nil
  }

  /// Words as a sentence joins them: A, B and C.
  static func list(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }

  /// Yes or No; nil for an empty cell where one is allowed.
  func yesNo(_ row: borrowing CSVRow, _ wanted: Int, required: Bool = true) -> Bool? {
    let field = row[wanted]
    let bytes = CellReader.trimmed(field.bytes)
    if CellReader.matches(bytes, "yes") { return true }
    if CellReader.matches(bytes, "no") { return false }
    if !bytes.isEmpty {
      refuse(field.column, "\(CellReader.shown(bytes)) is neither Yes nor No")
    } else if required {
      refuse(field.column, "\(headers[wanted]) is missing; it is Yes or No")
    }
    return nil
  }

  /// Whether bytes are a word in lower case, whatever their own.
  static func matches(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
    guard bytes.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { word in zip(bytes, word).allSatisfy { $0 == $1 || ($0 | 0x20) == $1 } }
  }

  /// Without ASCII blanks at both ends.
  static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var (start, end) = (0, bytes.count)
    while start < end, bytes[start] == 32 || (9...13).contains(bytes[start]) { start += 1 }
    while end > start, bytes[end - 1] == 32 || (9...13).contains(bytes[end - 1]) { end -= 1 }
    return end - start == bytes.count ? bytes : UnsafeRawBufferPointer(rebasing: bytes[start..<end])
  }

  /// A cell as a sentence quotes it: on one line and not too long.
  static func shown(_ bytes: UnsafeRawBufferPointer) -> String {
    let text = String(decoding: bytes.prefix(400), as: UTF8.self)
    let plain = String(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }.prefix(60))
    return "\"\(plain)\(bytes.count > plain.utf8.count ? "…" : "")\""
  }
}

/// A decimal number as written: digits with an optional fraction, at most 15 of them, so that a Double holds it exactly as far as it is shown.
struct Decimal {
  let digits: Int64, scale: Int64, isNegative: Bool

  init?(_ bytes: UnsafeRawBufferPointer) {
    var (digits, scale): (Int64, Int64) = (0, 1)
    var (count, seenPoint, start) = (0, false, 0)
    if bytes.first == 45 || bytes.first == 43 { start = 1 }
    for byte in bytes[start...] {
      if byte == 46, !seenPoint, count > 0 {
        seenPoint = true
      } else if (48...57).contains(byte), count < 15 || digits == 0 {
        digits = digits * 10 + Int64(byte - 48)
        if seenPoint { scale *= 10 }
        count += 1
        if count > 18 { return nil }
      } else {
        return nil
      }
    }
    guard count > 0, bytes.last != 46 else { return nil }
    (self.digits, self.scale, isNegative) = (digits, scale, bytes.first == 45 && digits > 0)
  }

  var value: Double { Double(digits) / Double(scale) }

  /// Multiplied and rounded to a whole number.
  func times(_ factor: Int64) -> Int64? {
    let (product, overflows) = digits.multipliedReportingOverflow(by: factor)
    return overflows ? nil : (product + scale / 2) / scale
  }
}

/// A number with commas between thousands: 31,512.
func grouped(_ number: Int64) -> String {
  var digits = String(number.magnitude)
  var groups: [Substring] = []
  while digits.count > 3 {
    groups.insert(digits.suffix(3), at: 0)
    digits.removeLast(3)
  }
  return (number < 0 ? "-" : "") + ([digits[...]] + groups).joined(separator: ",")
}
