import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct SessionOutcomeTests {
  private func draft(_ outcome: SessionOutcome, day: String = "", time: String = "", manager: Bool = false) -> SessionOutcomeDraft {
    var draft = SessionOutcomeDraft()
    (draft.outcome, draft.day, draft.time, draft.managerAttended) = (outcome.rawValue, day, time, manager)
    return draft
  }

  @Test(arguments: TestDatabase.engines) func whatTookPlaceIsMarked(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      let (first, second) = (try desk.schedule(at: CoachDesk.today(14)), try desk.schedule(at: CoachDesk.today(15)))
      for outcome in [SessionOutcome.completed, .missed] {
        let failure = #expect(throws: Failure.self) {
          try desk.scope.mark(first, draft(outcome), at: CoachDesk.today(14).adding(seconds: -1), in: desk.database)
        }
        #expect(failure?.fields.map(\.name) == ["outcome"])
      }
      let later = CoachDesk.today(17)
      #expect(try desk.scope.mark(first, draft(.completed, manager: true), at: CoachDesk.today(14), in: desk.database) == .completed)
      #expect(try desk.scope.mark(second, draft(.missed), at: later, in: desk.database) == .missed)
      try desk.check(at: later)
      let row = try desk.database.read { connection in
        try connection.first("SELECT sessions_completed, manager_sessions, stage, next_session_at FROM engagement_rows") {
          [$0.text(0), $0.text(1), $0.text(2), $0.text(3)]
        }
      }
      #expect(row?[3] == "9999")
      #expect(try desk.scalar("SELECT sessions_completed FROM engagement_rows") == 1)
      #expect(try desk.scalar("SELECT manager_sessions FROM engagement_rows") == 1)
      #expect(try desk.scalar("SELECT stage FROM engagement_rows") == Stage.steadyState.rawValue)
      // It may be corrected, until the learner has rated it.
      #expect(try desk.scope.mark(second, draft(.completed), at: later, in: desk.database) == .completed)
      try desk.check(at: later)
      try desk.write { _ = try $0.run("UPDATE coaching_sessions SET rating = 5 WHERE id = \(first)") }
      let failure = #expect(throws: Failure.self) { try desk.scope.mark(first, draft(.missed), at: later, in: desk.database) }
      #expect(failure?.code == .conflict)
      #expect(try desk.scope.mark(first, draft(.completed), at: later, in: desk.database) == .completed)
      #expect(try desk.scalar("SELECT manager_sessions FROM engagement_rows") == 0)
      try desk.check(at: later)
      #expect(throws: Failure.notFound) { try desk.mark().mark(first, draft(.completed), at: later, in: desk.database) }
    }
  }

  @Test(arguments: TestDatabase.engines) func aCancelIsLateByTheRule(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      // Monday at ten in Berlin.
      let start = CoachDesk.today(10).adding(days: 3)
      for (outcome, before, expected) in [
        (.canceledByLearner, 24 * 3600, .canceled), (.canceledByLearner, 24 * 3600 - 1, .lateCanceled),
        (.canceledByLearner, 1, .lateCanceled),
        (.canceledByLearner, 25 * 3600, .canceled), (.canceledByCoach, 60, .canceled),
      ] as [(SessionOutcome, Int64, LearnerProfile.Session.State)] {
        let id = try desk.schedule(at: start)
        let now = start.adding(seconds: -before)
        #expect(try desk.scope.mark(id, draft(outcome), at: now, in: desk.database) == expected, "\(outcome) \(before)")
        let kept = try desk.database.read { try desk.scope.session(id, in: $0) }
        #expect(kept.canceledAt == now.text && kept.isCanceledByLearner == (outcome == .canceledByLearner))
        try desk.check(at: now)
      }
      #expect(try desk.scalar("SELECT late_cancels FROM engagement_rows") == 2)
    }
  }

  @Test(arguments: TestDatabase.engines) func whatWasCalledOffTookPlaceOnlyWhereThereIsRoom(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      let (world, begin, later) = (desk.world, CoachDesk.today(14), CoachDesk.today(18))
      let id = try desk.schedule(at: begin)
      try desk.scope.mark(id, draft(.canceledByCoach), at: CoachDesk.now, in: desk.database)
      func refusal() -> String {
        let failure = #expect(throws: Failure.self) { try desk.scope.mark(id, draft(.completed), at: later, in: desk.database) }
        #expect(failure?.code == .conflict && failure?.fields.map(\.name) == ["outcome"])
        return failure?.sentence ?? ""
      }
      // The coach has given the time to somebody else.
      var other: Int64 = 0
      try desk.write { tx in
        let emile = try world.engage(world.person("Émile Zola", "emile@northwind.example", in: tx), in: tx)
        other = try world.session(emile, at: begin.adding(seconds: 1800), "SCHEDULED", in: tx)
      }
      #expect(refusal().hasPrefix("You have another session"))
      // The learner has met somebody else.
      try desk.write { tx in
        try tx.run("UPDATE coaching_sessions SET state = 'MISSED' WHERE id = \(other)")
        other = try world.session(desk.engagement, at: begin.adding(seconds: -1800), coach: world.mark, in: tx)
      }
      #expect(refusal().hasPrefix("Lena Lind has another session"))
      // The one session of the purchase is scheduled for an hour that does not meet this one.
      try desk.write { tx in
        try tx.run("UPDATE coaching_sessions SET state = 'CANCELED' WHERE id = \(other)")
        try tx.run("UPDATE company_purchases SET sessions = 1, late_cancels_count = 1")
        try world.session(desk.engagement, at: begin.adding(seconds: 3600), "SCHEDULED", in: tx)
      }
      #expect(refusal().hasPrefix("Lena Lind has no session left"))
      #expect(try desk.scalar("SELECT COUNT(*) FROM coaching_sessions WHERE state = 'COMPLETED'") == 0)
      // A late cancel has taken one already; and one more session is room enough.
      for (state, sessions) in [("LATE_CANCELED", 1), ("MISSED", 2)] as [(String, Int64)] {
        try desk.write { tx in
          try tx.run("UPDATE coaching_sessions SET state = \(state) WHERE id = \(id)")
          try tx.run("UPDATE company_purchases SET sessions = \(sessions)")
        }
        #expect(try desk.scope.mark(id, draft(.completed), at: later, in: desk.database) == .completed, "\(state)")
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func whatIsSavedUnchangedStaysAsItIs(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      let start = CoachDesk.today(10).adding(days: 3)
      let id = try desk.schedule(at: start)
      func session() throws -> CoachSession { try desk.database.read { try desk.scope.session(id, in: $0) } }
      #expect(try SessionOutcomeDraft(session(), of: desk.scope) == SessionOutcomeDraft())
      // Exactly a day before: by when the form is saved again it would be late.
      let canceled = start.adding(seconds: -24 * 3600)
      #expect(try desk.scope.mark(id, draft(.canceledByLearner), at: canceled, in: desk.database) == .canceled)
      var known = try SessionOutcomeDraft(session(), of: desk.scope)
      #expect(known == draft(.canceledByLearner, day: "2024-06-30", time: "10:00"))
      for now in [start.adding(seconds: -60), start.adding(seconds: 7200)] {
        #expect(try desk.scope.mark(id, known, at: now, in: desk.database) == .canceled)
        #expect(try session().canceledAt == canceled.text)
      }
      // The seconds that the form does not show are kept too, and decide.
      try desk.write { _ = try $0.run("UPDATE coaching_sessions SET canceled_at = \(canceled.adding(seconds: 30).text) WHERE id = \(id)") }
      #expect(try desk.scope.mark(id, known, at: start, in: desk.database) == .lateCanceled)
      #expect(try session().canceledAt == canceled.adding(seconds: 30).text)
      known.time = "09:59"
      #expect(try desk.scope.mark(id, known, at: start, in: desk.database) == .canceled)
      #expect(try session().canceledAt == canceled.adding(seconds: -60).text)
      try desk.check(at: start)
    }
  }

  @Test(arguments: TestDatabase.engines) func aCancelOfBeforeIsSaidInTheCoachsTime(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      let start = CoachDesk.today(10).adding(days: 3)
      let after = start.adding(seconds: 7200)
      func mark(_ id: Int64, _ day: String, _ time: String) throws -> LearnerProfile.Session.State {
        try desk.scope.mark(id, draft(.canceledByLearner, day: day, time: time), at: after, in: desk.database)
      }
      let id = try desk.schedule(at: start)
      // The 1st of July at ten in Berlin is the beginning: exactly a day before it is in time.
      #expect(try mark(id, "2024-06-30", "10:00") == .canceled)
      #expect(try mark(id, "2024-06-30", "10:01") == .lateCanceled)
      #expect(try desk.database.read { try desk.scope.session(id, in: $0).canceledAt } == "2024-06-30T08:01:00.000Z")
      for (day, time, field) in [
        ("", "", "canceled-day"), ("2024-07-01", "10:00", "canceled-day"), ("2024-07-02", "09:00", "canceled-day"),
        ("30.6.", "10:00", "canceled-day"), ("2024-06-30", "ten", "canceled-time"), ("2024-06-30", "", "canceled-time"),
      ] {
        let failure = #expect(throws: Failure.self) { try mark(id, day, time) }
        #expect(Set(failure?.fields.map(\.name) ?? []) == [field], "\(day) \(time)")
      }
      let attended = #expect(throws: Failure.self) {
        try desk.scope.mark(id, draft(.missed, manager: true), at: after, in: desk.database)
      }
      #expect(attended?.fields.map(\.name) == ["manager-attended"])
      var nothing = SessionOutcomeDraft()
      nothing.outcome = "vanished"
      let failure = #expect(throws: Failure.self) { try desk.scope.mark(id, nothing, at: after, in: desk.database) }
      #expect(failure?.fields.map(\.name) == ["outcome"])
    }
  }
}
