import Database
import Foundation
import Support
import Testing
import World

@testable import Domain

@Suite struct PersonExportTests {
  private func document(_ user: Int64, _ scope: OrganizationScope, at now: Moment, in database: any Database) throws -> [String: Any] {
    var bytes: [UInt8] = []
    try database.export { connection in
      try PersonExport(of: user, scope: scope, now: now, in: connection).write(in: connection) { bytes.append(contentsOf: $0) }
    }
    return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  @Test(arguments: TestDatabase.engines) func itHoldsEverythingOfThePersonAndNobodyElse(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let (user, other) = (try world.invite(1, under: 0), try world.invite(2, under: 0))
      for person in [user, other] { try world.join(person) }
      #expect(try world.enroll(user, course: 1))
      var draft = UserChanges.Draft()
      draft.name = "Zoë \"Z\" \\ 王\u{1F600}"
      draft.attributes = [.jobTitle: "Captain"]
      try UserChanges(world.scope, in: world.database, at: world.now).save(user, draft)
      let document = try document(user, world.scope, at: world.now, in: world.database)
      func list(_ name: String) -> [[String: Any]] { document[name] as? [[String: Any]] ?? [] }
      let person = try #require(list("person").first)
      #expect(person["name"] as? String == draft.name && person["Job Title"] as? String == "Captain" && person["deactivatedAt"] is NSNull)
      #expect(list("memberships").count == 1 && list("memberships").first?["contract"] as? String == "Contract 0")
      #expect(list("invitations").first?["state"] as? String == "JOINED" && list("enrollments").count == 1)
      #expect(list("enrollments").first?["completed"] as? Bool == false)
      #expect(list("emails").compactMap { $0["kind"] as? String } == ["invitation", "program-welcome"])
      #expect(list("licenseMovements").compactMap { $0["change"] as? Int } == [1])
      #expect(list("auditEvents").contains { $0["action"] as? String == "user_changed" && $0["value"] as? String == "Captain" })
      #expect(!"\(document)".contains("person2@example.com"))
      #expect(throws: Failure.notFound) { try self.document(world.cast.sten.id, world.scope, at: world.now, in: world.database) }
    }
  }

  @Test(arguments: TestDatabase.engines) func everyListOfAFullLifeCanBeRead(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      let users = try test.database.read {
        try $0.all("SELECT id FROM users WHERE organization_id = \(crowd.scope.organization.id) ORDER BY enrollments DESC, id LIMIT 3") {
          $0.int(0)
        }
      }
      for user in users {
        let document = try document(user, crowd.scope, at: Crowd.now, in: test.database)
        let enrollments = try test.database.read { try $0.scalar("SELECT COUNT(*) FROM enrollments WHERE user_id = \(user)") }
        #expect((document["enrollments"] as? [Any])?.count == Int(enrollments) && enrollments > 0)
        for list in ["attempts", "ratings", "lessons", "learningSessions", "uploads", "roles", "furtherContracts", "emailPreferences"] {
          #expect(document[list] is [Any], "\(list)")
        }
      }
    }
  }

  @Test func controlCharactersAndLongTextsAreWrittenWhole() throws {
    var bytes: [UInt8] = []
    var json = JSONWriter { bytes.append(contentsOf: $0) }
    let text = "a\u{1}\t\n\"\\" + String(repeating: "é", count: 50_000)
    try json.beginObject()
    try json.name("list")
    try json.beginList()
    for _ in 0..<3 { try json.text(text) }
    try json.literal("null")
    try json.endList()
    try json.name("empty")
    try json.beginObject()
    try json.endObject()
    try json.endObject()
    try json.finish()
    let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    #expect(
      (object["list"] as? [Any])?.first as? String == text && (object["list"] as? [Any])?.count == 4 && object["empty"] is [String: Any])
  }
}
