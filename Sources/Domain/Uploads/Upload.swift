import Database

/// A file of people that was checked, whatever it is for: its row.
public struct Upload: Sendable, Equatable {
  /// What a file is for.
  public enum Kind: String, Sendable {
    /// People to invite.
    case invitations = "INVITATIONS"
    /// Attributes by email.
    case attributes = "ATTRIBUTES"
    /// People to add to coaching.
    case learners = "LEARNERS"
  }

  /// The row's id.
  public let id: Int64
  /// What the uploader calls the file.
  public let fileName: String
  /// When it was checked; when it was confirmed, empty until then.
  public let createdAt: String, doneAt: String
  /// The program and contract to invite to, by id, and the program's slug; 0 and empty where the file is for no program.
  let program: Int64, contract: Int64, programSlug: String
  /// The header's cells that matter, and what its confirmation noted; JSON.
  let header: String, result: String

  private init(_ row: borrowing Row) {
    (id, fileName, createdAt, doneAt) = (row.int(0), row.text(1), row.text(2), row.text(3))
    (program, contract, programSlug) = (row.int(4), row.int(5), row.text(6))
    (header, result) = (row.text(7), row.text(8))
  }

  /// The viewer's own files of a kind that are within reach: nobody finds another's, nor one that was thrown away.
  private static func own(_ kind: Kind, _ scope: OrganizationScope) -> SQL {
    let reach: SQL =
      switch kind {
      case .invitations: scope.condition(program: "d.program_id")
      case .attributes, .learners: scope.reachesOrganization ? "1 = 1" : "1 = 0"
      }
    return """
      SELECT d.id, d.file_name, d.created_at, d.done_at, d.program_id, d.contract_id, p.slug, d.header, d.result
      FROM upload_drafts d LEFT JOIN programs p ON p.id = d.program_id AND p.organization_id = d.organization_id
      WHERE d.organization_id = \(scope.organization.id) AND d.account_id = \(scope.viewer.accountID) AND d.kind = \(kind.rawValue)
        AND d.removed_at = '' AND \(reach)
      """
  }

  static func find(_ kind: Kind, _ id: Int64, _ scope: OrganizationScope, in connection: any Connection) throws -> Upload {
    guard let found = try connection.first("\(own(kind, scope)) AND d.id = \(id)", { Upload($0) }) else { throw Failure.notFound }
    return found
  }

  static func open(_ kind: Kind, _ scope: OrganizationScope, in connection: any Connection) throws -> [Upload] {
    // Nobody can be invited to a program that was removed.
    try connection.all("\(own(kind, scope)) AND d.state = 'CHECKED' AND (p.id IS NULL OR p.removed_at = '') ORDER BY d.id DESC LIMIT 20") {
      Upload($0)
    }
  }
}
