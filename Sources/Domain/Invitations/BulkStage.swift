import Database

/// The temporary tables of a bulk invitation, and the rules by which its rows are judged: the same before it is written and in the transaction that
/// writes it.
struct BulkStage {
  let organization: Int64, program: Int64

  /// Makes the temporary tables: the rows as given, and what is found of those of which there is something to find. A row that `bulk_judged` does not
  /// have is new, and nobody in the installation has its email: so are most rows of most files.
  func prepare(in bench: any Workbench) throws {
    try bench.run(
      """
      CREATE TEMPORARY TABLE bulk_rows (line \(.integerKey), email_key TEXT NOT NULL, email TEXT NOT NULL, name TEXT NOT NULL,
        external_id TEXT NOT NULL, fault TEXT NOT NULL, search_key TEXT NOT NULL, expected TEXT, given_line BIGINT)
      """)
    try bench.run(
      """
      CREATE TEMPORARY TABLE bulk_judged (line \(.integerKey), account_id BIGINT, is_user SMALLINT NOT NULL, outcome TEXT NOT NULL,
        reason TEXT NOT NULL)
      """)
  }

  /// Of rows that name the same person the first is taken, and each other says on which line that is. An External ID that several people are given
  /// belongs to the first of them.
  ///
  /// - Parameters:
  ///   - emails: whether an email may stand in several rows.
  ///   - ids: whether an External ID may.
  func findDuplicates(emails: Bool, ids: Bool, in bench: any Workbench) throws {
    // Both are found before one is marked: a row that repeats an email still has its External ID.
    if emails { try find("bulk_same_email", "email_key", in: bench) }
    if ids { try find("bulk_same_id", "external_id", in: bench) }
    if emails { try mark("bulk_same_email", "email_key", "Same email as line ", in: bench) }
    if ids { try mark("bulk_same_id", "external_id", "Same External ID as line ", in: bench) }
  }

  private func find(_ twice: SQL, _ column: SQL, in bench: any Workbench) throws {
    try bench.run("CREATE TEMPORARY TABLE \(twice) (value TEXT PRIMARY KEY, first BIGINT NOT NULL)\(.clustered)")
    try bench.run(
      """
      INSERT INTO \(twice) (value, first) SELECT \(column), MIN(line) FROM bulk_rows WHERE fault = '' AND \(column) <> ''
      GROUP BY \(column) HAVING COUNT(*) > 1
      """)
  }

  private func mark(_ twice: SQL, _ column: SQL, _ words: String, in bench: any Workbench) throws {
    try bench.run(
      """
      UPDATE bulk_rows SET fault = CAST(\(words) AS TEXT) || CAST((SELECT x.first FROM \(twice) x WHERE x.value = bulk_rows.\(column)) AS TEXT) || '.'
      WHERE fault = '' AND EXISTS (SELECT 1 FROM \(twice) x WHERE x.value = bulk_rows.\(column) AND x.first < bulk_rows.line)
      """)
  }

  /// Finds for each row whom the installation and the organization know, and what is to become of it. Nothing is said of other organizations.
  func judge(in connection: any Connection) throws {
    try connection.run("DELETE FROM bulk_judged")
    let (deactivated, taken, differs): (SQL, SQL, SQL) = (
      "u.deactivated_at <> ''", "h.id IS NOT NULL AND h.id IS DISTINCT FROM a.id", "r.external_id <> '' AND u.external_id <> r.external_id"
    )
    try connection.run(
      """
      INSERT INTO bulk_judged (line, account_id, is_user, outcome, reason)
      SELECT r.line, a.id, CASE WHEN u.id IS NULL THEN 0 ELSE 1 END,
        CASE WHEN r.fault <> '' THEN 'ERROR' WHEN m.state = 'INVITED' THEN 'INVITED' WHEN m.state = 'MEMBER' THEN 'MEMBER'
          WHEN \(deactivated) OR \(taken) OR \(differs) THEN 'ERROR' WHEN m.state = 'DELETED_MEMBER' THEN 'RETURNS' ELSE 'NEW' END,
        CASE WHEN r.fault <> '' THEN r.fault WHEN m.state IN ('INVITED', 'MEMBER') THEN ''
          WHEN \(deactivated) THEN 'This person is deactivated in the organization.'
          WHEN \(taken) THEN 'Another person has the External ID ' || r.external_id || '.'
          WHEN \(differs) THEN 'This person has the External ID ' || u.external_id || '.' ELSE '' END
      FROM bulk_rows r LEFT JOIN accounts a ON a.email_key = r.email_key AND r.fault = ''
      LEFT JOIN users u ON u.organization_id = \(organization) AND u.id = a.id
      LEFT JOIN memberships m ON m.program_id = \(program) AND m.user_id = u.id
      LEFT JOIN users h ON h.organization_id = \(organization) AND h.external_id = r.external_id AND r.external_id <> ''
      WHERE r.fault <> '' OR a.id IS NOT NULL OR h.id IS NOT NULL ORDER BY r.line
      """)
    try connection.describe("bulk_judged")
  }

  /// The rows with what is to become of each: `outcome` and `reason`.
  static let judged: SQL = "bulk_rows r LEFT JOIN bulk_judged j ON j.line = r.line"
  static let outcome: SQL = "COALESCE(j.outcome, 'NEW')"
  static let reason: SQL = "COALESCE(j.reason, '')"
}
