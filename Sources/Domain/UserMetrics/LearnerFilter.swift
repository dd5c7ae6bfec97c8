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
  var isWhole: Bool { search.folded.isEmpty && hasNoChoices }

  /// Whether nothing but a text is looked for, in the tab or everywhere.
  var isSearch: Bool { !search.folded.isEmpty && hasNoChoices }

  private var hasNoChoices: Bool { groups.isEmpty && coaches.isEmpty && launchedFrom == nil && launchedBefore == nil }

  /// What is asked of `engagement_rows r`; names stand in an index of the tab, launches in one of their own, the rest in the narrow ones.
  ///
  /// The unary plus keeps SQLite from taking an index of the sort orders for a filter, whose rows it would look up one by one.
  var narrowing: PagedFilter {
    var filter = PagedFilter()
    let wanted = search.folded
    if !wanted.isEmpty {
      let named = SQL.contains("r.search_key", wanted)
      filter.elsewhere.append([stage.map { "(r.stage = \($0) AND \(named))" } ?? named])
    } else if let stage {
      filter.here.append("\(stageColumn) = \(stage)")
    }
    if !groups.isEmpty { filter.here.append("r.group_id IN (\(list: groups))") }
    if !coaches.isEmpty { filter.here.append("r.coach_id IN (\(list: coaches))") }
    var launched: [SQL] = []
    if let from = launchedFrom { launched.append("r.launched_at >= \(from.text)") }
    if let before = launchedBefore { launched.append("r.launched_at < \(before.text)") }
    if !launched.isEmpty { filter.elsewhere.append([SQL.join(launched, " AND ")]) }
    return filter
  }

  /// The tab's column in a condition that is asked of every engagement, not of the tab's index.
  var stageColumn: SQL { SQL(sqlite: "+r.stage", postgres: "r.stage") }
}
