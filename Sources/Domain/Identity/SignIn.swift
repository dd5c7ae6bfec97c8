import Database
import Glibc
public import Secrets

/// Turns an email and a password into a session.
///
/// Unknown name, wrong password, no password yet, deactivated, and a demo account where none is allowed get the same answer after the same
/// work, so that nobody can find out which addresses have an account.
public struct SignIn: Sendable {
  /// What a right password opens.
  public struct Opened: Sendable {
    /// The value of the session's cookie. It is nowhere else.
    public let cookie: String
    /// The account that signed in.
    public let accountID: Int64
    /// The hash of the account, and one by today's figures in its place.
    fileprivate let rehash: (old: String, new: String)?
  }

  private struct Account {
    let bearer: SessionStore.Bearer
    let hash: String?
    let isRefused: Bool
  }

  private static let refusal = Failure(.invalid, "Email or password is wrong.")

  private let databases: IdentityDatabase
  private let clock: Clock
  private let key: InstallationKey
  private let allowsDemo: Bool
  private let pause: @Sendable (_ milliseconds: Int64) -> Void
  private let compare: @Sendable (_ password: String, _ hash: String?) throws -> Bool

  /// - Parameters:
  ///   - key: hashes names and addresses in the table of failures.
  ///   - allowsDemo: whether accounts of the demo may sign in: only where nobody but this machine can reach the server.
  ///   - pause: waits so many milliseconds; tests pass one that notes how long.
  ///   - compare: does the long work of a password and the hash to compare it with, nil for none; tests pass one that notes what it was given.
  public init(
    _ databases: IdentityDatabase, clock: Clock, key: InstallationKey, allowsDemo: Bool,
    pause: (@Sendable (_ milliseconds: Int64) -> Void)? = nil,
    compare: (@Sendable (_ password: String, _ hash: String?) throws -> Bool)? = nil
  ) {
    (self.databases, self.clock, self.key, self.allowsDemo) = (databases, clock, key, allowsDemo)
    self.pause = pause ?? { usleep(UInt32($0) * 1000) }
    self.compare = compare ?? SignIn.compare
  }

  /// Signs in. Comparing passwords takes long, so it belongs on a slow thread. The main database is only read: nobody waits for an import.
  ///
  /// - Parameter address: the client's address, for the count of failures.
  /// - Throws: `Failure`: `invalid` for a wrong pair, `tooMany` after too many of them, `busy` when too many passwords are being checked.
  public func open(email: String, password: String, address: String) throws -> Opened {
    let name = String(email.trimmingBlanks()).lowercased()
    let throttle = Throttle(name: name, address: address, key: key)
    // A flood of refused tries must cost no write.
    try databases.store.read { try throttle.check(at: clock.now, in: $0) }
    let delay = try databases.store.write(organization: 0, patience: IdentityWaits.write) { try throttle.begin(at: clock.now, in: $0) }
    let account = try databases.main.read { try find(name, in: $0) }
    if delay > 0 { pause(delay) }
    // The comparison comes first whether or not there is an account, since its time would tell.
    let isRight = try compare(password, account.flatMap { $0.isRefused ? nil : $0.hash })
    guard let account, isRight else { throw SignIn.refusal }
    let rehash = try account.hash.flatMap { Password.needsRehash($0) ? (old: $0, new: try SignIn.hash(password)) : nil }
    // The account may have been deactivated, or its password changed, while this one was being checked. A password that is changed from here on
    // raises the generation, and makes void what is opened below.
    let now = try databases.main.read { try find(name, in: $0) }
    guard let now, now.bearer.account == account.bearer.account, now.hash == account.hash, !now.isRefused else { throw SignIn.refusal }
    let token = try databases.store.write(organization: 0, patience: IdentityWaits.write) { tx in
      try throttle.forgive(in: tx)
      try AuditQueue.add("signed_in", account: now.bearer.account, at: clock.now, in: tx)
      return try SessionStore(databases, clock: clock).open(now.bearer, in: tx)
    }
    return Opened(cookie: token.text, accountID: now.bearer.account, rehash: rehash)
  }

  /// Writes the newer hash that a sign-in made to the main database, unless somebody else is writing: then it is left for the next sign-in.
  ///
  /// - Throws: a database error other than "busy"; the person is signed in all the same.
  public func settle(_ opened: Opened) throws {
    if let rehash = opened.rehash {
      do {
        try databases.main.write(organization: 0, patience: .zero) { tx in
          _ = try tx.run(
            "UPDATE accounts SET password_hash = \(rehash.new) WHERE id = \(opened.accountID) AND password_hash = \(rehash.old)")
        }
      } catch let error as DatabaseError where error.kind == .busy {}
    }
  }

  /// Whether the password is the one of the hash; the same work is done where there is nothing to compare with.
  private static func compare(_ password: String, with hash: String?) throws -> Bool {
    do {
      guard let hash else {
        try Password.verifyNobody(password)
        return false
      }
      return try Password.verify(password, against: hash)
    } catch SecretsError.busy {
      throw Failure(.busy, "Too many people are signing in at this moment. Try again in a few seconds.")
    }
  }

  /// A person whom every one of their organizations deactivated is refused like one whose account is, unless the account team; so is
  /// whoever is nothing but a coach who was deactivated.
  private func find(_ name: String, in connection: any Connection) throws -> Account? {
    try connection.first(
      """
      SELECT a.id, a.created_at, a.sessions_generation, a.password_hash, CASE
          WHEN a.deactivated_at <> '' THEN 1
          WHEN a.demo = 1 AND \(allowsDemo) = 0 THEN 1
          WHEN \(Coach.isOnlyDeactivatedCoach("a.id")) THEN 1
          WHEN EXISTS (SELECT 1 FROM users u WHERE u.id = a.id AND u.deactivated_at <> '')
            AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = a.id AND u.deactivated_at = '')
            AND NOT EXISTS (
              SELECT 1 FROM role_assignments r WHERE r.account_id = a.id AND NOT EXISTS (
                SELECT 1 FROM users u WHERE u.organization_id = r.organization_id AND u.id = a.id))
            AND NOT \(Coach.works("a.id"))
          THEN 1 ELSE 0 END
      FROM accounts a WHERE a.email_key = \(name)
      """
    ) {
      Account(
        bearer: SessionStore.Bearer(account: $0.int(0), createdAt: $0.text(1), generation: $0.int(2)), hash: $0.textOrNil(3),
        isRefused: $0.bool(4))
    }
  }

  /// Hashes a password, with the sentence for the reader when too many are being hashed.
  static func hash(_ password: String) throws -> String {
    do {
      return try Password.hash(password)
    } catch SecretsError.busy {
      throw Failure(.busy, "Too many people are signing in at this moment. Try again in a few seconds.")
    }
  }
}
