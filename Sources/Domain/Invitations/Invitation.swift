public import Database

/// One invitation on the Invitations page: who was invited to a program, and what became of it.
public struct Invitation: Sendable, Equatable {
  /// What became of it, as of now.
  public enum State: String, Sendable, CaseIterable {
    /// Made, and not mailed.
    case created = "CREATED"
    /// In the outbox.
    case queued = "QUEUED"
    /// Taken by a mail server.
    case sent = "SENT"
    /// Refused by a mail server, or bounced later.
    case failed = "FAILED"
    /// Its link was opened.
    case opened = "OPENED"
    /// Accepted.
    case joined = "JOINED"
    /// Taken back.
    case revoked = "REVOKED"
    /// Open, and its term is over; sending it again gives a new one. This one is no word of the database: it depends on the clock.
    case expired = "EXPIRED"
  }

  /// The user's id, name, email and External ID; the last is empty where there is none.
  public let userID: Int64, name: String, email: String, externalID: String
  /// What became of it.
  public let state: State
  /// The contract it is under; empty for none.
  public let contract: String
  /// Who invited; empty for an import.
  public let invitedBy: String
  /// How often it was mailed, and which of its links is good.
  public let sends: Int, generation: Int64
  /// Moments as text; empty for never.
  public let invitedAt: String, expiresAt: String, queuedAt: String, sentAt: String, openedAt: String, joinedAt: String, revokedAt: String
  /// What the mail server said when it refused, or a delivery report later.
  public let failure: String
  /// Whether a delivery report came after a server had taken it.
  public let isBounced: Bool

  /// Whether it can still be accepted, or could be after it was sent again.
  public var isOpen: Bool { state != .joined && state != .revoked }

  init(_ row: borrowing Row, now: Moment) {
    (userID, name, email, externalID) = (row.int(0), row.text(1), row.text(2), row.text(3))
    let word = State(rawValue: row.text(4)) ?? .created
    (contract, invitedBy, sends, generation) = (row.text(5), row.text(6), Int(row.int(7)), row.int(8))
    (invitedAt, expiresAt, queuedAt, sentAt) = (row.text(9), row.text(10), row.text(11), row.text(12))
    (openedAt, joinedAt, revokedAt, failure, isBounced) = (row.text(13), row.text(14), row.text(15), row.text(16), row.bool(17))
    state = word != .joined && word != .revoked && expiresAt <= now.text ? .expired : word
  }

  static let columns: SQL = """
    i.user_id, u.name, u.email, u.external_id, i.state, c.name, a.name, i.sends, i.generation, i.invited_at, i.expires_at, i.queued_at, i.sent_at,
    i.opened_at, i.joined_at, i.revoked_at, i.failure, i.bounced
    """

  static let source: SQL = """
    invitations i JOIN users u ON u.organization_id = i.organization_id AND u.id = i.user_id LEFT JOIN contracts c ON c.id = i.contract_id
    LEFT JOIN accounts a ON a.id = i.invited_by
    """
}

/// What the Invitations page may be narrowed to.
public struct InvitationFilter: Sendable, Equatable {
  /// A state that can be asked for.
  public enum Status: String, Sendable, CaseIterable {
    /// Neither joined nor revoked; what follows until `expired` are its parts.
    case open
    case created, queued, sent, failed, opened, expired, joined, revoked
  }

  /// A text in name or email.
  public var search = ""
  /// States, any of them; none for all.
  public var statuses: [Status] = []
  /// Contracts, any of them; none for all.
  public var contracts: [Int64] = []

  /// Every invitation.
  public init() {}

  /// What makes an invitation `i` open.
  static let isOpen: SQL = "i.state NOT IN ('JOINED', 'REVOKED')"

