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

/// Finds the ids of one page of a table and the exact count, without work that a page does not need.
///
/// Unfiltered lists have their count from a counter and their ids from an index, walked from the nearer end. A filtered list is read once, in a
/// single pass that both counts and keeps the first rows of the order; only the ids leave it, the wide rows are joined for one page.
struct PagedQuery {
  /// Table, or subquery with alias, and its id column.
  let source: SQL, id: SQL
  /// What bounds the list, and is served by the index.
  let scope: SQL
  /// What was asked for beyond that; nil for the whole list.
  let filter: SQL?
  /// How many rows the scope has, where a counter knows.
  let knownTotal: Int?
  /// The sort key: NOT NULL, text or number. The id breaks ties.
  let key: SQL
  let isText: Bool
  let descending: Bool
  /// Whether the table lies in the order of the id within the scope. It is then read in the direction of the list, so that of many rows with the same
  /// key, as a file of people makes them, the first come first.
  var isClustered = false

  func page(_ request: PageRequest, in connection: any Connection) throws -> ListPage<Int64> {
    if filter == nil, let knownTotal { return try walk(request, total: knownTotal, in: connection) }
    return switch connection.dialect {
    case .sqlite: try scan(request, in: connection)
    case .postgres: try materialize(request, in: connection)
    }
  }

  /// All ids in order, for an export.
  var statement: SQL { "SELECT \(id) FROM \(source) WHERE \(condition) ORDER BY \(order(reversed: false))" }

  private var condition: SQL { filter.map { "\(scope) AND \($0)" } ?? scope }

  private func order(reversed: Bool) -> SQL {
    descending != reversed ? "\(key) DESC, \(id) DESC" : "\(key), \(id)"
  }

  private func walk(_ request: PageRequest, total: Int, in connection: any Connection) throws -> ListPage<Int64> {
    let (number, range) = PagedQuery.range(request, total: total)
    let fromEnd = range.lowerBound > total / 2
    let offset = fromEnd ? total - range.upperBound : range.lowerBound
    let ids = try connection.all(
      "SELECT \(id) FROM \(source) WHERE \(scope) ORDER BY \(order(reversed: fromEnd)) LIMIT \(range.count) OFFSET \(offset)"
    ) { $0.int(0) }
    return ListPage(rows: fromEnd ? ids.reversed() : ids, total: total, number: number, size: request.size)
  }

  private func scan(_ request: PageRequest, in connection: any Connection) throws -> ListPage<Int64> {
    var first = FirstRows(limit: request.number * request.size, isText: isText, descending: descending)
    let direction: SQL = descending ? " DESC" : ""
    let order: SQL = isClustered ? " ORDER BY \(id)\(direction)" : ""
    try connection.stream("SELECT \(id), \(key) FROM \(source) WHERE \(condition)\(order)") { row in
      first.take(row)
      return true
    }
    let (number, range) = PagedQuery.range(request, total: first.count)
    return ListPage(rows: Array(first.sortedIDs()[range]), total: first.count, number: number, size: request.size)
  }

  private func materialize(_ request: PageRequest, in connection: any Connection) throws -> ListPage<Int64> {
    // Named, since a literal within the interpolation would be bound as a text, by which nothing sorts.
    let order: SQL = descending ? "sort_key DESC, found_id DESC" : "sort_key, found_id"
    func attempt(offset: Int) throws -> (ids: [Int64], total: Int) {
      var total = 0
      let ids = try connection.all(
        """
        WITH matching AS MATERIALIZED (SELECT \(id) AS found_id, \(key) AS sort_key FROM \(source) WHERE \(condition))
        SELECT found_id, (SELECT count(*) FROM matching) FROM matching
        ORDER BY \(order) LIMIT \(request.size) OFFSET \(offset)
        """
      ) { row in
        total = Int(row.int(1))
        return row.int(0)
      }
      return (ids, total)
    }
    let asked = try attempt(offset: (request.number - 1) * request.size)
    if !asked.ids.isEmpty || request.number == 1 {
      return ListPage(rows: asked.ids, total: asked.total, number: request.number, size: request.size)
    }
    let total = Int(try connection.scalar("SELECT count(*) FROM \(source) WHERE \(condition)"))
    let (number, range) = PagedQuery.range(request, total: total)
    return ListPage(rows: try attempt(offset: range.lowerBound).ids, total: total, number: number, size: request.size)
  }

  /// The page within a total, and its rows from 0; the last page where more was asked.
  private static func range(_ request: PageRequest, total: Int) -> (number: Int, rows: Range<Int>) {
    let number = min(request.number, max(1, (total + request.size - 1) / request.size))
    let start = min((number - 1) * request.size, total)
    return (number, start..<min(start + request.size, total))
  }
}
