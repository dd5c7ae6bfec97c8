import Dispatch
import Support
import Testing

@testable import Database

@Suite struct PoolTests {
  @Test func aGateLetsInAsManyAsThereArePlacesAndInOrder() throws {
    let gate = Gate(places: 1)
    try gate.enter(until: Deadline(after: .zero), "the gate")
    let order = Texts()
    let waiting = DispatchGroup()
    for index in 0..<5 {
      waiting.enter()
      let before = gate.waitingCount
      startThread {
        do {
          try gate.enter(until: Deadline(after: .seconds(60)), "the gate")
          order.append("\(index)")
          gate.leave()
        } catch { order.append("\(error)") }
        waiting.leave()
      }
      while gate.waitingCount == before {}
    }
    gate.leave()
    waiting.wait()
    #expect(order.all == ["0", "1", "2", "3", "4"])
    try gate.enter(until: Deadline(after: .zero), "the gate")
  }

  @Test func aGateGivesUpAndLosesNoPlace() throws {
    let gate = Gate(places: 1)
    try gate.enter(until: Deadline(after: .zero), "the gate")
    for _ in 0..<3 {
      let error = refusal { try gate.enter(until: Deadline(after: .milliseconds(1)), "the gate") }
      #expect(error?.kind == .busy)
      #expect(error?.message.contains("the gate") == true)
    }
    #expect(gate.waitingCount == 0)
    gate.leave()
    try gate.enter(until: Deadline(after: .zero), "the gate")
  }

  @Test func aClosedGateTurnsAwayThoseWhoWait() throws {
    let gate = Gate(places: 1)
    try gate.enter(until: Deadline(after: .zero), "the gate")
    let refusals = Texts()
    let waiting = DispatchGroup()
    waiting.enter()
    startThread {
      refusals.append(refusal { try gate.enter(until: Deadline(after: .seconds(60)), "the gate") }?.code ?? "in")
      waiting.leave()
    }
    while gate.waitingCount == 0 {}
    #expect(!gate.close(until: Deadline(after: .zero)), "one is inside")
    waiting.wait()
    #expect(refusals.all == ["closed"])
    gate.leave()
    #expect(gate.close(until: Deadline(after: .seconds(60))))
  }

  @Test(arguments: TestDatabase.engines) func aWriterGivesUpWhenItsPatienceEnds(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      let db = test.database
      let other = try openDatabase(test.location)
      defer { other.close() }
      // First behind a writer of this process, then behind one that shares only the file or the server.
      for holder in [db, other] {
        let writer = Occupant { inside in try holder.write(organization: 1) { _ in inside() } }
        let error = refusal { try db.write(organization: 1, patience: .milliseconds(20)) { _ in } }
        #expect(error?.kind == .busy)
        writer.leave()
        #expect(try db.write(organization: 1) { try $0.scalar("SELECT 5") } == 5)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func readersBeyondTheLimitWaitAndGiveUp(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      let location = test.location
      switch engine {
      case .sqlite: try exhaust(Pool("a connection", limit: 2) { try SQLiteConnection(path: location, .reader) })
      case .postgres: try exhaust(Pool("a connection", limit: 2) { try PostgresConnection(location) })
      }
    }
  }

  private func exhaust<C: SendableMetatype>(_ pool: Pool<C>) throws {
    let occupants = (0..<2).map { _ in
      Occupant { inside in try pool.transaction(.read, until: Deadline(after: .seconds(60))) { _ in inside() } }
    }
    let error = refusal { try pool.transaction(.read, until: Deadline(after: .milliseconds(10))) { _ in } }
    #expect(error?.kind == .busy)
    for occupant in occupants { occupant.leave() }
    #expect(try pool.transaction(.read, until: Deadline(after: .zero)) { try $0.scalar("SELECT 5") } == 5)
    pool.close(until: Deadline(after: .zero))
    let closed = refusal { try pool.transaction(.read, until: Deadline(after: .zero)) { _ in } }
    #expect(closed?.code == "closed")
  }

