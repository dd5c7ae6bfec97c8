import Database
import Domain
import HTTPServer
import Support
import Testing
import World

@testable import Web

/// The way from an invitation's link into the program, and each reason why it ends before.
@Suite struct JoinPagesTests {
  /// Invites somebody to Data Academy as Olga would, and returns the link.
  private func invite(_ test: TestSite, _ email: String, contract: Int64? = nil) throws -> String {
    let cast = test.cast
    let scope = try test.database.read {
      try OrganizationScope.find(
        slug: "northwind",
        for: Viewer(accountID: cast.olga.id, name: "", email: "", grants: [.organizationAdmin(organization: cast.northwind.id)]), in: $0)
    }
    let (program, contracts) = try test.database.read {
      (
        try Program.find(slug: "data-academy", scope: scope, in: $0),
        try Contract.of(programs: [cast.dataAcademy], in: $0)[cast.dataAcademy] ?? []
      )
    }
    let chosen = try #require(contracts.first)
    let user = try test.database.write(organization: cast.northwind.id) {
      try Inviting(scope, to: program, under: chosen, at: cast.time.now).invite(
        .init(name: "Nora New", email: email), sends: false, mayExceed: true, in: $0)
    }
    return Path.join(InvitationToken(program: cast.dataAcademy, user: user, generation: 1, key: try TestSite.key.get()).text).text
  }

  private func with(_ engine: Dialect, places: Int64 = 5, _ body: (TestSite) throws -> Void) throws {
    try TestSite.with(engine) { test in
      try test.database.write(organization: 0) { tx in
        let id = try tx.scalar(
          """
          INSERT INTO contracts (organization_id, name, kind, quantity, created_at)
          VALUES (\(test.cast.northwind.id), 'Places', 'MEMBERSHIPS', \(places), '') RETURNING id
          """)
        try tx.run("INSERT INTO program_contracts (program_id, contract_id) VALUES (\(test.cast.dataAcademy), \(id))")
      }
      try body(test)
    }
  }

  private let password = [("password", "three blue herons"), ("confirmation", "three blue herons")]

  @Test(arguments: TestDatabase.engines) func somebodyNewSetsAPasswordAndIsInTheProgram(_ engine: Dialect) throws {
    try with(engine) { test in
      let (link, browser) = (try invite(test, "nora@northwind.example"), test.browser)
      let page = try browser.get(link)
      #expect(page.status == 200 && page.body.contains("Join Data Academy") && page.body.contains("nora@northwind.example"))
      let bad = try browser.post(link, [("password", "short"), ("confirmation", "short")], from: link)
      #expect(bad.status == 422 && bad.body.contains("at least 10 characters"))
      let joined = try browser.post(link, password, from: link)
      #expect(joined.location == "/programs/northwind/data-academy")
      let program = try browser.get("/programs/northwind/data-academy")
      #expect(program.status == 200 && program.body.contains("Nora New, you joined on"))
      // The link leads its owner home, and nobody else anywhere.
      #expect(try browser.get(link).location == "/programs/northwind/data-academy")
      let other = try test.browser.get(link)
      #expect(other.status == 410 && other.body.contains("This invitation was used"))
      #expect(try test.browser.post(link, password).status == 410)
      #expect(try test.browser.post("/sign-in", [("email", "nora@northwind.example"), ("password", "three blue herons")]).status == 303)
    }
  }

  @Test(arguments: TestDatabase.engines) func whoHasAnAccountSignsInAndComesBack(_ engine: Dialect) throws {
    try with(engine) { test in
      let link = try invite(test, test.cast.twyla.email)
      let asked = try test.browser.get(link)
      #expect(asked.status == 200 && asked.body.contains("Sign in to join") && !asked.body.contains("Choose a password"))
      #expect(try test.browser.post(link, password).location?.hasPrefix("/sign-in?return=") == true)
      let twyla = try test.browser(of: test.cast.twyla)
      #expect(try twyla.get(link).body.contains("Join Data Academy"))
      #expect(try twyla.post(link, [], from: link).location == "/programs/northwind/data-academy")
    }
  }

  @Test(arguments: TestDatabase.engines) func anotherAccountJoinsOnlyAfterAPageThatNamesBoth(_ engine: Dialect) throws {
    try with(engine) { test in
      let link = try invite(test, "nora@northwind.example")
      let twyla = try test.browser(of: test.cast.twyla)
      let page = try twyla.get(link)
      #expect(page.body.contains("nora@northwind.example") && page.body.contains(test.cast.twyla.email))
      let unsaid = try twyla.post(link, [], from: link)
      #expect(unsaid.status == 200 && unsaid.body.contains("Join as \(test.cast.twyla.email)"))
      let said = try twyla.post(link, [("as", "\(test.cast.twyla.id)")], from: link)
      #expect(said.location == "/programs/northwind/data-academy")
      #expect(try twyla.get("/programs/northwind/data-academy").status == 200)
    }
  }

  @Test(arguments: TestDatabase.engines) func theProgramsAddressServesWhoIsInvitedAndNobodyElse(_ engine: Dialect) throws {
    try with(engine) { test in
      _ = try invite(test, test.cast.twyla.email)
      let address = "/programs/northwind/data-academy"
      #expect(try test.browser.get(address).location?.hasPrefix("/sign-in?return=") == true)
      let twyla = try test.browser(of: test.cast.twyla)
      #expect(try twyla.get(address).body.contains("Join Data Academy"))
      #expect(try twyla.post(address + "/membership", [], from: address).location == address)
      for (person, home) in [(test.cast.olga, "/o/northwind"), (test.cast.sten, "/o/southwind")] {
        let stranger = try test.browser(of: person)
        #expect(try stranger.get(address).status == 404)
        #expect(try stranger.get("/programs/northwind/none").status == 404)
        #expect(try stranger.post(address + "/membership", [], from: home).status == 404)
      }
      #expect(try twyla.send("PUT", address, .empty, []).status == 405)
    }
  }

  @Test(arguments: TestDatabase.engines) func eachReasonWhyNotHasItsPage(_ engine: Dialect) throws {
    try with(engine, places: 1) { test in
      let first = try invite(test, "nora@northwind.example")
      let second = try invite(test, "nils@northwind.example")
      #expect(try test.browser.post(first, password, from: first).status == 303)
      let browser = test.browser
      let full = try browser.post(second, password, from: second)
      #expect(full.status == 409 && full.body.contains("There is no place left"))
      // Neither the place nor the password was taken.
      #expect(try test.browser.get(second).body.contains("Choose a password"))
      test.cast.time.pass(days: 31)
      #expect(try browser.get(second).body.contains("This invitation has expired"))
      try test.database.write(organization: 0) { _ = try $0.run("UPDATE invitations SET generation = generation + 1") }
      #expect(try browser.get(second).body.contains("This invitation was taken back"))
      for token in ["1.2.x", "x", "0.0.0", "9.9." + String(repeating: "A", count: 43)] {
        let unknown = try browser.get("/join/" + token)
        #expect(unknown.status == 404 && unknown.body.contains("This invitation is not known"), "\(token)")
      }
      try test.database.write(organization: 0) { _ = try $0.run("UPDATE contracts SET quantity = 9 WHERE name = 'Places'") }
      let late = try invite(test, "nele@northwind.example")
      try test.database.write(organization: 0) {
        _ = try $0.run("UPDATE contracts SET ends_at = '2024-01-01T00:00:00.000Z' WHERE name = 'Places'")
      }
      let ended = try test.browser.post(late, password, from: late)
      #expect(ended.status == 409 && ended.body.contains("The program has ended"))
    }
  }
}
