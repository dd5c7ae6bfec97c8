import Database

/// What the Learners page may be narrowed to.
public struct LearnerFilter: Sendable, Equatable {
  /// The tab; nil for All.
  public var stage: Stage?
  /// A text in name or email.
  public var search = ""
  /// Groups by id, any of them; none for all.
  public var groups: [Int64] = []
  /// Coaches by id, any of them; none for all.
  public var coaches: [Int64] = []
  /// Launched on or after the first, and before the second.
  public var launchedFrom: Moment?, launchedBefore: Moment?

  /// Every engagement.
  public init() {}

  /// Whether nothing but the tab narrows the list.
  var isWhole: Bool { search.folded.isEmpty && groups.isEmpty && coaches.isEmpty && launchedFrom == nil && launchedBefore == nil }

  /// The tab's column in a condition that is asked of every engagement. The unary plus keeps SQLite from looking up, one by one, the rows of a tab; names
  /// stand in an index of the tab.
  var stageColumn: SQL {
    let isSearch = !search.folded.isEmpty && groups.isEmpty && coaches.isEmpty && launchedFrom == nil && launchedBefore == nil
    return isSearch ? "r.stage" : SQL(sqlite: "+r.stage", postgres: "r.stage")
  }

  /// The condition on `engagement_rows r` beyond organization and tab; nil when nothing is asked for.
  ///
  /// The unary plus keeps SQLite from taking an index of the sort orders for a filter; reading the table once costs half as much.
  var condition: SQL? {
    var all: [SQL] = []
    let wanted = search.folded
    if !wanted.isEmpty { all.append(SQL.containsFolded("r.search_key", wanted)) }
    if !groups.isEmpty { all.append("r.group_id IN (\(list: groups))") }
    if !coaches.isEmpty { all.append("r.coach_id IN (\(list: coaches))") }
    let launched = SQL(sqlite: "+r.launched_at", postgres: "r.launched_at")
    if let from = launchedFrom { all.append("\(launched) >= \(from.text)") }
    if let before = launchedBefore { all.append("\(launched) < \(before.text)") }
    return all.isEmpty ? nil : SQL.join(all, " AND ")
  }
}
