import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct UserChangesTests {
  private func changes(_ world: LedgerWorld) throws -> UserChanges { try UserChanges(world.scope, in: world.database, at: world.now) }

  private func profile(_ user: Int64, _ world: LedgerWorld) throws -> UserProfile {
    try world.database.read { try UserProfile.find(id: user, scope: world.scope, now: world.now, in: $0) }
  }

  @Test(arguments: TestDatabase.engines) func whatIsChangedIsChangedWhereverItIsRepeated(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let user = try world.invite(1, under: 0)
      try world.join(user)
      #expect(try world.enroll(user, course: 1))
      var draft = UserChanges.Draft(try profile(user, world).user)
      (draft.name, draft.externalID) = (" Zoë Ångström ", "E-1")
      draft.attributes = [.jobTitle: "Captain", .locationCity: " Oslo "]
      try changes(world).save(user, draft)
      let found = try profile(user, world)
      #expect(found.user.name == "Zoë Ångström" && found.user.externalID == "E-1")
      #expect(found.user.attributes == [.jobTitle: "Captain", .locationCity: "Oslo"])
      #expect(found.memberships.map(\.programSlug) == ["data-academy"] && found.memberships.first?.contractName == "Contract 0")
      #expect(found.enrollments.count == 1 && found.user.enrollments == 1)
      let keys = try world.database.read {
        try $0.all(
          """
          SELECT search_key FROM users WHERE id = \(user) UNION ALL SELECT search_key FROM memberships WHERE user_id = \(user)
          UNION ALL SELECT search_key FROM invitations WHERE user_id = \(user)
          """
        ) { $0.text(0) }
      }
      #expect(keys == Array(repeating: "zoe angstrom\nperson1@example.com", count: 3))
      draft.attributes = [:]
      draft.externalID = ""
      try changes(world).save(user, draft)
      #expect(try profile(user, world).user.attributes == [:])
      // What differs is noted, and a change of nothing is none.
      try changes(world).save(user, draft)
      let events = try world.database.read { try UserTrail.latest(of: user, scope: world.scope, in: $0) }.filter {
        $0.action == "user_changed"
      }
      #expect(
        events.map { $0.values.map(\.name) } == [
          ["external_id", "job_title", "location_city"], ["external_id", "job_title", "location_city", "name"],
        ])
      #expect(events.first?.actor == "Olga Owner")
      let differences = try world.differences()
      #expect(differences == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func whatCannotBeIsNamed(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let (one, other) = (try world.invite(1, under: 0), try world.invite(2, under: 0))
      var draft = UserChanges.Draft()
      (draft.name, draft.externalID) = ("One", "E-1")
      try changes(world).save(one, draft)
      let taken = #expect(throws: Failure.self) { try changes(world).save(other, draft) }
      #expect(taken?.code == .conflict && taken?.fields.map(\.name) == ["external-id"])
      (draft.name, draft.externalID) = (" ", "a\u{0}b")
      draft.attributes = [.jobType: String(repeating: "x", count: 1001)]
      let wrong = #expect(throws: Failure.self) { try changes(world).save(other, draft) }
      #expect(wrong?.fields.map(\.name) == ["name", "external-id", "job_type"])
      draft = UserChanges.Draft()
      draft.name = "Sten"
      // Nobody of another organization can be found, changed or deactivated.
      for act in [{ try changes(world).save(world.cast.sten.id, draft) }, { try changes(world).deactivate(world.cast.sten.id) }] {
        #expect(throws: Failure.notFound) { try act() }
      }
      let narrow = OrganizationScope(
        viewer: world.scope.viewer, organization: world.cast.northwind, reach: .programs([world.cast.dataAcademy]))
      #expect(throws: Failure.notFound) { try UserChanges(narrow, in: world.database, at: world.now) }
    }
  }

  @Test(arguments: TestDatabase.engines) func theLastAdministratorAndOneselfStay(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let (olga, pat) = (world.cast.olga, world.cast.pat)
      try world.database.write(organization: world.cast.northwind.id) { tx in
        for person in [olga, pat] {
          _ = try UserWriting.user(
            person.id, EmailAddress(person.email), name: person.name, externalID: "", organization: world.cast.northwind.id, at: world.now,
            in: tx)
        }
      }
      let own = #expect(throws: Failure.self) { try changes(world).deactivate(olga.id) }
      #expect(own?.sentence.contains("yourself") == true)
      let team = OrganizationScope(
        viewer: Viewer(accountID: world.cast.tess.id, name: "", email: "", grants: [.accountTeam]), organization: world.cast.northwind,
        reach: .all)
      let byTeam = try UserChanges(team, in: world.database, at: world.now)
      let last = #expect(throws: Failure.self) { try byTeam.deactivate(olga.id) }
      #expect(last?.code == .conflict && last?.sentence.contains("last administrator") == true)
      try byTeam.deactivate(pat.id)
      #expect(try !profile(pat.id, world).deactivatedAt.isEmpty)
      try world.database.write(organization: 0) { tx in
        _ = try tx.run("UPDATE role_assignments SET role = 'ORGANIZATION_ADMIN', program_id = 0 WHERE account_id = \(pat.id)")
      }
      // A deactivated administrator does not count.
      #expect(throws: Failure.self) { try byTeam.deactivate(olga.id) }
      try byTeam.reactivate(pat.id)
      try byTeam.deactivate(olga.id)
      #expect(try profile(pat.id, world).deactivatedAt.isEmpty && !profile(olga.id, world).deactivatedAt.isEmpty)
    }
  }
}
