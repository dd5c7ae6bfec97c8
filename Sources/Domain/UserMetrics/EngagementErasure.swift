import Database

/// Takes a person out of the coaching of an organization: sessions, ratings and answers stay and count, what tells who it was goes.
struct EngagementErasure {
  let organization: Int64, user: Int64, anonymous: Int64

  /// The tables of coaching that name people by an account's or a user's id.
  static let tables: [Column] = ["engagements", "engagement_coaches", "coaching_sessions", "audience_members"]

  /// Moves the rows to the anonymous person, whose user must be there already. Texts that were written by or about the learner are emptied, and so is
  /// whoever was asked for feedback, since nobody is left who could say why they are known here.
  func move(at now: Moment, in tx: any Connection) throws {
    let engagements = try tx.all("SELECT id FROM engagements WHERE organization_id = \(organization) AND user_id = \(user)") { $0.int(0) }
    try tx.run(
      """
      DELETE FROM audience_members WHERE user_id = \(user)
        AND audience_id IN (SELECT id FROM audiences WHERE organization_id = \(organization))
      """)
    guard !engagements.isEmpty else { return }
    let theirs: SQL = "engagement_id IN (\(list: engagements))"
    let before = try EngagementSums(.some(engagements), in: tx)
    try tx.run(
      "UPDATE engagements SET user_id = \(anonymous), deactivated_at = \(now.text) WHERE id IN (\(list: engagements)) AND deactivated_at = ''"
    )
    try tx.run("UPDATE engagements SET user_id = \(anonymous) WHERE id IN (\(list: engagements))")
    try tx.run("UPDATE engagement_coaches SET user_id = \(anonymous) WHERE \(theirs)")
    try tx.run("UPDATE coaching_sessions SET user_id = \(anonymous), comment = '', meeting_link = '' WHERE \(theirs)")
    try tx.run("UPDATE nps_responses SET comment = '' WHERE \(theirs)")
    try tx.run("UPDATE survey_answers SET answer = '' WHERE \(theirs)")
    for table: SQL in ["engagement_notes", "engagement_act_rows"] { try tx.run("DELETE FROM \(table) WHERE \(theirs)") }
    try tx.run("UPDATE goals SET text = CAST('Goal ' AS TEXT) || CAST(id AS TEXT) WHERE \(theirs)")
    try tx.run(
      """
      UPDATE feedback_invitations SET name = '', relation = '', email = CAST('erased-' AS TEXT) || CAST(id AS TEXT) || '@erased.invalid',
        email_key = CAST('erased-' AS TEXT) || CAST(id AS TEXT) || '@erased.invalid' WHERE \(theirs)
      """)
    try EngagementFigures.settle(.some(engagements), since: before, at: now, in: tx)
  }
}
