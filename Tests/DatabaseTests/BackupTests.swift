import Glibc
import Support
import Testing

@testable import Database

@Suite struct BackupTests {
  private func with(_ body: (SQLiteDatabase, String) throws -> Void) throws {
    try TestDatabase.inFolder { folder in
      try writeFile(folder + "/0001_start.sql", "CREATE TABLE t (id {{id}}, a BIGINT NOT NULL, b BIGINT NOT NULL);")
      let db = try SQLiteDatabase(path: folder + "/provost.sqlite")
      defer { db.close() }
      _ = try db.migrate(Migrations(directory: folder))
      try body(db, folder)
    }
  }

  @Test func aBackupTakenWhileOthersWriteIsOneMoment() throws {
    try with { db, folder in
      try db.write(organization: 1) { tx throws in
        for _ in 0..<2000 { try tx.run("INSERT INTO t (a, b) VALUES (1, -1)") }
      }
      let done = Counter()
      let errors = onThreads(3) { index in
        if index == 0 {
          defer { done.add() }
          for round in 0..<5 { try db.backup(to: folder + "/copy\(round).sqlite") }
        } else {
          // Each transaction keeps the sum at zero, in two statements.
          while done.value == 0 {
            try db.write(organization: 1) { tx throws in
              try tx.run("INSERT INTO t (a, b) VALUES (5, 0)")
              try tx.run("INSERT INTO t (a, b) VALUES (0, -5)")
            }
          }
        }
      }
      #expect(errors.allSatisfy { $0 == nil })
      for round in 0..<5 {
        let path = folder + "/copy\(round).sqlite"
        #expect(SQLiteDatabase.problems(ofBackup: path) == [])
        let copy = try SQLiteDatabase(path: path)
        defer { copy.close() }
        #expect(try copy.read { try $0.scalar("SELECT SUM(a) + SUM(b) FROM t") } == 0)
        #expect(try copy.read { try $0.scalar("SELECT COUNT(*) FROM t") } >= 2000)
      }
    }
  }

  @Test func aBackupReplacesAFileWholeAndLeavesNothingElse() throws {
    try with { db, folder in
      let path = folder + "/copy"
      try writeFile(path, "old")
      try db.backup(to: path)
      #expect(SQLiteDatabase.problems(ofBackup: path) == [])
      #expect(!listing(folder).contains { $0.contains("partial") || $0.hasPrefix("copy-") })
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o077 == 0, "only the owner may read it")
      let error = refusal { try db.backup(to: folder + "/no/such/copy") }
      #expect(error?.kind == .readOnly)
    }
  }

  @Test func aBackupNeverTakesThePlaceOfADatabaseInUse() throws {
    try with { db, folder in
      try db.write(organization: 1) { _ = try $0.run("INSERT INTO t (a, b) VALUES (1, 2)") }
      let neighbor = try SQLiteDatabase(path: folder + "/neighbor.sqlite")
      defer { neighbor.close() }
      try neighbor.write(organization: 1) { _ = try $0.run("CREATE TABLE x (id BIGINT)") }
      #expect(symlink(db.path, folder + "/link") == 0)
      for target in [db.path, db.path + "-wal", db.path + "-shm", folder + "/./provost.sqlite", folder + "/link", neighbor.path] {
        let error = refusal { try db.backup(to: target) }
        #expect(error?.message.contains("cannot write the copy") == true, "\(target)")
      }
      #expect(try db.read { try $0.scalar("SELECT b FROM t") } == 2)
      #expect(try db.integrityProblems() == [])
    }
  }

  @Test func saysWhatIsWrongWithABackup() throws {
    try with { db, folder in
      #expect(SQLiteDatabase.problems(ofBackup: folder + "/missing") == ["\(folder)/missing does not exist"])
      try writeFile(folder + "/text", Array(repeating: UInt8(ascii: "x"), count: 8192))
      #expect(SQLiteDatabase.problems(ofBackup: folder + "/text").count == 1)
      try writeFile(folder + "/empty", "")
      #expect(SQLiteDatabase.problems(ofBackup: folder + "/empty").count == 1)
      let other = try SQLiteDatabase(path: folder + "/other.sqlite")
      try other.write(organization: 1) { try $0.run("CREATE TABLE x (id BIGINT)") }
      other.close()
      #expect(SQLiteDatabase.problems(ofBackup: folder + "/other.sqlite").first?.contains("no migrations") == true)
      // A file in use has its last commits in the log beside it.
      #expect(SQLiteDatabase.problems(ofBackup: db.path) == [])
    }
  }

  @Test func damageIsFound() throws {
    try with { db, folder in
      try db.write(organization: 1) { tx throws in
        for _ in 0..<3000 { try tx.run("INSERT INTO t (a, b) VALUES (1, -1)") }
      }
      #expect(try db.integrityProblems() == [])
      try db.backup(to: folder + "/copy")
      guard let file = fopen(folder + "/copy", "r+b") else { throw FileError() }
      fseek(file, 4096 * 6, SEEK_SET)
      let noise = [UInt8](repeating: 0xa5, count: 4096)
      #expect(fwrite(noise, 1, noise.count, file) == noise.count)
      fclose(file)
      #expect(!SQLiteDatabase.problems(ofBackup: folder + "/copy").isEmpty)
    }
  }

  @Test func aReferenceToNothingIsFound() throws {
    try with { db, _ in
      try db.write(organization: 1) { try $0.run("CREATE TABLE child (parent BIGINT REFERENCES t (id))") }
      let connection = try SQLiteConnection(path: db.path, .writer)
      try connection.script("PRAGMA foreign_keys = OFF; INSERT INTO child VALUES (77), (78)")
      connection.close()
      #expect(try db.integrityProblems() == ["2 rows of child refer to a missing row of t"])
    }
  }

  @Test(arguments: TestDatabase.engines) func aHealthyDatabaseHasNoProblems(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      try test.database.write(organization: 1) { try $0.run("CREATE TABLE t (id BIGINT PRIMARY KEY REFERENCES t (id))") }
      #expect(try test.database.integrityProblems() == [])
      if engine == .postgres { #expect(refusal { try test.database.backup(to: "x") }?.message.contains("pg_dump") == true) }
    }
  }
}
