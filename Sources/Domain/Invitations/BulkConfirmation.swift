import Database

extension BulkInvitation {
  /// What came of confirming a draft.
  public struct Confirmation: Sendable, Equatable {
    /// How many were invited, and how many rows were left out because of what others did since the check.
    public let invited: Int, changed: Int
    /// Whether somebody had confirmed it before, so that nothing was done now.
    public let isRepeated: Bool
  }

  /// Invites whom a draft names: all in one transaction, or nothing. The rows are judged once more in it, so that nobody is invited twice, whatever
  /// others did since the check; what changed stands on the row afterwards. Confirming again does nothing.
  ///
  /// - Parameters:
  ///   - sends: whether the invitations are mailed; else they are only made.
  ///   - mayExceed: whether there may be more open invitations than places are left.
  ///   - listener: is told each step.
  /// - Throws: `RemovedProgram`; `Failure`: `notFound`; `conflict` for a contract that has not begun, has ended or is no longer the program's (field `contract`), for
  ///   more invitations than places (`exceed`), and where invitations take places and there are not enough (`places`).
  public func confirm(_ id: Int64, sends: Bool, mayExceed: Bool, listener: WorkListener = .nobody) throws -> Confirmation {
    let now = clock.now
    return try database.workbench { bench in
      let draft = try bench.read { try UploadDraft.find(id, scope: scope, in: $0) }
      if draft.isDone { return Confirmation(invited: 0, changed: 0, isRepeated: true) }
      listener.began(BulkStep.load)
      let stage = BulkStage(organization: scope.organization.id, program: draft.program)
      try stage.prepare(in: bench)
      try load(draft, in: bench)
      try Touched.prepare(in: bench)
      try Licenses.prepareHolders(in: bench)
      let writing = BulkWriting(scope: scope, draft: draft, sends: sends, now: now)
      try writing.prepare(in: bench)
      listener.began(BulkStep.turn)
      return try bench.write(organization: scope.organization.id, references: .found) { tx in
        listener.began(BulkStep.judge)
        // Of two who confirm at once the second finds nothing to claim.
        let claimed = try tx.run(
          """
          UPDATE upload_drafts SET state = 'DONE', done_at = \(now.text), result = \(sends ? UploadDraft.sent : UploadDraft.notSent)
          WHERE id = \(draft.id) AND state = 'CHECKED' AND removed_at = ''
          """)
        if claimed == 0 {
          // Thrown away, or confirmed, since it was read.
          _ = try UploadDraft.find(id, scope: scope, in: tx)
          return Confirmation(invited: 0, changed: 0, isRepeated: true)
        }
        try Program.refuseRemoved(draft.program, scope: scope, in: tx)
        let contract = try Contract.of(programs: [draft.program], in: tx)[draft.program]?.first { $0.id == draft.contract }
        guard let contract else {
          let sentence = "The contract no longer belongs to the program."
          throw Failure(.conflict, sentence, fields: [.init("contract", sentence)])
        }
        try contract.refuseOutOfTerm(at: now)
        try stage.judge(in: tx)
        let wanted = Int(try tx.scalar("SELECT COUNT(*) FROM \(BulkStage.judged) WHERE \(BulkStage.outcome) IN ('NEW', 'RETURNS')"))
        if !mayExceed { try Overbooking(of: contract.id, by: wanted, in: tx)?.refuse() }
        let changed = try noteChanges(draft, in: tx)
        if wanted > 0 { try writing.write(in: tx, listener) }
        try AuditTrail.record(
          "invited_in_bulk", by: scope.viewer.accountID, organization: scope.organization.id,
          about: .init(kind: "program", id: draft.program),
          values: [("people", "\(wanted)"), ("contract", contract.name), ("file", draft.fileName), ("mailed", sends ? "yes" : "no")],
          at: now,
          in: tx)
        return Confirmation(invited: wanted, changed: changed, isRepeated: false)
      }
    }
  }

  /// Loads the rows that are to be invited, numbered in the order of their emails, which is the one to write them in.
  private func load(_ draft: UploadDraft, in bench: any Workbench) throws {
    // SQLite numbers by itself, in the order in which rows come.
    let number = SQL(sqlite: "NULL", postgres: "row_number() OVER (ORDER BY email_key)")
    try bench.run(
      """
      INSERT INTO bulk_rows (line, email_key, email, name, external_id, fault, search_key, expected, given_line)
      SELECT \(number), email_key, email, name, external_id, '', search_key, outcome, line FROM upload_rows
      WHERE draft_id = \(draft.id) AND outcome IN ('NEW', 'RETURNS') ORDER BY email_key
      """)
    try bench.describe("bulk_rows")
  }

  /// Sets what became of rows that are no longer what the check said.
  ///
  /// - Returns: how many of them are not invited.
  private func noteChanges(_ draft: UploadDraft, in tx: any Connection) throws -> Int {
    let changed: SQL = "\(BulkStage.judged) WHERE \(BulkStage.outcome) <> r.expected"
    guard try tx.scalar("SELECT COUNT(*) FROM \(changed)") > 0 else { return 0 }
    try tx.run(
      """
      UPDATE upload_rows SET outcome = x.outcome, reason = x.reason FROM (
        SELECT r.given_line AS line, \(BulkStage.outcome) AS outcome,
          CASE WHEN \(BulkStage.reason) <> '' THEN j.reason ELSE 'Changed since the check.' END AS reason
        FROM \(changed)) x
      WHERE upload_rows.draft_id = \(draft.id) AND upload_rows.line = x.line
      """)
    return Int(
      try tx.scalar("SELECT COUNT(*) FROM bulk_judged WHERE outcome NOT IN ('NEW', 'RETURNS')"))
  }
}
