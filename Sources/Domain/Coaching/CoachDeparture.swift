public import Database

/// What deactivating one of an organization's coaches comes to.
public struct CoachDeparture: Sendable {
  /// Learners who have this coach now.
  public let learners: Int
  /// Sessions to come, and the first of them.
  public let sessions: Int, next: [CoachSessions.Entry]
  /// Whether the account's open sign-ins end: it is nothing but this coach.
  public let endsSignIns: Bool

  /// How many sessions are named one by one.
  public static let mostSessions = 20

  /// Looks without changing anything.
  public static func look(_ profile: CoachProfile, scope: OrganizationScope, now: Moment, in connection: any Connection) throws -> Self {
    let sessions = try CoachSessions(of: profile.coach.id, scope: scope, now: now)
    let account = profile.coach.accountID
    let isMore = try connection.scalar(
      "SELECT CASE WHEN \(Coach.isMore(than: "\(account)", except: profile.coach.id)) THEN 1 ELSE 0 END")
    return CoachDeparture(
      learners: profile.figures.clientsNow, sessions: try sessions.ahead(in: connection),
      next: try sessions.next(mostSessions, in: connection), endsSignIns: isMore == 0)
  }
}
