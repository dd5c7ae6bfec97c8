public import Database

extension Removal {
  /// Gives back the licenses of removals that can no longer be undone. Two processes may do so at once: the organization's writer lets one be first.
  ///
  /// The plus keeps SQLite off the index of the organization, of whose memberships there are many: the index of what is to be released has a few.
  ///
  /// - Returns: how many were given back.
  @discardableResult
  public static func releaseDue(at now: Moment, in database: any Database) throws -> Int {
    let organizations = try database.read { connection in
      try connection.all("SELECT DISTINCT +organization_id FROM memberships WHERE release_at <> '' AND release_at <= \(now.text)") {
        $0.int(0)
      }
    }
    var released = 0
    for organization in organizations {
      released += try database.write(organization: organization, patience: .seconds(30)) { try release(organization, at: now, in: $0) }
    }
    return released
  }

  private static func release(_ organization: Int64, at now: Moment, in tx: any Connection) throws -> Int {
    let due: SQL = """
      FROM memberships m JOIN contracts c ON c.id = m.contract_id
      WHERE m.release_at <> '' AND m.release_at <= \(now.text) AND +m.organization_id = \(organization) AND \(Licenses.held)
      """
    try tx.run(
      """
      INSERT INTO license_movements (contract_id, change, reason, program_id, user_id, actor_id, at)
      SELECT c.id, -1, 'REMOVED', m.program_id, m.user_id, m.removed_by, CAST(\(now.text) AS TEXT) \(due) ORDER BY m.release_at, m.program_id, m.user_id
      """)
    try tx.run(
      """
      UPDATE contracts SET used = used - x.given FROM (SELECT c.id, COUNT(*) AS given \(due) GROUP BY c.id) x WHERE contracts.id = x.id
      """)
    return try tx.run(
      "UPDATE memberships SET release_at = '' WHERE release_at <> '' AND release_at <= \(now.text) AND +organization_id = \(organization)")
  }
}
