import Database
import Domain
import Foundation
import Support
import Testing
import World

@testable import Provost

/// The export of coaching learners as a process.
@Suite struct ExportCommandTests {
  private static func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("provost-test-" + UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let result = Result { try body(folder) }
    try FileManager.default.removeItem(atPath: folder)
    try result.get()
  }

  /// The engagements file of some learners.
  private func file(_ rows: [[String: String]]) -> String {
    let headers = ImportKind.engagements.headers
    return ([headers] + rows.map { row in headers.map { row[$0] ?? "" } }).map { $0.joined(separator: ",") + "\r\n" }.joined()
  }

  /// An organization with one purchase and the given learners.
  private func make(_ data: String, _ folder: String, _ rows: [[String: String]]) throws {
    #expect(try Child.run(["organization", "create", "--slug", "northwind", "--name", "Northwind"], data: data).status == 0)
    let database = try openDatabase(data + "/provost.sqlite")
    defer { database.close() }
    try database.write(organization: 1) { tx in
      _ = try tx.run(
        "INSERT INTO company_purchases (organization_id, name, licenses, sessions, created_at) VALUES (1, 'Plan A', 9, 12, '')")
    }
    try Data(file(rows).utf8).write(to: URL(fileURLWithPath: folder + "/engagements.csv"))
    let taken = try Child.run(["import", "engagements", folder + "/engagements.csv", "--organization", "northwind"], data: data)
    #expect(taken.status == 0, "\(taken.errors)")
  }

  private func row(_ name: String, _ more: [String: String] = [:]) -> [String: String] {
    [
      "Name": name, "Email": "\(name.lowercased())@example.org", "Group": "Leaders", "Company Purchase": "Plan A",
      "Date Launched": "2024-01-05T09:00:00.000Z", "Engagement End Date": "2090-01-01T00:00:00.000Z",
    ].merging(more) { $1 }
  }

  @Test func learnersAreExportedAsTheyAreNarrowedAndChosen() throws {
    try ExportCommandTests.inFolder { folder in
      let data = folder + "/data"
      try make(
        data, folder,
        [
          row("Cleo"), row("Ada", ["Group": "Managers", "Paused Date": "2024-02-01T00:00:00.000Z"]),
          row("Ben", ["Date Deactivated": "2024-03-01T00:00:00.000Z"]),
        ])
      func export(_ more: String...) throws -> (status: Int32, output: String, errors: String) {
        try Child.run(["export", "learners", "--organization", "northwind"] + more, data: data)
      }
      let all = try export()
      #expect(all.status == 0 && all.errors.isEmpty)
      let lines = all.output.components(separatedBy: "\r\n")
      #expect(lines.first == LearnerColumn.reference.map(\.header).joined(separator: ","), "all 43 columns, and no byte order mark")
      #expect(lines.dropFirst().map { $0.prefix { $0 != "," } } == ["Ada", "Ben", "Cleo", ""])
      let chosen = try export("--column", "engagement end date", "--column", "name", "--column", "Stage", "--column", "group")
      #expect(
        chosen.output
          == "Engagement End Date,Name,Stage,Group\r\n2090-01-01T00:00:00.000Z,Ada,Paused,Managers\r\n2090-01-01T00:00:00.000Z,Ben,Deactivated,Leaders\r\n"
          + "2090-01-01T00:00:00.000Z,Cleo,Onboarding,Leaders\r\n")
      #expect(try export("--column", "name", "--group", "Leaders", "--stage", "onboarding").output == "Name\r\nCleo\r\n")
      #expect(try export("--column", "name", "--group", "Leaders", "--group", "managers").output == "Name\r\nAda\r\nBen\r\nCleo\r\n")
      #expect(try export("--column", "name", "--stage", "Steady State").output == "Name\r\n")
      let output = folder + "/learners.csv"
      #expect(try export("--output", output).output.isEmpty)
      #expect(try String(contentsOfFile: output, encoding: .utf8) == all.output)
      for (arguments, words) in [
        (
          ["--stage", "asleep"],
          "There is no stage \"asleep\". Choose one of onboarding, steady-state, remeasurement, paused, deactivated and completed."
        ),
        (["--group", "Nobody"], "There is no group \"Nobody\" in the organization northwind. It has Leaders and Managers."),
        (["--column", "Shoe size"], "There is no column \"Shoe size\". Choose from name, email, date-launched,"),
      ] {
        let refused = try Child.run(["export", "learners", "--organization", "northwind"] + arguments, data: data)
        #expect(refused.status == 1 && refused.output.isEmpty && refused.errors.contains(words), "\(refused.errors)")
      }
    }
  }

  /// What a report does not know is refused, and so is what learners do not know.
  @Test func optionsOfTheOtherKindAreRefused() {
    for arguments in [
      ["learners", "--program", "x"], ["usage-report", "--stage", "paused"], ["membership-report", "--group", "x"],
      ["usage-report", "--column", "name"], ["everything"],
    ] {
      #expect(throws: (any Error).self) { try Provost.parseAsRoot(["export", "--organization", "northwind"] + arguments) }
    }
    #expect(throws: Never.self) { try Provost.parseAsRoot(["export", "usage-report", "--organization", "northwind", "--program", "x"]) }
  }

  /// An engagement whose end has passed while no server was running is Completed in the file.
  @Test func stagesAreThoseOfNow() throws {
    try ExportCommandTests.inFolder { folder in
      let data = folder + "/data"
      try make(data, folder, [row("Ada")])
      let database = try openDatabase(data + "/provost.sqlite")
      try database.write(organization: 1) { tx in
        _ = try tx.run("UPDATE engagements SET ends_at = '2024-06-01T00:00:00.000Z'")
        _ = try tx.run("UPDATE engagement_rows SET ends_at = '2024-06-01T00:00:00.000Z', due_at = '2024-06-01T00:00:00.000Z'")
      }
      database.close()
      let exported = try Child.run(["export", "learners", "--organization", "northwind", "--column", "stage"], data: data)
      #expect(exported.output == "Stage\r\nCompleted\r\n")
    }
  }
}
