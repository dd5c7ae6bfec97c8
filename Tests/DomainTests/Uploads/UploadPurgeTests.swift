import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct UploadPurgeTests {
  private func file(_ name: String, _ count: Int) -> String {
    "Full Name,Email,External ID\n" + (1...count).map { "\(name) \($0),\(name)\($0)@example.com,\n" }.joined()
  }

  @Test(arguments: TestDatabase.engines) func whatWasKeptLongEnoughGoesBitByBit(_ engine: Dialect) throws {
    try BulkDesk.with(engine) { desk in
      let (time, database) = (desk.world.cast.time, desk.world.database)
      func purge() throws -> Bool { try UploadPurge.run(at: time.now, in: database, batch: 2, most: 2) }
      func rows(_ draft: UploadDraft) throws -> Int64 { try desk.scalar("SELECT COUNT(*) FROM upload_rows WHERE draft_id = \(draft.id)") }
      let (forgotten, confirmed) = (try desk.check(file("forgotten", 7)), try desk.check(file("confirmed", 3)))
      #expect(forgotten.keptUntil == time.now.adding(days: 30))
      time.pass(days: 29)
      #expect(try !purge())
      _ = try desk.bulk.confirm(confirmed.id, sends: false, mayExceed: true)
      time.pass(days: 2)
      // From the first share on nobody finds it, however many of its rows are left.
      #expect(try purge())
      #expect(try rows(forgotten) == 3)
      #expect(throws: Failure.notFound) { try desk.draft(forgotten.id) }
      #expect(throws: Failure.notFound) { try desk.bulk.confirm(forgotten.id, sends: false, mayExceed: true) }
      #expect(try !purge())
      #expect(try rows(forgotten) == 0 && desk.scalar("SELECT COUNT(*) FROM upload_drafts") == 1)
      // A confirmed one is kept from its confirmation on, and what it did stays.
      #expect(try desk.draft(confirmed.id).isDone && rows(confirmed) == 3)
      time.pass(days: 29)
      while try purge() {}
      #expect(try desk.scalar("SELECT COUNT(*) FROM upload_drafts") == 0 && rows(confirmed) == 0)
      #expect(try desk.scalar("SELECT COUNT(*) FROM invitations") == 3)
    }
  }

  @Test(arguments: TestDatabase.engines) func whatWasThrownAwayGoesAtOnceWithItsRun(_ engine: Dialect) throws {
    try BulkDesk.with(engine) { desk in
      let draft = try desk.check(file("a", 5))
      let kept = try desk.check(file("b", 2))
      #expect(try UploadRuns(of: "one", in: desk.world.database).begin(draft.id, at: desk.world.now))
      #expect(try desk.bulk.discard(draft.id) == draft)
      #expect(throws: Failure.notFound) { try desk.draft(draft.id) }
      #expect(try desk.world.database.read { try UploadDraft.open(scope: desk.world.scope, in: $0) } == [kept])
      #expect(try !UploadPurge.run(at: desk.world.now, in: desk.world.database))
      #expect(try desk.scalar("SELECT COUNT(*) FROM upload_rows") == 2 && desk.scalar("SELECT COUNT(*) FROM upload_runs") == 0)
    }
  }
}
