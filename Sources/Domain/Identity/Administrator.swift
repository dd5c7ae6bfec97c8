public import Database
public import Secrets

/// The people who run things, as the command line makes them.
public struct Administrator: Sendable {
  /// What an administrator is made for.
  public enum Role: Sendable, Equatable {
    /// Everything in every organization.
    case accountTeam
    /// One organization, by its slug.
    case organization(String)
    /// One program of an organization, both by slug.
    case program(String, organization: String)
  }

  /// What was done.
  public struct Outcome: Sendable {
    /// The account, new or found by its email.
    public let accountID: Int64
    /// Whether the account was made now.
    public let isNewAccount: Bool
    /// Whether the role was given now rather than held before.
    public let isNewRole: Bool
    /// The secret part of a link that sets a password; nil where one was given.
    public let linkToken: String?
  }

  private let database: any Database
  private let clock: Clock
  private let key: InstallationKey

  /// - Parameter key: signs the link that sets a password.
  public init(_ database: any Database, clock: Clock, key: InstallationKey) {
    (self.database, self.clock, self.key) = (database, clock, key)
  }

  /// Gives a role to the account of that email, which is made when there is none. A password that is given replaces the one there is and
  /// ends its sessions; without one, the outcome holds a link with which the person sets it. An account that exists keeps its name.
  ///
  /// - Parameter isDemo: marks a new account as one that only a server on loopback lets in.
  /// - Throws: `Failure` that names what is wrong: the email, the name, the password, the organization or the program.
  public func create(email: String, name: String, role: Role, password: String?, isDemo: Bool = false) throws -> Outcome {
    let address = try EmailAddress(email)
    let name = String(name.trimmingBlanks())
    guard !name.isEmpty, name.count <= 200, name.isPrintable() else {
      throw Failure(.invalid, "The name must have between 1 and 200 characters, all of them printable.")
    }
    if let password, let fault = SetPassword.fault(in: password, email: address.text) { throw Failure(.invalid, fault) }
    let hash = try password.map(SignIn.hash)
    return try database.write(organization: 0, patience: IdentityWaits.write) {
      try give(role, to: address, name: name, hash: hash, isDemo: isDemo, in: $0)
    }
  }

  /// What `create` does once email, name and password are checked.
  func give(
    _ role: Role, to address: EmailAddress, name: String, hash: String?, isDemo: Bool, in tx: any Connection
  ) throws -> Outcome {
    let place = try Administrator.place(of: role, in: tx)
    let known = try tx.first("SELECT id, deactivated_at FROM accounts WHERE email_key = \(address.key)") { ($0.int(0), $0.text(1)) }
    if let known, !known.1.isEmpty { throw Failure(.conflict, "The account \(address.text) is deactivated.") }
    let account = try known?.0 ?? Administrator.insert(address, name: name, isDemo: isDemo, at: clock.now, in: tx)
    if let hash {
      try tx.run(
        "UPDATE accounts SET password_hash = \(hash), link_generation = link_generation + 1, vouched_by = 0 WHERE id = \(account)")
      try SessionStore.endAll(account: account, in: tx)
    }
    let given = try tx.run(
      """
      INSERT INTO role_assignments (account_id, role, organization_id, program_id, created_at)
      VALUES (\(account), \(place.role), \(place.organization), \(place.program), \(clock.now.text)) ON CONFLICT DO NOTHING
      """)
    try AuditTrail.record(
      "role_given", by: AuditTrail.commandLine, organization: place.organization, about: .account(account),
      values: [("email", address.text), ("role", place.role)], at: clock.now, in: tx)
    return Outcome(
      accountID: account, isNewAccount: known == nil, isNewRole: given == 1,
      linkToken: hash == nil ? try SetPassword(database, clock: clock, key: key).token(account: account, in: tx) : nil)
  }

  private static func insert(
    _ address: EmailAddress, name: String, isDemo: Bool, at now: Moment, in tx: any Connection
  ) throws -> Int64 {
    try tx.scalar(
      """
      INSERT INTO accounts (email, email_key, name, demo, created_at)
      VALUES (\(address.text), \(address.key), \(name), \(isDemo), \(now.text)) RETURNING id
      """)
  }

  private static func place(of role: Role, in tx: any Connection) throws -> (role: String, organization: Int64, program: Int64) {
    switch role {
    case .accountTeam: return ("ACCOUNT_TEAM", 0, 0)
    case .organization(let slug): return ("ORGANIZATION_ADMIN", try organization(slug, in: tx), 0)
    case .program(let slug, let organizationSlug):
      let organization = try organization(organizationSlug, in: tx)
      let program = try tx.scalar("SELECT id FROM programs WHERE organization_id = \(organization) AND slug = \(slug)")
      guard program > 0 else {
        throw Failure(.notFound, "There is no program \"\(slug)\" in organization \"\(organizationSlug)\".")
      }
      return ("PROGRAM_ADMIN", organization, program)
    }
  }

  private static func organization(_ slug: String, in tx: any Connection) throws -> Int64 {
    let id = try tx.scalar("SELECT id FROM organizations WHERE slug = \(slug)")
    guard id > 0 else {
      throw Failure(
        .notFound, "There is no organization \"\(slug)\". Make it with: provost organization create --slug \(slug) --name NAME")
    }
    return id
  }
}
