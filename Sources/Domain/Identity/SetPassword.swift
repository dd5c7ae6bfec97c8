public import Database
public import Secrets

/// The one-time link with which a person sets a password. It carries the account's id, its expiry and a code over both and the account's
/// `link_generation`; setting a password raises the generation, which voids every link made before.
public struct SetPassword: Sendable {
  /// A day: how long a link is good that an administrator just made and passes on.
  public static let lifetimeSeconds: Int64 = 24 * 3600
  /// At least so many characters; length is what makes a password strong (NIST SP 800-63B section 5.1.1).
  public static let shortest = 10
  /// At most so many characters.
  public static let longest = 256

  /// Whose password a link sets.
  public struct Target: Sendable, Equatable {
    /// The account.
    public let accountID: Int64
    /// Its email, shown so that the reader knows which account it is.
    public let email: String
    let generation: Int64
  }

  /// The answer to a link that is not good (any more).
  public static let spent = Failure(
    .gone, "This link was used already, has expired, or is not complete. Ask whoever sent it to you for a new one.")

  private let database: any Database
  private let clock: Clock
  private let key: InstallationKey

  /// - Parameter key: signs the links.
  public init(_ database: any Database, clock: Clock, key: InstallationKey) {
    (self.database, self.clock, self.key) = (database, clock, key)
  }

  /// The secret part of a new link for an account; good for `lifetimeSeconds` and until a password is set.
  func token(account: Int64, in connection: any Connection) throws -> String {
    let generation = try connection.scalar("SELECT link_generation FROM accounts WHERE id = \(account)")
    let expiry = clock.now.milliseconds / 1000 + SetPassword.lifetimeSeconds
    return "\(account).\(expiry).\(code(account, generation, expiry))"
  }

  /// Whose password a link sets.
  ///
  /// - Throws: `spent`.
  public func target(of token: String) throws -> Target {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let account = Int64(parts[0]), let expiry = Int64(parts[1]), expiry > clock.now.milliseconds / 1000 else {
      throw SetPassword.spent
    }
    let found = try database.read { connection in
      try connection.first("SELECT email, link_generation FROM accounts WHERE id = \(account) AND deactivated_at = ''") {
        Target(accountID: account, email: $0.text(0), generation: $0.int(1))
      }
    }
    guard let target = found, key.accepts(String(parts[2]), for: "set-password", fields(account, target.generation, expiry)) else {
      throw SetPassword.spent
    }
    return target
  }

  /// Sets the password, voids the link and ends every session of the account.
  ///
  /// - Throws: `Failure`: `invalid` with the faulty field, `spent`, `busy`.
  public func set(_ password: String, confirmation: String, token: String) throws {
    let target = try target(of: token)
    if let fault = SetPassword.fault(in: password, email: target.email) {
      throw Failure(.invalid, fault, fields: [.init("password", fault)])
    }
    guard password == confirmation else {
      throw Failure(
        .invalid, "The two passwords differ.", fields: [.init("confirmation", "The two passwords differ. Type the same one twice.")])
    }
    let hash = try SignIn.hash(password)
    try database.write(organization: 0, patience: IdentityWaits.write) { tx in
      let changed = try tx.run(
        """
        UPDATE accounts SET password_hash = \(hash), link_generation = link_generation + 1, vouched_by = 0
        WHERE id = \(target.accountID) AND link_generation = \(target.generation) AND deactivated_at = ''
        """)
      guard changed == 1 else { throw SetPassword.spent }
      try SessionStore.endAll(account: target.accountID, in: tx)
      try AuditTrail.record("password_set", by: target.accountID, about: .account(target.accountID), at: clock.now, in: tx)
    }
  }

  /// What is wrong with a password, or nil.
  public static func fault(in password: String, email: String) -> String? {
    if password.isEmpty { return "Password is missing." }
    if password.count < shortest { return "Password is too short. Use at least \(shortest) characters." }
    if password.count > longest { return "Password is too long. Use at most \(longest) characters." }
    if password.lowercased() == email.lowercased() { return "Password is the email address. Use something that others cannot know." }
    if Set(password).count < 4 { return "Password repeats the same few characters. Use something that is harder to guess." }
    return nil
  }

  private func code(_ account: Int64, _ generation: Int64, _ expiry: Int64) -> String {
    key.code(for: "set-password", fields(account, generation, expiry))
  }

  private func fields(_ account: Int64, _ generation: Int64, _ expiry: Int64) -> [String] {
    ["\(account)", "\(generation)", "\(expiry)"]
  }
}
