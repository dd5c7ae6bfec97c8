import Database

extension LearnerProfile {
  static func said(_ id: Int64, _ organization: Int64, in connection: any Connection) throws -> (facts: Facts, terms: Terms)? {
    try connection.first(
      """
      SELECT e.launched_at, e.first_login_at, e.profile_set_up_at, e.self_assessment_at, e.survey_at, e.remeasurement_opens_at,
        e.self_remeasurement_at, e.goals_assessed_at, e.remeasurement_survey_at, e.paused_at, e.unpaused_at, e.deactivated_at, e.extended_at,
        e.ends_at, e.coaching_plan, e.plan_feedback_invited, (SELECT COUNT(*) FROM nps_responses n WHERE n.engagement_id = e.id),
        g.name, p.name, f.name, s.name, p.sessions, p.late_cancels_count, p.expires_at, e.duration_days, e.minimum_invited,
        e.minimum_answered, e.maximum_invited, e.remeasurement, e.remeasurement_days, e.meeting_links, e.language
      FROM engagements e JOIN coaching_groups g ON g.id = e.group_id JOIN company_purchases p ON p.id = e.company_purchase_id
      LEFT JOIN feedback_assessments f ON f.id = e.feedback_assessment_id LEFT JOIN surveys s ON s.id = e.survey_id
      WHERE e.id = \(id) AND e.organization_id = \(organization)
      """
    ) { row in
      let opens = row.bool(28) && row.text(5) != "9999" ? row.text(5) : ""
      let facts = Facts(
        launchedAt: row.text(0), firstLoginAt: row.text(1), profileAt: row.text(2), selfAssessmentAt: row.text(3), surveyAt: row.text(4),
        remeasurementOpensAt: opens, selfRemeasurementAt: row.text(6), goalsAssessedAt: row.text(7), remeasurementSurveyAt: row.text(8),
        pausedAt: row.text(9), unpausedAt: row.text(10), deactivatedAt: row.text(11), extendedAt: row.text(12), endsAt: row.text(13),
        plan: Facts.Plan(rawValue: row.text(14)) ?? .none, hasPlanFeedback: row.bool(15), npsAnswers: Int(row.int(16)))
      let terms = Terms(
        group: row.text(17), purchase: row.text(18), assessment: row.text(19), survey: row.text(20), sessions: Int(row.int(21)),
        lateCancelsCount: row.bool(22), expiresAt: row.text(23), days: Int(row.int(24)), minimumInvited: Int(row.int(25)),
        minimumAnswered: Int(row.int(26)), maximumInvited: Int(row.int(27)), remeasures: row.bool(28),
        remeasurementDays: row.intOrNil(29).map { Int($0) }, meetingLinks: row.bool(30), language: row.text(31))
      return (facts, terms)
    }
  }

  /// A session that is scheduled for the past is over, and waits to be marked.
  static func sessions(_ id: Int64, areAhead: Bool, at now: Moment, in connection: any Connection) throws -> [Session] {
    let ahead: SQL = "s.state = 'SCHEDULED' AND s.starts_at > \(now.text)"
    let which: SQL = areAhead ? ahead : "NOT (\(ahead))"
    let order: SQL = areAhead ? "s.starts_at, s.id" : "s.starts_at DESC, s.id DESC"
    return try connection.all(
      """
      SELECT s.starts_at, s.ends_at, c.name, s.state, s.manager_attended, s.rating
      FROM coaching_sessions s JOIN coaches c ON c.id = s.coach_id WHERE s.engagement_id = \(id) AND \(which)
      ORDER BY \(order) LIMIT \(mostSessions)
      """
    ) { row in
      Session(
        startsAt: row.text(0), endsAt: row.text(1), coach: row.text(2), state: Session.State(rawValue: row.text(3)) ?? .scheduled,
        managerAttended: row.bool(4), rating: row.intOrNil(5).map { Int($0) })
    }
  }

  static func round(_ number: Int64, of id: Int64, in connection: any Connection) throws -> Round {
    let theirs: SQL = "engagement_id = \(id) AND round = \(number)"
    let counts = try connection.first(
      """
      SELECT COUNT(*), COALESCE(SUM(CASE WHEN removed_at = '' THEN 1 ELSE 0 END), 0),
        COALESCE(SUM(CASE WHEN removed_at = '' AND answered_at <> '' THEN 1 ELSE 0 END), 0) FROM feedback_invitations WHERE \(theirs)
      """
    ) { (all: Int($0.int(0)), invited: Int($0.int(1)), answered: Int($0.int(2))) }
    let people = try connection.all(
      """
      SELECT name, email, relation, answered_at, removed_at FROM feedback_invitations WHERE \(theirs)
      ORDER BY invited_at, id LIMIT \(mostRows)
      """
    ) { row in
      Round.Person(
        name: row.text(0).isEmpty ? row.text(1) : row.text(0), relation: row.text(2), answeredAt: row.text(3), removedAt: row.text(4))
    }
    let (all, invited, answered) = counts ?? (0, 0, 0)
    return Round(invited: invited, answered: answered, removed: all - invited, people: people)
  }

  static func focusAreas(_ id: Int64, in connection: any Connection) throws -> [FocusArea] {
    try connection.all(
      """
      SELECT k.name, f.chosen FROM focus_areas f JOIN focus_skills k ON k.id = f.focus_skill_id WHERE f.engagement_id = \(id)
      ORDER BY k.name_key, k.id LIMIT \(mostRows)
      """
    ) { FocusArea(name: $0.text(0), isChosen: $0.bool(1)) }
  }

  static func goals(_ id: Int64, in connection: any Connection) throws -> [Goal] {
    try connection.all("SELECT text, achieved FROM goals WHERE engagement_id = \(id) ORDER BY id LIMIT \(mostRows)") {
      Goal(text: $0.text(0), isAchieved: $0.bool(1))
    }
  }

  static func notes(_ id: Int64, _ organization: Int64, in connection: any Connection) throws -> [Note] {
    try connection.all(
      """
      SELECT n.text, COALESCE(u.name, a.name), n.at FROM engagement_notes n LEFT JOIN accounts a ON a.id = n.author_id
      LEFT JOIN users u ON u.organization_id = \(organization) AND u.id = n.author_id
      WHERE n.engagement_id = \(id) ORDER BY n.at DESC, n.id DESC LIMIT \(mostRows)
      """
    ) { Note(text: $0.text(0), author: $0.text(1), at: $0.text(2)) }
  }

  static func coaches(_ id: Int64, in connection: any Connection) throws -> [CoachSpell] {
    try connection.all(
      """
      SELECT c.name, k.assigned_at FROM engagement_coaches k JOIN coaches c ON c.id = k.coach_id WHERE k.engagement_id = \(id)
      ORDER BY k.assigned_at DESC, k.coach_id DESC LIMIT \(mostRows)
      """
    ) { CoachSpell(name: $0.text(0), assignedAt: $0.text(1)) }
  }
}
