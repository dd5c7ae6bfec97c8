import Database
import Domain
import Support
import Testing
import World

@testable import Web

@Suite struct ErasurePagesTests {
  @Test(arguments: TestDatabase.engines) func aPersonIsErasedAfterTheEmailIsTyped(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let path = "/o/northwind/users/\(test.cast.lena.id)"
      let owner = try test.browser(of: test.cast.olga)
      let ask = try owner.get(path + "/erasure")
      #expect(ask.status == 200 && ask.title?.hasPrefix("Erase Lena Lind?") == true)
      #expect(ask.body.contains("cannot be undone") && ask.body.contains("1 membership ends") && ask.body.contains(path + "/data.json"))
      let refused = try owner.post(path + "/erasure", [("email", "lena@<b>")], from: path + "/erasure")
      #expect(refused.status == 422 && refused.title?.hasPrefix("Error: Erase Lena Lind?") == true)
      #expect(refused.body.contains("value=\"lena@&lt;b&gt;\"") && refused.body.contains("#field-email"))
      #expect(try owner.get(path).body.contains("Lena Lind"))
      let done = try owner.post(path + "/erasure", [("email", "Lena@Example.com")], from: path + "/erasure")
      #expect(done.status == 303 && done.location == "/o/northwind/users")
      let users = try owner.get("/o/northwind/users?status=everyone").body
      #expect(!users.contains("Lena Lind") && users.contains("The person is erased."))
      for gone in [path, path + "/erasure", path + "/edit", path + "/data.json"] {
        #expect(try owner.get(gone).status == 404, "\(gone)")
      }
      let id = try test.database.read { try $0.scalar("SELECT id FROM users WHERE erased_at <> ''") }
      let left = try owner.get("/o/northwind/users/\(id)")
      #expect(left.status == 200 && left.body.contains("Erased person \(id)") && left.body.contains("User erased"))
      #expect(!left.body.contains("/edit\"") && !left.body.contains("lena@") && !left.body.contains("Lena"))
      #expect(try owner.get("/o/northwind/users/\(id)/edit").status == 404)
      // The other organization keeps its person, who still signs in.
      #expect(try test.browser(of: test.cast.sten).get("/o/southwind/users").body.contains("Magdalena Sund"))
      #expect(try test.browser.post("/sign-in", [("email", test.cast.lena.email), ("password", Cast.password)]).status == 303)
    }
  }

  @Test(arguments: TestDatabase.engines) func nobodyElseErasesOrExports(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let path = "/o/northwind/users/\(test.cast.lena.id)"
      let typed = [("email", test.cast.lena.email)]
      for (word, person) in test.cast.everybody where word != "account team" && word != "owner" {
        let browser = try test.browser(of: person)
        let expected = word == "stranger" || word == "learner" ? 404 : 403
        #expect(try browser.post(path + "/erasure", typed, from: "/no-such-page").status == expected, "\(word)")
        #expect(try browser.get(path + "/data.json").status == expected, "\(word)")
      }
      let owner = try test.browser(of: test.cast.olga)
      #expect(try owner.send("DELETE", path + "/erasure", .empty, []).status == 405)
      #expect(try owner.post("/o/northwind/users/\(test.cast.sten.id)/erasure", typed, from: "/o/northwind").status == 404)
      #expect(try owner.get("/o/northwind/users/\(test.cast.sten.id)/data.json").status == 404)
      #expect(try owner.get(path).body.contains("Lena Lind"))
    }
  }

  @Test(arguments: TestDatabase.engines) func anAdministratorIsNotOffered(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let pat = test.cast.pat
      try test.database.write(organization: test.cast.northwind.id) { tx in
        _ = try tx.run(
          """
          INSERT INTO users (organization_id, id, search_key, email_key, name, email, created_at)
          VALUES (\(test.cast.northwind.id), \(pat.id), 'pat', \(pat.email), 'Pat', \(pat.email), \(Cast.now.text))
          """)
      }
      let path = "/o/northwind/users/\(pat.id)/erasure"
      let owner = try test.browser(of: test.cast.olga)
      let page = try owner.get(path).body
      #expect(page.contains("Take the role away first") && !page.contains("Erase for good"))
      #expect(try owner.post(path, [("email", pat.email)], from: "/o/northwind").status == 409)
    }
  }

  @Test(arguments: TestDatabase.engines) func aPersonsMailsLeadToTheOutboxAndAreEmptyAfterwards(_ engine: Dialect) throws {
    try PostOffice.with(engine) { office in
      let user = try office.invite("nora@northwind.example")
      try office.invite("other@northwind.example", name: "Otto Other")
      let (owner, mail) = (try office.owner, try office.mail())
      let page = try owner.get("/o/northwind/users/\(user)").body
      #expect(page.contains("href=\"/o/northwind/outbox?person=\(user)\"") && page.contains("Waiting"))
      let list = try owner.get("/o/northwind/outbox?person=\(user)").body
      #expect(list.contains("nora@northwind.example") && !list.contains("other@northwind.example") && list.contains("1 of 2 emails"))
      #expect(try owner.get("/o/northwind/outbox?person=x").body.contains("No email matches"))
      let export = try owner.get("/o/northwind/users/\(user)/data.json")
      #expect(export.status == 200 && export.headers["Content-Disposition"]?.contains("person-\(user)") == true)
      let path = "/o/northwind/users/\(user)/erasure"
      #expect(try owner.post(path, [("email", "nora@northwind.example")], from: path).status == 303)
      let first = try office.test.database.read { try $0.scalar("SELECT MIN(id) FROM outbox") }
      let left = try owner.get("/o/northwind/outbox/\(min(mail, first))").body
      #expect(left.contains("was erased, and its text with it") && !left.contains("nora@") && !left.contains("Nora"))
    }
  }
}
