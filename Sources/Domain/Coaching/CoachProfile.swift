public import Database

/// A coach as an organization's administrators see the person: the profile, and what the person has done here.
public struct CoachProfile: Sendable {
  /// Who it is.
  public let coach: Coach
  /// What the person has done in this organization.
  public let figures: ListedCoach
  /// The working hours from Monday on, by the weekday's name: `09:00-12:00, 13:00-17:00`, empty for a day off.
  public let week: [(day: String, hours: String)]

  /// Finds a coach who is on the list of that kind.
  ///
  /// - Throws: `Failure.notFound`, also for a coach of the platform who never worked with this organization.
  public static func find(
    _ id: Int64, _ kind: CoachList.Kind, scope: OrganizationScope, now: Moment, in connection: any Connection
  ) throws -> CoachProfile {
    guard let figures = try CoachList(kind, scope: scope, now: now).coaches([id], in: connection).first else { throw Failure.notFound }
    let coach = try Coach.find(id: id, ownerID: kind == .platform ? 0 : scope.organization.id, in: connection)
    let hours = try coach.hours(in: connection)
    let week = type(of: hours).weekdays.enumerated().map { (day: $0.element, hours: hours.text(day: $0.offset)) }
    return CoachProfile(coach: coach, figures: figures, week: week)
  }
}

/// The engagements of an organization that have or had a coach.
public struct CoachLearners: Sendable {
  let coach: Int64
  let scope: OrganizationScope

  /// - Throws: `Failure.notFound` for a viewer who does not reach the whole organization.
  public init(of coach: Int64, scope: OrganizationScope) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    (self.coach, self.scope) = (coach, scope)
  }

  private static let source: SQL = "engagement_coaches k JOIN engagement_rows r ON r.engagement_id = k.engagement_id"
  private var bound: SQL { "k.coach_id = \(coach) AND k.organization_id = \(scope.organization.id)" }
  private var isNow: SQL { "r.coach_id = \(coach) AND \(Stage.isCurrent("r.stage"))" }

  /// How many engagements have the coach now, and how many ever had.
  public func counts(in connection: any Connection) throws -> (now: Int, ever: Int) {
    try connection.first(
      "SELECT COALESCE(SUM(CASE WHEN \(isNow) THEN 1 ELSE 0 END), 0), COUNT(*) FROM \(CoachLearners.source) WHERE \(bound)"
    ) { (now: Int($0.int(0)), ever: Int($0.int(1))) } ?? (0, 0)
  }

  /// One page of those who have the coach now, or of all who ever had.
  public func page(
    onlyNow: Bool, search: String, sort: Sorting<LearnerColumn>, request: PageRequest, in connection: any Connection
  ) throws -> ListPage<Learner> {
    let wanted = search.folded
    let query = PagedQuery(
      source: CoachLearners.source, id: "r.engagement_id", scope: onlyNow ? "\(bound) AND \(isNow)" : bound,
      filter: wanted.isEmpty ? nil : SQL.contains("r.search_key", wanted), knownTotal: nil,
      key: try sort.key.sortKey(organization: scope.organization.id, in: connection), descending: sort.descending)
    let ids = try query.page(request, in: connection)
    return ids.map(try LearnerList(scope: scope).learners(ids.rows, showing: [], in: connection))
  }
}
