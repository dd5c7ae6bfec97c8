import Database

extension EngagementImport {
  /// What `import_rows` and `engagements` name alike.
  private static let facts: [Column] = moments.map { $0.column }.filter { $0.word != "launched_at" } + parameters + plain

  /// What a row names by a number, as the column of `engagements` and the id found.
  private static let named: [(column: Column, id: SQL)] = [
    ("group_id", "g.id"), ("company_purchase_id", "k.id"), ("feedback_assessment_id", "a.id"), ("survey_id", "v.id"), ("coach_id", "c.id"),
  ]

  /// The rows with what they name.
  private static let rows: SQL = """
    import_rows r JOIN import_groups g ON g.ref = r.group_ref JOIN import_purchases k ON k.ref = r.purchase_ref
    LEFT JOIN import_assessments a ON a.ref = r.assessment_ref LEFT JOIN import_surveys v ON v.ref = r.survey_ref
    LEFT JOIN import_coaches c ON c.ref = r.coach_ref
    """

  /// The rows that are new or differ, with the engagements of those that are there.
  private static let changes: SQL = "import_changes x \(.lookup) import_rows r ON r.line = x.line"

  func prepare(_ context: ImportContext) throws -> [ImportChange] {
    let connection = context.connection
    let users = try people.prepare(context)
    try connection.run("DELETE FROM import_groups WHERE ref NOT IN (SELECT group_ref FROM import_rows)")
    try unfold(connection)
    let newSkills = try skills.prepare(context)
    try prepareChanges(connection)
    let engagements = try ImportChange.count(
      "engagements", created: "SELECT COUNT(*) FROM import_changes WHERE is_new = 1",
      changed: "SELECT COUNT(*) FROM import_changes WHERE is_new = 0", in: connection)
    movingPeople = users.created + users.changed
    moving = engagements.created + engagements.changed
    try Touched.prepare(in: connection)
    try people.touch(context)
    return [
      users, try .count("groups", created: "SELECT COUNT(*) FROM import_groups WHERE id IS NULL", in: connection), newSkills, engagements,
    ]
  }

