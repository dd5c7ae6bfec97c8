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

/// Writes cells in COPY's text format, which fits a column of any type: tabs between cells, `\N` for NULL, backslash before what is special.
/// https://www.postgresql.org/docs/15/sql-copy.html
private final class PostgresSink: RowSink {
  private static let chunk = 65_536
  private let connection: PostgresConnection
  private let width: Int
  private var buffer: [UInt8] = []
  private var cells = 0
  private var rows = 0
  private var fault: String?

  init(_ connection: PostgresConnection, _ width: Int) {
    self.connection = connection
    self.width = width
    buffer.reserveCapacity(PostgresSink.chunk + 4096)
  }

  private func begin() {
    if cells > 0 { buffer.append(UInt8(ascii: "\t")) }
    cells += 1
  }

  func null() {
    begin()
    buffer.append(UInt8(ascii: "\\"))
    buffer.append(UInt8(ascii: "N"))
  }

  func int(_ value: Int64) {
    begin()
    if value < 0 { buffer.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = buffer.count
    repeat {
      buffer.append(UInt8(48 + rest % 10))
      rest /= 10
    } while rest > 0
    buffer[start...].reverse()
  }

  func double(_ value: Double) {
    begin()
    if !value.isFinite { report("is not a finite number") }
    buffer.append(contentsOf: value.description.utf8)
  }

  func text(_ value: String) {
    var value = value
    value.withUTF8 { text(UnsafeRawBufferPointer($0)) }
  }

  func text(_ bytes: UnsafeRawBufferPointer) {
    begin()
    if let fault = textFault(bytes) { report(fault.rawValue) }
    var plain = 0
    for (index, byte) in bytes.enumerated() {
      let letter: UInt8
      switch byte {
      case UInt8(ascii: "\\"): letter = UInt8(ascii: "\\")
      case UInt8(ascii: "\n"): letter = UInt8(ascii: "n")
      case UInt8(ascii: "\r"): letter = UInt8(ascii: "r")
      case UInt8(ascii: "\t"): letter = UInt8(ascii: "t")
      default: continue
      }
      buffer.append(contentsOf: bytes[plain..<index])
      buffer.append(UInt8(ascii: "\\"))
      buffer.append(letter)
      plain = index + 1
    }
    buffer.append(contentsOf: bytes[plain...])
  }

  private func report(_ what: String) {
    if fault == nil { fault = "cell \(cells) of row \(rows + 1) \(what)" }
  }

  func endRow() throws {
    if let fault { throw DatabaseError(.other, code: "load", fault) }
    guard cells == width else {
      throw DatabaseError(.other, code: "load", "row \(rows + 1) has \(cells) cells where \(width) belong")
    }
    buffer.append(UInt8(ascii: "\n"))
    rows += 1
    cells = 0
    if buffer.count >= PostgresSink.chunk { try flush() }
  }

  private func flush() throws {
    try connection.send(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Sends what is left. A row that was begun must have been ended.
  func finish() throws {
    if cells > 0 { throw DatabaseError(.other, code: "load", "row \(rows + 1) was not ended") }
    if !buffer.isEmpty { try flush() }
  }
}
