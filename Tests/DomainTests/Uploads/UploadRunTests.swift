import CSV
import Database
import Support
import Synchronization
import Testing
import World

@testable import Domain

@Suite struct UploadRunTests {
  private static let file = "Full Name,Email,External ID\nA,a@example.com,\nB,b@example.com,\n"

  @Test(arguments: TestDatabase.engines) func aRunOfAProcessThatShowsNoSignOfLifeIsAsGoodAsNone(_ engine: Dialect) throws {
    try BulkDesk.with(engine) { desk in
      let (time, database) = (desk.world.cast.time, desk.world.database)
      let draft = try desk.check(UploadRunTests.file)
      let (one, other) = (UploadRuns(of: "one", in: database), UploadRuns(of: "other", in: database))
      func isAlive(for process: String) throws -> Bool {
        let run = try #require(try database.read { try UploadRun.latest(of: draft, in: $0) })
        return run.isAlive(elsewhereThan: process, at: time.now, on: engine)
      }
      // One SQLite file has one process at a time, so there another's run is a dead one's.
      let isShared = engine == .postgres
      #expect(try one.begin(draft.id, at: time.now))
      #expect(try isAlive(for: "other") == isShared)
      #expect(try !isAlive(for: "one"))
      #expect(try isShared ? !other.begin(draft.id, at: time.now) : true)
      time.pass(seconds: 29)
      let step = WorkStep(number: 2, count: 6, words: "waiting")
      try one.note(draft.id, step, at: time.now)
      time.pass(seconds: 29)
      #expect(try isAlive(for: "other") == isShared)
      #expect(try database.read { try UploadRun.latest(of: draft, in: $0)?.step } == step)
      time.pass(seconds: 2)
      #expect(try !isAlive(for: "other"))
      #expect(try other.begin(draft.id, at: time.now))
      // The first one cannot end or forget what is another's now.
      try one.end(draft.id, .done("Done."), at: time.now)
      try one.forget(draft.id)
      #expect(try database.read { try UploadRun.latest(of: draft, in: $0) }.map { $0.end == nil && $0.step == nil } == true)
    }
  }

  @Test(arguments: TestDatabase.engines) func anEndIsKeptUntilTheNextTry(_ engine: Dialect) throws {
    try BulkDesk.with(engine) { desk in
      let database = desk.world.database
      let draft = try desk.check(UploadRunTests.file)
      let (one, other) = (UploadRuns(of: "one", in: database), UploadRuns(of: "other", in: database))
      func end() throws -> UploadRun.End? { try database.read { try UploadRun.latest(of: draft, in: $0)?.end } }
      let failure = Failure(.conflict, "No “places”.", fields: [.init("exceed", "Tick.")])
      let refusal = UploadRun.Refusal(failure, asked: ["send": "1"])
      #expect(refusal.failure == failure)
      #expect(try one.begin(draft.id, at: desk.world.now))
      try one.end(draft.id, .refused(refusal), at: desk.world.now)
      #expect(try end() == .refused(refusal))
      #expect(try other.begin(draft.id, at: desk.world.now))
      #expect(try end() == nil)
      try other.end(draft.id, .done("Two."), at: desk.world.now)
      #expect(try end() == .done("Two."))
      try other.forget(draft.id)
      #expect(try desk.scalar("SELECT COUNT(*) FROM upload_runs") == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func aListenerHearsEachStepOnceAndInOrder(_ engine: Dialect) throws {
    try BulkDesk.with(engine) { desk in
      final class Heard: Sendable {
        let steps = Mutex<[WorkStep]>([])
        var listener: WorkListener { WorkListener { step in self.steps.withLock { $0.append(step) } } }
        var numbers: [Int] { steps.withLock { $0.map(\.number) } }
      }
      let (invitations, attributes) = (Heard(), Heard())
      let draft = try desk.check(UploadRunTests.file)
      _ = try desk.bulk.confirm(draft.id, sends: true, mayExceed: true, listener: invitations.listener)
      #expect(invitations.numbers == [1, 2, 3, 4, 5, 6])
      #expect(invitations.steps.withLock { $0.allSatisfy { $0.count == 6 && !$0.words.isEmpty } })
      let upload = try AttributeUpload(desk.world.scope, in: desk.world.database, clock: desk.world.cast.time.clock)
      let id = try upload.check(CSVFile(bytes: Array("Email,Job Title\na@example.com,Captain\n".utf8), encoding: .unicode), named: "a.csv")
      _ = try upload.confirm(id, listener: attributes.listener)
      #expect(attributes.numbers == [1, 2, 3, 4])
    }
  }
}
