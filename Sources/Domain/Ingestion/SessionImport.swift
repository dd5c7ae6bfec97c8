import CSV
import Database

/// Coaching sessions, each known by its id in the other system. One belongs to the engagement that its learner had when it began.
final class SessionImport: ImportSteps {
  static let headers = [
    "Session ID", "Email", "Coach Email", "Start", "End", "State", "Canceled", "Canceled By", "Manager Attended", "Rating", "Comment",
    "Meeting Link",
  ]

  private enum Place {
    static let id = 0, email = 1, coach = 2, start = 3, end = 4, state = 5, canceled = 6, canceledBy = 7, manager = 8, rating = 9,
      comment = 10
    static let link = 11
  }

  /// What a row says of a session; `import_rows` and `coaching_sessions` name these columns alike.
  private static let facts: [Column] = [
    "engagement_id", "user_id", "starts_at", "ends_at", "state", "canceled_at", "canceled_by", "manager_attended", "rating", "comment",
    "meeting_link",
  ]

  let tables: [StaticString] = ["coaching_sessions", "engagement_coaches", "engagement_rows"]
  private let engagements = EngagementStage()
  private let coaches = NameStage.coaches()
  private var reader = EmailReader()
  private var moving: Int64 = 0

  var declarations: SQL {
    """
    external_id TEXT, \(EngagementStage.declarations), coach_ref BIGINT, starts_at TEXT, ends_at TEXT, state TEXT, canceled_at TEXT,
    canceled_by TEXT, manager_attended SMALLINT, rating SMALLINT, comment TEXT, meeting_link TEXT, coach_id BIGINT
    """
  }

  var columns: [StaticString] {
    ["external_id"] + EngagementStage.columns + [
      "coach_ref", "starts_at", "ends_at", "state", "canceled_at", "canceled_by", "manager_attended", "rating", "comment", "meeting_link",
    ]
  }

  func stage(_ row: borrowing CSVRow, _ cells: CellReader, _ sink: any RowSink) {
    sink.text(cells.key(row, Place.id))
    engagements.stage(row, cells, Place.email, sink)
    let address = CellReader.trimmed(row[Place.coach].unguardedBytes)
    if let fault = reader.read(address) { cells.refuse(row[Place.coach].column, fault) }
    sink.int(orNull: reader.key.withUnsafeBytes { coaches.number($0) })
    let start = cells.moment(row, Place.start, required: true, to: sink)
    let end = cells.moment(row, Place.end, required: true, to: sink)
    if let start, let end, end <= start { cells.refuse(row[Place.end].column, "the session would end before it begins") }
    let state = cells.choice(
      row, Place.state,
      [
        "Scheduled": "SCHEDULED", "Completed": "COMPLETED", "Canceled": "CANCELED", "Late Canceled": "LATE_CANCELED", "Missed": "MISSED",
      ])
    sink.text(state ?? "")
    let canceled = cells.moment(row, Place.canceled, to: sink)
    let by = cells.choice(row, Place.canceledBy, ["Learner": "LEARNER", "Coach": "COACH"], required: false)
    sink.text(by ?? "")
    checkCancel(row, cells, state: state, start: start, canceled: canceled, by: by)
    let manager = cells.yesNo(row, Place.manager, required: false) == true
    let rating = cells.count(row, Place.rating, within: 1...5)
    if let state, state != "COMPLETED" {
      if manager { cells.refuse(row[Place.manager].column, "a manager can attend only a session that took place") }
      if rating != nil { cells.refuse(row[Place.rating].column, "only a completed session can be rated") }
    }
    sink.int(manager ? 1 : 0)
    sink.int(orNull: rating)
    sink.text(cells.prose(row, Place.comment))
    let link = CellReader.trimmed(cells.text(row[Place.link]))
    if let fault = MeetingLink.fault(in: link) { cells.refuse(row[Place.link].column, fault) }
    sink.text(link)
  }

  /// A late cancel is the learner's, less than 24 hours before the start; exactly 24 is not (product.md 5).
  private func checkCancel(_ row: borrowing CSVRow, _ cells: CellReader, state: String?, start: Moment?, canceled: Moment?, by: String?) {
    guard let state else { return }
    guard state == "CANCELED" || state == "LATE_CANCELED" else {
      if !CellReader.trimmed(row[Place.canceled].bytes).isEmpty || by != nil {
        cells.refuse(row[Place.state].column, "the session has a cancel, but its state says that it was not canceled")
      }
      return
    }
    if CellReader.trimmed(row[Place.canceled].bytes).isEmpty {
      cells.refuse(row[Place.canceled].column, "Canceled is missing: when was the session canceled?")
    }
    if CellReader.trimmed(row[Place.canceledBy].bytes).isEmpty {
      cells.refuse(row[Place.canceledBy].column, "Canceled By is missing; it is one of Learner and Coach")
    }
    guard let start, let canceled, let by else { return }
    let isLate = by == "LEARNER" && canceled > start.adding(seconds: -86_400)
    if isLate, state == "CANCELED" {
      cells.refuse(row[Place.state].column, "the learner canceled less than 24 hours before the start, which is Late Canceled")
    } else if !isLate, state == "LATE_CANCELED" {
      let reason = by == "COACH" ? "the coach canceled" : "the learner canceled 24 hours or more before the start"
      cells.refuse(row[Place.state].column, "\(reason), which is Canceled and not late")
    }
  }

  func load(_ context: ImportContext) throws {
    try coaches.loadCoaches(context)
    try context.connection.run(
      "UPDATE import_rows SET coach_id = (SELECT c.id FROM import_coaches c WHERE c.ref = import_rows.coach_ref)")
    try engagements.load(context, at: "starts_at")
  }

