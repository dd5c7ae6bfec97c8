import Database
import Support
import Testing
import World

@testable import Domain

/// Counts of an order's stretches through changes of every kind, and pages found by them, against sorting everything.
@Suite struct OrderStatisticsTests {
  private static let stretch = 3

  /// Where an engine has counts, they are made. The other one walks its indexes: there is nothing to make and nothing to check.
  private static func isCounted(_ database: any Database) throws -> Bool {
    let made = try OrderStatistics.survey(in: database, stretch: stretch)
    if database.dialect == .postgres { return true }
    let found = try database.read { try differences(in: $0) }
    #expect(made == 0 && found == [])
    return false
  }

  /// One list, with its orders.
  private struct List: Equatable {
    let list: OrderStatistics.List
    let scope: Int64, stage: Int64?

    private var bound: SQL {
      var bound: SQL = "t.\(list.scope.sql) = \(scope)"
      if list == .members { bound += " AND t.state = 'MEMBER'" }
      if let stage { bound += " AND t.stage = \(stage)" }
      return bound
    }

    func total(in connection: any Connection) throws -> Int {
      Int(try connection.scalar("SELECT COUNT(*) FROM \(list.table.sql) t WHERE \(bound)"))
    }

    private func query(_ column: Column, _ isText: Bool, descending: Bool, in connection: any Connection) throws -> PagedQuery {
      let key = SortKey(column: "t.\(column.sql)", kind: isText ? .text : .number, isIndexed: true, counted: column)
      var statistics = OrderStatistics(list, of: scope, stage: stage, by: key)
      statistics?.nearby = 0
      return PagedQuery(
        source: "\(list.table.sql) t", id: "t.\(list.id.sql)", scope: bound, filter: nil, knownTotal: try total(in: connection), key: key,
        descending: descending, statistics: statistics)
    }

    /// How many orders are counted; the pages of all must be right either way.
    func check(in connection: any Connection) throws -> Int {
      var counted = 0
      for (column, isText) in list.columns {
        for descending in [false, true] {
          let query = try query(column, isText, descending: descending, in: connection)
          let all = try query.ids(in: connection)
          for number in 1...(all.count / 20 + 1) {
            let page = try query.page(PageRequest(number: number, size: 20), in: connection)
            #expect(page.rows == Array(all.dropFirst((page.number - 1) * 20).prefix(20)), "\(list) by \(column.word) page \(number)")
          }
          if try query.statistics?.place(of: all.count / 2, total: all.count, in: connection) != nil { counted += 1 }
        }
      }
      return counted
    }
  }

  private static func lists(_ crowd: Crowd, in connection: any Connection) throws -> [List] {
    let organization = crowd.scope.organization.id
    let program = try Program.find(slug: "data-academy", scope: crowd.scope, in: connection).id
    return [List(list: .members, scope: program, stage: nil)]
      + ([nil, 1, 2] as [Int64?]).map { List(list: .engagements, scope: organization, stage: $0) }
  }

  private static func differences(in connection: any Connection) throws -> [String] {
    var found: [String] = []
    try OrderStatistics.check(in: connection) { found.append($0.description) }
    return found
  }

  /// One statement that moves keys, rows in and out of lists, or neither.
  private static func change(_ random: inout SeededGenerator, in tx: any Connection) throws {
    let (key, number) = ("k\(Int.random(in: 0...30, using: &random))", Int64.random(in: 0...6, using: &random))
    let some = Int64.random(in: 2...9, using: &random)
    switch Int.random(in: 0...6, using: &random) {
    case 0: try tx.run("UPDATE memberships SET search_key = \(key), enrollments = \(number) WHERE user_id % \(some) = 1")
    case 1: try tx.run("UPDATE memberships SET state = 'DELETED_MEMBER', removed_at = 'x' WHERE user_id % 11 = \(some)")
    case 2: try tx.run("UPDATE memberships SET state = 'MEMBER', email_key = email_key || 'x' WHERE user_id % 11 = \(some)")
    case 3: try tx.run("UPDATE memberships SET last_activity_at = \(key), completions = completions + 1 WHERE user_id % \(some) = 1")
    case 4: try tx.run("UPDATE memberships SET missed_at = \(key)")
    case 5: try tx.run("UPDATE engagement_rows SET stage = \(1 + number % 2), coach_key = \(key) WHERE engagement_id % \(some) = 1")
    default:
      try tx.run("CREATE TEMPORARY TABLE kept AS SELECT * FROM engagement_rows WHERE engagement_id % \(some) = 0")
      try tx.run("DELETE FROM engagement_rows WHERE engagement_id % \(some) = 0")
      try tx.run("UPDATE kept SET search_key = \(key), ends_at = \(key)")
      try tx.run("INSERT INTO engagement_rows SELECT * FROM kept")
      try tx.run("DROP TABLE kept")
    }
  }

