import Database
import Foundation
import Support
import Testing
import World

@testable import Domain
@testable import Web

@Suite struct AvailabilityPagesTests {
  private func path(_ desk: CoachPagesTests.Desk, _ coach: Int64, _ slug: String = "northwind") -> String {
    "/o/\(slug)/user-metrics/organization-coaches/\(coach)/availability"
  }

  @Test(arguments: TestDatabase.engines) func administratorsSeeTheWeekOfTheirCoach(_ engine: Dialect) throws {
    try CoachPagesTests.with(engine) { desk in
      let mark = desk.world.mark
      try desk.write { tx in
        try tx.run("UPDATE coaches SET time_zone = 'America/New_York' WHERE id = \(mark)")
        try desk.world.session(desk.engagement, at: Cast.now.adding(seconds: 4 * 86_400 + 6 * 3600), "SCHEDULED", coach: mark, in: tx)
      }
      let olga = try desk.test.browser(of: desk.test.cast.olga)
      let page = try olga.get(path(desk, mark) + "?week=2024-07-03")
      #expect(
        page.status == 200 && page.title == "Availability, 1–7 July 2024 – Mark Osei – Organization coaches – Northwind Learning – Provost")
      // Tuesday at noon in New York is six in the evening in Berlin.
      for text in [
        "Times in Europe/Berlin (UTC+2)", "18:00–19:00", "Lena Lind", "Working hours", "15:00–23:00", "8 free slots", "7 free slots",
        "href=\"/o/northwind/user-metrics/learners/\(desk.engagement)\"", "America/New York", "week=2024-07-08",
      ] {
        #expect(page.body.contains(text), "\(text)")
      }
      // There is nothing to book here, and the week is this one unless the address says otherwise.
      #expect(!page.body.contains("start="))
      let there = try olga.get(path(desk, mark) + "?week=2024-07-03&zone=America/New_York")
      #expect(
        there.body.contains("Times in America/New York (UTC−4)") && there.body.contains("12:00–13:00") && there.body.contains("09:00–17:00")
      )
      for query in ["", "?week=soon&zone=Mars", "?week=9999-01-01"] {
        let plain = try olga.get(path(desk, mark) + query)
        #expect(plain.status == 200 && plain.title?.hasPrefix("Availability, 24–30 June 2024") == true, "\(query)")
      }
      try desk.write { _ = try $0.run("UPDATE coaches SET deactivated_at = \(Cast.now.text) WHERE id = \(mark)") }
      let gone = try olga.get(path(desk, mark) + "?week=2024-07-03").body
      #expect(gone.contains("is deactivated") && !gone.contains("8 free slots"))
    }
  }

  @Test(arguments: TestDatabase.engines) func theWeekIsForWhomItIs(_ engine: Dialect) throws {
    try CoachPagesTests.with(engine) { desk in
      let own = path(desk, desk.world.mark)
      for (word, person) in desk.test.cast.everybody {
        let expected =
          switch word {
          case "account team", "owner": 200
          case "stranger", "learner": 404
          default: 403
          }
        #expect(try desk.test.browser(of: person).get(own).status == expected, "\(word)")
      }
      #expect(try desk.mark().get(own).status == 404 && desk.test.browser.get(own).status == 303)
      let team = try desk.test.browser(of: desk.test.cast.tess)
      #expect(try team.send("POST", own, .empty, []).status == 405)
      #expect(try team.get("/o/northwind/coaching/coaches/\(desk.world.mark)").body.contains("href=\"\(own)\""))
      // A coach of the platform, or of another organization, has no such page.
      for other in [path(desk, desk.world.ines), path(desk, desk.world.mark, "southwind"), path(desk, 999)] {
        #expect(try team.get(other).status == 404, "\(other)")
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func whatACoachDoesForOthersIsNotNamed(_ engine: Dialect) throws {
    try CoachPagesTests.with(engine) { desk in
      // Mark also coaches for the platform, at Southwind; Lena is Magdalena there.
      let south = desk.test.cast.southwind.id
      var session: Int64 = 0
      try desk.write { tx in
        let platform = try tx.scalar(
          """
          INSERT INTO coaches (organization_id, account_id, name, name_key, search_key, time_zone, created_at)
          SELECT 0, account_id, name, name_key, search_key, time_zone, created_at FROM coaches WHERE id = \(desk.world.mark) RETURNING id
          """)
        let now = Cast.now.text
        let purchase = try tx.scalar(
          "INSERT INTO company_purchases (organization_id, name, licenses, sessions, created_at) VALUES (\(south), 'S', 9, 9, \(now)) RETURNING id"
        )
        let group = try tx.scalar(
          "INSERT INTO coaching_groups (organization_id, name, created_at) VALUES (\(south), 'S', \(now)) RETURNING id")
        let engagement = try tx.scalar(
          """
          INSERT INTO engagements (organization_id, user_id, group_id, company_purchase_id, coach_id, launched_at, ends_at, duration_days,
            minimum_invited, minimum_answered, maximum_invited, remeasurement, created_at)
          VALUES (\(south), \(desk.test.cast.lena.id), \(group), \(purchase), \(platform), \(now), \(Cast.now.adding(days: 90).text), 90, 3, 2, 15, 0,
            \(now)) RETURNING id
          """)
        session = try desk.world.session(engagement, at: desk.start, "SCHEDULED", coach: platform, in: tx)
        let notes: [(coach: Int64, days: Int64, note: String)] = [
          (platform, 1, "Workshop at Southwind"), (desk.world.mark, 2, "Dentist at nine"),
        ]
        for (coach, days, note) in notes {
          let starts = desk.start.adding(days: days)
          try tx.run(
            """
            INSERT INTO coach_time_off (coach_id, starts_at, ends_at, note)
            VALUES (\(coach), \(starts.text), \(starts.adding(seconds: 3600).text), \(note))
            """)
        }
      }
      let page = try desk.test.browser(of: desk.test.cast.olga).get(path(desk, desk.world.mark) + "?week=2024-07-01").body
      #expect(page.contains("Busy") && page.contains("7 free slots") && !page.contains("Magdalena"))
      // Time off of either is time off, but a note is only for whose it was written.
      #expect(page.contains("Time off") && page.contains("Dentist at nine") && !page.contains("Workshop"))
      // Mark finds it, and the way to it.
      let own = try desk.mark().get("/coach/\(desk.world.mark)?week=2024-07-01").body
      #expect(own.contains("Magdalena Sund") && own.contains("/sessions/") && own.contains("Coaching, platform"))
      #expect(own.contains("Workshop at Southwind") && own.contains("Dentist at nine"))
      // Whom it is with is no longer said once the platform has deactivated the coach; the time stays taken.
      try desk.write { tx in
        try tx.run(
          "UPDATE coaches SET deactivated_at = \(Cast.now.text) WHERE organization_id = 0 AND account_id = \(desk.world.markAccount.id)")
        try tx.run("UPDATE engagements SET coach_id = \(desk.world.mark) WHERE id = \(desk.engagement)")
      }
      let (home, mark) = ("/coach/\(desk.world.mark)", try desk.mark())
      for path in ["?week=2024-07-01", "/sessions/new?learner=\(desk.engagement)&week=2024-07-01"] {
        let left = try mark.get(home + path)
        #expect(left.status == 200 && left.body.contains("Another session") && left.body.contains("7 free slots"), "\(path)")
        #expect(!left.body.contains("Magdalena") && !left.body.contains("/sessions/\(session)\""), "\(path)")
      }
    }
  }

  /// A week in which the clocks go back: the hour that comes twice has a row of its own.
  @Test func theAxisHasARowForTheHourThatComesTwice() throws {
    let zone = try #require(TimeZone(identifier: "America/New_York"))
    func calendar(_ day: String) throws -> WeekCalendar {
      WeekCalendar(
        CoachSchedule(
          zone: zone, sessionMinutes: 60, hours: try WorkingHours("Mon-Sun 00:00-06:00"), timeOff: [], sessions: [], isActive: true),
        week: try #require(CivilDate(day)), in: zone, at: Moment(milliseconds: 0))
    }
    let autumn = try calendar("2024-11-03")
    let axis = WeekAxis(autumn)
    #expect(axis.hours.map(\.label) == ["00:00", "01:00", "01:00 again", "02:00", "03:00", "04:00", "05:00"])
    let (saturday, sunday) = (autumn.days[5].entries, autumn.days[6].entries)
    #expect(saturday.count { $0.kind == .free } == 6 && sunday.count { $0.kind == .free } == 7)
    let rows = sunday.filter { $0.kind == .free }.map { axis.classes($0.stretch, in: autumn) }
    #expect(rows == (0..<7).map { "from-\($0) past-0 to-\($0 + 1) till-0" })
    // The other days have nothing in that row: what follows stands below it.
    #expect(axis.classes(saturday.filter { $0.kind == .free }[2].stretch, in: autumn) == "from-3 past-0 to-4 till-0")
    let spring = try calendar("2024-03-10")
    let plain = WeekAxis(spring)
    #expect(plain.hours.map(\.label) == ["00:00", "01:00", "02:00", "03:00", "04:00", "05:00"])
    #expect(spring.days[6].change.flatMap { plain.classes(skipped: $0) } == "from-2 past-0 to-3 till-0")
  }
}
