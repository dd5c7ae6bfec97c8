/// A connection whose statements outside of `write` stand alone, on temporary tables.
final class PostgresWorkbench: Workbench {
  private let connection: PostgresConnection
  private let database: PostgresDatabase

  init(_ connection: PostgresConnection, _ database: PostgresDatabase) {
    self.connection = connection
    self.database = database
  }

  var dialect: Dialect { connection.dialect }

  @discardableResult func write<T>(organization: Int64, _ body: (any Connection) throws -> T) throws -> T {
    let deadline = Deadline(after: Waits.workbench)
    return try database.taking(organization, deadline) { key in
      // A lost connection took the temporary tables with it.
      try repeating([.serialization], until: deadline) {
        try connection.transaction(.write(key: key, wait: deadline.remaining), body)
      }
    }
  }

  func read<T>(_ body: (any Connection) throws -> T) throws -> T { try connection.transaction(.read, body) }

  func rows(_ sql: SQL, _ body: (borrowing Row) throws -> Bool) throws { try connection.rows(sql, body) }

  func stream(_ sql: SQL, _ body: (borrowing Row) throws -> Bool) throws { try connection.stream(sql, body) }

  @discardableResult func run(_ sql: SQL) throws -> Int { try connection.run(sql) }

  @discardableResult func savepoint<T>(_ body: () throws -> T) throws -> T { try connection.savepoint(body) }

  func load(into table: StaticString, columns: [StaticString], _ feed: (any RowSink) throws -> Void) throws -> Int {
    try connection.load(into: table, columns: columns, feed)
  }
}
