import CSV
import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct AttributeUploadTests {
  private func upload(_ world: LedgerWorld) throws -> AttributeUpload {
    try AttributeUpload(world.scope, in: world.database, clock: world.cast.time.clock)
  }

  private func check(_ text: String, _ world: LedgerWorld) throws -> AttributeDraft {
    let id = try upload(world).check(CSVFile(bytes: Array(text.utf8)), named: "hr.csv")
    return try world.database.read { try AttributeDraft.find(id, scope: world.scope, in: $0) }
  }

  private func lines(_ draft: AttributeDraft, _ world: LedgerWorld) throws -> [String] {
    let page = try world.database.read { connection in
      try draft.rows(nil, counts: draft.counts(in: connection), request: PageRequest(), in: connection)
    }
    return page.rows.map { "\($0.number) \($0.outcome.rawValue) \($0.reason)" }
  }

  private func attributes(_ user: Int64, _ world: LedgerWorld) throws -> [Attribute: String] {
    try world.database.read { try UserProfile.find(id: user, scope: world.scope, now: world.now, in: $0).user.attributes }
  }

  /// Three members with a title, of whom the first is in no unit.
  private func people(_ world: LedgerWorld) throws -> [Int64] {
    try (1...3).map { number in
      let user = try world.invite(number, under: 4)
      try world.join(user)
      var draft = UserChanges.Draft()
      draft.name = "Person \(number)"
      draft.attributes = [.jobTitle: "Buyer"]
      if number > 1 { draft.attributes[.businessUnit] = "Unit \(number)" }
      try UserChanges(world.scope, in: world.database, at: world.now).save(user, draft)
      return user
    }
  }

  @Test(arguments: TestDatabase.engines) func everyRowIsShownBeforeAnythingIsWritten(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let users = try people(world)
      let draft = try check(
        """
        job title,EMAIL,Business Unit,Remarks
        Captain,Person1@Example.com,Nørth,x
        Buyer,person2@example.com,Unit 2,x
        Buyer,person3@example.com,,x
        Buyer,nobody@example.com,,x
        Buyer,\(world.cast.sten.email),,x
        Buyer,person1@example.com,,x
        Buyer,broken@@example.com,,x
        Buyer,person2@example.com

        """, world)
      #expect(draft.attributes == [.jobTitle, .businessUnit])
      #expect(
        try lines(draft, world) == [
          "5 ERROR Nobody in the organization has this email.", "6 ERROR Nobody in the organization has this email.",
          "7 ERROR Same email as line 2.", "8 ERROR Email has two @ signs.",
          "9 ERROR The row has 2 fields where the header has 4.", "2 SET Job title, Business unit", "4 SET Business unit", "3 UNCHANGED ",
        ])
      #expect(try attributes(users[0], world) == [.jobTitle: "Buyer"])
      var bytes: [UInt8] = []
      try world.database.export { try draft.writeRejected(in: $0) { bytes.append(contentsOf: $0) } }
      let rejected = String(decoding: bytes.dropFirst(3), as: UTF8.self).split(separator: "\r\n")
      #expect(rejected.count == 6 && rejected[0] == "Email,Job Title,Business Unit,Line,Reason")
      #expect(rejected[4] == "broken@@example.com,Buyer,,8,Email has two @ signs.")

      let done = try upload(world).confirm(draft.id)
      #expect(done == AttributeUpload.Confirmation(changed: 2, isRepeated: false))
      #expect(try attributes(users[0], world) == [.jobTitle: "Captain", .businessUnit: "Nørth"])
      #expect(try attributes(users[1], world) == [.jobTitle: "Buyer", .businessUnit: "Unit 2"])
      #expect(try attributes(users[2], world) == [.jobTitle: "Buyer"])
      #expect(try upload(world).confirm(draft.id) == AttributeUpload.Confirmation(changed: 0, isRepeated: true))
      let differences = try world.differences()
      #expect(differences == [])
      let events = try world.database.read { try $0.scalar("SELECT COUNT(*) FROM audit_events WHERE action = 'attributes_uploaded'") }
      #expect(events == 1)
      // The same file again changes nothing.
      let again = try check("Email,Job Title\nperson1@example.com,Captain\n", world)
      #expect(try lines(again, world) == ["2 UNCHANGED "])
    }
  }

  @Test func aFileThatCannotBeUsedIsRefusedWhole() throws {
    try LedgerWorld.with(.sqlite) { world in
      for (text, words) in [
        ("", "is empty"), ("Job Title\nx\n", "\"Email\""), ("Email,Name\na@b.example,x\n", "none of the attributes"),
        ("Email,Job Title\n", "no rows"),
        ("Email,Job Title,job title\n", "twice"), ("Email,Job Title\n\"a", "Nothing was taken"),
      ] {
        let failure = #expect(throws: Failure.self) { try check(text, world) }
        #expect(failure?.fields.map(\.name) == ["file"] && failure?.sentence.contains(words) == true, "\(text)")
      }
      let drafts = try world.database.read { try $0.scalar("SELECT COUNT(*) FROM upload_drafts") }
      #expect(drafts == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func aDraftIsItsUploadersOwn(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      _ = try people(world)
      let draft = try check("Email,Job Title\nperson1@example.com,Captain\n", world)
      let other = OrganizationScope(
        viewer: Viewer(accountID: world.cast.tess.id, name: "", email: "", grants: [.accountTeam]), organization: world.cast.northwind,
        reach: .all)
      let foreign = OrganizationScope(viewer: world.scope.viewer, organization: world.cast.southwind, reach: .all)
      for scope in [other, foreign] {
        let upload = try AttributeUpload(scope, in: world.database, clock: world.cast.time.clock)
        #expect(throws: Failure.notFound) { try upload.confirm(draft.id) }
        #expect(throws: Failure.notFound) { try upload.discard(draft.id) }
      }
      let narrow = OrganizationScope(
        viewer: world.scope.viewer, organization: world.cast.northwind, reach: .programs([world.cast.dataAcademy]))
      #expect(throws: Failure.notFound) { try AttributeUpload(narrow, in: world.database, clock: world.cast.time.clock) }
      let open = try world.database.read { try AttributeDraft.open(scope: world.scope, in: $0) }
      #expect(open == [draft])
      try upload(world).discard(draft.id)
      let left = try world.database.read { try AttributeDraft.open(scope: world.scope, in: $0) }
      #expect(left.isEmpty)
    }
  }
}
