import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct OrganizationTests {
  @Test(arguments: TestDatabase.engines) func oneIsMadeAndFound(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let made = try Organization.create(slug: "a-1", name: " Åse & Co ", timeZone: "Asia/Tokyo", by: 0, at: Cast.now, in: test.database)
      let viewer = Viewer(accountID: 1, name: "T", email: "t@example.com", grants: [.accountTeam])
      let found = try test.database.read { try OrganizationScope.find(slug: "a-1", for: viewer, in: $0) }
      #expect(found.organization == made)
      #expect(made.name == "Åse & Co" && made.timeZone == "Asia/Tokyo")
    }
  }

  @Test(arguments: TestDatabase.engines) func aSlugIsTakenOnce(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      _ = try Organization.create(slug: "one", name: "One", timeZone: "UTC", by: 0, at: Cast.now, in: test.database)
      let failure = #expect(throws: Failure.self) {
        try Organization.create(slug: "one", name: "Other", timeZone: "UTC", by: 0, at: Cast.now, in: test.database)
      }
      #expect(failure?.code == .conflict)
      #expect(failure?.fields.map(\.name) == ["slug"])
    }
  }

  @Test(arguments: [
    ("", "Name", "UTC", ["slug"]), ("A", "Name", "UTC", ["slug"]), ("-a", "Name", "UTC", ["slug"]), ("a-", "Name", "UTC", ["slug"]),
    ("a--b", "Name", "UTC", ["slug"]), ("ä", "Name", "UTC", ["slug"]), ("a b", "Name", "UTC", ["slug"]),
    (String(repeating: "a", count: 64), "Name", "UTC", ["slug"]), ("a", " ", "UTC", ["name"]), ("a", "x\ny", "UTC", ["name"]),
    ("a", "Name", "Middle/Earth", ["time-zone"]), ("a", "Name", "", ["time-zone"]), ("A", "", "x", ["slug", "name", "time-zone"]),
  ])
  func whatIsWrongIsNamed(_ slug: String, _ name: String, _ zone: String, _ fields: [String]) throws {
    try TestDatabase.migrated(.sqlite) { test in
      let failure = #expect(throws: Failure.self) {
        try Organization.create(slug: slug, name: name, timeZone: zone, by: 0, at: Cast.now, in: test.database)
      }
      #expect(failure?.fields.map(\.name) == fields)
    }
  }

  @Test func slugsOfEveryAllowedForm() {
    for slug in ["a", "0", "a-b", "a1-2b", String(repeating: "a", count: 63)] { #expect(Organization.isSlug(slug), "\(slug)") }
  }
}
