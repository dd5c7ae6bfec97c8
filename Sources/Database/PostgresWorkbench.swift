/// A connection whose statements outside of `write` stand alone, on temporary tables.
final class PostgresWorkbench: Workbench {
  private let connection: PostgresConnection
  private let database: PostgresDatabase

  init(_ connection: PostgresConnection, _ database: PostgresDatabase) {
    self.connection = connection
    self.database = database
  }

  var dialect: Dialect { connection.dialect }

  @discardableResult func write<T>(organization: Int64, references: References, _ body: (any Connection) throws -> T) throws -> T {
    let deadline = Deadline(after: Waits.workbench)
    return try database.taking(organization, deadline) { key in
      // A lost connection took the temporary tables with it.
      try repeating([.serialization], until: deadline) {
        try connection.transaction(.write(key: key, wait: deadline.remaining), body)
      }
    }
  }

  func tidy(_ tables: [StaticString]) {
    guard !tables.isEmpty else { return }
    // VACUUM cannot stand in a transaction. A table that somebody else is vacuuming is in good hands.
    connection.attempt("VACUUM (ANALYZE, SKIP_LOCKED) \(tables.map(\.description).joined(separator: ", "))")
  }

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

extension PostgresConnection {
  /// The server's own limits are for many connections that sort a little; of these there are few, and each goes through all rows of a file.
  func prepareForTemporaryTables() throws { try script("SET temp_buffers = '64MB'; SET work_mem = '64MB'") }
}
