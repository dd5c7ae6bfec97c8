import Database
import Domain
import Support
import Testing
import World

@testable import Web

@Suite struct ContractPagesTests {
  private let fields = [
    ("name", "Year 1"), ("kind", "memberships"), ("places", "2"), ("occupied-on", "joining"), ("starts", "2024-06-01"),
    ("ends", "2025-05-31"), ("programs", "data-academy"), ("programs", "leadership"),
  ]

  private func with(_ changes: (String, String)...) -> [(String, String)] {
    fields.filter { field in !changes.contains { $0.0 == field.0 } } + changes.filter { !$0.1.isEmpty }
  }

  @Test(arguments: TestDatabase.engines) func theAccountTeamMakesAndChangesOne(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let team = try test.browser(of: test.cast.tess)
      let new = "/o/northwind/contracts/new"
      #expect(try team.get("/o/northwind/contracts").body.contains("href=\"\(new)\""))
      let made = try team.post(new, fields, from: new)
      #expect(made.status == 303)
      let path = try #require(made.location)
      let page = try team.get(path)
      #expect(page.title == "Year 1 – Contracts – Northwind Learning – Provost")
      #expect(page.body.contains("The contract Year 1 is made."))
      #expect(page.body.contains("1 Jun 2024 to 31 May 2025") && page.body.contains("Nothing has moved yet"))
      let edit = path + "/edit"
      #expect(page.body.contains("href=\"\(edit)\""))
      let form = try team.get(edit).body
      #expect(form.contains("value=\"2024-06-01\"") && form.contains("value=\"2025-05-31\"") && form.contains("value=\"Year 1\""))
      #expect(try team.post(edit, with(("places", "3"), ("name", "Year <1>")), from: edit).location == path)
      let list = try test.browser(of: test.cast.olga).get("/o/northwind/contracts").body
      #expect(list.contains("Year &lt;1&gt;") && list.contains("Data Academy, Leadership") && list.contains("1 contract"))
      #expect(!list.contains("New contract"))
      #expect(try !test.browser(of: test.cast.olga).get(path).body.contains("Edit contract"))
    }
  }

  @Test(arguments: TestDatabase.engines) func aRefusedFormKeepsWhatWasTyped(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let team = try test.browser(of: test.cast.tess)
      let new = "/o/northwind/contracts/new"
      let page = try team.post(new, with(("name", "A; \"B\""), ("places", "many"), ("programs", ""), ("ends", "2020-01-01")), from: new)
      #expect(page.status == 422)
      #expect(page.title?.hasPrefix("Error: New contract") == true)
      for field in ["name", "places", "ends", "programs"] { #expect(page.body.contains("href=\"#field-\(field)\""), "\(field)") }
      #expect(
        page.body.contains("value=\"A; &quot;B&quot;\"") && page.body.contains("value=\"many\"")
          && page.body.contains("value=\"2020-01-01\""))
      #expect(page.body.contains("value=\"memberships\" checked"))
      #expect(try team.post(new, fields, from: new).status == 303)
      let twice = try team.post(new, fields, from: new)
      #expect(twice.status == 422 && twice.body.contains("There is a contract &quot;Year 1&quot; already."))
    }
  }

  @Test(arguments: TestDatabase.engines) func onlyTheAccountTeamMayWrite(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let made = try test.browser(of: test.cast.tess).post("/o/northwind/contracts/new", fields, from: "/organizations")
      let path = try #require(made.location)
      for (word, person) in test.cast.everybody where word != "account team" {
        let browser = try test.browser(of: person)
        for target in ["/o/northwind/contracts/new", path + "/edit", "/o/northwind/programs/new"] {
          let expected = word == "stranger" || word == "learner" ? 404 : 403
          #expect(try browser.post(target, with(("name", "Other")), from: "/no-such-page").status == expected, "\(word) at \(target)")
        }
        #expect(
          try browser.post("/organizations/new", [("slug", "x"), ("name", "X"), ("time-zone", "UTC")], from: "/no-such-page").status == 403)
      }
      // A contract of another organization is not there, not even for the account team.
      let team = try test.browser(of: test.cast.tess)
      let foreign = path.replacing("northwind", with: "southwind")
      for target in [foreign, foreign + "/edit", foreign + "/ledger.csv"] { #expect(try team.get(target).status == 404, "\(target)") }
      #expect(try team.post(foreign + "/edit", with(("programs", "sales")), from: "/organizations").status == 404)
      let names = try test.database.read { try $0.all("SELECT name FROM contracts") { $0.text(0) } }
      #expect(names == ["Year 1"])
    }
  }

  @Test(arguments: TestDatabase.engines) func theLedgerStandsOnThePageWithItsSum(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let path = try #require(
        try test.browser(of: test.cast.tess).post("/o/northwind/contracts/new", fields, from: "/organizations").location)
      try test.database.write(organization: test.cast.northwind.id) { tx in
        let id = try tx.scalar("SELECT id FROM contracts")
        try tx.run("UPDATE contracts SET used = 3, refused_at = \(Cast.now.text) WHERE id = \(id)")
        for (change, reason) in [(1, "JOINED"), (1, "JOINED"), (-1, "REMOVED"), (2, "IMPORTED")] {
          let user: Int64? = reason == "IMPORTED" ? nil : test.cast.lena.id
          try tx.run(
            """
            INSERT INTO license_movements (contract_id, change, reason, program_id, user_id, actor_id, at)
            VALUES (\(id), \(change), \(reason), \(test.cast.dataAcademy), \(user), \(test.cast.olga.id), \(Cast.now.text))
            """)
        }
      }
      let owner = try test.browser(of: test.cast.olga)
      let page = try owner.get(path).body
      #expect(page.contains("4 movements that add up to 3") && page.contains("Lena Lind") && !page.contains("Magdalena"))
      #expect(page.contains("1 over: more is taken than was bought") && page.contains("Many at once"))
      #expect(page.contains(">−1<") && page.contains(">+2<"))
      let home = try owner.get("/o/northwind").body
      #expect(home.contains("No license is left under Year 1: somebody was refused just now.") && home.contains("href=\"\(path)\""))
      // A program admin reads the notice of the own program, without a way to the contract.
      let admin = try test.browser(of: test.cast.pat).get("/o/northwind").body
      #expect(admin.contains("No license is left under Year 1") && !admin.contains("href=\"\(path)\""))
    }
  }
}
