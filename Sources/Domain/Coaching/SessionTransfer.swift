public import Database
import Foundation

/// Gives a session that is to come to another coach, or cancels it: as when its coach was deactivated or is ill.
///
/// An organization's administrators do so with its learners' sessions, whosesoever the coach is. They give them to its own coaches, or to those of the
/// platform who have worked with it.
public struct SessionTransfer: Sendable {
  /// Why somebody cannot take a session.
  public enum Obstacle: Sendable, Equatable {
    /// The time is outside of working hours, lies in time off, or is taken by another session.
    case offHours, away, taken
    /// The learner meets the coach at the coach's meeting link, and this one has none.
    case noLink

    /// What is so, after the coach's name.
    public var words: String {
      switch self {
      case .offHours: "does not work at that time"
      case .away: "is away at that time"
      case .taken: "has another session at that time"
      case .noLink: "has no meeting link, which this session needs"
      }
    }

    /// What to do instead.
    var remedy: String { self == .noLink ? "Choose somebody who has one." : "Choose somebody who is free." }
  }

  /// A coach who is at work, and whether free at the session's time.
  public struct Choice: Sendable, Equatable {
    /// The coach.
    public let id: Int64, name: String
    /// Whether the organization's own, else the platform's.
    public let isOwn: Bool
    /// What clocks show there when the session begins: `14:00`; and the zone.
    public let startsThere: String, timeZone: String
    /// Nil for who can take the session.
    public let obstacle: Obstacle?
  }

  let coach: Int64
  let sessions: CoachSessions

  private var scope: OrganizationScope { sessions.scope }
  private var now: Moment { sessions.now }

  /// Sessions of one coach with the organization's learners.
  ///
  /// - Throws: `Failure.notFound` for a viewer who does not reach the whole organization.
  public init(from coach: Int64, scope: OrganizationScope, now: Moment) throws {
    (self.coach, sessions) = (coach, try CoachSessions(of: coach, scope: scope, now: now))
  }

  /// The other coaches who are at work and known to the organization, by name.
  public func choices(for session: CoachSessions.Entry, in connection: any Connection) throws -> [Choice] {
    try choices("c.id <> \(coach)", session, in: connection)
  }

  /// Whoever coaches for the platform as well is one person: what fills the one calendar fills the other.
  private func choices(_ which: SQL, _ session: CoachSessions.Entry, in connection: any Connection) throws -> [Choice] {
    guard let stretch = Stretch(session.startsAt, session.endsAt) else { throw Failure.notFound }
    let candidates: SQL = """
      c.organization_id IN (0, \(scope.organization.id)) AND c.deactivated_at = '' AND \(which) AND (c.organization_id <> 0
        OR EXISTS (SELECT 1 FROM coach_totals t WHERE t.organization_id = \(scope.organization.id) AND t.coach_id = c.id))
      """
    var hours: [Int64: [WorkingHours.Span]] = [:]
    try connection.rows(
      """
      SELECT h.coach_id, h.weekday, h.starts_minute, h.ends_minute FROM coaches c JOIN coach_hours h ON h.coach_id = c.id
      WHERE \(candidates) ORDER BY h.coach_id, h.weekday, h.starts_minute
      """
    ) { row in
      hours[row.int(0), default: []].append(.init(weekday: row.int(1), startsMinute: row.int(2), endsMinute: row.int(3)))
      return true
    }
    let meets: SQL = "x.starts_at < \(session.endsAt) AND x.ends_at > \(session.startsAt)"
    return try connection.all(
      """
      SELECT c.id, c.name, c.time_zone, c.organization_id,
        CASE WHEN EXISTS (SELECT 1 FROM coaches k JOIN coaching_sessions x ON x.coach_id = k.id
          WHERE k.account_id = c.account_id AND x.state = 'SCHEDULED' AND x.id <> \(session.id) AND \(meets)) THEN 1 ELSE 0 END,
        CASE WHEN EXISTS (SELECT 1 FROM coaches k JOIN coach_time_off x ON x.coach_id = k.id
          WHERE k.account_id = c.account_id AND \(meets)) THEN 1 ELSE 0 END,
        CASE WHEN c.meeting_link = '' AND (SELECT e.meeting_links FROM engagements e WHERE e.id = \(session.engagement)) = 1 THEN 1 ELSE 0 END
      FROM coaches c WHERE \(candidates) ORDER BY c.name_key, c.id
      """
    ) { row in
      let zone = TimeZone(identifier: row.text(2)) ?? .gmt
      let works = WorkingHours(spans: hours[row.int(0)] ?? []).hold(stretch, in: zone)
      let there = ZoneClock(zone, over: stretch).reading(stretch.starts)
      return Choice(
        id: row.int(0), name: row.text(1), isOwn: row.int(3) != 0, startsThere: there.map { WorkingHours.clock($0.minute) } ?? "",
        timeZone: row.text(2), obstacle: row.bool(4) ? .taken : row.bool(5) ? .away : !works ? .offHours : row.bool(6) ? .noLink : nil)
    }
  }

