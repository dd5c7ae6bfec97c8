import Database

/// What engagements contribute to counters: the tabs' counts, the licenses of purchases, and what coaches have done.
struct EngagementSums {
  /// A row of a counter table: organization and stage, purchase alone, or organization and coach.
  struct Place: Hashable, Comparable {
    let first: Int64, second: Int64

    static func < (a: Place, b: Place) -> Bool { (a.first, a.second) < (b.first, b.second) }
  }

  private var stages: [Place: [Int64]] = [:]
  private var purchases: [Place: [Int64]] = [:]
  private var coaches: [Place: [Int64]] = [:]

  /// The columns of `coach_totals`, in the order of the numbers.
  private static let coachColumns: [Column] = ["clients_now", "clients_ever", "sessions", "ratings", "rating_sum"]

  /// No engagement.
  init() {}

  /// Adds up what the engagements of an extent contribute. Their rows must be right.
  ///
  /// The extent must hold all engagements of each of its learners: a learner counts once for a coach, at the earliest engagement that had that coach.
  init(_ extent: EngagementExtent, in connection: any Connection) throws {
    try collect(
      rows: extent.rows(of: "engagement_rows", as: "r"), engagements: extent.engagements(as: "e"),
      had: extent.rows(of: "engagement_coaches", as: "k"), sessions: extent.rows(of: "coaching_sessions", as: "s"), in: connection)
  }

  /// Adds up all engagements of the installation.
  init(whole connection: any Connection) throws {
    try collect(
      rows: "engagement_rows r", engagements: "engagements e", had: "engagement_coaches k", sessions: "coaching_sessions s", in: connection)
  }

  /// What the counters hold.
  init(kept connection: any Connection) throws {
    try EngagementSums.add(
      "SELECT organization_id, stage, engagements FROM engagement_totals", at: 0, of: 1, to: &stages, in: connection)
    try EngagementSums.add("SELECT id, 0, used FROM company_purchases", at: 0, of: 1, to: &purchases, in: connection)
    let names = SQL.join(EngagementSums.coachColumns.map(\.sql), ", ")
    try EngagementSums.add("SELECT organization_id, coach_id, \(names) FROM coach_totals", at: 0, of: 5, to: &coaches, in: connection)
  }

  private mutating func collect(rows: SQL, engagements: SQL, had: SQL, sessions: SQL, in connection: any Connection) throws {
    try EngagementSums.add(
      "SELECT r.organization_id, r.stage, COUNT(*) FROM \(rows) GROUP BY r.organization_id, r.stage", at: 0, of: 1, to: &stages,
      in: connection)
    try EngagementSums.add(
      "SELECT e.company_purchase_id, 0, COUNT(*) FROM \(engagements) GROUP BY e.company_purchase_id", at: 0, of: 1, to: &purchases,
      in: connection)
    try EngagementSums.add(
      """
      SELECT r.organization_id, r.coach_id, COUNT(*) FROM \(rows) WHERE r.coach_id <> 0 AND \(Stage.isCurrent("r.stage"))
      GROUP BY r.organization_id, r.coach_id
      """, at: 0, of: 5, to: &coaches, in: connection)
    try EngagementSums.add(
      """
      SELECT k.organization_id, k.coach_id, COUNT(*) FROM \(had)
      WHERE NOT EXISTS (SELECT 1 FROM engagement_coaches o WHERE o.coach_id = k.coach_id AND o.organization_id = k.organization_id
        AND o.user_id = k.user_id AND o.engagement_id < k.engagement_id)
      GROUP BY k.organization_id, k.coach_id
      """, at: 1, of: 5, to: &coaches, in: connection)
    try EngagementSums.add(
      """
      SELECT s.organization_id, s.coach_id, SUM(CASE WHEN s.state = 'COMPLETED' THEN 1 ELSE 0 END), COUNT(s.rating), COALESCE(SUM(s.rating), 0)
      FROM \(sessions) GROUP BY s.organization_id, s.coach_id
      """, at: 2, of: 5, to: &coaches, in: connection)
  }

