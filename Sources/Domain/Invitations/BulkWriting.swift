import Database

/// Writes the people whom `BulkStage` found fit to be invited, set by set: accounts, users, memberships, invitations, mails, and every figure.
struct BulkWriting {
  let scope: OrganizationScope
  let draft: UploadDraft
  let sends: Bool
  let now: Moment

  private var organization: Int64 { scope.organization.id }

  func prepare(in bench: any Workbench) throws {
    try bench.run(
      """
      CREATE TEMPORARY TABLE bulk_people (person \(.counter), account_id BIGINT, is_user SMALLINT NOT NULL, line BIGINT NOT NULL)
      """)
  }

  /// Those who have an account come first and in its order, then the others by email, so that a person's number sorts as the account's id will.
  func write(in tx: any Connection, _ listener: WorkListener) throws {
    listener.began(BulkStep.people)
    try tx.run("DELETE FROM bulk_people")
    try Touched.prepare(in: tx)
    try tx.run(
      """
      INSERT INTO bulk_people (account_id, is_user, line) SELECT account_id, is_user, line FROM bulk_judged
      WHERE outcome IN ('NEW', 'RETURNS') ORDER BY CASE WHEN account_id IS NULL THEN 1 ELSE 0 END, account_id, line
      """)
    try tx.describe("bulk_people")
    // Whoever is there already; new people are all alike and follow.
    try touch("is_user = 1", in: tx)
    try Touched.note([.tallies], in: tx)
    try Licenses.noteHolders(in: tx)
    try writeAccounts(in: tx)
    let rows = try tx.scalar("SELECT COUNT(*) FROM bulk_people")
    try inBulk(rows, in: tx) {
      try writeUsers(in: tx)
      try writeMemberships(in: tx)
      listener.began(BulkStep.invitations)
      try writeInvitations(in: tx)
      if sends { try writeMails(in: tx) }
    }
    listener.began(BulkStep.figures)
    try Touched.settle([.tallies], in: tx)
    try countNew(in: tx)
    try touch("is_user = 0 AND EXISTS (SELECT 1 FROM contracts WHERE id = \(draft.contract) AND occupied_on = 'INVITATION')", in: tx)
    try Licenses.noteMoved(.invited, by: scope.viewer.accountID, at: now, in: tx)
  }

  /// Makes the indexes anew where most of what they will hold is new.
  private func inBulk(_ rows: Int64, in tx: any Connection, _ body: () throws -> Void) throws {
    let isMost =
      try rows >= ImportContext.many
      && tx.scalar("SELECT COUNT(*) FROM (SELECT 1 FROM memberships LIMIT \(rows + 1)) m") <= rows
    guard isMost else { return try body() }
    try tx.rebuildingIndexes(of: ["users", "memberships", "invitations", "outbox"], keeping: ["memberships_to_release"], body)
  }

  /// Adds what new people contribute to the sums: each of them the same, so one is worked out.
  private func countNew(in tx: any Connection) throws {
    let (count, one) =
      try tx.first("SELECT COUNT(*), MIN(account_id) FROM bulk_people WHERE is_user = 0") { ($0.int(0), $0.int(1)) } ?? (0, 0)
    guard count > 0 else { return }
    let extent = Extent.few(FewMembers(organization: organization, program: draft.program, users: [one]))
    for tally in Tally.all { try tally.add(tally.sums(extent, in: tx).times(count), in: tx) }
    try tx.run(
      "UPDATE programs SET began_at = \(now.text) WHERE id = \(draft.program) AND (began_at = '' OR began_at > \(now.text))")
  }

  private func touch(_ whom: SQL, in tx: any Connection) throws {
    for (table, column, value): (SQL, SQL, Int64) in [
      ("touched_memberships", "program_id", draft.program), ("touched_users", "organization_id", organization),
    ] {
      try tx.run(
        """
        INSERT INTO \(table) (\(column), user_id) SELECT CAST(\(value) AS BIGINT), account_id FROM bulk_people WHERE \(whom) ORDER BY person
        """)
    }
  }

  /// People with what the file gives of them.
  private var given: SQL { "FROM bulk_people p \(.lookup) bulk_rows r ON r.line = p.line" }

