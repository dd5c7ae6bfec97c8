public import Database
public import Secrets

/// Why an invitation cannot be accepted; each has a page of its own.
public enum JoinRefusal: Error, Sendable, Equatable {
  /// The link is not complete, was revoked, or stands for nothing.
  case unknown
  /// It is older than the organization allows.
  case expired
  /// It was taken back by an administrator.
  case revoked
  /// It was used, and this account is not the one that joined with it.
  case used
  /// The account's password was set with another organization's link, which proves nothing here.
  case unproven
  /// The contract gives no more places.
  case noPlaces
  /// The contract has not begun, or has ended; the moment is the one that matters, as text.
  case notBegun(String), ended(String)
  /// The account that accepts is a member already.
  case alreadyMember
  /// The program, by its name, was removed.
  case programRemoved(String)
}

/// An invitation as the invitee sees it.
public struct JoinOffer: Sendable, Equatable {
  /// The program, its organization and the contract, by id.
  public let program: Int64, organization: Int64, contract: Int64?
  /// The organization and program as shown and in addresses.
  public let organizationSlug: String, organizationName: String, programSlug: String, programName: String, tagline: String
  /// The organization's color; empty for the product's own.
  public let brandColor: String
  /// Who is invited: the account, the name in the organization, the email.
  public let user: Int64, name: String, email: String
  /// Whether the reader may choose the account's password: it has none, or none that counts here, and the link proves enough.
  public fileprivate(set) var maySetPassword: Bool
  /// Whether the person joined already.
  public let hasJoined: Bool
  /// The program's banner; nil for none.
  public let banner: Picture?
  fileprivate(set) var way = Joining.Way.copied

  /// Whether the link may have been read by others than the person whom it is for.
  public var isCopied: Bool { way == .copied }
}

/// Accepting an invitation.
public struct Joining: Sendable {
  let database: any Database
  let clock: Clock
  private let key: InstallationKey

  /// - Parameter key: made the codes of the links.
  public init(_ database: any Database, clock: Clock, key: InstallationKey) {
    (self.database, self.clock, self.key) = (database, clock, key)
  }

  /// What a link offers.
  ///
  /// - Throws: `JoinRefusal`: `unknown`, `revoked`, `expired`, `used`, `programRemoved`. A link that was used is offered as joined to the account that joined.
  public func offer(_ token: String, to viewer: Int64? = nil, in connection: any Connection) throws -> JoinOffer {
    guard let token = InvitationToken(token) else { throw JoinRefusal.unknown }
    guard let (found, invitation) = try Joining.find(program: token.program, user: token.user, in: connection) else {
      throw JoinRefusal.unknown
    }
    var offer = found
    if token.wasMailed(generation: invitation.generation, key: key) {
      (offer.way, offer.maySetPassword) = (.mailed, invitation.maySetPasswordByMail)
    }
    guard token.isGood(generation: invitation.generation, key: key) else {
      // A link of an earlier generation is told from one that never was, since whoever holds it was invited once.
      let wasGood = (max(1, invitation.generation - 50)..<invitation.generation).contains { token.isGood(generation: $0, key: key) }
      guard wasGood else { throw JoinRefusal.unknown }
      throw invitation.isProgramRemoved ? JoinRefusal.programRemoved(offer.programName) : JoinRefusal.revoked
    }
    return try Joining.check(offer, invitation, viewer: viewer, at: clock.now)
  }

  /// What the program's own address offers to a signed-in account.
  ///
  /// - Throws: `JoinRefusal`; `unknown` for whoever is not invited.
  public func offer(organization slug: String, program: String, to viewer: Int64, in connection: any Connection) throws -> JoinOffer {
    let id = try connection.scalar(
      "SELECT p.id FROM programs p JOIN organizations o ON o.id = p.organization_id WHERE o.slug = \(slug) AND p.slug = \(program)")
    guard id != 0, let (offer, invitation) = try Joining.find(program: id, user: viewer, in: connection) else { throw JoinRefusal.unknown }
    return try Joining.check(offer, invitation, viewer: viewer, at: clock.now)
  }

