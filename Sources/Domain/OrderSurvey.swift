public import Database

// Counting, and checking what was counted.
extension OrderStatistics {
  /// Counts the lists that have grown long, have lost their counts or hold a stretch that has grown long, each in a transaction of its own; those of
  /// lists that have become short it drops. For PostgreSQL; elsewhere there is nothing to count.
  ///
  /// - Returns: how many lists.
  @discardableResult
  public static func survey(in database: any Database) throws -> Int { try survey(in: database, stretch: stretch) }

  @discardableResult
  static func survey(in database: any Database, stretch: Int) throws -> Int {
    guard database.dialect == .postgres else { return 0 }
    let lists = try database.read { try due(stretch, in: $0) }
    for one in lists { try database.write(organization: one.organization, patience: .seconds(30)) { try one.count(by: stretch, in: $0) } }
    return lists.count
  }

  private static func due(_ stretch: Int, in connection: any Connection) throws -> [CountedList] {
    func isDue(_ list: List, _ scope: SQL, _ stage: SQL, _ entries: SQL) -> SQL {
      let mine: SQL = "FROM order_statistics o WHERE o.list = \(list.table.word) AND o.scope = \(scope)"
      return """
        (\(entries) >= \(least * stretch) AND NOT EXISTS (SELECT 1 \(mine) AND o.stage = \(stage)))
        OR (\(entries) < \(least * stretch / 2) AND EXISTS (SELECT 1 \(mine) AND o.stage = \(stage)))
        OR EXISTS (SELECT 1 \(mine) AND o.entries > \(long * stretch) AND o.stage = \(stage))
        """
    }
    let members = try connection.all("SELECT p.id, p.organization_id FROM programs p WHERE \(isDue(.members, "p.id", "-1", "p.members"))") {
      CountedList(list: .members, scope: $0.int(0), organization: $0.int(1), stage: -1)
    }
    let engagements = try connection.all(
      """
      SELECT t.organization_id, t.stage FROM (
        SELECT organization_id, stage, engagements FROM engagement_totals
        UNION ALL SELECT organization_id, -1, CAST(SUM(engagements) AS BIGINT) FROM engagement_totals GROUP BY organization_id) t
      WHERE \(isDue(.engagements, "t.organization_id", "t.stage", "t.engagements"))
      """
    ) { CountedList(list: .engagements, scope: $0.int(0), organization: $0.int(0), stage: $0.int(1)) }
    return members + engagements
  }

  /// Hands over each stretch that holds more or fewer entries than are counted.
  static func check(in connection: any Connection, _ report: (Difference) throws -> Void) throws {
    guard connection.dialect == .postgres else { return }
    for list in List.allCases {
      for (column, isText) in list.columns {
        let from: SQL = isText ? "from_text" : "from_number"
        let entry = list.entry("t.\(column.sql)", "t.\(list.id.sql)")
        let state: SQL = list == .members ? "t.state = 'MEMBER'" : "(o.stage < 0 OR t.stage = o.stage)"
        let entries: SQL = """
          SELECT COUNT(*) FROM \(list.table.sql) t WHERE t.\(list.scope.sql) = o.scope AND \(state)
            AND \(entry) >= \(list.bound("o.\(from)", "o.from_id"))
          """
        try connection.stream(
          """
          SELECT * FROM (
            SELECT o.scope, o.stage, o.from_text, o.from_number, o.from_id, o.entries AS found,
              CASE WHEN o.next_id IS NULL THEN (\(entries)) ELSE (\(entries) AND \(entry) < \(list.bound("o.next_key", "o.next_id"))) END AS expected
            FROM (SELECT s.*, LEAD(s.\(from)) OVER w AS next_key, LEAD(s.from_id) OVER w AS next_id
              FROM order_statistics s WHERE s.list = \(list.table.word) AND s.sorted_by = \(column.word)
              WINDOW w AS (PARTITION BY s.scope, s.stage ORDER BY s.from_text, s.from_number, s.from_id)) o) c
          WHERE found <> expected ORDER BY scope, stage, from_text, from_number, from_id
          """
        ) { row in
          let stage = row.int(1) < 0 ? "" : " stage \(row.int(1))"
          let place =
            "\(list.table.word) \(list.scope.word) \(row.int(0))\(stage) by \(column.word) from \(row.text(isText ? 2 : 3)) \(row.int(4))"
          try report(Difference(row: "order_statistics \(place)", column: "entries", found: row.text(5), expected: row.text(6)))
          return true
        }
      }
    }
  }
}

/// Members of a program, or engagements of an organization in all stages or, by its number, in one.
private struct CountedList {
  let list: OrderStatistics.List
  let scope: Int64, organization: Int64, stage: Int64

  /// Counts every order of the list anew, each in one pass over its index.
  func count(by stretch: Int, in tx: any Connection) throws {
    try tx.run("DELETE FROM order_statistics WHERE list = \(list.table.word) AND scope = \(scope) AND stage = \(stage)")
    for (column, isText) in list.columns {
      // The first stretch begins before everything that may come.
      func from(_ value: SQL) -> SQL { "CASE WHEN x.place = 0 THEN -9223372036854775808 ELSE \(value) END" }
      let text: SQL = isText ? "CASE WHEN x.place = 0 THEN '' ELSE x.key END" : "''"
      let number: SQL = isText ? from("0") : from("x.key")
      try tx.run(
        """
        INSERT INTO order_statistics (list, scope, stage, sorted_by, from_text, from_number, from_id, entries)
        SELECT \(list.table.word), \(scope), \(stage), \(column.word), \(text), \(number), \(from("x.id")),
          LEAST(\(stretch), x.total - x.place)
        FROM (
          SELECT \(column.sql) AS key, \(list.id.sql) AS id, row_number() OVER (ORDER BY \(column.sql), \(list.id.sql)) - 1 AS place,
            COUNT(*) OVER () AS total
          FROM \(list.table.sql) WHERE \(rows)) x
        WHERE x.place % \(stretch) = 0 AND x.total >= \(OrderStatistics.least * stretch)
        """)
    }
  }

  private var rows: SQL {
    switch list {
    case .members: "program_id = \(scope) AND state = 'MEMBER'"
    case .engagements: stage < 0 ? "organization_id = \(scope)" : "organization_id = \(scope) AND stage = \(stage)"
    }
  }
}
