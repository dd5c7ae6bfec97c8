import ArgumentParser
import Database
import Domain
import Foundation
import Support
import Testing
import World

@testable import Provost

@Suite struct BounceCommandTests {
  private func run(_ arguments: String...) throws {
    var command = try Provost.parseAsRoot(arguments)
    try command.run()
  }

  @Test func aReportMarksTheMailThatItNames() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("provost-test-" + UUID().uuidString).path
    defer { do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) } }
    let data = folder + "/data"
    try run("organization", "create", "--slug", "northwind", "--name", "Northwind", "--data", data)
    let options = try CommonOptions.parse(["--data", data])
    try options.withDatabase { database in
      try database.write(organization: 0) { tx in
        _ = try tx.run(
          """
          INSERT INTO outbox (organization_id, kind, state, recipient, message_id, due_at, created_at, sent_at)
          SELECT id, 'program-welcome', 'SENT', 'nora@example.com', 'abc', created_at, created_at, created_at FROM organizations
          """)
      }
    }
    let report = """
      Content-Type: multipart/report; report-type=delivery-status; boundary=B

      --B
      Content-Type: message/delivery-status

      Reporting-MTA: dns; mx.example

      Final-Recipient: rfc822; nora@example.com
      Action: failed
      Status: 5.1.1
      Diagnostic-Code: smtp; 550 no such mailbox

      --B
      Content-Type: text/rfc822-headers

      Message-ID: <abc@northwind.example>

      --B--
      """
    try Data(report.utf8).write(to: URL(fileURLWithPath: folder + "/report.eml"))
    try run("bounce", folder + "/report.eml", "--data", data)
    let found = try options.withDatabase { try $0.read { try $0.first("SELECT state, failure FROM outbox") { [$0.text(0), $0.text(1)] } } }
    #expect(found == ["FAILED", "550 no such mailbox"])
    try Data("hello".utf8).write(to: URL(fileURLWithPath: folder + "/other.eml"))
    let (none, other) = (
      #expect(throws: CommandFailure.self) { try run("bounce", folder + "/missing.eml", "--data", data) },
      #expect(throws: CommandFailure.self) { try run("bounce", folder + "/other.eml", "--data", data) }
    )
    #expect(none?.description.contains("missing.eml") == true && other?.description.contains("delivery report") == true)
  }
}