  /// The focus areas and goals of each row, a row for each.
  private func unfold(_ connection: any Connection) throws {
    try connection.run(
      "CREATE TEMPORARY TABLE import_areas (line BIGINT NOT NULL, skill BIGINT NOT NULL, PRIMARY KEY (line, skill))\(.clustered)")
    try connection.run(
      SQL(
        sqlite: """
          INSERT INTO import_areas (line, skill) \(EngagementImport.elements("areas"))
          SELECT u.line, json_extract(r.areas, '$[' || u.n || ']') FROM u CROSS JOIN import_rows r ON r.line = u.line
          """,
        postgres: """
          INSERT INTO import_areas (line, skill) SELECT r.line, CAST(j.value AS BIGINT)
          FROM import_rows r CROSS JOIN LATERAL json_array_elements_text(CAST(r.areas AS json)) j
          """))
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_goals (line BIGINT NOT NULL, text TEXT NOT NULL, achieved SMALLINT NOT NULL, PRIMARY KEY (line, text))\(.clustered)
      """)
    try connection.run(
      SQL(
        sqlite: """
          INSERT INTO import_goals (line, text, achieved) \(EngagementImport.elements("goals"))
          SELECT u.line, json_extract(r.goals, '$[' || u.n || '][0]'), json_extract(r.goals, '$[' || u.n || '][1]')
          FROM u CROSS JOIN import_rows r ON r.line = u.line
          """,
        postgres: """
          INSERT INTO import_goals (line, text, achieved) SELECT r.line, j.value ->> 0, CAST(j.value ->> 1 AS SMALLINT)
          FROM import_rows r CROSS JOIN LATERAL json_array_elements(CAST(r.goals AS json)) j
          """))
    try connection.describe("import_areas")
    try connection.describe("import_goals")
  }

  /// On SQLite, the places of the elements of a JSON list: `u (line, n)`.
  private static func elements(_ column: SQL) -> SQL {
    """
    WITH RECURSIVE u (line, n, total) AS (
      SELECT line, 0, json_array_length(\(column)) FROM import_rows WHERE \(column) <> '[]'
      UNION ALL SELECT line, n + 1, total FROM u WHERE n + 1 < total)
    """
  }

  private func prepareChanges(_ connection: any Connection) throws {
    try connection.run(
      "CREATE TEMPORARY TABLE import_changes (line \(.integerKey), engagement_id BIGINT UNIQUE, is_new SMALLINT NOT NULL)")
    let differing: [SQL] =
      EngagementImport.facts.map { "e.\($0.sql) IS DISTINCT FROM r.\($0.sql)" as SQL }
      + EngagementImport.named.map { "e.\($0.column.sql) IS DISTINCT FROM \($0.id)" as SQL } + [
        "(r.note <> '' AND NOT EXISTS (SELECT 1 FROM engagement_notes o WHERE o.engagement_id = e.id AND o.text = r.note))",
        """
        EXISTS (SELECT 1 FROM import_areas y JOIN import_skills s ON s.ref = y.skill
          LEFT JOIN focus_areas o ON o.engagement_id = e.id AND o.focus_skill_id = s.id AND o.chosen = 1
          WHERE y.line = r.line AND o.engagement_id IS NULL)
        """,
        """
        EXISTS (SELECT 1 FROM focus_areas o WHERE o.engagement_id = e.id AND NOT EXISTS (
          SELECT 1 FROM import_areas y JOIN import_skills s ON s.ref = y.skill WHERE y.line = r.line AND s.id = o.focus_skill_id))
        """,
        """
        EXISTS (SELECT 1 FROM import_goals y LEFT JOIN goals o ON o.engagement_id = e.id AND o.text = y.text
          WHERE y.line = r.line AND o.achieved IS DISTINCT FROM y.achieved)
        """,
        """
        EXISTS (SELECT 1 FROM goals o WHERE o.engagement_id = e.id AND NOT EXISTS (
          SELECT 1 FROM import_goals y WHERE y.line = r.line AND y.text = o.text))
        """,
      ]
    try connection.run(
      """
      INSERT INTO import_changes (line, engagement_id, is_new)
      SELECT r.line, e.id, CASE WHEN e.id IS NULL THEN 1 ELSE 0 END FROM \(EngagementImport.rows) LEFT JOIN engagements e ON e.id = r.engagement_id
      WHERE e.id IS NULL OR \(SQL.join(differing, " OR "))
      """)
    try connection.describe("import_changes")
  }

  func write(_ context: ImportContext, in tx: any Connection) throws {
    let parts: FigureParts = people.differ ? [.copies, .tallies] : [.tallies]
    try tx.run(
      """
      INSERT INTO coaching_groups (organization_id, name, created_at)
      SELECT CAST(\(context.organization) AS BIGINT), name, CAST(\(context.now) AS TEXT) FROM import_groups WHERE id IS NULL ORDER BY ref
      """)
    try tx.run(
      """
      UPDATE import_groups SET id = (SELECT g.id FROM coaching_groups g WHERE g.organization_id = \(context.organization)
        AND g.name = import_groups.name) WHERE id IS NULL
      """)
    try tx.describe("import_groups")
    try skills.write(in: tx)
    if movingPeople > 0 {
      try Touched.note(parts, in: tx)
      try context.inBulk(movingPeople, in: tx) { try people.write(context, in: tx) }
      try people.touchNew(context, in: tx)
      try Touched.settle(parts, in: tx)
    }
    try EngagementFigures.keeping(
      learnersOf: "SELECT p.account_id AS user_id FROM \(EngagementImport.changes) \(.lookup) import_people p ON p.email_key = r.email_key",
      of: context.organization, rows: moving, at: context.at, in: tx
    ) {
      try writeEngagements(context, in: tx)
      try writeParts(context, in: tx)
      try entitle(context, in: tx)
    }
  }

  private func writeEngagements(_ context: ImportContext, in tx: any Connection) throws {
    let columns = EngagementImport.named.map { $0.column.sql } + EngagementImport.facts.map(\.sql)
    let values = EngagementImport.named.map { "\($0.id) AS \($0.column.sql)" as SQL } + EngagementImport.facts.map { "r.\($0.sql)" as SQL }
    let made = try tx.run(
      """
      INSERT INTO engagements (organization_id, user_id, launched_at, \(SQL.join(columns, ", ")), remeasurement_days, meeting_links, language, created_at)
      SELECT CAST(\(context.organization) AS BIGINT), p.account_id, r.launched_at, \(SQL.join(values, ", ")), w.remeasurement_days, w.meeting_links,
        w.language, CAST(\(context.now) AS TEXT)
      FROM \(EngagementImport.rows) JOIN import_changes x ON x.line = r.line JOIN import_people p ON p.email_key = r.email_key
      JOIN coaching_groups w ON w.id = g.id WHERE x.is_new = 1 ORDER BY p.account_id, r.launched_at
      """)
    try tx.describe("engagements", grownBy: made)
    try tx.run(
      """
      UPDATE engagements SET \(SQL.join(columns.map { "\($0) = n.\($0)" }, ", "))
      FROM (SELECT x.engagement_id, \(SQL.join(values, ", ")) FROM \(EngagementImport.rows) JOIN import_changes x ON x.line = r.line
        WHERE x.is_new = 0) n
      WHERE engagements.id = n.engagement_id
      """)
    try tx.run(
      """
      UPDATE import_changes SET engagement_id = (SELECT e.id FROM import_rows r \(.lookup) import_people p ON p.email_key = r.email_key
        \(.lookup) engagements e ON e.organization_id = \(context.organization) AND e.user_id = p.account_id AND e.launched_at = r.launched_at
        WHERE r.line = import_changes.line) WHERE engagement_id IS NULL
      """)
    try tx.describe("import_changes")
  }

  /// Coaches, focus areas, goals and notes.
  private func writeParts(_ context: ImportContext, in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO engagement_coaches (engagement_id, coach_id, organization_id, user_id, assigned_at)
      SELECT e.id, e.coach_id, e.organization_id, e.user_id, CASE WHEN x.is_new = 1 THEN e.launched_at ELSE CAST(\(context.now) AS TEXT) END
      FROM import_changes x \(.lookup) engagements e ON e.id = x.engagement_id WHERE e.coach_id IS NOT NULL ORDER BY e.id
      ON CONFLICT (engagement_id, coach_id) DO NOTHING
      """)
    try tx.run(
      """
      DELETE FROM focus_areas WHERE engagement_id IN (SELECT engagement_id FROM import_changes WHERE is_new = 0)
        AND NOT EXISTS (SELECT 1 FROM import_changes x JOIN import_areas y ON y.line = x.line JOIN import_skills s ON s.ref = y.skill
          WHERE x.engagement_id = focus_areas.engagement_id AND s.id = focus_areas.focus_skill_id)
      """)
    try tx.run(
      """
      INSERT INTO focus_areas (engagement_id, focus_skill_id, chosen)
      SELECT x.engagement_id, s.id, 1 FROM import_changes x \(.lookup) import_areas y ON y.line = x.line JOIN import_skills s ON s.ref = y.skill
      WHERE 1 = 1 ORDER BY x.engagement_id, s.id ON CONFLICT (engagement_id, focus_skill_id) DO UPDATE SET chosen = 1
      """)
    try tx.run(
      """
      DELETE FROM goals WHERE engagement_id IN (SELECT engagement_id FROM import_changes WHERE is_new = 0)
        AND NOT EXISTS (SELECT 1 FROM import_changes x JOIN import_goals y ON y.line = x.line
          WHERE x.engagement_id = goals.engagement_id AND y.text = goals.text)
      """)
    try tx.run(
      """
      INSERT INTO goals (engagement_id, text, achieved)
      SELECT x.engagement_id, y.text, y.achieved FROM import_changes x \(.lookup) import_goals y ON y.line = x.line
      WHERE 1 = 1 ORDER BY x.engagement_id, y.text ON CONFLICT (engagement_id, text) DO UPDATE SET achieved = excluded.achieved
      """)
    try tx.run(
      """
      INSERT INTO engagement_notes (engagement_id, text, note_key, at)
      SELECT x.engagement_id, r.note, r.note_key, CAST(\(context.now) AS TEXT) FROM \(EngagementImport.changes)
      WHERE r.note <> '' AND NOT EXISTS (SELECT 1 FROM engagement_notes o WHERE o.engagement_id = x.engagement_id AND o.text = r.note)
      ORDER BY x.engagement_id
      """)
  }

  /// Whoever is coached is in the coaching audience and is shown the way to coaching.
  private func entitle(_ context: ImportContext, in tx: any Connection) throws {
    let learners: SQL = """
      SELECT DISTINCT p.account_id AS user_id FROM \(EngagementImport.changes) \(.lookup) import_people p ON p.email_key = r.email_key WHERE x.is_new = 1
      """
    try CoachingAudience.enter(learners, of: context.organization, at: context.at, in: tx)
  }
}
