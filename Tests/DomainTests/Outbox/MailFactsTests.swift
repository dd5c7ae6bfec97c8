import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct MailFactsTests {
  private func facts(_ mail: ClaimedMail, _ desk: OutboxDesk) throws -> MailFacts? {
    try desk.database.read { try MailFacts.load(mail.item, at: desk.now, in: $0) }
  }

  @Test(arguments: TestDatabase.engines) func anInvitationSaysWhatStandsWhenItIsSent(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      let user = try desk.invite("ines@example.com", name: "Inès")
      let mail = try #require(try desk.claim().first)
      let bare = try #require(try facts(mail, desk))
      #expect(bare.readerName == "Inès" && bare.programName == "Data Academy" && bare.house.name == "Northwind Learning")
      #expect(bare.invitation?.message == "" && bare.invitation?.user == user && bare.invitation?.generation == 1)
      #expect(bare.invitation?.expiresAt == Cast.now.adding(days: 30))
      #expect(bare.invitation?.inviterEmail == desk.cast.olga.email)
      try desk.database.write(organization: desk.scope.organization.id) { tx in
        _ = try tx.run("UPDATE organizations SET invitation_message = 'All of us', brand_color = '#123456', sender_name = 'People team'")
      }
      let branded = try #require(try facts(mail, desk))
      #expect(
        branded.invitation?.message == "All of us" && branded.house.brandColor == "#123456" && branded.house.senderName == "People team")
      try desk.database.write(organization: desk.scope.organization.id) { tx in
        _ = try tx.run("UPDATE programs SET invitation_message = 'Data people', tagline = 'Numbers' WHERE id = \(desk.cast.dataAcademy)")
      }
      let own = try #require(try facts(mail, desk))
      #expect(own.invitation?.message == "Data people" && own.tagline == "Numbers")
    }
  }

  @Test(arguments: TestDatabase.engines) func anInvitationWithoutOccasionIsNone(_ engine: Dialect) throws {
    for change in ["state = 'REVOKED'", "state = 'JOINED'", "expires_at = '2024-01-01T00:00:00.000Z'"] as [SQL] {
      try OutboxDesk.with(engine) { desk in
        try desk.invite("ines@example.com")
        let mail = try #require(try desk.claim().first)
        try desk.database.write(organization: desk.scope.organization.id) { _ = try $0.run("UPDATE invitations SET \(change)") }
        let found = try facts(mail, desk)
        #expect(found == nil)
        try Outbox.dropped(mail, in: desk.database)
        let states = try desk.states()
        #expect(states == ["DROPPED"])
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func nobodyIsWelcomedAfterLeavingOrDismissedWhenBack(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      let (organization, lena) = (desk.scope.organization.id, desk.cast.lena.id)
      try desk.database.write(organization: organization) { tx in
        for kind in [MailKind.programWelcome, .programExit] {
          try Outbox.put(
            .init(kind, to: "x@example.com", user: lena, program: desk.cast.dataAcademy), organization: organization, at: desk.now, in: tx)
        }
      }
      let mails = try desk.claim()
      let present = try mails.map { try facts($0, desk)?.kind }
      #expect(present == [.programWelcome, nil])
      try desk.database.write(organization: organization) { _ = try $0.run("UPDATE memberships SET state = 'DELETED_MEMBER'") }
      let gone = try mails.map { try facts($0, desk)?.kind }
      #expect(gone == [nil, .programExit])
    }
  }

  @Test(arguments: TestDatabase.engines) func aNoticeToAnAdministratorHoldsTheContractsFigures(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      let letter = Outbox.Letter(
        .noPlacesLeft, to: desk.cast.olga.email, user: desk.cast.olga.id, program: desk.cast.dataAcademy,
        details: ["contract": "\(desk.contract.id)"])
      try desk.database.write(organization: desk.scope.organization.id) { tx in
        _ = try Outbox.put(letter, organization: desk.scope.organization.id, at: desk.now, in: tx)
      }
      let mail = try #require(try desk.claim().first)
      let found = try #require(try facts(mail, desk))
      #expect(found.places?.name == "Open" && found.places?.quantity == nil && found.readerName == "Olga Owner")
    }
  }

  @Test(arguments: TestDatabase.engines) func aMutedKindIsNotPutThere(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      let organization = desk.scope.organization.id
      try desk.database.write(organization: organization) { tx in
        _ = try tx.run("INSERT INTO muted_emails (organization_id, kind) VALUES (\(organization), 'program-exit')")
        for kind in [MailKind.programExit, .programWelcome] {
          try Outbox.put(
            .init(kind, to: "x@example.com", user: desk.cast.lena.id, program: desk.cast.dataAcademy), organization: organization,
            at: desk.now, in: tx)
        }
      }
      let kinds = try desk.claim().map(\.item.kind)
      #expect(kinds == [.programWelcome])
    }
  }
}
