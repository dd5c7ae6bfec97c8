import Database
import Support
import Testing
import World

@testable import Domain

/// Each of the 43 columns: the fact is built, and the cell is read before and after it.
@Suite struct LearnerColumnTests {
  /// What makes the fact, and what the cell says with it.
  private struct Fact: Sendable {
    let column: LearnerColumn, before: LearnerValue, after: LearnerValue
    let make: @Sendable (CoachingWorld, Int64, any Connection) throws -> Void

    init(
      _ column: LearnerColumn, _ before: LearnerValue, _ after: LearnerValue,
      _ make: @escaping @Sendable (CoachingWorld, Int64, any Connection) throws -> Void
    ) { (self.column, self.before, self.after, self.make) = (column, before, after, make) }

    /// A fact that is a column of `engagements`.
    init(_ column: LearnerColumn, _ before: LearnerValue, _ after: LearnerValue, _ set: SQL) {
      self.init(column, before, after) { _, id, tx in try tx.run("UPDATE engagements SET \(set) WHERE id = \(id)") }
    }
  }

  private static let day = Cast.now.adding(days: -3), earlier = Cast.now.adding(days: -9), later = Cast.now.adding(days: 4)

  private static let facts: [Fact] = [
    Fact(
      .name, .text("Lena Lind"), .text("Lena Berg"),
      { world, id, tx in
        try tx.run("UPDATE users SET name = 'Lena Berg' WHERE organization_id = \(world.organization) AND name = 'Lena Lind'")
      }),
    Fact(
      .email, .text("lena@example.com"), .text("l@example.com"),
      { world, id, tx in
        try tx.run("UPDATE users SET email = 'l@example.com' WHERE organization_id = \(world.organization) AND name = 'Lena Lind'")
      }),
    Fact(.dateLaunched, .moment(Cast.now.text), .moment(day.text), "launched_at = \(day.text)"),
    Fact(.firstLogIn, .none, .moment(day.text), "first_login_at = \(day.text)"),
    Fact(.profile, .yesNo(false), .yesNo(true), "profile_set_up_at = \(day.text)"),
    Fact(.selfAssessment, .yesNo(false), .yesNo(true), "self_assessment_at = \(day.text)"),
    Fact(.feedbackInvited, .of(0, 0), .of(1, 2)) { world, id, tx in
      try world.feedback(id, "a@example.com", answered: true, in: tx)
      try world.feedback(id, "b@example.com", in: tx)
      try world.feedback(id, "c@example.com", answered: true, removed: true, in: tx)
      try world.feedback(id, round: 2, "a@example.com", in: tx)
    },
    Fact(.feedbackCompleted, .yesNo(false), .yesNo(true)) { world, id, tx in
      try world.feedback(id, "a@example.com", answered: true, in: tx)
      try world.feedback(id, "b@example.com", removed: true, in: tx)
    },
    Fact(.survey, .yesNo(false), .yesNo(true), "survey_at = \(day.text)"),
    Fact(.coachAssigned, .text("Ines Duarte"), .text("Mark Osei")) { world, id, tx in
      // The coach at the first completed session, whoever came later.
      try world.session(id, at: earlier, coach: world.mark, in: tx)
      try world.session(id, at: day, coach: world.ines, in: tx)
    },
    Fact(.coachName, .text("Ines Duarte"), .text("Mark Osei")) { world, id, tx in
      try tx.run("UPDATE engagements SET coach_id = \(world.mark) WHERE id = \(id)")
    },
    Fact(.coachChanged, .yesNo(false), .yesNo(true), "coach_changed = 1"),
    Fact(.engagementEnd, .moment(Cast.now.adding(days: 180).text), .moment(later.text), "ends_at = \(later.text)"),
    Fact(.sessionsCompleted, .number(0), .number(2)) { world, id, tx in
      try world.session(id, at: earlier, in: tx)
      try world.session(id, at: day, in: tx)
      try world.session(id, at: later, "SCHEDULED", in: tx)
      try world.session(id, at: day.adding(seconds: 7200), "MISSED", in: tx)
    },
    Fact(.sessionsRemaining, .number(12), .number(10)) { world, id, tx in
      try tx.run("UPDATE company_purchases SET late_cancels_count = 1 WHERE id = \(world.purchase)")
      try world.session(id, at: earlier, in: tx)
      try world.session(id, at: day, "LATE_CANCELED", in: tx)
      try world.session(id, at: later, "SCHEDULED", in: tx)
    },
    Fact(.lateCancels, .number(0), .number(1)) { world, id, tx in
      try world.session(id, at: earlier, "CANCELED", in: tx)
      try world.session(id, at: day, "LATE_CANCELED", in: tx)
    },
    Fact(.managerSessions, .number(0), .number(1)) { world, id, tx in
      try world.session(id, at: earlier, in: tx)
      try world.session(id, at: day, manager: true, in: tx)
    },
    Fact(.lastSession, .none, .moment(day.text)) { world, id, tx in
      try world.session(id, at: earlier, in: tx)
      try world.session(id, at: day, in: tx)
      try world.session(id, at: Cast.now, "CANCELED", in: tx)
    },
    Fact(.nextSession, .none, .moment(later.text)) { world, id, tx in
      try world.session(id, at: day, "SCHEDULED", in: tx)
      try world.session(id, at: later, "SCHEDULED", in: tx)
      try world.session(id, at: later.adding(days: 7), "SCHEDULED", in: tx)
    },
    Fact(.averageRating, .none, .hundredths(467)) { world, id, tx in
      for (days, rating) in [(9, 5), (6, 5), (3, 4)] as [(Int64, Int64)] {
        try world.session(id, at: Cast.now.adding(days: -days), rating: rating, in: tx)
      }
      try world.session(id, at: Cast.now.adding(days: -1), in: tx)
    },
    Fact(.totalRatings, .number(0), .number(1)) { world, id, tx in
      try world.session(id, at: earlier, rating: 3, in: tx)
      try world.session(id, at: day, in: tx)
    },
    Fact(.coachingPlan, .yesNo(false), .yesNo(true), "coaching_plan = 'BEGUN'"),
    Fact(.planFeedback, .yesNo(false), .yesNo(true), "plan_feedback_invited = 1"),
    Fact(.focusAreaCount, .number(0), .number(2)) { world, id, tx in try choose(world, id, tx) },
    Fact(.focusArea, .none, .text("Delegation; Listening")) { world, id, tx in try choose(world, id, tx) },
    Fact(.remeasurementOpened, .yesNo(false), .yesNo(true), "remeasurement_opens_at = \(day.text)"),
    Fact(.remeasurementCompleted, .yesNo(false), .yesNo(true)) { world, id, tx in
      try tx.run(
        """
        UPDATE engagements SET self_remeasurement_at = \(day.text), goals_assessed_at = \(day.text), remeasurement_survey_at = \(day.text)
        WHERE id = \(id)
        """)
      for name in ["a", "b", "c"] { try world.feedback(id, round: 2, "\(name)@example.com", answered: true, in: tx) }
    },
    Fact(.goalPercentage, .none, .percent(67)) { world, id, tx in
      for (text, achieved) in [("one", 1), ("two", 1), ("three", 0)] {
        try tx.run("INSERT INTO goals (engagement_id, text, achieved) VALUES (\(id), \(text), \(achieved))")
      }
      try tx.run("UPDATE engagements SET goals_assessed_at = \(day.text) WHERE id = \(id)")
    },
    Fact(.nps, .yesNo(false), .yesNo(true)) { world, id, tx in
      try tx.run("INSERT INTO nps_responses (engagement_id, coach_id, score, answered_at) VALUES (\(id), \(world.ines), 0, \(day.text))")
      try EngagementFigures.settleCoaches([world.ines], in: tx)
    },
    Fact(.notes, .none, .text("Asked for mornings; On leave in May")) { world, id, tx in
      for (text, at) in [("On leave in May", day), ("Asked for mornings", earlier)] {
        try tx.run("INSERT INTO engagement_notes (engagement_id, text, note_key, at) VALUES (\(id), \(text), \(text.folded), \(at.text))")
      }
    },
    Fact(.lastLateCancel, .none, .moment(day.text)) { world, id, tx in
      for at in [earlier, day] {
        let session = try world.session(id, at: at.adding(seconds: 3600), "LATE_CANCELED", in: tx)
        try tx.run("UPDATE coaching_sessions SET canceled_at = \(at.text) WHERE id = \(session)")
      }
    },
    Fact(.focusAreasSelected, .yesNo(false), .yesNo(true)) { world, id, tx in try choose(world, id, tx) },
    Fact(.coachingPlanComplete, .yesNo(false), .yesNo(true), "coaching_plan = 'COMPLETE'"),
    Fact(.selfRemeasurement, .yesNo(false), .yesNo(true), "self_remeasurement_at = \(day.text)"),
    Fact(.secondFeedbackCompleted, .yesNo(false), .yesNo(true)) { world, id, tx in
      try world.feedback(id, "z@example.com", in: tx)
      try world.feedback(id, round: 2, "a@example.com", answered: true, in: tx)
    },
    Fact(.goalCompletion, .yesNo(false), .yesNo(true), "goals_assessed_at = \(day.text)"),
    Fact(.remeasurementSurvey, .yesNo(false), .yesNo(true), "remeasurement_survey_at = \(day.text)"),
    Fact(.impactReport, .yesNo(false), .yesNo(true)) { world, id, tx in
      for round in [1, 2] as [Int64] {
        for name in ["a", "b"] { try world.feedback(id, round: round, "\(name)@example.com", answered: true, in: tx) }
      }
    },
    Fact(.paused, .none, .moment(day.text), "paused_at = \(day.text)"),
    Fact(.unpaused, .none, .moment(day.text), "unpaused_at = \(day.text)"),
    Fact(.deactivated, .none, .moment(day.text), "deactivated_at = \(day.text)"),
    Fact(.firstSession, .none, .moment(earlier.text)) { world, id, tx in
      try world.session(id, at: day, in: tx)
      try world.session(id, at: earlier, in: tx)
      try world.session(id, at: earlier.adding(days: -1), "CANCELED", in: tx)
    },
    Fact(.extended, .none, .moment(day.text), "extended_at = \(day.text)"),
  ]

