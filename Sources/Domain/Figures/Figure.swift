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

/// Sums of a table that add up what single memberships or users contribute, so that a change is kept by its difference alone.
struct Tally: Sendable {
  /// The table that holds the sums, and its key.
  let table: Column, keys: [Column]
  /// The sums.
  let columns: [Column]
  /// A temporary table for the contributions as they were before a change.
  let before: Column
  /// Whether the table has rows for the sums alone: made when there is something to count and gone with the last of it.
  let ownsRows: Bool
  /// A query with the keys and the sums, by their names, of what the rows within the extent contribute. Keys without contributions may lack.
  let contributions: @Sendable (Extent) -> SQL

  private var key: SQL { SQL.join(keys.map(\.sql), ", ") }
  private var names: SQL { SQL.join(columns.map(\.sql), ", ") }

  /// Makes the temporary table, or empties it.
  func prepare(in connection: any Connection) throws {
    let (text, number): (SQL, SQL) = ("TEXT", "BIGINT")
    let declared = SQL.join(
      keys.map { "\($0.sql) \($0.word == "day" ? text : number)" } + columns.map { "\($0.sql) BIGINT" }, ", ")
    try connection.run("CREATE TEMPORARY TABLE IF NOT EXISTS \(before.sql) (\(declared))")
    try connection.run("DELETE FROM \(before.sql)")
  }

  /// Notes what the touched rows contribute before they change.
  func note(in tx: any Connection) throws {
    try tx.run("INSERT INTO \(before.sql) (\(key), \(names)) SELECT \(key), \(names) FROM (\(contributions(.touched))) x")
  }

  /// Adds the difference between what the touched rows contribute now and what was noted.
  func settleTouched(in tx: any Connection) throws {
    let negative = SQL.join(columns.map { "-\($0.sql) AS \($0.sql)" }, ", ")
    let delta: SQL = "SELECT \(key), \(names) FROM (\(contributions(.touched))) now UNION ALL SELECT \(key), \(negative) FROM \(before.sql)"
    try add(delta, in: tx)
    if ownsRows {
      try tx.run(
        """
        DELETE FROM \(table.sql) WHERE \(zero) AND EXISTS (SELECT 1 FROM \(before.sql) b WHERE \(SQL.join(keys.map { "b.\($0.sql) = \(table.sql).\($0.sql)" }, " AND ")))
        """)
    }
  }

  /// Sets every sum anew.
  func settleEverything(in tx: any Connection) throws {
    let negative = SQL.join(columns.map { "-\($0.sql) AS \($0.sql)" }, ", ")
    try add(
      "SELECT \(key), \(names) FROM (\(contributions(.everything))) now UNION ALL SELECT \(key), \(negative) FROM \(table.sql)", in: tx)
    if ownsRows { try tx.run("DELETE FROM \(table.sql) WHERE \(zero)") }
  }

  private var zero: SQL { SQL.join(columns.map { "\(table.sql).\($0.sql) = 0" }, " AND ") }

  private func add(_ deltas: SQL, in tx: any Connection) throws {
    let sums = SQL.join(columns.map { "SUM(\($0.sql)) AS \($0.sql)" }, ", ")
    let some = SQL.join(columns.map { "SUM(\($0.sql)) <> 0" }, " OR ")
    let delta: SQL = "SELECT \(key), \(sums) FROM (\(deltas)) d GROUP BY \(key) HAVING \(some)"
    if ownsRows {
      let changes = SQL.join(columns.map { "\($0.sql) = \(table.sql).\($0.sql) + excluded.\($0.sql)" }, ", ")
      try tx.run("INSERT INTO \(table.sql) (\(key), \(names)) \(delta) ON CONFLICT (\(key)) DO UPDATE SET \(changes)")
    } else {
      let changes = SQL.join(columns.map { "\($0.sql) = \(table.sql).\($0.sql) + x.\($0.sql)" }, ", ")
      let matches = SQL.join(keys.map { "\(table.sql).\($0.sql) = x.\($0.sql)" }, " AND ")
      try tx.run("UPDATE \(table.sql) SET \(changes) FROM (\(delta)) x WHERE \(matches)")
    }
  }

  /// Hands over each difference.
  func check(in connection: any Connection, _ report: (Difference) throws -> Void) throws {
    let isAndShould = SQL.join(columns.map { "\($0.sql) AS is_\($0.sql), 0 AS be_\($0.sql)" }, ", ")
    let zeroAndShould = SQL.join(columns.map { "0 AS is_\($0.sql), \($0.sql) AS be_\($0.sql)" }, ", ")
    let pairs = SQL.join(columns.map { "CAST(SUM(is_\($0.sql)) AS BIGINT), CAST(SUM(be_\($0.sql)) AS BIGINT)" }, ", ")
    let differs = SQL.join(columns.map { "SUM(is_\($0.sql)) <> SUM(be_\($0.sql))" }, " OR ")
    try connection.stream(
      """
      SELECT \(key), \(pairs) FROM (
        SELECT \(key), \(isAndShould) FROM \(table.sql)
        UNION ALL SELECT \(key), \(zeroAndShould) FROM (\(contributions(.everything))) x
      ) d GROUP BY \(key) HAVING \(differs) ORDER BY \(key)
      """
    ) { row in
      try Difference.each(in: row, table: table, keys: keys, columns: columns, report)
      return true
    }
  }
}

/// A figure that is not what it should be.
public struct Difference: Sendable, Equatable, CustomStringConvertible {
  /// The table and the row in it, such as `memberships program_id 3 user_id 17`.
  public let row: String
  /// The column.
  public let column: String
  /// What it is, and what it should be; "nothing" for NULL.
  public let found: String, expected: String

  /// One line for the reader.
  public var description: String { "\(row): \(column) is \(found), should be \(expected)" }

  /// The columns of a row of keys and pairs that differ.
  static func each(
    in row: borrowing Row, table: Column, keys: [Column], columns: [Column], _ report: (Difference) throws -> Void
  ) throws {
    let place = table.word + keys.indices.map { " \(keys[$0].word) \(row.text($0))" }.joined()
    for (index, column) in columns.enumerated() {
      let at = keys.count + 2 * index
      let (found, expected) = (row.textOrNil(at), row.textOrNil(at + 1))
      if found != expected {
        try report(Difference(row: place, column: column.word, found: shown(found), expected: shown(expected)))
      }
    }
  }

  private static func shown(_ value: String?) -> String { value.map { $0.isEmpty ? "empty" : $0 } ?? "nothing" }
}