  private func writeAccounts(in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO accounts (email, email_key, name, created_at)
      SELECT r.email, r.email_key, r.name, CAST(\(now.text) AS TEXT) \(given) WHERE p.account_id IS NULL ORDER BY p.person
      ON CONFLICT (email_key) DO NOTHING
      """)
    try tx.run(
      """
      UPDATE bulk_people SET account_id = (SELECT a.id FROM bulk_rows r \(.lookup) accounts a ON a.email_key = r.email_key
        WHERE r.line = bulk_people.line) WHERE account_id IS NULL
      """)
  }

  /// A person whom the organization knows keeps everything, and gets the External ID where there was none.
  private func writeUsers(in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO users (organization_id, id, open_invitations, search_key, email_key, name, email, external_id, created_at)
      SELECT CAST(\(organization) AS BIGINT), p.account_id, 1, r.search_key, r.email_key, r.name, r.email, NULLIF(r.external_id, ''),
        CAST(\(now.text) AS TEXT) \(given) WHERE p.is_user = 0 ORDER BY p.person
      """)
    guard try tx.scalar("SELECT COUNT(*) \(given) WHERE p.is_user = 1 AND r.external_id <> ''") > 0 else { return }
    try tx.run(
      """
      UPDATE users SET external_id = x.external_id FROM (
        SELECT p.account_id, r.external_id \(given) WHERE p.is_user = 1 AND r.external_id <> '') x
      WHERE users.organization_id = \(organization) AND users.id = x.account_id AND users.external_id IS NULL
      """)
  }

  /// People with what their rows repeat of them.
  private var people: SQL {
    "FROM bulk_people p \(.lookup) users u ON u.organization_id = \(organization) AND u.id = p.account_id WHERE 1 = 1 ORDER BY p.person"
  }

  /// Whoever was removed keeps the row and the first join date (product.md 5).
  private func writeMemberships(in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO memberships (program_id, user_id, organization_id, state, contract_id, invited_at, search_key, email_key,
        \(SQL.join(Figure.attributes.map(\.sql), ", ")))
      SELECT CAST(\(draft.program) AS BIGINT), u.id, u.organization_id, 'INVITED', CAST(\(draft.contract) AS BIGINT), CAST(\(now.text) AS TEXT),
        u.search_key, u.email_key, \(SQL.join(Figure.attributes.map { "u.\($0.sql)" }, ", ")) \(people)
      ON CONFLICT (program_id, user_id) DO UPDATE SET state = 'INVITED', contract_id = excluded.contract_id, invited_at = excluded.invited_at,
        release_at = '', removed_at = '', removed_by = 0
      """)
  }

  private func writeInvitations(in tx: any Connection) throws {
    let days = try tx.scalar("SELECT invitation_days FROM organizations WHERE id = \(organization)")
    let (state, queued) = sends ? ("QUEUED", now.text) : ("CREATED", "")
    try tx.run(
      """
      INSERT INTO invitations (program_id, user_id, organization_id, state, contract_id, invited_at, invited_by, expires_at, queued_at, search_key,
        email_key)
      SELECT CAST(\(draft.program) AS BIGINT), u.id, u.organization_id, CAST(\(state) AS TEXT), CAST(\(draft.contract) AS BIGINT),
        CAST(\(now.text) AS TEXT), CAST(\(scope.viewer.accountID) AS BIGINT), CAST(\(now.adding(days: days).text) AS TEXT),
        CAST(\(queued) AS TEXT), u.search_key, u.email_key \(people)
      \(Inviting.renewal)
      """)
  }

  private func writeMails(in tx: any Connection) throws {
    let mails = try tx.run(
      """
      INSERT INTO outbox (organization_id, kind, user_id, program_id, recipient, message_id, due_at, created_at)
      SELECT CAST(\(organization) AS BIGINT), CAST(\(MailKind.invitation.rawValue) AS TEXT), p.account_id, CAST(\(draft.program) AS BIGINT),
        r.email, \(Outbox.newMessageID), CAST(\(now.text) AS TEXT), CAST(\(now.text) AS TEXT) \(given) ORDER BY p.person
      """)
    try Outbox.count(mails, organization: organization, in: tx)
  }
}