  private static func choose(_ world: CoachingWorld, _ id: Int64, _ tx: any Connection) throws {
    try tx.run("INSERT INTO focus_areas (engagement_id, focus_skill_id, chosen) VALUES (\(id), \(world.listening), 1)")
    try tx.run("INSERT INTO focus_areas (engagement_id, focus_skill_id, chosen) VALUES (\(id), \(world.delegation), 0)")
  }

  @Test func theHeadersAreThoseOfTheReferenceInItsOrder() {
    let expected = [
      "Name", "Email", "Date Launched", "First Log In", "Profile", "Self Assessment", "360° Invited", "360° Completed", "Survey",
      "Coach assigned", "Coach name", "Coach changed", "Engagement End Date", "# of Sessions Completed", "# of Sessions Remaining",
      "# late cancels", "# Manager Sessions Complete", "Date of last session", "Date of next session", "Avg Session Rating (out of 5)",
      "Total session rating", "Coaching Plan", "Manager Feedback CP", "# of Focus Areas", "Focus Area", "Remeasurement opened",
      "Remeasurement completed", "Goal completion percentage", "NPS", "Admin Notes", "Last Date Late Cancel", "Focus Areas Selected",
      "Coaching Plan Complete", "Self Remeasurement", "360 Remeasurement Completed", "Goal Completion", "Remeasurement Survey",
      "Impact Report Generated", "Paused Date", "Date Unpause", "Date Deactivated", "First Session Completed", "Engagement Extended Date",
    ]
    #expect(LearnerColumn.reference.map(\.header) == expected)
    #expect(expected.count == 43)
    #expect(LearnerColumnTests.facts.map(\.column) == LearnerColumn.reference)
  }