  func check(_ context: ImportContext) throws {
    try engagements.check(context, place: Place.email, momentPlace: Place.start)
    try coaches.check(context, place: Place.coach, "coach with the email")
    try context.refuseTwice(["external_id"], place: Place.id, "this session")
    try context.refuseFuture("canceled_at", place: Place.canceled)
    try context.refuseFuture("starts_at", place: Place.start, where: "r.state IN ('COMPLETED', 'MISSED')")
    try context.refuseTwice(["coach_id", "starts_at"], place: Place.start, "this coach and start", where: "state = 'SCHEDULED'")
    try context.connection.run(
      """
      INSERT INTO import_faults (line, place, reason)
      SELECT r.line, \(context.place(Place.start)), 'the coach has another session scheduled at ' || r.starts_at FROM \(taken(context))
      """)
  }

  /// Rows that schedule a session where the coach has another that the file does not move away.
  private func taken(_ context: ImportContext) -> SQL {
    """
    import_rows r \(.lookup) coaching_sessions s ON s.coach_id = r.coach_id AND s.starts_at = r.starts_at AND s.state = 'SCHEDULED'
    LEFT JOIN import_rows o ON o.external_id = s.external_id AND s.organization_id = \(context.organization)
    WHERE r.state = 'SCHEDULED' AND o.line IS NULL
    """
  }

  /// The sessions that are new or differ.
  func prepare(_ context: ImportContext) throws -> [ImportChange] {
    let connection = context.connection
    let differing = (SessionImport.facts + ["coach_id"]).map { "s.\($0.sql) IS DISTINCT FROM r.\($0.sql)" as SQL }
    try connection.run("CREATE TEMPORARY TABLE import_changes (line \(.integerKey), session_id BIGINT UNIQUE)")
    try connection.run(
      """
      INSERT INTO import_changes (line, session_id) SELECT r.line, s.id FROM import_rows r
      LEFT JOIN coaching_sessions s ON s.organization_id = \(context.organization) AND s.external_id = r.external_id
      WHERE s.id IS NULL OR \(SQL.join(differing, " OR "))
      """)
    try connection.describe("import_changes")
    let sessions = try ImportChange.count(
      "sessions", created: "SELECT COUNT(*) FROM import_changes WHERE session_id IS NULL",
      changed: "SELECT COUNT(session_id) FROM import_changes", in: connection)
    moving = sessions.created + sessions.changed
    return [sessions]
  }

  private static let changes: SQL = "import_changes x \(.lookup) import_rows r ON r.line = x.line"

  func write(_ context: ImportContext, in tx: any Connection) throws {
    // Whoever books in another organization meanwhile waits for this, and the other way around.
    try tx.run(
      """
      UPDATE coaches SET bookings = bookings + 1 WHERE id IN (SELECT r.coach_id FROM \(SessionImport.changes) WHERE r.state = 'SCHEDULED')
      """)
    let rows = try tx.scalar("SELECT COUNT(DISTINCT r.engagement_id) FROM \(SessionImport.changes)")
    try EngagementFigures.keeping(
      learnersOf: """
        SELECT r.user_id FROM \(SessionImport.changes)
        UNION SELECT s.user_id FROM import_changes x \(.lookup) coaching_sessions s ON s.id = x.session_id
        """, of: context.organization, rows: rows, at: context.at, in: tx
    ) { try writeSessions(context, in: tx) }
  }

  private func writeSessions(_ context: ImportContext, in tx: any Connection) throws {
    let facts = SQL.join((SessionImport.facts + ["coach_id"]).map(\.sql), ", ")
    let values = SQL.join((SessionImport.facts + ["coach_id"]).map { "r.\($0.sql)" }, ", ")
    // Starts that change places must not meet on the way.
    try tx.run("UPDATE coaching_sessions SET state = 'MISSED' WHERE id IN (SELECT session_id FROM import_changes) AND state = 'SCHEDULED'")
    try tx.run(
      """
      UPDATE coaching_sessions SET \(SQL.join((SessionImport.facts + ["coach_id"]).map { "\($0.sql) = n.\($0.sql)" }, ", "))
      FROM (SELECT x.session_id, \(values) FROM \(SessionImport.changes) WHERE x.session_id IS NOT NULL) n
      WHERE coaching_sessions.id = n.session_id
      """)
    let made = try tx.run(
      """
      INSERT INTO coaching_sessions (organization_id, external_id, \(facts))
      SELECT CAST(\(context.organization) AS BIGINT), r.external_id, \(values) FROM \(SessionImport.changes) WHERE x.session_id IS NULL
      ORDER BY r.engagement_id, r.starts_at, r.line
      """)
    try tx.describe("coaching_sessions", grownBy: made)
    // Whoever has coached a learner was the learner's coach, from the first session on at the latest.
    try tx.run(
      """
      INSERT INTO engagement_coaches (engagement_id, coach_id, organization_id, user_id, assigned_at)
      SELECT r.engagement_id, r.coach_id, CAST(\(context.organization) AS BIGINT), MIN(r.user_id), MIN(r.starts_at) FROM \(SessionImport.changes)
      WHERE r.state = 'COMPLETED' GROUP BY r.engagement_id, r.coach_id
      ON CONFLICT (engagement_id, coach_id) DO UPDATE SET assigned_at = CASE WHEN excluded.assigned_at < engagement_coaches.assigned_at
        THEN excluded.assigned_at ELSE engagement_coaches.assigned_at END
      """)
  }
}
