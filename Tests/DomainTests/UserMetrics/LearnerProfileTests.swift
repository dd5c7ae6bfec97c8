import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct LearnerProfileTests {
  private static func day(_ days: Int64) -> Moment { Cast.now.adding(days: days) }

  /// Lena's engagement: launched 100 days ago, remeasurement opened, and most of what can happen.
  private static func story(_ world: CoachingWorld, _ cast: Cast, in tx: any Connection) throws -> (id: Int64, earlier: Int64) {
    let earlier = try world.engage(cast.lena.id, launched: day(-400), in: tx)
    let id = try world.engage(cast.lena.id, launched: day(-100), in: tx)
    try tx.run(
      """
      UPDATE engagements SET first_login_at = \(day(-99).text), profile_set_up_at = \(day(-99).text), self_assessment_at = \(day(-98).text),
        paused_at = \(day(-60).text), unpaused_at = \(day(-50).text), extended_at = \(day(-40).text), remeasurement_opens_at = \(day(-5).text),
        goals_assessed_at = \(day(-2).text), coaching_plan = 'BEGUN', coach_id = \(world.mark), coach_changed = 1 WHERE id = \(id)
      """)
    try tx.run(
      """
      INSERT INTO engagement_coaches (engagement_id, coach_id, organization_id, user_id, assigned_at)
      VALUES (\(id), \(world.mark), \(world.organization), \(cast.lena.id), \(day(-70).text))
      """)
    try world.session(id, at: day(-90), rating: 5, in: tx)
    try world.session(id, at: day(-30), rating: 4, manager: true, coach: world.mark, in: tx)
    try world.session(id, at: day(-20), "LATE_CANCELED", in: tx)
    try world.session(id, at: day(-1), "SCHEDULED", in: tx)
    try world.session(id, at: day(9), "SCHEDULED", in: tx)
    try world.session(id, at: day(3), "SCHEDULED", in: tx)
    try world.feedback(id, "a@example.com", answered: true, in: tx)
    try world.feedback(id, "b@example.com", answered: true, in: tx)
    try world.feedback(id, "c@example.com", removed: true, in: tx)
    for name in ["a", "b", "c"] { try world.feedback(id, round: 2, "\(name)@example.com", answered: true, in: tx) }
    try tx.run("UPDATE feedback_invitations SET name = 'Ada', relation = 'Peer' WHERE email = 'a@example.com' AND round = 1")
    try tx.run("INSERT INTO focus_areas (engagement_id, focus_skill_id, chosen) VALUES (\(id), \(world.listening), 1)")
    try tx.run("INSERT INTO goals (engagement_id, text, achieved) VALUES (\(id), 'Listen first', 1)")
    try tx.run(
      """
      INSERT INTO engagement_notes (engagement_id, author_id, text, note_key, at)
      VALUES (\(id), \(cast.olga.id), 'Asked for mornings', 'asked for mornings', \(day(-3).text))
      """)
    try world.settle(in: tx)
    return (id, earlier)
  }

  @Test(arguments: TestDatabase.engines) func everythingOfOneEngagementStandsTogether(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let world = try CoachingWorld(cast, in: test.database)
      let (id, earlier) = try test.database.write(organization: cast.northwind.id) { try LearnerProfileTests.story(world, cast, in: $0) }
      let scope = try LearnerCrowd.scope(of: cast, in: test.database)
      let profile = try test.database.read { try LearnerProfile.find(id: id, scope: scope, now: Cast.now, in: $0) }
      #expect(profile.learner.name == "Lena Lind" && profile.learner.stage == .remeasurement)
      #expect(
        profile.timeline(at: Cast.now).map(\.step) == [
          .launched, .coach, .firstLogin, .profile, .selfAssessment, .firstSession, .coach, .paused, .unpaused, .extended, .remeasurement,
          .goals, .end,
        ])
      #expect(profile.timeline(at: Cast.now).map(\.isAhead) == Array(repeating: false, count: 12) + [true])
      #expect(profile.timeline(at: Cast.now).filter { $0.step == .coach }.map(\.detail) == ["Ines Duarte", "Mark Osei"])
      #expect(profile.upcoming.map(\.startsAt) == [3, 9].map { LearnerProfileTests.day($0).text })
      #expect(profile.past.map(\.startsAt) == [-1, -20, -30, -90].map { LearnerProfileTests.day($0).text })
      #expect(profile.past.map(\.rating) == [nil, nil, 4, 5] && profile.past.map(\.managerAttended) == [false, false, true, false])
      #expect(profile.sessions == 6 && profile.past[2].coach == "Mark Osei" && profile.past[1].state == .lateCanceled)
      let round = profile.rounds[0]
      #expect(round.invited == 2 && round.answered == 2 && round.removed == 1)
      #expect(round.people.map(\.name) == ["Ada", "b@example.com", "c@example.com"] && round.people[0].relation == "Peer")
      // Everybody who was asked has answered, but three had to be asked.
      #expect(profile.tasks.map(\.isDone) == [true, true, false, false, false])
      #expect(profile.remeasurementTasks.map(\.isDone) == [false, true, true, false])
      #expect(profile.focusAreas == [.init(name: "Listening", isChosen: true)])
      #expect(profile.goals == [.init(text: "Listen first", isAchieved: true)])
      #expect(profile.notes.map(\.author) == ["Olga Owner"] && profile.facts.plan == .begun)
      #expect(profile.terms.group == "Emerging leaders" && profile.terms.purchase == "Coaching 2024" && profile.terms.sessions == 12)
      #expect(profile.terms.minimumInvited == 3 && profile.terms.minimumAnswered == 2 && profile.terms.remeasurementDays == 30)
      #expect(profile.others.map(\.id) == [earlier] && profile.others[0].stage == .completed)
      #expect(profile.person.memberships.map(\.programSlug) == ["data-academy"])
    }
  }

  @Test(arguments: TestDatabase.engines) func nothingIsAheadOfWhoWasDeactivated(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let world = try CoachingWorld(cast, in: test.database)
      let id = try test.database.write(organization: cast.northwind.id) { tx in
        let id = try world.engage(cast.lena.id, launched: LearnerProfileTests.day(-10), in: tx)
        try tx.run("UPDATE engagements SET deactivated_at = \(LearnerProfileTests.day(-1).text), remeasurement = 0 WHERE id = \(id)")
        try world.settle(in: tx)
        return id
      }
      let scope = try LearnerCrowd.scope(of: cast, in: test.database)
      let profile = try test.database.read { try LearnerProfile.find(id: id, scope: scope, now: Cast.now, in: $0) }
      #expect(profile.timeline(at: Cast.now).map(\.step) == [.launched, .coach, .deactivated])
      #expect(profile.remeasurementTasks.isEmpty && profile.rounds.allSatisfy { $0.people.isEmpty })
    }
  }

  @Test(arguments: TestDatabase.engines) func nobodyElseFindsIt(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let world = try CoachingWorld(cast, in: test.database)
      let (id, _) = try test.database.write(organization: cast.northwind.id) { try LearnerProfileTests.story(world, cast, in: $0) }
      let grants: [(String, Viewer.Grant)] = [
        ("southwind", .accountTeam), ("southwind", .organizationAdmin(organization: cast.southwind.id)),
        ("northwind", .programAdmin(organization: cast.northwind.id, program: cast.dataAcademy)),
      ]
      for (slug, grant) in grants {
        try test.database.read { connection in
          let scope = try OrganizationScope.find(
            slug: slug, for: Viewer(accountID: cast.sten.id, name: "", email: "", grants: [grant]), in: connection)
          #expect(throws: Failure.notFound, "\(grant)") { try LearnerProfile.find(id: id, scope: scope, now: Cast.now, in: connection) }
        }
      }
    }
  }
}
