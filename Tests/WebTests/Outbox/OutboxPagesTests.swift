import Database
import Domain
import HTTPServer
import Support
import Testing
import World

@testable import Web

@Suite struct OutboxPagesTests {
  /// What each of the cast gets at an address that belongs to the organization as a whole.
  private func expectForWholeOrganization(_ test: TestSite, _ path: String, _ ask: (TestBrowser, String) throws -> Int, granted: Int) throws
  {
    let cast = test.cast
    for (person, expected) in [
      (cast.olga, granted), (cast.tess, granted), (cast.pat, 403), (cast.twyla, 403), (cast.sten, 404), (cast.lena, 404),
    ] {
      let status = try ask(test.browser(of: person), path)
      #expect(status == expected, "\(person.name) at \(path)")
    }
  }

  /// Every page of the room, with the mail of that id.
  static func pages(of mail: Int64) -> [String] {
    (["/outbox", "/outbox.csv", "/outbox/\(mail)", "/outbox/\(mail)/body", "/settings/email"]
      + MailKind.allCases.flatMap { ["/settings/email/\($0.rawValue)", "/settings/email/\($0.rawValue)/body"] }).map { "/o/northwind" + $0 }
  }

  @Test(arguments: TestDatabase.engines) func everyPageIsForWhomItIs(_ engine: Dialect) throws {
    try PostOffice.with(engine) { office in
      try office.invite("a@example.com")
      let id = try office.mail()
      let pages = OutboxPagesTests.pages(of: id)
      for page in pages {
        try expectForWholeOrganization(office.test, page, { try $0.get($1).status }, granted: 200)
        let (nobody, wrong) = try (
          office.test.browser.get(page), office.owner.send("POST", page, .empty, [])
        )
        #expect(nobody.status == 303 && wrong.status == 405, "\(page)")
      }
      // A mail of another organization is none, and neither is a word.
      let (owner, stranger) = try (office.owner, office.test.browser(of: office.test.cast.sten))
      for path in ["/o/southwind/outbox/\(id)", "/o/southwind/outbox/\(id)/body", "/o/southwind/outbox/x"] {
        let status = try stranger.get(path).status
        #expect(status == 404, "\(path)")
      }
      let unknown = try owner.get("/o/northwind/settings/email/nonsense").status
      #expect(unknown == 404)
    }
  }

