import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct BookingTests {
  @Test(arguments: TestDatabase.engines) func aFreeSlotIsBookedOnce(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      let start = CoachDesk.today(14)
      let id = try desk.schedule(at: start)
      let session = try desk.database.read { try desk.scope.session(id, in: $0) }
      #expect(session.stretch == Stretch(starts: start, ends: CoachDesk.today(15)) && session.state == .scheduled)
      #expect(session.meetingLink == "https://meet.example/ines duarte" && session.learner == "Lena Lind")
      try desk.check()
      #expect(try desk.scalar("SELECT COUNT(*) FROM engagement_rows WHERE next_session_at = \(start.text)") == 1)
      let booking = try desk.booking()
      #expect(booking.sessions == 12 && booking.scheduled == 1 && booking.left == 11 && booking.obstacle == nil)
      let failure = #expect(throws: Failure.self) { try desk.schedule(at: start) }
      #expect(failure?.code == .conflict && failure?.fields.map(\.name) == ["start"])
      // A canceled session gives its slot back.
      var draft = SessionOutcomeDraft()
      draft.outcome = SessionOutcome.canceledByCoach.rawValue
      try desk.scope.mark(id, draft, at: CoachDesk.now, in: desk.database)
      #expect(try desk.schedule(at: start) != id)
      try desk.check()
    }
  }

  @Test(arguments: TestDatabase.engines) func whatIsNoFreeSlotIsRefused(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      try desk.write { tx in
        try tx.run(
          """
          INSERT INTO coach_time_off (coach_id, starts_at, ends_at) VALUES (\(desk.world.ines), \(CoachDesk.today(15).text),
            \(CoachDesk.today(16).text))
          """)
        // A session with Mark, which no slot of Ines knows.
        try desk.world.session(desk.engagement, at: CoachDesk.today(16), "SCHEDULED", coach: desk.world.mark, in: tx)
      }
      for (start, words) in [
        (CoachDesk.today(11), "begun already"), (CoachDesk.today(12), "begun already"), (CoachDesk.today(15), "no longer free"),
        (CoachDesk.today(17), "no longer free"), (CoachDesk.today(13).adding(seconds: 60), "no longer free"),
        (CoachDesk.today(13 + 24), "no longer free"), (CoachDesk.today(16), "another session at this time"),
        (CoachDesk.today(13 + 24 * 180), "ends before this slot"),
      ] {
        let failure = #expect(throws: Failure.self) { try desk.schedule(at: start) }
        #expect(failure?.sentence.contains(words) == true && failure?.fields.map(\.name) == ["start"], "\(start)")
      }
      #expect(try desk.scalar("SELECT COUNT(*) FROM coaching_sessions WHERE coach_id = \(desk.world.ines)") == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func eachObstacleIsSaid(_ engine: Dialect) throws {
    let cases: [(what: SQL, words: String)] = [
      ("UPDATE engagements SET paused_at = \(Cast.now.text)", "paused"),
      ("UPDATE engagements SET deactivated_at = \(Cast.now.text)", "is deactivated"),
      ("UPDATE users SET deactivated_at = \(Cast.now.text)", "is deactivated"),
      ("UPDATE engagements SET ends_at = \(Cast.now.text)", "has ended"),
      ("UPDATE company_purchases SET sessions = 0", "no session left: of 0, 0 are used and 0 are scheduled"),
      ("UPDATE coaches SET meeting_link = ''", "your profile has none"),
      ("UPDATE coaches SET deactivated_at = \(Cast.now.text)", "Ines Duarte is deactivated"),
    ]
    for (what, words) in cases {
      try CoachDesk.with(engine) { desk in
        try desk.write { _ = try $0.run(what) }
        let failure = #expect(throws: Failure.self) { try desk.schedule(at: CoachDesk.today(14)) }
        #expect(failure?.code == .conflict && failure?.sentence.contains(words) == true, "\(words): \(failure?.sentence ?? "")")
        #expect(try desk.scalar("SELECT COUNT(*) FROM coaching_sessions") == 0)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func sessionsAreCountedAsThePurchaseSays(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      try desk.write { tx in
        try tx.run("UPDATE company_purchases SET sessions = 3")
        try desk.world.session(desk.engagement, at: CoachDesk.today(9).adding(days: -7), in: tx)
        try desk.world.session(desk.engagement, at: CoachDesk.today(9).adding(days: -6), "LATE_CANCELED", in: tx)
        try desk.world.session(desk.engagement, at: CoachDesk.today(9).adding(days: -5), "MISSED", in: tx)
      }
      #expect(try desk.booking().left == 2)
      try desk.write { _ = try $0.run("UPDATE company_purchases SET late_cancels_count = 1") }
      #expect(try desk.booking().left == 1)
      _ = try desk.schedule(at: CoachDesk.today(14))
      // What is scheduled is spoken for.
      let failure = #expect(throws: Failure.self) { try desk.schedule(at: CoachDesk.today(15)) }
      #expect(failure?.sentence.contains("of 3, 2 are used and 1 are scheduled") == true)
    }
  }

  @Test(arguments: TestDatabase.engines) func theLearnersOwnLinkIsNeededWhereTheCoachsIsNotUsed(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      try desk.write { tx in
        try tx.run("UPDATE engagements SET meeting_links = 0")
        try tx.run("UPDATE coaches SET meeting_link = ''")
      }
      for link in ["", "meet.example", "http://meet.example/lena", "https://meet.example/a b"] {
        let failure = #expect(throws: Failure.self) { try desk.schedule(at: CoachDesk.today(14), link: link) }
        #expect(failure?.code == .invalid && failure?.fields.map(\.name) == ["meeting-link"], "\(link)")
      }
      let id = try desk.schedule(at: CoachDesk.today(14), link: " https://meet.example/lena ")
      #expect(try desk.database.read { try desk.scope.session(id, in: $0).meetingLink } == "https://meet.example/lena")
    }
  }

  @Test(arguments: TestDatabase.engines) func aCoachBooksForOwnLearnersOnly(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      let mark = try desk.mark()
      #expect(throws: Failure.notFound) { try desk.schedule(at: CoachDesk.today(14), by: mark) }
      #expect(throws: Failure.notFound) { try desk.schedule(0, at: CoachDesk.today(14)) }
      try desk.write { _ = try $0.run("UPDATE engagements SET coach_id = NULL") }
      #expect(throws: Failure.notFound) { try desk.schedule(at: CoachDesk.today(14)) }
    }
  }

  /// Learners of two organizations want the same hour of one coach: one gets it, whatever the engine.
  @Test(arguments: TestDatabase.engines) func aSlotIsNeverBookedTwice(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      var engagements: [Int64] = []
      try desk.write { tx in
        for number in 0..<4 {
          engagements.append(try desk.world.engage(desk.world.person("P\(number)", "p\(number)@northwind.example", in: tx), in: tx))
        }
        engagements += try desk.inSouthwind(4, tx)
      }
      let rivals = engagements
      let start = CoachDesk.today(14)
      let errors = onThreads(rivals.count) { _ = try desk.schedule(rivals[$0], at: start) }
      #expect(errors.count { $0 == nil } == 1)
      for error in errors.compactMap(\.self) { #expect((error as? Failure) == CoachScope.taken, "\(error)") }
      #expect(
        try desk.scalar("SELECT COUNT(*) FROM coaching_sessions WHERE coach_id = \(desk.world.ines) AND starts_at = \(start.text)") == 1)
      try desk.check()
      // With four slots left for eight, four get one, each another.
      let slots = try desk.database.read { connection in
        let day = Stretch(starts: CoachDesk.now, ends: CoachDesk.today(17))
        return try CoachSchedule.load(of: desk.scope.coach, in: day, connection: connection).freeSlots(in: day, at: CoachDesk.now)
      }
      #expect(slots.map(\.starts) == [13, 15, 16].map { CoachDesk.today($0) })
      let again = onThreads(rivals.count) { _ = try desk.schedule(rivals[$0], at: slots[$0 % slots.count].starts) }
      #expect(again.count { $0 == nil } == slots.count)
      try desk.check()
    }
  }

  /// Mark coaches for Northwind and for the platform: he is one person.
  @Test(arguments: TestDatabase.engines) func onePersonIsInOnePlaceAtATime(_ engine: Dialect) throws {
    try CoachDesk.with(engine) { desk in
      var second: Int64 = 0
      try desk.write { tx in
        second = try tx.scalar(
          """
          INSERT INTO coaches (organization_id, account_id, name, name_key, search_key, time_zone, meeting_link, created_at)
          SELECT 0, account_id, name, name_key, search_key, time_zone, meeting_link, created_at FROM coaches WHERE id = \(desk.world.mark) RETURNING id
          """)
        try tx.run(
          """
          INSERT INTO coach_hours (coach_id, weekday, starts_minute, ends_minute)
          SELECT CAST(\(second) AS BIGINT), weekday, starts_minute, ends_minute FROM coach_hours WHERE coach_id = \(desk.world.mark)
          """)
        try tx.run("UPDATE engagements SET coach_id = \(second)")
        let other = try desk.world.engage(desk.world.person("Otto", "otto@northwind.example", in: tx), in: tx)
        try tx.run("UPDATE engagements SET coach_id = \(desk.world.mark) WHERE id = \(other)")
        try desk.world.session(other, at: CoachDesk.today(14), "SCHEDULED", coach: desk.world.mark, in: tx)
        try tx.run(
          """
          INSERT INTO coach_time_off (coach_id, starts_at, ends_at) VALUES (\(desk.world.mark), \(CoachDesk.today(15).text), \(CoachDesk.today(16).text))
          """)
      }
      let viewer = CoachDesk.viewer(desk.world.markAccount, second, 0)
      let scope = try desk.database.read { try CoachScope.find(id: second, for: viewer, in: $0) }
      for hour in [14, 15] as [Int64] {
        #expect(throws: CoachScope.taken) { try desk.schedule(at: CoachDesk.today(hour), by: scope) }
      }
      _ = try desk.schedule(at: CoachDesk.today(16), by: scope)
    }
  }
}

