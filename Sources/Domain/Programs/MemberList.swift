public import Database

/// One member on the Members page.
public struct Member: Sendable, Equatable {
  /// The user's id, name, email and external ID; the last is empty where there is none.
  public let userID: Int64, name: String, email: String, externalID: String
  /// Enrollments and completions in this program.
  public let enrollments: Int, completions: Int
  /// Moments as text; empty for never.
  public let lastActivityAt: String, invitedAt: String, joinedAt: String
  /// The contract that holds the license; empty for none.
  public let contract: String
  /// Whether the member counts as inactive now.
  public let isInactive: Bool
  /// Why the member is at risk now, worst first; empty for not at risk.
  public let risks: [Risk]
  /// The values of the nine attributes that are not empty.
  public let attributes: [Attribute: String]
}

/// Why a member is at risk, by the badge's word and the sentence behind it.
public enum Risk: Sendable, Equatable {
  /// A required assessment is past due without an attempt.
  case missed(assessment: String, course: String, dueAt: String)
  /// The latest attempt at a required assessment is below its passing score.
  case failed(assessment: String, course: String, attemptedAt: String)
}

/// The members of a program: searched, filtered, sorted, page by page.
public struct MemberList: Sendable {
  /// What the list may be sorted by.
  public typealias Key = PeopleKey<MemberColumn>

  let program: Program
  let scope: OrganizationScope
  let now: Moment

  /// The members of a program that was found through its scope.
  public init(of program: Program, scope: OrganizationScope, now: Moment) {
    (self.program, self.scope, self.now) = (program, scope, now)
  }

  /// One page, with the exact count. Members carry only those attributes whose columns are shown.
  public func page(
    _ filter: MemberFilter, sort: Sorting<Key>, request: PageRequest, showing columns: [MemberColumn] = MemberColumn.allCases,
    in connection: any Connection
  ) throws -> ListPage<Member> {
    let ids = try query(filter, sort: sort, in: connection).page(request, in: connection)
    return ids.map(try members(ids.rows, showing: columns, in: connection))
  }

  func query(_ filter: MemberFilter, sort: Sorting<Key>, in connection: any Connection) throws -> PagedQuery {
    var narrow = try filter.narrowing(program: program.id, organization: scope.organization.id, now: now, in: connection)
    narrow.isInOrder = sort.key == .name && filter.isSearch
    let key = try key(sort.key, in: connection)
    return PagedQuery(
      source: "memberships m", id: "m.user_id", scope: "m.program_id = \(program.id) AND m.state = 'MEMBER'", filter: narrow.condition,
      knownTotal: program.funnel.joined, key: key, descending: sort.descending,
      narrow: narrow.isEmpty ? nil : narrow, statistics: OrderStatistics(.members, of: program.id, by: key))
  }

  private func key(_ key: Key, in connection: any Connection) throws -> SortKey {
    let organization = scope.organization.id
    func counted(_ column: Column, _ kind: SortKey.Kind) -> SortKey {
      SortKey(column: "m.\(column.sql)", kind: kind, isIndexed: true, counted: column)
    }
    switch key {
    case .name, .column(.externalID): return counted("search_key", .text)
    case .email: return counted("email_key", .text)
    case .column(.enrollments): return counted("enrollments", .number)
    case .column(.completions): return counted("completions", .number)
    case .column(.lastActivity): return counted("last_activity_at", .moment)
    case .column(.joined): return SortKey(column: "m.joined_at", kind: .moment, isIndexed: true)
    case .column(.invited): return SortKey(column: "m.invited_at", kind: .moment, isIndexed: true)
    case .column(.status):
      // At risk is worse than inactive, both together are worst.
      return .weighted([(MemberFilter.conditions(.atRisk, now: now), 2), (MemberFilter.conditions(.inactive, now: now), 1)])
    case .column(.contract): return .ranked("m.contract_id", try Ranks.contracts(organization: organization, in: connection))
    case .column(.attribute(let attribute)):
      return .ranked("m.\(attribute.column)", try Ranks.values(of: attribute, organization: organization, in: connection))
    }
  }