  @Test(arguments: TestDatabase.engines) func everyActIsForWhomItIs(_ engine: Dialect) throws {
    try PostOffice.with(engine) { office in
      try office.invite("a@example.com")
      let id = try office.mail()
      for act in ["/outbox/\(id)/retry", "/settings/email/program-exit/switch"] {
        let granted = act.hasPrefix("/settings") ? 303 : 409
        try expectForWholeOrganization(
          office.test, "/o/northwind" + act, { try $0.post($1, [("send", "no")], csrf: $0.get("/nothing").hidden("csrf")).status },
          granted: granted)
        let (read, forged) = try (office.owner.get("/o/northwind" + act), office.owner.post("/o/northwind" + act, [], csrf: nil))
        #expect(read.status == 405 && forged.status == 403, "\(act)")
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func withoutAServerAMailCanBeReadAndItsLinkUsed(_ engine: Dialect) throws {
    try PostOffice.with(engine) { office in
      try office.invite("nora@northwind.example")
      let (id, owner) = (try office.mail(), try office.owner)
      let list = try owner.get("/o/northwind/outbox")
      #expect(list.body.contains("No mail server is set") && list.body.contains("nora@northwind.example") && list.body.contains("Waiting"))
      let page = try owner.get("/o/northwind/outbox/\(id)")
      #expect(page.body.contains("You are invited to Data Academy") && page.body.contains("src=\"/o/northwind/outbox/\(id)/body\""))
      #expect(page.headers["Content-Security-Policy"]?.contains("frame-src 'self'") == true)
      let body = try owner.get("/o/northwind/outbox/\(id)/body")
      let policy = try #require(body.headers["Content-Security-Policy"])
      #expect(
        policy.hasPrefix("default-src 'none'; style-src 'unsafe-inline'; img-src data:;") && policy.contains("frame-ancestors 'self'"))
      #expect(!policy.contains("script") && !policy.contains("allow-same-origin"))
      let link = String(page.body.components(after: "href=\"http://127.0.0.1:8080/join/").prefix { $0 != "\"" })
      let invitee = try office.test.browser.get("/join/" + link)
      #expect(invitee.status == 200 && invitee.body.contains("Join Data Academy"))
    }
  }

  @Test(arguments: TestDatabase.engines) func whatWasSentIsShownAsItWasSent(_ engine: Dialect) throws {
    let server = try SMTPServer()
    try PostOffice.with(engine, server: server) { office in
      try office.invite("nora@northwind.example")
      _ = try office.send()
      try office.test.database.write(organization: 0) { _ = try $0.run("UPDATE programs SET name = 'Renamed'") }
      let page = try office.owner.get("/o/northwind/outbox/\(office.mail())")
      #expect(
        page.body.contains("You are invited to Data Academy") && page.body.contains(">Sent<")
          && !page.body.contains("You are invited to Renamed"))
      let list = try office.owner.get("/o/northwind/outbox")
      #expect(!list.body.contains("No mail server is set"))
      // The code of the link is not kept, and a page shows another than the mailbox got, which proves less.
      let link = String(
        server.received[0].text.replacing("=\r\n", with: "").components(after: "/join/").prefix { !$0.isWhitespace })
      let kept = try office.test.database.read { try $0.first("SELECT body_text || body_html FROM sent_mail") { $0.text(0) } ?? "" }
      #expect(kept.contains("/join/") && !kept.contains(link) && !page.body.contains("/join/" + link))
      let copied = String(page.body.components(after: "href=\"http://127.0.0.1:8080/join/").prefix { $0 != "\"" })
      for shown in [link, copied] { #expect(try office.test.browser.get("/join/" + shown).body.contains("Join Renamed")) }
      try office.test.database.write(organization: 0) { _ = try $0.run("UPDATE invitations SET state = 'REVOKED'") }
      let after = try office.owner.get("/o/northwind/outbox/\(office.mail())")
      #expect(after.body.contains("You are invited to Data Academy") && !after.body.contains(copied) && !after.body.contains("{join-code}"))
    }
  }

  @Test(arguments: TestDatabase.engines) func aMailThatFailedSaysWhyAndCanBeSentAgain(_ engine: Dialect) throws {
    let server = try SMTPServer()
    server.fail(.recipient("550 5.1.1 <no> such mailbox"))
    try PostOffice.with(engine, server: server) { office in
      let user = try office.invite("nora@northwind.example")
      _ = try office.send()
      let (owner, path) = (try office.owner, "/o/northwind/outbox/\(try office.mail())")
      let page = try owner.get(path)
      #expect(page.body.contains("550 5.1.1 &lt;no&gt; such mailbox") && page.body.contains("Send again"))
      let reply = try owner.post(path + "/retry", from: path)
      #expect(reply.location == path)
      _ = try office.send()
      let state = try office.invitation(user)
      #expect(state == ["SENT", "", "1"])
      let after = try owner.get(path)
      #expect(!after.body.contains("Send again"))
    }
  }

  @Test(arguments: TestDatabase.engines) func aKindThatIsTurnedOffIsNotSent(_ engine: Dialect) throws {
    try PostOffice.with(engine) { office in
      let (owner, path) = (try office.owner, "/o/northwind/settings/email")
      let before = try owner.get(path)
      #expect(before.body.contains("Turn off") && !before.body.contains("Turn on"))
      try owner.post(path + "/program-welcome/switch", [("send", "no")], from: path)
      let off = try owner.get(path)
      #expect(off.body.contains("Turn on") && off.body.contains("Emails of the kind Program welcome are no longer sent."))
      try owner.post(path + "/program-welcome/switch", [("send", "yes")], from: path)
      let on = try owner.get(path)
      #expect(!on.body.contains("Turn on"))
      let always = try owner.post(path + "/invitation/switch", [("send", "no")], from: path)
      #expect(always.status == 409)
      let example = try owner.get(path + "/invitation")
      #expect(example.body.contains("Robin Reader") && example.body.contains("You are invited to Data Academy"))
    }
  }

  @Test(arguments: TestDatabase.engines) func theListIsNarrowedByItsAddress(_ engine: Dialect) throws {
    try PostOffice.with(engine) { office in
      try office.invite("nora@northwind.example")
      try office.invite("otto@northwind.example", name: "Otto")
      let owner = try office.owner
      for (query, expected) in [
        ("?q=otto", (false, true)), ("?state=failed", (false, false)), ("?kind=invitation&state=waiting", (true, true)),
      ] {
        let body = try owner.get("/o/northwind/outbox" + query).body
        #expect((body.contains("nora@northwind.example"), body.contains("otto@northwind.example")) == expected, "\(query)")
      }
    }
  }
}
