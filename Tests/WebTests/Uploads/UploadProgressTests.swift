import Database
import Domain
import Support
import Testing
import World

@testable import Web

/// Confirming a file takes longer than the form waits for it.
@Suite struct UploadProgressTests {
  private static let file = "Full Name,Email,External ID\nA,a@example.com,\nB,b@example.com,\n"

  /// Somebody else's change of the organization, which keeps the writer until it is let go.
  private func writer(_ test: TestSite) -> Occupant {
    let (database, organization) = (test.database, test.cast.northwind.id)
    return Occupant { inside in try database.write(organization: organization) { _ in inside() } }
  }

  @Test(arguments: TestDatabase.engines) func thePageTellsWhatIsDoneAndThenWhatCameOfIt(_ engine: Dialect) throws {
    try TestSite.withPlaces(engine, patience: .zero) { test, contract in
      let browser = try test.browser(of: test.cast.pat)
      let draft = try #require(try browser.invite(contract, UploadProgressTests.file).location)
      let writer = writer(test)
      #expect(try browser.post(draft + "/confirmation", [("send", "1")], from: draft).location == draft)
      var page = try browser.get(draft).body
      #expect(page.contains("Inviting 2 people") && page.contains("<progress") && page.contains(">Look again</a>"))
      #expect(page.contains("about to begin") || page.firstMatch(of: /Step [12] of 6/) != nil)
      #expect(!page.contains("Discard") && !page.contains("/confirmation") && !page.contains("Nothing has been written yet"))
      // Asking again begins nothing.
      #expect(try browser.post(draft + "/confirmation", [("send", "1")], from: draft).location == draft)
      writer.leave()
      test.site.waitForWork(atMost: 60)
      page = try browser.get(draft).body
      #expect(page.contains("2 people were invited on") && page.contains("2 invitations were queued.") && !page.contains("<progress"))
      let mails = try test.database.read { try $0.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'invitation'") }
      #expect(mails == 2)
      #expect(try browser.post(draft + "/confirmation", [("send", "1")], from: draft).location == draft)
      #expect(try browser.get(draft).body.contains("This file was confirmed before."))
    }
  }

  @Test(arguments: TestDatabase.engines) func aRefusalWaitsOnThePageInTheUsualWords(_ engine: Dialect) throws {
    try TestSite.withPlaces(engine, places: 1, patience: .zero) { test, contract in
      let browser = try test.browser(of: test.cast.pat)
      let draft = try #require(try browser.invite(contract, UploadProgressTests.file).location)
      let writer = writer(test)
      // Without mail, which the form still says afterwards.
      try browser.post(draft + "/confirmation", [], from: draft)
      writer.leave()
      test.site.waitForWork(atMost: 60)
      let page = try browser.get(draft)
      #expect(page.status == 200 && page.title?.hasPrefix("Error: ") == true && page.body.contains("href=\"#field-exceed\""))
      #expect(page.body.contains("Tick that you want to invite more people than that."))
      #expect(page.body.contains("name=\"send\" value=\"1\">") && page.body.contains("Invite 2 people"))
      try browser.post(draft + "/confirmation", [("exceed", "1")], from: draft)
      test.site.waitForWork(atMost: 60)
      #expect(try browser.get(draft).body.contains("2 people were invited on"))
    }
  }

  @Test(arguments: TestDatabase.engines) func whoWaitsIsToldAtOnce(_ engine: Dialect) throws {
    try TestSite.withPlaces(engine, places: 1) { test, contract in
      let browser = try test.browser(of: test.cast.pat)
      let draft = try #require(try browser.invite(contract, UploadProgressTests.file).location)
      let refused = try browser.post(draft + "/confirmation", [("send", "1")], from: draft)
      #expect(refused.status == 409 && refused.body.contains("Tick that you want"))
      // The page itself forgets it.
      #expect(try !browser.get(draft).body.contains("Tick that you want"))
      try browser.post(draft + "/confirmation", [("send", "1"), ("exceed", "1")], from: draft)
      #expect(try browser.get(draft).body.contains("2 invitations were queued."))
      #expect(try test.database.read { try $0.scalar("SELECT COUNT(*) FROM upload_runs") } == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func aProcessThatDiedLeavesADraftThatCanBeConfirmed(_ engine: Dialect) throws {
    try TestSite.withPlaces(engine) { test, contract in
      let browser = try test.browser(of: test.cast.pat)
      let draft = try #require(try browser.invite(contract, UploadProgressTests.file).location)
      let id = try #require(draft.split(separator: "/").last.flatMap { Int64($0) })
      #expect(try UploadRuns(of: "another process", in: test.database).begin(id, at: test.cast.time.now))
      // Where several processes share a database, the other may be at it.
      let isShared = engine == .postgres
      #expect(try browser.get(draft).body.contains(">Look again</a>") == isShared)
      if isShared {
        try browser.post(draft + "/confirmation", [("send", "1")], from: draft)
        #expect(try browser.get(draft).body.contains("Inviting 2 people"))
      }
      test.cast.time.pass(seconds: UploadRun.patience + 1)
      #expect(try browser.get(draft).body.contains("Invite 2 people"))
      try browser.post(draft + "/confirmation", [("send", "1")], from: draft)
      #expect(try browser.get(draft).body.contains("2 invitations were queued."))
    }
  }

  @Test(arguments: TestDatabase.engines) func aFaultOfOursIsLoggedAndSaidWithoutItsWords(_ engine: Dialect) throws {
    struct Fault: Error {}
    try TestSite.with(engine, patience: .zero) { test in
      let browser = try test.browser(of: test.cast.olga)
      let path = "/o/northwind/users/attributes"
      let reply = try browser.upload("Email,Job Title\nlena@example.com,Captain\n", named: "hr.csv", to: path)
      let draft = try #require(reply.location)
      let id = try #require(draft.split(separator: "/").last.flatMap { Int64($0) })
      let writer = writer(test)
      let (database, organization) = (test.database, test.cast.northwind.id)
      let answer = try test.site.uploads.run(id, asked: [:]) { _ in try database.write(organization: organization) { _ in throw Fault() } }
      #expect(answer == nil)
      #expect(try browser.get(draft).body.contains("Changing 1 person"))
      writer.leave()
      test.site.waitForWork(atMost: 60)
      let page = try browser.get(draft).body
      #expect(page.contains("The fault is ours and was noted; try again.") && page.contains("Change 1 person"))
      #expect(test.lines.all.contains { $0.contains("Fault") })
    }
  }
}
