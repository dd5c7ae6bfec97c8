public import Database

/// Everything that a mail says, looked up when it is rendered.
public struct MailFacts: Sendable, Equatable {
  /// The organization that writes.
  public struct House: Sendable, Equatable {
    /// Its place in addresses, and its name.
    public var slug: String, name: String
    /// Its color, `#rrggbb`; empty for the product's own.
    public var brandColor: String
    /// The name that mail comes from; empty for the organization's.
    public var senderName: String
    /// The postal address for the foot; may be empty or have several lines.
    public var postalAddress: String
    /// The zone in which dates are written.
    public var timeZone: String

    /// An organization.
    public init(
      slug: String, name: String, brandColor: String = "", senderName: String = "", postalAddress: String = "", timeZone: String = "UTC"
    ) {
      (self.slug, self.name, self.brandColor, self.senderName) = (slug, name, brandColor, senderName)
      (self.postalAddress, self.timeZone) = (postalAddress, timeZone)
    }
  }

  /// What an invitation adds.
  public struct Invitation: Sendable, Equatable {
    /// What makes its link.
    public var program: Int64, user: Int64, generation: Int64
    /// The program's or the organization's words; empty for the product's own.
    public var message: String
    /// When the link ends to work; nil for never.
    public var expiresAt: Moment?
    /// Who invited and can be answered; empty where nobody can.
    public var inviterName: String, inviterEmail: String

    /// An invitation.
    public init(
      program: Int64, user: Int64, generation: Int64, message: String, expiresAt: Moment?, inviterName: String = "",
      inviterEmail: String = ""
    ) {
      (self.program, self.user, self.generation, self.message, self.expiresAt) = (program, user, generation, message, expiresAt)
      (self.inviterName, self.inviterEmail) = (inviterName, inviterEmail)
    }
  }

  /// What a notice about a contract adds.
  public struct Places: Sendable, Equatable {
    /// The contract.
    public var contract: Int64, name: String
    /// How many were bought, are taken, and are promised to open invitations. Bought is nil for a contract that has become unlimited.
    public var quantity: Int?, used: Int, openInvitations: Int

    /// Figures of a contract.
    public init(contract: Int64, name: String, quantity: Int?, used: Int, openInvitations: Int) {
      (self.contract, self.name, self.quantity, self.used, self.openInvitations) = (contract, name, quantity, used, openInvitations)
    }
  }

  /// What a welcome to coaching adds.
  public struct Coaching: Sendable, Equatable {
    /// How many sessions there are, and when the engagement ends.
    public var sessions: Int, endsAt: Moment

    /// Figures of an engagement.
    public init(sessions: Int, endsAt: Moment) { (self.sessions, self.endsAt) = (sessions, endsAt) }
  }

  /// What the mail is.
  public var kind: MailKind
  /// Who writes.
  public var house: House
  /// The organization's id, and the reader's; nil for a reader without an account.
  public var organization: Int64, user: Int64?
  /// The reader's name; may be empty.
  public var readerName: String
  /// The program's place in addresses, name and tagline; empty for a mail about none.
  public var programSlug: String, programName: String, tagline: String
  /// What an invitation adds.
  public var invitation: Invitation?
  /// What a notice about a contract adds.
  public var places: Places?
  /// What a welcome to coaching adds.
  public var coaching: Coaching?

  /// Facts, for previews and tests.
  public init(
    _ kind: MailKind, house: House, organization: Int64 = 0, user: Int64? = nil, readerName: String, programSlug: String = "",
    programName: String = "",
    tagline: String = "", invitation: Invitation? = nil, places: Places? = nil, coaching: Coaching? = nil
  ) {
    (self.kind, self.house, self.organization, self.user, self.readerName) = (kind, house, organization, user, readerName)
    (self.programSlug, self.programName, self.tagline) = (programSlug, programName, tagline)
    (self.invitation, self.places, self.coaching) = (invitation, places, coaching)
  }
}

