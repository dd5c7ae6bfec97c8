import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct MemberListTests {
  /// What the Members page needs to know of a membership, read the plain way.
  private struct Plain {
    let id: Int64, name: String, email: String, contract: Int64, enrollments: Int64, completions: Int64, lastActivity: String
    let isInactive: Bool, isAtRisk: Bool, unit: String
  }

  /// Each rule once more, from the base tables alone and without the kept figures.
  private static func members(of program: Program, in connection: any Connection) throws -> [Plain] {
    let now = Crowd.now
    return try connection.all(
      """
      SELECT m.user_id, u.name, u.email, m.contract_id,
        (SELECT count(*) FROM enrollments e WHERE e.program_id = m.program_id AND e.user_id = m.user_id),
        (SELECT count(*) FROM enrollments e WHERE e.program_id = m.program_id AND e.user_id = m.user_id AND e.completed = 1),
        (SELECT coalesce(max(e.last_activity_at), '') FROM enrollments e WHERE e.program_id = m.program_id AND e.user_id = m.user_id),
        (SELECT coalesce(max(e.enrolled_at), '') FROM enrollments e WHERE e.program_id = m.program_id AND e.user_id = m.user_id
          AND e.completed = 0 AND e.removed = 0),
        (SELECT count(*) FROM enrollments e JOIN assessments a ON a.program_id = e.program_id AND a.course_id = e.course_id
          WHERE e.program_id = m.program_id AND e.user_id = m.user_id AND e.completed = 0 AND e.removed = 0 AND a.required = 1
          AND ((a.due_at <= \(now.text) AND NOT EXISTS (SELECT 1 FROM assessment_attempts t
              WHERE t.program_id = e.program_id AND t.user_id = e.user_id AND t.assessment_id = a.id))
            OR EXISTS (SELECT 1 FROM assessment_attempts t WHERE t.program_id = e.program_id AND t.user_id = e.user_id
              AND t.assessment_id = a.id AND t.score < a.passing_score))),
        (SELECT coalesce(max(v.value), '') FROM attribute_values v WHERE v.id = u.business_unit_id)
      FROM memberships m JOIN users u ON u.organization_id = m.organization_id AND u.id = m.user_id
      WHERE m.program_id = \(program.id) AND m.state = 'MEMBER' ORDER BY m.user_id
      """
    ) { row in
      let (activity, enrolled) = (row.text(6), row.text(7))
      let base = activity.isEmpty ? enrolled : activity
      return Plain(
        id: row.int(0), name: row.text(1), email: row.text(2), contract: row.int(3), enrollments: row.int(4), completions: row.int(5),
        lastActivity: activity, isInactive: !enrolled.isEmpty && base <= now.adding(days: -30).text, isAtRisk: row.int(8) > 0,
        unit: row.text(9))
    }
  }

  private static func matches(_ member: Plain, _ filter: MemberFilter) -> Bool {
    let wanted = filter.search.folded
    if !wanted.isEmpty, !member.name.folded.contains(wanted), !member.email.folded.contains(wanted) { return false }
    if !filter.contracts.isEmpty, !filter.contracts.contains(member.contract) { return false }
    if let unit = filter.attributes[.businessUnit], !member.unit.folded.contains(unit.folded) || member.unit.isEmpty { return false }
    guard !filter.statuses.isEmpty else { return true }
    return filter.statuses.contains { status in
      switch status {
      case .inactive: member.isInactive
      case .atRisk: member.isAtRisk
      case .noEnrollments: member.enrollments == 0
      case .enrolledWithoutCompletion: member.enrollments > 0 && member.completions == 0
      case .completed: member.completions > 0
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func everyFilterFindsWhomTheRuleMeans(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      try test.database.read { connection in
        let program = try Program.find(slug: "data-academy", scope: crowd.scope, in: connection)
        let list = MemberList(of: program, scope: crowd.scope, now: Crowd.now)
        let plain = try MemberListTests.members(of: program, in: connection)
        #expect(plain.contains { $0.isInactive } && plain.contains { $0.isAtRisk } && plain.contains { $0.enrollments == 0 })
        var filters = MemberFilter.Status.allCases.map { status in
          var filter = MemberFilter()
          filter.statuses = [status]
          return filter
        }
        for (search, unit) in [
          ("", ""), ("O'B", ""), ("zoe", ""), ("=1", ""), ("%", ""), ("_", ""), ("王", ""), ("", "sal"), ("a", "prod"), ("", "none"),
        ] {
          var filter = MemberFilter()
          filter.search = search
          if !unit.isEmpty { filter.attributes[.businessUnit] = unit }
          filters.append(filter)
          filter.statuses = [.atRisk, .noEnrollments]
          filters.append(filter)
        }
        let keys: [MemberList.Key] = [.name, .email, .column(.lastActivity), .column(.status), .column(.attribute(.businessUnit))]
        for filter in filters {
          let expected = Set(plain.filter { MemberListTests.matches($0, filter) }.map(\.id))
          for key in keys {
            let page = try list.page(filter, sort: Sorting(key, descending: false), request: PageRequest(size: 100), in: connection)
            #expect(Set(page.rows.map(\.userID)) == expected, "\(filter), \(key)")
            #expect(page.total == expected.count)
          }
        }
      }
    }
  }

  /// Nobody may be lost because a text is part of very many values.
  @Test(arguments: TestDatabase.engines) func findsAnyOfThousandsOfValues(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      let organization = crowd.scope.organization.id
      let program = try test.database.read { try Program.find(slug: "data-academy", scope: crowd.scope, in: $0) }
      let member = try test.database.write(organization: organization) { tx in
        try tx.run(
          """
          INSERT INTO attribute_values (organization_id, attribute, value)
          WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 12000)
          SELECT CAST(\(organization) AS BIGINT), 'job_title', 'Smith ' || n FROM numbers ORDER BY n
          """)
        let last = try tx.scalar("SELECT MAX(id) FROM attribute_values")
        let member = try tx.scalar("SELECT MAX(user_id) FROM memberships WHERE program_id = \(program.id) AND state = 'MEMBER'")
        try tx.run("UPDATE memberships SET job_title_id = \(last) WHERE program_id = \(program.id) AND user_id = \(member)")
        return member
      }
      var filter = MemberFilter()
      filter.attributes[.jobTitle] = "smith"
      let list = MemberList(of: program, scope: crowd.scope, now: Crowd.now)
      let page = try test.database.read { connection in
        try list.page(filter, sort: Sorting(.name, descending: false), request: PageRequest(), in: connection)
      }
      #expect(page.rows.map(\.userID) == [member] && page.total == 1)
    }
  }

  @Test(arguments: TestDatabase.engines) func rowsSayWhatTheBaseTablesSay(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      try test.database.read { connection in
        let program = try Program.find(slug: "data-academy", scope: crowd.scope, in: connection)
        let page = try MemberList(of: program, scope: crowd.scope, now: Crowd.now)
          .page(MemberFilter(), sort: Sorting(.email, descending: true), request: PageRequest(size: 100), in: connection)
        let plain = try Dictionary(uniqueKeysWithValues: MemberListTests.members(of: program, in: connection).map { ($0.id, $0) })
        #expect(page.total == plain.count && page.total == program.funnel.joined)
        for member in page.rows {
          let expected = try #require(plain[member.userID])
          #expect(member.name == expected.name && member.email == expected.email)
          #expect(member.enrollments == expected.enrollments && member.completions == expected.completions)
          #expect(member.lastActivityAt == expected.lastActivity)
          #expect(member.isInactive == expected.isInactive && member.risks.isEmpty == !expected.isAtRisk)
          #expect((member.attributes[.businessUnit] ?? "") == expected.unit)
        }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func anExportHoldsJustWhatIsListed(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      try test.database.export { connection in
        let program = try Program.find(slug: "data-academy", scope: crowd.scope, in: connection)
        let list = MemberList(of: program, scope: crowd.scope, now: Crowd.now)
        var filter = MemberFilter()
        filter.search = "a"
        let sort = Sorting(MemberList.Key.column(.lastActivity), descending: true)
        var bytes: [UInt8] = []
        try list.write(filter, sort: sort, columns: [.enrollments, .attribute(.businessUnit)], in: connection) {
          bytes.append(contentsOf: $0)
        }
        let lines = String(decoding: bytes.dropFirst(3), as: UTF8.self).components(separatedBy: "\r\n")
        #expect(Array(bytes.prefix(3)) == [0xEF, 0xBB, 0xBF])
        #expect(lines.first == "Name,Email,Enrollments,Business Unit")
        let page = try list.page(filter, sort: sort, request: PageRequest(size: 100), in: connection)
        #expect(lines.count == page.total + 2 && lines.last == "")
        for (line, member) in zip(lines.dropFirst(), page.rows) { #expect(line.contains(member.email)) }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aProgramOutOfReachIsNotFound(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      try test.database.read { connection in
        let scope = try crowd.admin(of: "data-academy", in: connection)
        #expect(try Program.all(scope: scope, in: connection).map(\.slug) == ["data-academy"])
        #expect(throws: Failure.notFound) { try Program.find(slug: "sales-excellence", scope: scope, in: connection) }
        #expect(throws: Failure.notFound) { try UserList(scope: scope, now: Crowd.now) }
        let contracts = try Contract.all(scope: scope, in: connection)
        #expect(contracts.map(\.name) == ["Year 3"])
      }
    }
  }
}
