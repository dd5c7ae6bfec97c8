import Database
import Domain
import HTTPServer
import Support
import Testing
import World

@testable import Web

/// Removing a program from its Settings page, and what its addresses say afterwards.
@Suite struct ProgramRemovalPagesTests {
  private let program = "/o/northwind/programs/data-academy"
  private var path: String { program + "/removal" }

  private func remove(_ browser: TestBrowser) throws -> TestBrowser.Reply {
    try browser.post(path, [("name", "Data Academy")], from: path)
  }

  @Test(arguments: TestDatabase.engines) func theNameMustBeTyped(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let admin = try test.browser(of: test.cast.pat)
      #expect(try admin.get(program + "/settings").body.contains("href=\"\(path)\""))
      let ask = try admin.get(path)
      #expect(ask.status == 200 && ask.title == "Remove Data Academy? – Settings – Northwind Learning – Provost")
      #expect(ask.body.contains("1 member leaves it at once") && ask.body.contains("This cannot be undone."))
      #expect(ask.body.contains("No invitation is open.") && ask.body.contains("No license comes free."))
      for typed in ["", "data academy", "Leadership <b>"] {
        let wrong = try admin.post(path, [("name", typed)], from: path)
        #expect(wrong.status == 422 && wrong.body.contains("href=\"#field-name\""), "\(typed)")
        #expect(wrong.title?.hasPrefix("Error: Remove Data Academy?") == true, "\(typed)")
        #expect(typed.isEmpty || wrong.body.contains("value=\"\(typed.replacing("<b>", with: "&lt;b&gt;"))\""), "\(typed)")
      }
      #expect(try admin.get(program).status == 200)
      #expect(try remove(admin).location == "/o/northwind/programs")
      let list = try admin.get("/o/northwind/programs").body
      #expect(list.contains("The program Data Academy was removed: 1 member has left it and 0 invitations were taken back."))
      #expect(!list.contains("href=\"\(program)\""))
    }
  }

  @Test(arguments: TestDatabase.engines) func everyPageOfItSaysSoAndItsReportsStay(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let owner = try test.browser(of: test.cast.olga)
      #expect(try remove(owner).status == 303)
      let pages = test.site.routes().table.filter { $0.pattern.hasPrefix("/o/:slug/programs/:program") }
      #expect(pages.count > 20)
      for (method, pattern) in pages {
        let address = pattern.replacing(":slug", with: "northwind").replacing(":program", with: "data-academy").replacing(
          ":user", with: "5")
        let reply =
          method == "GET"
          ? try owner.get(address)
          : address.hasSuffix("/banner")
            ? nil : try owner.post(address, [("name", "Data Academy"), ("moment", test.cast.time.now.text)], from: "/no-such-page")
        guard let reply else { continue }
        #expect(
          reply.status == 410 && reply.body.contains("This program was removed on 28 Jun 2024, 12:00 by Olga Owner."),
          "\(method) \(address)")
      }
      let page = try owner.get(program)
      #expect(
        page.title == "Data Academy, removed – Northwind Learning – Provost" && page.body.contains("1 membership and all enrollments"))
      for report in ["usage-report", "membership-report"] {
        let address = "/o/northwind/reports/\(report).csv?program=data-academy"
        #expect(page.body.contains("href=\"\(address)\""))
        #expect(try owner.get(address).status == 200 && test.browser(of: test.cast.pat).get(address).status == 200)
      }
      // Whoever could not see it before cannot see that it was there; who chooses a program does not find it.
      for person in [test.cast.sten, test.cast.twyla, test.cast.lena] { #expect(try test.browser(of: person).get(program).status == 404) }
      for address in ["/o/northwind/invitations/new?program=data-academy", "/o/northwind/invitations/bulk?program=data-academy"] {
        #expect(try owner.get(address).status == 410, "\(address)")
      }
      for address in [
        "/o/northwind", "/o/northwind/programs", "/o/northwind/invitations/new", "/o/northwind/users",
        "/o/northwind/users?program=data-academy",
      ] {
        let reply = try owner.get(address)
        #expect(reply.status == 200 && !reply.body.contains("href=\"\(program)\""), "\(address)")
      }
      #expect(try !test.browser(of: test.cast.tess).get("/o/northwind/contracts/new").body.contains("data-academy"))
      let left = try test.database.read { try $0.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'program-exit'") }
      #expect(left == 1, "removed once")
    }
  }

  @Test(arguments: TestDatabase.engines) func whoWasInItMayLookAndWhoIsInvitedIsTold(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let (cast, owner) = (test.cast, try test.browser(of: test.cast.olga))
      try test.database.write(organization: 0) { tx in
        let id = try tx.scalar(
          "INSERT INTO contracts (organization_id, name, created_at) VALUES (\(cast.northwind.id), 'Open', '') RETURNING id")
        try tx.run("INSERT INTO program_contracts (program_id, contract_id) VALUES (\(cast.dataAcademy), \(id))")
      }
      let form = "/o/northwind/invitations/new?program=data-academy"
      func invite(_ email: String) throws -> String {
        let shown = try #require(
          owner.post(
            "/o/northwind/invitations/new",
            [("program", "data-academy"), ("contract", "1"), ("name", "Nora New"), ("email", email), ("send", "1")], from: form
          ).location)
        return try #require(owner.get(shown).body.firstMatch(of: /127\.0\.0\.1:8080(\/join\/[^<]+)</)?.output.1.description)
      }
      let (link, known) = (try invite("nora@northwind.example"), try invite(cast.twyla.email))
      #expect(try test.browser.get(link).status == 200)
      #expect(try owner.get(path).body.contains("2 open invitations are taken back."))
      #expect(try remove(owner).status == 303)
      let told = try test.browser.get(link)
      #expect(told.status == 410 && told.title == "This program was removed – Provost" && told.body.contains("Data Academy was removed by"))
      let password = [("password", "three blue herons"), ("confirmation", "three blue herons")]
      #expect(try test.browser.post(link, password).status == 410)
      let twyla = try test.browser(of: cast.twyla)
      for address in [known, "/programs/northwind/data-academy"] {
        #expect(try twyla.get(address).body.contains("This program was removed"), "\(address)")
      }
      #expect(try twyla.post("/programs/northwind/data-academy/membership", from: "/no-such-page").status == 410)
      #expect(try test.browser(of: cast.sten).get("/programs/northwind/data-academy").status == 404, "nobody else learns of it")
      let lena = try test.browser(of: cast.lena).get("/programs/northwind/data-academy")
      #expect(lena.status == 200 && lena.body.contains("This program was removed on 28 June 2024. You can look at what you did in it"))
      let users = try test.database.read {
        try $0.scalar("SELECT COUNT(*) FROM accounts WHERE email LIKE 'nora@%' AND password_hash IS NOT NULL")
      }
      #expect(users == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func othersCannotRemoveIt(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      for person in [test.cast.sten, test.cast.twyla, test.cast.lena] {
        let browser = try test.browser(of: person)
        #expect(try browser.get(path).status == 404)
        #expect(try browser.post(path, [("name", "Data Academy")], from: "/no-such-page").status == 404)
      }
      #expect(
        try test.browser(of: test.cast.pat).post("/o/northwind/programs/leadership/removal", [("name", "Leadership")], from: path).status
          == 404)
      #expect(try test.browser(of: test.cast.olga).post(path, [("name", "Data Academy")], csrf: nil).status == 403)
      #expect(try test.database.read { try $0.scalar("SELECT COUNT(*) FROM programs WHERE removed_at <> ''") } == 0)
    }
  }
}
