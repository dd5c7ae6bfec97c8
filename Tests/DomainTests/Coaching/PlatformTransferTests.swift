import Database
import Support
import Testing
import World

@testable import Domain

/// Sessions of the platform's coaches with an organization's learners, and sessions that such a coach takes.
@Suite struct PlatformTransferTests {
  /// The sessions of the platform's coaches with the organization's learners are moved and canceled like those of its own coaches, and nobody else's are.
  @Test(arguments: TestDatabase.engines) func thePlatformsSessionsAreMovedToo(_ engine: Dialect) throws {
    try SessionTransferTests.with(engine) { world in
      let desk = world.desk
      let (kofi, ines) = (try desk.coach("Kofi Asante"), desk.world.ines)
      let (first, second) = try desk.story {
        (
          try desk.world.session(desk.noors, at: SessionTransferTests.monday, "SCHEDULED", coach: ines, in: $0),
          try desk.world.session(desk.noors, at: SessionTransferTests.monday.adding(days: 7), "SCHEDULED", coach: ines, in: $0)
        )
      }
      let transfer = try SessionTransfer(from: ines, scope: desk.scope, now: Cast.now)
      #expect(throws: Failure.notFound) {
        try SessionTransfer(from: kofi, scope: desk.scope, now: Cast.now).cancel(first, in: desk.database)
      }
      try transfer.move(first, to: kofi, in: desk.database)
      try transfer.cancel(second, in: desk.database)
      let (moved, canceled) = try desk.database.read {
        (
          try $0.scalar("SELECT coach_id FROM coaching_sessions WHERE id = \(first) AND state = 'SCHEDULED'"),
          try $0.scalar("SELECT COUNT(*) FROM coaching_sessions WHERE id = \(second) AND state = 'CANCELED'")
        )
      }
      #expect(moved == kofi && canceled == 1)
      #expect(try desk.faults() == [])
    }
  }

  /// A coach of the platform can take a session once known to the organization; why one cannot is not told.
  @Test(arguments: TestDatabase.engines) func aPlatformCoachTakesASession(_ engine: Dialect) throws {
    try SessionTransferTests.with(engine) { world in
      let desk = world.desk
      let (ines, session) = (desk.world.ines, world.session)
      let transfer = try SessionTransfer(from: desk.world.mark, scope: desk.scope, now: Cast.now)
      try desk.story { tx in
        try tx.run("DELETE FROM coach_hours WHERE coach_id = \(ines)")
        for weekday in 1...7 {
          try tx.run("INSERT INTO coach_hours (coach_id, weekday, starts_minute, ends_minute) VALUES (\(ines), \(weekday), 0, 1440)")
        }
        try tx.run("UPDATE coaches SET meeting_link = 'https://meet.example/ines' WHERE id = \(ines)")
      }
      let choice = try desk.database.read { connection in
        let entry = try CoachSessions(of: desk.world.mark, scope: desk.scope, now: Cast.now).find(session, in: connection)
        return try transfer.choices(for: entry, in: connection).first { $0.id == ines }
      }
      #expect(choice.map { !$0.isOwn && $0.obstacle == nil } == true)
      try desk.story { try $0.run("INSERT INTO coach_time_off (coach_id, starts_at, ends_at, note) VALUES (\(ines), '2020', '2099', '')") }
      let words = try desk.refusal { try transfer.move(session, to: ines, in: desk.database) }
      #expect(words.contains("cannot take it") && !words.contains("away"))
      try desk.story { try $0.run("DELETE FROM coach_time_off WHERE coach_id = \(ines)") }
      try transfer.move(session, to: ines, in: desk.database)
      #expect(try desk.faults() == [])
    }
  }
}
