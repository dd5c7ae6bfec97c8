import Database

extension LearnersInBulk {
  /// What came of confirming a file.
  public struct Confirmation: Sendable, Equatable {
    /// How many became learners, and how many rows were left out because of what others did since the check.
    public let added: Int, changed: Int
    /// Whether somebody had confirmed it before, so that nothing was done now.
    public let isRepeated: Bool
  }

  /// Adds whom a file names: all in one transaction, or nothing. The rows are judged once more in it, so that nobody is added twice, whatever others did
  /// since the check; what changed stands on the row afterwards. Confirming again does nothing.
  ///
  /// - Parameter listener: is told each step.
  /// - Throws: `Failure`: `notFound`; `conflict` for too few licenses, and for settings that no longer fit.
  public func confirm(_ id: Int64, listener: WorkListener = .nobody) throws -> Confirmation {
    let now = clock.now
    return try database.workbench { bench in
      let upload = try bench.read { try LearnerUpload.find(id, scope: scope, in: $0) }
      if upload.isDone { return Confirmation(added: 0, changed: 0, isRepeated: true) }
      listener.began(LearnerUploadStep.load)
      try BulkStage(organization: organization, program: 0).prepare(in: bench)
      try LearnerWriting.prepare(in: bench)
      try bench.run("CREATE TEMPORARY TABLE adding_rows (user_id \(.integerKey), line BIGINT NOT NULL)")
      try load(id, in: bench)
      listener.began(LearnerUploadStep.turn)
      return try bench.write(organization: organization) { tx in
        listener.began(LearnerUploadStep.judge)
        // Of two who confirm at once the second finds nothing to claim.
        let claimed = try tx.run(
          "UPDATE upload_drafts SET state = 'DONE', done_at = \(now.text) WHERE id = \(id) AND state = 'CHECKED' AND removed_at = ''")
        if claimed == 0 {
          _ = try LearnerUpload.find(id, scope: scope, in: tx)
          return Confirmation(added: 0, changed: 0, isRepeated: true)
        }
        try judge(at: now, in: tx)
        let changed = try noteChanges(id, in: tx)
        listener.began(LearnerUploadStep.people)
        try writePeople(at: now, in: tx)
        listener.began(LearnerUploadStep.engagements)
        do {
          let added = try LearnerWriting(scope: scope, now: now).write(upload.draft, in: tx)
          return Confirmation(added: added, changed: changed, isRepeated: false)
        } catch let failure as Failure where failure.code == .invalid {
          // It was right when the file was checked.
          throw Failure(.conflict, failure.sentence, fields: failure.fields)
        }
      }
    }
  }

  /// Loads the rows that are to be added, numbered in the order of their emails, which is the one to write them in.
  private func load(_ id: Int64, in bench: any Workbench) throws {
    let number = SQL(sqlite: "NULL", postgres: "row_number() OVER (ORDER BY email_key)")
    try bench.run(
      """
      INSERT INTO bulk_rows (line, email_key, email, name, external_id, fault, search_key, expected, given_line)
      SELECT \(number), email_key, email, name, external_id, '', search_key, outcome, line FROM upload_rows
      WHERE draft_id = \(id) AND outcome = 'NEW' ORDER BY email_key
      """)
    try bench.describe("bulk_rows")
  }

  /// Sets what became of rows that are no longer what the check said.
  ///
  /// - Returns: how many they are.
  private func noteChanges(_ id: Int64, in tx: any Connection) throws -> Int {
    try tx.run(
      """
      UPDATE upload_rows SET outcome = x.outcome, reason = CASE WHEN x.reason = '' THEN 'Changed since the check.' ELSE x.reason END
      FROM (SELECT r.given_line AS line, j.outcome AS outcome, j.reason AS reason FROM bulk_judged j JOIN bulk_rows r ON r.line = j.line
        WHERE j.outcome <> 'NEW') x
      WHERE upload_rows.draft_id = \(id) AND upload_rows.line = x.line
      """)
  }

  /// Accounts and users where they are missing, in the order of the accounts' ids, and the External ID of whoever has none; all of them into `adding`.
  private func writePeople(at now: Moment, in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO accounts (email, email_key, name, created_at) SELECT r.email, r.email_key, r.name, CAST(\(now.text) AS TEXT)
      FROM \(BulkStage.judged) WHERE j.line IS NULL OR (j.outcome = 'NEW' AND j.account_id IS NULL) ORDER BY r.line
      ON CONFLICT (email_key) DO NOTHING
      """)
    try tx.run("DELETE FROM adding")
    try tx.run("DELETE FROM adding_rows")
    try tx.run(
      """
      INSERT INTO adding_rows (user_id, line) SELECT a.id, r.line FROM bulk_rows r \(.lookup) accounts a ON a.email_key = r.email_key
      LEFT JOIN bulk_judged j ON j.line = r.line WHERE \(BulkStage.outcome) = 'NEW' ORDER BY a.id
      """)
    try tx.run("INSERT INTO adding (user_id) SELECT user_id FROM adding_rows ORDER BY user_id")
    let given: SQL = "adding_rows p \(.lookup) bulk_rows r ON r.line = p.line"
    let new = try tx.run(
      """
      INSERT INTO users (organization_id, id, search_key, email_key, name, email, external_id, created_at)
      SELECT CAST(\(organization) AS BIGINT), p.user_id, r.search_key, r.email_key, r.name, r.email, NULLIF(r.external_id, ''),
        CAST(\(now.text) AS TEXT)
      FROM \(given) WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.organization_id = \(organization) AND u.id = p.user_id) ORDER BY p.user_id
      """)
    try tx.run("UPDATE organizations SET people = people + \(Int64(new)) WHERE id = \(organization)")
    try tx.run(
      """
      UPDATE users SET external_id = x.external_id FROM (SELECT p.user_id AS id, r.external_id FROM \(given) WHERE r.external_id <> '') x
      WHERE users.organization_id = \(organization) AND users.id = x.id AND users.external_id IS NULL
      """)
  }
}
