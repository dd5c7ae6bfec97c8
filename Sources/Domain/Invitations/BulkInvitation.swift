public import CSV
public import Database

/// Invites everybody whom a file names to a program under one contract: the file is checked whole and kept as a draft, then confirmed or thrown away.
public struct BulkInvitation: Sendable {
  /// The columns, all of which the header must have, in any order and case. What else a file has is ignored.
  public static let headers = ["Full Name", "Email", "External ID"]

  let database: any Database
  let clock: Clock
  let scope: OrganizationScope

  /// Invitations in bulk by one viewer.
  public init(_ scope: OrganizationScope, in database: any Database, clock: Clock) {
    (self.scope, self.database, self.clock) = (scope, database, clock)
  }

  /// Checks a file, row by row and the rows against each other and the organization, and keeps what it found as a draft. Others may write meanwhile;
  /// only the draft itself is one short transaction.
  ///
  /// - Parameters:
  ///   - fileName: what the uploader calls it.
  ///   - contract: one of the program's contracts.
  /// - Returns: the draft's id.
  /// - Throws: `Failure` of code `invalid`, field `file`, when the file cannot be read, lacks a column or has no rows; `conflict`, field `contract`.
  public func check(
    _ file: consuming CSVFile, named fileName: String, program: Program, contract: Contract
  ) throws -> Int64 {
    try contract.refuseOutOfTerm(at: clock.now)
    var reader = BulkReader(file)
    try reader.readHeader()
    return try database.workbench { bench in
      let stage = BulkStage(organization: scope.organization.id, program: program.id)
      try stage.prepare(in: bench)
      let rows = try reader.read(into: bench)
      guard rows > 0 else { throw Failure.emptyFile }
      try stage.findDuplicates(emails: reader.emails.mayRepeat, ids: reader.externalIDs.mayRepeat, in: bench)
      try stage.judge(in: bench)
      return try bench.write(organization: scope.organization.id) { tx in
        try store(fileName, program, contract, in: tx)
      }
    }
  }

  private func store(_ fileName: String, _ program: Program, _ contract: Contract, in tx: any Connection) throws -> Int64 {
    let draft = try tx.scalar(
      """
      INSERT INTO upload_drafts (organization_id, kind, account_id, program_id, contract_id, file_name, created_at)
      VALUES (\(scope.organization.id), 'INVITATIONS', \(scope.viewer.accountID), \(program.id), \(contract.id),
        \(String(fileName.prefix(200))), \(clock.now.text)) RETURNING id
      """)
    try tx.run(
      """
      INSERT INTO upload_rows (draft_id, line, outcome, reason, name, email, email_key, search_key, external_id)
      SELECT CAST(\(draft) AS BIGINT), r.line, \(BulkStage.outcome), \(BulkStage.reason), r.name, r.email, r.email_key,
        r.search_key, r.external_id
      FROM \(BulkStage.judged) ORDER BY r.line
      """)
    return draft
  }

  /// Throws a draft away. One that was confirmed loses its list of rows; the invitations stay.
  ///
  /// - Returns: the draft as it was.
  /// - Throws: `Failure.notFound`.
  @discardableResult
  public func discard(_ id: Int64) throws -> UploadDraft { try UploadDraft.discard(id, scope: scope, at: clock.now, in: database) }
}
