import Database
import Domain
import HTTPServer
import Support
import Testing
import World

@testable import Web

@Suite struct LearnerListPagesTests {
  static let list = "/o/northwind/user-metrics/learners"

  /// Lena in steady state, Ola who only began, Uma who is paused, in Northwind; nobody in Southwind.
  static func with(_ engine: Dialect, _ body: (TestSite, CoachingWorld, [Int64]) throws -> Void) throws {
    try TestSite.with(engine) { test in
      let world = try CoachingWorld(test.cast, in: test.database)
      let ids = try test.database.write(organization: world.organization) { tx in
        let (ola, uma) = (
          try world.person("Ola <b>", "ola@example.com", in: tx), try world.person("Uma Udo", "uma@example.com", in: tx)
        )
        let ids = [
          try world.engage(test.cast.lena.id, launched: Cast.now.adding(days: -40), in: tx), try world.engage(ola, in: tx),
          try world.engage(uma, launched: Cast.now.adding(days: -10), in: tx),
        ]
        try world.session(ids[0], at: Cast.now.adding(days: -9), rating: 4, in: tx)
        try world.session(ids[0], at: Cast.now.adding(days: 4), "SCHEDULED", in: tx)
        try world.session(ids[0], at: Cast.now.adding(days: -3), "LATE_CANCELED", in: tx)
        try tx.run("UPDATE engagements SET self_assessment_at = launched_at WHERE id = \(ids[0])")
        try tx.run("UPDATE engagements SET paused_at = \(Cast.now.text) WHERE id = \(ids[2])")
        try world.settle(in: tx)
        return ids
      }
      try body(test, world, ids)
    }
  }