extension MailFacts {
  /// Looks everything up. Nil where the mail has lost its occasion: an invitation that was revoked, accepted or has expired, a welcome to whoever has left,
  /// an exit of whoever is back, a welcome to coaching that was deactivated.
  public static func load(_ item: OutboxItem, at now: Moment, in connection: any Connection) throws -> MailFacts? {
    guard let (house, message) = try house(item.organization, in: connection) else { return nil }
    var facts = MailFacts(
      item.kind, house: house, organization: item.organization, user: item.user, readerName: try readerName(item, in: connection))
    var programMessage = ""
    if let program = item.program {
      let row = try connection.first("SELECT slug, name, tagline, invitation_message FROM programs WHERE id = \(program)") {
        ($0.text(0), $0.text(1), $0.text(2), $0.text(3))
      }
      guard let row else { return nil }
      (facts.programSlug, facts.programName, facts.tagline, programMessage) = row
    }
    switch item.kind {
    case .invitation:
      facts.invitation = try invitation(item, programMessage.isEmpty ? message : programMessage, at: now, in: connection)
      if facts.invitation == nil { return nil }
    case .noPlacesLeft:
      facts.places = try places(item, in: connection)
      if facts.places == nil { return nil }
    case .coachingWelcome:
      facts.coaching = try coaching(item, in: connection)
      if facts.coaching == nil { return nil }
    case .programWelcome: if try membership(item, in: connection) != "MEMBER" { return nil }
    case .programExit: if try membership(item, in: connection) != "DELETED_MEMBER" { return nil }
    }
    return facts
  }

  /// The organization, and its default message of invitations.
  public static func house(_ organization: Int64, in connection: any Connection) throws -> (house: House, message: String)? {
    try connection.first(
      """
      SELECT slug, name, brand_color, sender_name, postal_address, time_zone, invitation_message FROM organizations WHERE id = \(organization)
      """
    ) { row in
      (
        House(
          slug: row.text(0), name: row.text(1), brandColor: row.text(2), senderName: row.text(3), postalAddress: row.text(4),
          timeZone: row.text(5)), row.text(6)
      )
    }
  }

  /// The name that the organization knows the reader by, else the account's own.
  private static func readerName(_ item: OutboxItem, in connection: any Connection) throws -> String {
    guard let user = item.user else { return "" }
    return try connection.first(
      """
      SELECT coalesce(u.name, a.name) FROM accounts a
      LEFT JOIN users u ON u.organization_id = \(item.organization) AND u.id = a.id WHERE a.id = \(user)
      """
    ) { $0.text(0) } ?? ""
  }

  private static func invitation(_ item: OutboxItem, _ message: String, at now: Moment, in connection: any Connection) throws -> Invitation?
  {
    guard let program = item.program, let user = item.user else { return nil }
    return try connection.first(
      """
      SELECT i.generation, i.expires_at, coalesce(a.name, ''), coalesce(a.email, '') FROM invitations i
      LEFT JOIN accounts a ON a.id = i.invited_by AND a.deactivated_at = ''
        AND EXISTS (SELECT 1 FROM role_assignments r WHERE r.account_id = a.id AND r.organization_id = i.organization_id)
      WHERE i.program_id = \(program) AND i.user_id = \(user) AND i.organization_id = \(item.organization)
        AND i.state NOT IN ('JOINED', 'REVOKED') AND i.expires_at > \(now.text)
        AND EXISTS (SELECT 1 FROM users u WHERE u.organization_id = i.organization_id AND u.id = i.user_id AND u.deactivated_at = '')
      """
    ) { row in
      Invitation(
        program: program, user: user, generation: row.int(0), message: message, expiresAt: Moment(row.text(1)), inviterName: row.text(2),
        inviterEmail: row.text(3))
    }
  }

  private static func membership(_ item: OutboxItem, in connection: any Connection) throws -> String? {
    guard let program = item.program, let user = item.user else { return nil }
    return try connection.first("SELECT state FROM memberships WHERE program_id = \(program) AND user_id = \(user)") { $0.text(0) }
  }

  private static func coaching(_ item: OutboxItem, in connection: any Connection) throws -> Coaching? {
    guard let engagement = item.details["engagement"].flatMap({ Int64($0) }), let user = item.user else { return nil }
    return try connection.first(
      """
      SELECT p.sessions, e.ends_at FROM engagements e JOIN company_purchases p ON p.id = e.company_purchase_id
      WHERE e.id = \(engagement) AND e.organization_id = \(item.organization) AND e.user_id = \(user) AND e.deactivated_at = ''
      """
    ) { row in Moment(row.text(1)).map { Coaching(sessions: Int(row.int(0)), endsAt: $0) } } ?? nil
  }

  private static func places(_ item: OutboxItem, in connection: any Connection) throws -> Places? {
    guard let contract = item.details["contract"].flatMap({ Int64($0) }) else { return nil }
    return try connection.first(
      """
      SELECT id, name, quantity, used, open_invitations FROM contracts WHERE id = \(contract) AND organization_id = \(item.organization)
      """
    ) { row in
      Places(
        contract: row.int(0), name: row.text(1), quantity: row.intOrNil(2).map(Int.init), used: Int(row.int(3)),
        openInvitations: Int(row.int(4)))
    }
  }
}
