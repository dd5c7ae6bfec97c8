import Database

/// Gives a person's rows in one organization to an anonymous person, and takes out of them what tells who it was.
///
/// The rows are copied as they are, whatever columns they have, since keys that others refer to cannot be changed in place.
struct ErasureMove {
  let organization: Int64
  let user: Int64
  let anonymous: AnonymousPerson
  let now: Moment

  init(organization: Int64, user: Int64, to anonymous: AnonymousPerson, at now: Moment) {
    (self.organization, self.user, self.anonymous, self.now) = (organization, user, anonymous, now)
  }

  /// Tables whose rows hang on a membership or an enrollment, by `program_id` and `user_id`.
  static let activity: [Column] = [
    "membership_contracts", "assessment_attempts", "lesson_completions", "course_ratings", "learning_sessions",
  ]
  /// Every other table that names people by an account's or a user's id.
  static let others: [Column] =
    [
      "users", "memberships", "enrollments", "invitations", "email_preferences", "license_movements", "outbox", "upload_drafts",
      "role_assignments", "coaches", "saved_views",
    ] + EngagementErasure.tables

  private static let copies: [(table: Column, copy: SQL)] = [
    ("users", "moving_users"), ("memberships", "moving_memberships"), ("enrollments", "moving_enrollments"),
  ]

  /// Makes the temporary tables.
  static func prepare(in bench: any Workbench) throws {
    for (table, copy) in copies { try bench.run("CREATE TEMPORARY TABLE \(copy) AS SELECT * FROM \(table.sql) WHERE 1 = 0") }
  }

  /// Moves everything. Memberships must have ended and invitations must be closed.
  func move(in tx: any Connection) throws {
    let programs = try tx.all(
      "SELECT program_id FROM memberships WHERE organization_id = \(organization) AND user_id = \(user) ORDER BY program_id"
    ) { $0.int(0) }
    let mine: SQL = "user_id = \(user) AND program_id IN (\(list: programs))"
    let noAttributes = SQL.join(Figure.attributes.map { "\($0.sql) = NULL" }, ", ")
    try copy("users", "moving_users", "organization_id = \(organization) AND id = \(user)", in: tx) {
      """
      id = \(anonymous.id), name = \(anonymous.name), email = \(anonymous.email), email_key = \(anonymous.email),
        search_key = \(anonymous.searchKey), external_id = NULL, \(noAttributes), deactivated_at = \(now.text), erased_at = \(now.text)
      """
    }
    try copy("memberships", "moving_memberships", "organization_id = \(organization) AND user_id = \(user)", in: tx) {
      "user_id = \(anonymous.id), search_key = \(anonymous.searchKey), email_key = \(anonymous.email), \(noAttributes)"
    }
    try copy("enrollments", "moving_enrollments", mine, in: tx) { "user_id = \(anonymous.id)" }
    for table in ErasureMove.activity { try tx.run("UPDATE \(table.sql) SET user_id = \(anonymous.id) WHERE \(mine)") }
    let theirs: SQL = "user_id = \(anonymous.id) AND program_id IN (\(list: programs))"
    try tx.run("UPDATE course_ratings SET comment = '' WHERE \(theirs) AND comment <> ''")
    try tx.run("DELETE FROM enrollments WHERE \(mine)")
    try tx.run("DELETE FROM memberships WHERE organization_id = \(organization) AND user_id = \(user)")
    try tx.run(
      """
      UPDATE invitations SET user_id = \(anonymous.id), search_key = \(anonymous.searchKey), email_key = \(anonymous.email)
      WHERE organization_id = \(organization) AND user_id = \(user)
      """)
    try EngagementErasure(organization: organization, user: user, anonymous: anonymous.id).move(at: now, in: tx)
    try tx.run("DELETE FROM email_preferences WHERE organization_id = \(organization) AND user_id = \(user)")
    try tx.run("DELETE FROM users WHERE organization_id = \(organization) AND id = \(user)")
    // Whoever was erased is none of the people that Users lists.
    try tx.run("UPDATE organizations SET people = people - 1 WHERE id = \(organization)")
    try moveMail(in: tx)
    try moveDeeds(in: tx)
  }

