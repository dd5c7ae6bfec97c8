import Database
import Domain
import Foundation
import HTTPServer
import Support
import Testing
import World

@testable import Web

@Suite struct SiteTests {
  @Test(arguments: TestDatabase.engines) func everyResponseCarriesTheSecurityHeaders(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let browser = test.browser
      let style = try #require(try browser.get("/sign-in").body.firstMatch(of: /href="(\/assets\/[^"]*\.css)"/)?.output.1)
      for path in ["/sign-in", "/organizations", "/nothing", "/healthz", "/set-password/x", String(style)] {
        let reply = try browser.get(path)
        #expect(reply.headers["Content-Security-Policy"] == SecurityHeaders.contentSecurityPolicy, "\(path)")
        #expect(reply.headers.all("X-Content-Type-Options") == ["nosniff"], "\(path)")
        #expect(reply.headers["Referrer-Policy"] == "same-origin", "\(path)")
        #expect(reply.headers["Strict-Transport-Security"] == nil)
        #expect(
          reply.headers["Cache-Control"] == (path.hasPrefix("/assets") ? "public, max-age=31536000, immutable" : "no-store"), "\(path)")
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func theHealthCheckReadsTheDatabase(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      #expect(try test.browser.get("/healthz").status == 200)
      try test.database.write(organization: 0) { _ = try $0.run("DELETE FROM schema_migrations WHERE number > 1") }
      #expect(try test.browser.get("/healthz").status == 503)
      test.database.close()
      #expect(try test.browser.get("/healthz").status == 503)
    }
  }

  @Test(arguments: TestDatabase.engines) func withoutADatabasePagesSaySo(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let browser = try test.browser(of: test.cast.tess)
      test.database.close()
      let reply = try browser.get("/organizations")
      #expect(reply.status == 503)
      #expect(reply.headers["Retry-After"] != nil)
      #expect(reply.title == "Busy – Provost")
    }
  }

  @Test func metricsAnswerThisMachineOnly() throws {
    try TestSite.with(.sqlite) { test in
      let browser = test.browser
      let entry = SiteLog.Access(id: "1", method: "GET", route: "/users", status: 200, milliseconds: 3, bytes: 10, user: nil)
      test.site.metrics.count(entry)
      let reply = try browser.get("/metrics")
      #expect(reply.body.contains("provost_request_seconds_count{method=\"GET\",route=\"/users\",status=\"200\"} 1"))
      #expect(reply.body.contains("le=\"0.0025\"} 0") && reply.body.contains("le=\"0.005\"} 1"))
      browser.headers = [("X-Forwarded-For", "192.0.2.1")]
      #expect(try browser.get("/metrics").status == 404)
      browser.headers = []
      browser.peer = "192.0.2.1"
      #expect(try browser.get("/metrics").status == 404)
    }
  }

  @Test func anInternalErrorIsLoggedUnderItsRequestAndNotShown() throws {
    struct Secret: Error, CustomStringConvertible { let description = "the secret cause" }
    try TestSite.with(.sqlite, routes: { $0.anyone("GET", "/broken") { _ in throw Secret() } }) { test in
      let reply = try test.browser.get("/broken")
      #expect(reply.status == 500)
      #expect(!reply.body.contains("secret cause"))
      let line = try #require(test.lines.all.first { $0.contains("the secret cause") })
      let id = try #require(reply.body.firstMatch(of: /id="request-id">([0-9a-f]+)</)?.output.1)
      #expect(line.contains(id))
    }
  }

  @Test func aFailureIsShownWithItsStatus() throws {
    let failures: [(Failure.Code, Int)] = [
      (.notFound, 404), (.forbidden, 403), (.invalid, 422), (.conflict, 409), (.gone, 410), (.tooMany(retryAfter: 7), 429), (.busy, 503),
    ]
    for (code, status) in failures {
      try TestSite.with(.sqlite, routes: { $0.anyone("GET", "/broken") { _ in throw Failure(code, "A <sentence> for you.") } }) { test in
        let reply = try test.browser.get("/broken")
        #expect(reply.status == status)
        #expect(reply.body.contains("A &lt;sentence&gt; for you."))
        #expect((reply.headers["Retry-After"] != nil) == (status == 429 || status == 503))
      }
    }
  }

  @Test func aTemplateThatBreaksLeavesTheBuiltInPage() throws {
    try withCopyOfTemplates { folder in
      try TestSite.with(.sqlite, templates: folder) { test in
        #expect(try test.browser.get("/sign-in").status == 200)
        try Data("{{#never closed}}".utf8).write(to: URL(fileURLWithPath: folder + "/errors/error.html"))
        let reply = try test.browser.get("/sign-in")
        #expect(reply.status == 500)
        #expect(reply.body.contains("<h1>Something went wrong</h1>"))
        #expect(reply.headers["Content-Security-Policy"] != nil)
      }
    }
  }

  @Test func aTemplateThatIsMissingIsNamedAtTheStart() throws {
    try withCopyOfTemplates { folder in
      try FileManager.default.removeItem(atPath: folder + "/errors/error.html")
      let error = #expect(throws: MissingTemplate.self) { try TestSite.with(.sqlite, templates: folder) { _ in } }
      #expect(error?.description.contains("errors/error.html") == true)
    }
  }

  private func withCopyOfTemplates(_ body: (String) throws -> Void) throws {
    let root = TestDatabase.migrationsFolder.replacing("/Migrations", with: "/Templates")
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent("provost-test-" + UUID().uuidString).path
    try FileManager.default.copyItem(atPath: root, toPath: copy)
    let result = Result { try body(copy) }
    try FileManager.default.removeItem(atPath: copy)
    try result.get()
  }

  @Test func theAppearanceIsKeptInACookieAndWrittenByTheServer() throws {
    try TestSite.with(.sqlite) { test in
      let browser = try test.browser(of: test.cast.tess)
      #expect(try !browser.get("/organizations").body.contains("data-theme="))
      let reply = try browser.post("/theme", [("theme", "dark"), ("return", "/organizations?q=x")], from: "/organizations")
      #expect(reply.location == "/organizations?q=x")
      #expect(try browser.get("/organizations").body.contains("data-theme=\"dark\""))
      try browser.post("/theme", [("theme", "system"), ("return", "//evil")], from: "/organizations")
      #expect(try !browser.get("/organizations").body.contains("data-theme="))
    }
  }

  @Test func trialsCarryABanner() throws {
    for hasDemo in [true, false] {
      try TestSite.with(.sqlite, hasDemo: hasDemo) { (test) throws in
        #expect(try test.browser.get("/sign-in").body.contains("This installation holds demo accounts.") == hasDemo)
      }
    }
    try TestSite.with(.sqlite, publicURL: "https://learning.example.com", isLoopback: false, hasDemo: true) { (test) throws in
      #expect(try test.browser.get("/sign-in").body.contains("They cannot sign in, since others can reach it."))
    }
  }

  @Test func aFlashMessageCannotBeForged() throws {
    try TestSite.with(.sqlite) { test in
      let browser = try test.browser(of: test.cast.tess)
      browser.cookies["provost-flash"] = "cG9zaXRpdmU6SGVsbG8.AAAA"
      let page = try browser.get("/organizations")
      #expect(!page.body.contains("Hello"))
      #expect(browser.cookies["provost-flash"] == nil)
    }
  }
}
