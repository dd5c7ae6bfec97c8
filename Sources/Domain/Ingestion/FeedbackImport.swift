import CSV
import Database

/// Who was invited to a learner's 360° assessment, in either round. An invitation belongs to the engagement that the learner had when it was made, and is
/// known by that, the round and the participant's email.
final class FeedbackImport: ImportSteps {
  static let headers = ["Email", "Round", "Participant Name", "Participant Email", "Relation", "Invited", "Answered", "Removed"]

  private enum Place { static let email = 0, round = 1, name = 2, participant = 3, relation = 4, invited = 5, answered = 6, removed = 7 }

  /// What a row says of an invitation; `import_rows` and `feedback_invitations` name these columns alike.
  private static let facts: [Column] = ["email", "name", "relation", "invited_at", "answered_at", "removed_at"]

  let tables: [StaticString] = ["feedback_invitations", "engagement_rows"]
  private let engagements = EngagementStage()
  private var reader = EmailReader()

  var declarations: SQL {
    """
    \(EngagementStage.declarations), round SMALLINT, participant_key TEXT, participant TEXT, name TEXT, relation TEXT, invited_at TEXT,
    answered_at TEXT, removed_at TEXT
    """
  }

  var columns: [StaticString] {
    EngagementStage.columns + ["round", "participant_key", "participant", "name", "relation", "invited_at", "answered_at", "removed_at"]
  }

  func stage(_ row: borrowing CSVRow, _ cells: CellReader, _ sink: any RowSink) {
    engagements.stage(row, cells, Place.email, sink)
    sink.int(cells.count(row, Place.round, within: 1...2, required: true) ?? 1)
    let address = CellReader.trimmed(row[Place.participant].unguardedBytes)
    if let fault = reader.read(address) { cells.refuse(row[Place.participant].column, fault) }
    reader.key.withUnsafeBytes { sink.text($0) }
    sink.text(address)
    sink.text(CellReader.trimmed(cells.text(row[Place.name])))
    sink.text(CellReader.trimmed(cells.text(row[Place.relation])))
    let invited = cells.moment(row, Place.invited, required: true, to: sink)
    for (place, deed) in [(Place.answered, "answered"), (Place.removed, "been removed")] {
      let moment = cells.moment(row, place, to: sink)
      if let invited, let moment, moment < invited {
        cells.refuse(row[place].column, "the participant would have \(deed) before being invited")
      }
    }
  }

  func load(_ context: ImportContext) throws { try engagements.load(context, at: "invited_at") }

  func check(_ context: ImportContext) throws {
    try engagements.check(context, place: Place.email, momentPlace: Place.invited)
    for (column, place) in [("invited_at", Place.invited), ("answered_at", Place.answered), ("removed_at", Place.removed)]
      as [(Column, Int)]
    {
      try context.refuseFuture(column, place: place)
    }
    try context.refuseTwice(
      ["engagement_id", "round", "participant_key"], place: Place.participant, "this participant in this round")
  }

  private static let changes: SQL = "import_changes x \(.lookup) import_rows r ON r.line = x.line"

  /// The invitations that are new or differ.
  func prepare(_ context: ImportContext) throws -> [ImportChange] {
    let connection = context.connection
    let differing = FeedbackImport.facts.map { "i.\($0.sql) <> \(FeedbackImport.value($0))" as SQL }
    try connection.run("CREATE TEMPORARY TABLE import_changes (line \(.integerKey), is_new SMALLINT NOT NULL)")
    try connection.run(
      """
      INSERT INTO import_changes (line, is_new) SELECT r.line, CASE WHEN i.id IS NULL THEN 1 ELSE 0 END FROM import_rows r
      LEFT JOIN feedback_invitations i ON i.engagement_id = r.engagement_id AND i.round = r.round AND i.email_key = r.participant_key
      WHERE i.id IS NULL OR \(SQL.join(differing, " OR "))
      """)
    try connection.describe("import_changes")
    return [
      try .count(
        "360° invitations", created: "SELECT COUNT(*) FROM import_changes WHERE is_new = 1",
        changed: "SELECT COUNT(*) FROM import_changes WHERE is_new = 0", in: connection)
    ]
  }

  /// The learner's email stands in the rows as well; here it is the participant's.
  private static func value(_ column: Column) -> SQL { column.word == "email" ? "r.participant" : "r.\(column.sql)" }

  func write(_ context: ImportContext, in tx: any Connection) throws {
    let rows = try tx.scalar("SELECT COUNT(DISTINCT r.engagement_id) FROM \(FeedbackImport.changes)")
    try EngagementFigures.keeping(
      learnersOf: "SELECT r.user_id FROM \(FeedbackImport.changes)", of: context.organization, rows: rows, at: context.at, in: tx
    ) {
      try tx.run(
        """
        INSERT INTO feedback_invitations (engagement_id, round, email_key, \(SQL.join(FeedbackImport.facts.map(\.sql), ", ")))
        SELECT r.engagement_id, r.round, r.participant_key, \(SQL.join(FeedbackImport.facts.map(FeedbackImport.value), ", "))
        FROM \(FeedbackImport.changes) WHERE 1 = 1 ORDER BY r.engagement_id, r.round, r.participant_key
        ON CONFLICT (engagement_id, round, email_key) DO UPDATE SET
          \(SQL.join(FeedbackImport.facts.map { "\($0.sql) = excluded.\($0.sql)" }, ", "))
        """)
    }
  }
}
