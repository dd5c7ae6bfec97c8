import Database

/// What the finder of programs throws for one that was removed: its pages say so, and its reports stay.
public struct RemovedProgram: Error, Sendable, Equatable {
  /// Part of its addresses, and the name as shown.
  public let slug: String, name: String
  /// When it was removed, as text, and by whom; the name is empty where it is not known any more.
  public let removedAt: String, removedBy: String
  /// How many memberships its history holds.
  public let members: Int

  init(_ program: Program, scope: OrganizationScope, in connection: any Connection) throws {
    (slug, name, removedAt) = (program.slug, program.name, program.removedAt)
    let found = try connection.first(
      """
      SELECT p.removed_members, COALESCE(u.name, a.name, '') FROM programs p LEFT JOIN accounts a ON a.id = p.removed_by
      LEFT JOIN users u ON u.organization_id = p.organization_id AND u.id = p.removed_by WHERE p.id = \(program.id)
      """
    ) { (Int($0.int(0)), $0.text(1)) }
    (members, removedBy) = found ?? (0, "")
  }
}

extension Program {
  /// Refuses what only a program that goes on allows. Asked within the transaction of the deed, since the program may have been removed after it was found.
  ///
  /// - Throws: `RemovedProgram`.
  static func refuseRemoved(_ id: Int64, scope: OrganizationScope, in tx: any Connection) throws {
    let removed = try tx.first(
      "SELECT \(columns) FROM programs p WHERE p.id = \(id) AND p.organization_id = \(scope.organization.id) AND p.removed_at <> ''"
    ) { Program($0) }
    if let removed { throw try RemovedProgram(removed, scope: scope, in: tx) }
  }
}
