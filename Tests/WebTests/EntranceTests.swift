import Database
import Support
import Testing
import World

@testable import Web

/// Addresses without an organization.
@Suite struct EntranceTests {
  private static func probes(_ routes: inout Routes) {
    routes.organization("GET", "/probe") { context, _ in .text("\(context.request.path)?\(context.request.queryText)") }
  }

  @Test(arguments: TestDatabase.engines) func leadToTheOneOrganization(_ engine: Dialect) throws {
    try TestSite.with(engine, routes: EntranceTests.probes) { (test) throws in
      #expect(try test.browser(of: test.cast.olga).get("/probe?q=%2B1").location == "/o/northwind/probe?q=%2B1")
      #expect(try test.browser(of: test.cast.pat).get("/probe").location == "/o/northwind/probe")
      #expect(try test.browser(of: test.cast.sten).get("/probe").location == "/o/southwind/probe")
      #expect(try test.browser.get("/probe").location == "/sign-in?return=%2Fprobe")
    }
  }

  @Test(arguments: TestDatabase.engines) func leadWhoeverHasSeveralToTheList(_ engine: Dialect) throws {
    try TestSite.with(engine, routes: EntranceTests.probes) { (test) throws in
      #expect(try test.browser(of: test.cast.tess).get("/probe").location == "/organizations")
      #expect(try test.browser(of: test.cast.twyla).get("/probe").location == "/organizations")
    }
  }

  @Test(arguments: TestDatabase.engines) func tellWhoeverHasNoneAndOfferAnotherSignIn(_ engine: Dialect) throws {
    try TestSite.with(engine, routes: EntranceTests.probes) { (test) throws in
      let browser = try test.browser(of: test.cast.lena)
      let reply = try browser.get("/probe")
      #expect(reply.status == 403)
      #expect(reply.body.contains(test.cast.lena.email))
      #expect(reply.body.contains("href=\"/sign-in\""))
      #expect(try browser.get("/sign-in").status == 200)
      #expect(try test.browser(of: test.cast.olga).get("/sign-in").location == "/")
    }
  }
}