  @Test(arguments: TestDatabase.engines) func everyColumnSaysWhatHappened(_ engine: Dialect) throws {
    for fact in LearnerColumnTests.facts {
      try TestDatabase.migrated(engine) { test in
        let cast = try Cast(in: test.database)
        let world = try CoachingWorld(cast, in: test.database)
        let id = try test.database.write(organization: cast.northwind.id) { tx in
          let id = try world.engage(cast.lena.id, in: tx)
          try world.settle(in: tx)
          return id
        }
        #expect(try LearnerColumnTests.cell(fact.column, cast, in: test.database) == fact.before, "\(fact.column) before")
        try test.database.write(organization: cast.northwind.id) { tx in
          try EngagementFigures.keeping(learners: [cast.lena.id], of: world.organization, at: Cast.now, in: tx) {
            try fact.make(world, id, tx)
          }
        }
        #expect(try LearnerColumnTests.cell(fact.column, cast, in: test.database) == fact.after, "\(fact.column) after")
        try test.database.read { connection in
          try EngagementFigures.check(at: Cast.now, in: connection) { Issue.record("\(fact.column): \($0)") }
        }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func withoutRemeasurementItsColumnsSayNothing(_ engine: Dialect) throws {
    let itsColumns: [LearnerColumn] = [
      .remeasurementOpened, .remeasurementCompleted, .goalPercentage, .selfRemeasurement, .secondFeedbackCompleted, .goalCompletion,
      .remeasurementSurvey, .impactReport,
    ]
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let world = try CoachingWorld(cast, in: test.database)
      try test.database.write(organization: cast.northwind.id) { tx in
        let id = try world.engage(cast.lena.id, in: tx)
        try tx.run("UPDATE engagements SET remeasurement = 0 WHERE id = \(id)")
        try world.settle(in: tx)
      }
      for column in itsColumns { #expect(try LearnerColumnTests.cell(column, cast, in: test.database) == .none, "\(column)") }
    }
  }

  private static func cell(_ column: LearnerColumn, _ cast: Cast, in database: any Database) throws -> LearnerValue {
    try database.read { connection in
      let scope = try OrganizationScope.find(
        slug: "northwind",
        for: Viewer(accountID: cast.olga.id, name: "", email: "", grants: [.organizationAdmin(organization: cast.northwind.id)]),
        in: connection)
      let page = try LearnerList(scope: scope).page(
        LearnerFilter(), sort: Sorting(.name, descending: false), request: PageRequest(), showing: LearnerColumn.allCases, in: connection)
      return column.value(of: try #require(page.rows.first))
    }
  }
}
