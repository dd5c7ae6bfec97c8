import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct UserListTests {
  /// A person's memberships, read the plain way.
  private struct Plain {
    let user: Int64, program: Int64, state: String, enrollments: Int64, current: Int64, completions: Int64, activity: String, base: String
  }

  private static func memberships(_ organization: Int64, in connection: any Connection) throws -> [Plain] {
    try connection.all(
      """
      SELECT m.user_id, m.program_id, m.state, count(e.course_id),
        sum(CASE WHEN e.completed = 0 AND e.removed = 0 AND e.left_at = '' THEN 1 ELSE 0 END), sum(coalesce(e.completed, 0)),
        coalesce(max(e.last_activity_at), ''), coalesce(max(e.enrolled_at), '')
      FROM memberships m LEFT JOIN enrollments e ON e.program_id = m.program_id AND e.user_id = m.user_id
      WHERE m.organization_id = \(organization) GROUP BY m.user_id, m.program_id, m.state
      """
    ) { row in
      let activity = row.text(6)
      return Plain(
        user: row.int(0), program: row.int(1), state: row.text(2), enrollments: row.int(3), current: row.int(4), completions: row.int(5),
        activity: activity, base: activity.isEmpty ? row.text(7) : activity)
    }
  }

  private static func isIn(_ status: UserFilter.Status, _ mine: [Plain]) -> Bool {
    let member = mine.filter { $0.state == "MEMBER" }
    switch status {
    case .everyone: return true
    case .invited: return mine.contains { $0.state == "INVITED" }
    case .joined: return !member.isEmpty
    case .enrolled: return member.contains { $0.enrollments > 0 }
    case .active: return member.contains { $0.activity > Crowd.now.adding(days: -30).text }
    case .inactive:
      let current = member.filter { $0.current > 0 }
      return !current.isEmpty && current.allSatisfy { $0.base <= Crowd.now.adding(days: -30).text }
    case .longTermInactive:
      let ever = member.filter { $0.enrollments > 0 }
      return !ever.isEmpty && ever.allSatisfy { $0.base <= Crowd.now.adding(days: -90).text }
    case .completed: return member.contains { $0.completions > 0 }
    }
  }

  @Test(arguments: TestDatabase.engines) func everyStatusMeansWhatItSaysWithinTheProgramsChosen(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      try test.database.read { connection in
        let list = try UserList(scope: crowd.scope, now: Crowd.now)
        let programs = try Program.all(scope: crowd.scope, in: connection)
        let all = try UserListTests.memberships(crowd.scope.organization.id, in: connection)
        let people = try connection.all("SELECT id FROM users WHERE organization_id = \(crowd.scope.organization.id)") { $0.int(0) }
        #expect(try list.count(in: connection) == people.count)
        for chosen in [[], [programs[0].id], [programs[1].id, programs[3].id]] {
          for status in UserFilter.Status.allCases {
            var filter = UserFilter()
            filter.status = status
            filter.programs = chosen
            let mine = Dictionary(grouping: all.filter { chosen.isEmpty || chosen.contains($0.program) }, by: \.user)
            let known = chosen.isEmpty ? people : Array(mine.keys)
            let expected = Set(known.filter { UserListTests.isIn(status, mine[$0] ?? []) })
            let page = try list.page(filter, sort: Sorting(.name, descending: false), request: PageRequest(size: 100), in: connection)
            #expect(Set(page.rows.map(\.id)) == expected, "\(status) in \(chosen)")
            #expect(page.total == expected.count)
            for user in page.rows {
              let member = (mine[user.id] ?? []).filter { $0.state == "MEMBER" }
              #expect(user.memberPrograms == member.count)
              #expect(user.enrollments == member.reduce(0) { $0 + Int($1.enrollments) })
            }
          }
        }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aContractFindsWhoHoldsItInWhateverProgram(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      try test.database.read { connection in
        let list = try UserList(scope: crowd.scope, now: Crowd.now)
        for contract in try Contract.all(scope: crowd.scope, in: connection) {
          var filter = UserFilter()
          filter.status = .everyone
          filter.contracts = [contract.id]
          let expected = Set(
            try connection.all("SELECT user_id FROM memberships WHERE contract_id = \(contract.id)") { $0.int(0) })
          let page = try list.page(filter, sort: Sorting(.email, descending: false), request: PageRequest(size: 100), in: connection)
          #expect(Set(page.rows.map(\.id)) == expected && !expected.isEmpty, "\(contract.name)")
        }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func nobodyOfAnotherOrganizationIsListed(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      try test.database.read { connection in
        var filter = UserFilter()
        filter.status = .everyone
        let list = try UserList(scope: crowd.scope, now: Crowd.now)
        for search in ["harborfoods", "example"] {
          filter.search = search
          let page = try list.page(filter, sort: Sorting(.email, descending: false), request: PageRequest(size: 100), in: connection)
          #expect(page.rows.allSatisfy { $0.email.hasSuffix("@northwind.example") })
        }
        // A foreign program's id finds nobody.
        filter.search = ""
        filter.programs = [try connection.scalar("SELECT max(id) FROM programs")]
        #expect(
          try list.page(filter, sort: Sorting(.name, descending: false), request: PageRequest(), in: connection).total == 0)
      }
    }
  }
}
