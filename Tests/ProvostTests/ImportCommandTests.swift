import Database
import Domain
import Foundation
import Support
import Testing
import World

@testable import Provost

/// Import, export, check, backup and restore as processes, also when they are killed or find no room.
@Suite struct ImportCommandTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("provost-test-" + UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let result = Result { try body(folder) }
    try FileManager.default.removeItem(atPath: folder)
    try result.get()
  }

  /// A membership report with a row for each person.
  private func report(_ people: Range<Int>, change: (Int) -> String = { _ in "2024-03-02T10:00:00.000Z" }) -> String {
    let rows = people.map {
      "Person \($0),p\($0)@example.org,E\($0),Spring,spring,0,0,MEMBER,\(change($0)),,,Contract A,,,Engineer \($0 % 40),,,,,,"
    }
    return ([ImportKind.membershipReport.headers.joined(separator: ",")] + rows).joined(separator: "\r\n") + "\r\n"
  }

  private func make(_ folder: String) throws {
    let made = try Child.run(["organization", "create", "--slug", "northwind", "--name", "Northwind"], data: folder + "/data")
    #expect(made.status == 0, "\(made.errors)")
  }

  private func write(_ text: String, _ path: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }

  private func members(_ folder: String) throws -> Int64 {
    let database = try openDatabase(folder + "/data/provost.sqlite")
    defer { database.close() }
    return try database.read { try $0.scalar("SELECT COUNT(*) FROM memberships") }
  }

  private func importing(_ file: String, _ more: String...) -> [String] {
    ["import", "membership-report", file, "--organization", "northwind"] + more
  }

  @Test func aFileGoesInAndComesOutAndGoesInAgain() throws {
    try inFolder { folder in
      try make(folder)
      let (data, file) = (folder + "/data", folder + "/members.csv")
      try write(report(0..<20), file)
      let dry = try Child.run(importing(file, "--dry-run"), data: data)
      #expect(dry.status == 0 && dry.output.hasPrefix("Nothing was written. An import would do this: 20 rows: 20 users created"))
      let first = try Child.run(importing(file), data: data)
      #expect(first.status == 0 && first.errors.isEmpty)
      #expect(
        first.output
          == "20 rows: 20 users created, 1 program created, 1 contract created, 20 memberships created, 1 contract of a program created.\n")
      let exported = try Child.run(["export", "membership-report", "--organization", "northwind", "--program", "spring"], data: data)
      #expect(exported.status == 0)
      #expect(exported.output.components(separatedBy: "\r\n").sorted() == report(0..<20).components(separatedBy: "\r\n").sorted())
      let again = try Child.run(importing(file), data: data)
      #expect(again.status == 0 && again.output == "Nothing changed: all 20 rows were already there.\n")
      let check = try Child.run(["check"], data: data)
      #expect(check.status == 0 && check.output.hasSuffix("All is well: every counter agrees, and the database is sound.\n"))

      let output = folder + "/out.csv"
      #expect(try Child.run(["export", "usage-report", "--organization", "northwind", "--output", output], data: data).status == 0)
      #expect(try String(contentsOfFile: output, encoding: .utf8) == Report.usage.headers.joined(separator: ",") + "\r\n")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["data", "members.csv", "out.csv"])
    }
  }

  @Test func whatIsWrongIsSaidOnStandardErrorWithStatusOne() throws {
    try inFolder { folder in
      try make(folder)
      let (data, file) = (folder + "/data", folder + "/members.csv")
      try write(report(0..<3, change: { $0 == 1 ? "x" : "" }), file)
      let bad = try Child.run(importing(file), data: data)
      #expect(bad.status == 1 && bad.output.isEmpty)
      #expect(bad.errors.contains("\(file): line 3, column 9 (Join Date): \"x\" is not a date and time"))
      #expect(bad.errors.contains("Nothing was written: 1 of 3 rows is bad."))
      let skipped = try Child.run(importing(file, "--skip-bad-rows"), data: data)
      #expect(skipped.status == 0 && skipped.output.hasSuffix("1 bad row skipped, written to \(folder)/members.rejected.csv.\n"))
      #expect(try members(folder) == 2)
      let lost = try Child.run(importing(folder + "/none.csv"), data: data)
      #expect(lost.status == 1 && lost.errors.contains("none.csv cannot be read"))
      let stranger = try Child.run(["export", "usage-report", "--organization", "nobody"], data: data)
      #expect(
        stranger.status == 1 && stranger.errors.contains("There is no organization \"nobody\". Make it with: provost organization create"))
      let program = try Child.run(["export", "usage-report", "--organization", "northwind", "--program", "x"], data: data)
      #expect(program.status == 1 && program.errors.contains("There is no program \"x\" in the organization northwind."))
    }
  }

  @Test func aDifferenceFailsTheCheckAndADisagreementDoesNot() throws {
    try inFolder { folder in
      try make(folder)
      let (data, file) = (folder + "/data", folder + "/members.csv")
      try write(report(0..<2), file)
      #expect(try Child.run(importing(file), data: data).status == 0)
      let database = try openDatabase(data + "/provost.sqlite")
      defer { database.close() }
      try database.write(organization: 1) { tx in
        _ = try tx.run("UPDATE memberships SET given_enrollments = 5")
        _ = try tx.run("UPDATE programs SET enrollments = 1")
      }
      let wrong = try Child.run(["check"], data: data)
      #expect(wrong.status == 1 && wrong.output.contains("difference: programs id 1: enrollments is 1, should be 0\n"))
      #expect(wrong.output.contains("note: p0@example.org in program spring: enrollments is 0; the membership report said 5\n"))
      #expect(wrong.errors.contains("1 thing is wrong."))
    }
  }

  /// Wherever the process is killed, all of the file is there or nothing, every counter agrees, and the next import completes it.
  @Test(arguments: [11, 12] as [UInt64])
  func aKilledImportLeavesAllOrNothing(_ seed: UInt64) throws {
    try inFolder { folder in
      try make(folder)
      let (data, file) = (folder + "/data", folder + "/members.csv")
      // A first file is there before, so that rows are changed as well as made.
      try write(report(0..<500), file)
      #expect(try Child.run(importing(file), data: data).status == 0)
      let before = folder + "/before.sqlite"
      #expect(try Child.run(["backup", before], data: data).status == 0)
      try write(report(0..<3000, change: { $0 < 500 ? "2024-05-05T10:00:00.000Z" : "2024-03-02T10:00:00.000Z" }), file)
      let whole = try Child(importing(file), data: data)
      var total = 0
      while let now = whole.transferred { total = max(total, now) }
      #expect(whole.result().status == 0)

      var state = seed
      for point in 0..<6 {
        #expect(try Child.run(["restore", before], data: data).status == 0)
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // Half of the points lie in the last fifth, where the transaction is.
        let share = Double(state >> 11) / Double(1 << 53)
        let limit = Int(Double(total) * (point % 2 == 0 ? share : 0.8 + share / 5))
        let child = try Child(importing(file), data: data)
        while let now = child.transferred, now < limit {}
        let wasKilled = child.kill()
        let status = child.result().status
        #expect(wasKilled || status == 0)
        let count = try members(folder)
        #expect(count == 500 || count == 3000, "killed after \(limit) of \(total) bytes")
        let database = try openDatabase(data + "/provost.sqlite")
        let changed = try database.read { try $0.scalar("SELECT COUNT(*) FROM memberships WHERE joined_at = '2024-05-05T10:00:00.000Z'") }
        database.close()
        #expect(changed == (count == 500 ? 0 : 500))
        let check = try Child.run(["check"], data: data)
        #expect(check.status == 0, "\(check.output)")
        #expect(try Child.run(importing(file), data: data).status == 0)
        #expect(try members(folder) == 3000)
      }
    }
  }

  @Test(arguments: [800, 2500])
  func aFullDiskIsOneSentenceAndNothingIsWritten(_ blocks: Int) throws {
    try inFolder { folder in
      try make(folder)
      let (data, file) = (folder + "/data", folder + "/members.csv")
      try write(report(0..<6000), file)
      let full = try Child.run(importing(file), data: data, fileSizeLimit: blocks)
      #expect(full.status == 1, "\(full)")
      #expect(full.errors.contains("is full. Make room, then try again."), "\(full.errors)")
      #expect(try members(folder) == 0)
      #expect(try Child.run(["check"], data: data).status == 0)
      #expect(try Child.run(importing(file), data: data).status == 0)
      #expect(try members(folder) == 6000)
    }
  }

  @Test func aBackupIsRestoredAndTheDatabaseBeforeItIsKept() throws {
    try inFolder { folder in
      try make(folder)
      let (data, file, backup) = (folder + "/data", folder + "/members.csv", folder + "/backup.sqlite")
      try write(report(0..<5), file)
      #expect(try Child.run(["backup", backup], data: data).status == 0)
      #expect(try Child.run(importing(file), data: data).status == 0)

      // Nothing happens while a server runs on the folder, or when the file is no sound database.
      let lock = try FolderLock(folder: data)
      let busy = try Child.run(["restore", backup], data: data)
      #expect(busy.status == 1 && busy.errors.contains("Another \"provost serve\" uses the data folder"))
      _ = consume lock
      try write(String(repeating: "x", count: 9000), folder + "/bad.sqlite")
      let bad = try Child.run(["restore", folder + "/bad.sqlite"], data: data)
      #expect(bad.status == 1 && bad.errors.contains("is damaged or no database"))
      #expect(try members(folder) == 5)

      try write("the sessions of before", data + "/provost-sessions.sqlite")
      let restored = try Child.run(["restore", backup], data: data)
      #expect(restored.status == 0, "\(restored.errors)")
      #expect(try members(folder) == 0)
      #expect(!FileManager.default.fileExists(atPath: data + "/provost-sessions.sqlite"))
      let kept = try FileManager.default.contentsOfDirectory(atPath: data).filter { $0.hasPrefix("provost.sqlite.before-restore-") }
        .sorted()
      #expect(kept.count == 2 && kept.last == "\(kept.first ?? "")-sessions.sqlite")
      let database = try openDatabase(data + "/" + (kept.first ?? ""))
      defer { database.close() }
      #expect(try database.read { try $0.scalar("SELECT COUNT(*) FROM memberships") } == 5)
    }
  }

  @Test func aFileCopiedTogetherWithItsLogIsRestoredWhole() throws {
    try inFolder { folder in
      try make(folder)
      let (data, file, copy) = (folder + "/data", folder + "/members.csv", folder + "/copy.sqlite")
      try write(report(0..<5), file)
      // A reader that stays open keeps the log from being folded into the file when the import ends.
      let reader = try openDatabase(data + "/provost.sqlite")
      defer { reader.close() }
      _ = try reader.read { try $0.scalar("SELECT COUNT(*) FROM memberships") }
      #expect(try Child.run(importing(file), data: data).status == 0)
      for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: data + "/provost.sqlite" + suffix, toPath: copy + suffix) }
      let restored = try Child.run(["restore", copy], data: folder + "/other")
      #expect(restored.status == 0, "\(restored.errors)")
      let database = try openDatabase(folder + "/other/provost.sqlite")
      defer { database.close() }
      let found = try database.read { try $0.scalar("SELECT COUNT(*) FROM memberships") }
      #expect(found == 5)
    }
  }

  @Test func aFileOfAnotherProgramGetsNoTables() throws {
    try inFolder { folder in
      let other = folder + "/other.sqlite"
      let theirs = try openDatabase(other)
      try theirs.write(organization: 0) { _ = try $0.run("CREATE TABLE invoices (id BIGINT)") }
      theirs.close()
      let refused = try Child.run(["migrate", "--database", other], data: folder + "/data")
      #expect(refused.status == 1 && refused.errors.contains("belongs to another program (it has the table invoices)"), "\(refused)")
    }
  }

  @Test func aDatabaseElsewhereIsLockedAsWell() throws {
    try inFolder { folder in
      try make(folder)
      let database = folder + "/data/provost.sqlite"
      let lock = try FolderLock(folder: folder, file: database)
      let busy = try Child.run(["restore", "--database", database, database], data: folder + "/second")
      #expect(busy.status == 1 && busy.errors.contains("Another \"provost serve\" uses the database"), "\(busy)")
      _ = consume lock
    }
  }

  @Test func onPostgreSQLBackupAndRestoreNameItsOwnTools() throws {
    try inFolder { folder in
      let url = ["--database", "postgres://nobody@localhost:1/none"]
      let backup = try Child.run(["backup", "x.dump"] + url, data: folder)
      #expect(backup.status == 1 && backup.errors.contains("pg_dump"))
      let restore = try Child.run(["restore", "x.dump"] + url, data: folder)
      #expect(restore.status == 1 && restore.errors.contains("pg_restore"))
    }
  }

  @Test func migrateSaysWhatIsThereAndWhatLacks() throws {
    try inFolder { folder in
      let data = folder + "/data"
      let before = try Child.run(["migrate", "--status"], data: data)
      #expect(before.status == 0 && before.output.contains("missing") && before.output.contains("0001_organizations"))
      #expect(try Child.run(["migrate"], data: data).output.hasPrefix("Applied 0001_organizations.\n"))
      #expect(try !Child.run(["migrate", "--status"], data: data).output.contains("missing"))
      #expect(try Child.run(["migrate"], data: data).output == "Nothing to do: the database is up to date.\n")
    }
  }
}
