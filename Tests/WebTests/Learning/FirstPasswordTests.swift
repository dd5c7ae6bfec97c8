import Database
import HTTPServer
import Support
import Testing
import World

@testable import Domain
@testable import Web

/// What a link that an administrator could have opened may do to an account, and what only the mailbox may.
@Suite struct FirstPasswordTests {
  private static let password = [("password", "three blue herons"), ("confirmation", "three blue herons")]

  private struct Place {
    let test: TestSite
    let program: Program
    let contract: Contract
    let scope: OrganizationScope

    /// Invites somebody and gives back the account and the links: the one that is copied, and the one that is mailed.
    func invite(_ email: String) throws -> (user: Int64, copied: String, mailed: String) {
      let user = try test.database.write(organization: scope.organization.id) {
        try Inviting(scope, to: program, under: contract, at: test.cast.time.now).invite(
          .init(name: "Nora New", email: email), sends: false, mayExceed: true, in: $0)
      }
      func link(isMailed: Bool) throws -> String {
        let token = InvitationToken(
          program: program.id, user: user, generation: 1, isMailed: isMailed, key: try TestSite.key.get())
        return Path.join(token.text).text
      }
      return (user, try link(isMailed: false), try link(isMailed: true))
    }
  }

  private func with(_ engine: Dialect, _ body: (Place) throws -> Void) throws {
    try TestSite.with(engine) { test in
      let cast = test.cast
      try test.database.write(organization: 0) { tx in
        let id = try tx.scalar(
          """
          INSERT INTO contracts (organization_id, name, kind, quantity, created_at)
          VALUES (\(cast.northwind.id), 'Places', 'MEMBERSHIPS', 20, '') RETURNING id
          """)
        try tx.run("INSERT INTO program_contracts (program_id, contract_id) VALUES (\(cast.dataAcademy), \(id))")
      }
      let olga = Viewer(accountID: cast.olga.id, name: "", email: "", grants: [.organizationAdmin(organization: cast.northwind.id)])
      let place = try test.database.read { connection in
        let scope = try OrganizationScope.find(slug: "northwind", for: olga, in: connection)
        let contracts = try Contract.of(programs: [cast.dataAcademy], in: connection)[cast.dataAcademy] ?? []
        return Place(
          test: test, program: try Program.find(slug: "data-academy", scope: scope, in: connection),
          contract: try #require(contracts.first),
          scope: scope)
      }
      try body(place)
    }
  }

  private func forget(passwordOf account: Int64, _ test: TestSite) throws {
    _ = try test.database.write(organization: 0) { try $0.run("UPDATE accounts SET password_hash = NULL WHERE id = \(account)") }
  }

  /// Accounts that have a role, are a coach, or belong to another organization as well.
  private func guarded(_ test: TestSite) throws -> [String] {
    let cast = test.cast
    try forget(passwordOf: cast.sten.id, test)
    try test.database.write(organization: 0) { tx in
      for (name, email) in [("Kim Coach", "kim@coaches.example"), ("Ute User", "ute@southwind.example")] {
        let id = try tx.scalar(
          "INSERT INTO accounts (email, email_key, name, created_at) VALUES (\(email), \(email), \(name), '') RETURNING id")
        if name == "Kim Coach" {
          try tx.run(
            """
            INSERT INTO coaches (organization_id, account_id, name, name_key, search_key, time_zone, session_minutes, created_at)
            VALUES (0, \(id), \(name), \(name), \(name), 'UTC', 60, '')
            """)
        } else {
          _ = try UserWriting.user(
            id, EmailAddress(email), name: name, externalID: "", organization: cast.southwind.id, at: Cast.now, in: tx)
        }
      }
    }
    return [cast.sten.email, "kim@coaches.example", "ute@southwind.example"]
  }

