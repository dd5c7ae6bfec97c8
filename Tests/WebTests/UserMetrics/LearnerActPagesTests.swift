import Database
import Domain
import Support
import Testing
import World

@testable import Web

/// The pages that ask before an act on learners, the acts, and undoing them.
@Suite struct LearnerActPagesTests {
  private let learners = "/o/northwind/user-metrics/learners"

  private struct Desk {
    let test: TestSite, world: CoachingWorld, owner: TestBrowser
    /// The engagements of Lena and Noor.
    let lenas: Int64, noors: Int64
    let noor: Cast.Person

    func text(_ query: SQL) throws -> String { try test.database.read { try $0.first(query) { $0.text(0) } ?? "" } }
    func stages() throws -> [Int64] {
      try test.database.read { try $0.all("SELECT stage FROM engagement_rows ORDER BY engagement_id") { $0.int(0) } }
    }
  }

  private func with(_ engine: Dialect, _ body: (Desk) throws -> Void) throws {
    try TestSite.with(engine) { test in
      let world = try CoachingWorld(test.cast, in: test.database)
      let (lenas, noors, noor) = try test.database.write(organization: 0) { tx in
        let noor = try world.person("Noor Haddad", "noor@northwind.example", in: tx)
        let ids = try (world.engage(test.cast.lena.id, in: tx), world.engage(noor, in: tx))
        try world.settle(in: tx)
        return (ids.0, ids.1, noor)
      }
      try body(
        Desk(
          test: test, world: world, owner: try test.browser(of: test.cast.olga), lenas: lenas, noors: noors,
          noor: .init(id: noor, name: "Noor Haddad", email: "noor@northwind.example")))
    }
  }

  @Test(arguments: TestDatabase.engines) func eachActIsAskedForDoneAndUndone(_ engine: Dialect) throws {
    try with(engine) { desk in
      let both = [("engagement", "\(desk.lenas)"), ("engagement", "\(desk.noors)")]
      let query = "?engagement=\(desk.lenas)&engagement=\(desk.noors)"
      let acts: [(noun: String, more: [(String, String)], title: String, said: String)] = [
        ("pause", [], "Pause 2 learners?", "2 learners were paused"),
        ("extension", [("days", "9")], "Extend 2 learners?", "2 learners were extended"),
        ("coach", [("coach-id", "\(desk.world.mark)")], "Change the coach of 2 learners?", "2 learners were given to a coach"),
        ("note", [("note", "Likes mornings")], "Add a note to 2 learners", "2 learners were given a note"),
        ("remeasurement", [], "Open remeasurement for 2 learners?", "Remeasurement was opened for 2 learners"),
        ("deactivation", [], "Deactivate 2 learners?", "2 learners were deactivated"),
      ]
      let restoration = learners + "/restoration"
      for act in acts {
        let path = "\(learners)/\(act.noun)"
        let ask = try desk.owner.get(path + query + act.more.filter { $0.0 != "note" }.map { "&\($0.0)=\($0.1)" }.joined())
        #expect(ask.status == 200 && ask.body.contains(act.title), "\(act.noun): \(ask.status) \(ask.title ?? "")")
        #expect(try desk.owner.post(path, both + act.more, from: path + query).location == learners, "\(act.noun)")
        let recent = try desk.owner.get(restoration)
        #expect(recent.body.contains("\(act.said) by Olga Owner, just now."), "\(act.noun)")
        let id = try #require(recent.hidden("act"))
        #expect(try desk.owner.post(restoration, [("act", id)], from: restoration).location == learners)
        #expect(try desk.owner.get(restoration).body.contains("2 learners are as before."), "\(act.noun)")
        #expect(try desk.stages() == [1, 1], "\(act.noun)")
      }
      #expect(try desk.owner.get(restoration).body.contains("Nothing can be undone now."))
      #expect(try desk.owner.post(restoration, [("act", "1")], from: restoration).status == 303)
      #expect(try desk.owner.get(restoration).body.contains("This can no longer be undone."))
      #expect(try desk.owner.post(restoration, [("act", "x")], from: restoration).status == 404)
    }
  }

