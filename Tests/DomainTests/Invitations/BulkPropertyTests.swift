import Database
import Support
import Synchronization
import Testing
import World

@testable import Domain

/// Whatever a file holds in whatever order, and whoever else is at work: everybody is invited once, and every figure is right.
@Suite struct BulkPropertyTests {
  @Test(arguments: TestDatabase.engines, [3, 4, 5] as [UInt64])
  func filesOfAnyOrderInviteEachPersonOnce(_ engine: Dialect, seed: UInt64) throws {
    try BulkDesk.with(engine, places: 30) { desk in
      let world = desk.world
      var random = SeededGenerator(seed)
      for round in 1...6 {
        var lines: [(person: Int, id: String)] = []
        for _ in 1...Int.random(in: 1...30, using: &random) {
          let person = Int.random(in: 1...25, using: &random)
          lines.append((person, Bool.random(using: &random) ? "" : "ID-\(Int.random(in: 1...25, using: &random))"))
        }
        let text =
          "Full Name,Email,External ID\n" + lines.map { "Person \($0.person),Person\($0.person)@Example.com,\($0.id)\n" }.joined()
        let draft = try desk.check(text, under: [0, 1, 2, 4].randomElement(using: &random) ?? 0)
        try BulkPropertyTests.expectFirstsOnly(lines, try desk.lines(draft))
        // Others act between the check and the confirmation.
        for _ in 1...4 {
          do {
            let user = try world.invite(Int.random(in: 1...25, using: &random), under: 4)
            if Bool.random(using: &random) { _ = try world.join(user) }
            if Bool.random(using: &random) { _ = try world.remove([user]) }
            if Bool.random(using: &random) { _ = try world.revoke([user]) }
          } catch is Failure {} catch is JoinRefusal {}
        }
        let before = try desk.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'invitation'")
        do {
          let done = try desk.bulk.confirm(draft.id, sends: true, mayExceed: true)
          let counts = try desk.counts(draft)
          #expect(done.invited == (counts[.new] ?? 0) + (counts[.returns] ?? 0))
          #expect(try desk.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'invitation'") == before + Int64(done.invited))
        } catch let failure as Failure {
          // A contract whose places go to invitations has too few; then nothing is written at all.
          #expect(failure.fields.map(\.name) == [Licenses.limitField])
          #expect(try desk.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'invitation'") == before)
        }
        world.cast.time.pass(seconds: 3600)
        let differences = try world.differences()
        #expect(differences == [], "round \(round)")
      }
      let twice = try desk.scalar("SELECT COUNT(*) FROM (SELECT email_key FROM accounts GROUP BY email_key HAVING COUNT(*) > 1) a")
      let unlike = try desk.scalar(
        """
        SELECT COUNT(*) FROM invitations i LEFT JOIN memberships m ON m.program_id = i.program_id AND m.user_id = i.user_id
        WHERE (m.state = 'INVITED') IS DISTINCT FROM (i.state NOT IN ('JOINED', 'REVOKED')) AND m.state IS NOT NULL
        """)
      #expect(twice == 0 && unlike == 0)
    }
  }

  /// Of the lines of one person only the first may be taken; of those with one External ID only those of its first person.
  private static func expectFirstsOnly(_ lines: [(person: Int, id: String)], _ judged: [String]) throws {
    var (people, ids): (Set<Int>, [String: Int]) = ([], [:])
    for (index, line) in lines.enumerated() {
      let isFirst = people.insert(line.person).inserted
      let owner = line.id.isEmpty ? line.person : ids[line.id] ?? line.person
      if !line.id.isEmpty, ids[line.id] == nil { ids[line.id] = line.person }
      let isError = judged[index].hasPrefix("\(index + 2) ERROR")
      if !isFirst { #expect(judged[index].contains("Same email as line"), "\(judged[index])") }
      if isFirst && owner != line.person { #expect(isError, "\(judged[index])") }
    }
  }

  @Test(arguments: TestDatabase.engines) func twoWhoConfirmAtOnceInviteOnce(_ engine: Dialect) throws {
    try BulkDesk.with(engine) { desk in
      let text = "Full Name,Email,External ID\n" + (1...200).map { "P,person\($0)@example.com,\n" }.joined()
      let draft = try desk.check(text)
      let bulk = desk.bulk
      let results = Mutex<[BulkInvitation.Confirmation]>([])
      let errors = onThreads(4) { _ in
        let done = try bulk.confirm(draft.id, sends: true, mayExceed: false)
        results.withLock { $0.append(done) }
      }
      #expect(errors.allSatisfy { $0 == nil })
      let all = results.withLock { $0 }
      #expect(all.filter(\.isRepeated).count == 3)
      #expect(all.map(\.invited).reduce(0, +) == 200)
      #expect(try desk.scalar("SELECT COUNT(*) FROM outbox") == 200)
      #expect(try desk.scalar("SELECT COUNT(*) FROM audit_events WHERE action = 'invited_in_bulk'") == 1)
      let differences = try desk.world.differences()
      #expect(differences == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func twoDraftsOfTheSamePeopleInviteThemOnce(_ engine: Dialect) throws {
    try BulkDesk.with(engine) { desk in
      let text = "Full Name,Email,External ID\n" + (1...3000).map { "P,person\($0)@example.com,E\($0)\n" }.joined()
      let drafts = [try desk.check(text), try desk.check(text)]
      let bulk = desk.bulk
      let errors = onThreads(2) { _ = try bulk.confirm(drafts[$0].id, sends: true, mayExceed: false) }
      #expect(errors.allSatisfy { $0 == nil })
      #expect(try desk.scalar("SELECT COUNT(*) FROM outbox") == 3000)
      #expect(try desk.scalar("SELECT COUNT(*) FROM upload_rows WHERE outcome = 'INVITED' AND reason <> ''") == 3000)
      let differences = try desk.world.differences()
      #expect(differences == [])
    }
  }
}