  @Test(arguments: TestDatabase.engines) func exportsDoNotTakeThePagesConnections(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      let db = test.database
      let exports = (0..<3).map { _ in Occupant { inside in try db.export { _ in inside() } } }
      #expect(try db.read { try $0.scalar("SELECT 5") } == 5)
      #expect(try db.write(organization: 1) { try $0.scalar("SELECT 5") } == 5)
      for export in exports { export.leave() }
    }
  }

  @Test(arguments: TestDatabase.engines) func aClosedDatabaseSaysSo(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      test.database.close()
      #expect(refusal { try test.database.read { _ in } }?.code == "closed")
      #expect(refusal { try test.database.write(organization: 1) { _ in } }?.code == "closed")
      #expect(refusal { try test.database.export { _ in } }?.code == "closed")
      #expect(refusal { try test.database.workbench { _ in } }?.code == "closed")
    }
  }

  private static let me: SQL = "SELECT pg_backend_pid()"

  /// Waits until it is gone, so that the next use meets a connection that is dead and not one that is dying.
  private func end(_ pid: Int64, by admin: any Database) throws {
    let ended = try admin.read { try $0.scalar("SELECT CAST(pg_terminate_backend(CAST(\(pid) AS INT), 60000) AS INT)") }
    #expect(ended == 1)
  }

  @Test func aConnectionThatTheServerEndsWhileIdleIsReplaced() throws {
    for engine in TestDatabase.engines where engine == .postgres {
      try TestDatabase.with(engine) { test throws in
        let db = try PostgresDatabase(test.location, connections: 2)
        defer { db.close() }
        let idle = try [db.read { try $0.scalar(PoolTests.me) }, db.write(organization: 1) { try $0.scalar(PoolTests.me) }]
        for pid in idle { try end(pid, by: test.database) }
        let next = try [db.read { try $0.scalar(PoolTests.me) }, db.write(organization: 1) { try $0.scalar(PoolTests.me) }]
        #expect(Set(idle + next).count == 4, "two ended and two are new")
      }
    }
  }

  @Test func aWriteThatLosesItsConnectionRunsAgainAndAReadSaysSo() throws {
    for engine in TestDatabase.engines where engine == .postgres {
      try TestDatabase.with(engine) { test throws in
        let db = try PostgresDatabase(test.location, connections: 2)
        defer { db.close() }
        let runs = Counter()
        let result = try db.write(organization: 1) { tx throws in
          if runs.add() == 1 { try end(tx.scalar(PoolTests.me), by: test.database) }
          return try tx.scalar("SELECT 6")
        }
        #expect(result == 6 && runs.value == 2)
        let lost = refusal {
          try db.read { reader throws in
            try end(reader.scalar(PoolTests.me), by: test.database)
            return try reader.scalar("SELECT 7")
          }
        }
        #expect(lost?.kind == .connection)
        #expect(try db.read { try $0.scalar("SELECT 8") } == 8)
      }
    }
  }

  @Test func aDeadlockIsRunAgain() throws {
    for engine in TestDatabase.engines where engine == .postgres {
      try TestDatabase.with(engine) { test throws in
        let db = test.database
        try db.write(organization: 1) { tx throws in
          try tx.run("CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT)")
          try tx.run("INSERT INTO t VALUES (1, 0), (2, 0)")
        }
        let both = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
        let runs = Counter()
        let errors = onThreads(2) { index in
          var first = true
          try db.write(organization: Int64(index + 1)) { tx throws in
            runs.add()
            try tx.run("UPDATE t SET n = n + 1 WHERE id = \(index + 1)")
            if first {
              first = false
              both[1 - index].signal()
              both[index].wait()
            }
            try tx.run("UPDATE t SET n = n + 1 WHERE id = \(2 - index)")
          }
        }
        #expect(errors.allSatisfy { $0 == nil })
        #expect(runs.value == 3, "one of the two was chosen to give way")
        #expect(try db.read { try $0.scalar("SELECT SUM(n) FROM t") } == 4)
      }
    }
  }
}
