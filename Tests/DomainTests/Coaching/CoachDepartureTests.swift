import Database
import Support
import Testing
import World

@testable import Domain

/// What is said before one of an organization's coaches is deactivated, and what comes of it.
@Suite struct CoachDepartureTests {
  @Test(arguments: TestDatabase.engines) func whatIsSaidBeforeIsWhatComes(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let world = try CoachingWorld(cast, in: test.database)
      let store = SessionStore(try test.identity(), clock: cast.time.clock)
      let viewer = Viewer(accountID: cast.olga.id, name: "", email: "", grants: [.organizationAdmin(organization: cast.northwind.id)])
      let scope = OrganizationScope(viewer: viewer, organization: cast.northwind, reach: .all)
      try test.database.write(organization: 0) { tx in
        let id = try world.engage(cast.lena.id, in: tx)
        try tx.run("UPDATE engagements SET coach_id = \(world.mark) WHERE id = \(id)")
        for day in [-1, 1, 2] as [Int64] { try world.session(id, at: Cast.now.adding(days: day), "SCHEDULED", coach: world.mark, in: tx) }
        try world.settle(in: tx)
      }
      func look() throws -> CoachDeparture {
        try test.database.read {
          try CoachDeparture.look(
            CoachProfile.find(world.mark, .organization, scope: scope, now: Cast.now, in: $0), scope: scope, now: Cast.now, in: $0)
        }
      }
      let account = world.markAccount.id
      #expect(try store.count(account: account) == 0)
      let cookies = try (0..<2).map { _ in try #require(try store.open(account: account)) }
      _ = try store.open(account: cast.lena.id)
      #expect(try store.count(account: account) == 2 && store.count(account: 999) == 0)
      let departure = try look()
      #expect(departure.learners == 1 && departure.sessions == 2 && departure.next.map(\.learner) == ["Lena Lind", "Lena Lind"])
      #expect(departure.endsSignIns)
      try Coach.deactivate(id: world.mark, of: SetUpOwner(scope), at: Cast.now, in: test.database)
      for cookie in cookies { #expect(try store.with(cookie: cookie) { _, _ in true } == nil) }
      #expect(try store.count(account: account) == 0)
      try Coach.reactivate(id: world.mark, of: SetUpOwner(scope), at: Cast.now, in: test.database)
      // Whoever is something else besides stays signed in.
      let cookie = try #require(try store.open(account: account))
      try test.database.write(organization: 0) {
        try $0.run(
          """
          INSERT INTO coaches (organization_id, account_id, name, name_key, search_key, created_at)
          VALUES (0, \(account), 'Mark', 'mark', 'mark', '')
          """)
      }
      #expect(try !look().endsSignIns)
      try Coach.deactivate(id: world.mark, of: SetUpOwner(scope), at: Cast.now, in: test.database)
      #expect(try store.with(cookie: cookie) { _, _ in true } == true && store.count(account: account) == 1)
      // A sign-in that ran out is none.
      cast.time.pass(seconds: SessionStore.idleSeconds)
      #expect(try store.count(account: account) == 0)
    }
  }
}
