import CSV
public import Database

extension Program {
  /// What the Programs page may be sorted by.
  public enum Key: String, Sendable, CaseIterable {
    case name, invited, joined, enrolled, completed, enrollments

    fileprivate var column: SQL {
      switch self {
      case .name: "p.name_key"
      case .invited: "(p.invited + p.members)"
      case .joined: "p.members"
      case .enrolled: "p.enrolled"
      case .completed: "p.completed"
      case .enrollments: "p.enrollments"
      }
    }
  }

  /// One page of the programs within reach whose name or slug contains a text.
  public static func page(
    search: String, sort: Sorting<Key>, request: PageRequest, scope: OrganizationScope, in connection: any Connection
  ) throws -> ListPage<Program> {
    let query = listing(search: search, sort: sort, scope: scope)
    let ids = try query.page(request, in: connection)
    var found: [Int64: Program] = [:]
    try connection.rows("SELECT \(columns) FROM programs p WHERE p.id IN (\(list: ids.rows))") { row in
      found[row.int(0)] = Program(row)
      return true
    }
    return ids.map(ids.rows.compactMap { found[$0] })
  }

  /// Writes the programs that match as CSV with a byte order mark, in the order of the list.
  public static func write(
    search: String, sort: Sorting<Key>, scope: OrganizationScope, in connection: any Connection,
    to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var writer = CSVWriter(bom: true, sink)
    for header in ["Program", "Program Slug", "Invited", "Members", "Enrolled", "Completed", "Enrollments"] { writer.text(header) }
    try writer.endRow()
    for id in try listing(search: search, sort: sort, scope: scope).ids(in: connection) {
      guard let program = try connection.first("SELECT \(columns) FROM programs p WHERE p.id = \(id)", { Program($0) }) else { continue }
      writer.text(program.name)
      writer.text(program.slug)
      let funnel = program.funnel
      for figure in [funnel.invited, funnel.joined, funnel.enrolled, funnel.completed, program.totals.enrollments] {
        writer.number(Int64(figure))
      }
      try writer.endRow()
    }
    try writer.finish()
  }

  private static func listing(search: String, sort: Sorting<Key>, scope: OrganizationScope) -> PagedQuery {
    let wanted = search.folded
    return PagedQuery(
      source: "programs p", id: "p.id",
      scope: goingOn(scope),
      filter: wanted.isEmpty ? nil : "(\(SQL.contains("p.name_key", wanted)) OR \(SQL.contains("p.slug", wanted)))",
      knownTotal: nil, key: SortKey(column: sort.key.column, kind: sort.key == .name ? .text : .number), descending: sort.descending)
  }
}
