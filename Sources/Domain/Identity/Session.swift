public import Database
import Secrets

/// One open sign-in.
public struct Session: Sendable {
  /// What the store calls it: the digest of the cookie's value.
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
///
/// Sessions stand in the store, and what makes them void in the main database: each carries the account's `sessions_generation` as it was at
/// sign-in, and is compared with it at every request.
public struct SessionStore: Sendable {
  /// Twelve hours: a working day with its breaks.
  public static let idleSeconds: Int64 = 12 * 3600
  /// Fourteen days.
  public static let absoluteSeconds: Int64 = 14 * 86_400
  /// How old `last_seen_at` may grow before it is written again, in seconds.
  public static let touchInterval: Int64 = 300

  let databases: IdentityDatabase
  let clock: Clock

  /// The sessions of an installation.
  public init(_ databases: IdentityDatabase, clock: Clock) { (self.databases, self.clock) = (databases, clock) }

  /// An account as a session remembers it.
  struct Bearer {
    let account: Int64
    /// With the id, since a file that was put in the database's place may have given that to somebody else.
    let createdAt: String
    let generation: Int64
  }

  private struct Stored {
    let id: String
    let bearer: Bearer
    let csrf: String
    let lastSeenAt: Moment
  }

  /// Opens a session within the store's transaction of a sign-in and deletes a few that ran out. The token's text is the cookie.
  func open(_ bearer: Bearer, in tx: any Connection) throws -> Token {
    let token = try Token.random()
    let now = clock.now
    try SessionStore.deleteExpired(before: now, in: tx)
    try tx.run(
      """
      INSERT INTO sessions (id, account_id, account_created_at, generation, csrf, created_at, last_seen_at)
      VALUES (\(SessionStore.id(of: token)), \(bearer.account), \(bearer.createdAt), \(bearer.generation), \(try Token.random().text),
        \(now.text), \(now.text))
      """)
    return token
  }

  /// Opens a session for an account whose password nobody has to check, as a test does. Returns the cookie's value; nil without such an account.
  package func open(account: Int64) throws -> String? {
    let found = try databases.main.read { connection in
      try connection.first("SELECT created_at, sessions_generation FROM accounts WHERE id = \(account)") {
        Bearer(account: account, createdAt: $0.text(0), generation: $0.int(1))
      }
    }
    guard let found else { return nil }
    return try databases.store.write(organization: 0, patience: IdentityWaits.write) { try open(found, in: $0).text }
  }

  /// Runs `body` with the session that a cookie opens and the snapshot of the main database on which its viewer and grants were read; nil when
  /// there is none, it ran out, or it became void.
  ///
  /// Grants in an organization that deactivated the person are left out, and so are the sessions of a deactivated account, and of one that is nothing
  /// but a coach who was deactivated. A password that was set with a link that others could read opens no role at all.
  public func with<T>(cookie: String, _ body: (Session, any Connection) throws -> T) throws -> T? {
    guard let token = Token(cookie) else { return nil }
    let id = SessionStore.id(of: token)
    if databases.isOne {
      return try databases.main.read { connection in
        guard let stored = try find(id, in: connection) else { return nil }
        return try session(stored, in: connection).map { try body($0, connection) }
      }
    }
    guard let stored = try databases.store.read({ try find(id, in: $0) }) else { return nil }
    return try databases.main.read { connection in try session(stored, in: connection).map { try body($0, connection) } }
  }

  private func find(_ id: String, in connection: any Connection) throws -> Stored? {
    let now = clock.now
    return try connection.first(
      """
      SELECT account_id, account_created_at, generation, csrf, last_seen_at FROM sessions
      WHERE id = \(id)
        AND last_seen_at > \(now.adding(seconds: -SessionStore.idleSeconds).text)
        AND created_at > \(now.adding(seconds: -SessionStore.absoluteSeconds).text)
      """
    ) { row in
      Moment(row.text(4)).map {
        Stored(
          id: id, bearer: Bearer(account: row.int(0), createdAt: row.text(1), generation: row.int(2)), csrf: row.text(3), lastSeenAt: $0)
      }
    } ?? nil
  }