  /// The members with these ids, in that order.
  func members(_ ids: [Int64], showing columns: [MemberColumn], in connection: any Connection) throws -> [Member] {
    if ids.isEmpty { return [] }
    var attributes = AttributeIDs(columns.compactMap(\.attribute))
    let moment = now.text
    var atRisk: [Int64] = []
    var rows: [Int64: MemberRow] = [:]
    try connection.rows(
      """
      SELECT m.user_id, u.name, u.email, u.external_id, m.enrollments, m.completions, m.last_activity_at, m.invited_at, m.joined_at,
        m.idle_since, m.missed_at, m.failed_at, c.name\(attributes.columns(alias: "m"))
      FROM memberships m JOIN users u ON u.organization_id = m.organization_id AND u.id = m.user_id
      LEFT JOIN contracts c ON c.id = m.contract_id
      WHERE m.program_id = \(program.id) AND m.user_id IN (\(list: ids))
      """
    ) { row in
      let member = MemberRow(row)
      rows[member.id] = member
      if member.missedAt <= moment || member.failedAt <= moment { atRisk.append(member.id) }
      attributes.take(member.id, row, from: MemberRow.width)
      return true
    }
    let texts = try attributes.texts(in: connection)
    let risks = try Risk.all(program: program.id, users: atRisk, now: now, in: connection)
    let idleBound = now.adding(days: -MemberFilter.inactiveDays).text
    return ids.compactMap { id in
      guard let row = rows[id] else { return nil }
      return Member(
        userID: id, name: row.name, email: row.email, externalID: row.externalID, enrollments: row.enrollments,
        completions: row.completions, lastActivityAt: row.lastActivityAt, invitedAt: row.invitedAt, joinedAt: row.joinedAt,
        contract: row.contract, isInactive: row.idleSince <= idleBound, risks: risks[id] ?? [], attributes: texts[id] ?? [:])
    }
  }
}

/// A row of the joined select, before values and risks are looked up.
private struct MemberRow {
  static let width = 13
  let id: Int64, name: String, email: String, externalID: String, enrollments: Int, completions: Int
  let lastActivityAt: String, invitedAt: String, joinedAt: String, idleSince: String, missedAt: String, failedAt: String
  let contract: String

  init(_ row: borrowing Row) {
    (id, name, email, externalID) = (row.int(0), row.text(1), row.text(2), row.text(3))
    (enrollments, completions) = (Int(row.int(4)), Int(row.int(5)))
    (lastActivityAt, invitedAt, joinedAt) = (row.text(6), row.text(7), row.text(8))
    (idleSince, missedAt, failedAt, contract) = (row.text(9), row.text(10), row.text(11), row.text(12))
  }
}

extension Risk {
  /// What puts these members at risk, by user: failures first, then missed deadlines, each by date.
  static func all(program: Int64, users: [Int64], now: Moment, in connection: any Connection) throws -> [Int64: [Risk]] {
    var result: [Int64: [Risk]] = [:]
    if users.isEmpty { return result }
    try connection.rows(
      """
      SELECT e.user_id, a.name, c.name, a.due_at, t.attempted_at
      FROM enrollments e
      JOIN assessments a ON a.program_id = e.program_id AND a.course_id = e.course_id AND a.required = 1
      JOIN courses c ON c.id = e.course_id
      LEFT JOIN assessment_attempts t ON t.program_id = e.program_id AND t.user_id = e.user_id AND t.assessment_id = a.id
        AND t.attempted_at = (SELECT max(l.attempted_at) FROM assessment_attempts l
          WHERE l.program_id = e.program_id AND l.user_id = e.user_id AND l.assessment_id = a.id)
      WHERE e.program_id = \(program) AND e.user_id IN (\(list: users)) AND e.completed = 0 AND e.removed = 0 AND e.left_at = ''
        AND ((t.attempted_at IS NULL AND a.due_at <> '' AND a.due_at <= \(now.text))
          OR (t.score < a.passing_score AND t.attempted_at <= \(now.text)))
      ORDER BY CASE WHEN t.attempted_at IS NULL THEN 1 ELSE 0 END, coalesce(t.attempted_at, a.due_at), a.id
      """
    ) { row in
      let (user, assessment, course) = (row.int(0), row.text(1), row.text(2))
      let risk: Risk =
        row.isNull(4)
        ? .missed(assessment: assessment, course: course, dueAt: row.text(3))
        : .failed(assessment: assessment, course: course, attemptedAt: row.text(4))
      result[user, default: []].append(risk)
      return true
    }
    return result
  }
}
