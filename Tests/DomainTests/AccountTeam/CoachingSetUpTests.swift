import Database
import Support
import Testing
import World

@testable import Domain

/// Purchases, groups, 360° assessments, surveys and focus skills as they are made, changed and deleted.
@Suite struct CoachingSetUpTests {
  private struct World {
    let database: any Database
    let cast: Cast
    let coaching: CoachingWorld
    let team: Viewer
    let scope: OrganizationScope

    func differences() throws -> [String] {
      var found: [String] = []
      try database.read { try EngagementFigures.check(at: Cast.now, in: $0) { found.append("\($0)") } }
      return found
    }
  }

  private func with(_ engine: Dialect, _ body: (World) throws -> Void) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let team = Viewer(accountID: cast.tess.id, name: "", email: "", grants: [.accountTeam])
      try body(
        World(
          database: test.database, cast: cast, coaching: CoachingWorld(cast, in: test.database), team: team,
          scope: OrganizationScope(viewer: team, organization: cast.northwind, reach: .all)))
    }
  }

  private func fields(_ body: () throws -> Void) -> [String] {
    do {
      try body()
      return []
    } catch let failure as Failure {
      return failure.fields.isEmpty ? [failure.sentence] : failure.fields.map(\.name)
    } catch {
      return ["\(error)"]
    }
  }

  @Test(arguments: TestDatabase.engines) func aPurchaseHoldsItsRules(_ engine: Dialect) throws {
    try with(engine) { world in
      func save(_ id: Int64? = nil, _ change: (inout PurchaseDraft) -> Void) throws -> Saved {
        var draft = PurchaseDraft()
        (draft.name, draft.licenses, draft.sessions, draft.expires) = ("Plan", "10", "6", "2025-06-30")
        change(&draft)
        return try CompanyPurchase.save(draft, id: id, scope: world.scope, at: Cast.now, in: world.database)
      }
      let made = try save { _ in }
      #expect(made.isNew)
      let purchase = try world.database.read { try CompanyPurchase.find(id: made.id, scope: world.scope, in: $0) }
      #expect(purchase.expiresAt == "2025-06-30T21:59:59.999Z" && purchase.left == 10 && !purchase.lateCancelsCount)
      #expect(try save(made.id) { $0.licenses = "010" }.changes == [])
      #expect(try save(made.id) { $0.expires = "" }.changes == [.init(name: "expires", before: "2025-06-30", after: "")])
      let wrong: [(String, (inout PurchaseDraft) -> Void)] = [
        ("name", { $0.name = "" }), ("name", { $0.name = "Coaching 2024" }), ("licenses", { $0.licenses = "-1" }),
        ("licenses", { $0.licenses = "2000000" }), ("sessions", { $0.sessions = "many" }), ("expires", { $0.expires = "2025-02-30" }),
      ]
      for (field, change) in wrong { #expect(fields { _ = try save(nil, change) } == [field]) }
      let stranger = OrganizationScope(viewer: world.team, organization: world.cast.southwind, reach: .all)
      #expect(throws: Failure.notFound) { try world.database.read { try CompanyPurchase.find(id: made.id, scope: stranger, in: $0) } }
    }
  }

  @Test(arguments: TestDatabase.engines) func aPurchaseThatChangesSettlesItsEngagements(_ engine: Dialect) throws {
    try with(engine) { world in
      let engagement = try world.database.write(organization: world.cast.northwind.id) { tx in
        let id = try world.coaching.engage(world.cast.lena.id, in: tx)
        for day in 1...3 {
          try world.coaching.session(id, at: Cast.now.adding(days: Int64(-day)), day == 3 ? "LATE_CANCELED" : "COMPLETED", in: tx)
        }
        try world.coaching.settle(in: tx)
        return id
      }
      func remaining() throws -> Int64 {
        try world.database.read { try $0.scalar("SELECT sessions_remaining FROM engagement_rows WHERE engagement_id = \(engagement)") }
      }
      #expect(try remaining() == 10)
      var draft = try world.database.read {
        PurchaseDraft(try CompanyPurchase.find(id: world.coaching.purchase, scope: world.scope, in: $0), in: world.cast.northwind)
      }
      (draft.sessions, draft.lateCancelsCount) = ("6", "yes")
      let saved = try CompanyPurchase.save(draft, id: world.coaching.purchase, scope: world.scope, at: Cast.now, in: world.database)
      #expect(saved.changes.map(\.name) == ["sessions", "late_cancels_count"])
      #expect(try remaining() == 3)
      #expect(try world.differences() == [])
      draft.licenses = "0"
      #expect(
        fields { _ = try CompanyPurchase.save(draft, id: world.coaching.purchase, scope: world.scope, at: Cast.now, in: world.database) }
          == ["licenses"])
      let use = fields { try CompanyPurchase.remove(id: world.coaching.purchase, scope: world.scope, at: Cast.now, in: world.database) }
      #expect(use == ["It is used by 1 engagement and 1 group, so it stays."])
    }
  }

  @Test(arguments: TestDatabase.engines) func aGroupHoldsItsRules(_ engine: Dialect) throws {
    try with(engine) { world in
      func save(_ id: Int64? = nil, _ change: (inout GroupDraft) -> Void) throws -> Saved {
        var draft = GroupDraft()
        draft.name = "Leaders"
        change(&draft)
        return try CoachingGroup.save(draft, id: id, scope: world.scope, at: Cast.now, in: world.database)
      }
      let made = try save {
        ($0.purchase, $0.assessment, $0.survey) = (
          String(world.coaching.purchase), String(world.coaching.assessment), String(world.coaching.survey)
        )
        $0.skills = [String(world.coaching.listening), String(world.coaching.delegation)]
        ($0.remeasurementDays, $0.meetingLinks) = ("30", "no")
      }
      let group = try world.database.read { try CoachingGroup.find(id: made.id, scope: world.scope, in: $0) }
      #expect(
        group.purchase?.name == "Coaching 2024" && group.assessment?.name == "Leadership 360" && group.survey?.name == "Engagement survey")
      #expect(group.skills.map(\.name) == ["Delegation", "Listening"] && group.remeasurementDays == 30 && !group.meetingLinks)
      let present = GroupDraft(group)
      #expect(try save(made.id) { $0 = present }.changes == [])
      let changed = try save(made.id) {
        $0 = present
        ($0.skills, $0.purchase) = ([String(world.coaching.listening)], "")
      }
      #expect(
        changed.changes == [
          .init(name: "purchase", before: "Coaching 2024", after: ""),
          .init(name: "focus_skills", before: "Delegation, Listening", after: "Listening"),
        ])
      let wrong: [([String], (inout GroupDraft) -> Void)] = [
        (["name"], { $0.name = "Emerging leaders" }), (["duration-days"], { $0.durationDays = "0" }),
        (["duration-days"], { $0.durationDays = "3651" }), (["minimum-answered"], { $0.minimumAnswered = "4" }),
        (["maximum-invited"], { $0.maximumInvited = "2" }), (["purchase"], { $0.purchase = "999" }), (["survey"], { $0.survey = "x" }),
        (["remeasurement-days"], { ($0.remeasurement, $0.remeasurementDays) = ("no", "3") }),
        (["remeasurement-days"], { ($0.durationDays, $0.remeasurementDays) = ("20", "30") }), (["language"], { $0.language = "xx" }),
        (["skills"], { $0.skills = ["999"] }),
        (["minimum-invited", "maximum-invited"], { ($0.minimumInvited, $0.maximumInvited) = ("a", "b") }),
      ]
      for (names, change) in wrong {
        #expect(
          fields {
            _ = try save {
              $0.name = "Other"
              change(&$0)
            }
          } == names)
      }
      try CoachingGroup.remove(id: made.id, scope: world.scope, at: Cast.now, in: world.database)
      #expect(throws: Failure.notFound) { try world.database.read { try CoachingGroup.find(id: made.id, scope: world.scope, in: $0) } }
    }
  }

  @Test(arguments: TestDatabase.engines) func aGroupOfLearnersStaysAndNoForeignThingIsNamed(_ engine: Dialect) throws {
    try with(engine) { world in
      let foreign = OrganizationScope(viewer: world.team, organization: world.cast.southwind, reach: .all)
      var draft = GroupDraft()
      (draft.name, draft.purchase) = ("Abroad", String(world.coaching.purchase))
      #expect(fields { _ = try CoachingGroup.save(draft, scope: foreign, at: Cast.now, in: world.database) } == ["purchase"])
      try world.database.write(organization: world.cast.northwind.id) { tx in
        _ = try world.coaching.engage(world.cast.lena.id, in: tx)
        try world.coaching.settle(in: tx)
      }
      let use = fields { try CoachingGroup.remove(id: world.coaching.group, scope: world.scope, at: Cast.now, in: world.database) }
      #expect(use == ["It is used by 1 engagement, so it stays."])
    }
  }

  @Test(arguments: TestDatabase.engines) func questionnairesBelongToTheirOwner(_ engine: Dialect) throws {
    try with(engine) { world in
      let (platform, own) = (try SetUpOwner(platform: world.team), try SetUpOwner(world.scope))
      for kind in Questionnaire.Kind.allCases {
        var draft = QuestionnaireDraft()
        (draft.name, draft.questions) = ("Ours", " One \r\n\r\nTwo\n")
        let made = try Questionnaire.save(draft, kind, of: own, at: Cast.now, in: world.database)
        let found = try world.database.read { try Questionnaire.find(kind, id: made.id, scope: world.scope, in: $0) }
        #expect(found.questions == ["One", "Two"] && !found.isPlatform)
        #expect(fields { _ = try Questionnaire.save(draft, kind, of: own, at: Cast.now, in: world.database) } == ["name"])
        // The platform may have one of the same name; an organization cannot change it.
        let theirs = try Questionnaire.save(draft, kind, of: platform, at: Cast.now, in: world.database)
        #expect(throws: Failure.notFound) { try Questionnaire.save(draft, kind, id: theirs.id, of: own, at: Cast.now, in: world.database) }
        #expect(try world.database.read { try Questionnaire.all(kind, for: own, in: $0) }.count == 3)
        let foreign = OrganizationScope(viewer: world.team, organization: world.cast.southwind, reach: .all)
        #expect(throws: Failure.notFound) { try world.database.read { try Questionnaire.find(kind, id: made.id, scope: foreign, in: $0) } }
        draft.questions = ""
        #expect(fields { _ = try Questionnaire.save(draft, kind, id: made.id, of: own, at: Cast.now, in: world.database) } == ["questions"])
        try Questionnaire.remove(kind, id: made.id, of: own, at: Cast.now, in: world.database)
        let used = kind == .assessment ? world.coaching.assessment : world.coaching.survey
        #expect(
          fields { try Questionnaire.remove(kind, id: used, of: platform, at: Cast.now, in: world.database) }
            == ["It is used by 1 group, so it stays."])
      }
      let admin = Viewer(accountID: 1, name: "", email: "", grants: [.organizationAdmin(organization: world.cast.northwind.id)])
      #expect(throws: Failure.notFound) { try SetUpOwner(platform: admin) }
    }
  }

  @Test(arguments: TestDatabase.engines) func aRenamedSkillIsFollowedByTheRows(_ engine: Dialect) throws {
    try with(engine) { world in
      let owner = try SetUpOwner(platform: world.team)
      try world.database.write(organization: world.cast.northwind.id) { tx in
        let id = try world.coaching.engage(world.cast.lena.id, in: tx)
        try tx.run("INSERT INTO focus_areas (engagement_id, focus_skill_id) VALUES (\(id), \(world.coaching.listening))")
        try world.coaching.settle(in: tx)
      }
      #expect(
        fields { _ = try FocusSkill.save(name: "delegation", id: world.coaching.listening, of: owner, at: Cast.now, in: world.database) }
          == ["name"])
      _ = try FocusSkill.save(name: "Attention", id: world.coaching.listening, of: owner, at: Cast.now, in: world.database)
      #expect(try world.database.read { try $0.first("SELECT focus_key FROM engagement_rows") { $0.text(0) } } == "attention")
      #expect(try world.differences() == [])
      #expect(
        fields { try FocusSkill.remove(id: world.coaching.listening, of: owner, at: Cast.now, in: world.database) }
          == ["It is used by 1 focus area, so it stays."])
      try FocusSkill.remove(id: world.coaching.delegation, of: owner, at: Cast.now, in: world.database)
      #expect(throws: Failure.notFound) { try FocusSkill.save(name: "X", of: SetUpOwner(world.scope), at: Cast.now, in: world.database) }
    }
  }
}
