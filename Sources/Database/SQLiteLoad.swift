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

/// The cells of one row. Text is gathered in one buffer, since binding in place spares a copy per cell.
private struct SQLiteCells {
  enum Cell {
    case null
    case int(Int64)
    case double(Double)
    case text(start: Int, count: Int)
  }

  private(set) var cells: [Cell] = []
  private(set) var text: [UInt8] = []
  /// The first cell that cannot be kept.
  private(set) var fault: (cell: Int, reason: String)?

  mutating func append(_ cell: Cell) { cells.append(cell) }

  mutating func append(_ value: Double) {
    if !value.isFinite, fault == nil { fault = (cells.count + 1, "is not a finite number") }
    cells.append(.double(value))
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if let found = textFault(bytes), fault == nil { fault = (cells.count + 1, found.rawValue) }
    cells.append(.text(start: text.count, count: bytes.count))
    text.append(contentsOf: bytes)
  }

  mutating func removeAll() {
    cells.removeAll(keepingCapacity: true)
    text.removeAll(keepingCapacity: true)
  }

  func insert(_ statement: OpaquePointer) -> Int32 {
    text.withUnsafeBytes { bytes in
      bind(statement, bytes.bindMemory(to: CChar.self).baseAddress)
      return sqlite3_step(statement)
    }
  }

  private func bind(_ statement: OpaquePointer, _ text: UnsafePointer<CChar>?) {
    var at: Int32 = 0
    for cell in cells {
      at += 1
      switch cell {
      case .null: sqlite3_bind_null(statement, at)
      case .int(let value): sqlite3_bind_int64(statement, at, value)
      case .double(let value): sqlite3_bind_double(statement, at, value)
      case .text(let start, let count):
        if let text {
          _ = csqlite_bind_text_in_place(statement, at, text + start, Int32(clamping: count))
        } else {
          _ = csqlite_bind_text(statement, at, "", 0)
        }
      }
    }
  }
}

/// Binds a row at a time to one prepared statement.
private final class SQLiteSink: RowSink {
  private let connection: SQLiteConnection
  private let statement: OpaquePointer
  private let width: Int
  // One value, so that a cell costs one check for exclusive access.
  private var row = SQLiteCells()
  private(set) var rows = 0

  init(_ connection: SQLiteConnection, _ statement: OpaquePointer, _ width: Int) {
    self.connection = connection
    self.statement = statement
    self.width = width
  }

  func null() { row.append(.null) }
  func int(_ value: Int64) { row.append(.int(value)) }
  func double(_ value: Double) { row.append(value) }
  func text(_ bytes: UnsafeRawBufferPointer) { row.append(bytes) }

  func text(_ value: String) {
    var value = value
    value.withUTF8 { row.append(UnsafeRawBufferPointer($0)) }
  }

  func endRow() throws {
    if let fault = row.fault { throw LoadFault.cell(fault.cell, row: rows + 1, fault.reason) }
    guard row.cells.count == width else { throw LoadFault.width(row.cells.count, row: rows + 1, expected: width) }
    guard row.insert(statement) == SQLITE_DONE else { throw connection.failure(statement) }
    sqlite3_reset(statement)
    rows += 1
    row.removeAll()
  }

  /// A row that was begun must have been ended.
  func finish() throws {
    if !row.cells.isEmpty { throw LoadFault.open(row: rows + 1) }
  }
}