  /// Adds the numbers of each row, from its third column on, to those of its place.
  private static func add(
    _ sql: SQL, at start: Int, of width: Int, to sums: inout [Place: [Int64]], in connection: any Connection
  ) throws {
    try connection.rows(sql) { row in
      let place = Place(first: row.int(0), second: row.int(1))
      var numbers = sums[place] ?? Array(repeating: 0, count: width)
      for column in 2..<row.count { numbers[start + column - 2] += row.int(column) }
      sums[place] = numbers
      return true
    }
  }

  /// Moves the counters by the difference between these sums and those before a change.
  ///
  /// - Returns: the purchases that have given more licenses than before.
  func settle(since before: EngagementSums, in tx: any Connection) throws -> [Int64] {
    for (place, change) in EngagementSums.changes(from: before.stages, to: stages) {
      try tx.run(
        """
        INSERT INTO engagement_totals (organization_id, stage, engagements) VALUES (\(place.first), \(place.second), \(change[0]))
        ON CONFLICT (organization_id, stage) DO UPDATE SET engagements = engagement_totals.engagements + excluded.engagements
        """)
    }
    var grown: [Int64] = []
    for (place, change) in EngagementSums.changes(from: before.purchases, to: purchases) {
      try tx.run("UPDATE company_purchases SET used = used + \(change[0]) WHERE id = \(place.first)")
      if change[0] > 0 { grown.append(place.first) }
    }
    let names = SQL.join(EngagementSums.coachColumns.map(\.sql), ", ")
    let sums = SQL.join(EngagementSums.coachColumns.map { "\($0.sql) = coach_totals.\($0.sql) + excluded.\($0.sql)" }, ", ")
    for (place, change) in EngagementSums.changes(from: before.coaches, to: coaches) {
      let numbers: SQL = SQL.join(change.map { "\($0)" as SQL }, ", ")
      try tx.run(
        """
        INSERT INTO coach_totals (organization_id, coach_id, \(names)) VALUES (\(place.first), \(place.second), \(numbers))
        ON CONFLICT (organization_id, coach_id) DO UPDATE SET \(sums)
        """)
    }
    return grown
  }

  /// Hands over each counter that differs from these sums.
  func differences(from kept: EngagementSums, _ report: (Difference) throws -> Void) throws {
    func compare(_ table: String, _ keys: [String], _ columns: [String], _ expected: [Place: [Int64]], _ found: [Place: [Int64]]) throws {
      for (place, change) in EngagementSums.changes(from: found, to: expected) {
        let row = ([table] + zip(keys, [place.first, place.second]).map { "\($0) \($1)" }).joined(separator: " ")
        for (index, column) in columns.enumerated() where change[index] != 0 {
          let present = found[place]?[index] ?? 0
          try report(Difference(row: row, column: column, found: String(present), expected: String(present + change[index])))
        }
      }
    }
    try compare("engagement_totals", ["organization_id", "stage"], ["engagements"], stages, kept.stages)
    try compare("company_purchases", ["id"], ["used"], purchases, kept.purchases)
    try compare("coach_totals", ["organization_id", "coach_id"], EngagementSums.coachColumns.map(\.word), coaches, kept.coaches)
  }

  /// What changed, in a fixed order, so that two writers never wait for each other crosswise.
  private static func changes(from before: [Place: [Int64]], to after: [Place: [Int64]]) -> [(Place, [Int64])] {
    Set(after.keys).union(before.keys).sorted().compactMap { place in
      let zero = Array(repeating: Int64(0), count: (after[place] ?? before[place] ?? []).count)
      let change = zip(after[place] ?? zero, before[place] ?? zero).map { $0 - $1 }
      return change.contains { $0 != 0 } ? (place, change) : nil
    }
  }
}
