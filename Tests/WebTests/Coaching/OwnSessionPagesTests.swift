import Database
import Domain
import HTTPServer
import Support
import Testing
import World

@testable import Web

/// A coach schedules sessions and says what became of them.
@Suite struct OwnSessionPagesTests {
  /// Where this week has nothing left, the choice of a slot begins with the first one that has.
  @Test(arguments: TestDatabase.engines) func theFirstWeekWithAFreeSlotIsShown(_ engine: Dialect) throws {
    try CoachPagesTests.with(engine) { desk in
      try desk.write {
        try $0.run(
          """
          INSERT INTO coach_time_off (coach_id, starts_at, ends_at, note)
          VALUES (\(desk.world.ines), '2024-06-20T00:00:00.000Z', '2024-07-07T22:00:00.000Z', '')
          """)
      }
      let (ines, path) = (try desk.ines(), desk.home + "/sessions/new?learner=\(desk.engagement)")
      #expect(try ines.get(path).body.contains("8–14 July 2024"))
      // A week that is asked for is shown.
      #expect(try ines.get(path + "&week=2024-06-24").body.contains("24–30 June 2024"))
    }
  }

  @Test(arguments: TestDatabase.engines) func aSessionIsScheduledIntoAFreeSlot(_ engine: Dialect) throws {
    try CoachPagesTests.with(engine) { desk in
      let ines = try desk.ines()
      let new = desk.home + "/sessions/new"
      #expect(try ines.get(new).body.contains("<option value=\"\(desk.engagement)\">Lena Lind, Northwind Learning</option>"))
      let slots = try ines.get(new + "?learner=\(desk.engagement)&week=2024-07-01")
      #expect(slots.status == 200 && slots.body.contains("11 sessions left of 12"))
      // Monday at two, after the session at one.
      let start = desk.start.adding(seconds: 3600)
      let found = try #require(slots.body.firstMatch(of: /href="([^"]*start=2024-07-01T12[^"]*)"/)?.output.1)
      let link = String(found).replacing("&amp;", with: "&")
      #expect(!slots.body.contains("start=2024-07-01T11"))
      let confirm = try ines.get(link)
      for text in ["Mon 1 Jul 2024, 14:00–15:00", "Europe/Berlin (UTC+2)", "https://meet.example/room", "10 of 12"] {
        #expect(confirm.body.contains(text), "\(text)")
      }
      let fields = [("learner", "\(desk.engagement)"), ("start", start.text)]
      let made = try #require(try ines.post(new, fields, from: link).location)
      #expect(made.hasPrefix(desk.home + "/sessions/"))
      let page = try ines.get(made)
      #expect(page.status == 200 && page.body.contains("The session is scheduled.") && page.body.contains("Cancel session"))
      #expect(try ines.get(desk.home + "/sessions").body.contains("Mon 1 Jul 2024, 14:00–15:00"))
      // Administrators see it at once.
      let learner = try desk.test.browser(of: desk.test.cast.olga).get("/o/northwind/user-metrics/learners/\(desk.engagement)")
      #expect(learner.body.contains("1 Jul 2024, 14:00"))

      // What cannot be booked is shown again with the reason.
      let taken = try ines.post(new, fields, from: new)
      #expect(taken.status == 409 && taken.title?.hasPrefix("Error: Schedule a session") == true)
      #expect(taken.body.contains("no longer free") && taken.body.contains("href=\"#field-start\"") && taken.body.contains("1–7 July 2024"))
      #expect(try ines.post(new, [("learner", "\(desk.engagement)"), ("start", "soon")], from: new).status == 422)
      #expect(try ines.get(new + "?learner=\(desk.engagement)&start=soon").status == 422)
      #expect(try ines.post(new, [("learner", "x"), ("start", start.text)], from: new).status == 404)
      try desk.write { _ = try $0.run("UPDATE engagements SET meeting_links = 0") }
      let bare = [("learner", "\(desk.engagement)"), ("start", start.adding(seconds: 3600).text), ("meeting-link", "<here>")]
      let linkless = try ines.post(new, bare, from: new)
      #expect(linkless.status == 422 && linkless.body.contains("value=\"&lt;here&gt;\"") && linkless.body.contains("#field-meeting-link"))
      try desk.write { _ = try $0.run("UPDATE engagements SET paused_at = \(Cast.now.text)") }
      let paused = try ines.post(new, fields, from: new)
      #expect(paused.status == 409 && paused.body.contains("is paused") && !paused.body.contains("Schedule session</button>"))
      #expect(try ines.get(new + "?learner=\(desk.engagement)").body.contains("is paused"))
      #expect(try ines.get(new).body.contains("No learners to schedule with"))
    }
  }

  @Test(arguments: TestDatabase.engines) func aSessionIsMarked(_ engine: Dialect) throws {
    try CoachPagesTests.with(engine) { desk in
      var ines = try desk.ines()
      let path = desk.home + "/sessions/\(desk.session)"
      let before = try ines.get(path).body
      #expect(before.contains("Canceled by the learner") && !before.contains("value=\"completed\""))
      let early = try ines.post(path + "/outcome", [("outcome", "completed")], from: path)
      #expect(early.status == 422 && early.body.contains("has not begun yet") && early.body.contains("#field-outcome"))
      desk.test.cast.time.pass(seconds: 3 * 86_400 + 2 * 3600)
      ines = try desk.ines()
      let waiting = try ines.get(desk.home + "/sessions?tab=to-mark").body
      #expect(waiting.contains("Waits to be marked") && waiting.contains("Lena Lind"))
      let nothing = try ines.post(path + "/outcome", [("manager-attended", "yes")], from: path)
      #expect(
        nothing.status == 422 && nothing.body.contains("Say what became of the session.") && nothing.body.contains("value=\"yes\" checked"))
      let marked = try ines.post(path + "/outcome", [("outcome", "completed"), ("manager-attended", "yes")], from: path)
      #expect(marked.location == path)
      let after = try ines.get(path).body
      #expect(after.contains("The session is marked: completed.") && after.contains("Correct it"))
      #expect(try desk.scalar("SELECT manager_sessions FROM engagement_rows") == 1)
      let learner = try desk.test.browser(of: desk.test.cast.olga).get("/o/northwind/user-metrics/learners/\(desk.engagement)").body
      #expect(learner.contains("Completed") && learner.contains("with the manager: 1"))
      let canceled = [("outcome", "canceled-by-learner"), ("canceled-day", "2024-06-30"), ("canceled-time", "13:01")]
      #expect(try ines.post(path + "/outcome", canceled, from: path).location == path)
      let form = try ines.get(path).body
      #expect(form.contains("Canceled late") && form.contains("value=\"2024-06-30\"") && form.contains("value=\"13:01\""))
      try desk.write { _ = try $0.run("UPDATE coaching_sessions SET state = 'COMPLETED', canceled_at = '', canceled_by = '', rating = 4") }
      let rated = try ines.get(path).body
      #expect(rated.contains("has rated this session") && !rated.contains("name=\"outcome\""))
      // Whether the manager was there can still be mended.
      #expect(try ines.post(path + "/outcome", [("manager-attended", "yes")], from: path).location == path)
      #expect(try desk.scalar("SELECT COUNT(*) FROM coaching_sessions WHERE manager_attended = 1 AND rating = 4") > 0)
      #expect(try ines.post(path + "/outcome", [("outcome", "missed")], from: desk.home).status == 409)
    }
  }
}
