import Database

/// Which page of a list is asked for. Any number and any size may be asked; what is answered is within bounds.
public struct PageRequest: Sendable, Equatable {
  /// The sizes a list offers.
  public static let sizes = [20, 50, 100]

  /// From 1; beyond the last page the last one is meant.
  public let number: Int
  /// Rows on a page: one of `sizes`.
  public let size: Int

  /// Takes what was asked, within bounds.
  public init(number: Int = 1, size: Int = 50) {
    self.number = min(max(number, 1), 1_000_000)
    self.size = PageRequest.sizes.contains(size) ? size : 50
  }
}

/// One page of a list with the exact count of the whole.
public struct ListPage<Row: Sendable>: Sendable {
  /// The rows of this page.
  public let rows: [Row]
  /// How many rows match on all pages.
  public let total: Int
  /// The page answered, from 1, and its size.
  public let number: Int, size: Int

  /// How many pages there are; 1 where nothing matches.
  public var count: Int { max(1, (total + size - 1) / size) }

  func map<T: Sendable>(_ rows: [T]) -> ListPage<T> { ListPage<T>(rows: rows, total: total, number: number, size: size) }
}

/// What a list may be sorted by, and the direction.
public struct Sorting<Key: Sendable & Equatable>: Sendable, Equatable {
  /// The key, from the list's own choice.
  public let key: Key
  /// Z to A, latest or largest first.
  public let descending: Bool

  /// A sort order.
  public init(_ key: Key, descending: Bool) { (self.key, self.descending) = (key, descending) }
}

/// What the rows of a list are compared by, before the id breaks ties.
struct SortKey {
  enum Kind {
    /// Text, as its bytes compare.
    case text
    case number
    /// A moment's text, empty for never.
    case moment
  }

  /// NOT NULL, but where `ranks` say what its values count for.
  let column: SQL
  let kind: Kind
  /// Whether an index holds the list, unfiltered, in this order.
  var isIndexed = false
  /// The same column by its bare name, where `OrderStatistics` may know the order.
  var counted: Column?
  var ranks: Ranks?
  /// Where `column` adds up what a row is: the conditions, any of which will do and each served by an index, and what they add.
  var weights: [(anyOf: [SQL], weight: Int)] = []

  /// A column by the ranks of its values.
  static func ranked(_ column: SQL, _ ranks: Ranks) -> SortKey { SortKey(column: column, kind: .number, ranks: ranks) }

  /// The sum of the weights of what a row is.
  static func weighted(_ weights: [(anyOf: [SQL], weight: Int)]) -> SortKey {
    let terms = weights.map { "CASE WHEN \(SQL.any($0.anyOf)) THEN \($0.weight) ELSE 0 END" as SQL }
    return SortKey(column: "(\(SQL.join(terms, " + ")))", kind: .number, weights: weights)
  }
}

/// What a list is narrowed to, all of it, taken apart by what answers it best.
struct PagedFilter {
  /// Conditions on what the list's narrow index holds, or on anything where it has none.
  var here: [SQL] = []
  /// Conditions that have an index each, in every group any of them.
  var elsewhere: [[SQL]] = []
  /// Whether the index of the order asked for answers all of it, such as a search for a name in the order of names.
  var isInOrder = false

  var isEmpty: Bool { here.isEmpty && elsewhere.isEmpty }

  /// All as one condition; nil where nothing is asked for.
  var condition: SQL? { isEmpty ? nil : SQL.join(here + elsewhere.map(SQL.any), " AND ") }
}

extension SQL {
  /// True where any is.
  fileprivate static func any(_ conditions: [SQL]) -> SQL { conditions.count == 1 ? conditions[0] : "(\(SQL.join(conditions, " OR ")))" }
}

/// Finds the ids of one page of a table and the exact count, without work that a page does not need.
///
/// Unfiltered lists have their count from a counter and their ids from an index, walked from the nearer end. Of a list in an order without an index
/// the ids and what they are sorted by are read in one pass, and only the stretch that is asked for is put in order. What a filter matches is found
/// through narrow indexes where a list has some, and then taken from the index of the order. Only ids leave all this; the wide rows are joined for
/// one page.
struct PagedQuery {
  /// Table, or subquery with alias, and its id column.
  let source: SQL, id: SQL
  /// What bounds the list, and is served by the index.
  let scope: SQL
  /// What was asked for beyond that; nil for the whole list.
  let filter: SQL?
  /// How many rows the scope has, where a counter knows.
  let knownTotal: Int?
  let key: SortKey
  let descending: Bool
  /// Whether the table lies in the order of the id within the scope. It is then read in the direction of the list, so that of many rows with the same
  /// key, as a file of people makes them, the first come first.
  var isClustered = false
  /// The filter taken apart, for a list with narrow indexes that hold whatever it asks for, so that what matches is found without the wide rows.
  var narrow: PagedFilter?
  /// So many that match are sorted sooner than met on the way through the index of an order; by default what the engine does well.
  var few: Int?
  /// Where a page of the whole list begins in the order.
  var statistics: OrderStatistics?

