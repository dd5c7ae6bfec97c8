import Support
import Testing

@testable import Database

@Suite struct TransactionTests {
  private func with(_ engine: Dialect, _ body: (any Database) throws -> Void) throws {
    try TestDatabase.with(engine) { test throws in
      try test.database.write(organization: 1) { tx throws in
        try tx.run("CREATE TABLE t (id BIGINT PRIMARY KEY)")
        try tx.run("INSERT INTO t VALUES (1)")
      }
      try body(test.database)
    }
  }

  private func ids(_ db: any Database) throws -> [Int64] { try db.read { try $0.all("SELECT id FROM t ORDER BY id") { $0.int(0) } } }

  @Test(arguments: TestDatabase.engines) func anErrorRollsBack(_ engine: Dialect) throws {
    try with(engine) { db throws in
      #expect(throws: Refusal.self) {
        try db.write(organization: 1) { tx throws in
          try tx.run("INSERT INTO t VALUES (2)")
          throw Refusal()
        }
      }
      #expect(try ids(db) == [1])
    }
  }

  @Test(arguments: TestDatabase.engines) func aFailedStatementDoomsTheTransactionEvenWhenCaught(_ engine: Dialect) throws {
    try with(engine) { db throws in
      let error = refusal {
        try db.write(organization: 1) { tx throws in
          try tx.run("INSERT INTO t VALUES (2)")
          let first = refusal { try tx.run("INSERT INTO t VALUES (1)") }
          #expect(first?.kind == .unique)
          // What comes after is refused with the first error and not with the engine's.
          let second = refusal { try tx.run("INSERT INTO t VALUES (3)") }
          #expect(second?.kind == .unique)
        }
      }
      #expect(error?.kind == .unique)
      #expect(try ids(db) == [1])
      try db.write(organization: 1) { try $0.run("INSERT INTO t VALUES (4)") }
      #expect(try ids(db) == [1, 4])
    }
  }

  @Test(arguments: TestDatabase.engines) func aRefusedParameterDoomsToo(_ engine: Dialect) throws {
    try with(engine) { db throws in
      let error = refusal {
        try db.write(organization: 1) { tx throws in
          try tx.run("INSERT INTO t VALUES (2)")
          #expect(refusal { try tx.run("SELECT \("a\0")") } != nil)
        }
      }
      #expect(error?.code == "parameter")
      #expect(try ids(db) == [1])
    }
  }

  @Test(arguments: TestDatabase.engines) func aSavepointUndoesAndTheTransactionGoesOn(_ engine: Dialect) throws {
    try with(engine) { db throws in
      try db.write(organization: 1) { tx throws in
        try tx.run("INSERT INTO t VALUES (2)")
        let error = refusal {
          try tx.savepoint {
            try tx.run("INSERT INTO t VALUES (3)")
            try tx.run("INSERT INTO t VALUES (1)")
          }
        }
        #expect(error?.kind == .unique)
        do {
          try tx.savepoint {
            try tx.run("INSERT INTO t VALUES (4)")
            throw Refusal()
          }
        } catch is Refusal {}
        try tx.savepoint {
          try tx.run("INSERT INTO t VALUES (5)")
          #expect(refusal { try tx.savepoint { try tx.run("INSERT INTO t VALUES (5)") } } != nil)
        }
      }
      #expect(try ids(db) == [1, 2, 5])
    }
  }

  @Test(arguments: TestDatabase.engines) func aFailureCaughtInsideASavepointFailsTheSavepoint(_ engine: Dialect) throws {
    try with(engine) { db throws in
      try db.write(organization: 1) { tx throws in
        let error = refusal {
          try tx.savepoint {
            try tx.run("INSERT INTO t VALUES (2)")
            #expect(refusal { try tx.run("INSERT INTO t VALUES (1)") } != nil)
          }
        }
        #expect(error?.kind == .unique)
        try tx.run("INSERT INTO t VALUES (6)")
      }
      #expect(try ids(db) == [1, 6])
    }
  }

  @Test(arguments: TestDatabase.engines) func aNestedWriteIsRefused(_ engine: Dialect) throws {
    try with(engine) { db throws in
      let error = refusal {
        try db.write(organization: 1) { _ in try db.write(organization: 2) { try $0.run("INSERT INTO t VALUES (2)") } }
      }
      #expect(error?.code == "nested")
      // The refusal is the outer body's error here; afterwards the thread may write again.
      try db.write(organization: 1) { try $0.run("INSERT INTO t VALUES (3)") }
      #expect(try ids(db) == [1, 3])
    }
  }

  @Test(arguments: TestDatabase.engines) func aReaderCannotWrite(_ engine: Dialect) throws {
    try with(engine) { db throws in
      for access in [db.read, db.export] as [((any Connection) throws -> Int) throws -> Int] {
        let error = refusal { try access { try $0.run("INSERT INTO t VALUES (2)") } }
        #expect(error?.kind == .readOnly)
      }
      #expect(try ids(db) == [1])
    }
  }

  @Test(arguments: TestDatabase.engines) func aReaderSeesOneSnapshot(_ engine: Dialect) throws {
    try with(engine) { db throws in
      try db.read { reader throws in
        #expect(try reader.scalar("SELECT COUNT(*) FROM t") == 1)
        #expect(onThreads(1) { _ in _ = try db.write(organization: 1) { try $0.run("INSERT INTO t VALUES (2)") } }.allSatisfy { $0 == nil })
        #expect(try reader.scalar("SELECT COUNT(*) FROM t") == 1)
      }
      #expect(try ids(db) == [1, 2])
    }
  }

  @Test(arguments: TestDatabase.engines) func tenPlacesGoToTenOfFifty(_ engine: Dialect) throws {
    try with(engine) { db throws in
      try db.write(organization: 1) { tx throws in
        try tx.run("CREATE TABLE places (taken BIGINT NOT NULL, total BIGINT NOT NULL)")
        try tx.run("CREATE TABLE winners (id BIGINT PRIMARY KEY)")
        try tx.run("INSERT INTO places VALUES (0, 10)")
      }
      let won = Counter()
      let errors = onThreads(50) { index in
        let joined = try db.write(organization: 7, patience: .seconds(60)) { tx -> Bool in
          // Read, decide, write: right only for one writer at a time.
          guard try tx.scalar("SELECT total - taken FROM places") > 0 else { return false }
          let taken = try tx.scalar("SELECT taken FROM places")
          try tx.run("INSERT INTO winners VALUES (\(index))")
          try tx.run("UPDATE places SET taken = \(taken + 1)")
          return true
        }
        if joined { won.add() }
      }
      #expect(errors.allSatisfy { $0 == nil })
      #expect(won.value == 10)
      #expect(try db.read { try $0.scalar("SELECT COUNT(*) FROM winners") } == 10)
    }
  }

  @Test(arguments: TestDatabase.engines) func twoDatabasesOnOnePlaceDoNotOverbookEither(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      let databases = [test.database, try openDatabase(test.location)]
      defer { databases[1].close() }
      try test.database.write(organization: 1) { tx throws in
        try tx.run("CREATE TABLE places (taken BIGINT NOT NULL)")
        try tx.run("INSERT INTO places VALUES (0)")
      }
      let errors = onThreads(16) { index in
        try databases[index % 2].write(organization: 7, patience: .seconds(60)) { tx throws in
          let taken = try tx.scalar("SELECT taken FROM places")
          try tx.run("UPDATE places SET taken = \(taken + 1)")
        }
      }
      #expect(errors.allSatisfy { $0 == nil })
      #expect(try test.database.read { try $0.scalar("SELECT taken FROM places") } == 16)
    }
  }

  @Test func organizationsOnPostgresDoNotWaitForEachOther() throws {
    for engine in TestDatabase.engines where engine == .postgres {
      try with(engine) { db throws in
        let one = Occupant { inside in try db.write(organization: 1) { _ in inside() } }
        #expect(try db.write(organization: 2, patience: .zero) { try $0.run("INSERT INTO t VALUES (2)") } == 1)
        one.leave()
      }
    }
  }
}
