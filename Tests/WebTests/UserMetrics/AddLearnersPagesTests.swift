import Database
import Domain
import Support
import Testing
import World

@testable import Web

/// The form that adds learners, in its three ways.
@Suite struct AddLearnersPagesTests {
  private let new = "/o/northwind/user-metrics/learners/new"
  private let learners = "/o/northwind/user-metrics/learners"

  private func with(_ engine: Dialect, _ body: (TestSite, CoachingWorld, TestBrowser) throws -> Void) throws {
    try TestSite.with(engine) { test in
      let world = try CoachingWorld(test.cast, in: test.database)
      try test.database.write(organization: 0) { tx in
        try Figures.recomputeAll(in: tx)
        try world.settle(in: tx)
      }
      try body(test, world, try test.browser(of: test.cast.olga))
    }
  }

  private func fields(_ world: CoachingWorld, _ way: String, _ more: [(String, String)] = []) -> [(String, String)] {
    [
      ("group", "\(world.group)"), ("way", way), ("purchase", "\(world.purchase)"), ("assessment", "\(world.assessment)"),
      ("survey", "\(world.survey)"), ("duration-days", "180"), ("minimum-invited", "3"), ("minimum-answered", "3"),
      ("maximum-invited", "15"),
      ("remeasurement", "yes"), ("meeting-links", "platform"), ("language", "en"),
    ].filter { field in !more.contains { $0.0 == field.0 } } + more
  }

  private func engagements(_ test: TestSite) throws -> Int64 {
    try test.database.read { try $0.scalar("SELECT COUNT(*) FROM engagements") }
  }

