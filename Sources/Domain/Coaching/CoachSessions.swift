public import Database

/// The sessions of a coach with an organization's learners.
public struct CoachSessions: Sendable {
  /// One session.
  public struct Entry: Sendable, Equatable {
    /// The session, and the engagement that it belongs to.
    public let id: Int64, engagement: Int64
    /// The learner's name; the email of who has none.
    public let learner: String
    /// When it begins and ends.
    public let startsAt: String, endsAt: String
    /// How it stands.
    public let state: LearnerProfile.Session.State
    /// Whether the learner's manager was there, and what the learner gave, 1 to 5.
    public let managerAttended: Bool, rating: Int?
  }

  /// What the list may be sorted by.
  public enum Key: String, Sendable {
    case start, learner, state, rating
  }

  let coach: Int64
  let scope: OrganizationScope
  let now: Moment

  /// - Throws: `Failure.notFound` for a viewer who does not reach the whole organization.
  public init(of coach: Int64, scope: OrganizationScope, now: Moment) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    (self.coach, self.scope, self.now) = (coach, scope, now)
  }

  private var bound: SQL { "s.coach_id = \(coach) AND s.organization_id = \(scope.organization.id)" }

  /// Scheduled and still to begin. What is scheduled for the past waits to be marked.
  private var isAhead: SQL { "s.state = 'SCHEDULED' AND s.starts_at > \(now.text)" }

  /// How many are to come.
  public func ahead(in connection: any Connection) throws -> Int {
    Int(try connection.scalar("SELECT COUNT(*) FROM coaching_sessions s WHERE \(bound) AND \(isAhead)"))
  }

  /// How many are to come, and how many are over.
  public func counts(in connection: any Connection) throws -> (ahead: Int, past: Int) {
    let ahead = try ahead(in: connection)
    return (ahead, Int(try connection.scalar("SELECT COUNT(*) FROM coaching_sessions s WHERE \(bound)")) - ahead)
  }

  /// One page of those to come, or of those that are over.
  public func page(
    areAhead: Bool, search: String, sort: Sorting<Key>, request: PageRequest, in connection: any Connection
  ) throws -> ListPage<Entry> {
    let wanted = search.folded
    let key =
      switch sort.key {
      case .start: SortKey(column: "s.starts_at", kind: .moment)
      case .learner: SortKey(column: "r.search_key", kind: .text)
      case .state: SortKey(column: "s.state", kind: .text)
      case .rating: SortKey(column: "COALESCE(s.rating, 0)", kind: .number)
      }
    let query = PagedQuery(
      source: "coaching_sessions s JOIN engagement_rows r ON r.engagement_id = s.engagement_id", id: "s.id",
      scope: areAhead ? "\(bound) AND \(isAhead)" : "\(bound) AND NOT (\(isAhead))",
      filter: wanted.isEmpty ? nil : SQL.contains("r.search_key", wanted), knownTotal: nil, key: key, descending: sort.descending)
    let ids = try query.page(request, in: connection)
    let entries = try entries("s.id IN (\(list: ids.rows))", in: connection)
    let found = Dictionary(uniqueKeysWithValues: entries.map { ($0.id, $0) })
    return ids.map(ids.rows.compactMap { found[$0] })
  }

  /// The first that are to come.
  public func next(_ count: Int, in connection: any Connection) throws -> [Entry] {
    try entries("\(isAhead) ORDER BY s.starts_at, s.id LIMIT \(count)", in: connection)
  }

  /// One that is to come.
  ///
  /// - Throws: `Failure.notFound`; `conflict` for one that has begun, or is no longer scheduled.
  public func find(_ id: Int64, in connection: any Connection) throws -> Entry {
    guard let entry = try entries("s.id = \(id)", in: connection).first else { throw Failure.notFound }
    guard entry.state == .scheduled, entry.startsAt > now.text else {
      throw Failure(.conflict, "This session is no longer to come, so it stays as it is.")
    }
    return entry
  }

  private func entries(_ condition: SQL, in connection: any Connection) throws -> [Entry] {
    try connection.all(
      """
      SELECT s.id, s.engagement_id, u.name, u.email, s.starts_at, s.ends_at, s.state, s.manager_attended, s.rating FROM coaching_sessions s
      JOIN users u ON u.organization_id = s.organization_id AND u.id = s.user_id WHERE \(bound) AND \(condition)
      """
    ) { row in
      Entry(
        id: row.int(0), engagement: row.int(1), learner: row.text(2).isEmpty ? row.text(3) : row.text(2), startsAt: row.text(4),
        endsAt: row.text(5), state: LearnerProfile.Session.State(rawValue: row.text(6)) ?? .scheduled, managerAttended: row.bool(7),
        rating: row.intOrNil(8).map { Int($0) })
    }
  }
}
