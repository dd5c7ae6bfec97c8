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
  public typealias Key = PeopleKey<UserColumn>

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

  /// One page, with the exact count. People carry only those attributes whose columns are shown.
  public func page(
    _ filter: UserFilter, sort: Sorting<Key>, request: PageRequest, showing columns: [UserColumn] = UserColumn.allCases,
    in connection: any Connection
  ) throws -> ListPage<User> {
    let ids = try query(filter, sort: sort, in: connection).page(request, in: connection)
    return ids.map(try users(ids.rows, filter: filter, showing: columns, in: connection))
  }

  func query(_ filter: UserFilter, sort: Sorting<Key>, in connection: any Connection) throws -> PagedQuery {
    let organization = scope.organization.id
    let counter: SQL = filter.status == .joined ? "people_joined" : "people"
    let isWhole = !filter.choosesMemberships && [.joined, .everyone].contains(filter.status)
    let total = isWhole ? Int(try connection.scalar("SELECT \(counter) FROM organizations WHERE id = \(organization)")) : nil
    var bound: SQL = "u.organization_id = \(organization)"
    if filter.isAboutMembers { bound += " AND u.joined = 1" } else { bound += " AND \(filter.present(organization: organization))" }
    var condition = try filter.condition(organization: organization, now: now, in: connection)
    if condition == nil && total == nil { condition = "1 = 1" }
    return PagedQuery(
      source: filter.source(organization: organization), id: "u.id", scope: bound, filter: condition, knownTotal: total,
      key: try key(sort.key, filter: filter, in: connection), descending: sort.descending)
  }

  private func key(_ key: Key, filter: UserFilter, in connection: any Connection) throws -> SortKey {
    let organization = scope.organization.id
    // The indexes hold those who joined, in each order.
    let isIndexed = filter.isAboutMembers
    switch key {
    case .name, .column(.externalID): return SortKey(column: "u.search_key", kind: .text, isIndexed: isIndexed)
    case .email: return SortKey(column: "u.email_key", kind: .text, isIndexed: isIndexed)
    case .column(.lastActivity): return SortKey(column: "u.last_activity_at", kind: .moment, isIndexed: isIndexed)
    case .column(.programs): return SortKey(column: "u.member_programs", kind: .number)
    case .column(.enrollments): return SortKey(column: "u.enrollments", kind: .number)
    case .column(.completions): return SortKey(column: "u.completions", kind: .number)
    case .column(.status):
      // As `User.standings` begins, the furthest last; those who are idle come after the others of their stage.
      let column: SQL = """
        (CASE WHEN u.completions > 0 THEN 12 WHEN u.enrollments > 0 THEN 9 WHEN u.member_programs > 0 THEN 6 WHEN u.open_invitations > 0 THEN 3
          ELSE 0 END
        + CASE WHEN u.ever_idle_since <= \(now.adding(days: -90).text) THEN 2 WHEN u.idle_since <= \(now.adding(days: -30).text) THEN 1
          ELSE 0 END)
        """
      return SortKey(column: column, kind: .number)
    case .column(.attribute(let attribute)):
      return .ranked("u.\(attribute.column)", try Ranks.values(of: attribute, organization: organization, in: connection))
    }
  }

  /// The people with these ids, in that order, with figures over what the filter chose.
  func users(_ ids: [Int64], filter: UserFilter, showing columns: [UserColumn], in connection: any Connection) throws -> [User] {
    if ids.isEmpty { return [] }
    var attributes = AttributeIDs(columns.compactMap(\.attribute))
    var rows: [Int64: UserRow] = [:]
    try connection.rows(
      """
      SELECT u.id, w.name, w.email, w.external_id, u.open_invitations, u.member_programs, u.enrollments, u.completions,
        u.last_activity_at, u.idle_since, u.ever_idle_since, w.deactivated_at\(attributes.columns(alias: "w"))
      FROM \(filter.source(organization: scope.organization.id, ids: ids))
      JOIN users w ON w.organization_id = u.organization_id AND w.id = u.id
      WHERE u.organization_id = \(scope.organization.id) AND u.id IN (\(list: ids))
      """
    ) { row in
      rows[row.int(0)] = UserRow(row)
      attributes.take(row.int(0), row, from: UserRow.width)
      return true
    }
    let texts = try attributes.texts(in: connection)
    let (month, quarter) = (now.adding(days: -30).text, now.adding(days: -90).text)
    return ids.compactMap { id in
      guard let row = rows[id] else { return nil }
      return User(
        id: id, name: row.name, email: row.email, externalID: row.externalID, openInvitations: row.openInvitations,
        memberPrograms: row.memberPrograms, enrollments: row.enrollments, completions: row.completions, lastActivityAt: row.lastActivityAt,
        isInactive: row.idleSince <= month, isLongTermInactive: row.everIdleSince <= quarter, isDeactivated: !row.deactivatedAt.isEmpty,
        attributes: texts[id] ?? [:])
    }
  }
}

/// A row of the joined select, before values are looked up and the clock is asked.
private struct UserRow {
  static let width = 12
  let name: String, email: String, externalID: String, openInvitations: Int, memberPrograms: Int, enrollments: Int, completions: Int
  let lastActivityAt: String, idleSince: String, everIdleSince: String, deactivatedAt: String

  init(_ row: borrowing Row) {
    (name, email, externalID) = (row.text(1), row.text(2), row.text(3))
    (openInvitations, memberPrograms) = (Int(row.int(4)), Int(row.int(5)))
    (enrollments, completions) = (Int(row.int(6)), Int(row.int(7)))
    (lastActivityAt, idleSince, everIdleSince, deactivatedAt) = (row.text(8), row.text(9), row.text(10), row.text(11))
  }
}
