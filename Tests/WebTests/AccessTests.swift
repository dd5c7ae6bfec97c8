import Database
import HTTPServer
import Support
import Testing
import World

@testable import Web

/// Who may enter where, asked of every group of routes.
@Suite struct AccessTests {
  /// One route per group, each answering with its group's name.
  private static func probes(_ routes: inout Routes) {
    routes.signedIn("GET", "/probe/signed-in") { _, _ in .text("signed in") }
    routes.severalOrganizations("GET", "/probe/several") { _, _ in .text("several") }
    routes.organization("GET", "/probe-organization") { _, scope in .text("organization \(scope.organization.slug)") }
    routes.program("GET", "/probe-program") { _, scope in .text("program \(scope.organization.slug)") }
    routes.program("POST", "/probe-program") { context, _ in try context.redirect(to: .start, saying: .done("Done.")) }
  }

  @Test(arguments: TestDatabase.engines) func eachGroupAdmitsWhomItShould(_ engine: Dialect) throws {
    try TestSite.with(engine, routes: AccessTests.probes) { test in
      let expected: [String: [String: Int]] = [
        "/probe/signed-in": [
          "account team": 200, "owner": 200, "program admin": 200, "stranger": 200, "learner": 200, "admin of two": 200,
        ],
        "/probe/several": ["account team": 200, "owner": 403, "program admin": 403, "stranger": 403, "learner": 403, "admin of two": 200],
        "/organizations": ["account team": 200, "owner": 403, "program admin": 403, "stranger": 403, "learner": 403, "admin of two": 200],
        "/organizations/new": [
          "account team": 200, "owner": 403, "program admin": 403, "stranger": 403, "learner": 403, "admin of two": 403,
        ],
        "/o/northwind/probe-organization": [
          "account team": 200, "owner": 200, "program admin": 403, "stranger": 404, "learner": 404, "admin of two": 403,
        ],
        "/o/northwind/probe-program": [
          "account team": 200, "owner": 200, "program admin": 200, "stranger": 404, "learner": 404, "admin of two": 200,
        ],
        "/o/southwind/probe-organization": [
          "account team": 200, "owner": 404, "program admin": 404, "stranger": 200, "learner": 404, "admin of two": 403,
        ],
        "/o/nowhere/probe-program": [
          "account team": 404, "owner": 404, "program admin": 404, "stranger": 404, "learner": 404, "admin of two": 404,
        ],
      ]
      for (word, person) in test.cast.everybody {
        let browser = try test.browser(of: person)
        for (path, statuses) in expected { #expect(try browser.get(path).status == statuses[word], "\(word) at \(path)") }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aStrangersAddressLooksLikeOneThatDoesNotExist(_ engine: Dialect) throws {
    try TestSite.with(engine, routes: AccessTests.probes) { test in
      let browser = try test.browser(of: test.cast.sten)
      let foreign = try browser.get("/o/northwind/probe-program")
      let missing = try browser.get("/o/nowhere/probe-program")
      #expect(foreign.title == missing.title)
      #expect(!foreign.body.contains("Northwind"))
    }
  }

  @Test(arguments: TestDatabase.engines) func nobodyIsLedToSignInAndBack(_ engine: Dialect) throws {
    try TestSite.with(engine, routes: AccessTests.probes) { test in
      let browser = test.browser
      let reply = try browser.get("/o/northwind/probe-program?q=a%20b&page=2")
      #expect(reply.status == 303)
      #expect(reply.location == "/sign-in?return=%2Fo%2Fnorthwind%2Fprobe-program%3Fq%3Da%2520b%26page%3D2")
      let page = try browser.get(try #require(reply.location))
      #expect(page.status == 200)
      let back = try browser.post(
        "/sign-in",
        [
          ("email", test.cast.olga.email), ("password", Cast.password),
          ("return", try #require(page.hidden("return")?.replacing("&amp;", with: "&"))),
        ])
      #expect(back.location == "/o/northwind/probe-program?q=a%20b&page=2")
      #expect(try browser.get(try #require(back.location)).body == "program northwind")
    }
  }

  @Test(arguments: TestDatabase.engines) func theWrongMethodIsRefused(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let browser = try test.browser(of: test.cast.tess)
      for (method, path) in [
        ("POST", "/organizations"), ("DELETE", "/organizations"), ("GET", "/sign-out"), ("PUT", "/sign-in"), ("POST", "/healthz"),
      ] {
        #expect(try browser.send(method, path, .empty, []).status == 405, "\(method) \(path)")
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aFormNeedsTheTokenOfItsSession(_ engine: Dialect) throws {
    try TestSite.with(engine, routes: AccessTests.probes) { test in
      let browser = try test.browser(of: test.cast.tess)
      let foreign = try test.browser(of: test.cast.olga).get("/nothing-here").hidden("csrf")
      let anonymous = try test.browser.get("/sign-in").hidden("csrf")
      for token in [nil, "", "x", foreign, anonymous] {
        #expect(try browser.post("/o/northwind/probe-program", [], csrf: token).status == 403)
      }
      #expect(try browser.post("/o/northwind/probe-program", from: "/organizations").status == 303)
      #expect(try browser.post("/o/northwind/probe-program", from: "/no-such-page").status == 303)
    }
  }

  @Test(arguments: TestDatabase.engines) func anotherSiteCannotSendAForm(_ engine: Dialect) throws {
    try TestSite.with(engine, routes: AccessTests.probes) { test in
      let browser = try test.browser(of: test.cast.olga)
      let token = try browser.get("/nothing-here").hidden("csrf")
      let refused: [[(String, String)]] = [
        [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")], [("Sec-Fetch-Site", "none")],
        [("Origin", "https://evil.example")], [("Origin", "null")], [("Origin", "http://127.0.0.1:8080.evil.example")],
        [("Sec-Fetch-Site", "cross-site"), ("Origin", "http://127.0.0.1:8080")],
      ]
      for headers in refused {
        browser.headers = headers
        #expect(try browser.post("/o/northwind/probe-program", [], csrf: token).status == 403, "\(headers)")
      }
      for headers in [[], [("Sec-Fetch-Site", "same-origin")], [("Origin", "http://127.0.0.1:8080")], [("Origin", "http://localhost")]] {
        browser.headers = headers
        #expect(try browser.post("/o/northwind/probe-program", [], csrf: token).status == 303, "\(headers)")
      }
    }
  }

  @Test func aPublicSiteKnowsOneOriginOnly() throws {
    try TestSite.with(.sqlite, publicURL: "https://learning.example.com", isLoopback: false, routes: AccessTests.probes) { test in
      let browser = try test.browser(of: test.cast.olga)
      let token = try browser.get("/nothing-here").hidden("csrf")
      browser.headers = [("Origin", "http://localhost")]
      #expect(try browser.post("/o/northwind/probe-program", [], csrf: token).status == 403)
      browser.headers = [("Origin", "https://learning.example.com")]
      #expect(try browser.post("/o/northwind/probe-program", [], csrf: token).status == 303)
    }
  }

  @Test(arguments: TestDatabase.engines) func aFormWithoutASessionIsRefusedBeforeItsBody(_ engine: Dialect) throws {
    try TestSite.with(engine, routes: AccessTests.probes) { test in
      let browser = test.browser
      let large = RequestBody.bytes([UInt8](repeating: 97, count: 200_000))
      let type = [("Content-Type", "application/x-www-form-urlencoded")]
      let reply = try browser.send("POST", "/o/northwind/probe-program", large, type)
      #expect(reply.status == 403)
      #expect(reply.body.contains("/sign-in"))
      #expect(try browser.send("POST", "/sign-in", large, type).status == 413)
    }
  }

  @Test(arguments: TestDatabase.engines) func aRoleThatWasTakenAwayOpensNothing(_ engine: Dialect) throws {
    try TestSite.with(engine, routes: AccessTests.probes) { test in
      let (owner, admin) = (try test.browser(of: test.cast.olga), try test.browser(of: test.cast.pat))
      let now = Cast.now.text
      try test.database.write(organization: 0) { tx in
        try tx.run("DELETE FROM role_assignments WHERE account_id = \(test.cast.olga.id)")
        try tx.run(
          """
          INSERT INTO users (organization_id, id, search_key, email_key, name, email, deactivated_at, created_at)
          VALUES (\(test.cast.northwind.id), \(test.cast.pat.id), 'pat', 'pat', 'Pat', 'pat', \(now), \(now))
          """)
      }
      #expect(try owner.get("/o/northwind/probe-program").status == 404)
      #expect(try admin.get("/o/northwind/probe-program").status == 404)
    }
  }

  @Test(arguments: TestDatabase.engines) func demoAccountsAreRefusedWhereOthersCanReachTheServer(_ engine: Dialect) throws {
    for isLoopback in [true, false] {
      try TestSite.with(engine, isLoopback: isLoopback, routes: AccessTests.probes) { test in
        let browser = try test.browser(of: test.cast.olga)
        try test.database.write(organization: 0) { _ = try $0.run("UPDATE accounts SET demo = 1") }
        #expect(try browser.get("/o/northwind/probe-program").status == (isLoopback ? 200 : 303))
        let reply = try test.browser.post("/sign-in", [("email", test.cast.olga.email), ("password", Cast.password)])
        #expect(reply.status == (isLoopback ? 303 : 422))
      }
    }
  }
}
