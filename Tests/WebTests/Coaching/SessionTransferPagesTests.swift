import Database
import Domain
import Support
import Testing
import World

@testable import Web

/// Moving and canceling sessions of a coach.
@Suite struct SessionTransferPagesTests {
  private func with(_ engine: Dialect, _ body: (CoachDeskSite, Int64) throws -> Void) throws {
    try CoachDeskSite.with(engine) { desk in
      let session = try desk.story {
        try desk.world.session(desk.lenas, at: CoachDeskSite.monday, "SCHEDULED", coach: desk.world.mark, in: $0)
      }
      try body(desk, session)
    }
  }

  @Test(arguments: TestDatabase.engines) func aSessionIsMovedToWhoIsFree(_ engine: Dialect) throws {
    try with(engine) { desk, session in
      let path = desk.marks("/sessions/\(session)/transfer")
      let ask = try desk.owner.get(path)
      for text in [
        "Lena Lind meets Mark Osei on 1 Jul 2024, 14:00.", "Hanne &lt;Solberg&gt;", "14:00 there (Europe/Oslo)",
        "<bdi>Paula Riedl</bdi> does not work at that time",
      ] { #expect(ask.body.contains(text), "\(text)") }
      for (coach, sentence) in [
        ("", "Choose a coach."), ("\(desk.world.ines)", "Ines Duarte cannot take it. Choose somebody else."),
        ("\(desk.paula)", "Paula Riedl does not work at that time. Choose somebody who is free."),
      ] {
        let refused = try desk.owner.post(path, [("coach-id", coach)], from: path)
        #expect(refused.status == 422 && refused.title?.hasPrefix("Error: ") == true && refused.body.contains(sentence), "\(coach)")
        #expect(refused.body.contains("href=\"#field-coach-id\"") && refused.body.contains("id=\"field-coach-id\""))
      }
      #expect(try desk.owner.post(path, [("coach-id", "\(desk.hanne)")], from: path).location == desk.marks("/sessions"))
      #expect(
        try desk.owner.get(desk.marks("/sessions")).body.contains(
          "The session of Lena Lind, 1 Jul 2024, 14:00, is with Hanne &lt;Solberg&gt; now."))
      #expect(try desk.number("SELECT coach_id FROM coaching_sessions WHERE id = \(session)") == desk.hanne)
      #expect(try desk.owner.get(path).status == 404)
    }
  }

  @Test(arguments: TestDatabase.engines) func whereNobodyIsFreeThatIsSaid(_ engine: Dialect) throws {
    try with(engine) { desk, session in
      try desk.story { try desk.world.session(desk.noors, at: CoachDeskSite.monday, "SCHEDULED", coach: desk.hanne, in: $0) }
      let path = desk.marks("/sessions/\(session)/transfer")
      let ask = try desk.owner.get(path)
      #expect(ask.status == 200 && ask.body.contains("No other coach whom the organization knows can take it."))
      #expect(ask.body.contains("has another session at that time") && !ask.body.contains("Move session</button>"))
      let refused = try desk.owner.post(path, [("coach-id", "\(desk.hanne)")], from: path)
      #expect(refused.status == 422 && refused.body.contains("Hanne &lt;Solberg&gt; has another session at that time."))
    }
  }

  @Test(arguments: TestDatabase.engines) func whoHasNoMeetingLinkIsNotOffered(_ engine: Dialect) throws {
    try with(engine) { desk, session in
      try desk.story { _ = try $0.run("UPDATE coaches SET meeting_link = '' WHERE id = \(desk.hanne)") }
      let path = desk.marks("/sessions/\(session)/transfer")
      let ask = try desk.owner.get(path)
      #expect(ask.body.contains("has no meeting link, which this session needs") && !ask.body.contains("Move session</button>"))
      let refused = try desk.owner.post(path, [("coach-id", "\(desk.hanne)")], from: path)
      #expect(refused.status == 422 && refused.body.contains("Choose somebody who has one."))
    }
  }

  @Test(arguments: TestDatabase.engines) func aSessionIsCanceled(_ engine: Dialect) throws {
    try with(engine) { desk, session in
      let path = desk.marks("/sessions/\(session)/cancellation")
      let ask = try desk.owner.get(path)
      #expect(ask.body.contains("The session of Lena Lind with Mark Osei on 1 Jul 2024, 14:00 does not take place."))
      #expect(try desk.owner.post(path, from: path).location == desk.marks("/sessions"))
      #expect(try desk.owner.get(desk.marks("/sessions")).body.contains("The session of Lena Lind, 1 Jul 2024, 14:00, is canceled."))
      #expect(try desk.owner.get(desk.marks("/sessions?when=past")).body.contains("Canceled"))
      // What is no longer to come stays as it is.
      for act in ["cancellation", "transfer"] { #expect(try desk.owner.get(desk.marks("/sessions/\(session)/\(act)")).status == 409) }
      #expect(try desk.owner.post(path, from: desk.marks("/deactivation")).status == 409)
    }
  }
}
