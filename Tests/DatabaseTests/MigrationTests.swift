import Support
import Testing

@testable import Database

@Suite struct MigrationTests {
  private static let first = """
    -- {{id}} and its companions; a semicolon; in a comment
    CREATE TABLE a (id {{id}}, body {{blob}}, name TEXT NOT NULL DEFAULT 'x;y');
    -- sqlite: CREATE TABLE engine (name TEXT DEFAULT 'sqlite');
    -- postgres: CREATE TABLE engine (name TEXT DEFAULT 'postgres');
    CREATE TABLE c (one BIGINT NOT NULL, two BIGINT NOT NULL, PRIMARY KEY (one, two)) {{clustered}};
    """

  private func with(_ engine: Dialect, _ body: (any Database, String) throws -> Void) throws {
    try TestDatabase.with(engine) { test throws in
      try TestDatabase.inFolder { folder in
        try writeFile(folder + "/0001_first.sql", MigrationTests.first)
        try writeFile(folder + "/0002_second.sql", "ALTER TABLE a ADD COLUMN more TEXT; INSERT INTO a (name) VALUES ('one');")
        try writeFile(folder + "/README", "not a migration")
        try body(test.database, folder)
      }
    }
  }

  private func refused(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing was refused"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: TestDatabase.engines) func aMigrationMayHoldNothingForAnEngine(_ engine: Dialect) throws {
    try with(engine) { db, folder in
      let other = engine == .sqlite ? "postgres" : "sqlite"
      try writeFile(folder + "/0003_other.sql", "-- For the other engine.\n-- \(other): CREATE TABLE elsewhere (one BIGINT);\n")
      #expect(try db.migrate(try Migrations(directory: folder)).last == "0003_other")
      #expect(throws: DatabaseError.self) { try db.read { try $0.scalar("SELECT COUNT(*) FROM elsewhere") } }
    }
  }

  @Test(arguments: TestDatabase.engines) func appliesWhatIsMissingInOrder(_ engine: Dialect) throws {
    try with(engine) { db, folder in
      let migrations = try Migrations(directory: folder)
      #expect(try db.migrationStatus(migrations).map(\.appliedAt) == [nil, nil])
      #expect(try db.migrate(migrations) == ["0001_first", "0002_second"])
      #expect(try db.migrate(migrations) == [])
      let status = try db.migrationStatus(migrations)
      #expect(status.map(\.name) == ["0001_first", "0002_second"])
      #expect(status.map(\.number) == [1, 2])
      let moment = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/
      #expect(status.allSatisfy { $0.appliedAt?.wholeMatch(of: moment) != nil })
      try db.write(organization: 1) { tx throws in
        try tx.run("INSERT INTO a (body) VALUES (\([UInt8](arrayLiteral: 0, 255)))")
        #expect(try tx.all("SELECT id, name FROM a ORDER BY id") { "\($0.int(0)) \($0.text(1))" } == ["1 one", "2 x;y"])
        try tx.run("INSERT INTO engine DEFAULT VALUES")
        #expect(try tx.first("SELECT name FROM engine") { $0.text(0) } == "\(engine)")
        try tx.run("INSERT INTO c VALUES (1, 2)")
      }
      if engine == .sqlite {
        #expect(refusal { try db.read { try $0.scalar("SELECT rowid FROM c") } } != nil, "clustered tables have no row id")
      }
      try writeFile(folder + "/0003_third.sql", "CREATE TABLE d (id BIGINT);")
      #expect(try db.migrate(Migrations(directory: folder)) == ["0003_third"])
    }
  }

  @Test(arguments: TestDatabase.engines) func aMigrationThatFailsLeavesNothing(_ engine: Dialect) throws {
    try with(engine) { db, folder in
      try writeFile(
        folder + "/0003_third.sql", "CREATE TABLE d (id BIGINT); INSERT INTO a (name) VALUES ('two'); INSERT INTO missing VALUES (1);")
      let error = refusal { try db.migrate(Migrations(directory: folder)) }
      #expect(error?.message.contains("missing") == true)
      #expect(refusal { try db.read { try $0.scalar("SELECT COUNT(*) FROM d") } } != nil)
      #expect(try db.read { try $0.scalar("SELECT COUNT(*) FROM a") } == 1)
      #expect(try db.migrationStatus(Migrations(directory: folder)).map { $0.appliedAt != nil } == [true, true, false])
      // Mended, it applies; it never was.
      try writeFile(folder + "/0003_third.sql", "CREATE TABLE d (id BIGINT);")
      #expect(try db.migrate(Migrations(directory: folder)) == ["0003_third"])
    }
  }