  /// Sets the invited account's first password and makes it a member, both or neither.
  ///
  /// - Throws: `Failure` of code `invalid` with the faulty field; `JoinRefusal`, also `used` when the account has a password by now, or the link proves
  ///   too little.
  public func accept(_ offer: JoinOffer, password: String, confirmation: String) throws -> Bool {
    if let fault = SetPassword.fault(in: password, email: offer.email) {
      throw Failure(.invalid, fault, fields: [.init("password", fault)])
    }
    guard password == confirmation else {
      throw Failure(
        .invalid, "The two passwords differ.", fields: [.init("confirmation", "The two passwords differ. Type the same one twice.")])
    }
    return try accept(offer, as: offer.user, settingPassword: try SignIn.hash(password))
  }

  /// Makes the account a member. It may be another than the invited one; the invitation and its place are then its own.
  ///
  /// - Returns: whether it joined now rather than before.
  /// - Throws: `JoinRefusal`.
  public func accept(_ offer: JoinOffer, as account: Int64) throws -> Bool { try accept(offer, as: account, settingPassword: nil) }

  private func accept(_ offer: JoinOffer, as account: Int64, settingPassword hash: String?) throws -> Bool {
    do {
      return try database.write(organization: offer.organization, patience: Joining.patience) { tx in
        if let hash {
          if try !setFirstPassword(hash, of: offer, in: tx) { throw JoinRefusal.used }
        } else if try !Joining.mayAct(account, in: offer.organization, tx) {
          throw JoinRefusal.unproven
        }
        guard let (_, invitation) = try Joining.find(program: offer.program, user: offer.user, in: tx) else {
          // Another account took it between the page and its button.
          if try Joining.state(offer.program, account, in: tx) == "MEMBER" { return false }
          throw JoinRefusal.used
        }
        if invitation.state == "JOINED" && offer.user == account { return false }
        _ = try Joining.check(offer, invitation, viewer: account, at: clock.now)
        try checkTerm(of: invitation.contract, in: tx)
        if offer.user != account { try hand(offer, to: account, in: tx) }
        try join(offer, account, in: tx)
        return true
      }
    } catch let failure as Failure where failure.fields.first?.name == Licenses.limitField {
      try noteRefusal(offer)
      throw JoinRefusal.noPlaces
    }
  }

  /// Notes that the link was looked at. Nobody waits for that: when another writer is at work it is left out.
  public func noteOpened(_ offer: JoinOffer) throws {
    do {
      try database.write(organization: offer.organization, patience: .zero) { tx in
        _ = try tx.run(
          """
          UPDATE invitations SET state = 'OPENED', opened_at = \(clock.now.text) WHERE program_id = \(offer.program) AND user_id = \(offer.user)
            AND state IN ('CREATED', 'QUEUED', 'SENT', 'FAILED')
          """)
      }
    } catch let error as DatabaseError where error.kind == .busy {}
  }

  /// An import may hold the only writer for seconds.
  static let patience = Duration.seconds(30)

  private struct Invitation {
    let state: String
    let generation: Int64
    let expiresAt: String
    let contract: Int64?
    let isProgramRemoved: Bool
    let maySetPasswordByMail: Bool
  }