  @Test(arguments: TestDatabase.engines) func theFormBeginsWithWhatTheGroupSays(_ engine: Dialect) throws {
    try with(engine) { test, world, owner in
      let choose = try owner.get(new)
      #expect(
        choose.status == 200 && choose.body.contains("Emerging leaders")
          && choose.body.contains("Ask the account team at <a href=\"mailto:accounts@provost.example\">"))
      #expect(choose.body.contains("opens 30 days before the end"))
      #expect(try owner.get(new + "?group=999&way=one").status == 422)
      let form = try owner.get("\(new)?group=\(world.group)&way=one")
      for expected in [
        "value=\"180\"", "Coaching 2024: 1,000 of 1,000 licenses left, expires 31 Dec 2026", "Leadership 360 (platform)", "I like my work",
        "Delegation",
      ] {
        #expect(form.body.contains(expected), "\(expected)")
      }
      try test.database.write(organization: 0) { tx in
        try tx.run("DELETE FROM coaching_group_skills")
        try tx.run("DELETE FROM coaching_groups")
      }
      #expect(try owner.get(new).body.contains("There is no group yet"))
    }
  }

  @Test(arguments: TestDatabase.engines) func oneNewLearnerIsAdded(_ engine: Dialect) throws {
    try with(engine) { test, world, owner in
      let from = "\(new)?group=\(world.group)&way=one"
      let wrong = try owner.post(
        new,
        fields(
          world, "one",
          [("name", "Ada <Fresh>"), ("email", "ada"), ("duration-days", "0"), ("minimum-answered", "7"), ("skills", "\(world.listening)")]),
        from: from)
      #expect(wrong.status == 422 && wrong.title?.hasPrefix("Error: ") == true)
      for kept in [
        "value=\"Ada &lt;Fresh&gt;\"", "value=\"ada\"", "value=\"0\"", "value=\"7\"", "must not be more than the minimum to invite, 3",
      ] {
        #expect(wrong.body.contains(kept), "\(kept)")
      }
      #expect(wrong.body.contains("value=\"\(world.listening)\" checked"))
      let person = [("name", "Ada Fresh"), ("email", "ada@new.example"), ("external-id", "A-1"), ("skills", "\(world.listening)")]
      #expect(try owner.post(new, fields(world, "one", person), from: from).location == learners)
      #expect(try engagements(test) == 1)
      #expect(try owner.post(new, fields(world, "one", person), from: from).status == 422)
      #expect(try owner.get("/o/northwind/outbox").body.contains("Coaching welcome"))
    }
  }

  @Test(arguments: TestDatabase.engines) func existingUsersAreFoundTickedAndAdded(_ engine: Dialect) throws {
    try with(engine) { test, world, owner in
      let people = try test.database.write(organization: 0) { tx in
        let ids = try (1...25).map { try world.person("Person \($0 + 10)", "person\($0 + 10)@northwind.example", in: tx) }
        try tx.run("UPDATE users SET deactivated_at = 'x' WHERE id = \(ids[0])")
        try Figures.recomputeAll(in: tx)
        return ids
      }
      let from = "\(new)?group=\(world.group)&way=users"
      let first = try owner.get(from)
      #expect(
        first.body.contains("26 people in the organization") && first.body.contains("Page 1 of 2") && first.body.contains("deactivated"))
      let ticked = [("person", "\(people[20])")]
      let second = try owner.post(new + "/people", fields(world, "users", ticked + [("page", "2"), ("duration-days", "77")]), from: from)
      #expect(
        second.status == 200 && second.body.contains("1 person chosen") && second.body.contains("Page 2 of 2")
          && second.body.contains("value=\"77\""))
      let found = try owner.post(new + "/people", fields(world, "users", ticked + [("find", "lena")]), from: from)
      #expect(found.body.contains("1 person matches “lena”") && found.body.contains("Lena Lind") && found.body.contains("1 person chosen"))
      #expect(try engagements(test) == 0)
      let refused = try owner.post(new, fields(world, "users", ticked + [("person", "\(people[0])")]), from: from)
      #expect(refused.status == 422 && refused.body.contains("deactivated: reactivate first (Person 11)"))
      #expect(try owner.post(new, fields(world, "users"), from: from).body.contains("Choose at least one person."))
      let both = ticked + [("person", "\(test.cast.lena.id)")]
      #expect(try owner.post(new, fields(world, "users", both), from: from).location == learners)
      #expect(try engagements(test) == 2 && owner.get(from).body.contains("in coaching already"))
    }
  }

  @Test(arguments: TestDatabase.engines) func aFileIsCheckedShownAndConfirmed(_ engine: Dialect) throws {
    try with(engine) { test, world, owner in
      let text = "Full Name,Email,External ID\nAda Fresh,ada@new.example,\nLena,lena@example.com,\nNobody,nobody,\n"
      let wrong = try owner.upload(text, named: "people.csv", to: new + "/file", fields(world, "file", [("duration-days", "many")]))
      #expect(wrong.status == 422 && wrong.body.contains("value=\"many\""))
      let empty = try owner.upload("Name\n", named: "people.csv", to: new + "/file", fields(world, "file"))
      #expect(empty.status == 422 && empty.body.contains("field-file"))
      let reply = try owner.upload(text, named: "people.csv", to: new + "/file", fields(world, "file"))
      let draft = try #require(reply.location)
      let page = try owner.get(draft)
      #expect(
        page.status == 200 && page.body.contains("Add 2 learners") && page.body.contains("Needs mending")
          && page.body.contains("Emerging leaders"))
      #expect(try engagements(test) == 0 && owner.get("\(new)?group=\(world.group)&way=file").body.contains("people.csv"))
      #expect(try owner.get(draft + "/rejected.csv").status == 200)
      for person in [test.cast.tess, test.cast.pat, test.cast.sten] {
        #expect(try test.browser(of: person).get(draft).status != 200, "\(person.name)")
      }
      try test.database.write(organization: 0) { try $0.run("UPDATE company_purchases SET licenses = 1") }
      let short = try owner.get(draft)
      #expect(short.body.contains("1 of 1 licenses left; 2 learners need 2.") && !short.body.contains(">Add 2 learners<"))
      let refused = try owner.post(draft + "/confirmation", from: draft)
      #expect(refused.status == 409 && refused.body.contains("1 of 1 licenses left; 2 learners need 2."))
      try test.database.write(organization: 0) { try $0.run("UPDATE company_purchases SET licenses = 2") }
      #expect(try owner.post(draft + "/confirmation", from: draft).location == draft)
      #expect(try engagements(test) == 2 && owner.get(draft).body.contains("2 learners were added to coaching"))
      #expect(try owner.post(draft + "/removal", from: draft).status == 303 && owner.get(draft).status == 404)
      #expect(try engagements(test) == 2)
    }
  }

  @Test(arguments: TestDatabase.engines) func othersCannotAdd(_ engine: Dialect) throws {
    try with(engine) { test, world, _ in
      let fields = fields(world, "users", [("person", "\(test.cast.lena.id)")])
      for (person, from, status) in [(test.cast.sten, "/o/southwind", 404), (test.cast.pat, "/o/northwind", 403)] {
        let browser = try test.browser(of: person)
        for path in [new, new + "/people", new + "/file/1/confirmation", new + "/file/1/removal"] {
          #expect(try browser.post(path, fields, from: from).status == status, "\(person.name) at \(path)")
        }
      }
      // Another organization's group and people are nobody's here.
      let stranger = try test.browser(of: test.cast.sten)
      let south = "/o/southwind/user-metrics/learners/new"
      #expect(try stranger.post(south, fields, from: south).status == 422)
      #expect(try engagements(test) == 0)
    }
  }
}
