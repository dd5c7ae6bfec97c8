import CSV
import Database
import Foundation
import Support
import Testing
import World

@testable import Domain

/// Adding learners in each of the three ways, with all that follows from it.
@Suite struct LearnerAddingTests {
  private struct Desk: Sendable {
    let database: any Database, cast: Cast, world: CoachingWorld, scope: OrganizationScope
    /// Noor, whom the organization knows.
    let noor: Int64

    var adding: LearnerAdding { get throws { try LearnerAdding(scope, at: Cast.now) } }
    func bulk() throws -> LearnersInBulk { try LearnersInBulk(scope, in: database, clock: cast.time.clock) }

    func draft() throws -> EngagementDraft {
      let group = try database.read { try AddingOptions(scope: scope, in: $0).groups.first }
      return EngagementDraft(try #require(group))
    }

    func count(_ query: SQL) throws -> Int64 { try database.read { try $0.scalar(query) } }

    func faults() throws -> [String] {
      var faults: [String] = []
      try database.read { connection in
        try EngagementFigures.check(at: Cast.now, in: connection) { faults.append("\($0)") }
        try Figures.check(in: connection) { faults.append("\($0)") }
      }
      return faults
    }

    func failure(_ body: () throws -> Void) throws -> Failure? {
      do {
        try body()
        return nil
      } catch let failure as Failure { return failure }
    }
  }

