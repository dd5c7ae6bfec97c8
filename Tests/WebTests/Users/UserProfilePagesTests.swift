import Database
import Domain
import Support
import Testing
import World

@testable import Web

@Suite struct UserProfilePagesTests {
  @Test(arguments: TestDatabase.engines) func aPersonsPageIsLinkedWhereItMayBeSeen(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let path = "/o/northwind/users/\(test.cast.lena.id)"
      let owner = try test.browser(of: test.cast.olga)
      for list in ["/o/northwind/users", "/o/northwind/programs/data-academy/members"] {
        #expect(try owner.get(list).body.contains("href=\"\(path)\""), "\(list)")
      }
      #expect(try !test.browser(of: test.cast.pat).get("/o/northwind/programs/data-academy/members").body.contains(path))
      let page = try owner.get(path)
      #expect(page.title == "Lena Lind – Users – Northwind Learning – Provost")
      #expect(page.body.contains("lena@example.com") && page.body.contains("href=\"/o/northwind/programs/data-academy\""))
      #expect(!page.body.contains("Magdalena") && !page.body.contains("Sales"))
      #expect(try owner.get("/o/northwind/users/\(test.cast.sten.id)").status == 404)
      #expect(try owner.get("/o/northwind/users/x").status == 404)
    }
  }

  @Test(arguments: TestDatabase.engines) func editingKeepsWhatWasTyped(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let path = "/o/northwind/users/\(test.cast.lena.id)"
      let owner = try test.browser(of: test.cast.olga)
      let refused = try owner.post(path + "/edit", [("name", ""), ("external-id", "<7>"), ("job_title", "Captain")], from: path + "/edit")
      #expect(refused.status == 422 && refused.title?.hasPrefix("Error: Edit Lena Lind") == true)
      #expect(
        refused.body.contains("value=\"&lt;7&gt;\"") && refused.body.contains("value=\"Captain\"") && refused.body.contains("#field-name"))
      #expect(try owner.post(path + "/edit", [("name", "Lena L."), ("job_title", "Captain")], from: path + "/edit").location == path)
      let page = try owner.get(path).body
      #expect(page.contains("Lena L.") && page.contains("Captain") && page.contains("User changed"))
      #expect(try owner.get("/o/northwind/programs/data-academy/members?q=lena%20l.").body.contains("Lena L."))
      // The other organization knows her by the other name still.
      #expect(try test.browser(of: test.cast.sten).get("/o/southwind/users").body.contains("Magdalena Sund"))
    }
  }

  @Test(arguments: TestDatabase.engines) func deactivationEndsSessionsAtOnce(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      try test.database.write(organization: test.cast.northwind.id) { tx in
        let pat = test.cast.pat
        _ = try tx.run(
          """
          INSERT INTO users (organization_id, id, search_key, email_key, name, email, created_at)
          VALUES (\(test.cast.northwind.id), \(pat.id), 'pat', \(pat.email), 'Pat', \(pat.email), \(Cast.now.text))
          """)
      }
      let path = "/o/northwind/users/\(test.cast.pat.id)"
      let (owner, pat) = (try test.browser(of: test.cast.olga), try test.browser(of: test.cast.pat))
      #expect(try pat.get("/o/northwind").status == 200)
      let ask = try owner.get(path + "/deactivation")
      #expect(ask.status == 200 && ask.body.contains("Deactivate Pat?"))
      #expect(try pat.get("/o/northwind").status == 200)
      #expect(try owner.post(path + "/deactivation", from: path + "/deactivation").location == path)
      #expect(try pat.get("/o/northwind").status == 303)
      let credentials = [("email", test.cast.pat.email), ("password", Cast.password)]
      #expect(try test.browser.post("/sign-in", credentials).status == 422)
      #expect(try owner.get(path).body.contains("Pat is deactivated."))
      #expect(try owner.post(path + "/reactivation", from: path + "/reactivation").location == path)
      #expect(try test.browser.post("/sign-in", credentials).status == 303)
      #expect(try owner.get(path).body.contains("User reactivated"))
    }
  }

  @Test(arguments: TestDatabase.engines) func nobodyElseChangesAnybody(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let path = "/o/northwind/users/\(test.cast.lena.id)"
      for (word, person) in test.cast.everybody where word != "account team" && word != "owner" {
        let browser = try test.browser(of: person)
        let expected = word == "stranger" || word == "learner" ? 404 : 403
        for act in ["/edit", "/deactivation", "/reactivation"] {
          #expect(try browser.post(path + act, [("name", "X")], from: "/no-such-page").status == expected, "\(word) at \(act)")
        }
      }
      let owner = try test.browser(of: test.cast.olga)
      // Somebody of another organization is not there under this one's address.
      let foreign = "/o/northwind/users/\(test.cast.sten.id)"
      for act in ["/edit", "/deactivation", "/reactivation"] {
        #expect(try owner.post(foreign + act, [("name", "X")], from: "/o/northwind").status == 404, "\(act)")
      }
      let name = try test.database.read {
        try $0.first("SELECT name FROM users WHERE id = \(test.cast.lena.id) ORDER BY name") { $0.text(0) }
      }
      #expect(name == "Lena Lind")
    }
  }
}
