import Database

/// Writes the people whom `BulkStage` found fit to be invited, set by set: accounts, users, memberships, invitations, mails, and every figure.
struct BulkWriting {
  let scope: OrganizationScope
  let draft: UploadDraft
  let sends: Bool
  let now: Moment

  private var organization: Int64 { scope.organization.id }

  func prepare(in bench: any Workbench) throws {
    try bench.run("CREATE TEMPORARY TABLE bulk_people (account_id \(.integerKey), is_user SMALLINT NOT NULL, line BIGINT NOT NULL)")
  }

  /// Every table is written in the order of the accounts' ids; new ones are given in the order of the emails.
  func write(in tx: any Connection, _ listener: WorkListener) throws {
    listener.began(BulkStep.people)
    try Touched.prepare(in: tx)
    try writeAccounts(in: tx)
    try choosePeople(in: tx)
    let known = try tx.scalar("SELECT COUNT(*) FROM bulk_people WHERE is_user = 1")
    let new = try tx.scalar("SELECT COUNT(*) FROM bulk_people WHERE is_user = 0")
    // New people are all alike, so that nothing of theirs need be gone through before and after.
    if known > 0 {
      try touch("is_user = 1", in: tx)
      try Touched.note([.tallies], in: tx)
      try Licenses.noteHolders(in: tx)
    }
    // What grows at its end stays as it is, and so does what holds nobody who is invited.
    let stays: [StaticString] = ["users_account", "users_by_name", "users_by_email", "users_by_activity"]
    if new > 0 { try inBulk("users", keeping: stays, new, in: tx) { try writeUsers(in: tx) } }
    if known > 0 { try completeUsers(in: tx) }
    if new > 0 { try writeMemberships(.new, in: tx) }
    if known > 0 { try writeMemberships(.known, in: tx) }
    listener.began(BulkStep.invitations)
    try inBulk("invitations", keeping: ["invitations_user", "invitations_by_time"], new + known, in: tx) {
      let (state, expiry) = (sends ? "QUEUED" : "CREATED", try expiry(in: tx))
      if new > 0 { try writeInvitations(.new, state, expiry, in: tx) }
      if known > 0 { try writeInvitations(.known, state, expiry, in: tx) }
    }
    if sends { try writeMails(in: tx) }
    listener.began(BulkStep.figures)
    if known > 0 { try Touched.settle([.tallies], in: tx) }
    try countNew(in: tx)
    let takesPlaces = try tx.scalar("SELECT COUNT(*) FROM contracts WHERE id = \(draft.contract) AND occupied_on = 'INVITATION'") > 0
    if takesPlaces { try touch("is_user = 0", in: tx) }
    if known > 0 || takesPlaces { try Licenses.noteMoved(.invited, by: scope.viewer.accountID, at: now, in: tx) }
  }

