import Database
import Domain
import Support
import Testing
import World

@testable import Web

@Suite struct SignInPagesTests {
  @Test(arguments: TestDatabase.engines) func aRightPairOpensASession(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let browser = test.browser
      let reply = try browser.post("/sign-in", [("email", "  OLGA@northwind.example "), ("password", Cast.password)])
      #expect(reply.status == 303)
      #expect(reply.location == "/")
      let cookie = try #require(reply.setCookie("provost-session"))
      #expect(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/") && cookie.contains("Max-Age=1209600"))
      #expect(!cookie.contains("Secure"))
      let stored = try test.identity.store.read { try $0.all("SELECT id FROM sessions") { $0.text(0) } }
      #expect(stored.count == 1)
      #expect(stored.first != browser.cookies["provost-session"])
      #expect(try browser.get("/organizations").status == 403)
    }
  }

  @Test func underHTTPSCookiesAreSecureAndBoundToTheHost() throws {
    try TestSite.with(.sqlite, publicURL: "https://learning.example.com", isLoopback: false) { test in
      let browser = test.browser
      let page = try browser.get("/sign-in")
      #expect(page.headers["Strict-Transport-Security"] == "max-age=31536000")
      let reply = try browser.post("/sign-in", [("email", test.cast.olga.email), ("password", Cast.password)])
      let cookie = try #require(reply.setCookie("__Host-provost-session"))
      #expect(cookie.contains("; Secure") && cookie.contains("; HttpOnly"))
      #expect(browser.cookies.keys.allSatisfy { $0.hasPrefix("__Host-") })
    }
  }

  @Test(arguments: TestDatabase.engines) func aWrongPairGetsOneAnswerWhateverIsWrong(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      try test.database.write(organization: 0) { tx in
        try tx.run("UPDATE accounts SET deactivated_at = \(Cast.now.text) WHERE id = \(test.cast.sten.id)")
        try tx.run("UPDATE accounts SET password_hash = NULL WHERE id = \(test.cast.pat.id)")
        try tx.run("UPDATE users SET deactivated_at = \(Cast.now.text) WHERE id = \(test.cast.lena.id)")
      }
      let pairs = [
        (test.cast.olga.email, "not her password"), ("nobody@example.com", Cast.password), (test.cast.sten.email, Cast.password),
        (test.cast.pat.email, Cast.password), (test.cast.lena.email, Cast.password), ("no address at all", Cast.password),
      ]
      for (email, password) in pairs {
        let reply = try test.browser.post("/sign-in", [("email", email), ("password", password)])
        #expect(reply.status == 422)
        #expect(reply.title == "Error: Sign in – Provost")
        #expect(reply.body.contains("Email or password is wrong."), "\(email)")
        #expect(reply.body.contains("value=\"\(email)\""))
        #expect(!reply.body.contains(password))
        #expect(reply.setCookie("provost-session") == nil)
      }
      #expect(try test.identity.store.read { try $0.scalar("SELECT count(*) FROM sessions") } == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func emptyFieldsAreNamedAndLinked(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let reply = try test.browser.post("/sign-in", [("email", ""), ("password", "")])
      #expect(reply.status == 422)
      for field in ["email", "password"] {
        #expect(reply.body.contains("href=\"#field-\(field)\""))
        #expect(reply.body.contains("id=\"field-\(field)\""))
      }
    }
  }

  @Test(arguments: [
    "//evil.example", "/\\evil.example", "http://evil.example", "/sign-in?return=/x", "/sign-out", "/sign-out?x=1", "/sign-out/", "/theme",
    "/%73ign-out", "/sign-out#x",
  ])
  func aReturnPathNeverLeavesTheSite(_ path: String) throws {
    try TestSite.with(.sqlite) { test in
      let reply = try test.browser.post("/sign-in", [("email", test.cast.olga.email), ("password", Cast.password), ("return", path)])
      #expect(reply.status == 303)
      #expect(reply.location == "/")
    }
  }

  @Test func anAddressWithoutARouteAndAPageWithAFragmentAreLedTo() throws {
    try TestSite.with(.sqlite) { test in
      for path in ["/nothing/here", "/o/northwind/users?q=a#results", "/o/northwind/"] {
        let reply = try test.browser.post("/sign-in", [("email", test.cast.olga.email), ("password", Cast.password), ("return", path)])
        #expect(reply.location == path)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func whoeverSignsInAndOutIsInTheAuditTrail(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let browser = test.browser
      try browser.post("/sign-in", [("email", test.cast.olga.email), ("password", Cast.password)])
      test.cast.time.pass(seconds: 1)
      try browser.post("/sign-out", from: "/no-such-page")
      try test.site.identity.deliverEvents()
      let events = try test.database.read {
        try $0.all("SELECT action FROM audit_events WHERE actor_id = \(test.cast.olga.id) ORDER BY id") { $0.text(0) }
      }
      #expect(events == ["signed_in", "signed_out"])
    }
  }

  @Test func signingInPagesAndSigningOutDoNotWaitForAWriter() throws {
    try TestSite.with(.sqlite) { test in
      let browser = test.browser
      let path = try #require(test.database as? SQLiteDatabase).path
      let other = try SQLiteDatabase(path: path)
      defer { other.close() }
      try other.write(organization: 0) { (_) throws in
        #expect(try browser.post("/sign-in", [("email", test.cast.olga.email), ("password", Cast.password)]).status == 303)
        test.cast.time.pass(seconds: SessionStore.touchInterval)
        #expect(try browser.get("/o/northwind/users").status == 200)
        #expect(try browser.post("/sign-out", from: "/o/northwind/users").status == 303)
        #expect(try browser.get("/o/northwind/users").status == 303)
      }
      #expect(!test.lines.all.contains { $0.contains("busy") })
    }
  }

  @Test(arguments: TestDatabase.engines) func tooManyFailuresAreRefusedUntilTimeHasPassed(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let browser = test.browser
      for _ in 0..<10 {
        #expect(try browser.post("/sign-in", [("email", test.cast.olga.email), ("password", "wrong")]).status == 422)
      }
      let refused = try browser.post("/sign-in", [("email", test.cast.olga.email), ("password", Cast.password)])
      #expect(refused.status == 429)
      #expect(refused.headers["Retry-After"] == "900")
      // The same name from elsewhere, and another name from here, still get in.
      let elsewhere = test.browser
      elsewhere.peer = "192.0.2.7"
      #expect(try elsewhere.post("/sign-in", [("email", test.cast.olga.email), ("password", Cast.password)]).status == 303)
      #expect(try test.browser.post("/sign-in", [("email", test.cast.pat.email), ("password", Cast.password)]).status == 303)
      test.cast.time.pass(seconds: 900)
      #expect(try browser.post("/sign-in", [("email", test.cast.olga.email), ("password", Cast.password)]).status == 303)
    }
  }

  @Test(arguments: TestDatabase.engines) func signingInNeedsTheTokenOfItsOwnPage(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let fields = [("email", test.cast.olga.email), ("password", Cast.password)]
      let token = try test.browser.get("/sign-in").hidden("csrf")
      #expect(try test.browser.post("/sign-in", fields, csrf: token).status == 403)
      #expect(try test.browser.post("/sign-in", fields, csrf: nil).status == 403)
    }
  }

  @Test(arguments: TestDatabase.engines) func signingOutEndsTheSessionOnTheServer(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let browser = try test.browser(of: test.cast.tess)
      let copy = browser.cookies
      let reply = try browser.post("/sign-out", from: "/organizations")
      #expect(reply.status == 303)
      #expect(reply.location == "/sign-in")
      #expect(browser.cookies["provost-session"] == nil)
      #expect(try browser.get("/sign-in").body.contains("You are signed out."))
      #expect(try !browser.get("/sign-in").body.contains("You are signed out."))
      browser.cookies = copy
      #expect(try browser.get("/organizations").status == 303)
    }
  }

  @Test(arguments: TestDatabase.engines) func aNewSignInReplacesTheSessionOfTheBrowser(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let browser = try test.browser(of: test.cast.lena)
      let before = browser.cookies["provost-session"]
      #expect(try browser.post("/sign-in", [("email", test.cast.tess.email), ("password", Cast.password)]).status == 303)
      #expect(browser.cookies["provost-session"] != before)
      #expect(try browser.get("/organizations").status == 200)
      #expect(try test.identity.store.read { try $0.scalar("SELECT count(*) FROM sessions") } == 1)
    }
  }

  @Test(arguments: TestDatabase.engines) func sessionsEndByThemselves(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let idle = try test.browser(of: test.cast.tess)
      test.cast.time.pass(seconds: SessionStore.idleSeconds - 1)
      #expect(try idle.get("/organizations").status == 200)
      test.cast.time.pass(seconds: SessionStore.idleSeconds)
      #expect(try idle.get("/organizations").status == 303)
      let busy = try test.browser(of: test.cast.tess)
      for _ in 0..<28 {
        #expect(try busy.get("/organizations").status == 200)
        test.cast.time.pass(seconds: SessionStore.idleSeconds - 1)
      }
      #expect(try busy.get("/organizations").status == 200)
      test.cast.time.pass(seconds: 60)
      #expect(try busy.get("/organizations").status == 303)
    }
  }

  @Test(arguments: TestDatabase.engines) func aDeactivatedPersonsSessionOpensNothing(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let browser = try test.browser(of: test.cast.tess)
      try test.database.write(organization: 0) { _ = try $0.run("UPDATE accounts SET deactivated_at = \(Cast.now.text)") }
      #expect(try browser.get("/organizations").status == 303)
    }
  }
}
