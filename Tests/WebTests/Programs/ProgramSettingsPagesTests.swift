import Database
import Domain
import HTTPServer
import Support
import Testing
import World

@testable import Web

@Suite struct ProgramSettingsPagesTests {
  private let program = "/o/northwind/programs/data-academy"
  private var path: String { program + "/settings" }

  private func send(
    _ bytes: [UInt8], words: String = "", _ browser: TestBrowser, to path: String? = nil, csrf: String? = nil
  ) throws -> TestBrowser.Reply {
    let token = try csrf ?? browser.get("/no-such-page").hidden("csrf") ?? ""
    func text(_ lines: [String]) -> [UInt8] { Array(lines.joined(separator: "\r\n").utf8) }
    let body =
      text([
        "--x", "Content-Disposition: form-data; name=\"csrf\"", "", token, "--x",
        "Content-Disposition: form-data; name=\"banner-text\"", "", words, "--x",
        "Content-Disposition: form-data; name=\"banner\"; filename=\"\(bytes.isEmpty ? "" : "page.html")\"", "Content-Type: text/html", "",
        "",
      ]) + bytes + text(["", "--x--", ""])
    return try browser.send("POST", path ?? program + "/banner", .bytes(body), [("Content-Type", "multipart/form-data; boundary=x")])
  }

  /// The first bytes of a PNG of 960 × 300.
  private let png: [UInt8] =
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + [0, 0, 3, 0xC0, 0, 0, 1, 0x2C, 8, 2, 0, 0, 0]
    + [0, 0, 0, 0]

