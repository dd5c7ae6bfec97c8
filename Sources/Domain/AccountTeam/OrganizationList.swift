public import Database

/// The organizations that a viewer may enter, with what the list of them shows.
public struct OrganizationList: Sendable {
  /// One organization of the list.
  public struct Entry: Sendable {
    /// The organization.
    public let organization: Organization
    /// People who are a member of a program, each once; for an admin of single programs, the memberships of these.
    public let members: Int64
    /// Programs within reach.
    public let programs: Int64
  }

  /// What the list may be sorted by.
  public enum Key: String, Sendable {
    /// The name, without case and accents.
    case name
    /// The number of programs.
    case programs
    /// The number of members.
    case members
  }

  /// One page of the organizations found.
  public let page: ListPage<Entry>
  /// How many there are for this viewer without a search.
  public let all: Int

  /// Finds the organizations whose name or slug contains the search text.
  ///
  /// All of them are read and folded here rather than in the engine: they are few, and folding is not the engine's.
  public static func find(
    for viewer: Viewer, search: String, sort: Sorting<Key>, request: PageRequest, in connection: any Connection
  ) throws -> OrganizationList {
    let needle = search.folded
    var all = 0
    var found: [(key: String, entry: Entry)] = []
    let own = try ownFigures(of: viewer, in: connection)
    try connection.rows(
      """
      SELECT o.id, o.slug, o.name, o.time_zone, o.people_joined,
        (SELECT count(*) FROM programs p WHERE p.organization_id = o.id AND p.removed_at = '')
      FROM organizations o WHERE \(condition(for: viewer))
      """
    ) { row in
      all += 1
      let organization = Organization(id: row.int(0), slug: row.text(1), name: row.text(2), timeZone: row.text(3))
      let key = organization.name.folded
      if needle.isEmpty || key.contains(needle) || organization.slug.contains(needle) {
        let isWhole = OrganizationScope.reach(of: viewer, in: organization.id) == .all
        let figures = isWhole ? (members: row.int(4), programs: row.int(5)) : own[organization.id, default: (0, 0)]
        found.append((key, Entry(organization: organization, members: figures.members, programs: figures.programs)))
      }
      return true
    }
    found.sort { a, b in
      let (a, b) = sort.descending ? (b, a) : (a, b)
      switch sort.key {
      case .name: return (a.key, a.entry.organization.id) < (b.key, b.entry.organization.id)
      case .programs: return (a.entry.programs, a.entry.organization.id) < (b.entry.programs, b.entry.organization.id)
      case .members: return (a.entry.members, a.entry.organization.id) < (b.entry.members, b.entry.organization.id)
      }
    }
    let number = min(request.number, max(1, (found.count + request.size - 1) / request.size))
    let rows = found.dropFirst((number - 1) * request.size).prefix(request.size).map(\.entry)
    return OrganizationList(page: ListPage(rows: rows, total: found.count, number: number, size: request.size), all: all)
  }

  /// Members and number of the programs that a viewer was granted one by one, by organization.
  private static func ownFigures(
    of viewer: Viewer, in connection: any Connection
  ) throws -> [Int64: (members: Int64, programs: Int64)] {
    let granted = viewer.grants.compactMap { if case .programAdmin(_, let program) = $0 { program } else { nil } }
    var figures: [Int64: (members: Int64, programs: Int64)] = [:]
    try connection.rows("SELECT organization_id, members FROM programs WHERE removed_at = '' AND id IN (\(list: granted))") { row in
      let before = figures[row.int(0), default: (0, 0)]
      figures[row.int(0)] = (before.members + row.int(1), before.programs + 1)
      return true
    }
    return figures
  }

  /// The first slug that a viewer may enter; nil without any.
  public static func entrance(for viewer: Viewer, in connection: any Connection) throws -> String? {
    try connection.first("SELECT o.slug FROM organizations o WHERE \(condition(for: viewer)) ORDER BY o.id LIMIT 1") { $0.text(0) }
  }

  private static func condition(for viewer: Viewer) -> SQL {
    viewer.isAccountTeam ? "1 = 1" : "o.id IN (\(list: viewer.organizations))"
  }
}

extension Viewer {
  /// The ids of the organizations in which the viewer was granted something, each once.
  public var organizations: [Int64] {
    var ids: Set<Int64> = []
    for grant in grants {
      switch grant {
      case .accountTeam, .coach: break
      case .organizationAdmin(let organization), .programAdmin(let organization, _): ids.insert(organization)
      }
    }
    return ids.sorted()
  }
}