  func page(_ request: PageRequest, in connection: any Connection) throws -> ListPage<Int64> {
    let isPostgres = connection.dialect == .postgres
    if filter == nil, let knownTotal, key.isIndexed || isPostgres { return try walk(request, total: knownTotal, in: connection) }
    if isPostgres { return try materialize(request, in: connection) }
    if let narrow, key.isIndexed { return try sift(request, narrow, in: connection) }
    return key.kind == .text ? try scanTexts(request, in: connection) : try scanNumbers(request, in: connection)
  }

  /// All ids in order, for an export.
  func ids(in connection: any Connection) throws -> [Int64] {
    if connection.dialect == .sqlite && (key.ranks != nil || !key.weights.isEmpty) {
      var rows = try numbered(in: connection)
      return rows.ids(0..<rows.count)
    }
    var ids: [Int64] = []
    try connection.stream("SELECT \(id) FROM \(rankedSource) WHERE \(condition) ORDER BY \(order(reversed: false))") { row in
      ids.append(row.int(0))
      return true
    }
    return ids
  }

  var condition: SQL { filter.map { "\(scope) AND \($0)" } ?? scope }

  /// With the ranks joined, where the key has some. On SQLite, where this walks an index or exports, none is left to join.
  private var rankedSource: SQL { key.ranks.map { "\(source) LEFT JOIN \($0.table) k ON k.ranked = \(key.column)" } ?? source }
  private var rankedKey: SQL { key.ranks == nil ? key.column : "coalesce(k.place, 0)" }

  func order(reversed: Bool) -> SQL {
    descending != reversed ? "\(rankedKey) DESC, \(id) DESC" : "\(rankedKey), \(id)"
  }

  /// The page from the index of the order, from the nearer end; of a filtered list, passing over what does not match.
  private func walk(_ request: PageRequest, total: Int, in connection: any Connection) throws -> ListPage<Int64> {
    let (number, range) = PagedQuery.range(request, total: total)
    let fromEnd = range.lowerBound > total / 2
    let offset = fromEnd ? total - range.upperBound : range.lowerBound
    if filter == nil, let statistics, offset > statistics.nearby, connection.dialect == .postgres {
      let start = descending ? total - range.upperBound : range.lowerBound
      if let place = try statistics.place(of: start, total: total, in: connection) {
        let ids = try connection.all(
          """
          SELECT \(id) FROM \(source) WHERE \(scope) AND \(statistics.list.entry(key.column, id)) >= \(place.bound)
          ORDER BY \(key.column), \(id) LIMIT \(range.count) OFFSET \(place.offset)
          """
        ) { $0.int(0) }
        return ListPage(rows: descending ? ids.reversed() : ids, total: total, number: number, size: request.size)
      }
    }
    let ids = try connection.all(
      "SELECT \(id) FROM \(rankedSource) WHERE \(condition) ORDER BY \(order(reversed: fromEnd)) LIMIT \(range.count) OFFSET \(offset)"
    ) { $0.int(0) }
    return ListPage(rows: fromEnd ? ids.reversed() : ids, total: total, number: number, size: request.size)
  }

  private func materialize(_ request: PageRequest, in connection: any Connection) throws -> ListPage<Int64> {
    let most = key.isIndexed ? few ?? 10_000 : Int.max - 1
    let (first, size) = ((request.number - 1) * request.size, request.size)
    // Named, since a literal within the interpolation would be bound as a text, by which nothing sorts.
    let order: SQL = descending ? "sort_key DESC, found_id DESC" : "sort_key, found_id"
    var (ids, total): ([Int64], Int) = ([], 0)
    try connection.rows(
      """
      WITH matching AS MATERIALIZED (SELECT \(id) AS found_id, \(rankedKey) AS sort_key FROM \(rankedSource) WHERE \(condition) LIMIT \(most + 1))
      SELECT c.total, f.found_id FROM (SELECT count(*) AS total FROM matching) c LEFT JOIN LATERAL (
        SELECT found_id FROM matching WHERE c.total <= \(most) ORDER BY \(order) LIMIT \(size)
        OFFSET LEAST(CAST(\(first) AS BIGINT), GREATEST(c.total - 1, 0) / \(size) * \(size))) f ON TRUE
      """
    ) { row in
      total = Int(row.int(0))
      if !row.isNull(1) { ids.append(row.int(1)) }
      return true
    }
    if total > most {
      return try walk(request, total: Int(connection.scalar("SELECT count(*) FROM \(source) WHERE \(condition)")), in: connection)
    }
    return ListPage(rows: ids, total: total, number: PagedQuery.range(request, total: total).number, size: size)
  }

  /// The page within a total, and its rows from 0; the last page where more was asked.
  static func range(_ request: PageRequest, total: Int) -> (number: Int, rows: Range<Int>) {
    let number = min(request.number, max(1, (total + request.size - 1) / request.size))
    let start = min((number - 1) * request.size, total)
    return (number, start..<min(start + request.size, total))
  }
}
