import Database

/// The passes over a whole list, for SQLite; PostgreSQL makes its own.
extension PagedQuery {
  /// Finds what matches, each condition through its own index, then walks the index of the order from the nearer end, as far as the page needs.
  func sift(_ request: PageRequest, _ filter: PagedFilter, in connection: any Connection) throws -> ListPage<Int64> {
    if filter.isInOrder {
      let ids = try ids(in: connection)
      let (number, range) = PagedQuery.range(request, total: ids.count)
      return ListPage(rows: Array(ids[range]), total: ids.count, number: number, size: request.size)
    }
    var matching = try found(filter.elsewhere, in: connection)
    if !filter.here.isEmpty {
      let here = try found(SQL.join(filter.here, " AND "), in: connection)
      matching = matching?.intersection(here) ?? here
    }
    guard let matching else { return ListPage(rows: [], total: 0, number: 1, size: request.size) }
    let total = matching.count
    let (number, range) = PagedQuery.range(request, total: total)
    if total <= few ?? 2000 {
      // Joined, since of a list within the statement the engine thinks that a walk through an order is cheaper.
      let list = "[" + matching.ids.map(String.init).joined(separator: ",") + "]"
      let order: SQL = descending ? "+\(key.column) DESC, +\(id) DESC" : "+\(key.column), +\(id)"
      let ids = try connection.all(
        """
        SELECT \(id) FROM json_each(\(list)) v CROSS JOIN \(source) WHERE \(scope) AND \(id) = v.value
        ORDER BY \(order) LIMIT \(range.count) OFFSET \(range.lowerBound)
        """
      ) { $0.int(0) }
      return ListPage(rows: ids, total: total, number: number, size: request.size)
    }
    let fromEnd = range.lowerBound > total / 2
    let offset = fromEnd ? total - range.upperBound : range.lowerBound
    let ids = try connection.all(
      """
      SELECT \(id) FROM \(source) WHERE \(scope) AND among(\(matching.bytes), \(id)) ORDER BY \(order(reversed: fromEnd))
      LIMIT \(range.count) OFFSET \(offset)
      """
    ) { $0.int(0) }
    return ListPage(rows: fromEnd ? ids.reversed() : ids, total: total, number: number, size: request.size)
  }

  /// The ids that fulfill any condition of each group; nil without a group.
  private func found(_ groups: [[SQL]], in connection: any Connection) throws -> IDSet? {
    var result: IDSet?
    for group in groups {
      var any = IDSet()
      for condition in group { any = any.union(try found(condition, in: connection)) }
      result = result?.intersection(any) ?? any
    }
    return result
  }

  private func found(_ condition: SQL, in connection: any Connection) throws -> IDSet {
    try connection.packed("SELECT packed(\(id)) FROM \(source) WHERE \(scope) AND \(condition)") { IDSet($0) }
  }

  func scanTexts(_ request: PageRequest, in connection: any Connection) throws -> ListPage<Int64> {
    var first = FirstRows(limit: request.number * request.size, descending: descending)
    try connection.stream("SELECT \(id), \(key.column) FROM \(source) WHERE \(condition)\(direction)") { row in
      first.take(row)
      return true
    }
    let (number, range) = PagedQuery.range(request, total: first.count)
    return ListPage(rows: Array(first.sortedIDs()[range]), total: first.count, number: number, size: request.size)
  }

  /// The way through a clustered table that meets rows with the same key in the order of the list.
  private var direction: SQL {
    let order: SQL = descending ? " DESC" : ""
    return isClustered ? " ORDER BY \(id)\(order)" : ""
  }

  func scanNumbers(_ request: PageRequest, in connection: any Connection) throws -> ListPage<Int64> {
    var rows = try numbered(in: connection)
    let (number, range) = PagedQuery.range(request, total: rows.count)
    return ListPage(rows: rows.ids(range), total: rows.count, number: number, size: request.size)
  }

  /// All rows that match, with their numbers.
  func numbered(in connection: any Connection) throws -> NumberedRows {
    var bound = condition
    if let narrow, let matching = try found(narrow.elsewhere, in: connection) {
      bound = SQL.join([scope] + narrow.here + ["among(\(matching.bytes), \(id))"], " AND ")
    }
    if !key.weights.isEmpty { return try weighted(bound, in: connection) }
    var rows = NumberedRows(descending: descending)
    let places = key.ranks?.places
    try connection.packed("SELECT packed(\(id), \(key.column)) FROM \(source) WHERE \(bound)") { values in
      rows.reserve(values.count / 2)
      for row in stride(from: 0, to: values.count, by: 2) {
        rows.append(values[row], key: places.map { $0[values[row + 1]] } ?? values[row + 1])
      }
    }
    return rows
  }

  private func weighted(_ bound: SQL, in connection: any Connection) throws -> NumberedRows {
    let weights = try key.weights.map { (set: try found([$0.anyOf], in: connection) ?? IDSet(), weight: Int64($0.weight)) }
    var rows = NumberedRows(descending: descending)
    try connection.packed("SELECT packed(\(id)) FROM \(source) WHERE \(bound)") { ids in
      rows.reserve(ids.count)
      for id in ids { rows.append(id, key: weights.reduce(0) { $1.set.contains(id) ? $0 + $1.weight : $0 }) }
    }
    return rows
  }
}

extension Connection {
  /// Hands over what a query gives whose only row is the aggregate `packed`, which only SQLite has.
  func packed<T>(_ sql: SQL, _ body: (UnsafeBufferPointer<Int64>) throws -> T) throws -> T {
    var result: T?
    try rows(sql) { row in
      result = try body((row.bytes(0) ?? UnsafeRawBufferPointer(start: nil, count: 0)).bindMemory(to: Int64.self))
      return true
    }
    return try result ?? body(UnsafeBufferPointer(start: nil, count: 0))
  }
}
