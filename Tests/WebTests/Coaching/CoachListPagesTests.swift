import Database
import Domain
import Support
import Testing
import World

@testable import Web

/// The lists of coaches in User Metrics, the profiles, and their exports.
@Suite struct CoachListPagesTests {
  private let own = CoachDeskSite.own, platform = CoachDeskSite.platform

  @Test(arguments: TestDatabase.engines) func platformCoachesStandWithTheirFigures(_ engine: Dialect) throws {
    try CoachDeskSite.with(engine) { desk in
      let page = try desk.owner.get(platform)
      #expect(page.status == 200 && page.title == "Platform coaches – Northwind Learning – Provost")
      #expect(
        CoachDeskSite.emails(page) == ["ines@coaches.example"] && page.body.contains("<bdi>2 of 2</bdi>") && page.body.contains(">—<"))
      #expect(page.body.contains("href=\"\(platform)/\(desk.world.ines)\"") && !page.body.contains("Mark Osei"))
      for header in ["Number of clients vs total", "Total Sessions", "Average Session Rating", "NPS"] {
        #expect(page.body.contains("What “\(header)” means"), "\(header)")
      }
      #expect(page.body.contains("aria-current=\"page\"") && page.body.contains("Organization coaches"))
      try desk.story { tx in
        try desk.world.session(desk.lenas, at: Cast.now.adding(days: -9), rating: 4, in: tx)
        try desk.world.session(desk.noors, at: Cast.now.adding(days: -9), rating: 5, in: tx)
        try tx.run(
          "INSERT INTO nps_responses (engagement_id, coach_id, score, answered_at) VALUES (\(desk.lenas), \(desk.world.ines), 3, 'x')")
      }
      let rated = try desk.owner.get(platform + "?sort=-average-rating")
      #expect(rated.body.contains("<bdi>4.50</bdi>") && rated.body.contains("<bdi>−100</bdi>"))
      #expect(try CoachDeskSite.emails(desk.owner.get(platform + "?q=DUARTE")).count == 1)
      #expect(try desk.owner.get(platform + "?q=zzz").body.contains("No coach matches"))
      let profile = try desk.owner.get("\(platform)/\(desk.world.ines)")
      #expect(profile.status == 200 && CoachDeskSite.emails(profile) == ["lena@example.com", "noor@northwind.example"])
      for text in ["No biography was written yet.", ">ID<", "of 2 in total", "4.50", "1 answer in all organizations"] {
        #expect(profile.body.contains(text), "\(text)")
      }
      #expect(!profile.body.contains("Assign learner") && !profile.body.contains("Working hours"))
      // Southwind has worked with nobody.
      let stranger = try desk.test.browser(of: desk.test.cast.sten)
      let south = try stranger.get("/o/southwind/user-metrics/platform-coaches")
      #expect(south.body.contains("No platform coach has worked with this organization yet") && !south.body.contains("Ines"))
      #expect(try stranger.get("/o/southwind/user-metrics/platform-coaches/\(desk.world.ines)").status == 404)
    }
  }

  @Test(arguments: TestDatabase.engines) func organizationCoachesStandInTabs(_ engine: Dialect) throws {
    try CoachDeskSite.with(engine) { desk in
      try desk.test.database.write(organization: 0) { try $0.run("UPDATE coaches SET capacity = 0 WHERE id = \(desk.hanne)") }
      let page = try desk.owner.get(own)
      #expect(page.status == 200 && page.title == "Organization coaches, Active – Northwind Learning – Provost")
      #expect(CoachDeskSite.emails(page) == ["hanne.&lt;solberg&gt;@northwind.example", "mark@northwind.example"])
      for (label, count) in [("Active", 2), ("Onboarding", 1), ("Deactivated", 0), ("All", 3)] {
        #expect(page.body.contains("\(label) <span class=\"counter\">\(count)</span>"), "\(label)")
      }
      for act in ["", "/learners", "/availability", "/deactivation"] {
        #expect(page.body.contains("href=\"\(desk.marks(act))\""), "\(act)")
      }
      #expect(page.body.contains("No limit") && page.body.contains(">0 of 0</span>") && !page.body.contains("New coach"))
      #expect(try CoachDeskSite.emails(desk.owner.get(own + "?state=onboarding")) == ["paula.riedl@northwind.example"])
      #expect(try CoachDeskSite.emails(desk.owner.get(own + "?state=all&sort=-name")).first == "paula.riedl@northwind.example")
      #expect(try desk.owner.get(own + "?state=deactivated").body.contains("No coach is deactivated"))
      #expect(try desk.owner.get(own + "?q=zzz").body.contains("No coach matches"))
      let columns = try desk.owner.get(own + "?columns=nps&columns=state&columns=nothing")
      #expect(columns.body.contains("What “NPS” means") && !columns.body.contains("What “Capacity” means"))
      #expect(try desk.test.browser(of: desk.test.cast.tess).get(own).body.contains("href=\"/o/northwind/coaching/coaches/new\""))
      let south = try desk.test.browser(of: desk.test.cast.sten).get("/o/southwind/user-metrics/organization-coaches")
      #expect(south.body.contains("No coaches yet") && !south.body.contains("Mark Osei"))
    }
  }

  @Test(arguments: TestDatabase.engines) func aProfileShowsWhoItIs(_ engine: Dialect) throws {
    try CoachDeskSite.with(engine) { desk in
      let sessions = try desk.story { tx in
        try tx.run(
          """
          UPDATE coaches SET biography = 'Asks <b>one</b> question more', languages = 'English, Twi', credentials = 'Team coach', capacity = 10,
            meeting_link = 'https://meet.example/mark' WHERE id = \(desk.world.mark)
          """)
        try tx.run("UPDATE engagements SET coach_id = \(desk.world.mark) WHERE id = \(desk.lenas)")
        try tx.run("UPDATE engagement_coaches SET coach_id = \(desk.world.mark) WHERE engagement_id = \(desk.lenas)")
        try desk.world.session(desk.lenas, at: Cast.now.adding(days: -4), rating: 5, coach: desk.world.mark, in: tx)
        return try (0..<6).map {
          try desk.world.session(
            desk.lenas, at: CoachDeskSite.monday.adding(days: $0), "SCHEDULED", coach: desk.world.mark, in: tx)
        }
      }
      #expect(sessions.count == 6)
      let page = try desk.owner.get(desk.marks())
      for text in [
        "Asks &lt;b&gt;one&lt;/b&gt; question more", "English, Twi", "Team coach", "https://meet.example/mark", "Europe/Berlin",
        "09:00-17:00",
        "9 places free, 1 in total", "shown once more than one learner has rated", "The next 5 of 6", "1 Jul 2024, 14:00",
        "href=\"\(desk.marks("/sessions"))\"", "href=\"\(desk.marks("/learners"))\"", "Learners now <span class=\"counter\">1</span>",
      ] { #expect(page.body.contains(text), "\(text)") }
      #expect(CoachDeskSite.emails(page) == ["lena@example.com"])
      #expect(try CoachDeskSite.emails(desk.owner.get(desk.marks("?learners=ever&sort=-name"))) == ["lena@example.com"])
      #expect(try desk.owner.get(desk.marks("?q=zzz")).body.contains("No learner matches"))
      let hanne = try desk.owner.get("\(own)/\(desk.hanne)")
      #expect(
        hanne.body.contains("Hanne &lt;Solberg&gt; has had no learner of this organization yet.")
          && hanne.body.contains("None is scheduled."))
      let list = try desk.owner.get(desk.marks("/sessions"))
      #expect(list.body.contains("To come <span class=\"counter\">6</span>") && list.body.contains("Past <span class=\"counter\">1</span>"))
      #expect(list.body.contains("href=\"\(desk.marks("/sessions/\(sessions[0])/transfer"))\"") && list.body.contains("60 min"))
      let past = try desk.owner.get(desk.marks("/sessions?when=past"))
      #expect(past.body.contains("Completed") && !past.body.contains("/transfer"))
      #expect(try desk.owner.get(desk.marks("/sessions?q=zzz")).body.contains("No session matches"))
      #expect(try desk.owner.get("\(own)/\(desk.hanne)/sessions").body.contains("No session is to come"))
    }
  }

  @Test(arguments: TestDatabase.engines) func theFilesHoldWhatIsListed(_ engine: Dialect) throws {
    try CoachDeskSite.with(engine) { desk in
      for (path, name) in [(platform, "platform-coaches"), (own, "organization-coaches")] {
        #expect(try desk.owner.get(path).body.contains("href=\"\(path).csv\""))
        let file = try desk.owner.get(path + ".csv?columns=nps")
        #expect(file.status == 200 && file.headers["Content-Type"] == "text/csv; charset=utf-8")
        #expect(file.headers["Content-Disposition"]?.contains("\(name)-northwind-2024-06-28.csv") == true)
      }
      let tab = try desk.owner.get(own + "?state=all&q=mark&sort=-name&page=3")
      #expect(tab.body.contains("href=\"\(own).csv?state=all&amp;q=mark&amp;sort=-name\""))
    }
  }

  /// Who may see what beneath a coach, and what does not exist.
  @Test(arguments: TestDatabase.engines) func everyPageIsForWhomItIs(_ engine: Dialect) throws {
    try CoachDeskSite.with(engine) { desk in
      let session = try desk.story {
        try desk.world.session(desk.lenas, at: CoachDeskSite.monday, "SCHEDULED", coach: desk.world.mark, in: $0)
      }
      let acts = [
        "/deactivation", "/reactivation", "/assignment?engagement=\(desk.lenas)", "/sessions/\(session)/transfer",
        "/sessions/\(session)/cancellation",
      ]
      let paths =
        ["\(platform)/\(desk.world.ines)", desk.marks(), desk.marks("/learners"), desk.marks("/sessions")] + acts.map { desk.marks($0) }
      for (word, person) in desk.test.cast.everybody {
        let browser = try desk.test.browser(of: person)
        let expected =
          switch word {
          case "account team", "owner": 200
          case "stranger", "learner": 404
          default: 403
          }
        for path in paths { #expect(try browser.get(path).status == expected, "\(word) at \(path)") }
        if expected == 200 { continue }
        for act in acts { #expect(try browser.post(desk.marks(act), [], from: "/none").status == expected, "\(word) posts \(act)") }
      }
      for path in paths {
        #expect(try desk.test.browser.get(path).status == 303, "nobody at \(path)")
        let isAct = acts.contains { path.hasSuffix($0) }
        #expect(try desk.owner.send("POST", path, .empty, []).status == (isAct ? 403 : 405), "POST to \(path)")
      }
      // Another organization's address leads to none of it, whoever asks.
      for person in [desk.test.cast.sten, desk.test.cast.tess] {
        let browser = try desk.test.browser(of: person)
        for path in paths { #expect(try browser.get(path.replacing("northwind", with: "southwind")).status == 404, "\(path)") }
      }
      for path in [
        "\(own)/999", "\(own)/x", "\(platform)/\(desk.world.mark)", "\(own)/\(desk.world.ines)", desk.marks("/sessions/999/transfer"),
      ] {
        #expect(try desk.owner.get(path).status == 404, "\(path)")
      }
    }
  }
}
