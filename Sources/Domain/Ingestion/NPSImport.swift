import CSV
import Database

/// Answers on the scale of 0 to 10. One belongs to the engagement that its learner had at the time, and is credited to the coach of that time.
final class NPSImport: ImportSteps {
  static let headers = ["Email", "Score", "Answered", "Comment"]

  private enum Place { static let email = 0, score = 1, answered = 2, comment = 3 }

  let tables: [StaticString] = ["nps_responses", "engagement_rows"]
  private let engagements = EngagementStage()

  var declarations: SQL { "\(EngagementStage.declarations), score SMALLINT, answered_at TEXT, comment TEXT" }
  var columns: [StaticString] { EngagementStage.columns + ["score", "answered_at", "comment"] }

  func stage(_ row: borrowing CSVRow, _ cells: CellReader, _ sink: any RowSink) {
    engagements.stage(row, cells, Place.email, sink)
    sink.int(cells.count(row, Place.score, within: 0...10, required: true) ?? 0)
    cells.moment(row, Place.answered, required: true, to: sink)
    sink.text(cells.prose(row, Place.comment))
  }

  func load(_ context: ImportContext) throws { try engagements.load(context, at: "answered_at") }

  func check(_ context: ImportContext) throws {
    try engagements.check(context, place: Place.email, momentPlace: Place.answered)
    try context.refuseFuture("answered_at", place: Place.answered)
    try context.refuseTwice(["engagement_id", "answered_at"], place: Place.answered, "this answer")
  }

  private static let changes: SQL = "import_changes x \(.lookup) import_rows r ON r.line = x.line"

  /// The answers that are new or differ.
  func prepare(_ context: ImportContext) throws -> [ImportChange] {
    let connection = context.connection
    try connection.run("CREATE TEMPORARY TABLE import_changes (line \(.integerKey), is_new SMALLINT NOT NULL)")
    try connection.run(
      """
      INSERT INTO import_changes (line, is_new) SELECT r.line, CASE WHEN n.id IS NULL THEN 1 ELSE 0 END FROM import_rows r
      LEFT JOIN nps_responses n ON n.engagement_id = r.engagement_id AND n.answered_at = r.answered_at
      WHERE n.id IS NULL OR n.score <> r.score OR n.comment <> r.comment
      """)
    try connection.describe("import_changes")
    return [
      try .count(
        "NPS answers", created: "SELECT COUNT(*) FROM import_changes WHERE is_new = 1",
        changed: "SELECT COUNT(*) FROM import_changes WHERE is_new = 0", in: connection)
    ]
  }

  func write(_ context: ImportContext, in tx: any Connection) throws {
    let rows = try tx.scalar("SELECT COUNT(DISTINCT r.engagement_id) FROM \(NPSImport.changes)")
    try EngagementFigures.keeping(
      learnersOf: "SELECT r.user_id FROM \(NPSImport.changes)", of: context.organization, rows: rows, at: context.at, in: tx
    ) { try writeAnswers(context, in: tx) }
    let coaches = try tx.all(
      """
      SELECT DISTINCT n.coach_id FROM \(NPSImport.changes) \(.lookup) nps_responses n ON n.engagement_id = r.engagement_id AND n.answered_at = r.answered_at
      WHERE n.coach_id IS NOT NULL ORDER BY n.coach_id
      """
    ) { $0.int(0) }
    let named = coaches.count <= NPSImport.nameable ? coaches : nil
    // An organization that counts the same coach's answers at this moment is waited for, so that neither leaves out the other's.
    if let named { try tx.run("UPDATE coaches SET nps_answers = nps_answers WHERE id IN (\(list: named))") }
    try EngagementFigures.settleCoaches(named, in: tx)
  }

  /// How many coaches a statement can name.
  private static let nameable = 10_000

  /// The coach of the time is the one who was assigned last before the answer; who was credited once stays so.
  private func writeAnswers(_ context: ImportContext, in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO nps_responses (engagement_id, coach_id, score, comment, answered_at)
      SELECT r.engagement_id, COALESCE((SELECT k.coach_id FROM engagement_coaches k WHERE k.engagement_id = r.engagement_id
          AND k.assigned_at <= r.answered_at ORDER BY k.assigned_at DESC, k.coach_id LIMIT 1), e.coach_id), r.score, r.comment, r.answered_at
      FROM \(NPSImport.changes) \(.lookup) engagements e ON e.id = r.engagement_id WHERE 1 = 1 ORDER BY r.engagement_id, r.answered_at
      ON CONFLICT (engagement_id, answered_at) DO UPDATE SET score = excluded.score, comment = excluded.comment
      """)
  }
}
