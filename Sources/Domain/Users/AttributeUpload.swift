public import CSV
public import Database

/// Sets the attributes of everybody whom a file names by email: the file is checked whole and kept as a draft, then confirmed or thrown away.
///
/// A column of the file replaces what people have: an empty cell takes a value away, as an import of a report does. Attributes without a column stay.
public struct AttributeUpload: Sendable {
  /// The column that every file must have. At least one of the nine attributes' must be there too; what else there is, is ignored.
  public static let email = "Email"

  let database: any Database
  let clock: Clock
  let scope: OrganizationScope

  /// Uploads by one viewer.
  ///
  /// - Throws: `Failure.notFound` for whoever reaches single programs only.
  public init(_ scope: OrganizationScope, in database: any Database, clock: Clock) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    (self.scope, self.database, self.clock) = (scope, database, clock)
  }

  /// Checks a file and keeps what it found as a draft. Others may write meanwhile; only the draft itself is one short transaction.
  ///
  /// - Parameter fileName: what the uploader calls it.
  /// - Returns: the draft's id.
  /// - Throws: `Failure` of code `invalid`, field `file`, when the file cannot be read, lacks the columns or has no rows.
  public func check(_ file: consuming CSVFile, named fileName: String) throws -> Int64 {
    var reader = AttributeReader(file)
    let attributes = try reader.readHeader()
    return try database.workbench { bench in
      try bench.run(
        """
        CREATE TEMPORARY TABLE attribute_rows (line \(.integerKey), email_key TEXT NOT NULL, email TEXT NOT NULL, cells TEXT NOT NULL,
          fault TEXT NOT NULL)
        """)
      guard try reader.read(attributes, into: bench) > 0 else { throw Failure.emptyFile }
      try markDuplicates(in: bench)
      try judge(attributes, in: bench)
      return try bench.write(organization: scope.organization.id) { try store(fileName, attributes, in: $0) }
    }
  }

  /// Of rows that name the same person the first is taken.
  private func markDuplicates(in bench: any Workbench) throws {
    try bench.run("CREATE TEMPORARY TABLE attribute_twice (value TEXT PRIMARY KEY, first BIGINT NOT NULL)\(.clustered)")
    try bench.run(
      """
      INSERT INTO attribute_twice (value, first) SELECT email_key, MIN(line) FROM attribute_rows WHERE fault = ''
      GROUP BY email_key HAVING COUNT(*) > 1
      """)
    guard try bench.scalar("SELECT COUNT(*) FROM attribute_twice") > 0 else { return }
    try bench.run(
      """
      UPDATE attribute_rows SET fault = 'Same email as line '
        || CAST((SELECT x.first FROM attribute_twice x WHERE x.value = attribute_rows.email_key) AS TEXT) || '.'
      WHERE fault = '' AND EXISTS (
        SELECT 1 FROM attribute_twice x WHERE x.value = attribute_rows.email_key AND x.first < attribute_rows.line)
      """)
  }

  private struct Judged {
    let line: Int64, outcome: AttributeDraft.Outcome, reason: String
  }

  /// Compares each row with what the person has. Nothing is said of other organizations.
  private func judge(_ attributes: [Attribute], in bench: any Workbench) throws {
    var texts: [Int64: String] = [:]
    try bench.rows("SELECT id, value FROM attribute_values WHERE organization_id = \(scope.organization.id)") { row in
      texts[row.int(0)] = row.text(1)
      return true
    }
    let present = SQL.join(attributes.map { ", u.\($0.column)" }, "")
    var judged: [Judged] = []
    try bench.rows(
      """
      SELECT r.line, r.fault, r.cells, u.id\(present) FROM attribute_rows r
      LEFT JOIN accounts a ON a.email_key = r.email_key AND r.fault = ''
      LEFT JOIN users u ON u.organization_id = \(scope.organization.id) AND u.id = a.id AND u.erased_at = '' ORDER BY r.line
      """
    ) { row in
      let line = row.int(0)
      if !row.text(1).isEmpty || row.isNull(3) {
        let reason = row.text(1).isEmpty ? "Nobody in the organization has this email." : row.text(1)
        judged.append(Judged(line: line, outcome: .error, reason: reason))
        return true
      }
      var differing: [String] = []
      for (index, cell) in try AttributeDraft.cells(row.text(2)).enumerated() {
        let present = row.intOrNil(4 + index).map { texts[$0, default: ""] } ?? ""
        if present != cell { differing.append(attributes[index].label) }
      }
      judged.append(
        Judged(line: line, outcome: differing.isEmpty ? .same : .change, reason: differing.joined(separator: ", ")))
      return true
    }
    try bench.run(
      "CREATE TEMPORARY TABLE attribute_judged (line \(.integerKey), outcome TEXT NOT NULL, reason TEXT NOT NULL)")
    _ = try bench.load(into: "attribute_judged", columns: ["line", "outcome", "reason"]) { sink in
      for row in judged {
        sink.int(row.line)
        sink.text(row.outcome.rawValue)
        sink.text(row.reason)
        try sink.endRow()
      }
    }
    try bench.describe("attribute_judged")
  }

  private func store(_ fileName: String, _ attributes: [Attribute], in tx: any Connection) throws -> Int64 {
    let draft = try tx.scalar(
      """
      INSERT INTO upload_drafts (organization_id, kind, account_id, file_name, header, created_at)
      VALUES (\(scope.organization.id), 'ATTRIBUTES', \(scope.viewer.accountID), \(String(fileName.prefix(200))),
        \(try AttributeDraft.encoded(attributes.map(\.rawValue))), \(clock.now.text)) RETURNING id
      """)
    try tx.run(
      """
      INSERT INTO upload_rows (draft_id, line, outcome, reason, name, email, email_key, cells)
      SELECT CAST(\(draft) AS BIGINT), r.line, j.outcome, j.reason, COALESCE(u.name, ''), r.email, r.email_key, r.cells
      FROM attribute_rows r \(.lookup) attribute_judged j ON j.line = r.line
      LEFT JOIN accounts a ON a.email_key = r.email_key AND r.fault = ''
      LEFT JOIN users u ON u.organization_id = \(scope.organization.id) AND u.id = a.id AND u.erased_at = '' ORDER BY r.line
      """)
    return draft
  }

  /// Throws a draft away. One that was confirmed loses its list of rows; the attributes stay.
  ///
  /// - Returns: the draft as it was.
  /// - Throws: `Failure.notFound`.
  @discardableResult
  public func discard(_ id: Int64) throws -> AttributeDraft { try AttributeDraft.discard(id, scope: scope, at: clock.now, in: database) }
}
