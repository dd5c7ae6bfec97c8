import CSV
import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct BulkInvitationTests {
  @Test(arguments: TestDatabase.engines) func everyKindOfRowIsToldApart(_ engine: Dialect) throws {
    try BulkDesk.with(engine) { desk in
      let world = desk.world
      try world.invite(1, under: 4)
      let member = try world.invite(2, under: 4)
      #expect(try world.join(member))
      let removed = try world.invite(3, under: 4)
      #expect(try world.join(removed))
      #expect(try world.remove([removed]) == 1)
      try world.database.write(organization: world.cast.northwind.id) { tx in
        _ = try tx.run("UPDATE users SET external_id = 'E-1' WHERE id = \(member)")
        _ = try tx.run("UPDATE users SET external_id = 'E-3' WHERE id = \(removed)")
      }
      let draft = try desk.check(
        """
        email,External ID,FULL NAME,Remarks
        person1@example.com,,Person 1,x
        Person2@Example.com,,Person 2,x
        person3@example.com,,Person 3,x
        new@example.com,N-1, New Person ,x
        twice@@example.com,,Somebody,x
        nameless@example.com,,,x
        NEW@example.com,N-2,New Person,x
        other@example.com,N-1,Other,x
        taken@example.com,E-1,Taken,x
        '=formula@example.com,,'=1+1,x
        short@example.com
        sten@southwind.example,,Sten,x

        """)
      let lines = try desk.lines(draft)
      #expect(
        lines == [
          "2 INVITED", "3 MEMBER", "4 RETURNS", "5 NEW", "6 ERROR Email has two @ signs.", "7 ERROR Full name is missing.",
          "8 ERROR Same email as line 5.", "9 ERROR Same External ID as line 5.", "10 ERROR Another person has the External ID E-1.",
          "11 NEW", "12 ERROR The row has 1 fields where the header has 4. Full name is missing.", "13 NEW",
        ])
      #expect(try desk.counts(draft) == [.invited: 1, .member: 1, .returns: 1, .new: 3, .error: 6])
      let done = try desk.bulk.confirm(draft.id, sends: true, mayExceed: false)
      #expect(done == .init(invited: 4, changed: 0, isRepeated: false))
      #expect(try desk.bulk.confirm(draft.id, sends: true, mayExceed: false).isRepeated)
      #expect(try desk.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'invitation' AND recipient = 'new@example.com'") == 1)
      #expect(try desk.scalar("SELECT COUNT(*) FROM users WHERE name = '=1+1' AND email = '=formula@example.com'") == 1)
      #expect(try desk.scalar("SELECT COUNT(*) FROM memberships WHERE user_id = \(removed) AND state = 'INVITED' AND joined_at <> ''") == 1)
      #expect(try desk.draft(draft.id).wasSent)
      let differences = try world.differences()
      #expect(differences == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func rejectedRowsComeBackAndCanBeMended(_ engine: Dialect) throws {
    try BulkDesk.with(engine) { desk in
      let draft = try desk.check("Full Name;Email;External ID\r\n\"=Voss; Helena\";helena@@x.example;E-1\r\n王伟;wei@x.example;\r\n")
      let rejected = try desk.rejected(draft)
      #expect(
        rejected == "Full Name,Email,External ID,Line,Reason\r\n'=Voss; Helena,helena@@x.example,E-1,2,Email has two @ signs.\r\n")
      let mended = try desk.check(rejected.replacing("@@", with: "@"))
      #expect(try desk.counts(mended) == [.new: 1])
      _ = try desk.bulk.confirm(mended.id, sends: false, mayExceed: false)
      #expect(try desk.scalar("SELECT COUNT(*) FROM users WHERE name = '=Voss; Helena' AND external_id = 'E-1'") == 1)
      #expect(try desk.scalar("SELECT COUNT(*) FROM invitations WHERE state = 'CREATED' AND email_key = 'helena@x.example'") == 1)
      #expect(try desk.scalar("SELECT COUNT(*) FROM outbox") == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func theEncodingsOfSpreadsheetsAreRead(_ engine: Dialect) throws {
    try BulkDesk.with(engine) { desk in
      let text = "Full Name,Email,External ID\r\nZoë Ünal,zoe@x.example,\r\n"
      let utf16: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
      let windows: [UInt8] = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
      for (bytes, encoding) in [(Array(text.utf8), CSVEncoding.unicode), (utf16, .unicode), (windows, .windows1252)] {
        let draft = try desk.check(bytes, encoding: encoding)
        #expect(try desk.scalar("SELECT COUNT(*) FROM upload_rows WHERE draft_id = \(draft.id) AND name = 'Zoë Ünal'") == 1)
      }
    }
  }

  @Test(
    arguments: TestDatabase.engines,
    ["", "Full Name,Email\nA,a@x.example\n", "Full Name,Email,External ID\n", "Full Name,Email,External ID\nA,\"a@x.example,\n"])
  func aFileThatCannotBeReadIsRefusedWhole(_ engine: Dialect, text: String) throws {
    try BulkDesk.with(engine) { desk in
      let failure = #expect(throws: Failure.self) { try desk.check(text) }
      #expect(failure?.code == .invalid && failure?.fields.map(\.name) == ["file"])
      let drafts = try desk.scalar("SELECT COUNT(*) FROM upload_drafts")
      #expect(drafts == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func whatOthersDidSinceTheCheckIsSaidOnTheRow(_ engine: Dialect) throws {
    try BulkDesk.with(engine) { desk in
      let world = desk.world
      let draft = try desk.check(
        "Full Name,Email,External ID\nP1,person1@example.com,\nP2,person2@example.com,\nP3,person3@example.com,X\nP4,person4@example.com,\n"
      )
      try world.invite(1, under: 4)
      let second = try world.invite(2, under: 4)
      #expect(try world.join(second))
      let other = try world.invite(9, under: 4)
      try world.database.write(organization: world.cast.northwind.id) {
        _ = try $0.run("UPDATE users SET external_id = 'X' WHERE id = \(other)")
      }
      let done = try desk.bulk.confirm(draft.id, sends: true, mayExceed: false)
      #expect(done == .init(invited: 1, changed: 3, isRepeated: false))
      let lines = try desk.lines(draft)
      #expect(
        lines == [
          "2 INVITED Changed since the check.", "3 MEMBER Changed since the check.", "4 ERROR Another person has the External ID X.",
          "5 NEW",
        ])
      #expect(try desk.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'invitation' AND recipient = 'person1@example.com'") == 1)
      let differences = try world.differences()
      #expect(differences == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func moreThanThereArePlacesNeedsATick(_ engine: Dialect) throws {
    try BulkDesk.with(engine, places: 2) { desk in
      let text = "Full Name,Email,External ID\n" + (1...3).map { "P,person\($0)@example.com,\n" }.joined()
      let draft = try desk.check(text, under: 0)
      let failure = #expect(throws: Failure.self) { try desk.bulk.confirm(draft.id, sends: true, mayExceed: false) }
      #expect(failure?.fields.map(\.name) == [Overbooking.field])
      let isDone = try desk.draft(draft.id).isDone
      #expect(!isDone)
      #expect(try desk.bulk.confirm(draft.id, sends: true, mayExceed: true).invited == 3)
      // A contract whose places go to invitations cannot be exceeded, whatever is ticked.
      let strict = try desk.check(text.replacing("person", with: "other"), under: 2)
      let refused = #expect(throws: Failure.self) { try desk.bulk.confirm(strict.id, sends: true, mayExceed: true) }
      #expect(refused?.fields.map(\.name) == [Licenses.limitField])
      #expect(try desk.scalar("SELECT COUNT(*) FROM accounts WHERE email_key = 'other1@example.com'") == 0)
      let fitting = try desk.check("Full Name,Email,External ID\nP,other1@example.com,\nP,other2@example.com,\n", under: 2)
      #expect(try desk.bulk.confirm(fitting.id, sends: true, mayExceed: false).invited == 2)
      #expect(try desk.world.used(2) == 2)
      #expect(
        try desk.scalar("SELECT COUNT(*) FROM license_movements WHERE contract_id = \(desk.world.contracts[2]) AND user_id IS NOT NULL")
          == 2)
      let differences = try desk.world.differences()
      #expect(differences == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func aContractOutOfItsTermIsRefusedWithItsDate(_ engine: Dialect) throws {
    try BulkDesk.with(engine) { desk in
      let (world, file) = (desk.world, "Full Name,Email,External ID\nP,person1@example.com,\n")
      let draft = try desk.check(file)
      try world.database.write(organization: 0) { _ = try $0.run("UPDATE contracts SET ends_at = '2024-06-01T00:00:00.000Z'") }
      for act in [
        { _ = try desk.check(file) }, { _ = try desk.bulk.confirm(draft.id, sends: true, mayExceed: true) },
        { try world.invite(1, under: 4) },
      ] {
        let failure = #expect(throws: Failure.self) { try act() }
        #expect(failure?.fields.map(\.name) == ["contract"] && failure?.sentence.contains("2024-06-01") == true)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func nobodyFindsAnothersDraft(_ engine: Dialect) throws {
    try BulkDesk.with(engine) { desk in
      let draft = try desk.check("Full Name,Email,External ID\nP,person1@example.com,\n")
      let cast = desk.world.cast
      for (person, organization) in [(cast.pat, cast.northwind), (cast.olga, cast.southwind), (cast.sten, cast.southwind)] {
        let viewer = Viewer(accountID: person.id, name: "", email: "", grants: [])
        let scope = OrganizationScope(viewer: viewer, organization: organization, reach: .all)
        let bulk = BulkInvitation(scope, in: desk.world.database, clock: cast.time.clock)
        #expect(throws: Failure.notFound) { try bulk.confirm(draft.id, sends: true, mayExceed: true) }
        #expect(throws: Failure.notFound) { try bulk.discard(draft.id) }
      }
      let narrow = OrganizationScope(viewer: desk.world.scope.viewer, organization: cast.northwind, reach: .programs([cast.leadership]))
      #expect(throws: Failure.notFound) { try desk.world.database.read { try UploadDraft.find(draft.id, scope: narrow, in: $0) } }
      try desk.bulk.discard(draft.id)
      #expect(throws: Failure.notFound) { try desk.draft(draft.id) }
    }
  }
}
