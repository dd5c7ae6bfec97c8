import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct SavedViewTests {
  private static func scope(_ cast: Cast, _ person: Cast.Person, _ grant: Viewer.Grant, _ slug: String, _ database: any Database) throws
    -> OrganizationScope
  {
    try database.read {
      try OrganizationScope.find(
        slug: slug, for: Viewer(accountID: person.id, name: person.name, email: person.email, grants: [grant]), in: $0)
    }
  }

  @Test(arguments: TestDatabase.engines) func aViewIsForItsOwnerOrForTheOrganizationsAdministrators(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let olga = try LearnerCrowd.scope(of: cast, in: test.database)
      let tess = try SavedViewTests.scope(cast, cast.tess, .accountTeam, "northwind", test.database)
      let sten = try SavedViewTests.scope(
        cast, cast.sten, .organizationAdmin(organization: cast.southwind.id), "southwind", test.database)
      let pat = try SavedViewTests.scope(
        cast, cast.pat, .programAdmin(organization: cast.northwind.id, program: cast.dataAcademy), "northwind", test.database)
      func save(_ name: String, _ query: String, shared: Bool, _ scope: OrganizationScope) throws -> Int64 {
        try SavedView.save(named: name, query: query, shared: shared, of: .learners, scope: scope, at: Cast.now, in: test.database)
      }
      func names(_ scope: OrganizationScope) throws -> [String] {
        try test.database.read { try SavedView.all(of: .learners, scope: scope, in: $0).map(\.name) }
      }
      let own = try save(" Paused ones ", "stage=paused", shared: false, olga)
      let shared = try save("Ending", "sort=engagement-end", shared: true, olga)
      _ = try save("ending", "", shared: false, tess)
      #expect(try names(olga) == ["Ending", "Paused ones"])
      #expect(try names(tess) == ["Ending", "ending"])
      #expect(try names(sten) == [])
      #expect(throws: Failure.notFound) { try names(pat) }
      let seen = try test.database.read { try SavedView.find(shared, of: .learners, scope: tess, in: $0) }
      #expect(seen.query == "sort=engagement-end" && seen.isShared && !seen.isOwn && seen.owner == "Olga Owner")
      for scope in [tess, sten] {
        #expect(throws: Failure.notFound) { try SavedView.remove(own, of: .learners, scope: scope, at: Cast.now, in: test.database) }
      }
      #expect(throws: Failure.notFound) { try SavedView.remove(shared, of: .learners, scope: sten, at: Cast.now, in: test.database) }
      try SavedView.remove(shared, of: .learners, scope: tess, at: Cast.now, in: test.database)
      try SavedView.remove(own, of: .learners, scope: olga, at: Cast.now, in: test.database)
      #expect(try names(olga) == [])
      let deeds = try test.database.read {
        try $0.all("SELECT action, actor_id FROM audit_events WHERE subject_kind = 'saved_view' ORDER BY id") {
          "\($0.text(0)) \($0.int(1))"
        }
      }
      #expect(
        deeds == [
          "view_saved \(cast.olga.id)", "view_saved \(cast.olga.id)", "view_saved \(cast.tess.id)", "view_deleted \(cast.tess.id)",
          "view_deleted \(cast.olga.id)",
        ])
    }
  }

  @Test(arguments: TestDatabase.engines) func aNameIsGivenOnceAndWithinBounds(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let scope = try LearnerCrowd.scope(of: cast, in: test.database)
      func refusal(_ name: String, _ query: String = "q=a") -> String {
        do {
          try SavedView.save(named: name, query: query, shared: false, of: .learners, scope: scope, at: Cast.now, in: test.database)
          return ""
        } catch let failure as Failure {
          return failure.fields.first { $0.name == "name" }?.sentence ?? "no field"
        } catch {
          return "\(error)"
        }
      }
      #expect(refusal("") != "" && refusal(" \t ") != "" && refusal("a\u{7}b") != "")
      #expect(refusal(String(repeating: "x", count: 61)) != "" && refusal("x", String(repeating: "q", count: 4001)) != "")
      #expect(refusal("Équipe") == "")
      #expect(refusal("equipe").contains("already"))
      for number in 2...SavedView.most { #expect(refusal("View \(number)") == "") }
      #expect(refusal("One more").contains("as many as can be"))
    }
  }

  @Test(arguments: TestDatabase.engines) func whoIsErasedLeavesOnlyWhatOthersUse(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let olga = try LearnerCrowd.scope(of: cast, in: test.database)
      let former = try SavedViewTests.scope(
        cast, cast.lena, .organizationAdmin(organization: cast.northwind.id), "northwind", test.database)
      for (name, shared) in [("Of Lena", false), ("For all", true)] {
        try SavedView.save(named: name, query: "q=lena", shared: shared, of: .learners, scope: former, at: Cast.now, in: test.database)
      }
      try Erasure(olga, in: test.database, at: Cast.now).erase(cast.lena.id, confirming: cast.lena.email)
      let views = try test.database.read { try SavedView.all(of: .learners, scope: olga, in: $0) }
      #expect(views.map(\.name) == ["For all"] && views.allSatisfy { $0.owner.hasPrefix("Erased person") })
      #expect(try test.database.read { try $0.scalar("SELECT COUNT(*) FROM saved_views") } == 1)
    }
  }
}
