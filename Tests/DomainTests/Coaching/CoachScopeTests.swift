import Database
import Foundation
import Support
import Testing
import World

@testable import Domain

@Suite struct CoachScopeTests {
  private func grants(_ desk: CoachDesk, _ person: Cast.Person) throws -> [Viewer.Grant]? {
    let store = SessionStore(try desk.test.identity(), clock: desk.cast.time.clock)
    let cookie = try #require(try store.open(account: person.id))
    return try store.with(cookie: cookie) { session, _ in session.viewer.grants }
  }

  @Test(arguments: TestDatabase.engines) func aSessionKnowsTheCoachesThatSomebodyIs(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      let world = desk.world
      #expect(try grants(desk, world.inesAccount) == [.coach(id: world.ines, organization: 0)])
      #expect(try grants(desk, world.markAccount) == [.coach(id: world.mark, organization: world.organization)])
      #expect(try grants(desk, desk.cast.lena) == [])
      // Who administers and coaches may do both.
      try desk.write { _ = try $0.run("UPDATE coaches SET account_id = \(desk.cast.olga.id) WHERE id = \(world.mark)") }
      #expect(
        try grants(desk, desk.cast.olga) == [
          .organizationAdmin(organization: world.organization), .coach(id: world.mark, organization: world.organization),
        ])
      // An organization that deactivated the person has no such coach; without anything else there is no session.
      try desk.write { tx in
        try tx.run("UPDATE coaches SET account_id = \(desk.cast.lena.id) WHERE id = \(world.mark)")
        try tx.run("UPDATE users SET deactivated_at = \(Cast.now.text) WHERE organization_id = \(world.organization)")
      }
      #expect(try grants(desk, desk.cast.lena) == [])
      try desk.write { _ = try $0.run("UPDATE coaches SET deactivated_at = \(Cast.now.text) WHERE id = \(world.ines)") }
      #expect(try grants(desk, world.inesAccount) == nil)
    }
  }

  @Test(arguments: TestDatabase.engines) func nobodyIsAnotherCoach(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      let (world, cast) = (desk.world, desk.cast)
      let ines = CoachDesk.viewer(world.inesAccount, world.ines, 0)
      let others = [
        Viewer(accountID: cast.tess.id, name: "", email: "", grants: [.accountTeam]),
        Viewer(accountID: cast.olga.id, name: "", email: "", grants: [.organizationAdmin(organization: world.organization)]), ines,
        CoachDesk.viewer(world.inesAccount, world.mark, 0),
      ]
      for viewer in others {
        #expect(throws: Failure.notFound) { try desk.database.read { try CoachScope.find(id: world.mark, for: viewer, in: $0) } }
      }
      let mark = try desk.mark()
      #expect(mark.organization?.id == world.organization && desk.scope.organization == nil)
      #expect(try desk.database.read { try desk.scope.zones(in: $0).map(\.timeZone) } == ["Europe/Berlin"])
      #expect(try desk.database.read { try mark.zones(in: $0).map(\.name) } == ["Northwind Learning"])
    }
  }

  @Test(arguments: TestDatabase.engines) func aCoachIsActiveOnceProfileAndHoursAreSaved(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      try desk.write { tx in
        try tx.run("UPDATE coaches SET profile_saved_at = '', hours_saved_at = '', capacity = 7")
        try tx.run("DELETE FROM coach_hours")
      }
      func state() throws -> Coach.State { try desk.mark().coach.state }
      let mark = try desk.mark()
      var draft = CoachDraft()
      (draft.name, draft.email, draft.capacity, draft.timeZone) = ("Another", "x", "1", "America/New_York")
      let empty = #expect(throws: Failure.self) { try mark.saveProfile(draft, at: Cast.now, in: desk.database) }
      #expect(empty?.fields.map(\.name) == ["biography"])
      (draft.biography, draft.meetingLink, draft.sessionMinutes) = ("Leads by asking.", "meet.example", "45")
      let wrong = #expect(throws: Failure.self) { try mark.saveProfile(draft, at: Cast.now, in: desk.database) }
      #expect(wrong?.fields.map(\.name) == ["meeting-link"])
      draft.meetingLink = "https://meet.example/mark"
      try mark.saveProfile(draft, at: Cast.now, in: desk.database)
      let saved = try desk.mark().coach
      #expect(saved.name == "Mark Osei" && saved.email == "mark@northwind.example" && saved.capacity == 7)
      #expect(saved.sessionMinutes == 45 && saved.timeZone == "America/New_York" && saved.state == .onboarding)
      var hours = Array(repeating: "", count: 7)
      hours[2] = "10-11"
      let failure = #expect(throws: Failure.self) { try mark.saveHours(hours, at: Cast.now, in: desk.database) }
      #expect(failure?.fields.map(\.name) == ["hours-wednesday"])
      // No hours at all are saved, and leave the coach onboarding.
      try mark.saveHours(Array(repeating: "", count: 7), at: Cast.now, in: desk.database)
      #expect(try state() == .onboarding)
      hours[2] = "10:00 – 11:30"
      try mark.saveHours(hours, at: Cast.now, in: desk.database)
      #expect(try state() == .active)
      #expect(try desk.database.read { try mark.coach.hours(in: $0).text } == "Wed 10:00-11:30")
      #expect(try desk.mark().coach.biography == "Leads by asking.")
      #expect(
        try desk.scalar("SELECT COUNT(*) FROM audit_events WHERE action = 'coach_changed' AND actor_id = \(desk.world.markAccount.id)") == 2
      )
    }
  }

  @Test(arguments: TestDatabase.engines) func timeOffIsByTheCoachsDays(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      func add(_ from: String, _ to: String, _ fromTime: String = "", _ toTime: String = "") throws -> Int {
        var draft = TimeOffDraft()
        (draft.from, draft.to, draft.fromTime, draft.toTime, draft.note) = (from, to, fromTime, toTime, " Away ")
        return try desk.scope.addTimeOff(draft, at: Cast.now, in: desk.database)
      }
      _ = try desk.schedule(at: CoachDesk.today(14))
      for (from, to, start, end, field) in [
        ("tomorrow", "2024-07-01", "", "", "from"), ("2024-07-01", "2024-02-30", "", "", "to"), ("2024-07-02", "2024-07-01", "", "", "to"),
        ("2024-07-01", "2024-07-01", "10:00", "10:00", "to"), ("2024-07-01", "2024-07-01", "9", "", "from-time"),
        ("2024-07-01", "2024-07-01", "", "25:00", "to-time"), ("2024-06-27", "2024-06-28", "", "12:00", "to"),
        ("2024-07-01", "2026-07-01", "", "", "to"),
      ] {
        let failure = #expect(throws: Failure.self) { try add(from, to, start, end) }
        #expect(failure?.fields.map(\.name) == [field], "\(from) \(to) \(start) \(end)")
      }
      #expect(try add("2024-06-28", "2024-06-28", "14:30", "16:00") == 1)
      // Over a weekend on which the clocks go back: three days are 73 hours.
      #expect(try add("2024-10-26", "2024-10-28") == 0)
      let ahead = try desk.database.read { try desk.scope.timeOff(at: Cast.now, in: $0) }
      #expect(ahead.map(\.note) == ["Away", "Away"] && ahead.map(\.stretch.minutes) == [90, 73 * 60])
      #expect(ahead[1].stretch.starts == Moment("2024-10-25T22:00:00Z"))
      let day = Stretch(starts: CoachDesk.now, ends: CoachDesk.today(17))
      func free() throws -> [Moment] {
        try desk.database.read {
          try CoachSchedule.load(of: desk.scope.coach, in: day, connection: $0).freeSlots(in: day, at: CoachDesk.now).map(\.starts)
        }
      }
      #expect(try free() == [13, 16].map { CoachDesk.today($0) })
      #expect(throws: Failure.notFound) { try desk.mark().removeTimeOff(id: ahead[0].id, at: Cast.now, in: desk.database) }
      try desk.scope.removeTimeOff(id: ahead[0].id, at: Cast.now, in: desk.database)
      #expect(try free() == [13, 15, 16].map { CoachDesk.today($0) })
    }
  }

  @Test(arguments: TestDatabase.engines) func aSlotOverTheEndOfTheWeekIsFreeOnlyWhereAllOfItIs(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      // The week of Kolkata ends at half past eight on Sunday evening in Berlin, in the middle of the slot at eight.
      let zone = try #require(TimeZone(identifier: "Asia/Kolkata"))
      let (slot, midnight) = (try #require(Moment("2024-06-30T18:00:00Z")), try #require(Moment("2024-06-30T18:30:00Z")))
      try desk.write { tx in
        _ = try tx.run("INSERT INTO coach_hours (coach_id, weekday, starts_minute, ends_minute) VALUES (\(desk.world.ines), 7, 1200, 1320)")
      }
      func isFree() throws -> Bool {
        let day = CivilDate(of: Cast.now, in: zone)
        let calendar = try desk.database.read {
          try WeekCalendar.load(of: desk.scope.coach, week: day, in: zone, at: Cast.now, connection: $0)
        }
        return calendar.days.flatMap(\.entries).contains { $0.kind == .free && $0.whole.starts == slot }
      }
      #expect(try isFree())
      try desk.write { tx in
        _ = try tx.run(
          """
          INSERT INTO coach_time_off (coach_id, starts_at, ends_at)
          VALUES (\(desk.world.ines), \(midnight.text), \(midnight.adding(seconds: 600).text))
          """)
      }
      #expect(try !isFree())
      try desk.write { _ = try $0.run("DELETE FROM coach_time_off") }
      #expect(try isFree())
      try desk.write { _ = try desk.world.session(desk.engagement, at: midnight, "SCHEDULED", in: $0) }
      #expect(try !isFree())
    }
  }

  @Test(arguments: TestDatabase.engines) func aCoachSeesOwnLearnersNowAndBefore(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      let world = desk.world
      var (second, third): (Int64, Int64) = (0, 0)
      try desk.write { tx in
        second = try world.engage(world.person("Émile Zola", "emile@northwind.example", in: tx), in: tx)
        third = try world.engage(world.person("Bob", "bob@northwind.example", in: tx), in: tx)
        // Mark has taken Bob over; Émile is paused.
        try tx.run("UPDATE engagements SET coach_id = \(world.mark), coach_changed = 1 WHERE id = \(third)")
        try tx.run(
          """
          INSERT INTO engagement_coaches (engagement_id, coach_id, organization_id, user_id, assigned_at)
          SELECT id, CAST(\(world.mark) AS BIGINT), organization_id, user_id, launched_at FROM engagements WHERE id = \(third)
          """)
        try tx.run("UPDATE engagements SET paused_at = \(Cast.now.text) WHERE id = \(second)")
        try tx.run("INSERT INTO goals (engagement_id, text) SELECT id, 'Delegate' FROM engagements")
        try tx.run("INSERT INTO focus_areas (engagement_id, focus_skill_id, chosen) SELECT id, \(world.listening), 1 FROM engagements")
        try world.session(third, at: Cast.now.adding(days: -3), in: tx)
        try world.session(third, at: Cast.now.adding(days: 3), "SCHEDULED", coach: world.mark, in: tx)
        try world.session(desk.engagement, at: Cast.now.adding(days: -2), rating: 2, in: tx)
      }
      func names(_ tab: CoachLearnerTab, _ search: String = "", _ key: CoachScope.LearnerKey = .name, descending: Bool = false) throws
        -> [String]
      {
        try desk.database.read {
          try desk.scope.learners(
            tab, search: search, sort: Sorting(key, descending: descending), request: PageRequest(), in: $0
          ).rows.map(\.name)
        }
      }
      #expect(try names(.current) == ["Émile Zola", "Lena Lind"] && names(.former) == ["Bob"])
      #expect(try names(.current, "zola") == ["Émile Zola"] && names(.current, "bob") == [])
      #expect(try names(.current, "", .stage, descending: true) == ["Émile Zola", "Lena Lind"])
      #expect(try desk.database.read { try desk.scope.choices(in: $0).map(\.name) } == ["Lena Lind"])
      let (lena, bob) = try desk.database.read {
        (try desk.scope.learner(desk.engagement, at: Cast.now, in: $0), try desk.scope.learner(third, at: Cast.now, in: $0))
      }
      #expect(lena.goals.map(\.text) == ["Delegate"] && lena.focusAreas.map(\.name) == ["Listening"] && lena.obstacle == nil)
      #expect(lena.sessions.count == 1 && lena.learner.completed == 1 && lena.learner.isCurrent)
      // What Bob has done since is Mark's business.
      #expect(bob.goals == [] && bob.focusAreas == [] && bob.sessions.count == 1 && !bob.learner.isOwn && bob.learner.nextSessionAt.isEmpty)
      #expect(try desk.database.read { try desk.scope.learner(second, at: Cast.now, in: $0) }.obstacle?.contains("paused") == true)
      let mark = try desk.mark()
      #expect(try desk.database.read { try mark.learner(third, at: Cast.now, in: $0) }.goals.count == 1)
      #expect(throws: Failure.notFound) { try desk.database.read { try mark.learner(desk.engagement, at: Cast.now, in: $0) } }
    }
  }

  @Test(arguments: TestDatabase.engines) func aFormerCoachLearnsNothingOfWhatComesAfter(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      let world = desk.world
      try desk.write { tx in
        _ = try world.engage(world.person("Anna Berg", "anna@northwind.example", in: tx), in: tx)
        // Mark has taken both over, and goes on with Lena.
        try tx.run("UPDATE engagements SET coach_id = \(world.mark), coach_changed = 1")
        try tx.run(
          """
          INSERT INTO engagement_coaches (engagement_id, coach_id, organization_id, user_id, assigned_at)
          SELECT id, CAST(\(world.mark) AS BIGINT), organization_id, user_id, launched_at FROM engagements
          """)
        try world.session(desk.engagement, at: Cast.now.adding(days: -9), in: tx)
        for days in [-3, -2] as [Int64] { try world.session(desk.engagement, at: Cast.now.adding(days: days), coach: world.mark, in: tx) }
        try world.session(desk.engagement, at: Cast.now.adding(days: 3), "SCHEDULED", coach: world.mark, in: tx)
      }
      let mark = try desk.mark()
      let (before, present) = try desk.database.read {
        (
          try desk.scope.learner(desk.engagement, at: Cast.now, in: $0).learner,
          try mark.learner(desk.engagement, at: Cast.now, in: $0).learner
        )
      }
      #expect(!before.isOwn && before.completed == 1 && before.remaining == nil && before.endsAt.isEmpty && before.nextSessionAt.isEmpty)
      #expect(before.lastSessionAt == Cast.now.adding(days: -9).text)
      #expect(present.isOwn && present.completed == 3 && present.remaining == 9 && !present.endsAt.isEmpty)
      // Nor does the order of the list tell it.
      for key in [.name, .stage, .ends, .next] as [CoachScope.LearnerKey] {
        let names = try desk.database.read {
          try desk.scope.learners(.former, search: "", sort: Sorting(key, descending: false), request: PageRequest(), in: $0).rows.map(
            \.name)
        }
        #expect(names == ["Anna Berg", "Lena Lind"], "\(key)")
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func sessionsAreListedByTab(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      try desk.write { tx in
        for days in 1...60 as ClosedRange<Int64> {
          try desk.world.session(desk.engagement, at: Cast.now.adding(days: -days), days % 7 == 0 ? "CANCELED" : "COMPLETED", in: tx)
        }
        try desk.world.session(desk.engagement, at: Cast.now.adding(seconds: -600), "SCHEDULED", in: tx)
        for days in [5, 2] as [Int64] { try desk.world.session(desk.engagement, at: Cast.now.adding(days: days), "SCHEDULED", in: tx) }
        try desk.world.session(desk.engagement, at: Cast.now.adding(days: 1), "SCHEDULED", coach: desk.world.mark, in: tx)
      }
      func page(_ tab: CoachSessionTab, _ number: Int = 1) throws -> ListPage<CoachSession> {
        try desk.database.read { try desk.scope.sessions(tab, request: PageRequest(number: number, size: 20), at: Cast.now, in: $0) }
      }
      let (upcoming, open, past) = (try page(.upcoming), try page(.open), try page(.past, 3))
      #expect(upcoming.rows.map(\.stretch.starts) == [2, 5].map { Cast.now.adding(days: $0) } && upcoming.total == 2)
      #expect(open.rows.count == 1 && open.rows[0].waitsToBeMarked(at: Cast.now))
      #expect(past.total == 60 && past.rows.count == 20 && past.rows.last?.stretch.starts == Cast.now.adding(days: -60))
      #expect(try page(.past, 9).number == 3)
    }
  }
}
