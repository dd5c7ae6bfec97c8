import Database
import Domain
import Support
import Testing
import World

@testable import Web

/// Deactivating and reactivating a coach of an organization's own.
@Suite struct CoachDeparturePagesTests {
  @Test(arguments: TestDatabase.engines) func whatFollowsIsSaidAndComesAtOnce(_ engine: Dialect) throws {
    try CoachDeskSite.with(engine) { desk in
      try desk.story { tx in
        try tx.run("UPDATE engagements SET coach_id = \(desk.world.mark)")
        for day in [0, 7] as [Int64] {
          try desk.world.session(
            desk.lenas, at: CoachDeskSite.monday.adding(days: day), "SCHEDULED", coach: desk.world.mark, in: tx)
        }
      }
      let coach = try desk.test.browser(of: desk.world.markAccount)
      #expect(try coach.get("/").location?.hasPrefix("/sign-in") != true)
      let path = desk.marks("/deactivation")
      let ask = try desk.owner.get(path)
      for text in [
        "Deactivate Mark Osei?", "Mark Osei can no longer sign in as a coach of Northwind Learning", "1 open sign-in ends at once.",
        "2 learners are left without a coach who is at work", "2 sessions are scheduled and need another coach.",
        "<bdi>Lena Lind</bdi>, 1 Jul 2024, 14:00", "You can reactivate Mark Osei at any time.",
      ] { #expect(ask.body.contains(text), "\(text)") }
      #expect(try desk.number("SELECT COUNT(*) FROM coaches WHERE deactivated_at <> ''") == 0)
      #expect(try desk.owner.post(path, from: path).location == desk.marks("/sessions"))
      // The very next request of the open session is refused.
      #expect(try coach.get("/").location?.hasPrefix("/sign-in") == true)
      let sessions = try desk.owner.get(desk.marks("/sessions"))
      for text in ["Mark Osei is deactivated.", "2 sessions need another coach", "2 learners have no coach at work."] {
        #expect(sessions.body.contains(text), "\(text)")
      }
      #expect(sessions.body.contains("href=\"/o/northwind/user-metrics/learners?coach=\(desk.world.mark)\""))
      let list = try desk.owner.get(CoachDeskSite.own + "?state=deactivated")
      #expect(list.body.contains("href=\"\(desk.marks("/reactivation"))\"") && !list.body.contains("Assign learner"))
      #expect(try desk.owner.get(path).body.contains("Mark Osei is deactivated already."))
      #expect(try desk.owner.get(desk.marks("/learners")).location == desk.marks())
      let again = desk.marks("/reactivation")
      #expect(try desk.owner.get(again).body.contains("2 learners still have Mark Osei as coach."))
      #expect(try desk.owner.post(again, from: again).location == desk.marks())
      #expect(try desk.owner.get(desk.marks()).body.contains("Mark Osei is active again."))
      #expect(try desk.owner.get(again).body.contains("Mark Osei is at work already."))
      let deeds = try desk.test.database.read { connection in
        try connection.all("SELECT action FROM audit_events WHERE subject_kind = 'coach' ORDER BY id") { $0.text(0) }
      }
      #expect(deeds == ["coach_deactivated", "coach_reactivated"])
    }
  }

  @Test(arguments: TestDatabase.engines) func whoHasNothingLeavesNothing(_ engine: Dialect) throws {
    try CoachDeskSite.with(engine) { desk in
      let path = "\(CoachDeskSite.own)/\(desk.paula)"
      let ask = try desk.owner.get(path + "/deactivation")
      for text in ["No open sign-in ends.", "No learner is left without a coach.", "No session is scheduled."] {
        #expect(ask.body.contains(text), "\(text)")
      }
      #expect(try desk.owner.post(path + "/deactivation", from: path + "/deactivation").location == path)
      #expect(try desk.owner.post(path + "/reactivation", from: path + "/reactivation").location == path)
      #expect(try desk.owner.get(path).body.contains("Paula Riedl is onboarding again."))
      #expect(try desk.owner.post("\(CoachDeskSite.own)/999/deactivation", from: path + "/deactivation").status == 404)
      #expect(try desk.owner.post("\(CoachDeskSite.own)/\(desk.world.ines)/deactivation", from: path + "/deactivation").status == 404)
    }
  }
}