  @Test(arguments: TestDatabase.engines, [1, 2, 3] as [UInt64]) func countsFollowEveryChange(_ engine: Dialect, seed: UInt64) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(of: 120, in: test.database)
      var random = SeededGenerator(seed)
      try test.database.write(organization: crowd.scope.organization.id) { tx in
        try tx.run("UPDATE engagement_rows SET stage = 1 WHERE organization_id = \(crowd.scope.organization.id)")
        try tx.run(
          """
          UPDATE engagement_totals SET engagements = CASE stage WHEN 1 THEN (
            SELECT COUNT(*) FROM engagement_rows r WHERE r.organization_id = engagement_totals.organization_id) ELSE 0 END
          WHERE organization_id = \(crowd.scope.organization.id)
          """)
      }
      let long = try test.database.read { connection in
        try OrderStatisticsTests.lists(crowd, in: connection).filter { try $0.total(in: connection) >= 5 * OrderStatisticsTests.stretch }
      }
      #expect(long.count > 2)
      guard try OrderStatisticsTests.isCounted(test.database) else { return }
      #expect(try OrderStatistics.survey(in: test.database, stretch: OrderStatisticsTests.stretch) == 0)
      for _ in 0..<12 {
        try test.database.write(organization: crowd.scope.organization.id) { tx in
          for _ in 0..<3 { try OrderStatisticsTests.change(&random, in: tx) }
        }
        try test.database.read { connection in
          #expect(try OrderStatisticsTests.differences(in: connection) == [])
          for list in try OrderStatisticsTests.lists(crowd, in: connection) {
            let orders = try connection.scalar(
              """
              SELECT COUNT(DISTINCT sorted_by) FROM order_statistics WHERE list = \(list.list.table.word) AND scope = \(list.scope)
                AND stage = \(list.stage ?? -1)
              """)
            #expect(orders == (long.contains(list) ? list.list.columns.count : 0))
            #expect(try list.check(in: connection) == 2 * Int(orders), "\(list)")
          }
        }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aWrongCountIsFoundAndMisleadsNobody(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      guard try OrderStatisticsTests.isCounted(test.database) else { return }
      let list = try test.database.read { try OrderStatisticsTests.lists(crowd, in: $0)[0] }
      let name = "FROM order_statistics WHERE list = 'memberships' AND scope = \(list.scope) AND sorted_by = 'email_key'" as SQL
      try test.database.write(organization: crowd.scope.organization.id) { tx in
        _ = try tx.run("UPDATE order_statistics SET entries = entries + 1 WHERE id = (SELECT MIN(id) \(name))")
      }
      try test.database.read { connection in
        var found: [Difference] = []
        try Figures.check(in: connection) { found.append($0) }
        #expect(found.count == 1)
        #expect(found.first?.description.hasPrefix("order_statistics memberships program_id \(list.scope) by email_key from") == true)
        #expect(try list.check(in: connection) == 2 * (list.list.columns.count - 1))
      }
    }
  }

