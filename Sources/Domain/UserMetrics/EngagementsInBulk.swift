import Database

extension EngagementExtent {
  /// Adds all engagements of some learners of an organization to `touched_engagements`.
  ///
  /// - Parameter query: a query of `user_id`.
  static func touch(learners query: SQL, of organization: Int64, in connection: any Connection) throws {
    try connection.run(
      """
      INSERT INTO touched_engagements (engagement_id)
      SELECT e.id FROM (SELECT DISTINCT l.user_id FROM (\(query)) l) u
      \(.lookup) engagements e ON e.organization_id = \(organization) AND e.user_id = u.user_id WHERE 1 = 1
      ON CONFLICT (engagement_id) DO NOTHING
      """)
    try connection.describe("touched_engagements")
  }

  /// Adds all engagements that show the name of one of some coaches.
  ///
  /// - Parameter query: a query of `coach_id`.
  static func touch(coaches query: SQL, in connection: any Connection) throws {
    let their: [SQL] = [
      "SELECT e.id FROM (\(query)) c \(.lookup) engagements e ON e.coach_id = c.coach_id",
      "SELECT DISTINCT s.engagement_id FROM (\(query)) c \(.lookup) coaching_sessions s ON s.coach_id = c.coach_id",
    ]
    for found in their {
      try connection.run("INSERT INTO touched_engagements (engagement_id) \(found) WHERE 1 = 1 ON CONFLICT (engagement_id) DO NOTHING")
    }
    try connection.describe("touched_engagements")
  }
}

extension EngagementFigures {
  /// Keeps everything through a change of the engagements of many learners of one organization.
  ///
  /// - Parameters:
  ///   - query: a query of the learners as `user_id`; it is asked before the change and again after it.
  ///   - rows: about how many engagements change or come into being.
  ///   - change: whatever changes them.
  static func keeping(
    learnersOf query: SQL, of organization: Int64, rows: Int64, at now: Moment, in tx: any Connection, _ change: () throws -> Void
  ) throws {
    try EngagementExtent.prepareTouched(in: tx)
    try EngagementExtent.touch(learners: query, of: organization, in: tx)
    let before = try EngagementSums(.touched, in: tx)
    func carryOut() throws {
      try change()
      try EngagementExtent.touch(learners: query, of: organization, in: tx)
      try settle(.touched, since: before, at: now, in: tx)
    }
    // The list has an index for each of its orders; where most of it changes, they are cheaper made anew. The one that finds an engagement's row
    // is asked meanwhile.
    let isMost =
      try rows >= ImportContext.many
      && tx.scalar("SELECT COUNT(*) FROM (SELECT 1 FROM engagement_rows LIMIT \(2 * rows + 1)) r") <= 2 * rows
    guard isMost else { return try carryOut() }
    try tx.rebuildingIndexes(of: ["engagement_rows"], keeping: ["engagement_rows_engagement"], carryOut)
  }
}
