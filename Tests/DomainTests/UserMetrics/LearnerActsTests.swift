import Database
import Support
import Testing
import World

@testable import Domain

/// What administrators do to learners, and undoing it.
@Suite struct LearnerActsTests {
  private static let later = Cast.now.adding(days: 10), minute = Cast.now.adding(seconds: 60)

  @Test(arguments: TestDatabase.engines) func aPauseMovesTheEndAndWhatHasNotOpened(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let (end, opens) = (try desk.text("ends_at", desk.lenas), try desk.text("remeasurement_opens_at", desk.lenas))
      #expect(try desk.acted(.pause, on: desk.both).changed == 2)
      #expect(try desk.stages() == [.paused, .paused])
      let again = try desk.acted(.pause, on: desk.both)
      #expect(again.changed == 0 && again.left == 2 && again.id == 0)
      let later = LearnerActsTests.later
      let done = try desk.acted(.unpause, on: .engagements([desk.lenas]), at: later)
      #expect(done.changed == 1)
      #expect(try desk.stages(at: later) == [.onboarding, .paused])
      #expect(try desk.text("ends_at", desk.lenas) == Moment(end)?.adding(days: 10).text)
      #expect(try desk.text("remeasurement_opens_at", desk.lenas) == Moment(opens)?.adding(days: 10).text)
      #expect(try desk.acts(at: later).undo(done.id, in: desk.database) == .init(restored: 1, left: 0))
      #expect(try desk.stages(at: later) == [.paused, .paused] && desk.text("ends_at", desk.lenas) == end)
      #expect(try desk.text("remeasurement_opens_at", desk.lenas) == opens && desk.faults(at: later) == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func whatHadOpenedBeforeThePauseStaysOpen(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      #expect(try desk.acted(.openRemeasurement, on: .engagements([desk.lenas])).changed == 1)
      #expect(try desk.stages() == [.remeasurement, .onboarding])
      _ = try desk.acted(.pause, on: desk.both, at: LearnerActsTests.minute)
      _ = try desk.acted(.unpause, on: desk.both, at: LearnerActsTests.later)
      #expect(try desk.text("remeasurement_opens_at", desk.lenas) == Cast.now.text)
      #expect(try desk.stages(at: LearnerActsTests.later) == [.remeasurement, .onboarding])
    }
  }

  @Test(arguments: TestDatabase.engines) func undoingLeavesAloneWhatSomebodyChangedSince(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let done = try desk.acted(.pause, on: desk.both)
      let minute = LearnerActsTests.minute
      _ = try desk.acted(.note("Back in May"), on: desk.both, at: minute)
      _ = try desk.acted(.unpause, on: .engagements([desk.noors]), at: minute)
      let bars = try desk.database.read { try desk.acts(at: minute).undoable(in: $0) }
      #expect(bars.map(\.kind) == [.resumption, .note, .pause] && bars.last?.engagements == 2 && bars.last?.by == "Olga Owner")
      #expect(try desk.acts(at: minute).undo(done.id, in: desk.database) == .init(restored: 1, left: 1))
      #expect(try desk.stages(at: minute) == [.onboarding, .onboarding] && desk.faults(at: minute) == [])
      #expect(throws: Failure.self) { try desk.acts(at: minute).undo(done.id, in: desk.database) }
    }
  }

  @Test(arguments: TestDatabase.engines) func afterTenMinutesNothingIsUndone(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let done = try desk.acted(.pause, on: desk.both)
      let late = Cast.now.adding(seconds: 600)
      #expect(try desk.database.read { try desk.acts(at: late).undoable(in: $0) } == [])
      #expect(throws: Failure(.conflict, "This can no longer be undone.")) { try desk.acts(at: late).undo(done.id, in: desk.database) }
      #expect(throws: Failure.notFound) { try desk.acts().undo(done.id + 1, in: desk.database) }
      let stranger = Viewer(
        accountID: desk.cast.sten.id, name: "", email: "", grants: [.organizationAdmin(organization: desk.cast.southwind.id)])
      let south = try desk.database.read { try OrganizationScope.find(slug: "southwind", for: stranger, in: $0) }
      #expect(throws: Failure.notFound) { try LearnerActs(south, at: Cast.now).undo(done.id, in: desk.database) }
      #expect(try LearnerActs(south, at: Cast.now).perform(.unpause, on: desk.both, in: desk.database).changed == 0)
      #expect(try desk.stages() == [.paused, .paused])
    }
  }

  @Test(arguments: TestDatabase.engines) func deactivatingEndsSignInAndSessions(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      func generation() throws -> Int64 {
        try desk.database.read { try $0.scalar("SELECT sessions_generation FROM accounts WHERE id = \(desk.noor)") }
      }
      func deactivated(_ user: Int64) throws -> String {
        try desk.database.read {
          try $0.first("SELECT deactivated_at FROM users WHERE organization_id = \(desk.cast.northwind.id) AND id = \(user)") { $0.text(0) }
            ?? "?"
        }
      }
      let before = try generation()
      let done = try desk.acted(.deactivate, on: desk.both)
      #expect(done.changed == 2)
      #expect(try desk.stages() == [.deactivated, .deactivated] && generation() == before + 1 && deactivated(desk.noor) == Cast.now.text)
      #expect(try desk.acts().undo(done.id, in: desk.database).restored == 2)
      #expect(try desk.stages() == [.onboarding, .onboarding] && deactivated(desk.noor) == "" && desk.faults() == [])
      // Whoever could not sign in before still cannot after the undoing.
      try desk.story {
        try $0.run(
          "UPDATE users SET deactivated_at = \(Cast.now.text) WHERE organization_id = \(desk.cast.northwind.id) AND id = \(desk.noor)")
      }
      let minute = LearnerActsTests.minute
      let second = try desk.acted(.deactivate, on: desk.both, at: minute)
      #expect(try desk.acts(at: minute).undo(second.id, in: desk.database).restored == 2)
      #expect(try deactivated(desk.noor) == Cast.now.text && deactivated(desk.cast.lena.id) == "")
    }
  }

  /// Coaching ends with the sign-in and goes on with it, whichever page says so; and a second decision is not undone with the first.
  @Test(arguments: TestDatabase.engines) func theSignInAndTheCoachingGoTogether(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      func users(_ moment: Moment) throws -> UserChanges { try UserChanges(desk.scope, in: desk.database, at: moment) }
      let (lena, minute) = (desk.cast.lena.id, LearnerActsTests.minute)
      try users(Cast.now).deactivate(lena)
      #expect(try desk.stages() == [.deactivated, .onboarding] && desk.faults() == [])
      try users(minute).reactivate(lena)
      #expect(try desk.stages() == [.onboarding, .onboarding] && desk.faults() == [])
      let done = try desk.acted(.deactivate, on: desk.both, at: minute)
      try users(minute.adding(seconds: 60)).deactivate(lena)
      let undone = try desk.acts(at: minute.adding(seconds: 120)).undo(done.id, in: desk.database)
      #expect(undone.restored == 1 && undone.left == 1)
      #expect(try desk.stages() == [.deactivated, .onboarding] && desk.faults() == [])
      try users(minute.adding(seconds: 180)).reactivate(lena)
      #expect(try desk.stages() == [.onboarding, .onboarding] && desk.faults() == [])
    }
  }

  /// What another administrator did, or the same one with other words or figures, since the page was shown is no repetition.
  @Test(arguments: TestDatabase.engines) func onlyTheSameIsDoneAlready(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let other = try desk.database.read {
        let viewer = Viewer(
          accountID: desk.cast.pat.id, name: "", email: "", grants: [.organizationAdmin(organization: desk.cast.northwind.id)])
        return try OrganizationScope.find(slug: "northwind", for: viewer, in: $0)
      }
      let later = Cast.now.adding(seconds: 60)
      func perform(_ act: LearnerAct, _ scope: OrganizationScope) throws -> (changed: Int, isRepeated: Bool) {
        let done = try LearnerActs(scope, at: later).perform(act, on: desk.both, askedAt: Cast.now, in: desk.database)
        return (done.changed, done.isRepeated)
      }
      for (first, second) in [
        (LearnerAct.note("from ada"), LearnerAct.note("from team")), (.extend(.days(5)), .extend(.days(10))),
        (.changeCoach(desk.world.mark), .changeCoach(desk.world.ines)),
      ] {
        #expect(try perform(first, desk.scope) == (2, false))
        #expect(try perform(first, desk.scope) == (0, true))
        #expect(try perform(second, desk.scope) == (2, false))
        if first.kind != .coach { #expect(try perform(first, other) == (2, false)) }
      }
      #expect(try desk.database.read { try $0.scalar("SELECT COUNT(*) FROM engagement_notes") } == 6)
      #expect(try desk.faults() == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func administratorsAndOneselfStay(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let (own, pats) = try desk.database.write(organization: 0) { tx in
        for (person, key) in [(desk.cast.olga, "olga"), (desk.cast.pat, "pat")] {
          try tx.run(
            """
            INSERT INTO users (organization_id, id, search_key, email_key, name, email, created_at)
            VALUES (\(desk.cast.northwind.id), \(person.id), \(key), \(key), \(key), \(key), '')
            """)
        }
        let ids = try (desk.world.engage(desk.cast.olga.id, in: tx), desk.world.engage(desk.cast.pat.id, in: tx))
        try desk.world.settle(in: tx)
        return ids
      }
      let all = LearnerSelection.engagements([own, pats, desk.lenas, 999])
      let outlook = try desk.database.read { try desk.acts().outlook(.deactivate, on: all, in: $0) }
      #expect(outlook.selected == 3 && outlook.applies == 1 && outlook.obstacles == [.oneself: 1, .administrator: 1])
      #expect(try desk.acted(.deactivate, on: .matching(LearnerFilter())).changed == 2)
      #expect(try desk.text("deactivated_at", own) == "" && desk.text("deactivated_at", pats) == "")
    }
  }

  @Test(arguments: TestDatabase.engines) func reactivatingIsForTheLatestEngagementAlone(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      _ = try desk.acted(.deactivate, on: desk.both)
      let minute = LearnerActsTests.minute
      let newer = try desk.database.write(organization: 0) { tx in
        let id = try desk.world.engage(desk.noor, launched: minute, in: tx)
        try desk.world.settle(at: minute, in: tx)
        return id
      }
      let outlook = try desk.database.read { try desk.acts(at: minute).outlook(.reactivate, on: .matching(LearnerFilter()), in: $0) }
      #expect(outlook.applies == 1 && outlook.obstacles == [.superseded: 1, .notDeactivated: 1])
      let done = try desk.acted(.reactivate, on: .engagements([desk.lenas, desk.noors, newer]), at: minute)
      #expect(done.changed == 1)
      #expect(try desk.stages(at: minute) == [.onboarding, .deactivated])
      #expect(try desk.acts(at: minute).undo(done.id, in: desk.database).restored == 1)
      #expect(try desk.stages(at: minute) == [.deactivated, .deactivated] && desk.faults(at: minute) == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func anExtensionKeepsToThePurchase(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let end = try #require(Moment(desk.text("ends_at", desk.lenas)))
      let done = try desk.acted(.extend(.days(30)), on: desk.both)
      #expect(try desk.text("ends_at", desk.lenas) == end.adding(days: 30).text && desk.text("extended_at", desk.lenas) == Cast.now.text)
      #expect(try desk.text("remeasurement_opens_at", desk.lenas) == end.text)
      #expect(try desk.acts().undo(done.id, in: desk.database).restored == 2)
      #expect(try desk.text("ends_at", desk.lenas) == end.text && desk.text("extended_at", desk.lenas) == "")
      let far = try desk.database.read { try desk.acts().outlook(.extend(.days(2000)), on: desk.both, in: $0) }
      #expect(far.applies == 0 && far.obstacles == [.beyondExpiry: 2])
      let expiry = try #require(far.expiries.first)
      #expect(expiry.purchase == "Coaching 2024" && expiry.engagements == 2 && expiry.latestEnd == end.adding(days: 2000).text)
      #expect(try desk.acted(.extend(.days(2000)), on: desk.both).changed == 0)
      let until = end.adding(days: 3)
      #expect(try desk.acted(.extend(.until(until)), on: desk.both).changed == 2)
      #expect(try desk.acted(.extend(.until(until)), on: desk.both).changed == 0)
      // An end that has passed can be moved into the time to come.
      let after = until.adding(days: 1)
      #expect(try desk.stages(at: after) == [.completed, .completed])
      #expect(try desk.acted(.extend(.days(1)), on: desk.both, at: after).changed == 0)
      #expect(try desk.acted(.extend(.days(9)), on: desk.both, at: after).changed == 2)
      #expect(try desk.stages(at: after) == [.remeasurement, .remeasurement])
    }
  }

  @Test(arguments: TestDatabase.engines) func anotherCoachIsTheEngagementsFromThenOn(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let world = desk.world
      try desk.database.write(organization: 0) { tx in
        try world.session(desk.lenas, at: Cast.now.adding(days: 2), "SCHEDULED", in: tx)
        try world.session(desk.lenas, at: Cast.now.adding(days: -2), "SCHEDULED", in: tx)
        try world.settle(in: tx)
      }
      func coaches() throws -> [Int64] {
        try desk.database.read {
          try $0.all("SELECT coach_id FROM engagement_coaches WHERE engagement_id = \(desk.lenas) ORDER BY coach_id") { $0.int(0) }
        }
      }
      let outlook = try desk.database.read { try desk.acts().outlook(.changeCoach(world.mark), on: desk.both, in: $0) }
      #expect(
        outlook.sessions == 1 && outlook.nextSessions.map(\.learner) == ["Lena Lind"]
          && outlook.nextSessions.map(\.coach) == ["Ines Duarte"])
      let done = try desk.acted(.changeCoach(world.mark), on: desk.both)
      #expect(try done.changed == 2 && coaches() == [world.ines, world.mark].sorted())
      #expect(try desk.text("coach_changed", desk.lenas) == "1" && desk.text("coach_id", desk.lenas) == "\(world.mark)")
      #expect(try desk.acted(.changeCoach(world.mark), on: desk.both).changed == 0)
      #expect(try desk.acts().undo(done.id, in: desk.database).restored == 2)
      #expect(try desk.text("coach_changed", desk.lenas) == "0" && desk.text("coach_id", desk.lenas) == "\(world.ines)")
      #expect(try coaches() == [world.ines] && desk.faults() == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func aCoachIsRefusedWithTheFigures(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let mark = desk.world.mark
      func refusal(_ coach: Int64) throws -> String? {
        do {
          _ = try desk.acts().perform(.changeCoach(coach), on: desk.both, in: desk.database)
          return nil
        } catch let failure as Failure { return failure.sentence }
      }
      try desk.database.write(organization: 0) { try $0.run("UPDATE coaches SET capacity = 1 WHERE id = \(mark)") }
      #expect(try refusal(mark) == "Mark Osei takes up to 1 learner at once and has 0 now, so 2 more cannot be assigned.")
      #expect(try desk.acts().perform(.changeCoach(mark), on: .engagements([desk.lenas]), in: desk.database).changed == 1)
      #expect(try refusal(mark) == "Mark Osei takes up to 1 learner at once and has 1 now, so 1 more cannot be assigned.")
      try desk.database.write(organization: 0) { try $0.run("UPDATE coaches SET deactivated_at = 'x' WHERE id = \(mark)") }
      #expect(try refusal(mark) == "Mark Osei is deactivated. Choose another coach.")
      try desk.database.write(organization: 0) {
        try $0.run("UPDATE coaches SET organization_id = \(desk.cast.southwind.id) WHERE id = \(mark)")
      }
      #expect(try refusal(mark) == "Choose a coach.")
      #expect(try desk.faults() == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func twoWhoGiveTheLastPlaceOfACoachAtOnce(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      try desk.database.write(organization: 0) { try $0.run("UPDATE coaches SET capacity = 1 WHERE id = \(desk.world.mark)") }
      let engagements = [desk.lenas, desk.noors]
      let errors = onThreads(2) { index in
        _ = try desk.acts().perform(.changeCoach(desk.world.mark), on: .engagements([engagements[index]]), in: desk.database)
      }.compactMap(\.self)
      #expect(errors.count == 1 && (errors.first as? Failure)?.code == .conflict)
      #expect(try desk.faults() == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func aNoteIsAddedAndTakenBack(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      func notes() throws -> Int64 { try desk.database.read { try $0.scalar("SELECT COUNT(*) FROM engagement_notes") } }
      let done = try desk.acted(.note("Prefers mornings"), on: desk.both)
      _ = try desk.acted(.note("Asked for French"), on: .engagements([desk.lenas]), at: LearnerActsTests.minute)
      #expect(try notes() == 3)
      #expect(try desk.acts(at: LearnerActsTests.minute).undo(done.id, in: desk.database) == .init(restored: 2, left: 0))
      #expect(try notes() == 1 && desk.faults() == [])
      let events = try desk.database.read { connection in
        try connection.all("SELECT action FROM audit_events WHERE action LIKE 'learners%' ORDER BY id") { $0.text(0) }
      }
      #expect(events == ["learners_noted", "learners_noted", "learners_noted_undone"])
      #expect(try desk.database.read { try $0.scalar("SELECT COUNT(*) FROM audit_values WHERE value LIKE '%mornings%'") } == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func remeasurementThatWasOpenedIsClosedAgain(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      try desk.database.write(organization: 0) { tx in
        try tx.run("UPDATE engagements SET remeasurement = 0, remeasurement_opens_at = '9999' WHERE id = \(desk.noors)")
        try desk.world.settle(in: tx)
      }
      let done = try desk.acted(.openRemeasurement, on: desk.both)
      #expect(try done.changed == 1 && desk.stages() == [.remeasurement, .onboarding])
      #expect(try desk.acts().undo(done.id, in: desk.database).restored == 1)
      #expect(try desk.stages() == [.onboarding, .onboarding] && desk.faults() == [])
    }
  }

  @Test func whatIsTypedIsRead() throws {
    try LearnerDesk.with(.sqlite) { (desk) throws in
      func read(_ days: String, _ until: String) throws -> LearnerAct {
        try LearnerAct.extending(days: days, until: until, in: desk.cast.northwind, at: Cast.now)
      }
      #expect(try read(" 30 ", "") == .extend(.days(30)))
      #expect(try read("", "2024-12-31") == .extend(.until(Moment(milliseconds: 1_735_685_999_999))))
      for (days, until) in [("", ""), ("0", ""), ("3651", ""), ("x", ""), ("3", "2024-12-31"), ("", "2024-06-27"), ("", "31.12.2024")] {
        #expect(throws: Failure.self, "\(days) \(until)") { try read(days, until) }
      }
      #expect(try LearnerAct.noting(" a\r\nb ") == .note("a\nb"))
      for text in ["", " ", "a\u{7}", String(repeating: "x", count: 4001)] { #expect(throws: Failure.self) { try LearnerAct.noting(text) } }
    }
  }
}
