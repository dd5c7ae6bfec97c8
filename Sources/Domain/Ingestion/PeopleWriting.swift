import Database

extension PeopleStage {
  /// Marks the people that differ, and finds the values that have to be made.
  func prepare(_ context: ImportContext) throws -> ImportChange {
    let connection = context.connection
    erased = try PeopleStage.erased(context.organization, in: connection)
    let attributes: [SQL] = statesAll ? Figure.attributes.map { "u.\($0.sql) IS DISTINCT FROM p.\($0.sql)" } : []
    let differing = SQL.join(["u.name <> p.name", "u.email <> p.email", differentID("u")] + attributes, " OR ")
    try connection.run(
      """
      UPDATE import_people SET differs = 1 WHERE person IN (
        SELECT p.person FROM import_people p \(.lookup) users u ON u.organization_id = \(context.organization) AND u.id = p.account_id
        WHERE \(differing))
      """)
    try connection.run("CREATE TEMPORARY TABLE import_new_values (ref \(.integerKey), attribute TEXT NOT NULL, value TEXT NOT NULL)")
    // Only a bad row can have named a value that nobody has.
    let isUsed: SQL =
      try connection.scalar("SELECT COUNT(*) FROM import_faults") == 0
      ? "" : "AND ref IN (\(SQL.join(Figure.attributes.map { "SELECT -\($0.sql) FROM import_people WHERE \($0.sql) < 0" }, " UNION ")))"
    try connection.run(
      """
      INSERT INTO import_new_values (ref, attribute, value) SELECT ref, attribute, value FROM import_values WHERE id IS NULL \(isUsed)
      ORDER BY ref
      """)
    let change = try ImportChange.count(
      "users", created: "SELECT COUNT(*) FROM import_people WHERE is_new = 1",
      changed: "SELECT COUNT(*) FROM import_people WHERE differs = 1", in: connection)
    differ = change.changed > 0
    return change
  }

  /// Whether a user's External ID is another than the file gives.
  private func differentID(_ user: SQL) -> SQL {
    statesAll
      ? "\(user).external_id IS DISTINCT FROM p.external_id"
      : "(p.external_id IS NOT NULL AND \(user).external_id IS DISTINCT FROM p.external_id)"
  }

  /// Counts the memberships that new people get, so that their rows are written once and right.
  ///
  /// - Parameter memberships: a query of `person` and `state`.
  func countNew(_ memberships: SQL, _ context: ImportContext) throws {
    try context.connection.run(
      """
      INSERT INTO import_person_counts (person, joined, open_invitations, member_programs)
      SELECT p.person, MAX(CASE WHEN m.state = 'MEMBER' THEN 1 ELSE 0 END), SUM(CASE WHEN m.state = 'INVITED' THEN 1 ELSE 0 END),
        SUM(CASE WHEN m.state = 'MEMBER' THEN 1 ELSE 0 END)
      FROM (\(memberships)) m \(.lookup) import_people p ON p.person = m.person WHERE p.is_new = 1 GROUP BY p.person
      """)
    try context.connection.describe("import_person_counts")
  }

  /// Notes existing users that will differ, and their memberships, which repeat them.
  func touch(_ context: ImportContext) throws {
    try context.connection.run(
      """
      INSERT INTO touched_users (organization_id, user_id)
      SELECT \(context.organization), p.account_id FROM import_people p WHERE p.differs = 1 ORDER BY p.account_id
      """)
    try context.connection.run(
      """
      INSERT INTO touched_memberships (program_id, user_id) SELECT m.program_id, m.user_id FROM import_people p
      \(.lookup) memberships m ON m.organization_id = \(context.organization) AND m.user_id = p.account_id WHERE p.differs = 1
      """)
  }

  /// Makes the accounts and users that are missing and changes those that differ.
  ///
  /// - Throws: `Failure` when an account has changed its owner since it was looked up.
  func write(_ context: ImportContext, in tx: any Connection) throws {
    let stale = try tx.scalar(
      "SELECT COUNT(*) FROM import_people p \(.lookup) accounts a ON a.id = p.account_id WHERE a.email_key <> p.email_key")
    let isMissing = try PeopleStage.erased(context.organization, in: tx) != erased
    if stale > 0 || isMissing { throw Failure.changedMeanwhile }
    try writeAccounts(context, in: tx)
    try writeValues(context, in: tx)
    try insertUsers(context, in: tx)
    try updateUsers(context, in: tx)
    try updateEngagements(context, in: tx)
  }

