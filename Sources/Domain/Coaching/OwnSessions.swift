public import Database

/// A session as its coach sees it.
public struct CoachSession: Sendable, Equatable {
  /// The session and the engagement by id.
  public let id: Int64, engagementID: Int64
  /// The learner's name, and the organization's with its zone.
  public let learner: String, organization: String, timeZone: String
  /// When.
  public let stretch: Stretch
  /// How it stands.
  public let state: LearnerProfile.Session.State
  /// When it was canceled, as text; empty for not. By the learner or by the coach.
  public let canceledAt: String, isCanceledByLearner: Bool
  /// Whether the learner's manager was there, and whether the learner has rated it.
  public let managerAttended: Bool, isRated: Bool
  /// Where it takes place; empty for nowhere in particular.
  public let meetingLink: String

  let userID: Int64, organizationID: Int64

  /// Whether it has begun and nobody has said what became of it.
  public func waitsToBeMarked(at now: Moment) -> Bool { state == .scheduled && stretch.starts <= now }
}

/// Which of a coach's sessions are listed.
public enum CoachSessionTab: String, Sendable, CaseIterable {
  /// Scheduled and yet to begin, soonest first.
  case upcoming
  /// Scheduled and begun: nobody has said what became of them. Latest first.
  case open = "to-mark"
  /// All that are over, latest first.
  case past
}

extension CoachScope {
  private static let columns: SQL = """
    s.id, s.engagement_id, u.name, u.email, o.name, o.time_zone, s.starts_at, s.ends_at, s.state, s.canceled_at, s.canceled_by,
    s.manager_attended, CASE WHEN s.rating IS NULL THEN 0 ELSE 1 END, s.meeting_link, s.user_id, s.organization_id
    """
  private static let source: SQL = """
    coaching_sessions s JOIN users u ON u.organization_id = s.organization_id AND u.id = s.user_id
    JOIN organizations o ON o.id = s.organization_id
    """

  private static func session(_ row: borrowing Row) -> CoachSession? {
    guard let stretch = Stretch(row.text(6), row.text(7)) else { return nil }
    return CoachSession(
      id: row.int(0), engagementID: row.int(1), learner: row.text(2).isEmpty ? row.text(3) : row.text(2), organization: row.text(4),
      timeZone: row.text(5), stretch: stretch, state: LearnerProfile.Session.State(rawValue: row.text(8)) ?? .scheduled,
      canceledAt: row.text(9), isCanceledByLearner: row.text(10) == "LEARNER", managerAttended: row.bool(11), isRated: row.bool(12),
      meetingLink: row.text(13), userID: row.int(14), organizationID: row.int(15))
  }

  /// One of the coach's sessions.
  ///
  /// - Throws: `Failure.notFound`.
  public func session(_ id: Int64, in connection: any Connection) throws -> CoachSession {
    let found = try connection.first(
      "SELECT \(CoachScope.columns) FROM \(CoachScope.source) WHERE s.id = \(id) AND s.coach_id = \(coach.id)"
    ) { CoachScope.session($0) }
    guard let session = found ?? nil else { throw Failure.notFound }
    return session
  }

  private func condition(_ tab: CoachSessionTab, at now: Moment) -> SQL {
    let own: SQL = "s.coach_id = \(coach.id)"
    return switch tab {
    case .upcoming: "\(own) AND s.starts_at > \(now.text) AND s.state = 'SCHEDULED'"
    case .open: "\(own) AND s.starts_at <= \(now.text) AND s.state = 'SCHEDULED'"
    case .past: "\(own) AND s.state <> 'SCHEDULED'"
    }
  }

  /// How many sessions a tab has.
  public func count(_ tab: CoachSessionTab, at now: Moment, in connection: any Connection) throws -> Int {
    Int(try connection.scalar("SELECT COUNT(*) FROM coaching_sessions s WHERE \(condition(tab, at: now))"))
  }

  /// One page of a tab.
  public func sessions(
    _ tab: CoachSessionTab, request: PageRequest, at now: Moment, in connection: any Connection
  ) throws -> ListPage<CoachSession> {
    let total = try count(tab, at: now, in: connection)
    let (number, range) = PagedQuery.range(request, total: total)
    let order: SQL = tab == .upcoming ? "s.starts_at, s.id" : "s.starts_at DESC, s.id DESC"
    let rows = try connection.all(
      """
      SELECT \(CoachScope.columns) FROM \(CoachScope.source) WHERE \(condition(tab, at: now)) ORDER BY \(order)
      LIMIT \(range.count) OFFSET \(range.lowerBound)
      """
    ) { CoachScope.session($0) }
    return ListPage(rows: rows.compactMap(\.self), total: total, number: number, size: request.size)
  }

  /// The sessions of one engagement with this coach, latest first.
  func sessions(of engagement: Int64, in connection: any Connection) throws -> [CoachSession] {
    try connection.all(
      """
      SELECT \(CoachScope.columns) FROM \(CoachScope.source) WHERE s.engagement_id = \(engagement) AND s.coach_id = \(coach.id)
      ORDER BY s.starts_at DESC, s.id DESC LIMIT \(LearnerProfile.mostSessions)
      """
    ) { CoachScope.session($0) }.compactMap(\.self)
  }
}