  @Test(arguments: TestDatabase.engines) func theOthersAreCountedWithTheReason(_ engine: Dialect) throws {
    try with(engine) { desk in
      let path = learners + "/pause"
      _ = try desk.owner.post(path, [("engagement", "\(desk.noors)")], from: learners + "/restoration")
      let ask = try desk.owner.get(path + "?all=1")
      #expect(
        ask.body.contains("Pause 1 learner?") && ask.body.contains("1 of 2 selected is left as it is:") && ask.body.contains("1 is paused.")
      )
      let none = try desk.owner.get(path + "?engagement=\(desk.noors)")
      #expect(none.body.contains("It applies to none of those selected.") && !none.body.contains("class=\"button primary\""))
      #expect(none.body.contains("Noor Haddad"))
      // All that match the filter, and nobody else.
      let filtered = try desk.owner.get(learners + "/resumption?all=1&q=lena")
      #expect(filtered.body.contains("Unpause 0 learners?"))
      let fields = [("all", "1"), ("q", "noor"), ("stage", "paused")]
      #expect(try desk.owner.post(learners + "/resumption", fields, from: path + "?all=1").location == learners + "?q=noor&stage=paused")
      #expect(try desk.stages() == [1, 1])
      #expect(try desk.owner.get(path).location == learners && desk.owner.post(path, [], from: path + "?all=1").location == learners)
      for (query, count) in [
        ("from=2024-06-28&to=2024-06-28", 2), ("from=2024-06-29", 0), ("to=2024-06-27", 0), ("stage=completed", 0),
      ] {
        #expect(try desk.owner.get("\(learners)/note?all=1&\(query)").body.contains("Add a note to \(count) learners"), "\(query)")
      }
      // Of a day that cannot be read nobody knows whom it means.
      #expect(try desk.owner.get("\(learners)/note?all=1&from=soon").location == learners + "?from=soon")
      // A page that asks to be led back to is, and another server is not.
      let back = "/o/northwind/users/\(desk.noor.id)"
      let one = [("engagement", "\(desk.noors)")]
      #expect(try desk.owner.post(path, one + [("return", back)], from: path + "?all=1").location == back)
      #expect(try desk.owner.post(path, one + [("return", "https://example.com/")], from: path + "?all=1").location == learners)
    }
  }

  @Test(arguments: TestDatabase.engines) func badInputIsShownAgain(_ engine: Dialect) throws {
    try with(engine) { desk in
      let (one, from) = ([("engagement", "\(desk.lenas)")], learners + "/pause?all=1")
      let note = try desk.owner.post(learners + "/note", one + [("note", "  ")], from: from)
      #expect(note.status == 422 && note.title?.hasPrefix("Error: ") == true && note.body.contains("Write the note."))
      let days = try desk.owner.get(learners + "/extension?engagement=\(desk.lenas)&days=soon&until=")
      #expect(days.status == 422 && days.body.contains("value=\"soon\"") && days.body.contains("Days must be a whole number"))
      let far = try desk.owner.get(learners + "/extension?engagement=\(desk.lenas)&days=3000")
      #expect(far.status == 200 && far.body.contains("Extend 0 learners?") && far.body.contains("“Coaching 2024” expires on"))
      #expect(try desk.owner.post(learners + "/extension", one + [("days", "")], from: from).status == 422)
      #expect(try desk.owner.post(learners + "/coach", one, from: from).status == 422)
      try desk.test.database.write(organization: 0) { try $0.run("UPDATE coaches SET capacity = 0 WHERE id = \(desk.world.mark)") }
      let coach = learners + "/coach?engagement=\(desk.lenas)"
      #expect(try desk.owner.get(coach).body.contains("Organization coach, 0 of 0 learners"))
      for reply in try [
        desk.owner.get("\(coach)&coach-id=\(desk.world.mark)"),
        desk.owner.post(learners + "/coach", one + [("coach-id", "\(desk.world.mark)")], from: from),
      ] {
        #expect(reply.status == 422 && reply.body.contains("Mark Osei takes up to 0 learners at once and has 0 now"))
      }
      #expect(try desk.stages() == [1, 1])
    }
  }

  @Test(arguments: TestDatabase.engines) func amongManyCoachesOneIsFound(_ engine: Dialect) throws {
    try with(engine) { desk in
      let coach = learners + "/coach?engagement=\(desk.lenas)"
      #expect(try !desk.owner.get(coach).body.contains("Search coaches"))
      try desk.test.database.write(organization: 0) { tx in
        for number in 10...39 {
          let (name, email) = ("Coach \(number)", "c\(number)@coaches.example")
          let account = try desk.world.person(name, email, in: tx)
          let owner = number == 39 ? desk.test.cast.southwind.id : 0
          try tx.run(
            """
            INSERT INTO coaches (organization_id, account_id, name, name_key, search_key, created_at)
            VALUES (\(owner), \(account), \(name), \(name.folded), \(name.folded + "\n" + email), '')
            """)
        }
      }
      let page = try desk.owner.get(coach)
      #expect(page.body.contains("The first 25 of 31 by name") && page.body.matches(of: /name="coach-id"/).count == 25)
      // The search goes before a coach that was ticked, and knows nobody of another organization.
      let found = try desk.owner.get("\(coach)&coach-id=\(desk.world.mark)&find=C38%40&finding=1")
      #expect(found.status == 200 && found.body.contains("Coach 38") && found.body.matches(of: /name="coach-id"/).count == 1)
      #expect(try desk.owner.get("\(coach)&find=coach+39&finding=1").body.contains("No active coach has that"))
    }
  }

  @Test(arguments: TestDatabase.engines) func aDeactivatedLearnersNextRequestIsRefused(_ engine: Dialect) throws {
    try with(engine) { desk in
      let noor = try desk.test.browser(of: desk.noor)
      #expect(try noor.get("/").status == 403)
      #expect(
        try desk.owner.post(
          learners + "/deactivation", [("engagement", "\(desk.noors)")], from: learners + "/pause?all=1"
        ).location == learners)
      #expect(try noor.get("/").location?.hasPrefix("/sign-in") == true)
    }
  }

  @Test(arguments: TestDatabase.engines) func othersCannotAct(_ engine: Dialect) throws {
    try with(engine) { desk in
      for (person, from, status) in [(desk.test.cast.sten, "/o/southwind", 404), (desk.test.cast.pat, "/o/northwind", 403)] {
        let browser = try desk.test.browser(of: person)
        for kind in LearnerAct.Kind.allCases {
          let path = "\(learners)/\(kind.rawValue)"
          #expect(
            try browser.post(path, [("all", "1"), ("note", "x"), ("days", "3")], from: from).status == status, "\(person.name) \(kind)")
        }
        #expect(try browser.post(learners + "/restoration", [("act", "1")], from: from).status == status)
      }
      // A stranger's own list holds nobody of Northwind, whatever ids it names.
      let south = "/o/southwind/user-metrics/learners/pause"
      let stranger = try desk.test.browser(of: desk.test.cast.sten)
      #expect(try stranger.get("\(south)?engagement=\(desk.lenas)").body.contains("Pause 0 learners?"))
      #expect(try stranger.post(south, [("engagement", "\(desk.lenas)")], from: south + "?all=1").status == 303)
      #expect(try desk.stages() == [1, 1])
    }
  }
}
