import Database

/// How many entries of a long list stand in each stretch of an order, so that PostgreSQL begins a page at the stretch that it lies in.
///
/// A trigger of migration 0023 keeps the counts with every change. What it cannot keep cheaply it drops: stretches that are missing cost time and
/// nothing else, and `survey` makes them. SQLite has none.
public struct OrderStatistics: Sendable {
  /// How many entries a stretch gets.
  static let stretch = 1000
  /// A list with fewer stretches than this is passed over as quickly.
  static let least = 5
  /// A stretch that has become so many times as long is divided.
  static let long = 3

  /// Which table's rows: members of a program or engagements of an organization.
  enum List: Int, Sendable, CaseIterable { case members, engagements }

  let list: List
  /// The program, or the organization.
  let scope: Int64
  /// The stage whose engagements these are; nil for all, and for members.
  let stage: Int64?
  /// The column that the order is by.
  let column: Column
  let isText: Bool
  /// A page that begins sooner is reached as quickly from the end of the index.
  var nearby = 2 * stretch

  /// The counts of a list's order; nil for an order that has none.
  init?(_ list: List, of scope: Int64, stage: Int64? = nil, by key: SortKey) {
    guard let column = key.counted else { return nil }
    (self.list, self.scope, self.stage, self.column, isText) = (list, scope, stage, column, key.kind != .number)
  }

  /// Where a page begins: an entry that the order has or once had, and how many to pass over from there.
  struct Place {
    /// For comparison with `List.entry`.
    let bound: SQL
    let offset: Int
  }

  /// Where the entry with this number from 0, in ascending order, is found.
  ///
  /// - Parameter total: how many there are by the list's own counter.
  /// - Returns: nil where nothing is known, or not the same.
  func place(of start: Int, total: Int, in connection: any Connection) throws -> Place? {
    try connection.first(
      """
      SELECT x.from_text, x.from_number, x.from_id, x.before FROM (
        SELECT from_text, from_number, from_id, CAST(SUM(entries) OVER (ORDER BY from_text, from_number, from_id) AS BIGINT) - entries AS before,
          CAST(SUM(entries) OVER () AS BIGINT) AS total
        FROM order_statistics WHERE \(condition)) x
      WHERE x.total = \(total) AND x.before <= \(start) ORDER BY x.before DESC, x.from_text DESC, x.from_number DESC, x.from_id DESC LIMIT 1
      """
    ) { row in
      let key: SQL = isText ? "\(row.text(0))" : "\(row.int(1))"
      return Place(bound: list.bound(key, "\(row.int(2))"), offset: start - Int(row.int(3)))
    }
  }

  private var condition: SQL { "list = \(list.table.word) AND scope = \(scope) AND stage = \(stage ?? -1) AND sorted_by = \(column.word)" }
}

extension OrderStatistics.List {
  var table: Column { self == .members ? "memberships" : "engagement_rows" }
  var id: Column { self == .members ? "user_id" : "engagement_id" }
  var scope: Column { self == .members ? "program_id" : "organization_id" }

  /// What a row is compared by in an order. What is the same in every row of a partial index is part of it, or nothing leads to the key: the planner
  /// leaves out conditions that the index implies.
  func entry(_ key: SQL, _ id: SQL) -> SQL { self == .members ? "(state, \(key), \(id))" : "(\(key), \(id))" }

  /// The same of given values.
  func bound(_ key: SQL, _ id: SQL) -> SQL { self == .members ? "('MEMBER', \(key), \(id))" : "(\(key), \(id))" }

  /// The columns that lists are sorted by quickly, and whether they hold text.
  var columns: [(column: Column, isText: Bool)] {
    switch self {
    case .members:
      [("search_key", true), ("email_key", true), ("last_activity_at", true), ("enrollments", false), ("completions", false)]
    case .engagements:
      [
        ("search_key", true), ("email_key", true), ("launched_at", true), ("ends_at", true), ("coach_key", true), ("last_session_at", true),
        ("next_session_at", true), ("stage", false),
      ]
    }
  }
}
