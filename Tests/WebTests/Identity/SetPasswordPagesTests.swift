import Database
import Domain
import Support
import Testing
import World

@testable import Web

@Suite struct SetPasswordPagesTests {
  /// A link for somebody new, as the command line makes it.
  private func link(_ test: TestSite) throws -> String {
    let outcome = try Administrator(test.database, clock: test.cast.time.clock, key: TestSite.key.get()).create(
      email: "nora@northwind.example", name: "Nora New", role: .organization("northwind"), password: nil)
    return Path.setPassword(try #require(outcome.linkToken)).text
  }

  private let good = [("password", "three blue herons"), ("confirmation", "three blue herons")]

  @Test(arguments: TestDatabase.engines) func aLinkSetsAPasswordOnce(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let (path, browser) = (try link(test), test.browser)
      #expect(try browser.get(path).body.contains("nora@northwind.example"))
      let set = try browser.post(path, good, from: path)
      #expect(set.status == 303)
      #expect(set.location == "/sign-in")
      let page = try browser.get("/sign-in")
      #expect(page.body.contains("Your password is set."))
      #expect(try !browser.get("/sign-in").body.contains("Your password is set."))
      #expect(try browser.get(path).status == 410)
      #expect(try browser.post(path, good).status == 410)
      #expect(try browser.post("/sign-in", [("email", "nora@northwind.example"), ("password", "three blue herons")]).status == 303)
    }
  }

  @Test(arguments: TestDatabase.engines) func aBadPasswordIsNamedAndNothingIsSet(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let (path, browser) = (try link(test), test.browser)
      let bad = [
        ("", "", "Password is missing."), ("short", "short", "at least 10 characters"),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "same few characters"),
        ("three blue herons", "three grey herons", "The two passwords differ."),
        ("nora@northwind.example", "nora@northwind.example", "Password is the email address."),
      ]
      for (password, confirmation, sentence) in bad {
        let reply = try browser.post(path, [("password", password), ("confirmation", confirmation)], from: path)
        #expect(reply.status == 422)
        #expect(reply.title?.hasPrefix("Error: ") == true)
        #expect(reply.body.contains(sentence))
        #expect(password.isEmpty || password.contains("@") || !reply.body.contains("value=\"\(password)\""))
      }
      #expect(try browser.post(path, good, from: path).status == 303)
    }
  }

  @Test(arguments: TestDatabase.engines) func aLinkExpires(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let path = try link(test)
      test.cast.time.pass(seconds: SetPassword.lifetimeSeconds - 1)
      #expect(try test.browser.get(path).status == 200)
      test.cast.time.pass(seconds: 1)
      #expect(try test.browser.get(path).status == 410)
      #expect(try test.browser.post(path, good).status == 410)
    }
  }

  @Test(arguments: TestDatabase.engines) func aLinkThatWasTamperedWithIsRefused(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let path = try link(test)
      let token = path.replacing("/set-password/", with: "")
      let parts = token.split(separator: ".").map(String.init)
      let forged = [
        "\(test.cast.tess.id).\(parts[1]).\(parts[2])", "\(parts[0]).\((Int64(parts[1]) ?? 0) + 1).\(parts[2])",
        "\(parts[0]).\(parts[1]).x",
        "\(parts[0]).\(parts[1])", "x", "..", "9223372036854775807.9223372036854775807.x",
      ]
      for token in forged where token != ".." { #expect(try test.browser.get("/set-password/" + token).status == 410, "\(token)") }
    }
  }

  @Test(arguments: TestDatabase.engines) func aNewPasswordEndsTheSessionsThatAreOpen(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let open = try test.browser(of: test.cast.tess)
      let outcome = try Administrator(test.database, clock: test.cast.time.clock, key: TestSite.key.get()).create(
        email: test.cast.tess.email, name: "Tess", role: .accountTeam, password: nil)
      let path = Path.setPassword(try #require(outcome.linkToken)).text
      #expect(try open.get("/organizations").status == 200)
      let browser = test.browser
      #expect(try browser.post(path, good, from: path).status == 303)
      #expect(try open.get("/organizations").status == 303)
    }
  }
}