  @Test(arguments: TestDatabase.engines) func refusesWhatDoesNotBelongTogether(_ engine: Dialect) throws {
    try with(engine) { db, folder in
      try writeFile(folder + "/0004_fourth.sql", "CREATE TABLE e (id BIGINT);")
      let all = try Migrations(directory: folder)
      _ = try db.migrate(all)

      try TestDatabase.inFolder { other in
        try writeFile(other + "/0001_first.sql", MigrationTests.first)
        let older = try Migrations(directory: other)
        #expect(refused { _ = try db.migrate(older) }.contains("newer version of the program"))
        #expect(refused { _ = try db.migrationStatus(older) }.contains("0004_fourth"))
      }
      try writeFile(folder + "/0003_third.sql", "CREATE TABLE d (id BIGINT);")
      #expect(refused { _ = try db.migrate(Migrations(directory: folder)) }.contains("0003_third comes before 0004_fourth"))
      try writeFile(folder + "/0001_first.sql", MigrationTests.first + " ")
      #expect(refused { _ = try db.migrate(Migrations(directory: folder)) }.contains("0001_first was changed"))
      #expect(try db.migrate(all) == [], "the database is as it was")
    }
  }

  @Test(arguments: TestDatabase.engines) func twoThatMigrateAtOnceShareTheWork(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      try TestDatabase.inFolder { folder in
        for number in 1...9 { try writeFile(folder + "/000\(number)_table.sql", "CREATE TABLE t\(number) (id BIGINT);") }
        let migrations = try Migrations(directory: folder)
        // Two handles stand for two processes: they share the file or the server and nothing else.
        let databases = [test.database, try openDatabase(test.location)]
        defer { databases[1].close() }
        let applied = Texts()
        let errors = onThreads(4) { index in for name in try databases[index % 2].migrate(migrations) { applied.append(name) } }
        #expect(errors.allSatisfy { $0 == nil })
        #expect(applied.all.sorted() == (1...9).map { "000\($0)_table" })
      }
    }
  }

  @Test func refusesFilesThatAreNoMigrations() throws {
    let folders: [([String: String], String)] = [
      ([:], "holds no migrations"),
      (["0001_a.sql": "", "0001_b.sql": ""], "the same number"),
      (["1_a.sql": ""], "named like"),
      (["0000_a.sql": ""], "named like"),
      (["0001_.sql": ""], "named like"),
      (["0001.sql": ""], "named like"),
      (["0001_a.sql": "CREATE TABLE t (id {{identity}})"], "unknown placeholder"),
      (["0001_a.sql": "CREATE\0"], "holds NUL"),
    ]
    for (files, reason) in folders {
      try TestDatabase.inFolder { folder in
        for (name, text) in files { try writeFile(folder + "/" + name, text) }
        #expect(refused { _ = try Migrations(directory: folder) }.contains(reason), "\(files)")
      }
    }
    #expect(refused { _ = try Migrations(directory: "/no/such/folder") }.contains("cannot be read"))
  }

  @Test func aTableThatOthersReferToCanBeRebuiltButNotBroken() throws {
    try TestDatabase.with(.sqlite) { test throws in
      try TestDatabase.inFolder { folder in
        try writeFile(
          folder + "/0001_tables.sql",
          "CREATE TABLE a (id {{id}}); CREATE TABLE b (a BIGINT NOT NULL REFERENCES a (id)); INSERT INTO a VALUES (1); INSERT INTO b VALUES (1);"
        )
        try writeFile(
          folder + "/0002_rebuild.sql",
          "CREATE TABLE new_a (id {{id}}, x TEXT); INSERT INTO new_a (id) SELECT id FROM a; DROP TABLE a; ALTER TABLE new_a RENAME TO a;")
        #expect(try test.database.migrate(Migrations(directory: folder)).count == 2)
        #expect(try test.database.read { try $0.scalar("SELECT COUNT(*) FROM b") } == 1)
        try writeFile(folder + "/0003_break.sql", "DELETE FROM a;")
        #expect(refusal { try test.database.migrate(Migrations(directory: folder)) }?.kind == .foreignKey)
        #expect(try test.database.read { try $0.scalar("SELECT COUNT(*) FROM a") } == 1)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func twoSeriesKeepApart(_ engine: Dialect) throws {
    try with(engine) { db, folder in
      try TestDatabase.inFolder { other in
        try writeFile(other + "/0001_more.sql", "CREATE TABLE more (name TEXT)")
        let (first, second) = (try Migrations(directory: folder), try Migrations(directory: other, ledger: "more_migrations"))
        #expect(try db.migrate(first).count == 2)
        guard engine == .postgres else {
          // On SQLite each series has a file of its own, and one is never put into the other's.
          #expect(refused { _ = try db.migrate(second) }.contains("another program"))
          return
        }
        #expect(try db.migrate(second) == ["0001_more"])
        #expect(try db.migrate(first) == [] && db.migrate(second) == [])
        #expect(try db.migrationStatus(second).map(\.name) == ["0001_more"])
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func theProjectsOwnMigrationsApply(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test throws in
      let migrations = try TestDatabase.migrations()
      #expect(try test.database.migrationStatus(migrations).allSatisfy { $0.appliedAt != nil })
      #expect(try test.database.migrate(migrations) == [])
      #expect(try test.database.integrityProblems() == [])
    }
  }
}
