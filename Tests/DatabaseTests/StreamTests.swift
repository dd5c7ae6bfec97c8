import Support
import Testing

@testable import Database

@Suite struct StreamTests {
  private func with(_ engine: Dialect, _ body: (any Database) throws -> Void) throws {
    try TestDatabase.with(engine) { test throws in
      try test.database.write(organization: 1) { tx throws in
        try tx.run("CREATE TABLE t (id BIGINT PRIMARY KEY, x TEXT)")
        _ = try tx.load(into: "t", columns: ["id", "x"]) { sink in
          for id in 0..<25_000 {
            sink.int(Int64(id))
            sink.text("row \(id)")
            try sink.endRow()
          }
        }
      }
      try body(test.database)
    }
  }

  @Test(arguments: TestDatabase.engines) func aStreamHandsOverEveryRowInOrder(_ engine: Dialect) throws {
    try with(engine) { db throws in
      for access in [db.read, db.export] as [((any Connection) throws -> Int64) throws -> Int64] {
        let count = try access { reader throws in
          var next: Int64 = 0
          try reader.stream("SELECT id, x FROM t WHERE id >= \(0) ORDER BY id") { row in
            if row.int(0) != next || row.text(1) != "row \(next)" { return false }
            next += 1
            return true
          }
          return next
        }
        #expect(count == 25_000)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func stoppingEarlyLeavesTheConnectionReady(_ engine: Dialect) throws {
    try with(engine) { db throws in
      try db.read { reader throws in
        for stop in [1, 99, 100, 101, 20_000] as [Int64] {
          var seen: Int64 = 0
          try reader.stream("SELECT id FROM t ORDER BY id") { _ in
            seen += 1
            return seen < stop
          }
          #expect(seen == stop)
          #expect(try reader.scalar("SELECT COUNT(*) FROM t") == 25_000)
        }
        do {
          try reader.stream("SELECT id FROM t") { _ in throw Refusal() }
          Issue.record("the error was swallowed")
        } catch is Refusal {}
        #expect(try reader.scalar("SELECT COUNT(*) FROM t") == 25_000)
      }
      #expect(try db.read { try $0.scalar("SELECT 5") } == 5)
    }
  }

  @Test(arguments: TestDatabase.engines) func otherStatementsRunWhileAStreamIsOpen(_ engine: Dialect) throws {
    try with(engine) { db throws in
      try db.write(organization: 1) { tx throws in
        try tx.run("CREATE TABLE seen (id BIGINT)")
        try tx.stream("SELECT id FROM t WHERE id < \(300)") { row in
          let id = row.int(0)
          try tx.run("INSERT INTO seen VALUES (\(id))")
          return try tx.scalar("SELECT COUNT(*) FROM seen") < 250
        }
        var pairs = 0
        try tx.stream("SELECT id FROM t WHERE id < \(2)") { _ in
          try tx.stream("SELECT id FROM t WHERE id < \(3)") { _ in
            pairs += 1
            return true
          }
          return true
        }
        #expect(pairs == 6)
      }
      #expect(try db.read { try $0.scalar("SELECT COUNT(*) FROM seen") } == 250)
    }
  }

  @Test(arguments: TestDatabase.engines) func aStatementThatFailsInsideAStreamDooms(_ engine: Dialect) throws {
    try with(engine) { db throws in
      let error = refusal {
        try db.write(organization: 1) { tx throws in
          try tx.stream("SELECT id FROM t ORDER BY id") { _ in
            #expect(refusal { try tx.run("INSERT INTO t VALUES (0, 'again')") } != nil)
            return false
          }
        }
      }
      #expect(error?.kind == .unique)
    }
  }

  @Test(arguments: TestDatabase.engines) func aFailingQueryFailsTheStream(_ engine: Dialect) throws {
    try with(engine) { db throws in
      #expect(refusal { try db.export { try $0.stream("SELECT missing FROM t") { _ in true } } } != nil)
      #expect(try db.export { try $0.scalar("SELECT 5") } == 5)
    }
  }
}
