public import Database

/// What was done to a person, and by the person, in one organization.
public struct UserTrail: Sendable {
  /// One deed.
  public struct Event: Sendable, Equatable {
    /// When, as text.
    public let at: String
    /// The word of the deed, such as `user_deactivated`.
    public let action: String
    /// Who did it.
    public let actor: String
    /// What was noted of it, by name.
    public let values: [Noted]
  }

  /// A value that was noted.
  public struct Noted: Sendable, Equatable {
    /// Its name and itself.
    public let name: String, value: String
  }

  /// The latest deeds, newest first.
  public static func latest(
    of user: Int64, scope: OrganizationScope, limit: Int = 50, in connection: any Connection
  ) throws -> [Event] {
    guard scope.reachesOrganization else { throw Failure.notFound }
    let organization = scope.organization.id
    // Each half by an index of its own.
    let about: SQL = "subject_kind IN ('user', 'account') AND subject_id = \(user)"
    let by: SQL = "actor_id = \(user)"
    var ids: Set<Int64> = []
    for condition in [about, by] {
      ids.formUnion(
        try connection.all(
          "SELECT id FROM audit_events WHERE \(condition) AND organization_id = \(organization) ORDER BY id DESC LIMIT \(limit)"
        ) { $0.int(0) })
    }
    let wanted = Array(ids.sorted(by: >).prefix(limit))
    var values: [Int64: [Noted]] = [:]
    try connection.rows("SELECT event_id, name, value FROM audit_values WHERE event_id IN (\(list: wanted)) ORDER BY event_id, name") {
      row in
      values[row.int(0), default: []].append(Noted(name: row.text(1), value: row.text(2)))
      return true
    }
    return try connection.all(
      """
      SELECT e.id, e.at, e.action, e.actor_id, COALESCE(u.name, a.name) FROM audit_events e
      LEFT JOIN users u ON u.organization_id = \(organization) AND u.id = e.actor_id LEFT JOIN accounts a ON a.id = e.actor_id
      WHERE e.id IN (\(list: wanted)) ORDER BY e.id DESC
      """
    ) { row in
      Event(
        at: row.text(1), action: row.text(2), actor: row.int(3) == AuditTrail.commandLine ? "Command line" : row.text(4),
        values: values[row.int(0)] ?? [])
    }
  }
}
