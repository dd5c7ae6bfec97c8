public import CSV
public import Database

/// Adds everybody whom a file names to coaching: the file is checked whole and kept, then confirmed or thrown away.
public struct LearnersInBulk: Sendable {
  /// The columns, all of which the header must have, in any order and case. What else a file has is ignored.
  public static let headers = BulkInvitation.headers

  let database: any Database
  let clock: Clock
  let scope: OrganizationScope

  /// Adding in bulk by one viewer.
  ///
  /// - Throws: `Failure.notFound` for whoever does not reach the whole organization.
  public init(_ scope: OrganizationScope, in database: any Database, clock: Clock) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    (self.scope, self.database, self.clock) = (scope, database, clock)
  }

  var organization: Int64 { scope.organization.id }

  /// Checks what was typed, so that a page can show its faults beside those of the file.
  ///
  /// - Throws: `Failure` with the faulty fields.
  public func check(_ draft: EngagementDraft) throws {
    let options = try database.read { try AddingOptions(scope: scope, in: $0) }
    _ = try draft.checked(options, learners: 1, in: scope.organization, at: clock.now)
  }

  /// Checks a file, row by row and the rows against each other and the organization, and keeps what it found. Others may write meanwhile; only the
  /// draft itself is one short transaction.
  ///
  /// - Parameter fileName: what the uploader calls it.
  /// - Returns: the draft's id.
  /// - Throws: `Failure` of code `invalid`, field `file`, when the file cannot be read, lacks a column or has no rows; and what `check` of the draft throws.
  public func check(_ file: consuming CSVFile, named fileName: String, _ draft: EngagementDraft) throws -> Int64 {
    try check(draft)
    var reader = BulkReader(file)
    try reader.readHeader()
    return try database.workbench { bench in
      let stage = BulkStage(organization: organization, program: 0)
      try stage.prepare(in: bench)
      let rows = try reader.read(into: bench)
      guard rows > 0 else { throw Failure.emptyFile }
      try stage.findDuplicates(emails: reader.emails.mayRepeat, ids: reader.externalIDs.mayRepeat, in: bench)
      try judge(at: clock.now, in: bench)
      let header = try draft.encoded
      return try bench.write(organization: organization) { tx in
        let id = try tx.scalar(
          """
          INSERT INTO upload_drafts (organization_id, kind, account_id, file_name, header, created_at)
          VALUES (\(organization), 'LEARNERS', \(scope.viewer.accountID), \(String(fileName.prefix(200))), \(header), \(clock.now.text)) RETURNING id
          """)
        try tx.run(
          """
          INSERT INTO upload_rows (draft_id, line, outcome, reason, name, email, email_key, search_key, external_id)
          SELECT CAST(\(id) AS BIGINT), r.line, \(BulkStage.outcome), \(BulkStage.reason), r.name, r.email, r.email_key, r.search_key, r.external_id
          FROM \(BulkStage.judged) ORDER BY r.line
          """)
        return id
      }
    }
  }

  /// Finds for each row whom the installation and the organization know, and what is to become of it. Nothing is said of other organizations.
  func judge(at now: Moment, in connection: any Connection) throws {
    try connection.run("DELETE FROM bulk_judged")
    let (deactivated, taken, differs): (SQL, SQL, SQL) = (
      "u.deactivated_at <> ''", "h.id IS NOT NULL AND h.id IS DISTINCT FROM a.id", "r.external_id <> '' AND u.external_id <> r.external_id"
    )
    let engaged = LearnerWriting(scope: scope, now: now).isEngaged("u.id")
    try connection.run(
      """
      INSERT INTO bulk_judged (line, account_id, is_user, outcome, reason)
      SELECT r.line, a.id, CASE WHEN u.id IS NULL THEN 0 ELSE 1 END,
        CASE WHEN r.fault <> '' THEN 'ERROR' WHEN \(deactivated) THEN 'ERROR' WHEN \(engaged) THEN 'ENGAGED'
          WHEN \(taken) OR \(differs) THEN 'ERROR' ELSE 'NEW' END,
        CASE WHEN r.fault <> '' THEN r.fault WHEN \(deactivated) THEN 'This person is deactivated in the organization.'
          WHEN \(engaged) THEN '' WHEN \(taken) THEN 'Another person has the External ID ' || r.external_id || '.'
          WHEN \(differs) THEN 'This person has the External ID ' || u.external_id || '.' ELSE '' END
      FROM bulk_rows r LEFT JOIN accounts a ON a.email_key = r.email_key AND r.fault = ''
      LEFT JOIN users u ON u.organization_id = \(organization) AND u.id = a.id
      LEFT JOIN users h ON h.organization_id = \(organization) AND h.external_id = r.external_id AND r.external_id <> ''
      WHERE r.fault <> '' OR a.id IS NOT NULL OR h.id IS NOT NULL ORDER BY r.line
      """)
    try connection.describe("bulk_judged")
  }

  /// Throws a file away. One that was confirmed loses its list of rows; the learners stay.
  ///
  /// - Returns: the file as it was.
  /// - Throws: `Failure.notFound`.
  @discardableResult
  public func discard(_ id: Int64) throws -> LearnerUpload { try LearnerUpload.discard(id, scope: scope, at: clock.now, in: database) }
}

/// The steps of confirming a file of learners.
enum LearnerUploadStep: Int, WorkPlan {
  case load, turn, judge, people, engagements

  var words: String {
    switch self {
    case .load: "reading the checked rows"
    case .turn: "waiting for other changes to end"
    case .judge: "checking the rows once more"
    case .people: "writing the people"
    case .engagements: "writing the engagements"
    }
  }
}
