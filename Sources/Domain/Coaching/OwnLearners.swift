public import Database

/// An engagement as its coach sees it on the list.
public struct CoachLearner: Sendable, Equatable {
  /// The engagement by id.
  public let id: Int64
  /// The learner, and the organization's name.
  public let name: String, email: String, organization: String
  /// Where the engagement is.
  public let stage: Stage
  /// Whether the coach is the learner's now; otherwise another one has taken over.
  public let isOwn: Bool
  /// Sessions completed, and those left of the purchase's. Where another coach has taken over, only those with this coach, and nil.
  public let completed: Int, remaining: Int?
  /// Moments as text, empty for none: launched, ends, last and next session with this coach. The end is empty where another one has taken over.
  public let launchedAt: String, endsAt: String, lastSessionAt: String, nextSessionAt: String

  /// Whether the coach coaches this learner, or will again.
  public var isCurrent: Bool { isOwn && stage.isCurrent }
}

/// Everything that a coach may know of a learner: no administrator's notes, no ratings, and nothing that happens after somebody else took over.
public struct CoachLearnerProfile: Sendable {
  /// The learner.
  public let learner: CoachLearner
  /// The sessions with this coach, latest first.
  public let sessions: [CoachSession]
  /// By name; and in the order in which they were set. Both are empty where somebody else is the coach now.
  public let focusAreas: [LearnerProfile.FocusArea], goals: [LearnerProfile.Goal]
  /// Why no session can be scheduled; nil where one can, and where somebody else is the coach now.
  public let obstacle: String?
}

/// Which of a coach's learners are listed.
public enum CoachLearnerTab: String, Sendable, CaseIterable {
  /// Those who are coached now, or will be again after a pause.
  case current
  /// Those whose coaching is over, and those whom another coach has now.
  case former
}

extension CoachScope {
  /// What the list may be sorted by; learners from before by name only, since where their engagements are is another coach's business.
  public enum LearnerKey: String, Sendable {
    case name, stage, ends, next
  }

  /// How many learners are offered to choose from when a session is scheduled.
  public static let mostChoices = 500

  private static let rows: SQL =
    "engagement_coaches k JOIN engagement_rows r ON r.engagement_id = k.engagement_id AND r.organization_id = k.organization_id"

  private func condition(_ tab: CoachLearnerTab) -> SQL {
    let current: SQL = "r.coach_id = \(coach.id) AND \(Stage.isCurrent("r.stage"))"
    return tab == .current ? "k.coach_id = \(coach.id) AND \(current)" : "k.coach_id = \(coach.id) AND NOT (\(current))"
  }

  /// How many learners a tab has.
  public func count(_ tab: CoachLearnerTab, in connection: any Connection) throws -> Int {
    Int(try connection.scalar("SELECT COUNT(*) FROM \(CoachScope.rows) WHERE \(condition(tab))"))
  }

  /// One page of a tab, narrowed to those in whose name or email a text occurs.
  public func learners(
    _ tab: CoachLearnerTab, search: String, sort: Sorting<LearnerKey>, request: PageRequest, in connection: any Connection
  ) throws -> ListPage<CoachLearner> {
    let wanted = search.folded
    let order: LearnerKey = tab == .current ? sort.key : .name
    let key =
      switch order {
      case .name: SortKey(column: "r.search_key", kind: .text)
      case .stage: SortKey(column: "r.stage", kind: .number)
      case .ends: SortKey(column: "r.ends_at", kind: .text)
      case .next: SortKey(column: "r.next_session_at", kind: .text)
      }
    let query = PagedQuery(
      source: CoachScope.rows, id: "r.engagement_id", scope: condition(tab),
      filter: wanted.isEmpty ? nil : SQL.contains("r.search_key", wanted), knownTotal: nil, key: key, descending: sort.descending)
    let ids = try query.page(request, in: connection)
    return ids.map(try learners(ids.rows, in: connection))
  }

  /// The learners with whom a session may be scheduled, by name.
  public func choices(in connection: any Connection) throws -> [CoachLearner] {
    let ids = try connection.all(
      """
      SELECT r.engagement_id FROM \(CoachScope.rows) WHERE \(condition(.current)) AND r.stage <> 4 ORDER BY r.search_key, r.engagement_id
      LIMIT \(CoachScope.mostChoices)
      """
    ) { $0.int(0) }
    return try learners(ids, in: connection)
  }

  private func learners(_ ids: [Int64], in connection: any Connection) throws -> [CoachLearner] {
    if ids.isEmpty { return [] }
    var found: [Int64: CoachLearner] = [:]
    try connection.rows(
      """
      SELECT r.engagement_id, u.name, u.email, o.name, r.stage, r.coach_id,
        CASE WHEN r.coach_id = \(coach.id) THEN r.sessions_completed ELSE (SELECT COUNT(*) FROM coaching_sessions s
          WHERE s.engagement_id = r.engagement_id AND s.coach_id = \(coach.id) AND s.state = 'COMPLETED') END,
        r.sessions_remaining, r.launched_at, r.ends_at,
        COALESCE((SELECT MAX(s.starts_at) FROM coaching_sessions s WHERE s.engagement_id = r.engagement_id AND s.coach_id = \(coach.id)
          AND s.state = 'COMPLETED'), ''),
        COALESCE((SELECT MIN(s.starts_at) FROM coaching_sessions s WHERE s.engagement_id = r.engagement_id AND s.coach_id = \(coach.id)
          AND s.state = 'SCHEDULED' AND s.starts_at >= r.next_session_at), '')
      FROM \(CoachScope.rows) JOIN engagements e ON e.id = r.engagement_id
      JOIN users u ON u.organization_id = e.organization_id AND u.id = e.user_id JOIN organizations o ON o.id = r.organization_id
      WHERE k.coach_id = \(coach.id) AND r.engagement_id IN (\(list: ids))
      """
    ) { row in
      let (id, isOwn) = (row.int(0), row.int(5) == coach.id)
      found[id] = CoachLearner(
        id: id, name: row.text(1).isEmpty ? row.text(2) : row.text(1), email: row.text(2), organization: row.text(3),
        stage: Stage(rawValue: row.int(4)) ?? .onboarding, isOwn: isOwn, completed: Int(row.int(6)),
        remaining: isOwn ? Int(row.int(7)) : nil, launchedAt: row.text(8), endsAt: isOwn ? row.text(9) : "", lastSessionAt: row.text(10),
        nextSessionAt: row.text(11))
      return true
    }
    return ids.compactMap { found[$0] }
  }

  /// One of the coach's learners, now or before.
  ///
  /// - Throws: `Failure.notFound` for another coach's.
  public func learner(_ engagement: Int64, at now: Moment, in connection: any Connection) throws -> CoachLearnerProfile {
    guard let learner = try learners([engagement], in: connection).first else { throw Failure.notFound }
    return CoachLearnerProfile(
      learner: learner, sessions: try sessions(of: engagement, in: connection),
      focusAreas: learner.isOwn ? try LearnerProfile.focusAreas(engagement, in: connection) : [],
      goals: learner.isOwn ? try LearnerProfile.goals(engagement, in: connection) : [],
      obstacle: learner.isOwn ? try Booking.find(engagement, scope: self, at: now, in: connection).obstacle : nil)
  }
}