  /// Gives a session to another coach who is free at its time. It keeps its time; its link becomes the new coach's where the engagement uses those.
  ///
  /// - Returns: the session as it was, and the coach who has it now.
  /// - Throws: `Failure`: `notFound`; `conflict` for a session that is no longer to come; `conflict` with the field `coach-id` for who cannot take it;
  ///   `invalid` with that field for nobody whom `choices` names.
  @discardableResult
  public func move(_ id: Int64, to other: Int64, in database: any Database) throws -> (session: CoachSessions.Entry, to: Choice) {
    try database.write(organization: scope.organization.id, patience: .seconds(30)) { tx in
      // Who books with the same person, in whatever organization, waits for this.
      try tx.run(
        """
        UPDATE coaches SET bookings = bookings + 1 WHERE account_id = (SELECT k.account_id FROM coaches k
          WHERE k.id = \(other) AND k.organization_id IN (0, \(scope.organization.id)))
        """)
      let session = try sessions.find(id, in: tx)
      guard other != coach, let choice = try choices("c.id = \(other)", session, in: tx).first else {
        throw Failure(.invalid, "Choose a coach.", fields: [.init("coach-id", "Choose a coach.")])
      }
      if let obstacle = choice.obstacle {
        // What fills the days of a coach of the platform is other organizations' business.
        let sentence =
          choice.isOwn ? "\(choice.name) \(obstacle.words). \(obstacle.remedy)" : "\(choice.name) cannot take it. Choose somebody else."
        throw Failure(.conflict, sentence, fields: [.init("coach-id", sentence)])
      }
      try keeping(session, in: tx) {
        try tx.run(
          """
          UPDATE coaching_sessions SET coach_id = \(other), meeting_link = CASE
            WHEN (SELECT e.meeting_links FROM engagements e WHERE e.id = coaching_sessions.engagement_id) = 1
            THEN (SELECT c.meeting_link FROM coaches c WHERE c.id = \(other)) ELSE meeting_link END
          WHERE id = \(id)
          """)
        // Whoever coaches a learner is one of the learner's coaches, from the first session on at the latest, and so finds the learner's page.
        try tx.run(
          """
          INSERT INTO engagement_coaches (engagement_id, coach_id, organization_id, user_id, assigned_at)
          SELECT e.id, CAST(\(other) AS BIGINT), e.organization_id, e.user_id, CAST(\(session.startsAt) AS TEXT) FROM engagements e
          WHERE e.id = \(session.engagement) ON CONFLICT (engagement_id, coach_id) DO NOTHING
          """)
      }
      try audit("session_moved", id, [("from_coach_id", "\(coach)"), ("to_coach_id", "\(other)")], in: tx)
      return (session, choice)
    }
  }

  /// Cancels a session on the coach's side: that takes none of the learner's sessions and is no late cancel.
  ///
  /// - Returns: the session as it was.
  /// - Throws: `Failure`: `notFound`; `conflict` for one that is no longer to come.
  @discardableResult
  public func cancel(_ id: Int64, in database: any Database) throws -> CoachSessions.Entry {
    try database.write(organization: scope.organization.id, patience: .seconds(30)) { tx in
      let session = try sessions.find(id, in: tx)
      try keeping(session, in: tx) {
        try tx.run("UPDATE coaching_sessions SET state = 'CANCELED', canceled_at = \(now.text), canceled_by = 'COACH' WHERE id = \(id)")
      }
      try audit("session_canceled", id, [("coach_id", "\(coach)")], in: tx)
      return session
    }
  }

  private func keeping(_ session: CoachSessions.Entry, in tx: any Connection, _ change: () throws -> Void) throws {
    let learner = try tx.scalar("SELECT user_id FROM engagements WHERE id = \(session.engagement)")
    try EngagementFigures.keeping(learners: [learner], of: scope.organization.id, at: now, in: tx, change)
  }

  private func audit(_ action: String, _ session: Int64, _ values: [(name: String, value: String)], in tx: any Connection) throws {
    try AuditTrail.record(
      action, by: scope.viewer.accountID, organization: scope.organization.id, about: .init(kind: "coaching_session", id: session),
      values: values, at: now, in: tx)
  }
}
