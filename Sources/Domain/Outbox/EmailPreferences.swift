public import Database

/// Which emails of an organization a person wants. What the person must know is sent in any case.
public struct EmailPreferences: Sendable, Equatable {
  /// The organization that writes, its color, and the address that it writes to.
  public let organizationName: String, brandColor: String, email: String
  /// Whether announcements are wanted.
  public let announcements: Bool

  /// What the holder of a link wants.
  ///
  /// - Throws: `Failure.notFound` where the person is no user of the organization any more.
  public static func find(_ token: PreferencesToken, in connection: any Connection) throws -> EmailPreferences {
    let found = try connection.first(
      """
      SELECT o.name, o.brand_color, u.email, coalesce(p.announcements, 1) FROM users u JOIN organizations o ON o.id = u.organization_id
      LEFT JOIN email_preferences p ON p.organization_id = u.organization_id AND p.user_id = u.id
      WHERE u.organization_id = \(token.organization) AND u.id = \(token.user)
      """
    ) { EmailPreferences(organizationName: $0.text(0), brandColor: $0.text(1), email: $0.text(2), announcements: $0.bool(3)) }
    guard let found else { throw Failure.notFound }
    return found
  }

  /// Whether a user of the scope wants announcements.
  public static func wantsAnnouncements(user: Int64, scope: OrganizationScope, in connection: any Connection) throws -> Bool {
    try connection.first(
      "SELECT announcements FROM email_preferences WHERE organization_id = \(scope.organization.id) AND user_id = \(user)"
    ) { $0.bool(0) } ?? true
  }

  /// Keeps what the holder of a link wants from now on.
  ///
  /// - Throws: `Failure.notFound` as `find` does.
  public static func set(announcements: Bool, for token: PreferencesToken, at now: Moment, in tx: any Connection) throws {
    guard try find(token, in: tx).announcements != announcements else { return }
    try tx.run(
      """
      INSERT INTO email_preferences (organization_id, user_id, announcements, changed_at)
      VALUES (\(token.organization), \(token.user), \(announcements), \(now.text))
      ON CONFLICT (organization_id, user_id) DO UPDATE SET announcements = excluded.announcements, changed_at = excluded.changed_at
      """)
    try AuditTrail.record(
      announcements ? "announcements_wanted" : "announcements_refused", by: token.user, organization: token.organization,
      about: .account(token.user), at: now, in: tx)
  }
}