  /// The rows of a page, by the learners' emails.
  static func emails(_ page: TestBrowser.Reply) -> [String] {
    page.body.matches(of: /row-detail">([^<]*)</).map { String($0.output.1) }
  }

  @Test(arguments: TestDatabase.engines) func theListStandsInTabsWithCounts(_ engine: Dialect) throws {
    try LearnerListPagesTests.with(engine) { test, _, ids in
      let owner = try test.browser(of: test.cast.olga)
      let page = try owner.get(LearnerListPagesTests.list)
      #expect(page.status == 200 && page.title == "Learners – Northwind Learning – Provost")
      #expect(LearnerListPagesTests.emails(page) == ["lena@example.com", "ola@example.com", "uma@example.com"])
      #expect(page.body.contains("Ola &lt;b&gt;") && page.body.contains("href=\"\(LearnerListPagesTests.list)/\(ids[0])\""))
      for (label, count) in [("All", 3), ("Onboarding", 1), ("Steady State", 1), ("Remeasurement", 0), ("Paused", 1), ("Deactivated", 0)] {
        #expect(page.body.contains("\(label) <span class=\"counter\">\(count)</span>"), "\(label)")
      }
      // Dates stand in the organization's zone, nothing is a dash, signs have words, and every heading its definition.
      #expect(page.body.contains("19 May 2024") && page.body.contains(">—<"))
      #expect(page.body.contains("<span aria-hidden=\"true\">✓</span><span class=\"visually-hidden\">Yes</span>"))
      #expect(page.body.contains("<span aria-hidden=\"true\">–</span><span class=\"visually-hidden\">No</span>"))
      #expect(page.body.matches(of: /class="definition"/).count == LearnerColumn.standard.count)
      #expect(page.body.contains("14 of 45") && page.body.contains("3 learners"))
      let paused = try owner.get(LearnerListPagesTests.list + "?stage=paused")
      #expect(LearnerListPagesTests.emails(paused) == ["uma@example.com"])
      #expect(paused.body.contains("href=\"\(LearnerListPagesTests.list)?stage=paused\" aria-current=\"page\""))
      #expect(paused.title?.hasPrefix("Learners, Paused –") == true)
      // On a stage's tab the stage goes without saying, unless its column was asked for.
      #expect(paused.body.contains("13 of 45") && !paused.body.contains("id=\"define-stage\""))
      #expect(try owner.get(LearnerListPagesTests.list + "?stage=paused&columns=stage").body.contains("id=\"define-stage\""))
      #expect(try owner.get(LearnerListPagesTests.list + "?stage=completed").body.contains("Nobody is in Completed"))
      #expect(try owner.get(LearnerListPagesTests.list + "?q=zzz").body.contains("No learner matches"))
      let other = try test.browser(of: test.cast.sten).get("/o/southwind/user-metrics/learners")
      #expect(other.body.contains("No learners yet") && !other.body.contains("Lena") && !other.body.contains("Emerging"))
    }
  }

  @Test(arguments: TestDatabase.engines) func whoIsTickedCanBeActedOn(_ engine: Dialect) throws {
    try LearnerListPagesTests.with(engine) { test, _, ids in
      let owner = try test.browser(of: test.cast.olga)
      let list = LearnerListPagesTests.list
      let page = try owner.get(list + "?group=1&q=a")
      #expect(page.body.contains("href=\"\(list)/new\">Add learners</a>"))
      let all = try owner.get(list)
      for id in ids { #expect(all.body.contains("name=\"engagement\" value=\"\(id)\" form=\"selection\"")) }
      #expect(all.body.contains("All 3 that match") && !all.body.contains(" checked></td>"))
      for kind in LearnerAct.Kind.allCases { #expect(all.body.contains("formaction=\"\(list)/\(kind.rawValue)\""), "\(kind)") }
      #expect(try owner.get(list + "?select=page").body.matches(of: /form="selection" aria-label="[^"]*"\s+checked>/).count == 3)
      // On a stage's tab only what that stage allows.
      let paused = try owner.get(list + "?stage=paused")
      #expect(paused.body.contains("formaction=\"\(list)/resumption\"") && !paused.body.contains("formaction=\"\(list)/pause\""))
      #expect(paused.body.contains("name=\"stage\" value=\"paused\""))
      let pause = [("engagement", "\(ids[0])"), ("engagement", "\(ids[1])")]
      #expect(try owner.post(list + "/pause", pause, from: list + "/pause?all=1").location == list)
      let after = try owner.get(list)
      #expect(after.body.contains("2 learners were paused by Olga Owner, just now.") && after.hidden("act") != nil)
      #expect(after.body.contains("Paused <span class=\"counter\">3</span>"))
    }
  }

  @Test(arguments: TestDatabase.engines) func filtersSortAndColumnsStandInTheAddress(_ engine: Dialect) throws {
    try LearnerListPagesTests.with(engine) { test, world, _ in
      let owner = try test.browser(of: test.cast.olga)
      func emails(_ query: String) throws -> [String] { LearnerListPagesTests.emails(try owner.get(LearnerListPagesTests.list + query)) }
      #expect(try emails("?sort=-email") == ["uma@example.com", "ola@example.com", "lena@example.com"])
      #expect(try emails("?sort=-sessions-completed").first == "lena@example.com")
      #expect(try emails("?q=UM") == ["uma@example.com"])
      #expect(try emails("?group=\(world.group)").count == 3)
      #expect(try emails("?group=99999") == [] && emails("?group=x") == [] && emails("?coach=\(world.mark)") == [])
      // The day in Berlin on which Lena was launched: its first and its last moment are in it.
      #expect(try emails("?from=2024-05-19&to=2024-05-19") == ["lena@example.com"])
      #expect(try emails("?from=2024-05-20") == ["ola@example.com", "uma@example.com"])
      let page = try owner.get(
        LearnerListPagesTests.list + "?group=\(world.group)&from=2024-05-19&to=2024-06-27&columns=notes&columns=stage")
      #expect(page.body.contains("Remove filter Group: Emerging leaders"))
      #expect(page.body.contains("Remove filter Launched: 19 May 2024 – 27 Jun 2024"))
      #expect(page.body.contains("What “Admin Notes” means") && !page.body.contains("What “Profile” means"))
      #expect(page.body.contains("2 of 3 learners") && page.body.contains("3 of 45"))
    }
  }

  @Test(arguments: TestDatabase.engines) func aDayThatIsNoneIsSaid(_ engine: Dialect) throws {
    try LearnerListPagesTests.with(engine) { test, _, _ in
      let owner = try test.browser(of: test.cast.olga)
      for query in ["from=2024-13-01", "to=yesterday", "from=%3Cb%3E", "from=2024-06-02&to=2024-06-01"] {
        let page = try owner.get(LearnerListPagesTests.list + "?" + query)
        #expect(page.status == 422 && page.title?.hasPrefix("Error: Learners") == true, "\(query)")
        #expect(
          page.body.contains("href=\"#filter-\(query.contains("to=") ? "to" : "from")\"") && page.body.contains("aria-invalid"), "\(query)")
        #expect(LearnerListPagesTests.emails(page) == [] && !page.body.contains("<b>"), "\(query)")
        for path in [".csv", "/export", "/views/new"] {
          #expect(try owner.get(LearnerListPagesTests.list + path + "?" + query).status == 422, "\(path) \(query)")
        }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func anExportIsChosenFirst(_ engine: Dialect) throws {
    try LearnerListPagesTests.with(engine) { test, world, _ in
      let owner = try test.browser(of: test.cast.olga)
      let listed = try owner.get(LearnerListPagesTests.list + "?stage=paused&q=uma&sort=-email&page=2")
      let export = LearnerListPagesTests.list + "/export"
      #expect(listed.body.contains("href=\"\(export)?q=uma&amp;stage=paused&amp;sort=-email\""))
      let page = try owner.get(export + "?q=uma&stage=paused&sort=-email")
      #expect(page.status == 200 && page.body.contains("1 learner is in the list"))
      #expect(
        page.hidden("stage") == "paused" && page.hidden("q") == "uma" && page.hidden("sort") == "-email" && page.hidden("chosen") == "1")
      #expect(page.body.matches(of: /name="columns" value="[^"]*" checked/).count == 43)
      #expect(page.body.matches(of: /name="columns"/).count == 45 && page.body.contains("name=\"group\" value=\"\(world.group)\""))
      // What the list shows is ticked where it was chosen there, the name always.
      let shown = try owner.get(export + "?columns=email&columns=notes")
      let ticked = shown.body.matches(of: /name="columns" value="([^"]*)" checked/).map { String($0.output.1) }
      #expect(ticked == ["name", "email", "notes"])
      let file = try owner.get(LearnerListPagesTests.list + ".csv?chosen=1&columns=email&stage=paused")
      #expect(file.status == 200 && file.headers["Content-Disposition"]?.contains("learners-northwind-2024-06-28.csv") == true)
      #expect(file.headers["Content-Type"] == "text/csv; charset=utf-8")
      for query in ["chosen=1", "chosen=1&columns=nothing"] {
        let refused = try owner.get(LearnerListPagesTests.list + ".csv?" + query)
        #expect(
          refused.status == 422 && refused.body.contains("href=\"#field-columns\"") && refused.body.contains("Tick at least one column."))
      }
      #expect(try owner.get(LearnerListPagesTests.list + ".csv").status == 200)
    }
  }

  /// What time alone changes is moved in the background: Lena's coaching is over, and the list says so without anybody's doing.
  @Test func timeMovesLearnersWhileTheSiteIsServed() throws {
    try LearnerListPagesTests.with(.sqlite) { test, _, _ in
      test.cast.time.pass(days: 141)
      let sender = MailSender(test.site)
      sender.start()
      let until = ContinuousClock.now + .seconds(30)
      var counts: [Stage: Int] = [:]
      let scope = try test.database.read {
        try OrganizationScope.find(
          slug: "northwind", for: Viewer(accountID: test.cast.tess.id, name: "", email: "", grants: [.accountTeam]), in: $0)
      }
      while counts[.completed] == nil, ContinuousClock.now < until {
        counts = try test.database.read { try LearnerList(scope: scope).counts(in: $0) }
      }
      sender.beginStop()
      sender.waitForEnd()
      #expect(counts[.completed] == 1)
    }
  }
}
