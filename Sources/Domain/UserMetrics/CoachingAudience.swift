import Database

/// The audience of coaching: whoever is coached is in it, and is shown the way to coaching.
enum CoachingAudience {
  /// Enters learners of an organization.
  ///
  /// - Parameter learners: a query of their ids, each once.
  static func enter(_ learners: SQL, of organization: Int64, at now: Moment, in tx: any Connection) throws {
    try tx.run(
      "INSERT INTO audiences (organization_id, kind) VALUES (\(organization), 'COACHING') ON CONFLICT (organization_id, kind) DO NOTHING")
    let audience = try tx.scalar("SELECT id FROM audiences WHERE organization_id = \(organization) AND kind = 'COACHING'")
    try tx.run(
      """
      INSERT INTO audience_members (audience_id, user_id, added_at)
      SELECT CAST(\(audience) AS BIGINT), l.user_id, CAST(\(now.text) AS TEXT) FROM (\(learners)) l WHERE 1 = 1 ORDER BY l.user_id
      ON CONFLICT (audience_id, user_id) DO NOTHING
      """)
    try tx.run("UPDATE users SET coaching_link = 1 WHERE organization_id = \(organization) AND id IN (\(learners)) AND coaching_link = 0")
  }
}
