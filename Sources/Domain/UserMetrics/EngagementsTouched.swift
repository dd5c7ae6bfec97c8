import Database

// Changes of what engagements rest on, such as a purchase or a coach's name: set-wise, whatever their number.
extension EngagementFigures {
  /// Makes a change that moves engagements' rows, and keeps these and the counters through it.
  ///
  /// - Parameter condition: on a row of `engagements`, which an index serves.
  static func keeping(
    engagementsOfLearnersWith condition: SQL, of organization: Int64, at now: Moment, in tx: any Connection, _ change: () throws -> Void
  ) throws {
    try EngagementExtent.prepareTouched(in: tx)
    try tx.run(
      """
      INSERT INTO touched_engagements (engagement_id) SELECT e.id FROM engagements e WHERE e.organization_id = \(organization)
        AND e.user_id IN (SELECT t.user_id FROM engagements t WHERE t.organization_id = \(organization) AND t.\(condition))
      """)
    let before = try EngagementSums(.touched, in: tx)
    try change()
    try settle(.touched, since: before, at: now, in: tx)
  }

  /// Makes an installation's transaction the only writer of the organizations in which engagements name a coach.
  ///
  /// It must come before the coach's row is written: whoever books holds an organization's lock and waits for that row.
  static func beAlone(withEngagementsOf coach: Int64, in tx: any Connection) throws {
    try tx.beAloneToo(in: organizations(of: named(by: coach), in: tx))
  }

  /// Sets the rows of every engagement that names a coach, after the name has changed. No counter rests on it.
  static func settleRows(ofCoach coach: Int64, at now: Moment, in tx: any Connection) throws {
    try settleRows(named: named(by: coach), at: now, in: tx)
  }

  private static func named(by coach: Int64) -> SQL {
    """
    SELECT engagement_id FROM engagement_coaches WHERE coach_id = \(coach) UNION SELECT engagement_id FROM coaching_sessions
    WHERE coach_id = \(coach) UNION SELECT id AS engagement_id FROM engagements WHERE coach_id = \(coach)
    """
  }

  /// Sets the rows of every engagement that has a focus skill, after the name has changed.
  static func settleRows(ofSkill skill: Int64, at now: Moment, in tx: any Connection) throws {
    try settleRows(named: "SELECT engagement_id FROM focus_areas WHERE focus_skill_id = \(skill)", at: now, in: tx)
  }

  /// What was found is written under the lock of every organization that it lies in.
  private static func settleRows(named engagements: SQL, at now: Moment, in tx: any Connection) throws {
    let organizations = try organizations(of: engagements, in: tx)
    guard !organizations.isEmpty else { return }
    try tx.beAloneToo(in: organizations)
    try EngagementExtent.prepareTouched(in: tx)
    try tx.run("INSERT INTO touched_engagements (engagement_id) SELECT x.engagement_id FROM (\(engagements)) x")
    try settleRows(.touched, at: now, in: tx)
  }

  private static func organizations(of engagements: SQL, in connection: any Connection) throws -> [Int64] {
    try connection.all(
      "SELECT DISTINCT e.organization_id FROM (\(engagements)) x JOIN engagements e ON e.id = x.engagement_id"
    ) { $0.int(0) }
  }
}
