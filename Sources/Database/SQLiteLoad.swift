import CSQLite

extension SQLiteConnection {
  func load(into table: StaticString, columns: [StaticString], _ feed: (any RowSink) throws -> Void) throws -> Int {
    try levels.check()
    guard !columns.isEmpty else { throw record(DatabaseError(.other, code: "load", "a load needs columns")) }
    let alone = levels.isEmpty
    // Without a transaction each row would be one; this one touches what the table belongs to and nothing else.
    if alone { try script("BEGIN") }
    levels.isLoading = true
    defer { levels.isLoading = false }
    do {
      let statement = try compile(insertion(table, columns))
      defer { sqlite3_finalize(statement) }
      let sink = SQLiteSink(self, statement, columns.count)
      try feed(sink)
      try sink.finish()
      if alone { try script("COMMIT") }
      return sink.rows
    } catch {
      if alone {
        rollback()
      } else if let error = error as? DatabaseError {
        levels.fail(error)
      } else {
        levels.fail(DatabaseError(.other, code: "load", "a load was abandoned"))
      }
      throw error
    }
  }

  private func insertion(_ table: StaticString, _ columns: [StaticString]) -> StatementText {
    var text = StatementText()
    text.append("INSERT INTO ")
    text.append(table)
    text.append(" (")
    for (index, column) in columns.enumerated() {
      if index > 0 { text.append(", ") }
      text.append(column)
    }
    text.append(") VALUES (")
    for index in columns.indices { text.append(index == 0 ? "?" : ", ?") }
    text.append(")")
    return text
  }
}

/// Binds a row at a time to one prepared statement. Text is gathered in one buffer, since binding in place spares a copy per cell.
private final class SQLiteSink: RowSink {
  private let connection: SQLiteConnection
  private let statement: OpaquePointer
  private let width: Int
  private var cells: [Cell] = []
  private var buffer: [UInt8] = []
  private var fault: String?
  private(set) var rows = 0

  private enum Cell {
    case null
    case int(Int64)
    case double(Double)
    case text(start: Int, count: Int)
  }

  init(_ connection: SQLiteConnection, _ statement: OpaquePointer, _ width: Int) {
    self.connection = connection
    self.statement = statement
    self.width = width
    cells.reserveCapacity(width)
  }

  func null() { cells.append(.null) }
  func int(_ value: Int64) { cells.append(.int(value)) }
  func double(_ value: Double) {
    if !value.isFinite { report("is not a finite number") }
    cells.append(.double(value))
  }

  func text(_ value: String) {
    var value = value
    value.withUTF8 { text(UnsafeRawBufferPointer($0)) }
  }

  func text(_ bytes: UnsafeRawBufferPointer) {
    if let fault = textFault(bytes) { report(fault.rawValue) }
    cells.append(.text(start: buffer.count, count: bytes.count))
    buffer.append(contentsOf: bytes)
  }

  private func report(_ what: String) {
    if fault == nil { fault = "cell \(cells.count + 1) of row \(rows + 1) \(what)" }
  }

  func endRow() throws {
    if let fault { throw DatabaseError(.other, code: "load", fault) }
    guard cells.count == width else {
      throw DatabaseError(.other, code: "load", "row \(rows + 1) has \(cells.count) cells where \(width) belong")
    }
    let code = buffer.withUnsafeBytes { bytes in
      bind(bytes.bindMemory(to: CChar.self).baseAddress)
      return sqlite3_step(statement)
    }
    guard code == SQLITE_DONE else { throw connection.failure(statement) }
    sqlite3_reset(statement)
    rows += 1
    cells.removeAll(keepingCapacity: true)
    buffer.removeAll(keepingCapacity: true)
  }

  private func bind(_ text: UnsafePointer<CChar>?) {
    var at: Int32 = 0
    for cell in cells {
      at += 1
      switch cell {
      case .null: sqlite3_bind_null(statement, at)
      case .int(let value): sqlite3_bind_int64(statement, at, value)
      case .double(let value): sqlite3_bind_double(statement, at, value)
      case .text(let start, let count):
        if count > 0, let text {
          _ = csqlite_bind_text_in_place(statement, at, text + start, Int32(clamping: count))
        } else {
          _ = csqlite_bind_text(statement, at, "", 0)
        }
      }
    }
  }

  /// A row that was begun must have been ended.
  func finish() throws {
    if !cells.isEmpty { throw DatabaseError(.other, code: "load", "row \(rows + 1) was not ended") }
  }
}
