public import Database
import Secrets

/// One open sign-in.
public struct Session: Sendable {
  /// What the database calls it: the digest of the cookie's value.
  public let id: String
  /// What each form of this session carries, so that no other site can send one.
  public let csrf: String
  /// Who signed in, with every grant as it stands at this request.
  public let viewer: Viewer
  /// Whether the account was made by the demo, which a server that others can reach refuses.
  public let isDemo: Bool
  /// When it was last used, to the precision of `SessionStore.touchInterval`.
  public let lastSeenAt: Moment
}

/// The open sign-ins. A session ends at sign-out, when its account is deactivated or gets another password, and by itself after
/// `idleSeconds` without a request or `absoluteSeconds` after it began.
public struct SessionStore: Sendable {
  /// Twelve hours: a working day with its breaks.
  public static let idleSeconds: Int64 = 12 * 3600
  /// Fourteen days.
  public static let absoluteSeconds: Int64 = 14 * 86_400
  /// How old `last_seen_at` may grow before it is written again, in seconds.
  public static let touchInterval: Int64 = 300

  private let database: any Database
  private let clock: Clock

  /// The sessions of a database.
  public init(_ database: any Database, clock: Clock) { (self.database, self.clock) = (database, clock) }

  /// Opens a session within the transaction of a sign-in and deletes a few that ran out. The token's text is the cookie.
  func open(account: Int64, in tx: any Connection) throws -> Token {
    let token = try Token.random()
    let now = clock.now
    try SessionStore.deleteExpired(before: now, in: tx)
    try tx.run(
      """
      INSERT INTO sessions (id, account_id, csrf, created_at, last_seen_at)
      VALUES (\(SessionStore.id(of: token)), \(account), \(try Token.random().text), \(now.text), \(now.text))
      """)
    return token
  }

  /// The session that a cookie opens, with its viewer and every grant, in one statement; nil when there is none or it ran out.
  ///
  /// Grants in an organization that deactivated the person are left out, and so are the sessions of a deactivated account.
  public func find(cookie: String, in connection: any Connection) throws -> Session? {
    guard let token = Token(cookie) else { return nil }
    let id = SessionStore.id(of: token)
    let now = clock.now
    var found: (account: Int64, name: String, email: String, csrf: String, isDemo: Bool, seen: String)?
    var grants: [Viewer.Grant] = []
    try connection.rows(
      """
      SELECT a.id, a.name, a.email, s.csrf, a.demo, s.last_seen_at, r.role, r.organization_id, r.program_id
      FROM sessions s
      JOIN accounts a ON a.id = s.account_id AND a.deactivated_at = ''
      LEFT JOIN role_assignments r ON r.account_id = a.id AND NOT EXISTS (
        SELECT 1 FROM users u WHERE u.organization_id = r.organization_id AND u.id = a.id AND u.deactivated_at <> '')
      WHERE s.id = \(id)
        AND s.last_seen_at > \(now.adding(seconds: -SessionStore.idleSeconds).text)
        AND s.created_at > \(now.adding(seconds: -SessionStore.absoluteSeconds).text)
      ORDER BY r.id
      """
    ) { row in
      if found == nil { found = (row.int(0), row.text(1), row.text(2), row.text(3), row.bool(4), row.text(5)) }
      if let grant = Viewer.Grant(role: row.text(6), organization: row.int(7), program: row.int(8)) { grants.append(grant) }
      return true
    }
    guard let found, let seen = Moment(found.seen) else { return nil }
    let viewer = Viewer(accountID: found.account, name: found.name, email: found.email, grants: grants)
    return Session(id: id, csrf: found.csrf, viewer: viewer, isDemo: found.isDemo, lastSeenAt: seen)
  }

  /// Notes that the session was used, at most every few minutes. It never holds a page up: when another writer is at work the note is dropped.
  ///
  /// - Throws: a database error other than "busy".
  public func touch(_ session: Session) throws {
    let now = clock.now
    guard now.milliseconds - session.lastSeenAt.milliseconds >= SessionStore.touchInterval * 1000 else { return }
    do {
      try database.write(organization: 0, patience: .zero) { tx in
        _ = try tx.run("UPDATE sessions SET last_seen_at = \(now.text) WHERE id = \(session.id) AND last_seen_at < \(now.text)")
      }
    } catch let error as DatabaseError where error.kind == .busy {}
  }

  /// Ends one session, as sign-out does.
  public func end(_ session: Session) throws {
    try database.write(organization: 0, patience: IdentityWaits.write) { tx in
      try tx.run("DELETE FROM sessions WHERE id = \(session.id)")
      try AuditTrail.record("signed_out", by: session.viewer.accountID, about: .account(session.viewer.accountID), at: clock.now, in: tx)
    }
  }

  /// Ends every session of an account, within the transaction of what makes them void.
  public static func endAll(account: Int64, in tx: any Connection) throws {
    try tx.run("DELETE FROM sessions WHERE account_id = \(account)")
  }

  private static func deleteExpired(before now: Moment, in tx: any Connection) throws {
    try tx.run("DELETE FROM sessions WHERE last_seen_at <= \(now.adding(seconds: -idleSeconds).text)")
  }

  private static func id(of token: Token) -> String { Base64URL.encode(token.digest) }
}

/// How long the writes of sign-in and sign-out wait for an import that holds the only writer.
enum IdentityWaits {
  static let write = Duration.seconds(30)
}

extension Viewer.Grant {
  /// The grant that a row of `role_assignments` stands for; nil for the empty row of a person without any.
  init?(role: String, organization: Int64, program: Int64) {
    switch role {
    case "ACCOUNT_TEAM": self = .accountTeam
    case "ORGANIZATION_ADMIN": self = .organizationAdmin(organization: organization)
    case "PROGRAM_ADMIN": self = .programAdmin(organization: organization, program: program)
    default: return nil
    }
  }
}
