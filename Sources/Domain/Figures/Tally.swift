import Database

/// Sums of a table that add up what single memberships or users contribute, so that a change is kept by its difference alone.
struct Tally: Sendable {
  /// Some of the sums, from one kind of rows.
  struct Part: Sendable {
    /// The sums that it contributes to.
    let columns: [Column]
    /// A query with the keys and these sums, by their names, of what the rows within the extent contribute.
    let contributions: @Sendable (Extent) -> SQL
  }

  /// The table that holds the sums, and its key.
  let table: Column, keys: [Column]
  /// The sums.
  let columns: [Column]
  /// A temporary table for the difference that a change makes.
  let delta: Column
  /// Whether the table has rows for the sums alone: made when there is something to count and gone with the last of it.
  let ownsRows: Bool
  /// What adds up.
  let parts: [Part]

  private var key: SQL { SQL.join(keys.map(\.sql), ", ") }
  private var names: SQL { SQL.join(columns.map(\.sql), ", ") }

  /// Makes the temporary table, or empties it.
  func prepare(in connection: any Connection) throws {
    let (text, number): (SQL, SQL) = ("TEXT NOT NULL", "BIGINT NOT NULL")
    let declared = SQL.join(
      keys.map { "\($0.sql) \($0.word == "day" ? text : number)" } + columns.map { "\($0.sql) BIGINT NOT NULL DEFAULT 0" }, ", ")
    try connection.run("CREATE TEMPORARY TABLE IF NOT EXISTS \(delta.sql) (\(declared))")
    try connection.run("DELETE FROM \(delta.sql)")
  }

  /// Takes away what the touched rows contribute before they change.
  func note(in tx: any Connection) throws { try collect(.touched, sign: "-", in: tx) }

  /// Adds what the touched rows contribute now, and moves the sums by the difference.
  ///
  /// - Parameter extent: the touched rows, or everything where that is the same.
  func settleTouched(_ extent: Extent, in tx: any Connection) throws {
    try collect(extent, sign: "", in: tx)
    try add(in: tx)
  }

  /// Sets every sum anew.
  func settleEverything(in tx: any Connection) throws {
    try prepare(in: tx)
    let negative = SQL.join(columns.map { "-\($0.sql)" }, ", ")
    try tx.run("INSERT INTO \(delta.sql) (\(key), \(names)) SELECT \(key), \(negative) FROM \(table.sql)")
    try collect(.everything, sign: "", in: tx)
    try add(in: tx)
  }

  /// One part after the other, since an engine keeps the memory of each until its statement ends.
  private func collect(_ extent: Extent, sign: SQL, in tx: any Connection) throws {
    for part in parts {
      let names = SQL.join(part.columns.map(\.sql), ", ")
      let values = SQL.join(part.columns.map { "\(sign)\($0.sql)" }, ", ")
      try tx.run("INSERT INTO \(delta.sql) (\(key), \(names)) SELECT \(key), \(values) FROM (\(part.contributions(extent))) x")
    }
  }

  private func add(in tx: any Connection) throws {
    let sums = SQL.join(columns.map { "SUM(\($0.sql)) AS \($0.sql)" }, ", ")
    let some = SQL.join(columns.map { "SUM(\($0.sql)) <> 0" }, " OR ")
    let change: SQL = "SELECT \(key), \(sums) FROM \(delta.sql) GROUP BY \(key) HAVING \(some)"
    if ownsRows {
      let changes = SQL.join(columns.map { "\($0.sql) = \(table.sql).\($0.sql) + excluded.\($0.sql)" }, ", ")
      try tx.run("INSERT INTO \(table.sql) (\(key), \(names)) \(change) ON CONFLICT (\(key)) DO UPDATE SET \(changes)")
      let zero = SQL.join(columns.map { "\($0.sql) = 0" }, " AND ")
      try tx.run("DELETE FROM \(table.sql) WHERE \(zero) AND (\(key)) IN (SELECT \(key) FROM \(delta.sql))")
    } else {
      let changes = SQL.join(columns.map { "\($0.sql) = \(table.sql).\($0.sql) + x.\($0.sql)" }, ", ")
      let matches = SQL.join(keys.map { "\(table.sql).\($0.sql) = x.\($0.sql)" }, " AND ")
      try tx.run("UPDATE \(table.sql) SET \(changes) FROM (\(change)) x WHERE \(matches)")
    }
  }

  /// Hands over each difference.
  func check(in connection: any Connection, _ report: (Difference) throws -> Void) throws {
    let found = SQL.join(columns.map { "\($0.sql) AS is_\($0.sql), 0 AS be_\($0.sql)" }, ", ")
    let expected = parts.map { part -> SQL in
      let columns = self.columns.map { column -> SQL in
        part.columns.contains { $0.word == column.word } ? "0 AS is_\(column.sql), \(column.sql) AS be_\(column.sql)" : "0, 0"
      }
      return "SELECT \(key), \(SQL.join(columns, ", ")) FROM (\(part.contributions(.everything))) x"
    }
    let pairs = SQL.join(columns.map { "CAST(SUM(is_\($0.sql)) AS BIGINT), CAST(SUM(be_\($0.sql)) AS BIGINT)" }, ", ")
    let differs = SQL.join(columns.map { "SUM(is_\($0.sql)) <> SUM(be_\($0.sql))" }, " OR ")
    try connection.stream(
      """
      SELECT \(key), \(pairs) FROM (
        SELECT \(key), \(found) FROM \(table.sql) UNION ALL \(SQL.join(expected, " UNION ALL "))
      ) d GROUP BY \(key) HAVING \(differs) ORDER BY \(key)
      """
    ) { row in
      try Difference.each(in: row, table: table, keys: keys, columns: columns, report)
      return true
    }
  }
}
