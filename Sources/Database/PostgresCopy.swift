import CPostgres

extension PostgresConnection {
  func load(into table: StaticString, columns: [StaticString], _ feed: (any RowSink) throws -> Void) throws -> Int {
    try levels.check()
    guard !columns.isEmpty else { throw record(DatabaseError(.other, code: "load", "a load needs columns")) }
    let text = "COPY \(table) (\(columns.map(\.description).joined(separator: ", "))) FROM STDIN"
    PQclear(try checked(PQexec(handle, text)) { text })
    levels.isLoading = true
    defer { levels.isLoading = false }
    let sink = PostgresSink(self, columns.count)
    var thrown: (any Error)?
    do {
      try feed(sink)
      try sink.finish()
    } catch {
      thrown = error
    }
    // Told of an error, the server throws away what it has got.
    PQputCopyEnd(handle, thrown == nil ? nil : "abandoned")
    let (count, refused) = copyResult(text)
    // A refusal is the reason that sending failed; without one, the feed was.
    if let error = thrown as? DatabaseError { throw record(refused.flatMap { $0.code == "57014" ? nil : $0 } ?? error) }
    if let thrown {
      levels.fail(DatabaseError(.other, code: "load", "a load was abandoned"))
      throw thrown
    }
    if let refused { throw record(refused) }
    return count
  }

  /// Reads what the server answers to the end of a COPY.
  private func copyResult(_ text: String) -> (Int, DatabaseError?) {
    var count = 0
    var refused: DatabaseError?
    while let result = PQgetResult(handle) {
      if PQresultStatus(result) == PGRES_COMMAND_OK {
        count = PostgresConnection.count(result)
      } else if refused == nil {
        refused = failure(result) { text }
      }
      PQclear(result)
      if handle.map({ PQstatus($0) != CONNECTION_OK }) ?? true { break }
    }
    return (count, refused)
  }

  func send(_ bytes: [UInt8]) throws {
    let sent = bytes.withUnsafeBytes { raw in
      PQputCopyData(handle, raw.bindMemory(to: CChar.self).baseAddress, Int32(clamping: raw.count))
    }
    guard sent == 1 else { throw failure(nil) { "COPY" } }
  }
}

/// Cells in COPY's text format, which fits a column of any type: tabs between cells, `\N` for NULL, backslash before what is special.
/// https://www.postgresql.org/docs/15/sql-copy.html
private struct CopyText {
  private(set) var bytes: [UInt8] = []
  /// Cells of the row under way.
  private(set) var cells = 0
  /// The first cell of it that cannot be kept.
  private(set) var fault: (cell: Int, reason: String)?

  private mutating func begin() {
    if cells > 0 { bytes.append(UInt8(ascii: "\t")) }
    cells += 1
  }

  mutating func null() {
    begin()
    bytes.append(UInt8(ascii: "\\"))
    bytes.append(UInt8(ascii: "N"))
  }

  mutating func append(_ value: Int64) {
    begin()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(48 + rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  mutating func append(_ value: Double) {
    begin()
    if !value.isFinite, fault == nil { fault = (cells, "is not a finite number") }
    bytes.append(contentsOf: value.description.utf8)
  }

  mutating func append(_ text: UnsafeRawBufferPointer) {
    begin()
    if let found = textFault(text), fault == nil { fault = (cells, found.rawValue) }
    var plain = 0
    for index in 0..<text.count {
      let letter: UInt8
      switch text[index] {
      case UInt8(ascii: "\\"): letter = UInt8(ascii: "\\")
      case UInt8(ascii: "\n"): letter = UInt8(ascii: "n")
      case UInt8(ascii: "\r"): letter = UInt8(ascii: "r")
      case UInt8(ascii: "\t"): letter = UInt8(ascii: "t")
      default: continue
      }
      bytes.append(contentsOf: text[plain..<index])
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(letter)
      plain = index + 1
    }
    bytes.append(contentsOf: text[plain...])
  }

  mutating func endRow() {
    bytes.append(UInt8(ascii: "\n"))
    cells = 0
  }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}

/// Sends rows by the chunk.
private final class PostgresSink: RowSink {
  private static let chunk = 65_536
  private let connection: PostgresConnection
  private let width: Int
  // One value, so that a cell costs one check for exclusive access.
  private var copy = CopyText()
  private var rows = 0

  init(_ connection: PostgresConnection, _ width: Int) {
    self.connection = connection
    self.width = width
  }

  func null() { copy.null() }
  func int(_ value: Int64) { copy.append(value) }
  func double(_ value: Double) { copy.append(value) }
  func text(_ bytes: UnsafeRawBufferPointer) { copy.append(bytes) }

  func text(_ value: String) {
    var value = value
    value.withUTF8 { copy.append(UnsafeRawBufferPointer($0)) }
  }

  func endRow() throws {
    if let fault = copy.fault { throw LoadFault.cell(fault.cell, row: rows + 1, fault.reason) }
    guard copy.cells == width else { throw LoadFault.width(copy.cells, row: rows + 1, expected: width) }
    copy.endRow()
    rows += 1
    if copy.bytes.count >= PostgresSink.chunk { try flush() }
  }

  private func flush() throws {
    try connection.send(copy.bytes)
    copy.removeAll()
  }

  /// Sends what is left. A row that was begun must have been ended.
  func finish() throws {
    if copy.cells > 0 { throw LoadFault.open(row: rows + 1) }
    if !copy.bytes.isEmpty { try flush() }
  }
}
