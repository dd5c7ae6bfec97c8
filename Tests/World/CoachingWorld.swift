public import Database
public import Domain

/// Coaching at Northwind, beside the cast: a group, a purchase, a 360° assessment, a survey, focus skills, and two coaches.
public struct CoachingWorld: Sendable {
  /// Northwind's organization.
  public let organization: Int64
  /// The group Emerging leaders, and the purchase Coaching 2024 of 12 sessions and 1,000 licenses.
  public let group: Int64, purchase: Int64
  /// The 360° assessment and the survey, both the platform's.
  public let assessment: Int64, survey: Int64
  /// Ines, a platform coach; Mark, one of Northwind's own. Coaches by id, and the accounts with which they sign in.
  public let ines: Int64, mark: Int64
  /// See `ines`.
  public let inesAccount: Cast.Person, markAccount: Cast.Person
  /// The focus skills Delegation and Listening.
  public let delegation: Int64, listening: Int64

  /// Tells the story in a database that has the cast.
  public init(_ cast: Cast, in database: any Database) throws {
    let (organization, now) = (cast.northwind.id, Cast.now.text)
    self.organization = organization
    let made = try database.write(organization: 0) { tx in
      func coach(_ name: String, _ email: String, of owner: Int64) throws -> (Cast.Person, Int64) {
        let account = try tx.scalar(
          """
          INSERT INTO accounts (email, email_key, name, password_hash, created_at)
          SELECT \(email), \(email), \(name), password_hash, \(now) FROM accounts WHERE id = \(cast.olga.id) RETURNING id
          """)
        let key = name.folded
        let id = try tx.scalar(
          """
          INSERT INTO coaches (organization_id, account_id, name, name_key, search_key, time_zone, profile_saved_at, hours_saved_at, created_at)
          VALUES (\(owner), \(account), \(name), \(key), \(key + "\n" + email), 'Europe/Berlin', \(now), \(now), \(now)) RETURNING id
          """)
        for weekday in 1...5 {
          try tx.run("INSERT INTO coach_hours (coach_id, weekday, starts_minute, ends_minute) VALUES (\(id), \(weekday), 540, 1020)")
        }
        return (Cast.Person(id: account, name: name, email: email), id)
      }
      let assessment = try tx.scalar(
        "INSERT INTO feedback_assessments (name, questions, created_at) VALUES ('Leadership 360', 'Listens well', \(now)) RETURNING id")
      let survey = try tx.scalar(
        "INSERT INTO surveys (name, questions, created_at) VALUES ('Engagement survey', 'I like my work', \(now)) RETURNING id")
      let purchase = try tx.scalar(
        """
        INSERT INTO company_purchases (organization_id, name, licenses, sessions, expires_at, created_at)
        VALUES (\(organization), 'Coaching 2024', 1000, 12, '2026-12-31T00:00:00.000Z', \(now)) RETURNING id
        """)
      let group = try tx.scalar(
        """
        INSERT INTO coaching_groups (organization_id, name, company_purchase_id, feedback_assessment_id, survey_id, remeasurement_days, created_at)
        VALUES (\(organization), 'Emerging leaders', \(purchase), \(assessment), \(survey), 30, \(now)) RETURNING id
        """)
      func skill(_ name: String) throws -> Int64 {
        try tx.scalar("INSERT INTO focus_skills (name, name_key) VALUES (\(name), \(name.folded)) RETURNING id")
      }
      let (ines, mark) = (
        try coach("Ines Duarte", "ines@coaches.example", of: 0), try coach("Mark Osei", "mark@northwind.example", of: organization)
      )
      return (
        group: group, purchase: purchase, assessment: assessment, survey: survey, ines: ines, mark: mark,
        delegation: try skill("Delegation"),
        listening: try skill("Listening")
      )
    }
    (group, purchase, assessment, survey) = (made.group, made.purchase, made.assessment, made.survey)
    (inesAccount, ines) = made.ines
    (markAccount, mark) = made.mark
    (delegation, listening) = (made.delegation, made.listening)
  }

  /// An engagement of 180 days with Ines, launched on the day of the story, with nothing done yet. Rows and counters wait for `settle`.
  public func engage(_ user: Int64, launched: Moment = Cast.now, in tx: any Connection) throws -> Int64 {
    let ends = launched.adding(days: 180)
    let id = try tx.scalar(
      """
      INSERT INTO engagements (organization_id, user_id, group_id, company_purchase_id, feedback_assessment_id, survey_id, coach_id, launched_at,
        ends_at, duration_days, minimum_invited, minimum_answered, maximum_invited, remeasurement, remeasurement_days, remeasurement_opens_at, created_at)
      VALUES (\(organization), \(user), \(group), \(purchase), \(assessment), \(survey), \(ines), \(launched.text), \(ends.text), 180, 3, 2, 15, 1, 30,
        \(ends.adding(days: -30).text), \(launched.text)) RETURNING id
      """)
    try tx.run(
      """
      INSERT INTO engagement_coaches (engagement_id, coach_id, organization_id, user_id, assigned_at)
      VALUES (\(id), \(ines), \(organization), \(user), \(launched.text))
      """)
    return id
  }

  /// A person of Northwind who is in no program.
  public func person(_ name: String, _ email: String, in tx: any Connection) throws -> Int64 {
    let id = try tx.scalar(
      "INSERT INTO accounts (email, email_key, name, created_at) VALUES (\(email), \(email), \(name), \(Cast.now.text)) RETURNING id")
    try tx.run(
      """
      INSERT INTO users (organization_id, id, search_key, email_key, name, email, created_at)
      VALUES (\(organization), \(id), \(name.folded + "\n" + email), \(email), \(name), \(email), \(Cast.now.text))
      """)
    try tx.run("UPDATE organizations SET people = people + 1 WHERE id = \(organization)")
    return id
  }

  /// A session of one hour with Ines.
  @discardableResult
  public func session(
    _ engagement: Int64, at start: Moment, _ state: String = "COMPLETED", rating: Int64? = nil, manager: Bool = false, coach: Int64? = nil,
    in tx: any Connection
  ) throws -> Int64 {
    try tx.scalar(
      """
      INSERT INTO coaching_sessions (organization_id, engagement_id, user_id, coach_id, starts_at, ends_at, state, rating, manager_attended)
      SELECT organization_id, id, user_id, CAST(\(coach ?? ines) AS BIGINT), CAST(\(start.text) AS TEXT), CAST(\(start.adding(seconds: 3600).text) AS TEXT),
        CAST(\(state) AS TEXT), CAST(\(rating) AS BIGINT), CAST(\(manager) AS BIGINT) FROM engagements WHERE id = \(engagement) RETURNING id
      """)
  }

  /// A 360° invitation.
  public func feedback(
    _ engagement: Int64, round: Int64 = 1, _ email: String, answered: Bool = false, removed: Bool = false, in tx: any Connection
  ) throws {
    let now = Cast.now.text
    try tx.run(
      """
      INSERT INTO feedback_invitations (engagement_id, round, email, email_key, invited_at, answered_at, removed_at)
      VALUES (\(engagement), \(round), \(email), \(email), \(now), \(answered ? now : ""), \(removed ? now : ""))
      """)
  }

  /// Works out every row and counter.
  public func settle(at now: Moment = Cast.now, in tx: any Connection) throws { try EngagementFigures.recomputeAll(at: now, in: tx) }
}
