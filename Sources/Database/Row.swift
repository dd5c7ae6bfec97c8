import CPostgres
import CSQLite
import Glibc

/// One row, valid inside the closure that gets it. Columns are read by position, from 0.
///
/// NULL, and a column that is not there, reads as 0, 0.0, false or "" through the plain accessors; use the optional ones where NULL means something.
public struct Row: ~Copyable {
  private enum Source {
    case sqlite(OpaquePointer)
    case postgres(OpaquePointer, Int32)
  }

  private let source: Source

  init(sqlite statement: OpaquePointer) { source = .sqlite(statement) }
  init(postgres result: OpaquePointer, _ row: Int32) { source = .postgres(result, row) }

  private static let byteaType: Oid = 17

  /// The number of columns.
  public var count: Int {
    switch source {
    case .sqlite(let statement): Int(sqlite3_column_count(statement))
    case .postgres(let result, _): Int(PQnfields(result))
    }
  }

  /// Whether the column is NULL.
  public func isNull(_ column: Int) -> Bool {
    switch source {
    case .sqlite(let statement): sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
    case .postgres(let result, let row): PQgetisnull(result, row, Int32(column)) != 0
    }
  }

  /// The column's bytes: text in UTF-8, a blob as it is, an integer as decimal digits; nil for NULL.
  ///
  /// The two engines spell floats differently, so those are read with `double`. The bytes stay as long as the row.
  public func bytes(_ column: Int) -> UnsafeRawBufferPointer? {
    switch source {
    case .sqlite(let statement):
      let column = Int32(column)
      switch sqlite3_column_type(statement, column) {
      case SQLITE_NULL:
        return nil
      case SQLITE_BLOB:
        let start = sqlite3_column_blob(statement, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
      default:
        let start = sqlite3_column_text(statement, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
      }
    case .postgres(let result, let row):
      guard let text = postgresText(result, row, Int32(column)) else { return nil }
      return PQftype(result, Int32(column)) == Row.byteaType ? unhex(text, result) : text
    }
  }

  /// The column as an integer; a float is truncated.
  public func int(_ column: Int) -> Int64 {
    switch source {
    case .sqlite(let statement): sqlite3_column_int64(statement, Int32(column))
    case .postgres(let result, let row): postgresText(result, row, Int32(column)).map(integer) ?? 0
    }
  }

  /// The column as a float.
  public func double(_ column: Int) -> Double {
    switch source {
    case .sqlite(let statement): sqlite3_column_double(statement, Int32(column))
    case .postgres(let result, let row):
      postgresText(result, row, Int32(column)).map(float) ?? 0
    }
  }

  /// Whether the column holds a number other than 0.
  public func bool(_ column: Int) -> Bool { int(column) != 0 }

  /// The column as text; "" for NULL.
  public func text(_ column: Int) -> String { textOrNil(column) ?? "" }

  /// The column as text; nil for NULL.
  public func textOrNil(_ column: Int) -> String? { bytes(column).map { String(decoding: $0, as: UTF8.self) } }

  /// The column as an integer; nil for NULL.
  public func intOrNil(_ column: Int) -> Int64? { isNull(column) ? nil : int(column) }

  /// The column as a float; nil for NULL.
  public func doubleOrNil(_ column: Int) -> Double? { isNull(column) ? nil : double(column) }

  /// The column's bytes in an array; empty for NULL.
  public func blob(_ column: Int) -> [UInt8] { bytes(column).map { [UInt8]($0) } ?? [] }
}

private func postgresText(_ result: OpaquePointer, _ row: Int32, _ column: Int32) -> UnsafeRawBufferPointer? {
  let length = PQgetlength(result, row, column)
  if length == 0, PQgetisnull(result, row, column) != 0 { return nil }
  return UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: Int(length))
}

/// Digits as an integer. `t` is what PostgreSQL prints for true; a numeric or a float is truncated as SQLite does.
private func integer(_ text: UnsafeRawBufferPointer) -> Int64 {
  if text.count == 1, text[0] == UInt8(ascii: "t") { return 1 }
  let negative = text.first == UInt8(ascii: "-")
  // Counted downwards, since the lowest integer has no positive counterpart.
  var value: Int64 = 0
  for character in text.dropFirst(negative ? 1 : 0) {
    let digit = Int64(character) - 48
    guard (0...9).contains(digit) else { return truncated(text) }
    let (tens, tooMany) = value.multipliedReportingOverflow(by: 10)
    let (next, tooMuch) = tens.subtractingReportingOverflow(digit)
    if tooMany || tooMuch { return negative ? .min : .max }
    value = next
  }
  if negative { return value }
  return value == .min ? .max : -value
}

/// libpq ends each value with NUL.
private func float(_ text: UnsafeRawBufferPointer) -> Double {
  guard let start = text.baseAddress else { return 0 }
  return strtod(start.assumingMemoryBound(to: CChar.self), nil)
}

private func truncated(_ text: UnsafeRawBufferPointer) -> Int64 {
  let number = float(text).rounded(.towardZero)
  return Int64(exactly: number) ?? (number < 0 ? .min : number > 0 ? .max : 0)
}

/// `\x0a1b` as bytes, in memory that goes with the result.
private func unhex(_ text: UnsafeRawBufferPointer, _ result: OpaquePointer) -> UnsafeRawBufferPointer {
  func nibble(_ character: UInt8) -> UInt8 { character <= 57 ? character &- 48 : (character | 0x20) &- 87 }
  let count = max(0, text.count - 2) / 2
  guard count > 0, let memory = PQresultAlloc(result, count) else { return UnsafeRawBufferPointer(start: text.baseAddress, count: 0) }
  let bytes = memory.assumingMemoryBound(to: UInt8.self)
  for index in 0..<count { bytes[index] = nibble(text[2 * index + 2]) << 4 | nibble(text[2 * index + 3]) }
  return UnsafeRawBufferPointer(start: memory, count: count)
}