  private func copy(_ table: SQL, _ copy: SQL, _ rows: SQL, in tx: any Connection, _ changes: () -> SQL) throws {
    try tx.run("DELETE FROM \(copy)")
    try tx.run("INSERT INTO \(copy) SELECT * FROM \(table) WHERE \(rows)")
    try tx.run("UPDATE \(copy) SET \(changes())")
    try tx.run("INSERT INTO \(table) SELECT * FROM \(copy)")
    try tx.run("DELETE FROM \(copy)")
  }

  /// Mails keep their kind, state and times. One that a sender has in hand is settled by nobody any more.
  private func moveMail(in tx: any Connection) throws {
    try tx.run(
      """
      DELETE FROM sent_mail WHERE outbox_id IN (SELECT id FROM outbox WHERE organization_id = \(organization) AND user_id = \(user))
      """)
    try tx.run(
      """
      UPDATE outbox SET user_id = \(anonymous.id), recipient = '', details = '', failure = '',
        state = CASE WHEN state IN ('WAITING', 'SENDING') THEN 'DROPPED' ELSE state END
      WHERE organization_id = \(organization) AND user_id = \(user)
      """)
  }

  /// What the person did and what was done to the person: by the ids, without what was noted of names.
  private func moveDeeds(in tx: any Connection) throws {
    func moved(_ column: SQL) -> SQL { "\(column) = CASE WHEN \(column) = \(user) THEN \(anonymous.id) ELSE \(column) END" }
    try tx.run(
      """
      UPDATE license_movements SET \(moved("user_id")), \(moved("actor_id"))
      WHERE contract_id IN (SELECT id FROM contracts WHERE organization_id = \(organization)) AND (user_id = \(user) OR actor_id = \(user))
      """)
    let about: SQL = "subject_kind IN ('user', 'account') AND organization_id = \(organization)"
    try tx.run(
      """
      UPDATE audit_values SET value = '' WHERE event_id IN (SELECT id FROM audit_events WHERE \(about) AND subject_id = \(user))
        AND name NOT IN ('program', 'contract', 'role')
      """)
    try tx.run("UPDATE audit_events SET subject_id = \(anonymous.id) WHERE \(about) AND subject_id = \(user)")
    let acted = try tx.run(
      "UPDATE audit_events SET actor_id = \(anonymous.id) WHERE actor_id = \(user) AND organization_id = \(organization)")
    // Only who has acted here can have invited, removed, uploaded or saved a view; a look at everybody's rows is left out for the others.
    guard acted > 0 else { return }
    try tx.run("UPDATE invitations SET invited_by = \(anonymous.id) WHERE organization_id = \(organization) AND invited_by = \(user)")
    try tx.run("UPDATE memberships SET removed_by = \(anonymous.id) WHERE organization_id = \(organization) AND removed_by = \(user)")
    try tx.run("UPDATE upload_drafts SET account_id = \(anonymous.id) WHERE organization_id = \(organization) AND account_id = \(user)")
    try SavedView.erase(user, as: anonymous.id, organization: organization, in: tx)
  }

  /// Empties the rows of uploaded files that name the person. In a file that waits to be confirmed such a row can no longer be taken.
  static func blankUploads(of emailKey: String, organization: Int64, in tx: any Connection) throws {
    let rows = try tx.all(
      """
      SELECT r.draft_id, r.line, r.cells FROM upload_drafts d JOIN upload_rows r ON r.draft_id = d.id
      WHERE d.organization_id = \(organization) AND r.email_key = \(emailKey)
      """
    ) { (draft: $0.int(0), line: $0.int(1), cells: $0.text(2)) }
    for row in rows {
      // As many cells as before, since a file of the rejected rows has a column for each.
      let cells = row.cells.isEmpty ? "" : try AttributeDraft.encoded(AttributeDraft.cells(row.cells).map { _ in "" })
      try tx.run(
        """
        UPDATE upload_rows SET name = '', email = '', email_key = '', search_key = '', external_id = '', cells = \(cells),
          reason = 'This person was erased.', outcome = CASE WHEN EXISTS (
            SELECT 1 FROM upload_drafts d WHERE d.id = upload_rows.draft_id AND d.state = 'CHECKED') THEN 'ERROR' ELSE outcome END
        WHERE draft_id = \(row.draft) AND line = \(row.line)
        """)
    }
  }
}