  private static func find(program: Int64, user: Int64, in connection: any Connection) throws -> (JoinOffer, Invitation)? {
    try connection.first(
      """
      SELECT p.id, o.id, i.contract_id, o.slug, o.name, p.slug, p.name, p.tagline, o.brand_color, u.id, u.name, a.email,
        CASE WHEN \(maySetPassword(.copied, "o.id")) THEN 1 ELSE 0 END, i.state, i.generation, i.expires_at,
        CASE WHEN p.removed_at <> '' THEN 1 ELSE 0 END, CASE WHEN \(maySetPassword(.mailed, "o.id")) THEN 1 ELSE 0 END, \(Picture.columns)
      FROM invitations i JOIN programs p ON p.id = i.program_id \(Picture.ofProgram) JOIN organizations o ON o.id = i.organization_id
      JOIN users u ON u.organization_id = i.organization_id AND u.id = i.user_id JOIN accounts a ON a.id = u.id
      WHERE i.program_id = \(program) AND i.user_id = \(user) AND u.deactivated_at = '' AND a.deactivated_at = ''
      """
    ) { row in
      (
        JoinOffer(
          program: row.int(0), organization: row.int(1), contract: row.intOrNil(2), organizationSlug: row.text(3),
          organizationName: row.text(4), programSlug: row.text(5), programName: row.text(6), tagline: row.text(7), brandColor: row.text(8),
          user: row.int(9), name: row.text(10), email: row.text(11), maySetPassword: row.bool(12), hasJoined: row.text(13) == "JOINED",
          banner: Picture(row, from: 18)),
        Invitation(
          state: row.text(13), generation: row.int(14), expiresAt: row.text(15), contract: row.intOrNil(2),
          isProgramRemoved: row.bool(16), maySetPasswordByMail: row.bool(17))
      )
    }
  }

  private static func check(_ offer: JoinOffer, _ invitation: Invitation, viewer: Int64?, at now: Moment) throws -> JoinOffer {
    // Single use: it still leads home whoever joined with it, and nobody else.
    if invitation.state == "JOINED" && viewer == offer.user { return offer }
    if invitation.isProgramRemoved { throw JoinRefusal.programRemoved(offer.programName) }
    switch invitation.state {
    case "REVOKED": throw JoinRefusal.revoked
    case "JOINED": throw JoinRefusal.used
    default:
      guard invitation.expiresAt > now.text else { throw JoinRefusal.expired }
      return offer
    }
  }

  private static func state(_ program: Int64, _ user: Int64, in connection: any Connection) throws -> String? {
    try connection.first("SELECT state FROM memberships WHERE program_id = \(program) AND user_id = \(user)") { $0.text(0) }
  }

  private func checkTerm(of contract: Int64?, in tx: any Connection) throws {
    guard let contract else { return }
    let term = try tx.first("SELECT starts_at, ends_at FROM contracts WHERE id = \(contract)") { ($0.text(0), $0.text(1)) }
    guard let (starts, ends) = term else { return }
    if starts > clock.now.text { throw JoinRefusal.notBegun(starts) }
    if !ends.isEmpty && ends <= clock.now.text { throw JoinRefusal.ended(ends) }
  }

  private func join(_ offer: JoinOffer, _ account: Int64, in tx: any Connection) throws {
    let now = clock.now
    try Licenses.changing(
      organization: offer.organization, program: offer.program, user: account, .joined, by: account, at: now, in: tx
    ) {
      try tx.run(
        """
        UPDATE memberships SET state = 'MEMBER', joined_at = CASE WHEN joined_at = '' THEN \(now.text) ELSE joined_at END
        WHERE program_id = \(offer.program) AND user_id = \(account)
        """)
    }
    try tx.run(
      """
      UPDATE invitations SET state = 'JOINED', joined_at = \(now.text), opened_at = CASE WHEN opened_at = '' THEN \(now.text) ELSE opened_at END
      WHERE program_id = \(offer.program) AND user_id = \(account)
      """)
    // An invitation that still waits to be sent would ask for what was done.
    try Outbox.drop(.invitation, users: [offer.user], program: offer.program, organization: offer.organization, in: tx)
    let address = try tx.first("SELECT email FROM accounts WHERE id = \(account)") { $0.text(0) } ?? ""
    try Outbox.put(
      .init(.programWelcome, to: address, user: account, program: offer.program), organization: offer.organization, at: now, in: tx)
    try AuditTrail.record(
      "joined", by: account, organization: offer.organization, about: .init(kind: "program", id: offer.program), at: now, in: tx)
  }