  /// The Learners page repeats name and email.
  private func updateEngagements(_ context: ImportContext, in tx: any Connection) throws {
    guard differ else { return }
    try EngagementExtent.prepareTouched(in: tx)
    try EngagementExtent.touch(
      learners: "SELECT account_id AS user_id FROM import_people WHERE differs = 1", of: context.organization, in: tx)
    try EngagementFigures.settleRows(.touched, at: context.at, in: tx)
  }

  private static func erased(_ organization: Int64, in connection: any Connection) throws -> Int64 {
    try connection.scalar("SELECT COUNT(*) FROM users WHERE organization_id = \(organization) AND erased_at <> ''")
  }

  /// Notes the users that have come into being.
  func touchNew(_ context: ImportContext, in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO touched_users (organization_id, user_id)
      SELECT \(context.organization), p.account_id FROM import_people p WHERE p.is_new = 1 ORDER BY p.person
      ON CONFLICT (organization_id, user_id) DO NOTHING
      """)
  }

  private func writeAccounts(_ context: ImportContext, in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO accounts (email, email_key, name, created_at)
      SELECT email, email_key, name, \(context.now) FROM import_people WHERE account_id IS NULL ORDER BY person
      ON CONFLICT (email_key) DO NOTHING
      """)
    try tx.run(
      """
      UPDATE import_people SET account_id = (SELECT a.id FROM accounts a WHERE a.email_key = import_people.email_key) WHERE account_id IS NULL
      """)
    try tx.describe("import_people")
  }

  private func writeValues(_ context: ImportContext, in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO attribute_values (organization_id, attribute, value)
      SELECT \(context.organization), attribute, value FROM import_new_values ORDER BY ref
      ON CONFLICT (organization_id, attribute, value) DO NOTHING
      """)
    try tx.run(
      """
      UPDATE import_values SET id = (SELECT v.id FROM attribute_values v WHERE v.organization_id = \(context.organization)
        AND v.attribute = import_values.attribute AND v.value = import_values.value)
      WHERE id IS NULL AND ref IN (SELECT ref FROM import_new_values)
      """)
  }

  /// The ids of a person's attribute values, once those that were missing are made.
  private func attributeIDs(in tx: any Connection) throws -> [SQL] {
    let distance = try PeopleStage.distance(in: tx)
    return Figure.attributes.enumerated().map { index, column in
      // NULL alone would be text to PostgreSQL.
      if !used.contains(index) { return "CAST(NULL AS BIGINT)" }
      let made: SQL = distance.map { "\($0) - p.\(column.sql)" } ?? "(SELECT v.id FROM import_values v WHERE v.ref = -p.\(column.sql))"
      return "CASE WHEN p.\(column.sql) < 0 THEN \(made) ELSE p.\(column.sql) END"
    }
  }

  private func insertUsers(_ context: ImportContext, in tx: any Connection) throws {
    let made = try tx.run(
      """
      INSERT INTO users (organization_id, id, joined, open_invitations, member_programs, search_key, email_key, name, email, external_id,
        created_at, \(SQL.join(Figure.attributes.map(\.sql), ", ")))
      SELECT \(context.organization), p.account_id, COALESCE(n.joined, 0), COALESCE(n.open_invitations, 0), COALESCE(n.member_programs, 0),
        p.search_key, p.email_key, p.name, p.email, p.external_id, \(context.now), \(SQL.join(try attributeIDs(in: tx), ", "))
      FROM import_people p LEFT JOIN import_person_counts n ON n.person = p.person WHERE p.is_new = 1 ORDER BY p.person
      """)
    try tx.describe("users", grownBy: made)
  }

  private func updateUsers(_ context: ImportContext, in tx: any Connection) throws {
    guard differ else { return }
    // First away with External IDs that change, since two people may swap theirs.
    try tx.run(
      """
      UPDATE users SET external_id = NULL FROM import_people p
      WHERE users.organization_id = \(context.organization) AND users.id = p.account_id AND p.differs = 1
        AND \(differentID("users"))
      """)
    let attributes =
      statesAll ? zip(Figure.attributes, try attributeIDs(in: tx)).map { column, id -> SQL in ", \(column.sql) = \(id)" } : []
    let external: SQL = statesAll ? "p.external_id" : "COALESCE(p.external_id, users.external_id)"
    try tx.run(
      """
      UPDATE users SET name = p.name, email = p.email, search_key = p.search_key, external_id = \(external) \(SQL.join(attributes, ""))
      FROM import_people p WHERE users.organization_id = \(context.organization) AND users.id = p.account_id AND p.differs = 1
      """)
  }
}
