import Database

/// A column by its name, as SQL and as a word for the reader.
struct Column: ExpressibleByStringLiteral, Sendable {
  let name: StaticString

  init(stringLiteral name: StaticString) { self.name = name }

  var sql: SQL { SQL(stringLiteral: name) }
  var word: String { name.description }
}

/// Columns of a table that follow from other rows: the one definition from which they are kept and checked.
struct Figure: Sendable {
  /// The table that holds the columns, and its key.
  let table: Column, keys: [Column]
  /// The columns that follow.
  let columns: [Column]
  /// A query with the keys and the columns as they should be, by their names, a row for each row of the table within the extent.
  let expected: @Sendable (Extent) -> SQL

  /// Sets what differs and returns the number of rows that did.
  @discardableResult
  func settle(_ extent: Extent, in tx: any Connection) throws -> Int {
    let table = table.sql
    let changes = SQL.join(columns.map { "\($0.sql) = x.\($0.sql)" }, ", ")
    return try tx.run("UPDATE \(table) SET \(changes) FROM (\(expected(extent))) x WHERE \(matches) AND (\(differs))")
  }

  /// Hands over each difference: the keys, the column, what it is and what it should be.
  func check(in connection: any Connection, _ report: (Difference) throws -> Void) throws {
    let key = SQL.join(keys.map { "x.\($0.sql)" }, ", ")
    let pairs = SQL.join(columns.map { "\(table.sql).\($0.sql), x.\($0.sql)" }, ", ")
    try connection.stream(
      """
      SELECT \(key), \(pairs) FROM (\(expected(.everything))) x JOIN \(table.sql) ON \(matches) WHERE \(differs) ORDER BY \(key)
      """
    ) { row in
      try Difference.each(in: row, table: table, keys: keys, columns: columns, report)
      return true
    }
  }

  private var matches: SQL { SQL.join(keys.map { "\(table.sql).\($0.sql) = x.\($0.sql)" }, " AND ") }
  private var differs: SQL { SQL.join(columns.map { "\(table.sql).\($0.sql) IS DISTINCT FROM x.\($0.sql)" }, " OR ") }
}
