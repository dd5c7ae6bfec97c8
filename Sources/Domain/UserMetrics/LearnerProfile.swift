public import Database

/// One engagement, with everything that the organization's administrators may know of it.
public struct LearnerProfile: Sendable {
  /// The row of the list: the learner, the stage, every count.
  public let learner: Learner
  /// What was said of the engagement, and under which terms it runs.
  public let facts: Facts, terms: Terms
  /// Sessions to come, soonest first; and those that are over, latest first. At most `mostSessions` each.
  public let upcoming: [Session], past: [Session]
  /// How many sessions there are.
  public let sessions: Int
  /// The two rounds of 360° feedback.
  public let rounds: [Round]
  /// By name.
  public let focusAreas: [FocusArea]
  /// In the order in which they were set; at most `mostRows`.
  public let goals: [Goal]
  /// Administrators' notes, latest first; at most `mostRows`.
  public let notes: [Note]
  /// Every coach of the engagement, the latest first; at most `mostRows`.
  public let coaches: [CoachSpell]
  /// The same learner's other engagements, latest first.
  public let others: [Learner]
  /// The same person's courses.
  public let person: UserProfile

  /// How many are loaded at most.
  public static let mostSessions = 100, mostRows = 100

  /// Finds an engagement of the organization.
  ///
  /// - Throws: `Failure.notFound` for none, and for a viewer who does not reach the whole organization.
  public static func find(id: Int64, scope: OrganizationScope, now: Moment, in connection: any Connection) throws -> LearnerProfile {
    let list = try LearnerList(scope: scope)
    guard let learner = try list.learners([id], showing: [], in: connection).first,
      let said = try said(id, scope.organization.id, in: connection)
    else { throw Failure.notFound }
    let (upcoming, past) = (
      try sessions(id, areAhead: true, at: now, in: connection), try sessions(id, areAhead: false, at: now, in: connection)
    )
    return LearnerProfile(
      learner: learner, facts: said.facts, terms: said.terms, upcoming: upcoming, past: past,
      sessions: Int(try connection.scalar("SELECT COUNT(*) FROM coaching_sessions WHERE engagement_id = \(id)")),
      rounds: [try round(1, of: id, in: connection), try round(2, of: id, in: connection)],
      focusAreas: try focusAreas(id, in: connection), goals: try goals(id, in: connection),
      notes: try notes(id, scope.organization.id, in: connection), coaches: try coaches(id, in: connection),
      others: try list.engagements(of: learner.userID, in: connection).filter { $0.id != id },
      person: try UserProfile.find(id: learner.userID, scope: scope, now: now, evenErased: true, in: connection))
  }
}

extension LearnerList {
  /// How many engagements of one person are listed at most.
  public static let mostOfPerson = 50

  /// A person's engagements in the organization, latest first.
  public func engagements(of user: Int64, in connection: any Connection) throws -> [Learner] {
    let ids = try connection.all(
      """
      SELECT id FROM engagements WHERE organization_id = \(scope.organization.id) AND user_id = \(user)
      ORDER BY launched_at DESC LIMIT \(LearnerList.mostOfPerson)
      """
    ) { $0.int(0) }
    return try learners(ids, showing: [], in: connection)
  }
}