  @Test(arguments: TestDatabase.engines) func theyAreSavedShownAndAudited(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let admin = try test.browser(of: test.cast.pat)
      #expect(try admin.get(program).body.contains("href=\"\(path)\""))
      let page = try admin.get(path)
      #expect(page.title == "Settings – Data Academy – Northwind Learning – Provost")
      #expect(page.body.contains("http://127.0.0.1:8080/programs/northwind/data-academy</code>"))
      #expect(page.body.contains("data-copy=\"program-address\"") && page.body.contains("href=\"\(program)/invitations/message\""))
      let fields = [("name", " Data & Ångström "), ("tagline", "Learn <it>"), ("enrollment-limit", "007")]
      #expect(try admin.post(path, fields, from: path).location == path)
      let saved = try admin.get(path).body
      #expect(saved.contains("The settings are saved.") && saved.contains("value=\"7\"") && saved.contains("Learn &lt;it&gt;"))
      #expect(saved.contains("value=\"Data &amp; Ångström\""))
      #expect(try test.browser(of: test.cast.olga).get("/o/northwind/programs?q=angstrom").body.contains("Data &amp; Ångström"))
      #expect(try test.browser(of: test.cast.lena).get("/programs/northwind/data-academy").body.contains("Learn &lt;it&gt;"))
      // Saving the same again is no deed; an empty limit is none.
      #expect(try admin.post(path, fields, from: path).status == 303)
      #expect(try admin.post(path, [("name", "Data & Ångström"), ("tagline", ""), ("enrollment-limit", " ")], from: path).status == 303)
      let values = try test.database.read {
        try $0.all(
          """
          SELECT v.name, v.value FROM audit_events e JOIN audit_values v ON v.event_id = e.id
          WHERE e.action = 'program_settings_changed' AND e.actor_id = \(test.cast.pat.id) ORDER BY e.id, v.name
          """
        ) { "\($0.text(0))=\($0.text(1))" }
      }
      #expect(
        values == ["enrollment_limit=7", "name=Data & Ångström", "tagline=Learn <it>", "enrollment_limit=", "tagline="])
      let limit = try test.database.read {
        try $0.first("SELECT enrollment_limit FROM programs WHERE slug = 'data-academy'") { $0.intOrNil(0) }
      }
      #expect(limit == .some(nil))
    }
  }

  @Test(arguments: TestDatabase.engines) func aRefusedFormKeepsWhatWasTyped(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let owner = try test.browser(of: test.cast.olga)
      for limit in ["0", "-1", "1.5", "10001", "many", "٣"] {
        let page = try owner.post(
          path, [("name", " "), ("tagline", String(repeating: "t", count: 301)), ("enrollment-limit", limit)], from: path)
        #expect(page.status == 422 && page.title?.hasPrefix("Error: Settings") == true, "\(limit)")
        for field in ["name", "tagline", "enrollment-limit"] {
          #expect(page.body.contains("href=\"#field-\(field)\""), "\(field) \(limit)")
        }
        #expect(page.body.contains("value=\"\(limit)\"") && page.body.contains(String(repeating: "t", count: 301)), "\(limit)")
        #expect(page.body.contains("Data Academy</bdi>"), "the heading keeps the name that the program has")
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aBannerIsShownServedAndRemoved(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let admin = try test.browser(of: test.cast.pat)
      #expect(try admin.get(path).body.contains("name=\"banner\""))
      #expect(try send(png, words: "Two \"lamps\"", admin).location == path)
      let page = try admin.get(path).body
      let image = try #require(page.firstMatch(of: /<img class="program-banner" src="(\/files\/[0-9a-f]{64}\.png)" alt="([^"]*)"/)).output
      #expect(image.2 == "Two &quot;lamps&quot;" && page.contains("width=\"960\" height=\"300\""))
      let address = String(image.1)
      for path in ["/programs/northwind/data-academy"] {
        #expect(try test.browser(of: test.cast.lena).get(path).body.contains("src=\"\(address)\""), "\(path)")
      }
      let served = try test.browser.get(address)
      #expect(served.status == 200 && served.headers["Content-Type"] == "image/png")
      #expect(served.headers["X-Content-Type-Options"] == "nosniff")
      #expect(served.headers["Cache-Control"] == "public, max-age=31536000, immutable")
      for wrong in [
        address.replacing(".png", with: ".jpeg"), "/files/x.png", "/files/\(String(repeating: "0", count: 64)).png", "/files/png",
      ] {
        #expect(try test.browser.get(wrong).status == 404, "\(wrong)")
      }
      // New words without a new file keep the picture.
      #expect(try send([], words: "Lamps", admin).location == path)
      #expect(try admin.get(path).body.contains("src=\"\(address)\" alt=\"Lamps\""))
      #expect(try send(png + [1], words: "Lamps", admin).location == path)
      #expect(try test.browser.get(address).status == 404, "a picture that nothing shows any more is gone")
      #expect(try admin.post(program + "/banner/removal", from: path).location == path)
      #expect(try !admin.get(path).body.contains("<img class=\"program-banner\""))
      #expect(try admin.post(program + "/banner/removal", from: path).location == path)
      let (files, events) = try test.database.read {
        (
          try $0.scalar("SELECT COUNT(*) FROM files"),
          try $0.scalar("SELECT COUNT(*) FROM audit_events WHERE action LIKE 'program_banner%' AND actor_id = \(test.cast.pat.id)")
        )
      }
      #expect(files == 0 && events == 4)
    }
  }

  @Test(arguments: TestDatabase.engines) func whatIsNoPictureIsRefused(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let owner = try test.browser(of: test.cast.olga)
      var wide = png
      wide.replaceSubrange(16..<20, with: [0, 0, 0x80, 0])
      for (bytes, sentence) in [
        (Array("<svg onload=\"alert(1)\">".utf8), "neither PNG, JPEG nor WebP"),
        (png + [UInt8](repeating: 0, count: 2 << 20), "at most 2 MB"),
        (wide, "8,000 pixels"), ([], "Choose a picture."),
      ] {
        let page = try send(bytes, words: "As <typed>", owner)
        #expect(page.status == 422 && page.body.contains(sentence) && page.body.contains("href=\"#field-banner\""), "\(sentence)")
        #expect(page.body.contains("As &lt;typed&gt;"), "\(sentence)")
      }
      #expect(try send(png, words: String(repeating: "w", count: 301), owner).status == 422)
      #expect(try send(png, owner, csrf: "wrong").status == 403)
      #expect(try test.database.read { try $0.scalar("SELECT COUNT(*) FROM files") } == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func othersCannotSetAnything(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      for (person, status) in [(test.cast.sten, 404), (test.cast.twyla, 404), (test.cast.lena, 404)] {
        let browser = try test.browser(of: person)
        #expect(try browser.post(path, [("name", "Mine")], from: "/no-such-page").status == status)
        #expect(try send(png, browser).status == status)
        #expect(try browser.post(program + "/banner/removal", from: "/no-such-page").status == status)
      }
      #expect(try test.browser(of: test.cast.olga).get(path).body.contains("value=\"Data Academy\""))
      #expect(try test.browser(of: test.cast.olga).get(program + "/banner").status == 405)
    }
  }
}
