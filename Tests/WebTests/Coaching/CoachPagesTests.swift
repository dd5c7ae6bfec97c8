import Database
import Domain
import HTTPServer
import Support
import Testing
import World

@testable import Web

/// A coach's own pages, asked by the coach and by everybody else.
@Suite struct CoachPagesTests {
  /// Every page of a coach that is read.
  static func pages(of coach: Int64, engagement: Int64 = 1, session: Int64 = 1, timeOff: Int64 = 1) -> [String] {
    [
      "", "/profile", "/hours", "/time-off", "/time-off/\(timeOff)/removal", "/learners", "/learners/\(engagement)", "/sessions",
      "/sessions/new", "/sessions/\(session)",
    ].map { "/coach/\(coach)\($0)" }
  }

  /// Every form of a coach.
  static func forms(of coach: Int64, session: Int64, timeOff: Int64) -> [String] {
    [
      "/profile", "/profile/photo", "/profile/photo/removal", "/hours", "/time-off", "/time-off/\(timeOff)/removal", "/sessions/new",
      "/sessions/\(session)/outcome",
    ].map { "/coach/\(coach)\($0)" }
  }

  /// What a test needs of Ines' work: Lena's engagement, a session tomorrow, and time off.
  struct Desk {
    let test: TestSite
    let world: CoachingWorld
    let engagement: Int64, session: Int64, timeOff: Int64
    let start = Cast.now.adding(seconds: 3 * 86_400 + 3600)

    var home: String { "/coach/\(world.ines)" }
    func ines() throws -> TestBrowser { try test.browser(of: world.inesAccount) }
    func mark() throws -> TestBrowser { try test.browser(of: world.markAccount) }
    func write(_ body: (any Connection) throws -> Void) throws {
      try test.database.write(organization: world.organization) { tx in
        try body(tx)
        try world.settle(at: test.cast.time.now, in: tx)
      }
    }
    func scalar(_ sql: SQL) throws -> Int64 { try test.database.read { try $0.scalar(sql) } }
  }

  static func with(_ engine: Dialect, _ body: (Desk) throws -> Void) throws {
    try TestSite.with(engine) { (test) throws in
      let world = try CoachingWorld(test.cast, in: test.database)
      let ids = try test.database.write(organization: world.organization) { tx in
        try tx.run("UPDATE coaches SET meeting_link = 'https://meet.example/room', biography = 'Asks.'")
        let engagement = try world.engage(test.cast.lena.id, in: tx)
        // Monday at one in Berlin.
        let session = try world.session(engagement, at: Cast.now.adding(seconds: 3 * 86_400 + 3600), "SCHEDULED", in: tx)
        let timeOff = try tx.scalar(
          """
          INSERT INTO coach_time_off (coach_id, starts_at, ends_at, note) VALUES (\(world.ines), '2024-07-03T22:00:00.000Z', '2024-07-04T22:00:00.000Z',
            'Dentist') RETURNING id
          """)
        try world.settle(in: tx)
        return (engagement, session, timeOff)
      }
      try body(Desk(test: test, world: world, engagement: ids.0, session: ids.1, timeOff: ids.2))
    }
  }

