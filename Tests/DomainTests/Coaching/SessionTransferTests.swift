import Database
import Support
import Testing
import World

@testable import Domain

/// Moving sessions that are to come to other coaches, and canceling them.
@Suite struct SessionTransferTests {
  /// Monday 2024-07-01, 14:00 in Berlin.
  static let monday = Moment(milliseconds: 1_719_835_200_000)

  struct World {
    let desk: LearnerDesk
    let session: Int64

    func transfer(_ scope: OrganizationScope? = nil) throws -> SessionTransfer {
      try SessionTransfer(from: desk.world.mark, scope: scope ?? desk.scope, now: Cast.now)
    }
    func obstacles() throws -> [String: String] {
      try desk.database.read { connection in
        let entry = try CoachSessions(of: desk.world.mark, scope: desk.scope, now: Cast.now).find(session, in: connection)
        let choices = try transfer().choices(for: entry, in: connection).filter(\.isOwn)
        return Dictionary(uniqueKeysWithValues: choices.map { ($0.name, $0.obstacle.map { "\($0)" } ?? "free") })
      }
    }
    func row(_ column: SQL) throws -> String {
      try desk.database.read { try $0.first("SELECT \(column) FROM coaching_sessions WHERE id = \(session)") { $0.text(0) } ?? "" }
    }
  }

  static func with(_ engine: Dialect, _ body: (World) throws -> Void) throws {
    try LearnerDesk.with(engine) { desk in
      let session = try desk.story {
        try desk.world.session(desk.lenas, at: SessionTransferTests.monday, "SCHEDULED", coach: desk.world.mark, in: $0)
      }
      try body(World(desk: desk, session: session))
    }
  }

