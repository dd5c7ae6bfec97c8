import CSQLite

/// A connection whose statements outside of `write` can change temporary tables only, so that they never take the write lock.
final class SQLiteWorkbench: Workbench {
  private let connection: SQLiteConnection
  private let database: SQLiteDatabase

  init(_ connection: SQLiteConnection, _ database: SQLiteDatabase) {
    self.connection = connection
    self.database = database
  }

  var dialect: Dialect { connection.dialect }

  @discardableResult func write<T>(organization: Int64, references: References, _ body: (any Connection) throws -> T) throws -> T {
    try database.taking(turn: Deadline(after: Waits.workbench)) { deadline in
      connection.guardsMain(false)
      defer { connection.guardsMain(true) }
      // The setting makes no difference while a transaction is open, so each one begins with its own.
      try connection.script("PRAGMA foreign_keys = \(references == .checked ? "ON" : "OFF")")
      return try connection.transaction(.write(key: organization, wait: deadline.remaining)) { tx in
        let result = try body(tx)
        #if DEBUG
          if references == .found { try connection.refuseBrokenReferences("workbench") }
        #endif
        return result
      }
    }
  }

  func tidy(_ tables: [StaticString]) {}

  func read<T>(_ body: (any Connection) throws -> T) throws -> T { try connection.transaction(.read, body) }

  func rows(_ sql: SQL, _ body: (borrowing Row) throws -> Bool) throws { try connection.rows(sql, body) }

  func stream(_ sql: SQL, _ body: (borrowing Row) throws -> Bool) throws { try connection.stream(sql, body) }

  @discardableResult func run(_ sql: SQL) throws -> Int { try connection.run(sql) }

  @discardableResult func savepoint<T>(_ body: () throws -> T) throws -> T { try connection.savepoint(body) }

  func load(into table: StaticString, columns: [StaticString], _ feed: (any RowSink) throws -> Void) throws -> Int {
    try connection.load(into: table, columns: columns, feed)
  }

  func rebuildingIndexes<T>(of tables: [StaticString], keeping: [StaticString], _ body: () throws -> T) throws -> T {
    try connection.rebuildingIndexes(of: tables, keeping: keeping, body)
  }
}

extension SQLiteConnection {
  func prepareForTemporaryTables() throws {
    // Nothing in a temporary file outlives the connection, so overwriting what is deleted there only costs time.
    try script("PRAGMA temp.cache_size = -16384; PRAGMA temp.secure_delete = OFF")
    guardsMain(true)
  }

  /// Throws `DatabaseError` of kind foreignKey when a row of any table refers to nothing.
  func refuseBrokenReferences(_ code: String) throws {
    let broken = try all("SELECT DISTINCT \"table\" FROM pragma_foreign_key_check") { $0.text(0) }
    if !broken.isEmpty { throw DatabaseError(.foreignKey, code: code, "rows refer to nothing in: \(broken.joined(separator: ", "))") }
  }

  /// Refuses statements that change the database proper, at the time they are compiled.
  func guardsMain(_ guards: Bool) {
    guard guards else {
      sqlite3_set_authorizer(handle, nil, nil)
      return
    }
    sqlite3_set_authorizer(
      handle,
      { _, action, _, _, database, _ in
        guard action == SQLITE_INSERT || action == SQLITE_UPDATE || action == SQLITE_DELETE, let database else { return SQLITE_OK }
        return String(cString: database) == "main" ? SQLITE_DENY : SQLITE_OK
      }, nil)
  }
}
