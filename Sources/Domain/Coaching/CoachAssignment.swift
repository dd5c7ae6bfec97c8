public import Database

/// Gives an organization's learners to one of its own coaches.
public struct CoachAssignment: Sendable {
  /// What the list of learners may be narrowed to.
  public struct Filter: Sendable, Equatable {
    /// A text in name or email.
    public var search = ""
    /// Those without a coach who is at work.
    public var withoutCoach = false

    /// Everybody.
    public init() {}
  }

  /// What an assignment would come to.
  public struct Outlook: Sendable {
    /// The coach with the learners that there are now.
    public let coach: CoachChoice
    /// How many are selected, to how many of them it applies, why not to the others, and the sessions that stay where they are.
    public let act: LearnerActs.Outlook
    /// Of those to whom it applies: the first, and how many have a coach now, who is replaced.
    public let learners: [Learner], replaced: Int

    /// Why the coach cannot take them; nil where it is possible.
    public var fault: String? {
      if coach.isDeactivated { return "\(coach.name) is deactivated. Reactivate the coach first." }
      guard let capacity = coach.capacity, let places = coach.places, act.applies > places else { return nil }
      let now = "\(coach.learners) of \(capacity) \(capacity == 1 ? "learner" : "learners") now"
      if places == 0 { return "\(coach.name) has no place free: \(now)." }
      let free = places == 1 ? "1 place free" : "\(places) places free"
      return "\(coach.name) has \(free) (\(now)), and \(act.applies) learners are selected. Select at most \(places)."
    }
  }

  /// How many learners are named one by one.
  public static let mostLearners = 50

  let coach: Int64
  let scope: OrganizationScope
  let now: Moment

  /// - Throws: `Failure.notFound` for a viewer who does not reach the whole organization.
  public init(to coach: Int64, scope: OrganizationScope, now: Moment) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    (self.coach, self.scope, self.now) = (coach, scope, now)
  }

  private var organization: Int64 { scope.organization.id }

  /// One page of the current engagements with another coach or with none.
  public func page(
    _ filter: Filter, sort: Sorting<LearnerColumn>, request: PageRequest, in connection: any Connection
  ) throws -> ListPage<Learner> {
    let ids = try query(filter, sort: sort, in: connection).page(request, in: connection)
    return ids.map(try LearnerList(scope: scope).learners(ids.rows, showing: [], in: connection))
  }

  /// All of them by id, in the order of names.
  public func ids(_ filter: Filter, in connection: any Connection) throws -> [Int64] {
    try query(filter, sort: Sorting(.name, descending: false), in: connection).ids(in: connection)
  }

  private func query(_ filter: Filter, sort: Sorting<LearnerColumn>, in connection: any Connection) throws -> PagedQuery {
    var conditions: [SQL] = []
    let wanted = filter.search.folded
    if !wanted.isEmpty { conditions.append(SQL.contains("r.search_key", wanted)) }
    if filter.withoutCoach {
      conditions.append(
        """
        (r.coach_id = 0 OR r.coach_id IN (SELECT k.id FROM coaches k WHERE k.organization_id IN (0, \(organization)) AND k.deactivated_at <> ''))
        """)
    }
    return PagedQuery(
      source: "engagement_rows r", id: "r.engagement_id", scope: assignable,
      filter: conditions.isEmpty ? nil : SQL.join(conditions, " AND "), knownTotal: conditions.isEmpty ? try total(in: connection) : nil,
      key: try sort.key.sortKey(organization: organization, in: connection), descending: sort.descending, isClustered: true)
  }

  private var assignable: SQL {
    "r.organization_id = \(organization) AND \(Stage.isCurrent("r.stage")) AND r.coach_id <> \(coach)"
  }

  /// Out of the counters: the current engagements without the coach's own.
  public func total(in connection: any Connection) throws -> Int {
    let current = try connection.scalar(
      """
      SELECT COALESCE(SUM(engagements), 0) FROM engagement_totals WHERE organization_id = \(organization) AND \(Stage.isCurrent("stage"))
      """)
    let own = try connection.scalar(
      "SELECT COALESCE(SUM(clients_now), 0) FROM coach_totals WHERE organization_id = \(organization) AND coach_id = \(coach)")
    return Int(current - own)
  }

  /// Looks at an assignment without changing anything.
  ///
  /// - Throws: `Failure.notFound` for a coach who is not the organization's own.
  public func outlook(_ engagements: [Int64], in connection: any Connection) throws -> Outlook {
    let choice = try ownCoach(in: connection)
    let act = try LearnerActs(scope, at: now).outlook(.changeCoach(coach), on: .engagements(engagements), in: connection)
    var (replaced, ids): (Int64, [Int64]) = (0, [])
    for part in InvitationSelection.parts(of: Set(engagements).sorted()) {
      let these: SQL = "engagement_rows r WHERE \(assignable) AND r.engagement_id IN (\(list: part))"
      replaced += try connection.scalar("SELECT COUNT(*) FROM \(these) AND r.coach_id <> 0")
      if ids.count < CoachAssignment.mostLearners {
        ids += try connection.all("SELECT r.engagement_id FROM \(these) ORDER BY r.search_key, r.engagement_id") { $0.int(0) }
      }
    }
    let first = Array(ids.prefix(CoachAssignment.mostLearners))
    return Outlook(
      coach: choice, act: act, learners: try LearnerList(scope: scope).learners(first, showing: [], in: connection), replaced: Int(replaced)
    )
  }

  /// Gives the learners to the coach, all or none. Of two who do so at once the second waits, and is refused where no places are left.
  ///
  /// - Throws: `Failure`: `notFound`; `conflict`, field `coach-id`, for a coach who is deactivated or has not the places.
  public func assign(_ engagements: [Int64], in database: any Database) throws -> LearnerActs.Done {
    _ = try database.read { try ownCoach(in: $0) }
    return try LearnerActs(scope, at: now).perform(.changeCoach(coach), on: .engagements(engagements), in: database)
  }

  private func ownCoach(in connection: any Connection) throws -> CoachChoice {
    do {
      let choice = try CoachChoice.find(coach, scope: scope, in: connection)
      guard choice.isOwn else { throw Failure.notFound }
      return choice
    } catch let failure as Failure where failure.code == .invalid { throw Failure.notFound }
  }
}