  /// The condition on `invitations i`; nil when nothing is asked for.
  func condition(now: Moment) -> SQL? {
    var all: [SQL] = []
    let wanted = search.folded
    if !wanted.isEmpty { all.append(SQL.contains("i.search_key", wanted)) }
    if !contracts.isEmpty { all.append("i.contract_id IN (\(list: contracts))") }
    if !statuses.isEmpty { all.append("(" + SQL.join(statuses.map { InvitationFilter.condition($0, now: now) }, " OR ") + ")") }
    return all.isEmpty ? nil : SQL.join(all, " AND ")
  }

  private static func condition(_ status: Status, now: Moment) -> SQL {
    switch status {
    case .open: isOpen
    case .expired: "(\(isOpen) AND i.expires_at <= \(now.text))"
    case .joined, .revoked: "i.state = \(status.rawValue.uppercased())"
    default: "(i.state = \(status.rawValue.uppercased()) AND i.expires_at > \(now.text))"
    }
  }
}

/// The invitations of a program: searched, filtered, sorted, page by page.
public struct InvitationList: Sendable {
  /// What the list may be sorted by.
  public enum Key: String, Sendable, CaseIterable {
    case name, email, state, invited, sends, sent, opened, expires

    var column: SQL {
      switch self {
      case .name: "i.search_key"
      case .email: "i.email_key"
      case .state: "i.state"
      case .invited: "i.invited_at"
      case .sends: "i.sends"
      case .sent: "i.sent_at"
      case .opened: "i.opened_at"
      case .expires: "i.expires_at"
      }
    }

    var kind: SortKey.Kind {
      switch self {
      case .sends: .number
      case .invited, .sent, .opened: .moment
      // What never expires has a text that is no moment.
      case .name, .email, .state, .expires: .text
      }
    }

    /// Whether an index holds a program's invitations in this order.
    var isIndexed: Bool { self == .name || self == .email || self == .invited }
  }

  let program: Program
  let scope: OrganizationScope
  let now: Moment

  /// The invitations of a program that was found through its scope.
  public init(of program: Program, scope: OrganizationScope, now: Moment) {
    (self.program, self.scope, self.now) = (program, scope, now)
  }

  /// One page, with the exact count.
  public func page(
    _ filter: InvitationFilter, sort: Sorting<Key>, request: PageRequest, in connection: any Connection
  ) throws -> ListPage<Invitation> {
    // An order that has no index is made by reading all, which counts as well.
    let walks = filter.condition(now: now) == nil && sort.key.isIndexed
    let whole = walks ? try count(in: connection) : nil
    let ids = try query(filter, sort: sort, whole: whole).page(request, in: connection)
    return ids.map(try invitations(ids.rows, in: connection))
  }

  /// How many there are in all.
  public func count(in connection: any Connection) throws -> Int {
    Int(try connection.scalar("SELECT COUNT(*) FROM invitations WHERE program_id = \(program.id)"))
  }

  /// One invitation.
  ///
  /// - Throws: `Failure.notFound` where this person was never invited to the program.
  public func find(_ user: Int64, in connection: any Connection) throws -> Invitation {
    guard let found = try invitations([user], in: connection).first else { throw Failure.notFound }
    return found
  }

  func query(_ filter: InvitationFilter, sort: Sorting<Key>, whole: Int? = nil) -> PagedQuery {
    PagedQuery(
      source: "invitations i", id: "i.user_id", scope: "i.program_id = \(program.id)", filter: filter.condition(now: now),
      knownTotal: whole,
      key: SortKey(column: sort.key.column, kind: sort.key.kind, isIndexed: sort.key.isIndexed),
      descending: sort.descending, isClustered: true)
  }

  /// The invitations of these people, in that order.
  func invitations(_ ids: [Int64], in connection: any Connection) throws -> [Invitation] {
    if ids.isEmpty { return [] }
    var rows: [Int64: Invitation] = [:]
    try connection.rows(
      "SELECT \(Invitation.columns) FROM \(Invitation.source) WHERE i.program_id = \(program.id) AND i.user_id IN (\(list: ids))"
    ) { row in
      let invitation = Invitation(row, now: now)
      rows[invitation.userID] = invitation
      return true
    }
    return ids.compactMap { rows[$0] }
  }
}
