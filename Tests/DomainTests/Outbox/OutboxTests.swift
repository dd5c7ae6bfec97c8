import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct OutboxTests {
  @Test(arguments: TestDatabase.engines) func whatAServerTookIsKeptAsItWasSent(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      let user = try desk.invite("ines@example.com")
      let mail = try #require(try desk.claim().first)
      #expect(mail.item.recipient == "ines@example.com" && mail.item.user == user && mail.attempts == 1)
      let empty = try desk.claim()
      #expect(empty.isEmpty)
      desk.cast.time.pass(seconds: 5)
      try desk.accept(mail)
      try desk.accept(mail)
      let found = try desk.database.read { try OutboxMail.find(mail.id, scope: desk.scope, in: $0) }
      #expect(found.state == .sent && found.sentAt == desk.now && found.name == "Ines Invited" && found.programName == "Data Academy")
      let sent = try desk.database.read { try found.sent(in: $0) }
      #expect(sent == SentMail(subject: "Hello", text: "Hello, you", html: "<p>Hello, you</p>"))
      let state = try (desk.invitation(user, "state"), desk.invitation(user, "sends"), desk.invitation(user, "sent_at"))
      #expect(state == ("SENT", "1", desk.now.text))
    }
  }

  @Test(arguments: TestDatabase.engines) func aRefusalStandsOnTheInvitation(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      let user = try desk.invite("ines@example.com")
      let mail = try #require(try desk.claim().first)
      try Outbox.refused(mail, "550 5.1.1 no such mailbox\0", in: desk.database)
      let state = try (desk.invitation(user, "state"), desk.invitation(user, "bounced"), desk.invitation(user, "failure"))
      #expect(state == ("FAILED", "1", "550 5.1.1 no such mailbox "))
      desk.cast.time.pass(days: 30)
      let claimed = try desk.claim()
      #expect(claimed.isEmpty)
    }
  }

  @Test(arguments: TestDatabase.engines) func whatThePersonDidSinceStays(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      for (index, state) in ["OPENED", "JOINED", "REVOKED"].enumerated() {
        let users = try [desk.invite("a\(index)@example.com"), desk.invite("b\(index)@example.com")]
        try desk.database.write(organization: desk.scope.organization.id) { tx in
          _ = try tx.run("UPDATE invitations SET state = \(state) WHERE user_id IN (\(list: users))")
        }
        let mails = try desk.claim()
        try desk.accept(mails[0])
        try Outbox.refused(mails[1], "550 no", in: desk.database)
        let states = try users.map { try desk.invitation($0, "state") }
        #expect(states == [state, state])
        let words = try desk.invitation(users[1], "failure")
        #expect(words == "550 no")
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aMailIsPutOffLongerAndLongerThenGivenUp(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      let user = try desk.invite("ines@example.com")
      var pauses: [Int64] = []
      var passed: Int64 = 0
      for attempt in 1...Outbox.attemptLimit {
        let mail = try #require(try desk.claim().first)
        #expect(mail.attempts == attempt)
        try Outbox.deferred(mail, "450 later", at: desk.now, jitter: 0.5, in: desk.database)
        guard attempt < Outbox.attemptLimit else { break }
        let state = try desk.invitation(user, "state")
        #expect(state == "QUEUED")
        let pause = Outbox.pause(after: attempt)
        desk.cast.time.pass(seconds: pause - 1)
        let early = try desk.claim()
        #expect(early.isEmpty)
        desk.cast.time.pass(seconds: 1)
        pauses.append(pause)
        passed += pause
      }
      #expect(pauses.prefix(6) == [60, 300, 900, 3600, 14_400, 14_400])
      #expect((Int64(2.5 * 86_400)...Int64(3.5 * 86_400)).contains(passed))
      let state = try (desk.invitation(user, "state"), desk.invitation(user, "bounced"), desk.invitation(user, "failure"))
      #expect(state == ("FAILED", "0", "Given up after 22 attempts. 450 later"))
    }
  }

  @Test(arguments: TestDatabase.engines) func jitterSpreadsWhatFailedAtOnce(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      for index in 0..<2 { try desk.invite("a\(index)@example.com") }
      let mails = try desk.claim()
      try Outbox.deferred(mails[0], "450", at: desk.now, jitter: 0, in: desk.database)
      try Outbox.deferred(mails[1], "450", at: desk.now, jitter: 1, in: desk.database)
      let due = try desk.database.read { try $0.all("SELECT due_at FROM outbox ORDER BY id") { $0.text(0) } }
      #expect(due == [desk.now.adding(seconds: 48).text, desk.now.adding(seconds: 72).text])
    }
  }

  @Test(arguments: TestDatabase.engines) func whatWasNotTriedComesBackUntried(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      for index in 0..<3 { try desk.invite("a\(index)@example.com") }
      let mails = try desk.claim()
      try desk.accept(mails[0])
      try Outbox.release(mails, due: desk.now.adding(seconds: 60), in: desk.database)
      let states = try desk.states()
      #expect(states == ["SENT", "WAITING", "WAITING"])
      desk.cast.time.pass(seconds: 60)
      let again = try desk.claim()
      #expect(again.map(\.attempts) == [1, 1])
    }
  }

  @Test(arguments: TestDatabase.engines) func aMailThatFailedCanBeSentAgainWithTheSameMessageID(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      let user = try desk.invite("ines@example.com")
      let mail = try #require(try desk.claim().first)
      func retry() throws {
        try desk.database.write(organization: desk.scope.organization.id) {
          try OutboxMail.retry(mail.id, scope: desk.scope, at: desk.now, in: $0)
        }
      }
      #expect(throws: Failure.self) { try retry() }
      try Outbox.refused(mail, "550 no", in: desk.database)
      try retry()
      let state = try desk.invitation(user, "state")
      #expect(state == "QUEUED")
      let again = try #require(try desk.claim().first)
      #expect(again.item.messageID == mail.item.messageID && again.attempts == 1)
      try desk.accept(again)
      let after = try (desk.invitation(user, "state"), desk.invitation(user, "failure"), desk.invitation(user, "bounced"))
      #expect(after == ("SENT", "", "0"))
    }
  }

  @Test(arguments: TestDatabase.engines) func aStrangerFindsNoMail(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      try desk.invite("ines@example.com")
      let mail = try #require(try desk.claim().first)
      let south = OrganizationScope(viewer: desk.scope.viewer, organization: desk.cast.southwind, reach: .all)
      let part = OrganizationScope(viewer: desk.scope.viewer, organization: desk.cast.northwind, reach: .programs([desk.cast.dataAcademy]))
      for scope in [south, part] {
        #expect(throws: Failure.notFound) { try desk.database.read { _ = try OutboxMail.find(mail.id, scope: scope, in: $0) } }
      }
      #expect(throws: Failure.notFound) { _ = try OutboxList(scope: part) }
      let foreign = try desk.database.read { try OutboxList(scope: south).count(in: $0) }
      #expect(foreign == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func theListIsFilteredAndSearched(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      for (name, email) in [("Zoë Quist", "z@example.com"), ("Anna", "quinn@example.com"), ("Bo", "bo@example.com")] {
        try desk.invite(email, name: name)
      }
      try Outbox.refused(try #require(try desk.claim(1).first), "550 no", in: desk.database)
      func list(_ change: (inout OutboxFilter) -> Void) throws -> [String] {
        var filter = OutboxFilter()
        change(&filter)
        return try desk.database.read { connection in
          try OutboxList(scope: desk.scope).page(
            filter, sort: Sorting(.created, descending: true), request: PageRequest(), in: connection
          ).rows.map(\.item.recipient)
        }
      }
      let all = try list { _ in }
      #expect(all == ["bo@example.com", "quinn@example.com", "z@example.com"])
      let found = try (
        list { $0.search = "QUI" }, list { $0.search = "zoe" }, list { $0.states = [.failed] }, list { $0.states = [.waiting] }
      )
      #expect(
        found == (["quinn@example.com", "z@example.com"], ["z@example.com"], ["z@example.com"], ["bo@example.com", "quinn@example.com"]))
      let kinds = try (list { $0.kinds = [.programExit] }, list { $0.kinds = [.invitation, .programExit] }.count)
      #expect(kinds == ([], 3))
    }
  }

  @Test(arguments: TestDatabase.engines) func theExportHoldsWhatIsListed(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      try desk.invite("ines@example.com", name: "=Ines")
      try Outbox.refused(try #require(try desk.claim().first), "550 no", in: desk.database)
      var bytes: [UInt8] = []
      try desk.database.export { connection in
        try OutboxList(scope: desk.scope).write(OutboxFilter(), sort: Sorting(.created, descending: true), in: connection) { bytes += $0 }
      }
      let lines = String(decoding: bytes.dropFirst(3), as: UTF8.self).split(separator: "\r\n")
      #expect(
        lines == [
          "Name,Email,Kind,Program,State,Attempts,Created,Sent,Answer of the mail server",
          "'=Ines,ines@example.com,Invitation,Data Academy,Failed,1,\(desk.now.text),,550 no",
        ])
    }
  }
}