  private static func with(_ engine: Dialect, _ body: (Desk) throws -> Void) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let world = try CoachingWorld(cast, in: test.database)
      let noor = try test.database.write(organization: 0) { tx in
        try tx.run("INSERT INTO coaching_group_skills (group_id, focus_skill_id) VALUES (\(world.group), \(world.listening))")
        let noor = try world.person("Noor Haddad", "noor@northwind.example", in: tx)
        try Figures.recomputeAll(in: tx)
        try world.settle(in: tx)
        return noor
      }
      let viewer = Viewer(
        accountID: cast.olga.id, name: "Olga Owner", email: cast.olga.email, grants: [.organizationAdmin(organization: cast.northwind.id)])
      let scope = try test.database.read { try OrganizationScope.find(slug: "northwind", for: viewer, in: $0) }
      try body(Desk(database: test.database, cast: cast, world: world, scope: scope, noor: noor))
    }
  }

  @Test(arguments: TestDatabase.engines) func everythingFollowsFromAdding(_ engine: Dialect) throws {
    try LearnerAddingTests.with(engine) { desk in
      let draft = try desk.draft()
      #expect(draft.days == "180" && draft.minimumInvited == "3" && draft.maximumInvited == "15" && draft.skills == [desk.world.listening])
      #expect(try desk.adding.add([desk.noor, desk.cast.lena.id, desk.noor], draft, in: desk.database) == 2)
      let learners = try desk.database.read { connection in
        try LearnerList(scope: desk.scope).page(
          LearnerFilter(), sort: Sorting(.name, descending: false), request: PageRequest(), showing: [.focusArea], in: connection
        ).rows
      }
      #expect(learners.map(\.name) == ["Lena Lind", "Noor Haddad"] && learners.map(\.stage) == [.onboarding, .onboarding])
      #expect(learners.allSatisfy { $0.coachID == nil && $0.focusAreas == ["Listening"] && $0.endsAt == Cast.now.adding(days: 180).text })
      let organization = desk.cast.northwind.id
      #expect(try desk.count("SELECT used FROM company_purchases WHERE id = \(desk.world.purchase)") == 2)
      #expect(try desk.count("SELECT COUNT(*) FROM audience_members") == 2)
      #expect(try desk.count("SELECT COUNT(*) FROM users WHERE organization_id = \(organization) AND coaching_link = 1") == 2)
      #expect(try desk.count("SELECT COUNT(*) FROM users WHERE organization_id <> \(organization) AND coaching_link = 1") == 0)
      #expect(try desk.count("SELECT COUNT(*) FROM outbox WHERE kind = 'coaching-welcome' AND state = 'WAITING'") == 2)
      #expect(try desk.count("SELECT COUNT(*) FROM audit_events WHERE action IN ('coaching_added', 'learners_added')") == 3)
      #expect(
        try desk.database.read {
          try $0.first("SELECT remeasurement_opens_at FROM engagements WHERE user_id = \(desk.noor)") { $0.text(0) }
        } == Cast.now.adding(days: 150).text)
      #expect(try desk.faults() == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func whoIsNewGetsAnAccountAndAUser(_ engine: Dialect) throws {
    try LearnerAddingTests.with(engine) { desk in
      let people = try desk.count("SELECT people FROM organizations WHERE id = \(desk.cast.northwind.id)")
      let person = Inviting.Person(name: " Ada Fresh ", email: "Ada@New.example", externalID: "A-1")
      let id = try desk.adding.add(person, try desk.draft(), in: desk.database)
      let user = try desk.database.read {
        try $0.first("SELECT name, email, external_id FROM users WHERE organization_id = \(desk.cast.northwind.id) AND id = \(id)") {
          [$0.text(0), $0.text(1), $0.text(2)]
        }
      }
      #expect(user == ["Ada Fresh", "Ada@New.example", "A-1"])
      #expect(try desk.count("SELECT people FROM organizations WHERE id = \(desk.cast.northwind.id)") == people + 1)
      #expect(try desk.faults() == [])
      // Whom only another organization knows is new here, under the name given here.
      let other = try desk.adding.add(.init(name: "Sten Here", email: desk.cast.sten.email), try desk.draft(), in: desk.database)
      #expect(other == desk.cast.sten.id)
      let again = try desk.failure { _ = try desk.adding.add(person, try desk.draft(), in: desk.database) }
      #expect(again?.fields.map(\.name) == ["email"])
      let wrong = try desk.failure {
        var draft = try desk.draft()
        draft.days = "many"
        _ = try desk.adding.add(.init(name: "", email: "nobody"), draft, in: desk.database)
      }
      #expect(wrong?.fields.map(\.name) == ["name", "email", "duration-days"])
    }
  }

  @Test(arguments: TestDatabase.engines) func whoDoesNotFitIsNamed(_ engine: Dialect) throws {
    try LearnerAddingTests.with(engine) { desk in
      _ = try desk.adding.add([desk.noor], try desk.draft(), in: desk.database)
      try UserChanges(desk.scope, in: desk.database, at: Cast.now).deactivate(desk.cast.lena.id)
      let unfit = try desk.failure { _ = try desk.adding.add([desk.noor, desk.cast.lena.id], try desk.draft(), in: desk.database) }
      #expect(unfit?.fields.map(\.name) == ["person"])
      #expect(unfit?.sentence.contains("deactivated: reactivate first (Lena Lind)") == true)
      #expect(unfit?.sentence.contains("in coaching already (Noor Haddad)") == true)
      // Somebody of another organization is told from nobody by nothing.
      let stranger = try desk.failure { _ = try desk.adding.add([desk.cast.sten.id], try desk.draft(), in: desk.database) }
      let nobody = try desk.failure { _ = try desk.adding.add([999_999], try desk.draft(), in: desk.database) }
      #expect(stranger == nobody && stranger?.sentence.contains("Sten") == false)
      #expect(try desk.failure { _ = try desk.adding.add([], try desk.draft(), in: desk.database) }?.fields.map(\.name) == ["person"])
      #expect(try desk.count("SELECT COUNT(*) FROM engagements") == 1)
    }
  }

  @Test(arguments: TestDatabase.engines) func figuresOfThePurchaseAndOfParticipantsAreKept(_ engine: Dialect) throws {
    try LearnerAddingTests.with(engine) { desk in
      func sentence(_ change: (inout EngagementDraft) -> Void) throws -> String? {
        var draft = try desk.draft()
        change(&draft)
        return try desk.failure { _ = try desk.adding.add([desk.noor, desk.cast.lena.id], draft, in: desk.database) }?.sentence
      }
      #expect(try sentence { $0.minimumAnswered = "4" } == "The minimum to answer, 4, must not be more than the minimum to invite, 3.")
      #expect(try sentence { $0.maximumInvited = "2" } == "The maximum to invite, 2, must not be less than the minimum to invite, 3.")
      #expect(
        try sentence { $0.days = "1000" } == "Coaching 2024 expires on 2026-12-31, in 915 days; the engagement lasts 1000 days.")
      try desk.database.write(organization: 0) { try $0.run("UPDATE company_purchases SET licenses = 1") }
      #expect(try sentence { _ in } == "Coaching 2024 has 1 of 1 licenses left; 2 learners need 2.")
      #expect(try sentence { $0.days = "29" }?.contains("Remeasurement opens 30 days before the end") == true)
      #expect(try sentence { ($0.days, $0.remeasurement, $0.purchase) = ("29", false, "") } == "Choose a company purchase.")
      #expect(try sentence { $0.purchase = "999" } == "Choose a company purchase.")
      #expect(try sentence { $0.skills = [999] }?.contains("focus skills") == true)
      #expect(try sentence { $0.language = "xx" }?.contains("language") == true)
      #expect(try sentence { $0.group = 999 }?.contains("Choose a group.") == true)
      #expect(try desk.count("SELECT COUNT(*) FROM engagements") == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func twoWhoUseTheLastLicenseAtOnce(_ engine: Dialect) throws {
    try LearnerAddingTests.with(engine) { desk in
      try desk.database.write(organization: 0) { try $0.run("UPDATE company_purchases SET licenses = 1") }
      let people = [desk.noor, desk.cast.lena.id]
      let draft = try desk.draft()
      let errors = onThreads(2) { index in _ = try desk.adding.add([people[index]], draft, in: desk.database) }.compactMap(\.self)
      #expect(errors.count == 1 && (errors.first as? Failure)?.fields.map(\.name) == ["purchase"])
      #expect(try desk.count("SELECT used FROM company_purchases WHERE id = \(desk.world.purchase)") == 1 && desk.faults() == [])
    }
  }

  private static func file(_ text: String) -> CSVFile { CSVFile(bytes: Array(text.utf8)) }

  @Test(arguments: TestDatabase.engines) func aFileIsCheckedWholeAndThenWrittenAtOnce(_ engine: Dialect) throws {
    try LearnerAddingTests.with(engine) { desk in
      _ = try desk.adding.add([desk.noor], try desk.draft(), in: desk.database)
      let text = """
        Email,Full Name,External ID
        ada@new.example,Ada Fresh,A-1
        noor@northwind.example,Noor Haddad,
        nobody,Nobody,
        lena@example.com,Another Name,L-1
        ada@new.example,Ada Again,
        """
      let id = try desk.bulk().check(LearnerAddingTests.file(text), named: "people.csv", try desk.draft())
      let upload = try desk.database.read { try LearnerUpload.find(id, scope: desk.scope, in: $0) }
      #expect(try desk.database.read { try upload.counts(in: $0) } == [.new: 2, .engaged: 1, .error: 2])
      #expect(try upload.draft == desk.draft() && desk.count("SELECT COUNT(*) FROM engagements") == 1)
      #expect(try desk.bulk().confirm(id) == .init(added: 2, changed: 0, isRepeated: false))
      #expect(try desk.bulk().confirm(id) == .init(added: 0, changed: 0, isRepeated: true))
      let users = try desk.database.read { connection in
        try connection.all(
          "SELECT name, COALESCE(external_id, '') FROM users WHERE organization_id = \(desk.cast.northwind.id) AND coaching_link = 1 ORDER BY name"
        ) { $0.text(0) + "/" + $0.text(1) }
      }
      #expect(users == ["Ada Fresh/A-1", "Lena Lind/L-1", "Noor Haddad/"])
      #expect(try desk.faults() == [])
      var rejected: [UInt8] = []
      try desk.database.read { connection in try upload.writeRejected(in: connection) { rejected += $0 } }
      let lines = String(decoding: rejected, as: UTF8.self)
      #expect(lines.contains("Nobody,nobody,,4,") && lines.contains("Same email as line 2."))
    }
  }

  @Test(arguments: TestDatabase.engines) func whatChangedSinceTheCheckIsLeftOut(_ engine: Dialect) throws {
    try LearnerAddingTests.with(engine) { desk in
      let text = "Full Name,Email,External ID\nNoor,noor@northwind.example,\nLena,lena@example.com,\n"
      let id = try desk.bulk().check(LearnerAddingTests.file(text), named: "people.csv", try desk.draft())
      _ = try desk.adding.add([desk.noor], try desk.draft(), in: desk.database)
      #expect(try desk.bulk().confirm(id) == .init(added: 1, changed: 1, isRepeated: false))
      #expect(try desk.count("SELECT COUNT(*) FROM engagements") == 2)
      #expect(try desk.count("SELECT COUNT(*) FROM upload_rows WHERE draft_id = \(id) AND outcome = 'ENGAGED'") == 1)
      let more = try desk.bulk().check(
        LearnerAddingTests.file("Full Name,Email,External ID\nAda,ada@new.example,\n"), named: "more.csv", try desk.draft())
      try desk.database.write(organization: 0) { try $0.run("UPDATE company_purchases SET licenses = 2") }
      let refused = try desk.failure { _ = try desk.bulk().confirm(more) }
      #expect(refused?.code == .conflict && refused?.sentence == "Coaching 2024 has 0 of 2 licenses left; 1 learner needs one.")
      // Nothing of it is written, the account included.
      #expect(try desk.count("SELECT COUNT(*) FROM accounts WHERE email_key = 'ada@new.example'") == 0)
      #expect(try desk.database.read { try LearnerUpload.find(more, scope: desk.scope, in: $0) }.isDone == false)
    }
  }

  @Test(arguments: TestDatabase.engines) func theWelcomeSaysWhatWasGivenAndIsDroppedWithTheEngagement(_ engine: Dialect) throws {
    try LearnerAddingTests.with(engine) { desk in
      _ = try desk.adding.add([desk.noor], try desk.draft(), in: desk.database)
      let mail = try #require(try Outbox.claim(5, at: Cast.now, until: Cast.now.adding(seconds: 600), in: desk.database).first)
      let facts = try desk.database.read { try MailFacts.load(mail.item, at: Cast.now, in: $0) }
      #expect(facts?.coaching == .init(sessions: 12, endsAt: Cast.now.adding(days: 180)) && facts?.readerName == "Noor Haddad")
      _ = try LearnerActs(desk.scope, at: Cast.now).perform(.deactivate, on: .matching(LearnerFilter()), in: desk.database)
      #expect(try desk.database.read { try MailFacts.load(mail.item, at: Cast.now, in: $0) } == nil)
      // A kind that the organization does not send is not written.
      try desk.database.write(organization: desk.cast.northwind.id) { tx in
        try EmailKinds.set(.coachingWelcome, muted: true, scope: desk.scope, at: Cast.now, in: tx)
      }
      _ = try desk.adding.add([desk.cast.lena.id], try desk.draft(), in: desk.database)
      #expect(try desk.count("SELECT COUNT(*) FROM outbox") == 1)
    }
  }

  @Test(arguments: TestDatabase.engines) func fiveThousandAreAddedInOneTransaction(_ engine: Dialect) throws {
    try LearnerAddingTests.with(engine) { desk in
      try desk.database.write(organization: 0) { try $0.run("UPDATE company_purchases SET licenses = 5000") }
      var text = "Full Name,Email,External ID\n"
      for number in 1...5000 { text += "Learner \(number),learner\(number)@new.example,E-\(number)\n" }
      let id = try desk.bulk().check(LearnerAddingTests.file(text), named: "many.csv", try desk.draft())
      #expect(try desk.bulk().confirm(id) == .init(added: 5000, changed: 0, isRepeated: false))
      #expect(try desk.count("SELECT COUNT(*) FROM outbox WHERE kind = 'coaching-welcome'") == 5000)
      #expect(try desk.count("SELECT COUNT(DISTINCT launched_at) FROM engagements") == 1)
      #expect(try desk.count("SELECT used FROM company_purchases WHERE id = \(desk.world.purchase)") == 5000 && desk.faults() == [])
      // All of them at once are paused, and as before.
      let acts = try LearnerActs(desk.scope, at: Cast.now)
      let done = try acts.perform(.pause, on: .matching(LearnerFilter()), in: desk.database)
      #expect(try done.changed == 5000 && acts.undo(done.id, in: desk.database) == .init(restored: 5000, left: 0))
      #expect(try desk.faults() == [])
    }
  }
}
