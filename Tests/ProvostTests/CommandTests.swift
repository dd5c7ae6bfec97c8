import ArgumentParser
import Database
import Domain
import Foundation
import Support
import Testing
import World

@testable import Provost

/// The commands on a data folder of their own, without a process.
@Suite struct CommandTests {
  private func inDataFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("provost-test-" + UUID().uuidString).path
    let result = Result { try body(folder + "/data") }
    if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
    try result.get()
  }

  private func run(_ arguments: String...) throws {
    var command = try Provost.parseAsRoot(arguments)
    try command.run()
  }

  @Test func theFirstCommandMakesAPrivateDataFolderWithAllTables() throws {
    try inDataFolder { data in
      try run("organization", "create", "--slug", "northwind", "--name", "Northwind", "--data", data)
      let mode = try FileManager.default.attributesOfItem(atPath: data)[.posixPermissions] as? Int
      #expect(mode == 0o700)
      let options = try CommonOptions.parse(["--data", data])
      let found = try options.withDatabase {
        try $0.read { try $0.first("SELECT slug, time_zone FROM organizations") { ($0.text(0), $0.text(1)) } }
      }
      #expect(found?.0 == "northwind" && found?.1 == "UTC")
    }
  }

  @Test func aDatabaseOfAnEarlierVersionIsCopiedBeforeItIsChanged() throws {
    try inDataFolder { data in
      let options = try CommonOptions.parse(["--data", data])
      try options.openDatabaseForCommand { database, migrations in
        let missing = try database.migrationStatus(migrations).map(\.name).dropFirst(6)
        _ = try database.migrate(firstMigrations(6, in: data + "/earlier"))
        // Every other command leaves it alone and says what to do.
        let failure = #expect(throws: CommandFailure.self) { try options.withDatabase { _ in } }
        #expect(failure?.description.contains("provost migrate") == true)
        #expect(try options.upgrade(database, migrations) == Array(missing))
        #expect(FileManager.default.fileExists(atPath: data + "/provost.sqlite.before-" + (missing.first ?? "")))
        #expect(try options.upgrade(database, migrations) == [])
      }
    }
  }

  /// The oldest of the project's migrations, copied to a folder of their own.
  private func firstMigrations(_ count: Int, in folder: String) throws -> Migrations {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let all = try FileManager.default.contentsOfDirectory(atPath: TestDatabase.migrationsFolder).filter { $0.hasSuffix(".sql") }
    for name in all.sorted().prefix(count) {
      try FileManager.default.copyItem(atPath: TestDatabase.migrationsFolder + "/" + name, toPath: folder + "/" + name)
    }
    return try Migrations(directory: folder)
  }

  @Test func aDatabaseOfANewerVersionIsRefused() throws {
    try inDataFolder { data in
      let options = try CommonOptions.parse(["--data", data])
      try options.withDatabase { database in
        try database.write(organization: 0) { tx in
          _ = try tx.run(
            "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (9999, '9999_later', 'x', '2030-01-01T00:00:00.000Z')"
          )
        }
      }
      let error = #expect(throws: MigrationError.self) { try options.withDatabase { _ in } }
      #expect(error?.description.contains("newer version") == true)
    }
  }

  @Test func aFileThatIsNoDatabaseIsNamed() throws {
    try inDataFolder { data in
      let options = try CommonOptions.parse(["--data", data])
      try options.makeDataFolder()
      try Data(repeating: 120, count: 5000).write(to: URL(fileURLWithPath: data + "/provost.sqlite"))
      let failure = #expect(throws: CommandFailure.self) { try options.withDatabase { _ in } }
      #expect(failure?.description.contains("provost.sqlite") == true)
    }
  }

  @Test func aDataFolderThatIsAFileIsNamed() throws {
    try inDataFolder { data in
      try FileManager.default.createDirectory(atPath: (data as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: data))
      let failure = #expect(throws: CommandFailure.self) { try run("organization", "create", "--slug", "x", "--name", "X", "--data", data) }
      #expect(failure?.description.contains("is not a folder") == true)
    }
  }

  @Test func aSecondServerIsKeptOut() throws {
    try inDataFolder { data in
      try CommonOptions.parse(["--data", data]).makeDataFolder()
      let first = try FolderLock(folder: data)
      #expect(throws: CommandFailure.self) { _ = try FolderLock(folder: data) }
      _ = consume first
      _ = try FolderLock(folder: data)
    }
  }

  @Test func aProgramAndAContractAreMade() throws {
    try inDataFolder { data in
      try run("organization", "create", "--slug", "northwind", "--name", "Northwind", "--time-zone", "Asia/Tokyo", "--data", data)
      for slug in ["one", "two"] {
        try run("program", "create", "--organization", "northwind", "--slug", slug, "--name", "Program \(slug)", "--data", data)
      }
      func contract(_ name: String, _ more: String...) throws {
        let common = ["--organization", "northwind", "--name", name, "--starts", "2026-01-01", "--ends", "2026-12-31", "--data", data]
        var command = try Provost.parseAsRoot(["contract", "create"] + common + more)
        try command.run()
      }
      try contract(
        "Seats", "--kind", "memberships", "--places", "10", "--occupied-on", "first-enrollment", "--program", "one", "--program", "two")
      try contract("All", "--kind", "unlimited", "--program", "one")
      let rows = try CommonOptions.parse(["--data", data]).withDatabase {
        try $0.read {
          try $0.all(
            """
            SELECT c.name, c.kind, c.quantity, c.occupied_on, c.starts_at, c.ends_at, (SELECT COUNT(*) FROM program_contracts pc WHERE pc.contract_id = c.id)
            FROM contracts c ORDER BY c.id
            """
          ) { "\($0.text(0)) \($0.text(1)) \($0.intOrNil(2) ?? -1) \($0.text(3)) \($0.text(4)) \($0.text(5)) \($0.int(6))" }
        }
      }
      #expect(
        rows == [
          "Seats MEMBERSHIPS 10 ENROLLMENT 2025-12-31T15:00:00.000Z 2026-12-31T14:59:59.999Z 2",
          "All UNLIMITED -1 JOINING 2025-12-31T15:00:00.000Z 2026-12-31T14:59:59.999Z 1",
        ])
      // Each failure says what is wrong with which part.
      for (arguments, words) in [
        (["--kind", "memberships", "--program", "one"], "Say how many memberships"),
        (["--kind", "unlimited", "--places", "3", "--program", "one"], "leave it empty"),
        (["--kind", "some", "--program", "one"], "Choose a kind"), (["--kind", "unlimited", "--program", "three"], "no program \"three\""),
      ] {
        var command = try Provost.parseAsRoot(
          [
            "contract", "create", "--organization", "northwind", "--name", "X", "--starts", "2026-01-01", "--ends", "2026-12-31", "--data",
            data,
          ]
            + arguments)
        let failure = #expect(throws: Failure.self) { try command.run() }
        #expect(failure?.sentence.contains(words) == true, "\(arguments)")
      }
      #expect(throws: Failure.self) { try contract("Seats", "--kind", "unlimited", "--program", "one") }
      let failure = #expect(throws: CommandFailure.self) {
        try run("program", "create", "--organization", "nowhere", "--slug", "x", "--name", "X", "--data", data)
      }
      #expect(failure?.description.contains("There is no organization \"nowhere\"") == true)
      #expect(throws: Failure.self) {
        try run("program", "create", "--organization", "northwind", "--slug", "one", "--name", "X", "--data", data)
      }
    }
  }

  @Test func anAdministratorsPlaceFitsTheRole() {
    let wrong = [
      ["--role", "account-team", "--organization", "x"], ["--role", "organization"],
      ["--role", "organization", "--organization", "x", "--program", "y"],
      ["--role", "program", "--organization", "x"], ["--role", "king"], [],
    ]
    for arguments in wrong {
      #expect(throws: (any Error).self) {
        try Provost.parseAsRoot(["admin", "create", "--email", "a@b.example", "--name", "A"] + arguments)
      }
    }
    #expect(throws: Never.self) {
      try Provost.parseAsRoot(
        ["admin", "create", "--email", "a@b.example", "--name", "A", "--role", "program", "--organization", "x", "--program", "y"])
    }
  }
}
