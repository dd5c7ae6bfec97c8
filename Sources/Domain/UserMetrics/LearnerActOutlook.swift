public import Database

extension LearnerActs {
  /// What an act on a selection would come to.
  public struct Outlook: Sendable, Equatable {
    /// How many are selected, and how many of them it applies to.
    public var selected = 0, applies = 0
    /// Why it does not apply to the others, and to how many.
    public var obstacles: [LearnerObstacle: Int] = [:]
    /// The earliest and the latest end after it, where ends move; empty without any.
    public var firstEnd = "", lastEnd = ""
    /// The purchases that expire too early.
    public var expiries: [Expiry] = []
    /// How many sessions are scheduled that the act leaves as they are, and the first of these.
    public var sessions = 0, nextSessions: [Upcoming] = []
  }

  /// A purchase that expires before engagements would end.
  public struct Expiry: Sendable, Equatable {
    /// Its name, and when it expires.
    public let purchase: String, expiresAt: String
    /// How many engagements would end later, and the latest of these ends.
    public var engagements: Int, latestEnd: String
  }

  /// A session that is to come.
  public struct Upcoming: Sendable, Equatable {
    /// The engagement, and who meets whom.
    public let engagement: Int64, learner: String, coach: String
    /// When it begins.
    public let startsAt: String
  }

  /// How many sessions are named one by one.
  static let mostSessions = 20

  /// Looks at a selection without changing anything.
  public func outlook(_ act: LearnerAct, on selection: LearnerSelection, in connection: any Connection) throws -> Outlook {
    var outlook = Outlook()
    let rules = rules(act)
    for condition in conditions(selection) {
      let judged: SQL =
        "(SELECT e.id, \(rules.newEnd) AS new_end, \(rules.obstacle) AS obstacle FROM \(LearnerActRules.source) WHERE \(condition)) j"
      try connection.rows("SELECT j.obstacle, COUNT(*), MIN(j.new_end), MAX(j.new_end) FROM \(judged) GROUP BY j.obstacle") { row in
        let count = Int(row.int(1))
        outlook.selected += count
        if let obstacle = LearnerObstacle(rawValue: row.int(0)) {
          outlook.obstacles[obstacle, default: 0] += count
        } else {
          outlook.applies += count
          outlook.firstEnd = outlook.firstEnd.isEmpty ? row.text(2) : min(outlook.firstEnd, row.text(2))
          outlook.lastEnd = max(outlook.lastEnd, row.text(3))
        }
        return true
      }
      if act.kind == .extending { try addExpiries(to: &outlook, rules, condition, in: connection) }
      if [.deactivation, .pause, .coach].contains(act.kind) { try addSessions(to: &outlook, act, judged, in: connection) }
    }
    outlook.expiries.sort { $0.purchase < $1.purchase }
    outlook.nextSessions = Array(outlook.nextSessions.sorted { $0.startsAt < $1.startsAt }.prefix(LearnerActs.mostSessions))
    return outlook
  }

  private func addExpiries(to outlook: inout Outlook, _ rules: LearnerActRules, _ condition: SQL, in connection: any Connection) throws {
    guard outlook.obstacles[.beyondExpiry] != nil else { return }
    try connection.rows(
      """
      SELECT p.name, p.expires_at, COUNT(*), MAX(\(rules.newEnd)) FROM \(LearnerActRules.source)
      WHERE \(condition) AND \(rules.obstacle) = \(LearnerObstacle.beyondExpiry.rawValue) GROUP BY p.id, p.name, p.expires_at
      """
    ) { row in
      let found = Expiry(purchase: row.text(0), expiresAt: row.text(1), engagements: Int(row.int(2)), latestEnd: row.text(3))
      if let index = outlook.expiries.firstIndex(where: { $0.purchase == found.purchase }) {
        outlook.expiries[index].engagements += found.engagements
        outlook.expiries[index].latestEnd = max(outlook.expiries[index].latestEnd, found.latestEnd)
      } else {
        outlook.expiries.append(found)
      }
      return true
    }
  }

  private func addSessions(to outlook: inout Outlook, _ act: LearnerAct, _ judged: SQL, in connection: any Connection) throws {
    var theirs: SQL = "j.obstacle = 0"
    if case .changeCoach(let coach) = act { theirs += " AND s.coach_id <> \(coach)" }
    let sessions: SQL = """
      \(judged) JOIN coaching_sessions s ON s.engagement_id = j.id AND s.state = 'SCHEDULED' AND s.starts_at > \(now.text)
      """
    outlook.sessions += Int(try connection.scalar("SELECT COUNT(*) FROM \(sessions) WHERE \(theirs)"))
    outlook.nextSessions += try connection.all(
      """
      SELECT s.engagement_id, u.name, u.email, c.name, s.starts_at FROM \(sessions)
      JOIN users u ON u.organization_id = s.organization_id AND u.id = s.user_id JOIN coaches c ON c.id = s.coach_id
      WHERE \(theirs) ORDER BY s.starts_at, s.id LIMIT \(LearnerActs.mostSessions)
      """
    ) { row in
      Upcoming(
        engagement: row.int(0), learner: row.text(1).isEmpty ? row.text(2) : row.text(1), coach: row.text(3), startsAt: row.text(4))
    }
  }
}
