import Database
import Domain
import HTTPServer
import Support
import Testing
import World

@testable import Web

/// Inviting, sending again and taking back, as the pages do it.
@Suite struct InvitationPagesTests {
  private static let list = "/o/northwind/programs/data-academy/invitations"
  private static let new = "/o/northwind/invitations/new?program=data-academy"

  private func fields(_ contract: Int64, _ name: String, _ email: String, _ more: [(String, String)] = [("send", "1")]) -> [(
    String, String
  )] {
    [("program", "data-academy"), ("contract", "\(contract)"), ("name", name), ("email", email)] + more
  }

  @Test(arguments: TestDatabase.engines) func onePersonIsInvitedAndTheLinkLeadsIn(_ engine: Dialect) throws {
    try TestSite.withPlaces(engine) { test, contract in
      let browser = try test.browser(of: test.cast.pat)
      let done = try browser.post(
        "/o/northwind/invitations/new", fields(contract, "Zoë Ünal", "zoe@example.com"), from: InvitationPagesTests.new)
      let page = try browser.get(try #require(done.location))
      #expect(page.status == 200 && page.body.contains("Zoë Ünal") && page.body.contains("The invitation is on its way."))
      let link = try #require(page.body.firstMatch(of: /http:\/\/127\.0\.0\.1:8080(\/join\/[^<]+)</)?.output.1)
      #expect(try test.browser.get(String(link)).status == 200)
      #expect(try browser.get(InvitationPagesTests.list).body.contains("zoe@example.com"))
      #expect(try browser.get(InvitationPagesTests.list + "/preview").body.contains("Preview of the invitation"))
    }
  }

  @Test(arguments: TestDatabase.engines) func whatIsWrongStandsAtItsFieldWithWhatWasTyped(_ engine: Dialect) throws {
    try TestSite.withPlaces(engine, places: 1) { test, contract in
      let browser = try test.browser(of: test.cast.olga)
      func send(_ name: String, _ email: String, _ more: [(String, String)] = []) throws -> TestBrowser.Reply {
        try browser.post("/o/northwind/invitations/new", fields(contract, name, email, more), from: InvitationPagesTests.new)
      }
      let bad = try send("", "a@@b.example")
      #expect(bad.status == 422 && bad.title?.hasPrefix("Error: ") == true)
      #expect(
        bad.body.contains("Full name is missing.") && bad.body.contains("Email has two @ signs.") && bad.body.contains("a@@b.example"))
      // Somebody of another organization is like anybody else.
      #expect(try send("Sten", test.cast.sten.email).status == 303)
      let again = try send("Sten", test.cast.sten.email)
      #expect(again.status == 422 && again.body.contains("already invited to the program"))
      let over = try send("Nora", "nora@example.com")
      #expect(
        over.status == 422 && over.body.contains("name=\"exceed\"") && over.body.contains("has 1 of 1 places left and 1 open invitation"))
      #expect(try send("Nora", "nora@example.com", [("exceed", "1")]).status == 303)
      #expect(try send("Lena", test.cast.lena.email, [("exceed", "1")]).body.contains("already a member"))
    }
  }

  @Test(arguments: TestDatabase.engines) func aContractThatHasEndedCannotBeChosen(_ engine: Dialect) throws {
    try TestSite.withPlaces(engine) { test, contract in
      try test.database.write(organization: 0) { _ = try $0.run("UPDATE contracts SET ends_at = '2024-03-01T00:00:00.000Z'") }
      let browser = try test.browser(of: test.cast.olga)
      let page = try browser.get(InvitationPagesTests.new + "&contract=\(contract)")
      #expect(page.body.contains("Ended") && page.body.contains("1 Mar 2024") && !page.body.contains("name=\"email\""))
    }
  }

  @Test(arguments: TestDatabase.engines) func selectedAndAllThatMatchAreSentAgainAndTakenBack(_ engine: Dialect) throws {
    try TestSite.withPlaces(engine) { test, contract in
      let browser = try test.browser(of: test.cast.olga)
      for number in 1...3 {
        try browser.post(
          "/o/northwind/invitations/new", fields(contract, "P\(number)", "p\(number)@example.com", number == 1 ? [("send", "1")] : []),
          from: InvitationPagesTests.new)
      }
      let resend = InvitationPagesTests.list + "/resend"
      let ask = try browser.get(resend + "?all=1&state=open")
      #expect(ask.body.contains("Resend 2 invitations?") && ask.body.contains("1 was mailed less than 24 hours ago"))
      #expect(try browser.get(resend).location == InvitationPagesTests.list)
      let done = try browser.post(resend, [("all", "1"), ("state", "open")], from: InvitationPagesTests.list)
      #expect(done.location == InvitationPagesTests.list + "?state=open")
      #expect(try browser.get(try #require(done.location)).body.contains("2 queued, 1 was mailed less than 24 hours ago."))
      let user = try test.database.read { try $0.scalar("SELECT user_id FROM invitations WHERE email_key = 'p2@example.com'") }
      let revocation = InvitationPagesTests.list + "/revocation"
      #expect(try browser.get(revocation + "?person=\(user)").body.contains("Revoke 1 invitation?"))
      #expect(try browser.post(revocation, [("person", "\(user)")], from: InvitationPagesTests.list).status == 303)
      #expect(try browser.get(InvitationPagesTests.list + "/\(user)").body.contains("The invitation was revoked"))
      #expect(try browser.get(InvitationPagesTests.list + "?state=open").body.contains("2 of 3 invitations"))
      // An admin of another program reaches none of them, whatever the form says.
      let other = try test.browser(of: test.cast.twyla)
      #expect(try other.post(revocation, [("all", "1")], from: "/o/northwind").status == 404)
      #expect(try browser.post(revocation, [("all", "1")], csrf: nil).status == 403)
    }
  }

  @Test(arguments: TestDatabase.engines) func aFileIsCheckedThenConfirmedOnce(_ engine: Dialect) throws {
    try TestSite.withPlaces(engine) { test, contract in
      let browser = try test.browser(of: test.cast.pat)
      let text = "External ID,Full Name,Email\r\n,A <b>,a@example.com\r\n,B,b@@example.com\r\nX,C,c@example.com"
      let draft = try #require(try browser.invite(contract, text).location)
      let page = try browser.get(draft)
      #expect(page.body.contains("A &lt;b&gt;") && page.body.contains("Email has two @ signs.") && page.body.contains("Invite 2 people"))
      #expect(try browser.get(draft + "?outcome=error").body.contains("1 of 3 rows"))
      let before = try test.database.read { try $0.scalar("SELECT COUNT(*) FROM invitations") }
      #expect(before == 0)
      // Nobody else finds it, not even who may do more.
      #expect(try test.browser(of: test.cast.olga).get(draft).status == 404)
      #expect(try test.browser(of: test.cast.olga).post(draft + "/confirmation", [], from: "/o/northwind").status == 404)
      let done = try browser.post(draft + "/confirmation", [("send", "1")], from: draft)
      #expect(done.location == draft)
      #expect(try browser.get(draft).body.contains("2 invitations were queued."))
      try browser.post(draft + "/confirmation", [("send", "1")], from: draft)
      #expect(try browser.get(draft).body.contains("This file was confirmed before."))
      let mails = try test.database.read { try $0.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'invitation'") }
      #expect(mails == 2)
      #expect(try browser.post(draft + "/removal", [], from: draft).status == 303)
      #expect(try browser.get(draft).status == 404)
    }
  }

  @Test(arguments: TestDatabase.engines) func aFileThatCannotBeTakenIsSaidAtItsField(_ engine: Dialect) throws {
    try TestSite.withPlaces(engine) { test, contract in
      let browser = try test.browser(of: test.cast.pat)
      for (text, name, words) in [
        ("Full Name,Email\nA,a@example.com\n", "a.csv", "the header lacks the column"), ("", "", "Choose a file."),
        ("Full Name,Email,External ID\n", "a.csv", "The file has no rows"),
      ] {
        let reply = try browser.invite(contract, text, fileName: name)
        #expect(reply.status == 422 && reply.body.contains(words), "\(words)")
      }
      #expect(try browser.invite(contract, "Full Name,Email,External ID\nA,a@example.com,\n", program: "leadership").status == 404)
      let drafts = try test.database.read { try $0.scalar("SELECT COUNT(*) FROM upload_drafts") }
      #expect(drafts == 0)
    }
  }
}