extension CoachDesk {
  /// People of Southwind whom Ines coaches, too.
  fileprivate func inSouthwind(_ count: Int, _ tx: any Connection) throws -> [Int64] {
    let (organization, now) = (cast.southwind.id, Cast.now.text)
    let purchase = try tx.scalar(
      """
      INSERT INTO company_purchases (organization_id, name, licenses, sessions, created_at) VALUES (\(organization), 'South', 100, 9, \(now)) RETURNING id
      """)
    let group = try tx.scalar(
      "INSERT INTO coaching_groups (organization_id, name, created_at) VALUES (\(organization), 'South', \(now)) RETURNING id")
    return try (0..<count).map { number in
      let email = "s\(number)@southwind.example"
      let user = try tx.scalar(
        "INSERT INTO accounts (email, email_key, name, created_at) VALUES (\(email), \(email), \(email), \(now)) RETURNING id")
      try tx.run(
        """
        INSERT INTO users (organization_id, id, search_key, email_key, name, email, created_at)
        VALUES (\(organization), \(user), \(email), \(email), \(email), \(email), \(now))
        """)
      let id = try tx.scalar(
        """
        INSERT INTO engagements (organization_id, user_id, group_id, company_purchase_id, coach_id, launched_at, ends_at, duration_days,
          minimum_invited, minimum_answered, maximum_invited, remeasurement, created_at)
        VALUES (\(organization), \(user), \(group), \(purchase), \(world.ines), \(now), \(Cast.now.adding(days: 90).text), 90, 3, 2, 15, 0, \(now))
        RETURNING id
        """)
      try tx.run(
        """
        INSERT INTO engagement_coaches (engagement_id, coach_id, organization_id, user_id, assigned_at)
        VALUES (\(id), \(world.ines), \(organization), \(user), \(now))
        """)
      return id
    }
  }
}