  @Test(arguments: TestDatabase.engines) func aCopiedLinkOpensNoAccountThatHasMore(_ engine: Dialect) throws {
    try with(engine) { place in
      for email in try guarded(place.test) {
        let (user, copied, mailed) = try place.invite(email)
        let stranger = place.test.browser
        let page = try stranger.get(copied)
        #expect(
          page.status == 200 && !page.body.contains("Choose a password") && page.body.contains("Send the invitation by email"), "\(email)")
        #expect(try stranger.post(copied, FirstPasswordTests.password, from: copied).location?.hasPrefix("/sign-in") == true, "\(email)")
        let isOpen = try place.test.database.read {
          try $0.scalar("SELECT COUNT(*) FROM accounts WHERE id = \(user) AND password_hash IS NOT NULL")
        }
        #expect(isOpen == 0, "\(email)")
        // Whoever has the mailbox gets in.
        let owner = place.test.browser
        #expect(try owner.get(mailed).body.contains("Choose a password"), "\(email)")
        #expect(
          try owner.post(mailed, FirstPasswordTests.password, from: mailed).location == "/programs/northwind/data-academy", "\(email)")
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func theInvitationIsAskedForByMail(_ engine: Dialect) throws {
    try with(engine) { place in
      try forget(passwordOf: place.test.cast.sten.id, place.test)
      let (user, copied, _) = try place.invite(place.test.cast.sten.email)
      func mails() throws -> Int64 {
        try place.test.database.read { try $0.scalar("SELECT COUNT(*) FROM outbox WHERE user_id = \(user) AND kind = 'invitation'") }
      }
      let (browser, before) = (place.test.browser, try mails())
      #expect(try browser.post(copied + "/mail", [], from: copied).location == copied)
      #expect(try browser.get(copied).body.contains("is on its way to"))
      #expect(try browser.post(copied + "/mail", [], from: copied).location == copied)
      #expect(try browser.get(copied).body.contains("asked for a few minutes ago"))
      #expect(try mails() == before + 1)
      #expect(try browser.post("/join/1.2.x/mail", [], from: copied).status == 404)
      #expect(try browser.send("PUT", copied + "/mail", .empty, []).status == 405)
    }
  }

  /// Whoever was let in with a copied link and then gets a role has none until the mailbox, or who runs the installation, has spoken.
  @Test(arguments: TestDatabase.engines) func aPasswordThatOthersCouldSetOpensNoRole(_ engine: Dialect) throws {
    try with(engine) { place in
      let (test, cast) = (place.test, place.test.cast)
      let (user, copied, mailed) = try place.invite("boss@northwind.example")
      let squatter = test.browser
      #expect(try squatter.post(copied, FirstPasswordTests.password, from: copied).location == "/programs/northwind/data-academy")
      #expect(try squatter.get("/programs/northwind/data-academy").status == 200)
      let made = try Administrator(test.database, clock: cast.time.clock, key: TestSite.key.get()).create(
        email: "boss@northwind.example", name: "Boss", role: .accountTeam, password: nil)
      #expect(made.accountID == user)
      #expect(try squatter.get("/organizations").status != 200)
      #expect(try squatter.get("/o/northwind").status == 404 || squatter.get("/o/northwind").status == 403)
      // Another organization's programs stay closed as well.
      try test.database.write(organization: 0) { tx in
        _ = try UserWriting.user(
          user, EmailAddress("boss@northwind.example"), name: "Boss", externalID: "", organization: cast.southwind.id, at: Cast.now, in: tx)
        let program = try tx.scalar("SELECT id FROM programs WHERE organization_id = \(cast.southwind.id) ORDER BY id")
        try tx.run(
          """
          INSERT INTO memberships (program_id, user_id, organization_id, state, invited_at, joined_at, search_key, email_key)
          VALUES (\(program), \(user), \(cast.southwind.id), 'MEMBER', '2020', '2020', '', '')
          """)
      }
      let elsewhere = try test.database.read {
        try $0.first("SELECT slug FROM programs WHERE organization_id = \(cast.southwind.id) ORDER BY id") { $0.text(0) }
      }
      let address = "/programs/southwind/" + (try #require(elsewhere))
      #expect(try squatter.get(address).status == 404)
      // The owner of the mailbox takes the account over, and all of it is open.
      let owner = test.browser
      try test.database.write(organization: 0) { tx in
        try tx.run("UPDATE invitations SET state = 'SENT' WHERE user_id = \(user)")
        try tx.run("UPDATE memberships SET state = 'INVITED', joined_at = '' WHERE user_id = \(user) AND program_id = \(cast.dataAcademy)")
      }
      let own = [("password", "four green frogs"), ("confirmation", "four green frogs")]
      #expect(try owner.post(mailed, own, from: mailed).location == "/programs/northwind/data-academy")
      #expect(try squatter.get("/programs/northwind/data-academy").location?.hasPrefix("/sign-in") == true)
      #expect(try owner.get("/organizations").status == 200)
      #expect(try owner.get(address).status == 200)
    }
  }

  /// What one organization decides about somebody ends nothing that another one gave.
  @Test(arguments: TestDatabase.engines) func deactivationEndsNoSignInOfOthers(_ engine: Dialect) throws {
    try with(engine) { place in
      let (test, cast) = (place.test, place.test.cast)
      let sten = try test.browser(of: cast.sten)
      #expect(try sten.get("/o/southwind").status == 200)
      let (user, _, _) = try place.invite(cast.sten.email)
      try UserChanges(place.scope, in: test.database, at: test.cast.time.now).deactivate(user)
      #expect(try sten.get("/o/southwind").status == 200)
      // Who has nothing else is out.
      let (nora, copied, _) = try place.invite("nora@northwind.example")
      let browser = test.browser
      #expect(try browser.post(copied, FirstPasswordTests.password, from: copied).status == 303)
      try UserChanges(place.scope, in: test.database, at: test.cast.time.now).deactivate(nora)
      #expect(try browser.get("/programs/northwind/data-academy").location?.hasPrefix("/sign-in") == true)
    }
  }
}
