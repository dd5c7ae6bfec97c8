import CSV
import Database

/// The engagements that the rows of a file are about: of the learner with the row's email, the latest that was launched by the row's moment.
final class EngagementStage {
  static let declarations: SQL = "email_key TEXT, email TEXT, user_id BIGINT, engagement_id BIGINT"
  static let columns: [StaticString] = ["email_key", "email"]
  private var reader = EmailReader()

  /// Writes the cells of the learner.
  func stage(_ row: borrowing CSVRow, _ cells: CellReader, _ place: Int, _ sink: any RowSink) {
    let address = CellReader.trimmed(row[place].unguardedBytes)
    if let fault = reader.read(address) { cells.refuse(row[place].column, fault) }
    reader.key.withUnsafeBytes { sink.text($0) }
    sink.text(address)
  }

  /// Finds users and engagements.
  ///
  /// - Parameter moment: the column of `import_rows` with the row's moment.
  func load(_ context: ImportContext, at moment: Column) throws {
    let connection = context.connection
    try connection.run(
      """
      UPDATE import_rows SET user_id = (SELECT u.id FROM accounts a \(.lookup) users u ON u.organization_id = \(context.organization) AND u.id = a.id
        WHERE a.email_key = import_rows.email_key)
      """)
    try connection.run(
      """
      UPDATE import_rows SET engagement_id = (SELECT e.id FROM engagements e WHERE e.organization_id = \(context.organization)
        AND e.user_id = import_rows.user_id AND e.launched_at <= import_rows.\(moment.sql) ORDER BY e.launched_at DESC LIMIT 1)
      WHERE user_id IS NOT NULL
      """)
    try connection.describe("import_rows")
  }

  /// Finds rows without a user or an engagement.
  func check(_ context: ImportContext, place: Int, momentPlace: Int) throws {
    try context.connection.run(
      """
      INSERT INTO import_faults (line, place, reason) SELECT line, \(context.place(place)), 'there is no user ' || email
      FROM import_rows WHERE user_id IS NULL
      """)
    try context.connection.run(
      """
      INSERT INTO import_faults (line, place, reason)
      SELECT line, \(context.place(momentPlace)), email || ' had no engagement by then' FROM import_rows WHERE user_id IS NOT NULL AND engagement_id IS NULL
      """)
  }
}

extension ImportContext {
  /// Adds a fault for each row of which a moment lies in the future.
  func refuseFuture(_ column: Column, place wanted: Int, where condition: SQL = "1 = 1") throws {
    try connection.run(
      """
      INSERT INTO import_faults (line, place, reason)
      SELECT r.line, \(place(wanted)), r.\(column.sql) || ' lies in the future' FROM import_rows r WHERE r.\(column.sql) > \(now) AND \(condition)
      """)
  }

  /// Adds a fault for each row of which another has the same key.
  ///
  /// - Parameters:
  ///   - key: the columns of the key; NULL equals nothing.
  ///   - words: what the lines are both for.
  func refuseTwice(_ key: [Column], place wanted: Int, _ words: String, where condition: SQL = "1 = 1") throws {
    let names = SQL.join(key.map(\.sql), ", ")
    let matches = SQL.join(key.map { "r.\($0.sql) = x.\($0.sql)" }, " AND ")
    try connection.run(
      """
      INSERT INTO import_faults (line, place, reason)
      SELECT r.line, \(place(wanted)), 'lines ' || x.first || ' and ' || x.last || CAST(\(" are both for " + words) AS TEXT)
      FROM (SELECT \(names), MIN(line) AS first, MAX(line) AS last FROM import_rows WHERE \(condition) GROUP BY \(names)
        HAVING COUNT(*) > 1) x
      JOIN import_rows r ON \(matches) WHERE \(condition)
      """)
  }
}
