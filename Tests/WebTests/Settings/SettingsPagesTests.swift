import Database
import Domain
import HTTPServer
import Support
import Testing
import World

@testable import Web

@Suite struct SettingsPagesTests {
  private let path = "/o/northwind/settings"
  private let fields = [
    ("name", "Northwind Læring"), ("time-zone", "Europe/Oslo"), ("country", " Norway "), ("size-band", "50-199"),
    ("industry", "Fisheries"), ("brand-color", "#FFCC00"), ("sender-name", "Nora"),
    ("postal-address", "Street 1\r\n0001 Oslo"), ("invitation-message", "Hello {{first_name}},\r\njoin {{program_name}}."),
    ("invitation-days", "14"), ("resend-hours", "0"),
  ]

  private func with(_ changes: (String, String)...) -> [(String, String)] {
    fields.filter { field in !changes.contains { $0.0 == field.0 } } + changes
  }

  @Test(arguments: TestDatabase.engines) func theyAreSavedAndUsed(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let owner = try test.browser(of: test.cast.olga)
      #expect(try owner.get("/o/northwind").body.contains("href=\"\(path)\""))
      #expect(try !owner.get(path).body.contains("/brand/"))
      #expect(try owner.post(path, fields, from: path).location == path)
      let page = try owner.get(path)
      #expect(page.title == "Settings – Northwind Læring – Provost")
      #expect(page.body.contains("Street 1\n0001 Oslo</textarea>") && page.body.contains("value=\"#ffcc00\""))
      #expect(page.body.contains("#ffcc00 on #ffffff has a contrast of 1.5:1. Buttons use"))
      #expect(page.body.contains("#ffcc00 on #151b2a has a contrast of"))
      let address = try #require(page.body.firstMatch(of: /href="(\/brand\/ffcc00-[0-9a-f]{16}\.css)"/)?.output.1.description)
      let sheet = try owner.get(address)
      #expect(sheet.status == 200 && sheet.body.contains("--accent-text: light-dark(#"))
      #expect(sheet.headers["Content-Type"] == "text/css; charset=utf-8" && sheet.headers["Cache-Control"]?.contains("immutable") == true)
      #expect(try owner.get("/brand/ffcc00-0000000000000000.css").headers["Cache-Control"] == "no-cache")
      for wrong in ["/brand/ffcc0-1.css", "/brand/red-1.css", "/brand/ffcc00.css", "/brand/ffcc00-1.js"] {
        #expect(try owner.get(wrong).status == 404, "\(wrong)")
      }
      // Another organization keeps the product's color.
      #expect(try !test.browser(of: test.cast.sten).get("/o/southwind").body.contains("/brand/"))
      let saved = try test.database.read {
        try OrganizationSettings.load(
          scope: OrganizationScope.find(slug: "northwind", for: Viewer(accountID: 0, name: "", email: "", grants: [.accountTeam]), in: $0),
          in: $0)
      }
      #expect(saved.country == "Norway" && saved.sizeBand == "50–199" && saved.industry == "Fisheries")
      #expect(saved.invitationMessage == "Hello {{first_name}},\njoin {{program_name}}." && saved.invitationDays == "14")
      let changed = try test.database.read {
        try $0.scalar(
          "SELECT COUNT(*) FROM audit_values v JOIN audit_events e ON e.id = v.event_id WHERE e.action = 'settings_changed' AND e.actor_id = \(test.cast.olga.id)"
        )
      }
      #expect(changed == 11)
      // Saving the same again changes nothing and is no deed.
      #expect(try owner.post(path, fields, from: path).status == 303)
      let events = try test.database.read { try $0.scalar("SELECT COUNT(*) FROM audit_events WHERE action = 'settings_changed'") }
      #expect(events == 1)
    }
  }

  @Test(arguments: TestDatabase.engines) func whatIsWrongIsNamedAndKept(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let owner = try test.browser(of: test.cast.olga)
      for (field, value) in [
        ("name", " "), ("name", "a\nb"), ("time-zone", "Nowhere"), ("brand-color", "red"), ("brand-color", "#12345"),
        ("sender-name", "a\r\nBcc: x"),
        ("postal-address", String(repeating: "x", count: 501)), ("invitation-message", "Hello {{nick_name}}"),
        ("invitation-message", "Hello {{first_name"), ("invitation-message", "{{ first_name }}"), ("invitation-days", "0"),
        ("invitation-days", "366"), ("invitation-days", "+5"), ("resend-hours", "721"), ("resend-hours", ""),
        ("size-band", "many"), ("country", String(repeating: "x", count: 101)), ("industry", "a\tb"),
      ] {
        let page = try owner.post(path, with((field, value)), from: path)
        #expect(page.status == 422, "\(field) \(value)")
        #expect(
          page.body.contains("href=\"#field-\(field)\"") && page.body.contains("Northwind Læring") || field == "name", "\(field) \(value)")
      }
      let name = try test.database.read { try $0.first("SELECT name FROM organizations WHERE slug = 'northwind'") { $0.text(0) } }
      #expect(name == "Northwind Learning")
    }
  }

  @Test(arguments: TestDatabase.engines) func onlyAdministratorsOfTheWholeOrganizationMaySave(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      for (word, person) in test.cast.everybody {
        let status = try test.browser(of: person).post(path, with(("name", word)), from: "/no-such-page").status
        #expect(status == ["account team": 303, "owner": 303, "stranger": 404, "learner": 404][word] ?? 403, "\(word)")
      }
    }
  }

  @Test func placeholdersAreFilledOnce() {
    let text = "{{first_name}} {{program_name}} {{x}} {{full_name"
    let filled = Placeholder.fill(text) { $0 == .firstName ? "{{program_name}}" : "P" }
    #expect(filled == "{{program_name}} P {{x}} {{full_name")
  }
}
