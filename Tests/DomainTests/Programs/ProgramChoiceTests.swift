import Database
import Support
import Testing
import World

@testable import Domain

/// The filter of Users by programs reaches each of them, however many there are.
@Suite struct ProgramChoiceTests {
  private static let many = 620

  private static func add(_ organization: Int64, in tx: any Connection) throws {
    for number in 1...many {
      let name = "Überblick \(1000 + number)"
      try tx.run(
        """
        INSERT INTO programs (organization_id, slug, name, name_key, created_at)
        VALUES (\(organization), \("more-\(number)"), \(name), \(name.folded), \(Crowd.now.text))
        """)
    }
  }

  @Test(arguments: TestDatabase.engines) func aProgramBeyondTheListIsChosenAsAnyOther(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      let organization = crowd.scope.organization.id
      try test.database.write(organization: organization) { tx in
        try ProgramChoiceTests.add(organization, in: tx)
        // Somebody's membership moves to the last of them.
        let last = try tx.scalar("SELECT max(id) FROM programs WHERE organization_id = \(organization)")
        try tx.run(
          """
          INSERT INTO memberships (program_id, user_id, organization_id, state, search_key, email_key, joined_at)
          SELECT \(last), u.id, u.organization_id, 'MEMBER', u.search_key, u.email_key, \(Crowd.now.text) FROM users u
          WHERE u.organization_id = \(organization) AND u.email_key = (SELECT min(email_key) FROM users WHERE organization_id = \(organization))
          """)
      }
      try test.database.read { connection in
        let slugs = ["more-\(ProgramChoiceTests.many)", "data-academy", "nothing"]
        let choice = try ProgramChoice.load(slugs: slugs, scope: crowd.scope, in: connection)
        #expect(choice.hasMore && choice.offered.count == ProgramChoice.limit + 1)
        #expect(choice.offered.last?.slug == slugs[0])
        #expect(choice.chosen.count == 3 && choice.chosen[0] == choice.offered.last?.id && choice.chosen[2] == 0)

        let list = try UserList(scope: crowd.scope, now: Crowd.now)
        var bySlug = UserFilter()
        bySlug.programs = [choice.chosen[0]]
        var byName = UserFilter()
        byName.programName = "ÜBERBLICK \(1000 + ProgramChoiceTests.many)"
        for filter in [bySlug, byName] {
          let page = try list.page(filter, sort: Sorting(.name, descending: false), request: PageRequest(), in: connection)
          #expect(page.rows.map(\.memberPrograms) == [1])
        }
        byName.programName = "no program is called so"
        let none = try list.page(byName, sort: Sorting(.name, descending: false), request: PageRequest(), in: connection)
        #expect(none.total == 0)
        byName.programs = [choice.chosen[1]]
        let either = try list.page(byName, sort: Sorting(.name, descending: false), request: PageRequest(), in: connection)
        let academy = try Program.find(slug: "data-academy", scope: crowd.scope, in: connection)
        #expect(either.total == academy.funnel.joined)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aProgramOutOfReachIsNoChoice(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      try test.database.read { connection in
        let scope = try crowd.admin(of: "data-academy", in: connection)
        let choice = try ProgramChoice.load(slugs: ["sales-excellence"], scope: scope, in: connection)
        #expect(choice.offered.map(\.slug) == ["data-academy"] && choice.chosen == [0] && !choice.hasMore)
      }
    }
  }
}
