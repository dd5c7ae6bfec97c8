import Foundation
import Support
import Testing
import World

@testable import Provost

/// `provost setup` as a process of its own.
@Suite struct SetupCommandTests {
  private static let document = """
    {"organization": {"slug": "northwind", "name": "Northwind", "time_zone": "Europe/Berlin"},
     "purchases": [{"name": "Coaching", "licenses": 20, "sessions": 6}],
     "groups": [{"name": "Leaders", "purchase": "Coaching"}],
     "administrators": [{"email": "ada@northwind.example", "name": "Ada", "role": "organization"}]}
    """

  private func run(_ text: String, in folder: String, _ more: String...) throws -> (status: Int32, output: [String], errors: String) {
    let file = folder + "/customer.json"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    let result = try Child.run(["setup", file] + more, data: folder + "/data")
    return (result.status, result.output.split(separator: "\n").map(String.init), result.errors)
  }

  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("provost-test-" + UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let result = Result { try body(folder) }
    try FileManager.default.removeItem(atPath: folder)
    try result.get()
  }

  @Test func aFileIsTriedAppliedAndRepeated() throws { try inFolder { try check(in: $0) } }

  private func check(in folder: String) throws {
    let made = ["+ organization northwind", "+ purchase Coaching", "+ group Leaders", "+ administrator ada@northwind.example"]
    let tried = try run(SetupCommandTests.document, in: folder, "--dry-run")
    #expect(tried.status == 0 && tried.output == made + ["Nothing was written, since this was a dry run."])
    let applied = try run(SetupCommandTests.document, in: folder)
    #expect(applied.status == 0 && Array(applied.output.prefix(4)) == made)
    #expect(applied.output.last?.hasPrefix("ada@northwind.example  http://127.0.0.1:8080/set-password/") == true)
    let again = try run(SetupCommandTests.document, in: folder)
    #expect(again.status == 0 && again.output == ["Nothing changed."])
    let changed = SetupCommandTests.document.replacing("\"licenses\": 20", with: "\"licenses\": 30")
    #expect(try run(changed, in: folder, "--dry-run").output.first == "~ purchase Coaching: licenses: 20 → 30")
    #expect(try run(SetupCommandTests.document, in: folder, "--dry-run").output == ["Nothing would change."])
    #expect(try run(changed, in: folder).output == ["~ purchase Coaching: licenses: 20 → 30"])

    let refused = try run(changed.replacing("\"Coaching\"}", with: "\"Other\", \"color\": 1}"), in: folder)
    #expect(refused.status == 1 && refused.output == [])
    let lines = refused.errors.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].contains("customer.json: groups[0].color: There is no such key."))
    #expect(lines[1].contains("customer.json: groups[0].purchase: There is no purchase \"Other\""))
    #expect(lines[2].contains("Nothing was written: 2 faults."))
    let broken = try run("{", in: folder)
    #expect(broken.status == 1 && broken.errors.contains("The file is no JSON."))
  }
}
