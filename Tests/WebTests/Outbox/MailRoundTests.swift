import Database
import Domain
import Support
import Testing
import World

@testable import Web

/// Mail from the outbox to a server, whatever the server does.
@Suite struct MailRoundTests {
  @Test(arguments: TestDatabase.engines) func whatIsDueIsSentOverOneConnection(_ engine: Dialect) throws {
    let server = try SMTPServer()
    try PostOffice.with(engine, server: server) { office in
      let users = try (0..<30).map { try office.invite("person\($0)@example.com") }
      let trouble = try office.send()
      #expect(trouble == nil)
      #expect(server.received.map(\.to) == (0..<30).map { ["person\($0)@example.com"] })
      #expect(Set(server.received.map(\.id)).count == 30 && server.connections == 1)
      let first = try #require(server.received.first)
      #expect(first.from == "no-reply@localhost")
      #expect(first.text.contains("From: Northwind Learning <no-reply@localhost>\r\nTo: Nora New <person0@example.com>\r\n"))
      #expect(first.text.contains("Reply-To: Olga Owner <olga@northwind.example>\r\nSubject: You are invited to Data Academy\r\n"))
      for user in users {
        let state = try office.invitation(user)
        #expect(state == ["SENT", "", "1"])
      }
      let again = try office.send()
      #expect(again == nil && server.received.count == 30)
    }
  }

  /// What a fault leaves on the invitation, and whether the mail is tried again.
  private static let faults: [(SMTPServer.Fault, state: String, words: String)] = [
    (.recipient("550 5.1.1 no such mailbox"), "FAILED", "550 5.1.1 no such mailbox"), (.content("554 spam"), "FAILED", "554 spam"),
    (.recipient("450 greylisted"), "SENT", ""), (.content("451 later"), "SENT", ""), (.dropAfterContent, "SENT", ""),
    (.greeting("421 busy"), "SENT", ""), (.dropAtGreeting, "SENT", ""), (.loseAnswer, "SENT", ""),
  ]

  @Test(arguments: faults.indices) func everyFaultEndsInTheRightState(_ index: Int) throws {
    let (fault, state, words) = Self.faults[index]
    let server = try SMTPServer()
    server.fail(fault)
    try PostOffice.with(.sqlite, server: server) { office in
      let (struck, spared) = (try office.invite("a@example.com"), try office.invite("b@example.com"))
      for _ in 0..<4 {
        _ = try office.send()
        office.test.cast.time.pass(seconds: 600)
      }
      let states = try (office.invitation(struck), office.invitation(spared))
      #expect(states.0 == [state, words, state == "SENT" ? "1" : "0"])
      #expect(states.1 == ["SENT", "", "1"])
      let mine = server.received.filter { $0.to == ["a@example.com"] }
      #expect(mine.count == (fault == .loseAnswer ? 2 : state == "SENT" ? 1 : 0))
      #expect(Set(mine.map(\.id)).count <= 1)
      #expect(server.received.filter { $0.to == ["b@example.com"] }.count == 1)
    }
  }

  @Test(arguments: TestDatabase.engines) func oneRefusedRecipientHoldsUpNobody(_ engine: Dialect) throws {
    let server = try SMTPServer()
    server.refuse("gone@example.com")
    try PostOffice.with(engine, server: server) { office in
      let users = try ["a@example.com", "gone@example.com", "b@example.com"].map { try office.invite($0) }
      let trouble = try office.send()
      #expect(trouble == nil)
      let states = try users.map { try office.invitation($0)[0] }
      #expect(states == ["SENT", "FAILED", "SENT"])
    }
  }

  @Test(arguments: TestDatabase.engines) func aServerThatCannotBeUsedIsAskedOnce(_ engine: Dialect) throws {
    let server = try SMTPServer()
    server.fail(.greeting("554 no service"))
    try PostOffice.with(engine, server: server) { office in
      for index in 0..<5 { try office.invite("person\(index)@example.com") }
      let trouble = try office.send()
      #expect(trouble == "554 no service")
      #expect(server.connections == 1)
      let mails = try office.mails()
      #expect(mails == [["WAITING", "554 no service"]] + Array(repeating: ["WAITING", ""], count: 4))
      let rest = try office.send()
      #expect(rest == nil && server.received.count == 4)
    }
  }

