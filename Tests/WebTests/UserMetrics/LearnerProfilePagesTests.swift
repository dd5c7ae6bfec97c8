import Database
import Domain
import Support
import Testing
import World

@testable import Web

@Suite struct LearnerProfilePagesTests {
  @Test(arguments: TestDatabase.engines) func coachingAndCoursesStandTogether(_ engine: Dialect) throws {
    try LearnerListPagesTests.with(engine) { test, world, ids in
      try test.database.write(organization: world.organization) { tx in
        try world.feedback(ids[0], "peer@example.com", answered: true, in: tx)
        try tx.run("UPDATE feedback_invitations SET name = 'Peer <i>', relation = 'Colleague'")
        try tx.run(
          """
          INSERT INTO engagement_notes (engagement_id, author_id, text, note_key, at)
          VALUES (\(ids[0]), \(test.cast.olga.id), 'Asked for <mornings>', '', \(Cast.now.text))
          """)
        try world.settle(in: tx)
      }
      let owner = try test.browser(of: test.cast.olga)
      let path = LearnerListPagesTests.list + "/\(ids[0])"
      let page = try owner.get(path)
      #expect(page.status == 200 && page.title == "Lena Lind – Learners – Northwind Learning – Provost")
      for text in [
        "Steady State", "Emerging leaders", "Ines Duarte", "Canceled late", "Peer &lt;i&gt;", "Colleague", "Asked for &lt;mornings&gt;",
        "Olga Owner", "Launched: access was given", "Engagement ends", "Coaching 2024", "Leadership 360", "1 of 1 answered",
        "Data Academy", "1 invited of at least 3, 1 answered",
      ] {
        #expect(page.body.contains(text), "\(text)")
      }
      #expect(!page.body.contains("peer@example.com") && !page.body.contains("Magdalena") && !page.body.contains("Sales"))
      // One page a person: each leads to the other.
      let user = "/o/northwind/users/\(test.cast.lena.id)"
      #expect(page.body.contains("href=\"\(user)\""))
      #expect(try owner.get(user).body.contains("href=\"\(path)\""))
      #expect(try !owner.get("/o/northwind/users/\(test.cast.lena.id)").body.contains("Uma"))
    }
  }

  @Test(arguments: TestDatabase.engines) func eachStageOffersItsActs(_ engine: Dialect) throws {
    try LearnerListPagesTests.with(engine) { test, _, ids in
      let owner = try test.browser(of: test.cast.olga)
      func acts(_ id: Int64) throws -> Set<String> {
        let (list, page) = (LearnerListPagesTests.list, "\(LearnerListPagesTests.list)/\(id)")
        let back = "?engagement=\(id)&amp;return=" + page.replacing("/", with: "%2F")
        let found = try owner.get(page).body.components(separatedBy: "href=\"\(list)/").dropFirst()
        return Set(found.filter { $0.contains(back) }.map { String($0.prefix { $0 != "?" }) })
      }
      #expect(try acts(ids[0]) == ["note", "coach", "extension", "remeasurement", "pause", "deactivation"])
      #expect(try acts(ids[2]) == ["note", "coach", "extension", "resumption", "deactivation"])
      let list = LearnerListPagesTests.list
      _ = try owner.post(list + "/deactivation", [("engagement", "\(ids[1])")], from: list + "/pause?all=1")
      #expect(try acts(ids[1]) == ["note", "reactivation"])
    }
  }

  @Test(arguments: TestDatabase.engines) func aProfileIsForWhomItIs(_ engine: Dialect) throws {
    try LearnerListPagesTests.with(engine) { test, _, ids in
      let path = LearnerListPagesTests.list + "/\(ids[1])"
      for (word, person) in test.cast.everybody {
        let expected =
          switch word {
          case "account team", "owner": 200
          case "stranger", "learner": 404
          default: 403
          }
        #expect(try test.browser(of: person).get(path).status == expected, "\(word)")
      }
      #expect(try test.browser.get(path).status == 303)
      let owner = try test.browser(of: test.cast.olga)
      #expect(try owner.send("POST", path, .empty, []).status == 405)
      #expect(
        try owner.get(LearnerListPagesTests.list + "/99999").status == 404 && owner.get(LearnerListPagesTests.list + "/x").status == 404)
      // Another organization's address does not lead to it, whoever asks.
      let foreign = path.replacing("northwind", with: "southwind")
      #expect(
        try test.browser(of: test.cast.sten).get(foreign).status == 404 && test.browser(of: test.cast.tess).get(foreign).status == 404)
    }
  }
}
