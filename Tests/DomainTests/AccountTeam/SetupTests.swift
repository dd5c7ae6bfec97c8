import Database
import Foundation
import Secrets
import Support
import Testing
import World

@testable import Domain

/// A customer set up from a file: applied, repeated, changed, tried, refused.
@Suite struct SetupTests {
  /// The example of the README, so that it is right.
  private static let example: Result<String, any Error> = Result {
    let readme = TestDatabase.migrationsFolder.replacing("/Migrations", with: "/README.md")
    let lines = try String(contentsOfFile: readme, encoding: .utf8).components(separatedBy: "\n")
    let first = try #require(lines.firstIndex(of: "    {")), last = try #require(lines[first...].firstIndex(of: "    }"))
    return lines[first...last].joined(separator: "\n")
  }

  private struct World {
    let database: any Database
    let clock: Clock

    func run(_ json: String, dry: Bool = false) throws -> Setup.Outcome {
      let key = try InstallationKey(secret: "a secret that only the tests ever use")
      return try Setup(Array(json.utf8), clock: clock, key: key).run(isDryRun: dry, in: database)
    }

    func faults(_ json: String) throws -> [String] {
      do {
        _ = try run(json)
        return []
      } catch let faults as Setup.Faults {
        return faults.sentences
      }
    }

    func count(_ table: SQL) throws -> Int64 { try database.read { try $0.scalar("SELECT COUNT(*) FROM \(table)") } }
  }

  private func with(_ engine: Dialect, _ body: (World) throws -> Void) throws {
    try TestDatabase.migrated(engine) { try body(World(database: $0.database, clock: TestClock(Cast.now).clock)) }
  }

