public import Database

/// One person on the Users page. Figures are about the programs that the filter chose, or about all.
public struct User: Sendable, Equatable {
  /// The account's id, name, email and external ID; the last is empty where there is none.
  public let id: Int64, name: String, email: String, externalID: String
  /// Open invitations, and programs the person is a member of.
  public let openInvitations: Int, memberPrograms: Int
  /// Enrollments and completions as a member.
  public let enrollments: Int, completions: Int
  /// Last course activity as text; empty for never.
  public let lastActivityAt: String
  /// Whether the person has a current enrollment and no activity for 30 days, or ever enrolled and none for 90.
  public let isInactive: Bool, isLongTermInactive: Bool
  /// Whether the person may no longer sign in.
  public let isDeactivated: Bool
  /// The values of the nine attributes that are not empty.
  public let attributes: [Attribute: String]
}

/// The people of an organization: searched, filtered, sorted, page by page.
public struct UserList: Sendable {
  /// What the list may be sorted by.
  public enum Key: String, Sendable, CaseIterable {
    case name, email, programs, enrollments, completions
    case lastActivity = "last-activity"

    var column: SQL {
      switch self {
      case .name: "u.search_key"
      case .email: "u.email_key"
      case .programs: "u.member_programs"
      case .enrollments: "u.enrollments"
      case .completions: "u.completions"
      case .lastActivity: "u.last_activity_at"
      }
    }

    var isText: Bool { self == .name || self == .email || self == .lastActivity }
  }

  let scope: OrganizationScope
  let now: Moment

  /// The people of an organization.
  ///
  /// - Throws: `Failure.notFound` for a viewer who does not reach the whole organization.
  public init(scope: OrganizationScope, now: Moment) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    (self.scope, self.now) = (scope, now)
  }

  /// How many people the organization knows.
  public func count(in connection: any Connection) throws -> Int {
    Int(try connection.scalar("SELECT people FROM organizations WHERE id = \(scope.organization.id)"))
  }

  /// One page, with the exact count.
  public func page(
    _ filter: UserFilter, sort: Sorting<Key>, request: PageRequest, in connection: any Connection
  ) throws -> ListPage<User> {
    let ids = try query(filter, sort: sort, in: connection).page(request, in: connection)
    return ids.map(try users(ids.rows, filter: filter, in: connection))
  }

  func query(_ filter: UserFilter, sort: Sorting<Key>, in connection: any Connection) throws -> PagedQuery {
    let organization = scope.organization.id
    let counter: SQL = filter.status == .joined ? "people_joined" : "people"
    let isWhole = (filter.programs + filter.contracts).isEmpty && [.joined, .everyone].contains(filter.status)
    let total = isWhole ? Int(try connection.scalar("SELECT \(counter) FROM organizations WHERE id = \(organization)")) : nil
    var bound: SQL = "u.organization_id = \(organization)"
    if filter.isAboutMembers { bound += " AND u.joined = 1" }
    var condition = try filter.condition(organization: organization, now: now, in: connection)
    if condition == nil && total == nil { condition = "1 = 1" }
    return PagedQuery(
      source: filter.source(organization: organization), id: "u.id", scope: bound, filter: condition, knownTotal: total,
      key: sort.key.column, isText: sort.key.isText, descending: sort.descending)
  }

  /// The people with these ids, in that order, with figures over what the filter chose.
  func users(_ ids: [Int64], filter: UserFilter, in connection: any Connection) throws -> [User] {
    if ids.isEmpty { return [] }
    var found: [Int64: User] = [:]
    var attributeIDs: [Int64: [Attribute: Int64]] = [:]
    try connection.rows(
      """
      SELECT u.id, w.name, w.email, w.external_id, u.open_invitations, u.member_programs, u.enrollments, u.completions,
        u.last_activity_at, u.idle_since, u.ever_idle_since, w.deactivated_at, \(Attribute.columnList(alias: "w"))
      FROM \(filter.source(organization: scope.organization.id, ids: ids))
      JOIN users w ON w.organization_id = u.organization_id AND w.id = u.id
      WHERE u.organization_id = \(scope.organization.id) AND u.id IN (\(list: ids))
      """
    ) { row in
      let id = row.int(0)
      for (offset, attribute) in Attribute.allCases.enumerated() {
        if let value = row.intOrNil(12 + offset) { attributeIDs[id, default: [:]][attribute] = value }
      }
      found[id] = User(
        id: id, name: row.text(1), email: row.text(2), externalID: row.text(3), openInvitations: Int(row.int(4)),
        memberPrograms: Int(row.int(5)), enrollments: Int(row.int(6)), completions: Int(row.int(7)), lastActivityAt: row.text(8),
        isInactive: row.text(9) <= now.adding(days: -30).text, isLongTermInactive: row.text(10) <= now.adding(days: -90).text,
        isDeactivated: !row.text(11).isEmpty, attributes: [:])
      return true
    }
    let values = try AttributeValues.load(Set(attributeIDs.values.flatMap(\.values)), in: connection)
    return ids.compactMap { id in
      found[id].map { $0.with(attributes: (attributeIDs[id] ?? [:]).mapValues { values.text($0) }) }
    }
  }
}

extension User {
  fileprivate func with(attributes: [Attribute: String]) -> User {
    User(
      id: id, name: name, email: email, externalID: externalID, openInvitations: openInvitations, memberPrograms: memberPrograms,
      enrollments: enrollments, completions: completions, lastActivityAt: lastActivityAt, isInactive: isInactive,
      isLongTermInactive: isLongTermInactive, isDeactivated: isDeactivated, attributes: attributes)
  }
}
