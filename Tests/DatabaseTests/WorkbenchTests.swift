import Glibc
import Support
import Testing

@testable import Database

@Suite struct WorkbenchTests {
  private func with(_ engine: Dialect, _ body: (any Database) throws -> Void) throws {
    try TestDatabase.with(engine) { test throws in
      try test.database.write(organization: 1) { try $0.run("CREATE TABLE t (id BIGINT PRIMARY KEY)") }
      try body(test.database)
    }
  }

  private func fill(_ bench: any Workbench, _ ids: Range<Int>, during: () throws -> Void = {}) throws {
    try bench.run("CREATE TEMPORARY TABLE incoming (id BIGINT)")
    _ = try bench.load(into: "incoming", columns: ["id"]) { sink in
      for id in ids {
        sink.int(Int64(id))
        try sink.endRow()
        if id == ids.lowerBound + ids.count / 2 { try during() }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aTableIsFilledAsideAndTakenOverAtOnce(_ engine: Dialect) throws {
    try with(engine) { db throws in
      try db.write(organization: 1) { try $0.run("INSERT INTO t VALUES (3)") }
      let inserted = try db.workbench { bench in
        try fill(bench, 0..<5000)
        #expect(try bench.run("DELETE FROM incoming WHERE id IN (SELECT id FROM t)") == 1)
        #expect(try bench.read { try $0.scalar("SELECT COUNT(*) FROM incoming") } == 4999)
        return try bench.write(organization: 1) { tx in try tx.run("INSERT INTO t (id) SELECT id FROM incoming") }
      }
      #expect(inserted == 4999)
      #expect(try db.read { try $0.scalar("SELECT COUNT(*) FROM t") } == 5000)
      #expect(
        refusal { try db.workbench { try $0.scalar("SELECT COUNT(*) FROM incoming") } } != nil, "temporary tables end with the workbench")
    }
  }

  @Test(arguments: TestDatabase.engines) func othersWriteWhileATableIsFilled(_ engine: Dialect) throws {
    try with(engine) { db throws in
      try db.workbench { bench in
        // Zero patience: the writer must be free, here and in another process.
        try fill(bench, 0..<200_000) {
          let errors = onThreads(1) { _ in _ = try db.write(organization: 1, patience: .zero) { try $0.run("INSERT INTO t VALUES (1)") } }
          #expect(errors.allSatisfy { $0 == nil })
        }
        try bench.stream("SELECT id FROM incoming") { _ in
          let errors = onThreads(1) { _ in _ = try db.write(organization: 1, patience: .zero) { try $0.run("INSERT INTO t VALUES (2)") } }
          #expect(errors.allSatisfy { $0 == nil })
          return false
        }
        #expect(try bench.scalar("SELECT COUNT(*) FROM t") == 2)
        #expect(try bench.scalar("SELECT COUNT(*) FROM incoming") == 200_000)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aWriteOnTheWorkbenchTakesItsTurn(_ engine: Dialect) throws {
    try with(engine) { db throws in
      try db.workbench { bench in
        try bench.write(organization: 1) { tx throws in
          try tx.run("INSERT INTO t VALUES (1)")
          let errors = onThreads(1) { _ in try db.write(organization: 1, patience: .milliseconds(10)) { _ in } }
          #expect((errors[0] as? DatabaseError)?.kind == .busy)
        }
        try bench.write(organization: 1) { _ in
          #expect(refusal { try db.write(organization: 1) { _ in } }?.code == "nested")
        }
        try db.write(organization: 1) { tx throws in
          try tx.run("INSERT INTO t VALUES (2)")
          #expect(refusal { try bench.write(organization: 1) { _ in } }?.code == "nested")
        }
        #expect(refusal { try bench.write(organization: 1) { _ in try bench.read { _ in } } }?.code == "nested")
      }
      #expect(try db.read { try $0.scalar("SELECT COUNT(*) FROM t") } == 2)
    }
  }

  @Test(arguments: TestDatabase.engines) func whatIsSaidToBeFoundIsLookedAtBeforeTheCommit(_ engine: Dialect) throws {
    try with(engine) { db throws in
      try db.write(organization: 1) { tx in
        try tx.run("INSERT INTO t VALUES (1)")
        try tx.run("CREATE TABLE of_t (id BIGINT NOT NULL REFERENCES t (id))")
      }
      try db.workbench { bench in
        for (references, id): (References, Int64) in [(.found, 2), (.checked, 2), (.found, 1), (.checked, 1)] {
          let error = refusal {
            try bench.write(organization: 1, references: references) { try $0.run("INSERT INTO of_t VALUES (CAST(\(id) AS BIGINT))") }
          }
          #expect(error?.kind == (id == 1 ? nil : .foreignKey), "\(references), \(id)")
        }
      }
      #expect(try db.read { try $0.scalar("SELECT COUNT(*) FROM of_t WHERE id = 1") } == 2)
      #expect(refusal { try db.write(organization: 1) { try $0.run("INSERT INTO of_t VALUES (2)") } }?.kind == .foreignKey)
    }
  }

  @Test func theLogOfALargeWriteIsMovedByItself() throws {
    try with(.sqlite) { db throws in
      let database = try #require(db as? SQLiteDatabase)
      func size() throws -> Int64 {
        var info = stat()
        try #require(stat(database.path, &info) == 0)
        return Int64(info.st_size)
      }
      #expect(try size() < 1 << 20)
      try db.workbench { bench in
        try bench.write(organization: 1) { tx in
          try tx.run("CREATE TABLE wide (content TEXT NOT NULL)")
          for _ in 0..<8 { try tx.run("INSERT INTO wide VALUES (\(String(repeating: "x", count: 1 << 20)))") }
        }
      }
      database.mover.close(until: Deadline(after: .seconds(60)))
      #expect(try size() > 8 << 20)
      #expect(try db.read { try $0.scalar("SELECT COUNT(*) FROM wide") } == 8)
      // Nobody is left to move it, and a commit goes through all the same.
      _ = try db.workbench { bench in try bench.write(organization: 1) { try $0.run("INSERT INTO wide SELECT content FROM wide") } }
      try db.write(organization: 1) { try $0.run("INSERT INTO wide VALUES ('')") }
      #expect(try db.read { try $0.scalar("SELECT COUNT(*) FROM wide") } == 17)
    }
  }

  @Test(arguments: TestDatabase.engines) func aFailedWriteLeavesTheTemporaryTable(_ engine: Dialect) throws {
    try with(engine) { db throws in
      try db.workbench { bench in
        try fill(bench, 0..<10)
        let error = refusal {
          try bench.write(organization: 1) { tx throws in
            try tx.run("DELETE FROM incoming WHERE id > 4")
            try tx.run("INSERT INTO t (id) SELECT id FROM incoming")
            try tx.run("INSERT INTO t (id) SELECT id FROM incoming")
          }
        }
        #expect(error?.kind == .unique)
        #expect(try bench.scalar("SELECT COUNT(*) FROM incoming") == 10)
        #expect(try bench.scalar("SELECT COUNT(*) FROM t") == 0)
        // Outside of a transaction a failed statement is only that.
        #expect(refusal { try bench.run("SELECT missing") } != nil)
        #expect(try bench.write(organization: 1) { try $0.run("INSERT INTO t (id) SELECT id FROM incoming") } == 10)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aFailedLoadLeavesTheTemporaryTableEmpty(_ engine: Dialect) throws {
    try with(engine) { db throws in
      try db.workbench { bench in
        do {
          try fill(bench, 0..<10) { throw Refusal() }
          Issue.record("the load went through")
        } catch is Refusal {}
        #expect(try bench.scalar("SELECT COUNT(*) FROM incoming") == 0)
        #expect(refusal { try bench.savepoint {} }?.code == "savepoint")
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func indexesAreThereAgainAfterwards(_ engine: Dialect) throws {
    try with(engine) { db throws in
      try db.write(organization: 1) { tx in
        try tx.run("CREATE TABLE pairs (a BIGINT PRIMARY KEY, b BIGINT NOT NULL, c TEXT NOT NULL)")
        try tx.run("CREATE UNIQUE INDEX pairs_b ON pairs (b)")
        try tx.run("CREATE INDEX pairs_c ON pairs (c, a) WHERE c <> ''")
      }
      let names = SQL(
        sqlite: "SELECT name || sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1",
        postgres: "SELECT indexdef FROM pg_indexes WHERE tablename = 'pairs' AND schemaname = current_schema() ORDER BY 1")
      let before = try db.read { try $0.all(names) { $0.text(0) } }
      func rebuild(_ rows: SQL, fails: Bool = false, keeping: [StaticString] = []) throws {
        try db.workbench { bench in
          try bench.write(organization: 1) { tx in
            try tx.rebuildingIndexes(of: ["pairs"], keeping: keeping) {
              try tx.run("INSERT INTO pairs (a, b, c) VALUES \(rows)")
              if engine == .sqlite {
                let left = try tx.all("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL") { $0.text(0) }
                #expect(left == keeping.map(\.description))
              }
              if fails { throw Refusal() }
            }
          }
        }
      }
      try rebuild("(1, 1, 'x'), (2, 2, '')")
      try rebuild("(3, 3, 'x')", keeping: ["pairs_c"])
      #expect(refusal { try rebuild("(4, 4, 'y'), (5, 4, 'y')") }?.kind == .unique)
      #expect(throws: Refusal.self) { try rebuild("(6, 6, 'y')", fails: true) }
      // The error is dealt with inside, and still nothing of it stays.
      #expect(throws: (any Error).self) {
        try db.write(organization: 1) { tx in
          do {
            try tx.rebuildingIndexes(of: ["pairs"], keeping: []) {
              try tx.run("INSERT INTO pairs (a, b, c) VALUES (7, 3, 'y')")
              throw Refusal()
            }
          } catch is Refusal {}
        }
      }
      let after = try db.read { try $0.all(names) { $0.text(0) } }
      #expect(after == before)
      let count = try db.read { try $0.scalar("SELECT COUNT(*) FROM pairs") }
      #expect(count == 3)
    }
  }

  @Test(arguments: TestDatabase.engines) func aTableIsTidiedUpOutsideOfTransactions(_ engine: Dialect) throws {
    try with(engine) { db throws in
      try db.workbench { bench in
        try fill(bench, 0..<5000)
        try bench.write(organization: 1) { try $0.run("INSERT INTO t (id) SELECT id FROM incoming") }
        bench.tidy([])
        bench.tidy(["t", "missing"])
        bench.tidy(["t"])
        // Which pages are visible to all depends on what other connections are about.
        let isTidy = try bench.scalar(
          SQL(
            sqlite: "SELECT 1",
            postgres: "SELECT COUNT(*) FROM pg_stat_user_tables WHERE relid = 't'::regclass AND vacuum_count > 0 AND analyze_count > 0"))
        #expect(isTidy == 1)
      }
    }
  }

  @Test func outsideOfWriteTheDatabaseProperIsOutOfReach() throws {
    try with(.sqlite) { db throws in
      try db.workbench { bench in
        for sql in ["INSERT INTO t VALUES (1)", "UPDATE t SET id = 2", "DELETE FROM t", "CREATE TABLE u (id BIGINT)", "DROP TABLE t"]
          as [SQL]
        {
          #expect(refusal { try bench.run(sql) }?.kind == .readOnly)
          #expect(refusal { try bench.read { try $0.run(sql) } }?.kind == .readOnly)
        }
        // Prepared inside `write`, the statement is refused outside of it all the same.
        try bench.write(organization: 1) { try $0.run("INSERT INTO t VALUES (1)") }
        #expect(refusal { try bench.run("INSERT INTO t VALUES (1)") }?.kind == .readOnly)
      }
    }
  }
}
