import Database
import Domain
import Support
import Testing
import World

@testable import Web

/// Assigning learners to a coach of an organization's own.
@Suite struct CoachAssignmentPagesTests {
  @Test(arguments: TestDatabase.engines) func learnersAreChosenConfirmedAndAssigned(_ engine: Dialect) throws {
    try CoachDeskSite.with(engine) { desk in
      try desk.story { tx in
        try tx.run("UPDATE engagements SET coach_id = NULL WHERE id = \(desk.noors)")
        try tx.run("UPDATE coaches SET capacity = 10 WHERE id = \(desk.world.mark)")
        try desk.world.session(desk.lenas, at: CoachDeskSite.monday, "SCHEDULED", in: tx)
      }
      let (list, act) = (desk.marks("/learners"), desk.marks("/assignment"))
      let page = try desk.owner.get(list)
      #expect(page.status == 200 && page.title == "Assign learners – Mark Osei – Northwind Learning – Provost")
      #expect(CoachDeskSite.emails(page) == ["lena@example.com", "noor@northwind.example"])
      #expect(page.body.contains("Mark Osei has 0 of 10 learners: 10 places free") && page.body.contains("Assign to Mark Osei"))
      #expect(page.body.contains("href=\"\(act)?engagement=\(desk.noors)\">+ Assign</a>"))
      #expect(try CoachDeskSite.emails(desk.owner.get(list + "?without=coach")) == ["noor@northwind.example"])
      #expect(try CoachDeskSite.emails(desk.owner.get(list + "?q=LENA")) == ["lena@example.com"])
      #expect(try desk.owner.get(list + "?select=page").body.matches(of: /name="engagement" value="\d+"[^>]*\s+checked/).count == 2)
      let both = "?engagement=\(desk.lenas)&engagement=\(desk.noors)"
      let ask = try desk.owner.get(act + both)
      for text in [
        "Assign 2 learners to Mark Osei?", "<bdi>Lena Lind</bdi>, lena@example.com: Ines Duarte is replaced",
        "<bdi>Noor Haddad</bdi>, noor@northwind.example: has no coach yet",
        "1 of them has a coach now, who is replaced", "0 learners now, and 2 of 10 after this", "1 session is scheduled with other coaches",
        "<bdi>Lena Lind</bdi> with Ines Duarte, 1 Jul 2024, 14:00", "Assign 2 learners</button>",
      ] { #expect(ask.body.contains(text), "\(text)") }
      let fields = [("engagement", "\(desk.lenas)"), ("engagement", "\(desk.noors)")]
      #expect(try desk.owner.post(act, fields, from: act + both).location == desk.marks())
      #expect(try desk.owner.get(desk.marks()).body.contains("2 learners have Mark Osei as coach now."))
      #expect(try desk.number("SELECT COUNT(*) FROM engagements WHERE coach_id = \(desk.world.mark)") == 2)
      #expect(try desk.owner.get(list).body.contains("Nobody is left to assign"))
      #expect(try desk.owner.get(act + both).body.contains("It applies to none of those selected."))
      // Undone where learners are.
      let restoration = "/o/northwind/user-metrics/learners/restoration"
      let id = try #require(try desk.owner.get(restoration).hidden("act"))
      _ = try desk.owner.post(restoration, [("act", id)], from: restoration)
      #expect(try desk.number("SELECT COUNT(*) FROM engagements WHERE coach_id = \(desk.world.mark)") == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func beyondTheCapacityNothingIsDone(_ engine: Dialect) throws {
    try CoachDeskSite.with(engine) { desk in
      try desk.story { try $0.run("UPDATE coaches SET capacity = 1 WHERE id = \(desk.world.mark)") }
      let act = desk.marks("/assignment")
      let sentence = "Mark Osei has 1 place free (0 of 1 learner now), and 2 learners are selected. Select at most 1."
      let ask = try desk.owner.get(act + "?all=1")
      #expect(ask.status == 422 && ask.title?.hasPrefix("Error: ") == true && ask.body.contains(sentence))
      #expect(!ask.body.contains("Assign 2 learners</button>") && !ask.body.contains("after this") && ask.body.contains("Lena Lind"))
      let sent = try desk.owner.post(act, [("all", "1")], from: act + "?engagement=\(desk.lenas)")
      #expect(sent.status == 422 && sent.body.contains(sentence))
      #expect(try desk.number("SELECT COUNT(*) FROM engagements WHERE coach_id = \(desk.world.mark)") == 0)
      // All that match the search, and nobody else.
      #expect(try desk.owner.post(act, [("all", "1"), ("q", "noor")], from: act + "?engagement=\(desk.lenas)").status == 303)
      #expect(try desk.number("SELECT coach_id FROM engagements WHERE id = \(desk.noors)") == desk.world.mark)
      #expect(try desk.number("SELECT coach_id FROM engagements WHERE id = \(desk.lenas)") == desk.world.ines)
      let full = try desk.owner.get(act + "?engagement=\(desk.lenas)")
      #expect(full.status == 422 && full.body.contains("Mark Osei has no place free: 1 of 1 learner now."))
    }
  }

  @Test(arguments: TestDatabase.engines) func whoSelectsNobodyIsLedBack(_ engine: Dialect) throws {
    try CoachDeskSite.with(engine) { desk in
      let (list, act) = (desk.marks("/learners"), desk.marks("/assignment"))
      #expect(try desk.owner.get(act + "?q=x").location == list + "?q=x")
      #expect(try desk.owner.get(list).body.contains("Nobody was selected."))
      #expect(try desk.owner.post(act, [("engagement", "x")], from: act + "?engagement=\(desk.lenas)").location == list)
      // Learners of other organizations are nobody.
      let ask = try desk.owner.get(act + "?engagement=999")
      #expect(ask.status == 200 && ask.body.contains("Assign 0 learners") && ask.body.contains("It applies to none"))
    }
  }
}