  @Test(arguments: TestDatabase.engines) func theExampleIsAppliedOnceAndChangesNothingTheSecondTime(_ engine: Dialect) throws {
    try with(engine) { world in
      let example = try SetupTests.example.get()
      let first = try world.run(example)
      #expect(
        first.lines == [
          "+ organization northwind", "+ focus skill Delegation", "+ focus skill Listening", "+ program data-academy", "+ contract Year 1",
          "+ platform 360° assessment Leadership 360", "+ survey Pulse", "+ purchase Coaching 2026", "+ group Emerging leaders",
          "+ administrator ada@northwind.example", "+ administrator bo@northwind.example of program data-academy",
          "+ coach mark@northwind.example", "+ platform coach ines@coaches.example",
        ])
      #expect(
        first.links.map(\.email) == [
          "ada@northwind.example", "bo@northwind.example", "mark@northwind.example", "ines@coaches.example",
        ])
      let events = try world.count("audit_events")
      #expect(events > 12)
      #expect(try world.database.read { try $0.scalar("SELECT COUNT(*) FROM audit_events WHERE actor_id <> 0") } == 0)
      let second = try world.run(example)
      #expect(second.lines == [] && second.links.isEmpty)
      #expect(try world.count("audit_events") == events)
      let facts = try world.database.read {
        try $0.first("SELECT country, size_band, industry, brand_color, time_zone FROM organizations") {
          [$0.text(0), $0.text(1), $0.text(2), $0.text(3), $0.text(4)]
        }
      }
      #expect(facts == ["United Kingdom", "1,000–4,999", "Manufacturing", "#2b4dc4", "Europe/London"])
      let hours = try world.database.read { connection in
        try connection.all("SELECT weekday, starts_minute, ends_minute FROM coach_hours ORDER BY weekday, starts_minute") {
          "\($0.int(0)) \($0.int(1)) \($0.int(2))"
        }
      }
      #expect(hours == ["1 540 720", "1 780 1020", "4 540 720"])
      let expires = try world.database.read { try $0.first("SELECT expires_at FROM company_purchases") { $0.text(0) } }
      #expect(expires == "2027-06-30T22:59:59.999Z")
    }
  }

  @Test(arguments: TestDatabase.engines) func oneChangedFieldIsOneLine(_ engine: Dialect) throws {
    try with(engine) { world in
      let example = try SetupTests.example.get()
      _ = try world.run(example)
      let changes = [
        ("\"licenses\": 120", "\"licenses\": 150", "~ purchase Coaching 2026: licenses: 120 → 150"),
        ("\"remeasurement_days\": 30", "\"remeasurement_days\": null", "~ group Emerging leaders: remeasurement_days: 30 → nothing"),
        (
          "\"focus_skills\": [\"Delegation\"]", "\"focus_skills\": [\"Listening\"]",
          "~ group Emerging leaders: focus_skills: Delegation → Listening"
        ),
        ("\"industry\": \"Manufacturing\"", "\"industry\": \"Food\"", "~ organization northwind: industry: Manufacturing → Food"),
        ("\"places\": 500", "\"places\": 600", "~ contract Year 1: places: 500 → 600"),
        ("\"name\": \"Data Academy\"", "\"name\": \"Data School\"", "~ program data-academy: name: Data Academy → Data School"),
        ("\"capacity\": 12", "\"capacity\": null", "~ coach mark@northwind.example: capacity: 12 → nothing"),
        ("\"name\": \"Mark Osei\"", "\"name\": \"Mark A. Osei\"", "~ coach mark@northwind.example: name: Mark Osei → Mark A. Osei"),
        (
          "\"I can do my best work\"", "\"I can grow\"",
          "~ survey Pulse: questions: I know what is expected of me / I can do my best work → I know what is expected of me / I can grow"
        ),
      ]
      var text = example
      for (before, after, line) in changes {
        #expect(text.contains(before), "\(before)")
        text = text.replacing(before, with: after)
        #expect(try world.run(text, dry: true).lines == [line])
        #expect(try world.run(text).lines == [line])
        #expect(try world.run(text).lines == [])
      }
      // What is not named stays.
      #expect(try world.run("{\"organization\": {\"slug\": \"northwind\"}}").lines == [])
      #expect(try world.count("coaching_groups") == 1)
    }
  }

  @Test(arguments: TestDatabase.engines) func aDryRunWritesNothing(_ engine: Dialect) throws {
    try with(engine) { world in
      let tried = try world.run(SetupTests.example.get(), dry: true)
      #expect(tried.lines.count == 13 && tried.links.isEmpty)
      for table: SQL in [
        "organizations", "accounts", "audit_events", "focus_skills", "feedback_assessments", "coaches", "role_assignments",
      ] {
        #expect(try world.count(table) == 0)
      }
    }
  }

  private func document(_ sections: String, organization: String = "\"slug\": \"northwind\", \"name\": \"Northwind\"") -> String {
    "{\"organization\": {\(organization)}\(sections.isEmpty ? "" : ", " + sections)}"
  }

  @Test(arguments: TestDatabase.engines) func everyFaultIsNamedWithItsPathAndNothingIsWritten(_ engine: Dialect) throws {
    let purchase = "\"purchases\": [{\"name\": \"P\", \"licenses\": 1, \"sessions\": 1}]"
    let cases: [(json: String, path: String, words: String)] = [
      ("{}", "organization", "This is missing."), ("[]", "", "This must be an object, and is a list."),
      (document("\"prices\": []"), "prices", "no such key"),
      (document("\"groups\": {}"), "groups", "This must be a list, and is an object."),
      (document("\"groups\": [7]"), "groups[0]", "This must be an object, and is a number."),
      (document("\"groups\": [{}]"), "groups[0].name", "This is missing."),
      (document("\"groups\": [{\"name\": \"G\", \"purchase\": \"Q\"}], \(purchase)"), "groups[0].purchase", "There is no purchase \"Q\""),
      (document("\"groups\": [{\"name\": \"G\", \"survey\": 3}]"), "groups[0].survey", "must be a text, and is a number"),
      (document("\"groups\": [{\"name\": \"G\", \"duration_days\": 4000}]"), "groups[0].duration_days", "from 1 to 3650"),
      (document("\"groups\": [{\"name\": \"G\", \"minimum_answered\": 9}]"), "groups[0].minimum_answered", "must not be more than"),
      (document("\"groups\": [{\"name\": \"G\", \"maximum_invited\": 1}]"), "groups[0].maximum_invited", "must not be less than"),
      (document("\"groups\": [{\"name\": \"G\", \"focus_skills\": [\"X\"]}]"), "groups[0].focus_skills[0]", "no focus skill \"X\""),
      (document("\"groups\": [{\"name\": \"G\", \"language\": \"xx\"}]"), "groups[0].language", "en (English)"),
      (document("\"groups\": [{\"name\": \"G\"}, {\"name\": \"G\"}]"), "groups[1].name", "stands twice"),
      (document("\"purchases\": [{\"name\": \"P\", \"sessions\": 1}]"), "purchases[0].licenses", "This is missing."),
      (
        document("\"purchases\": [{\"name\": \"P\", \"licenses\": 1.5, \"sessions\": 1}]"), "purchases[0].licenses",
        "a number that is not whole"
      ),
      (document("\"purchases\": [{\"name\": \"P\", \"licenses\": true, \"sessions\": 1}]"), "purchases[0].licenses", "true or false"),
      (
        document("\"purchases\": [{\"name\": \"P\", \"licenses\": 1, \"sessions\": 1, \"expires\": \"soon\"}]"), "purchases[0].expires",
        "real day"
      ),
      (document("\"surveys\": [{\"name\": \"S\"}]"), "surveys[0].questions", "at least one question"),
      (document("\"surveys\": [{\"name\": \"S\", \"questions\": [1]}]"), "surveys[0].questions[0]", "must be a text"),
      (document("\"programs\": [{\"slug\": \"A B\", \"name\": \"A\"}]"), "programs[0].slug", "lower-case letters"),
      (
        document(
          "\"contracts\": [{\"name\": \"C\", \"kind\": \"unlimited\", \"starts\": \"2026-01-01\", \"ends\": \"2026-12-31\", \"programs\": [\"x\"]}]"
        ),
        "contracts[0].programs[0]", "no program \"x\""
      ),
      (
        document("\"administrators\": [{\"email\": \"a@b.example\", \"name\": \"A\", \"role\": \"king\"}]"), "administrators[0].role",
        "\"program\""
      ),
      (
        document("\"administrators\": [{\"email\": \"ab.example\", \"name\": \"A\", \"role\": \"organization\"}]"),
        "administrators[0].email", "no @"
      ),
      (document("\"administrators\": [{\"email\": \"a@b.example\", \"role\": \"organization\"}]"), "administrators[0].name", "missing"),
      (
        document("\"administrators\": [{\"email\": \"a@b.example\", \"name\": \"A\", \"role\": \"program\", \"program\": \"x\"}]"),
        "administrators[0].program", "no program \"x\""
      ),
      (
        document("\"coaches\": [{\"email\": \"a@b.example\", \"name\": \"A\", \"hours\": {\"monday\": [\"9-5\"]}}]"),
        "coaches[0].hours.monday",
        "no span such as"
      ),
      (
        document("\"coaches\": [{\"email\": \"a@b.example\", \"name\": \"A\", \"hours\": {\"funday\": []}}]"), "coaches[0].hours.funday",
        "no such key"
      ),
      (
        document("\"coaches\": [{\"email\": \"a@b.example\", \"name\": \"A\", \"time_zone\": \"Mars\"}]"), "coaches[0].time_zone",
        "not a time zone"
      ),
      (document("", organization: "\"slug\": \"northwind\""), "organization.name", "This is missing."),
      (document("", organization: "\"slug\": \"n\", \"name\": \"N\", \"size_band\": \"huge\""), "organization.size_band", "one of"),
    ]
    try with(engine) { world in
      for (json, path, words) in cases {
        let faults = try world.faults(json)
        #expect(faults.count == 1 && faults[0].hasPrefix(path) && faults[0].contains(words), "\(json): \(faults)")
        #expect(try world.count("organizations") == 0 && world.count("accounts") == 0)
      }
      // All of them at once.
      let many = try world.faults(
        document(
          "\"purchases\": [{\"name\": \"P\"}], \"groups\": [{\"name\": \"G\", \"purchase\": \"P\", \"color\": 1}]",
          organization: "\"slug\": \"X\", \"name\": \"N\", \"time_zone\": \"Mars\""))
      #expect(
        many.map { $0.prefix { $0 != ":" } }
          == ["organization.time_zone", "purchases[0].licenses", "purchases[0].sessions", "groups[0].color"])
      for broken in ["", "{", "{\"a\": }", "{\"a\": 1} x"] {
        let failure = #expect(throws: Failure.self) { try world.run(broken) }
        #expect(failure?.sentence.hasPrefix("The file is no JSON.") == true)
      }
      for (twice, key) in [
        ("{\"organization\": {\"slug\": \"a\"}, \"organization\": {\"slug\": \"b\"}}", "organization"),
        ("{\"organization\": {\"slug\": \"a\", \"name\": \"N\", \"n\\u0061me\": \"M\"}}", "name"),
      ] {
        let failure = #expect(throws: Failure.self) { try world.run(twice) }
        #expect(failure?.sentence == "The key \"\(key)\" stands twice in one object of the file.")
      }
      // The same key in two objects, and a text that reads like one, are none.
      #expect(throws: Never.self) { try SetupValue.read(Array("[{\"a\": \"{\\\"a\\\": 1\", \"b\": [\"a\", \"a\"]}, {\"a\": 1}]".utf8)) }
      let odd = try world.faults(document("\"groups\": []", organization: "\"slug\": \"zz\\u0000\", \"name\": \"N\", \"\\u001b[2J\": 1"))
      #expect(odd.contains("organization.slug: This holds a character that cannot be printed.") && !odd.contains { $0.contains("\u{1b}") })
    }
  }

  @Test(arguments: TestDatabase.engines) func whatTheInstallationHasIsFoundAndUsed(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let coaching = try CoachingWorld(cast, in: test.database)
      let world = World(database: test.database, clock: cast.time.clock)
      let lines = try world.run(
        """
        {"organization": {"slug": "northwind"},
         "groups": [{"name": "Emerging leaders", "assessment": "Leadership 360", "duration_days": 90}, {"name": "New", "survey": "Engagement survey"}],
         "administrators": [{"email": "OLGA@northwind.example", "role": "organization"}, {"email": "lena@example.com", "role": "organization"}],
         "coaches": [{"email": "ines@coaches.example", "platform": true, "capacity": 3}, {"email": "olga@northwind.example", "name": "Olga"}]}
        """)
      #expect(
        lines.lines == [
          "~ group Emerging leaders: duration_days: 180 → 90", "+ group New", "+ administrator lena@example.com",
          "~ platform coach ines@coaches.example: capacity: nothing → 3", "+ coach olga@northwind.example",
        ])
      // Whoever had an account signs in as before.
      #expect(lines.links.isEmpty)
      let group = try world.database.read {
        try $0.scalar("SELECT feedback_assessment_id FROM coaching_groups WHERE id = \(coaching.group)")
      }
      #expect(group == coaching.assessment)
    }
  }
}