  @Test(arguments: TestDatabase.engines) func whatEverItIsCalledNothingGetsIntoTheHeader(_ engine: Dialect) throws {
    let server = try SMTPServer()
    try PostOffice.with(engine, server: server) { office in
      let names = ["Eve\" <evil@evil.example>", "Eve, evil@evil.example", "=?UTF-8?Q?x=0D=0ABcc:_evil?="]
      for (index, name) in names.enumerated() { try office.invite("person\(index)@example.com", name: name) }
      try office.test.database.write(organization: office.test.cast.northwind.id) { tx in
        try tx.run("UPDATE organizations SET name = \("North\r\nBcc: evil@evil.example"), sender_name = \("x\nX-Injected: 1")")
        try tx.run("UPDATE programs SET name = \("Data\r\nX-Injected: 1\r\n\r\nbody")")
        try tx.run("UPDATE users SET name = \("Nora\r\nBcc: evil@evil.example") WHERE email_key = 'person0@example.com'")
      }
      _ = try office.send()
      #expect(server.received.count == 3)
      for mail in server.received {
        #expect(mail.to.count == 1 && !mail.to[0].contains("evil"))
        let header = mail.text.prefix(mail.text.count - mail.text.components(after: "\r\n\r\n").count)
        let lines = header.split(separator: "\r\n").filter { !$0.hasPrefix(" ") }
        #expect(!lines.contains { $0.hasPrefix("Bcc") || $0.hasPrefix("X-") })
        #expect(lines.filter { $0.hasPrefix("Subject:") }.count == 1 && lines.allSatisfy { $0.contains(":") })
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aMailWithoutOccasionIsNotSent(_ engine: Dialect) throws {
    let server = try SMTPServer()
    try PostOffice.with(engine, server: server) { office in
      let user = try office.invite("a@example.com")
      try office.test.database.write(organization: office.test.cast.northwind.id) { tx in
        _ = try tx.run("UPDATE invitations SET state = 'REVOKED' WHERE user_id = \(user)")
      }
      _ = try office.send()
      let mails = try office.mails()
      #expect(mails == [["DROPPED", ""]] && server.received.isEmpty)
    }
  }

  @Test func theThreadSendsAndStops() throws {
    let server = try SMTPServer()
    try PostOffice.with(.sqlite, server: server) { office in
      let sender = MailSender(office.test.site)
      sender.start()
      let user = try office.invite("a@example.com")
      office.test.site.changes.signal()
      #expect(server.waitForMail())
      sender.beginStop()
      sender.waitForEnd()
      let state = try office.invitation(user)
      #expect(state == ["SENT", "", "1"])
    }
  }

  @Test func whatADeadSenderTookOnIsSentAtOnceByTheNext() throws {
    let server = try SMTPServer()
    try PostOffice.with(.sqlite, server: server) { office in
      let (user, now) = (try office.invite("a@example.com"), office.test.cast.time.now)
      let claimed = try Outbox.claim(10, at: now, until: now.adding(seconds: 600), in: office.test.database)
      #expect(claimed.count == 1)
      let sender = MailSender(office.test.site)
      sender.start()
      #expect(server.waitForMail())
      sender.beginStop()
      sender.waitForEnd()
      let state = try office.invitation(user)
      #expect(state == ["SENT", "", "1"] && server.received[0].id == claimed[0].item.messageID + "@localhost")
    }
  }

  @Test func withoutAServerNothingIsTakenOn() throws {
    try PostOffice.with(.sqlite) { office in
      try office.invite("a@example.com")
      let sender = MailSender(office.test.site)
      sender.start()
      sender.beginStop()
      sender.waitForEnd()
      let mails = try office.mails()
      #expect(mails == [["WAITING", ""]])
    }
  }
}
