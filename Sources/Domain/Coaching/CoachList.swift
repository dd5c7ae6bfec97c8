public import Database

/// Coaches as an organization's administrators see them: its own, or those of the platform who have worked with it.
///
/// Learners, sessions and ratings are this organization's alone, out of counters that are kept; only NPS is over all organizations (product.md 5).
public struct CoachList: Sendable {
  /// Whose coaches.
  public enum Kind: Sendable, Equatable {
    /// The platform's who have, or had, a learner of the organization.
    case platform
    /// The organization's own.
    case organization
  }

  let kind: Kind
  let scope: OrganizationScope
  let now: Moment

  /// The coaches of a kind.
  ///
  /// - Throws: `Failure.notFound` for a viewer who does not reach the whole organization.
  public init(_ kind: Kind, scope: OrganizationScope, now: Moment) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    (self.kind, self.scope, self.now) = (kind, scope, now)
  }

  private var organization: Int64 { scope.organization.id }

  private var source: SQL {
    switch kind {
    case .platform: "coach_totals t JOIN coaches c ON c.id = t.coach_id"
    case .organization: "coaches c LEFT JOIN coach_totals t ON t.organization_id = c.organization_id AND t.coach_id = c.id"
    }
  }

  private var bound: SQL {
    switch kind {
    case .platform: "t.organization_id = \(organization) AND c.organization_id = 0 AND (t.clients_ever > 0 OR t.sessions > 0)"
    case .organization: "c.organization_id = \(organization)"
    }
  }

  /// A state's place among `Coach.State.allCases`; see `Coach.state`.
  private static let state: SQL = """
    CASE WHEN c.deactivated_at <> '' THEN 2 WHEN c.profile_saved_at = '' OR c.hours_saved_at = '' THEN 1 ELSE 0 END
    """

  /// How many coaches are in each state; states without any are not there. An index alone answers it for an organization's own.
  public func counts(in connection: any Connection) throws -> [Coach.State: Int] {
    var counts: [Coach.State: Int] = [:]
    let coaches: SQL = kind == .organization ? "coaches c" : source
    try connection.rows("SELECT \(CoachList.state), COUNT(*) FROM \(coaches) WHERE \(bound) GROUP BY 1") { row in
      counts[Coach.State(place: row.int(0))] = Int(row.int(1))
      return true
    }
    return counts
  }

  /// One page of those in a state, or in any, in whose name or email a text occurs.
  public func page(
    _ state: Coach.State?, search: String, sort: Sorting<CoachColumn>, request: PageRequest, in connection: any Connection
  ) throws -> ListPage<ListedCoach> {
    let ids = try query(state, search: search, sort: sort, in: connection).page(request, in: connection)
    return ids.map(try coaches(ids.rows, in: connection))
  }

  /// Writes the same, of all pages, as CSV with a byte order mark: name, email and the columns.
  public func write(
    _ state: Coach.State?, search: String, sort: Sorting<CoachColumn>, columns: [CoachColumn], in connection: any Connection,
    to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try ListExport(columns: columns).write(query(state, search: search, sort: sort, in: connection), in: connection, to: sink) {
      try coaches($0, in: connection)
    }
  }

  private func query(
    _ state: Coach.State?, search: String, sort: Sorting<CoachColumn>, in connection: any Connection
  ) throws -> PagedQuery {
    let wanted = search.folded
    let filter: SQL? = wanted.isEmpty ? nil : SQL.contains("c.search_key", wanted)
    var scope = bound
    if let state { scope += " AND \(CoachList.state) = \(SQL.number(state.place))" }
    let counts = filter == nil ? try counts(in: connection) : [:]
    let total = counts.filter { state == nil || $0.key == state }.values.reduce(0, +)
    return PagedQuery(
      source: source, id: "c.id", scope: scope, filter: filter, knownTotal: filter == nil ? total : nil, key: key(sort.key),
      descending: sort.descending)
  }

  private func key(_ column: CoachColumn) -> SortKey {
    func number(_ column: SQL) -> SortKey { SortKey(column: column, kind: .number) }
    let now: SQL = "COALESCE(t.clients_now, 0)"
    switch column {
    case .name: return SortKey(column: "c.name_key", kind: .text, isIndexed: kind == .organization)
    case .state: return number("(\(CoachList.state))")
    // By the learners now, then by those ever; a million is more than anybody coaches.
    case .clients: return number("(\(now) * 1000000 + COALESCE(t.clients_ever, 0))")
    case .capacity: return number("(CASE WHEN c.capacity IS NULL THEN 1000000 ELSE c.capacity - \(now) END)")
    case .sessions: return number("COALESCE(t.sessions, 0)")
    case .rating: return number("(CASE WHEN \(hasSeveralRaters) THEN t.rating_sum * 10000 / t.ratings ELSE -1 END)")
    case .nps:
      return number("(CASE WHEN c.nps_answers = 0 THEN -1000000 ELSE (c.nps_promoters - c.nps_detractors) * 10000 / c.nps_answers END)")
    case .nextSession: return SortKey(column: nextSession, kind: .moment)
    }
  }

  /// The first and the last learner who rated, as an index of ratings has them, are two.
  private var hasSeveralRaters: SQL {
    func rater(_ order: SQL) -> SQL {
      """
      (SELECT s.user_id FROM coaching_sessions s WHERE s.coach_id = c.id AND s.organization_id = \(organization) AND s.rating IS NOT NULL
        ORDER BY \(order) LIMIT 1)
      """
    }
    return "t.ratings > 1 AND \(rater("s.user_id")) <> \(rater("s.user_id DESC"))"
  }

  /// `9999` for none, so that the soonest comes first. An organization's own coach has no sessions elsewhere.
  private var nextSession: SQL {
    """
    COALESCE((SELECT MIN(s.starts_at) FROM coaching_sessions s WHERE s.coach_id = c.id AND s.state = 'SCHEDULED'
      AND s.organization_id = \(organization) AND s.starts_at > \(now.text)), '9999')
    """
  }

  /// The coaches with these ids, in that order; those who are not on the list are left out.
  public func coaches(_ ids: [Int64], in connection: any Connection) throws -> [ListedCoach] {
    if ids.isEmpty { return [] }
    var found: [Int64: ListedCoach] = [:]
    try connection.rows(
      """
      SELECT c.id, c.name, a.email, \(CoachList.state), COALESCE(t.clients_now, 0), COALESCE(t.clients_ever, 0), COALESCE(t.sessions, 0),
        COALESCE(t.ratings, 0), COALESCE(t.rating_sum, 0), CASE WHEN \(hasSeveralRaters) THEN 1 ELSE 0 END, c.capacity, \(nextSession),
        c.nps_answers, c.nps_promoters, c.nps_detractors
      FROM \(source) JOIN accounts a ON a.id = c.account_id WHERE \(bound) AND c.id IN (\(list: ids))
      """
    ) { row in
      let next = row.text(11)
      found[row.int(0)] = ListedCoach(
        id: row.int(0), name: row.text(1), email: row.text(2), state: Coach.State(place: row.int(3)), clientsNow: Int(row.int(4)),
        clientsEver: Int(row.int(5)), sessions: Int(row.int(6)), ratings: Int(row.int(7)), ratingSum: Int(row.int(8)),
        hasSeveralRaters: row.bool(9), capacity: row.intOrNil(10).map { Int($0) }, nextSession: next == "9999" ? "" : next,
        npsAnswers: Int(row.int(12)), npsPromoters: Int(row.int(13)), npsDetractors: Int(row.int(14)))
      return true
    }
    return ids.compactMap { found[$0] }
  }
}

extension Coach.State {
  fileprivate init(place: Int64) { self = Coach.State.allCases.indices.contains(Int(place)) ? Coach.State.allCases[Int(place)] : .active }

  fileprivate var place: Int64 { Int64(Coach.State.allCases.firstIndex(of: self) ?? 0) }
}