  @Test(arguments: TestDatabase.engines) func whoIsFreeIsKnown(_ engine: Dialect) throws {
    try SessionTransferTests.with(engine) { world in
      let desk = world.desk
      try desk.coach("Free") {
        $0.zone = "America/New_York"; $0.hours = 480...540
      }
      try desk.coach("Ends early") { $0.hours = 540...885 }
      try desk.coach("Works apart") { $0.zone = "Asia/Tokyo" }
      try desk.coach("Without hours") { ($0.isOnboarding, $0.hours) = (true, nil) }
      try desk.coach("Gone") { $0.isDeactivated = true }
      try desk.coach("Elsewhere") { $0.organization = desk.cast.southwind.id }
      let away = try desk.coach("Away")
      let taken = try desk.coach("Taken")
      let twice = try desk.coach("Twice")
      let account = try desk.database.read { try $0.scalar("SELECT account_id FROM coaches WHERE id = \(twice)") }
      let platform = try desk.coach("Twice at the platform", account: account) { $0.organization = nil }
      let lunch = try desk.coach("Lunch") { $0.hours = 540...870 }
      try desk.story { tx in
        try tx.run("INSERT INTO coach_hours (coach_id, weekday, starts_minute, ends_minute) VALUES (\(lunch), 1, 870, 960)")
        try tx.run(
          """
          INSERT INTO coach_time_off (coach_id, starts_at, ends_at) VALUES (\(away), \(SessionTransferTests.monday.adding(seconds: 1800).text),
            \(SessionTransferTests.monday.adding(days: 1).text))
          """)
        try desk.world.session(desk.noors, at: SessionTransferTests.monday.adding(seconds: -1800), "SCHEDULED", coach: taken, in: tx)
        try desk.world.session(desk.noors, at: SessionTransferTests.monday.adding(seconds: 1800), "SCHEDULED", coach: platform, in: tx)
      }
      #expect(
        try world.obstacles() == [
          "Free": "free", "Lunch": "free", "Ends early": "offHours", "Works apart": "offHours", "Without hours": "offHours", "Away": "away",
          "Taken": "taken", "Twice": "taken",
        ])
    }
  }

  @Test(arguments: TestDatabase.engines) func whatOnlyTouchesDoesNotMeet(_ engine: Dialect) throws {
    try SessionTransferTests.with(engine) { world in
      let desk = world.desk
      let busy = try desk.coach("Busy")
      try desk.story { tx in
        for hours in [-1, 1] as [Int64] {
          try desk.world.session(
            desk.noors, at: SessionTransferTests.monday.adding(seconds: 3600 * hours), "SCHEDULED", coach: busy, in: tx)
        }
        try desk.world.session(desk.noors, at: SessionTransferTests.monday, "CANCELED", coach: busy, in: tx)
      }
      #expect(try world.obstacles() == ["Busy": "free"])
    }
  }

  /// New York goes from 1:59 back to 1:00 on 2024-11-03, and from 1:59 on to 3:00 on 2025-03-09.
  @Test(arguments: TestDatabase.engines) func hoursAreKeptWhereTheClocksChange(_ engine: Dialect) throws {
    try SessionTransferTests.with(engine) { world in
      let desk = world.desk
      let sundays: [(name: String, spans: [(Int64, Int64)])] = [
        ("One to two", [(60, 120)]), ("One to half past", [(60, 90)]), ("Either side of the gap", [(60, 120), (180, 240)]), ("Never", []),
      ]
      var people: [(id: Int64, spans: [(Int64, Int64)])] = []
      for (name, spans) in sundays {
        let id = try desk.coach(name) { ($0.zone, $0.hours) = ("America/New_York", nil) }
        people.append((id: id, spans: spans))
      }
      // From half past one to half past one; and from half past one to half past three.
      let (twice, gap) = (try #require(Moment("2024-11-03T05:30:00Z")), try #require(Moment("2025-03-09T06:30:00Z")))
      let (autumn, spring) = try desk.story { tx in
        for person in people {
          for (starts, ends) in person.spans {
            try tx.run(
              "INSERT INTO coach_hours (coach_id, weekday, starts_minute, ends_minute) VALUES (\(person.id), 7, \(starts), \(ends))")
          }
        }
        return (
          try desk.world.session(desk.lenas, at: twice, "SCHEDULED", coach: desk.world.mark, in: tx),
          try desk.world.session(desk.lenas, at: gap, "SCHEDULED", coach: desk.world.mark, in: tx)
        )
      }
      #expect(
        try World(desk: desk, session: autumn).obstacles() == [
          "One to two": "free", "One to half past": "offHours", "Either side of the gap": "free", "Never": "offHours",
        ])
      #expect(
        try World(desk: desk, session: spring).obstacles() == [
          "One to two": "offHours", "One to half past": "offHours", "Either side of the gap": "free", "Never": "offHours",
        ])
    }
  }

  @Test(arguments: TestDatabase.engines) func aSessionGoesToWhoIsFree(_ engine: Dialect) throws {
    try SessionTransferTests.with(engine) { world in
      let desk = world.desk
      let (kofi, early) = (
        try desk.coach("Kofi Asante") { $0.meetingLink = "https://meet.example/kofi" }, try desk.coach("Early") { $0.hours = 60...120 }
      )
      #expect(
        try desk.refusal { _ = try world.transfer().move(world.session, to: early, in: desk.database) }
          == "Early does not work at that time. Choose somebody who is free.")
      let stranger = try desk.story { tx in
        try tx.scalar(
          """
          INSERT INTO coaches (organization_id, account_id, name, name_key, search_key, time_zone, session_minutes, created_at)
          SELECT 0, account_id, 'Stranger', 'stranger', 'stranger', 'UTC', 60, '' FROM coaches WHERE id = \(desk.world.mark) RETURNING id
          """)
      }
      for nobody in [desk.world.mark, stranger, 999] {
        #expect(try desk.refusal { _ = try world.transfer().move(world.session, to: nobody, in: desk.database) } == "Choose a coach.")
      }
      #expect(throws: Failure.notFound) { try world.transfer().move(999, to: kofi, in: desk.database) }
      #expect(throws: Failure.notFound) { try world.transfer(desk.strangers).move(world.session, to: kofi, in: desk.database) }
      let moved = try world.transfer().move(world.session, to: kofi, in: desk.database)
      #expect(moved.session.learner == "Lena Lind" && moved.to.name == "Kofi Asante" && moved.to.startsThere == "14:00")
      #expect(
        try world.row("coach_id") == "\(kofi)" && world.row("meeting_link") == "https://meet.example/kofi"
          && world.row("state") == "SCHEDULED")
      #expect(try desk.faults() == [] && desk.text("coach_id", desk.lenas) == "\(desk.world.ines)")
      let deed = try desk.database.read { try $0.first("SELECT action FROM audit_events ORDER BY id DESC LIMIT 1") { $0.text(0) } }
      #expect(deed == "session_moved")
      // It is no longer this coach's.
      #expect(throws: Failure.notFound) { try world.transfer().move(world.session, to: kofi, in: desk.database) }
    }
  }

  @Test(arguments: TestDatabase.engines) func theNewCoachKnowsTheLearner(_ engine: Dialect) throws {
    try SessionTransferTests.with(engine) { world in
      let desk = world.desk
      let kofi = try desk.coach("Kofi Asante")
      let account = try desk.database.read { try $0.scalar("SELECT account_id FROM coaches WHERE id = \(kofi)") }
      let viewer = Viewer(
        accountID: account, name: "Kofi Asante", email: "", grants: [.coach(id: kofi, organization: desk.cast.northwind.id)])
      func learner() throws -> CoachLearnerProfile {
        try desk.database.read { connection in
          try CoachScope.find(id: kofi, for: viewer, in: connection).learner(desk.lenas, at: Cast.now, in: connection)
        }
      }
      #expect(throws: Failure.notFound) { try learner() }
      try world.transfer().move(world.session, to: kofi, in: desk.database)
      let found = try learner()
      #expect(found.learner.name == "Lena Lind" && !found.learner.isOwn && found.sessions.map(\.id) == [world.session])
      func learnersEver() throws -> Int64 {
        try desk.database.read { try $0.scalar("SELECT COALESCE(SUM(clients_ever), 0) FROM coach_totals WHERE coach_id = \(kofi)") }
      }
      #expect(try learnersEver() == 1 && desk.faults() == [])
      // A second one changes nothing of that.
      let second = try desk.story {
        try desk.world.session(
          desk.lenas, at: SessionTransferTests.monday.adding(seconds: 3600), "SCHEDULED", coach: desk.world.mark, in: $0)
      }
      try world.transfer().move(second, to: kofi, in: desk.database)
      #expect(try learnersEver() == 1 && desk.faults() == [])
    }
  }

  /// Booking refuses the same.
  @Test(arguments: TestDatabase.engines) func noSessionLosesItsLink(_ engine: Dialect) throws {
    try SessionTransferTests.with(engine) { world in
      let desk = world.desk
      let bare = try desk.coach("Bare") { $0.meetingLink = "" }
      try desk.coach("Bare and early") {
        $0.meetingLink = ""
        $0.hours = 60...120
      }
      #expect(try world.obstacles() == ["Bare": "noLink", "Bare and early": "offHours"])
      #expect(
        try desk.refusal { _ = try world.transfer().move(world.session, to: bare, in: desk.database) }
          == "Bare has no meeting link, which this session needs. Choose somebody who has one.")
      #expect(try world.row("coach_id") == "\(desk.world.mark)")
      // Where the learner's own link is used, the coach needs none.
      try desk.story { _ = try $0.run("UPDATE engagements SET meeting_links = 0 WHERE id = \(desk.lenas)") }
      #expect(try world.obstacles() == ["Bare": "free", "Bare and early": "offHours"])
      try world.transfer().move(world.session, to: bare, in: desk.database)
      #expect(try world.row("coach_id") == "\(bare)")
    }
  }

  @Test(arguments: TestDatabase.engines) func theLearnersOwnLinkStays(_ engine: Dialect) throws {
    try SessionTransferTests.with(engine) { world in
      let desk = world.desk
      let kofi = try desk.coach("Kofi Asante") { $0.meetingLink = "https://meet.example/kofi" }
      try desk.story { tx in
        try tx.run("UPDATE engagements SET meeting_links = 0 WHERE id = \(desk.lenas)")
        try tx.run("UPDATE coaching_sessions SET meeting_link = 'https://lena.example' WHERE id = \(world.session)")
      }
      try world.transfer().move(world.session, to: kofi, in: desk.database)
      #expect(try world.row("meeting_link") == "https://lena.example")
    }
  }

  @Test(arguments: TestDatabase.engines) func aCanceledSessionTakesNothingFromTheLearner(_ engine: Dialect) throws {
    try SessionTransferTests.with(engine) { world in
      let desk = world.desk
      func counts() throws -> [Int64] {
        try desk.database.read {
          try $0.first("SELECT sessions_remaining, late_cancels FROM engagement_rows WHERE engagement_id = \(desk.lenas)") {
            [$0.int(0), $0.int(1)]
          } ?? []
        }
      }
      // An hour before it begins, which were late if it was the learner who canceled.
      let late = SessionTransferTests.monday.adding(seconds: -3600)
      let transfer = try SessionTransfer(from: desk.world.mark, scope: desk.scope, now: late)
      #expect(try transfer.cancel(world.session, in: desk.database).learner == "Lena Lind")
      #expect(try world.row("state") == "CANCELED" && world.row("canceled_by") == "COACH" && world.row("canceled_at") == late.text)
      #expect(try counts() == [12, 0] && desk.faults(at: late) == [])
      #expect(try desk.refusal { _ = try transfer.cancel(world.session, in: desk.database) }.contains("no longer to come"))
      #expect(throws: Failure.notFound) { try world.transfer(desk.strangers).cancel(world.session, in: desk.database) }
    }
  }

  @Test(arguments: TestDatabase.engines) func whatHasBegunStays(_ engine: Dialect) throws {
    try SessionTransferTests.with(engine) { world in
      let kofi = try world.desk.coach("Kofi Asante")
      let transfer = try SessionTransfer(from: world.desk.world.mark, scope: world.desk.scope, now: SessionTransferTests.monday)
      for act in [
        { _ = try transfer.move(world.session, to: kofi, in: world.desk.database) },
        { _ = try transfer.cancel(world.session, in: world.desk.database) },
      ] as [() throws -> Void] {
        #expect(try world.desk.refusal(act).contains("no longer to come"))
      }
    }
  }

  /// Two sessions at the same time are given to one coach at once: one of them is refused.
  @Test(arguments: TestDatabase.engines) func nobodyGetsTwoSessionsAtOnce(_ engine: Dialect) throws {
    try SessionTransferTests.with(engine) { world in
      let desk = world.desk
      let (kofi, hanne) = (try desk.coach("Kofi Asante"), try desk.coach("Hanne Solberg"))
      let other = try desk.story {
        try desk.world.session(desk.noors, at: SessionTransferTests.monday.adding(seconds: 1800), "SCHEDULED", coach: hanne, in: $0)
      }
      let moves = [(desk.world.mark, world.session), (hanne, other)]
      let errors = onThreads(2) { index in
        _ = try SessionTransfer(from: moves[index].0, scope: desk.scope, now: Cast.now).move(moves[index].1, to: kofi, in: desk.database)
      }.compactMap(\.self)
      #expect(errors.count == 1 && (errors.first as? Failure)?.code == .conflict)
      #expect(try desk.database.read { try $0.scalar("SELECT COUNT(*) FROM coaching_sessions WHERE coach_id = \(kofi)") } == 1)
      #expect(try desk.faults() == [])
    }
  }
}
