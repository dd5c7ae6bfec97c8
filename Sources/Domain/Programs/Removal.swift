public import Database

/// Removes members and gives back their licenses when it can no longer be undone.
///
/// History stays: the membership becomes `DELETED_MEMBER`. For ten minutes the license stays reserved and the exit mail waits (product.md 5).
public struct Removal: Sendable {
  /// How long a removal can be undone, in seconds.
  public static let undoSeconds: Int64 = 600

  let scope: OrganizationScope
  let program: Program
  let now: Moment

  /// Removal from one program.
  public init(_ scope: OrganizationScope, from program: Program, at now: Moment) {
    (self.scope, self.program, self.now) = (scope, program, now)
  }

  /// Removes these people; whoever is no member (any more) is passed over. Few people: each is named.
  ///
  /// - Returns: how many were removed.
  public func remove(_ users: [Int64], in tx: any Connection) throws -> Int {
    let members = try tx.all(
      """
      SELECT m.user_id, u.email FROM memberships m JOIN users u ON u.organization_id = m.organization_id AND u.id = m.user_id
      WHERE m.program_id = \(program.id) AND m.organization_id = \(scope.organization.id) AND m.user_id IN (\(list: users))
        AND m.state = 'MEMBER' ORDER BY m.user_id
      """
    ) { ($0.int(0), $0.text(1)) }
    let release = now.adding(seconds: Removal.undoSeconds)
    for (user, email) in members {
      try Licenses.changing(
        organization: scope.organization.id, program: program.id, user: user, .removed, by: scope.viewer.accountID, at: now,
        [.enrollments, .risk, .tallies], in: tx
      ) {
        try tx.run(
          """
          UPDATE memberships SET state = 'DELETED_MEMBER', removed_at = \(now.text), removed_by = \(scope.viewer.accountID),
            release_at = \(release.text) WHERE program_id = \(program.id) AND user_id = \(user)
          """)
      }
      try Outbox.put(
        .init(.programExit, to: email, user: user, program: program.id), organization: scope.organization.id, at: now, due: release, in: tx)
      try audit("removed", user, in: tx)
    }
    return members.count
  }

  /// Undoes the removals that this viewer made at a moment, as long as they can be.
  ///
  /// - Returns: how many are members again.
  public func restore(removedAt moment: Moment, in tx: any Connection) throws -> Int {
    let users = try tx.all(
      """
      SELECT m.user_id FROM memberships m WHERE m.program_id = \(program.id) AND m.state = 'DELETED_MEMBER' AND m.release_at > \(now.text)
        AND m.release_at = \(moment.adding(seconds: Removal.undoSeconds).text) AND m.removed_by = \(scope.viewer.accountID) ORDER BY m.user_id
      """
    ) { $0.int(0) }
    for user in users {
      try Licenses.changing(
        organization: scope.organization.id, program: program.id, user: user, .restored, by: scope.viewer.accountID, at: now,
        [.enrollments, .risk, .tallies], in: tx
      ) {
        try tx.run(
          """
          UPDATE memberships SET state = 'MEMBER', removed_at = '', removed_by = 0, release_at = ''
          WHERE program_id = \(program.id) AND user_id = \(user)
          """)
      }
      try audit("restored", user, in: tx)
    }
    try Outbox.drop(.programExit, users: users, program: program.id, organization: scope.organization.id, in: tx)
    return users.count
  }

  private func audit(_ action: String, _ user: Int64, in tx: any Connection) throws {
    try AuditTrail.record(
      action, by: scope.viewer.accountID, organization: scope.organization.id, about: .init(kind: "user", id: user),
      values: [("program", program.slug)], at: now, in: tx)
  }

  /// Gives back the licenses of removals that can no longer be undone. Two processes may do so at once: the organization's writer lets one be first.
  ///
  /// - Returns: how many were given back.
  @discardableResult
  public static func releaseDue(at now: Moment, in database: any Database) throws -> Int {
    let organizations = try database.read { connection in
      try connection.all("SELECT DISTINCT organization_id FROM memberships WHERE release_at <> '' AND release_at <= \(now.text)") {
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
      WHERE m.release_at <> '' AND m.release_at <= \(now.text) AND m.organization_id = \(organization) AND \(Licenses.held)
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
      "UPDATE memberships SET release_at = '' WHERE release_at <> '' AND release_at <= \(now.text) AND organization_id = \(organization)")
  }
}