  @Test(arguments: TestDatabase.engines) func aCoachHasOwnPagesAndNobodyElseHas(_ engine: Dialect) throws {
    try CoachPagesTests.with(engine) { desk in
      let pages = CoachPagesTests.pages(of: desk.world.ines, engagement: desk.engagement, session: desk.session, timeOff: desk.timeOff)
      let forms = CoachPagesTests.forms(of: desk.world.ines, session: desk.session, timeOff: desk.timeOff)
      let (ines, mark) = (try desk.ines(), try desk.mark())
      for page in pages {
        let reply = try ines.get(page)
        #expect(reply.status == 200, "\(page)")
        #expect(try ines.send("PUT", page, .empty, []).status == 405, "PUT to \(page)")
        #expect(try mark.get(page).status == 404, "another coach at \(page)")
        for (word, person) in desk.test.cast.everybody {
          #expect(try desk.test.browser(of: person).get(page).status == 404, "\(word) at \(page)")
        }
        #expect(try desk.test.browser.get(page).location?.hasPrefix("/sign-in?return=%2Fcoach") == true, "nobody at \(page)")
      }
      for form in forms {
        #expect(try ines.send("POST", form, .empty, []).status == 403, "without a token to \(form)")
        #expect(try mark.post(form, [], from: "/no-such-page").status == 404, "another coach to \(form)")
        #expect(
          try desk.test.browser(of: desk.test.cast.tess).post(form, [], from: "/no-such-page").status == 404, "account team to \(form)")
      }
      // Under the own address there is nothing of another coach either.
      let home = "/coach/\(desk.world.mark)"
      for path in [
        "/learners/\(desk.engagement)", "/sessions/\(desk.session)", "/time-off/\(desk.timeOff)/removal", "/learners/x", "/nothing",
      ] {
        #expect(try mark.get(home + path).status == 404, "\(path)")
      }
      #expect(try mark.get(home + "/sessions/new?learner=\(desk.engagement)").status == 404)
      for (form, fields) in [
        ("/sessions/\(desk.session)/outcome", [("outcome", "canceled-by-coach")]), ("/time-off/\(desk.timeOff)/removal", []),
        ("/sessions/new", [("learner", "\(desk.engagement)"), ("start", desk.start.adding(seconds: 3600).text)]),
      ] as [(String, [(String, String)])] {
        #expect(try mark.post(home + form, fields, from: home).status == 404, "\(form)")
      }
      #expect(try desk.scalar("SELECT COUNT(*) FROM coaching_sessions WHERE state = 'SCHEDULED'") == 1)
    }
  }

  @Test(arguments: TestDatabase.engines) func aCoachIsLedToTheOwnPagesAndNowhereElse(_ engine: Dialect) throws {
    try CoachPagesTests.with(engine) { desk in
      let ines = try desk.ines()
      for path in ["/", "/coach", "/sign-in"] {
        let first = try ines.get(path)
        #expect(first.location == (path == "/sign-in" ? "/" : desk.home), "\(path)")
      }
      for path in ["/programs", "/users", "/organizations", "/coaching/coaches"] { #expect(try ines.get(path).status == 403, "\(path)") }
      for path in ["/o/northwind", "/o/northwind/user-metrics/learners", "/o/northwind/users"] {
        #expect(try ines.get(path).status == 404, "\(path)")
      }
      for (word, person) in desk.test.cast.everybody { #expect(try desk.test.browser(of: person).get("/coach").status == 403, "\(word)") }
      let page = try ines.get(desk.home)
      #expect(page.title == "Calendar, 24–30 June 2024 – Provost")
      for text in ["My learners", "Working hours", "Time off", ">Coach<"] { #expect(page.body.contains(text), "\(text)") }
      #expect(try ines.get(desk.home + "?week=2024-07-01").body.contains("Lena Lind"))
      #expect(!page.body.contains("Administration"))
      // Through the form of sign-in.
      let stranger = desk.test.browser
      let signedIn = try stranger.post("/sign-in", [("email", "ines@coaches.example"), ("password", Cast.password)])
      #expect(try signedIn.location == "/" && stranger.get("/").location == desk.home)
    }
  }

  @Test(arguments: TestDatabase.engines) func whoIsBothFindsBoth(_ engine: Dialect) throws {
    try CoachPagesTests.with(engine) { desk in
      try desk.write { _ = try $0.run("UPDATE coaches SET account_id = \(desk.test.cast.olga.id) WHERE id = \(desk.world.mark)") }
      let olga = try desk.test.browser(of: desk.test.cast.olga)
      #expect(try olga.get("/").location == "/o/northwind")
      #expect(try olga.get("/o/northwind").body.contains("href=\"/coach/\(desk.world.mark)\""))
      let own = try olga.get("/coach/\(desk.world.mark)")
      #expect(own.status == 200 && own.body.contains("Administration") && own.body.contains("Northwind Learning"))
      #expect(try olga.get(desk.home).status == 404)
    }
  }

  @Test(arguments: TestDatabase.engines) func theNextRequestOfADeactivatedCoachIsRefused(_ engine: Dialect) throws {
    try CoachPagesTests.with(engine) { desk in
      let (team, ines) = (try desk.test.browser(of: desk.test.cast.tess), try desk.ines())
      #expect(try ines.get(desk.home).status == 200)
      let path = "/coaching/coaches/\(desk.world.ines)/deactivation"
      #expect(try team.post(path, [], from: path).status == 303)
      for page in CoachPagesTests.pages(of: desk.world.ines, engagement: desk.engagement, session: desk.session, timeOff: desk.timeOff) {
        #expect(try ines.get(page).location?.hasPrefix("/sign-in") == true, "\(page)")
      }
      #expect(try ines.post(desk.home + "/hours", [("hours-monday", "")], from: "/sign-in").status == 403)
      let refused = try desk.test.browser.post("/sign-in", [("email", "ines@coaches.example"), ("password", Cast.password)])
      #expect(refused.status == 422)
      // However it came about, as by an import.
      let mark = try desk.mark()
      #expect(try mark.get("/coach/\(desk.world.mark)").status == 200)
      try desk.write { _ = try $0.run("UPDATE coaches SET deactivated_at = \(Cast.now.text) WHERE id = \(desk.world.mark)") }
      #expect(try mark.get("/coach/\(desk.world.mark)").location?.hasPrefix("/sign-in") == true)
      // Who has another role stays signed in, without the coach's pages.
      try desk.write { _ = try $0.run("UPDATE coaches SET account_id = \(desk.test.cast.olga.id) WHERE id = \(desk.world.mark)") }
      let olga = try desk.test.browser(of: desk.test.cast.olga)
      #expect(try olga.get("/o/northwind").status == 200 && olga.get("/coach/\(desk.world.mark)").status == 404)
    }
  }

  @Test(arguments: TestDatabase.engines) func profileHoursAndTimeOffAreTheCoachs(_ engine: Dialect) throws {
    try CoachPagesTests.with(engine) { desk in
      try desk.write { tx in
        try tx.run("UPDATE coaches SET profile_saved_at = '', hours_saved_at = ''")
        try tx.run("DELETE FROM coach_hours")
      }
      let ines = try desk.ines()
      let home = try ines.get(desk.home).body
      #expect(home.contains("Write your profile") && home.contains("Set your working hours"))
      let (profile, hours, away) = (desk.home + "/profile", desk.home + "/hours", desk.home + "/time-off")
      let fields = [
        ("biography", "Two <lines>"), ("languages", "English"), ("credentials", ""), ("meeting-link", "meet"), ("session-minutes", "45"),
        ("time-zone", "Europe/Lisbon"), ("name", "Somebody"), ("email", "x@example.com"), ("capacity", "1"),
      ]
      let refused = try ines.post(profile, fields, from: profile)
      #expect(refused.status == 422 && refused.body.contains("#field-meeting-link") && refused.body.contains("Two &lt;lines&gt;"))
      #expect(try ines.post(profile, fields.map { $0.0 == "meeting-link" ? ("meeting-link", "") : $0 }, from: profile).location == profile)
      let saved = try ines.get(profile).body
      #expect(
        saved.contains("Your profile is saved.") && saved.contains("value=\"45\"") && saved.contains("ines@coaches.example"))
      let wrong = try ines.post(hours, [("hours-monday", "9-5"), ("hours-friday", "09:00-10:00")], from: hours)
      #expect(wrong.status == 422 && wrong.body.contains("#field-hours-monday") && wrong.body.contains("value=\"9-5\""))
      #expect(try ines.post(hours, [("hours-monday", "09:00-12:00")], from: hours).location == hours)
      #expect(try ines.get(hours).body.contains("value=\"09:00-12:00\""))
      #expect(try !ines.get(desk.home).body.contains("nearly there"))
      // Nine in Lisbon.
      #expect(try ines.get(desk.home + "?week=2024-07-01").body.contains("start=2024-07-01T08"))

      let bad = try ines.post(away, [("from", "soon"), ("to", "2024-07-09"), ("note", "\"N\"")], from: away)
      #expect(
        bad.status == 422 && bad.body.contains("#field-from") && bad.body.contains("value=\"&quot;N&quot;\"")
          && bad.body.contains("value=\"soon\""))
      let over = [("from", "2024-07-01"), ("to", "2024-07-01"), ("from-time", "10:00"), ("to-time", "18:00"), ("note", "Off & away")]
      #expect(try ines.post(away, over, from: away).location == away)
      let list = try ines.get(away).body
      #expect(
        list.contains("1 session is scheduled in it") && list.contains("Mon 1 Jul 2024, 10:00–18:00") && list.contains("Off &amp; away"))
      let removal = away + "/\(desk.timeOff)/removal"
      #expect(try ines.get(removal).body.contains("Dentist"))
      #expect(try ines.post(removal, [], from: removal).location == away)
      #expect(try !ines.get(away).body.contains("Dentist") && ines.get(removal).status == 404)

      #expect(try ines.upload("photo", Array("GIF89a".utf8), to: profile + "/photo", from: profile).status == 422)
      let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + [
          0, 0, 0, 4, 0, 0, 0, 4, 8, 6, 0, 0, 0, 1, 2, 3, 4,
        ]
      #expect(try ines.upload("photo", png, to: profile + "/photo", from: profile).location == profile)
      #expect(try ines.get(profile).body.contains("alt=\"Photo of Ines Duarte\""))
      #expect(try ines.post(profile + "/photo/removal", [], from: profile).location == profile)
      #expect(try desk.scalar("SELECT COUNT(*) FROM coach_photos") == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func aCoachReadsWhatACoachMay(_ engine: Dialect) throws {
    try CoachPagesTests.with(engine) { desk in
      try desk.write { tx in
        try tx.run("INSERT INTO goals (engagement_id, text) VALUES (\(desk.engagement), 'Say <no>')")
        try tx.run("INSERT INTO focus_areas (engagement_id, focus_skill_id) VALUES (\(desk.engagement), \(desk.world.listening))")
        try tx.run(
          """
          INSERT INTO engagement_notes (engagement_id, author_id, text, note_key, at)
          VALUES (\(desk.engagement), \(desk.test.cast.olga.id), 'A secret', '', \(Cast.now.text))
          """)
        try desk.world.session(desk.engagement, at: Cast.now.adding(days: -2), rating: 1, in: tx)
        try tx.run("UPDATE coaching_sessions SET comment = 'Never again' WHERE rating = 1")
      }
      let ines = try desk.ines()
      let list = try ines.get(desk.home + "/learners").body
      #expect(list.contains("Lena Lind") && list.contains("Steady State") && list.contains("1 of 12"))
      #expect(try ines.get(desk.home + "/learners?q=zzz").body.contains("No learner matches"))
      #expect(try ines.get(desk.home + "/learners?tab=former").body.contains("No learners from before"))
      let page = try ines.get(desk.home + "/learners/\(desk.engagement)").body
      for text in ["Say &lt;no&gt;", "Listening", "Schedule a session", "Mon 1 Jul 2024, 13:00–14:00"] {
        #expect(page.contains(text), "\(text)")
      }
      for text in ["A secret", "Never again", "Magdalena", "Data Academy"] { #expect(!page.contains(text), "\(text)") }
      // Once another coach has taken over, what was with this one is all there is.
      try desk.write { tx in
        try tx.run("UPDATE engagements SET coach_id = \(desk.world.mark)")
        try desk.world.session(desk.engagement, at: Cast.now.adding(days: -1), coach: desk.world.mark, in: tx)
      }
      let former = try ines.get(desk.home + "/learners?tab=former&sort=-ends").body
      #expect(former.contains("With another coach") && former.contains("sort=-name"))
      for text in [" of 12", "sort=stage", "sort=next"] { #expect(!former.contains(text), "\(text)") }
      let theirs = try ines.get(desk.home + "/learners/\(desk.engagement)").body
      #expect(theirs.contains("Sessions completed with you") && !theirs.contains(" of 12") && !theirs.contains(">Ends<"))
    }
  }
}