  /// A change of thousands of rows drops the counts; they come back, and those of a list that has become short do not.
  @Test(arguments: TestDatabase.engines) func countsAreDroppedByLargeChangesAndMadeAgain(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      let organization = crowd.scope.organization.id
      let list = try test.database.read { try OrderStatisticsTests.lists(crowd, in: $0)[0] }
      func counted() throws -> Int64 {
        try test.database.read {
          try $0.scalar("SELECT COUNT(*) FROM order_statistics WHERE list = 'memberships' AND scope = \(list.scope)")
        }
      }
      func change(_ sql: SQL) throws { try test.database.write(organization: organization) { _ = try $0.run(sql) } }
      guard try OrderStatisticsTests.isCounted(test.database) else { return }
      let before = try counted()
      try change(
        "INSERT INTO accounts (id, email, email_key, name, created_at) SELECT 100000 + n, n || '@m', n || '@m', 'M', '' FROM generate_series(1, 6000) n"
      )
      try change(
        """
        INSERT INTO users (organization_id, id, search_key, email_key, name, email, created_at)
        SELECT \(organization), id, 'm' || id, email_key, name, email, '' FROM accounts WHERE id > 100000
        """)
      try change(
        """
        INSERT INTO memberships (program_id, user_id, organization_id, state, search_key, email_key)
        SELECT \(list.scope), id, organization_id, 'MEMBER', search_key, email_key FROM users WHERE id > 100000
        """)
      #expect(try counted() == 0)
      try OrderStatistics.survey(in: test.database, stretch: OrderStatisticsTests.stretch)
      #expect(try counted() > before + 5000)
      try change("DELETE FROM memberships WHERE program_id = \(list.scope) AND user_id > 100000 AND user_id < 104000")
      #expect(try test.database.read { try OrderStatisticsTests.differences(in: $0) } == [])
      try change("UPDATE programs SET members = 1 WHERE id = \(list.scope)")
      try OrderStatistics.survey(in: test.database, stretch: OrderStatisticsTests.stretch * 1000)
      #expect(try counted() == 0)
    }
  }

  /// A stretch that very many came into is divided.
  @Test(arguments: TestDatabase.engines) func aLongStretchIsDivided(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(of: 120, in: test.database)
      let list = try test.database.read { try OrderStatisticsTests.lists(crowd, in: $0)[0] }
      func longest() throws -> Int64 {
        try test.database.read {
          try $0.scalar("SELECT MAX(entries) FROM order_statistics WHERE scope = \(list.scope) AND list = 'memberships'")
        }
      }
      guard try OrderStatisticsTests.isCounted(test.database) else { return }
      #expect(try longest() == Int64(OrderStatisticsTests.stretch))
      try test.database.write(organization: crowd.scope.organization.id) { _ = try $0.run("UPDATE memberships SET search_key = 'a'") }
      #expect(try longest() > Int64(OrderStatistics.long * OrderStatisticsTests.stretch))
      #expect(try OrderStatistics.survey(in: test.database, stretch: OrderStatisticsTests.stretch) > 0)
      #expect(try longest() == Int64(OrderStatisticsTests.stretch))
      #expect(try test.database.read { try OrderStatisticsTests.differences(in: $0) } == [])
    }
  }

  /// The index of the order leads to the place, or nothing is won.
  @Test(arguments: TestDatabase.engines) func aPageIsFoundThroughTheIndex(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      guard try OrderStatisticsTests.isCounted(test.database) else { return }
      try test.database.write(organization: crowd.scope.organization.id) { tx in
        try tx.run("SET LOCAL enable_seqscan = off")
        try tx.run("SET LOCAL enable_sort = off")
        for (list, index, scope) in [
          (OrderStatistics.List.members, "memberships_by_name", "program_id = 1 AND state = 'MEMBER'" as SQL),
          (.engagements, "engagement_rows_by_name", "organization_id = 1"),
          (.engagements, "engagement_rows_stage_by_name", "organization_id = 1 AND stage = 2"),
        ] {
          let plan = try tx.all(
            """
            EXPLAIN SELECT \(list.id.sql) FROM \(list.table.sql) WHERE \(scope)
              AND \(list.entry("search_key", list.id.sql)) >= \(list.bound("'k'", "7")) ORDER BY search_key, \(list.id.sql) LIMIT 50 OFFSET 3
            """
          ) { $0.text(0) }
          let condition = plan.first { $0.contains("Index Cond") } ?? ""
          let row = (list == .members ? "ROW(state, " : "ROW(") + "search_key, \(list.id.word)) >= ROW("
          #expect(plan.contains { $0.contains(index) } && condition.contains(row), "\(plan)")
        }
      }
    }
  }
}
