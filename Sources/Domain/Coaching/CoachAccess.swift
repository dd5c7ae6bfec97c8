public import Database
public import Secrets

// Who signs in as a coach, and who no longer does.
extension Coach {
  /// Keeps a coach from working. Open sessions of the account end at once unless it has another role; the coach's sessions with learners stay, to
  /// be given to others.
  ///
  /// - Throws: `Failure.notFound`.
  public static func deactivate(id: Int64, of owner: SetUpOwner, at now: Moment, in database: any Database) throws {
    try database.write(organization: owner.id, patience: .seconds(30)) { tx in
      let present = try find(id: id, of: owner, in: tx)
      guard present.deactivatedAt.isEmpty else { return }
      try tx.run("UPDATE coaches SET deactivated_at = \(now.text) WHERE id = \(id)")
      if try !hasAnotherRole(account: present.accountID, in: tx) { try SessionStore.endAll(account: present.accountID, in: tx) }
      try audit("coach_deactivated", id, [("email", present.email)], owner, at: now, in: tx)
    }
  }

  /// Lets a coach work again.
  ///
  /// - Throws: `Failure.notFound`.
  public static func reactivate(id: Int64, of owner: SetUpOwner, at now: Moment, in database: any Database) throws {
    try database.write(organization: owner.id, patience: .seconds(30)) { tx in
      let present = try find(id: id, of: owner, in: tx)
      guard !present.deactivatedAt.isEmpty else { return }
      try tx.run("UPDATE coaches SET deactivated_at = '' WHERE id = \(id)")
      try audit("coach_reactivated", id, [("email", present.email)], owner, at: now, in: tx)
    }
  }

  /// What an account may do as a coach: a grant for each coach that it is and that works, as `works` says.
  static func grants(of account: Int64, in connection: any Connection) throws -> [Viewer.Grant] {
    try connection.all(
      """
      SELECT k.id, k.organization_id FROM coaches k WHERE k.account_id = \(account) AND k.deactivated_at = '' AND NOT EXISTS (
        SELECT 1 FROM users u WHERE u.organization_id = k.organization_id AND u.id = \(account) AND u.deactivated_at <> '') ORDER BY k.id
      """
    ) { .coach(id: $0.int(0), organization: $0.int(1)) }
  }

  /// Whether an account is nothing but a coach who was deactivated.
  static func isNothingElse(_ account: Int64, in connection: any Connection) throws -> Bool {
    try connection.scalar("SELECT CASE WHEN \(isOnlyDeactivatedCoach("\(account)")) THEN 1 ELSE 0 END") == 1
  }

  private static func hasAnotherRole(account: Int64, in connection: any Connection) throws -> Bool {
    try connection.scalar("SELECT CASE WHEN \(isMore(than: "\(account)")) THEN 1 ELSE 0 END") == 1
  }

  /// The condition that an account administers something, is somebody's user, or is a coach who works; a coach who is about to be deactivated can be
  /// left out.
  static func isMore(than account: SQL, except coach: Int64 = 0) -> SQL {
    """
    (EXISTS (SELECT 1 FROM role_assignments r WHERE r.account_id = \(account))
      OR EXISTS (SELECT 1 FROM users u WHERE u.id = \(account) AND u.deactivated_at = '')
      OR EXISTS (SELECT 1 FROM coaches k WHERE k.account_id = \(account) AND k.deactivated_at = '' AND k.id <> \(coach)))
    """
  }

  /// The condition that an account is nothing but a coach who was deactivated.
  static func isOnlyDeactivatedCoach(_ account: SQL) -> SQL {
    "(EXISTS (SELECT 1 FROM coaches k WHERE k.account_id = \(account)) AND NOT \(isMore(than: account)))"
  }

  /// The condition that an account is a coach who works: of the platform, or of an organization that has not deactivated the person.
  static func works(_ account: SQL) -> SQL {
    """
    EXISTS (SELECT 1 FROM coaches k WHERE k.account_id = \(account) AND k.deactivated_at = '' AND NOT EXISTS (
      SELECT 1 FROM users u WHERE u.organization_id = k.organization_id AND u.id = \(account) AND u.deactivated_at <> ''))
    """
  }

  /// The secret part of a link with which a coach who has no password yet sets one, once, within a day.
  ///
  /// - Throws: `Failure` of code `conflict` for who has a password, since a link would replace it; `notFound`.
  public static func link(
    id: Int64, of owner: SetUpOwner, clock: Clock, key: InstallationKey, in database: any Database
  ) throws -> String {
    try database.write(organization: owner.id, patience: .seconds(30)) { tx in
      let coach = try find(id: id, of: owner, in: tx)
      guard !coach.hasPassword else {
        throw Failure(.conflict, "\(coach.name) has a password already and signs in with it.")
      }
      try audit("coach_link_made", id, [("email", coach.email)], owner, at: clock.now, in: tx)
      return try SetPassword(database, clock: clock, key: key).token(account: coach.accountID, in: tx)
    }
  }
}