  /// Gives the invitation and its place to another account, which becomes a user of the organization with the invited person's name.
  private func hand(_ offer: JoinOffer, to account: Int64, in tx: any Connection) throws {
    if let state = try Joining.state(offer.program, account, in: tx), state != "INVITED" { throw JoinRefusal.alreadyMember }
    guard let address = try tx.first("SELECT email FROM accounts WHERE id = \(account)", { try EmailAddress($0.text(0)) }) else {
      throw JoinRefusal.unknown
    }
    let now = clock.now
    let (organization, program) = (offer.organization, offer.program)
    try Licenses.changing(organization: organization, program: program, user: offer.user, .revoked, by: account, at: now, in: tx) {
      try tx.run("DELETE FROM membership_contracts WHERE program_id = \(program) AND user_id = \(offer.user)")
      try tx.run("UPDATE memberships SET state = 'INVITED' WHERE program_id = \(program) AND user_id = \(offer.user)")
      try tx.run("DELETE FROM memberships WHERE program_id = \(program) AND user_id = \(offer.user) AND joined_at = ''")
      try tx.run("UPDATE memberships SET state = 'DELETED_MEMBER' WHERE program_id = \(program) AND user_id = \(offer.user)")
    }
    let attributes = SQL.join(Figure.attributes.map(\.sql), ", ")
    try Licenses.changing(organization: organization, program: program, user: account, .invited, by: account, at: now, in: tx) {
      let user = try UserWriting.user(account, address, name: offer.name, externalID: "", organization: organization, at: now, in: tx)
      try tx.run(
        """
        INSERT INTO memberships (program_id, user_id, organization_id, state, contract_id, invited_at, search_key, email_key, \(attributes))
        SELECT CAST(\(program) AS BIGINT), u.id, u.organization_id, 'INVITED', i.contract_id, i.invited_at, u.search_key, u.email_key,
          \(SQL.join(Figure.attributes.map { "u.\($0.sql)" }, ", "))
        FROM users u JOIN invitations i ON i.program_id = \(program) AND i.user_id = \(offer.user)
        WHERE u.organization_id = \(organization) AND u.id = \(account) ON CONFLICT (program_id, user_id) DO NOTHING
        """)
      try tx.run("DELETE FROM invitations WHERE program_id = \(program) AND user_id = \(account)")
      try tx.run(
        """
        UPDATE invitations SET user_id = \(account), search_key = \(user.searchKey), email_key = \(user.emailKey)
        WHERE program_id = \(program) AND user_id = \(offer.user)
        """)
    }
  }

  /// Tells the administrators, on Home at once and by email at most once a day per contract (product.md 5).
  private func noteRefusal(_ offer: JoinOffer) throws {
    guard let contract = offer.contract else { return }
    let now = clock.now
    try database.write(organization: offer.organization, patience: Joining.patience) { tx in
      try tx.run("UPDATE contracts SET refused_at = \(now.text) WHERE id = \(contract)")
      let isFirst = try tx.run("UPDATE contracts SET notified_on = \(now.day) WHERE id = \(contract) AND notified_on <> \(now.day)") == 1
      guard isFirst else { return }
      let administrators = try tx.all(
        """
        SELECT a.id, a.email FROM role_assignments r JOIN accounts a ON a.id = r.account_id AND a.deactivated_at = ''
        WHERE r.organization_id = \(offer.organization) AND (r.role = 'ORGANIZATION_ADMIN' OR r.program_id = \(offer.program)) ORDER BY a.id
        """
      ) { ($0.int(0), $0.text(1)) }
      for (id, email) in administrators {
        try Outbox.put(
          .init(.noPlacesLeft, to: email, user: id, program: offer.program, details: ["contract": "\(contract)"]),
          organization: offer.organization, at: now, in: tx)
      }
    }
  }
}
