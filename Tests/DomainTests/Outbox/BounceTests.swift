import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct BounceTests {
  private func bounce(_ desk: OutboxDesk, _ ids: [String], _ recipient: String) throws -> Int {
    try Outbox.bounced(messageIDs: ids, recipient: recipient, words: "550 5.1.1 no such mailbox", at: desk.now, in: desk.database)
  }

  @Test(arguments: TestDatabase.engines) func aReportIsFoundByMessageIDOrByRecipient(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      for byID in [true, false] {
        let email = byID ? "ines@example.com" : "otto@example.com"
        let user = try desk.invite(email)
        let mail = try #require(try desk.claim().first)
        try desk.accept(mail)
        let ids = byID ? ["unknown@x.example", mail.item.messageID + "@northwind.example"] : []
        let marked = try bounce(desk, ids, email.uppercased())
        #expect(marked == 1)
        let state = try (desk.invitation(user, "state"), desk.invitation(user, "bounced"), desk.invitation(user, "failure"))
        #expect(state == ("FAILED", "1", "550 5.1.1 no such mailbox"))
        let found = try desk.database.read { try OutboxMail.find(mail.id, scope: desk.scope, in: $0) }
        #expect(found.state == .failed && found.failure == "550 5.1.1 no such mailbox" && found.sentAt == desk.now)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aReportAboutNothingChangesNothing(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      let user = try desk.invite("ines@example.com")
      let marked = try (bounce(desk, ["unknown"], "nobody@example.com"), bounce(desk, [], "ines@example.com"))
      #expect(marked == (0, 0))
      let state = try desk.invitation(user, "state")
      #expect(state == "QUEUED")
    }
  }

  @Test(arguments: TestDatabase.engines) func whoJoinedStaysJoined(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      let user = try desk.invite("ines@example.com")
      try desk.accept(try #require(try desk.claim().first))
      try desk.database.write(organization: desk.scope.organization.id) { _ = try $0.run("UPDATE invitations SET state = 'JOINED'") }
      _ = try bounce(desk, [], "ines@example.com")
      let state = try (desk.invitation(user, "state"), desk.invitation(user, "bounced"))
      #expect(state == ("JOINED", "1"))
    }
  }
}
