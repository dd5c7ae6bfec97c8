import Database
import Secrets
import Support
import Testing
import World

@testable import Domain

@Suite struct AdministratorTests {
  private func world(_ engine: Dialect, _ body: (IdentityDatabase, Cast, Administrator) throws -> Void) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      try body(test.identity(), cast, Administrator(test.database, clock: cast.time.clock, key: testKey.get()))
    }
  }

  @Test(arguments: TestDatabase.engines) func aNewOneGetsALinkOrAPassword(_ engine: Dialect) throws {
    try world(engine) { databases, cast, administrators in
      let linked = try administrators.create(email: " Nora@Example.com ", name: " Nora ", role: .organization("northwind"), password: nil)
      #expect(linked.isNewAccount && linked.isNewRole)
      let token = try #require(linked.linkToken)
      let links = SetPassword(databases.main, clock: cast.time.clock, key: try testKey.get())
      #expect(try links.target(of: token).email == "Nora@Example.com")
      let given = try administrators.create(email: "otto@example.com", name: "Otto", role: .accountTeam, password: "over the hills")
      #expect(given.linkToken == nil)
      let signIn = SignIn(databases, clock: cast.time.clock, key: try testKey.get(), allowsDemo: false)
      #expect(try signIn.open(email: "otto@example.com", password: "over the hills", address: "::1").accountID == given.accountID)
    }
  }

  @Test(arguments: TestDatabase.engines) func onesRoleAndAccountAreMadeOnce(_ engine: Dialect) throws {
    try world(engine) { databases, cast, administrators in
      let again = try administrators.create(
        email: "OLGA@northwind.example", name: "Somebody Else", role: .organization("northwind"), password: nil)
      #expect(again.accountID == cast.olga.id && !again.isNewAccount && !again.isNewRole)
      let more = try administrators.create(
        email: cast.olga.email, name: "x", role: .program("sales", organization: "southwind"), password: nil)
      #expect(more.accountID == cast.olga.id && more.isNewRole)
      let name = try databases.main.read { try $0.first("SELECT name FROM accounts WHERE id = \(cast.olga.id)") { $0.text(0) } }
      #expect(name == cast.olga.name)
    }
  }

  @Test(arguments: TestDatabase.engines) func whatIsWrongIsNamedAndNothingIsMade(_ engine: Dialect) throws {
    try world(engine) { databases, cast, administrators in
      let before = try databases.main.read { try $0.scalar("SELECT count(*) FROM accounts") }
      let wrong: [(String, String, Administrator.Role, String?, String)] = [
        ("a@@b.example", "A", .accountTeam, nil, "two @"), ("a@b.example", "  ", .accountTeam, nil, "name"),
        ("a@b.example", "A", .organization("nowhere"), nil, "\"nowhere\""),
        ("a@b.example", "A", .program("sales", organization: "northwind"), nil, "\"sales\""),
        ("a@b.example", "A", .accountTeam, "short", "too short"),
      ]
      for (email, name, role, password, word) in wrong {
        let failure = #expect(throws: Failure.self) { try administrators.create(email: email, name: name, role: role, password: password) }
        #expect(failure?.sentence.contains(word) == true, "\(word)")
      }
      #expect(try databases.main.read { try $0.scalar("SELECT count(*) FROM accounts") } == before)
    }
  }

  @Test(arguments: TestDatabase.engines) func everythingIsInTheAuditTrail(_ engine: Dialect) throws {
    try world(engine) { databases, cast, administrators in
      let made = try administrators.create(email: "a@b.example", name: "A", role: .organization("northwind"), password: nil)
      let event = try #require(
        try databases.main.read { tx in
          try tx.first("SELECT id, action, organization_id, subject_kind, subject_id FROM audit_events ORDER BY id DESC") {
            ($0.int(0), $0.text(1), $0.int(2), $0.text(3), $0.int(4))
          }
        })
      #expect(event.1 == "role_given" && event.2 == cast.northwind.id && event.3 == "account" && event.4 == made.accountID)
      let values = try databases.main.read {
        try $0.all("SELECT value FROM audit_values WHERE event_id = \(event.0) ORDER BY name") { $0.text(0) }
      }
      #expect(values == ["a@b.example", "ORGANIZATION_ADMIN"])
    }
  }
}