  /// Makes the indexes of a table anew where hardly anything is in them yet; finding a place in what fits into memory costs less than sorting it again.
  private func inBulk(
    _ table: StaticString, keeping: [StaticString], _ rows: Int64, in tx: any Connection, _ body: () throws -> Void
  ) throws {
    let isMost =
      try rows >= ImportContext.many
      && tx.scalar("SELECT COUNT(*) FROM (SELECT 1 FROM \(SQL(stringLiteral: table)) LIMIT \(rows / 4 + 1)) m") <= rows / 4
    guard isMost else { return try body() }
    try tx.rebuildingIndexes(of: [table], keeping: keeping, body)
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
        INSERT INTO \(table) (\(column), user_id) SELECT CAST(\(value) AS BIGINT), account_id FROM bulk_people WHERE \(whom) ORDER BY account_id
        """)
    }
  }

  /// Whom no row of `bulk_judged` is about is new to the installation, and nobody who is refused is among them.
  private func writeAccounts(in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO accounts (email, email_key, name, created_at)
      SELECT r.email, r.email_key, r.name, CAST(\(now.text) AS TEXT) FROM \(BulkStage.judged) WHERE j.line IS NULL ORDER BY r.line
      ON CONFLICT (email_key) DO NOTHING
      """)
  }

  private func choosePeople(in tx: any Connection) throws {
    try tx.run("DELETE FROM bulk_people")
    try tx.run(
      """
      INSERT INTO bulk_people (account_id, is_user, line) SELECT a.id, COALESCE(j.is_user, 0), r.line
      FROM bulk_rows r \(.lookup) accounts a ON a.email_key = r.email_key LEFT JOIN bulk_judged j ON j.line = r.line
      WHERE \(BulkStage.outcome) IN ('NEW', 'RETURNS') ORDER BY a.id
      """)
    try tx.describe("bulk_people")
  }

  /// People with what the file gives of them.
  private var given: SQL { "FROM bulk_people p \(.lookup) bulk_rows r ON r.line = p.line" }

  private func writeUsers(in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO users (organization_id, id, open_invitations, search_key, email_key, name, email, external_id, created_at)
      SELECT CAST(\(organization) AS BIGINT), p.account_id, 1, r.search_key, r.email_key, r.name, r.email, NULLIF(r.external_id, ''),
        CAST(\(now.text) AS TEXT) \(given) WHERE p.is_user = 0 ORDER BY p.account_id
      """)
  }

  /// A person whom the organization knows keeps everything, and gets the External ID where there was none.
  private func completeUsers(in tx: any Connection) throws {
    try tx.run(
      """
      UPDATE users SET external_id = x.external_id FROM (
        SELECT p.account_id, r.external_id \(given) WHERE p.is_user = 1 AND r.external_id <> '') x
      WHERE users.organization_id = \(organization) AND users.id = x.account_id AND users.external_id IS NULL
      """)
  }

  /// Where the columns come from that a row repeats of its person.
  private enum Source {
    /// The file: the user was just made of it, and has no attributes.
    case new
    /// The organization.
    case known
  }

  /// The people `p` of a source with the row `r` that has their columns.
  private func people(_ source: Source) -> SQL {
    switch source {
    case .new: "\(given) WHERE p.is_user = 0 ORDER BY p.account_id"
    case .known:
      """
      FROM bulk_people p \(.lookup) users r ON r.organization_id = \(organization) AND r.id = p.account_id WHERE p.is_user = 1 ORDER BY p.account_id
      """
    }
  }

  /// Whoever was removed keeps the row and the first join date (product.md 5).
  private func writeMemberships(_ source: Source, in tx: any Connection) throws {
    let attributes: [Column] = source == .new ? [] : Figure.attributes
    let returning: SQL = """
      ON CONFLICT (program_id, user_id) DO UPDATE SET state = 'INVITED', contract_id = excluded.contract_id, invited_at = excluded.invited_at,
        release_at = '', removed_at = '', removed_by = 0
      """
    try tx.run(
      """
      INSERT INTO memberships (program_id, user_id, organization_id, state, contract_id, invited_at, search_key, email_key\(
        SQL.join(attributes.map { ", \($0.sql)" }, "")))
      SELECT CAST(\(draft.program) AS BIGINT), p.account_id, CAST(\(organization) AS BIGINT), 'INVITED', CAST(\(draft.contract) AS BIGINT),
        CAST(\(now.text) AS TEXT), r.search_key, r.email_key\(SQL.join(attributes.map { ", r.\($0.sql)" }, "")) \(people(source))
      \(source == .new ? "" : returning)
      """)
  }

  private func expiry(in tx: any Connection) throws -> String {
    now.adding(days: try tx.scalar("SELECT invitation_days FROM organizations WHERE id = \(organization)")).text
  }

  private func writeInvitations(_ source: Source, _ state: String, _ expiry: String, in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO invitations (program_id, user_id, organization_id, state, contract_id, invited_at, invited_by, expires_at, queued_at, search_key,
        email_key)
      SELECT CAST(\(draft.program) AS BIGINT), p.account_id, CAST(\(organization) AS BIGINT), CAST(\(state) AS TEXT),
        CAST(\(draft.contract) AS BIGINT), CAST(\(now.text) AS TEXT), CAST(\(scope.viewer.accountID) AS BIGINT), CAST(\(expiry) AS TEXT),
        CAST(\(sends ? now.text : "") AS TEXT), r.search_key, r.email_key \(people(source))
      \(source == .new ? "" : Inviting.renewal)
      """)
  }

  private func writeMails(in tx: any Connection) throws {
    let mails = try tx.run(
      """
      INSERT INTO outbox (organization_id, kind, user_id, program_id, recipient, message_id, due_at, created_at)
      SELECT CAST(\(organization) AS BIGINT), CAST(\(MailKind.invitation.rawValue) AS TEXT), p.account_id, CAST(\(draft.program) AS BIGINT),
        r.email, \(Outbox.risingMessageID(at: now, number: "r.line")), CAST(\(now.text) AS TEXT), CAST(\(now.text) AS TEXT) \(given) ORDER BY p.account_id
      """)
    try Outbox.count(mails, organization: organization, in: tx)
  }
}