  private func session(_ stored: Stored, in connection: any Connection) throws -> Session? {
    var found: (name: String, email: String, isDemo: Bool, isProven: Bool)?
    var grants: [Viewer.Grant] = []
    let bearer = stored.bearer
    try connection.rows(
      """
      SELECT a.name, a.email, a.demo, r.role, r.organization_id, r.program_id, a.vouched_by
      FROM accounts a
      LEFT JOIN role_assignments r ON r.account_id = a.id AND a.vouched_by = 0 AND NOT EXISTS (
        SELECT 1 FROM users u WHERE u.organization_id = r.organization_id AND u.id = a.id AND u.deactivated_at <> '')
      WHERE a.id = \(bearer.account) AND a.deactivated_at = ''
        AND a.created_at = \(bearer.createdAt) AND a.sessions_generation = \(bearer.generation)
      ORDER BY r.id
      """
    ) { row in
      if found == nil { found = (row.text(0), row.text(1), row.bool(2), row.int(6) == 0) }
      if let grant = Viewer.Grant(role: row.text(3), organization: row.int(4), program: row.int(5)) { grants.append(grant) }
      return true
    }
    guard let found else { return nil }
    let coaching = found.isProven ? try Coach.grants(of: bearer.account, in: connection) : []
    grants += coaching
    // A coach who was deactivated and has nothing else here is signed out by that, however it came about.
    if grants.isEmpty, try Coach.isNothingElse(bearer.account, in: connection) { return nil }
    let viewer = Viewer(accountID: bearer.account, name: found.name, email: found.email, grants: grants)
    return Session(id: stored.id, csrf: stored.csrf, viewer: viewer, isDemo: found.isDemo, lastSeenAt: stored.lastSeenAt)
  }

  /// Notes that the session was used, at most every few minutes. It never holds a page up: when another writer is at work the note is dropped.
  ///
  /// - Throws: a database error other than "busy".
  public func touch(_ session: Session) throws {
    let now = clock.now
    guard now.milliseconds - session.lastSeenAt.milliseconds >= SessionStore.touchInterval * 1000 else { return }
    do {
      try databases.store.write(organization: 0, patience: .zero) { tx in
        _ = try tx.run("UPDATE sessions SET last_seen_at = \(now.text) WHERE id = \(session.id) AND last_seen_at < \(now.text)")
      }
    } catch let error as DatabaseError where error.kind == .busy {}
  }

  /// Ends one session, as sign-out does. The event waits for `IdentityDatabase.deliverEvents`.
  public func end(_ session: Session) throws {
    try databases.store.write(organization: 0, patience: IdentityWaits.write) { tx in
      guard try tx.run("DELETE FROM sessions WHERE id = \(session.id)") == 1 else { return }
      try AuditQueue.add("signed_out", account: session.viewer.accountID, at: clock.now, in: tx)
    }
  }

  /// Ends every session of an account, within the main database's transaction of what makes them void.
  public static func endAll(account: Int64, in tx: any Connection) throws {
    try tx.run("UPDATE accounts SET sessions_generation = sessions_generation + 1 WHERE id = \(account)")
  }

  /// Ends every session of accounts that have nothing left once an organization keeps them out. Others go on elsewhere, where that is nobody's business;
  /// every page of this organization asks anew whether they may see it.
  ///
  /// - Parameter accounts: a query, or a list, of ids.
  static func end(accounts: SQL, leaving organization: Int64, in tx: any Connection) throws {
    try tx.run(
      """
      UPDATE accounts SET sessions_generation = sessions_generation + 1 WHERE id IN (\(accounts))
        AND NOT EXISTS (SELECT 1 FROM role_assignments r WHERE r.account_id = accounts.id AND r.organization_id <> \(organization))
        AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = accounts.id AND u.organization_id <> \(organization) AND u.deactivated_at = '')
        AND NOT EXISTS (SELECT 1 FROM coaches k WHERE k.account_id = accounts.id AND k.organization_id <> \(organization)
          AND k.deactivated_at = '')
      """)
  }

  private static func deleteExpired(before now: Moment, in tx: any Connection) throws {
    try tx.run("DELETE FROM sessions WHERE last_seen_at <= \(now.adding(seconds: -idleSeconds).text)")
  }

  private static func id(of token: Token) -> String { Base64URL.encode(token.digest) }
}

/// How long the writes of sign-in, sign-out and a new password wait for others. A new password may meet an import that holds the only writer.
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
