public import Database

/// A customer: the boundary that no row crosses.
public struct Organization: Sendable, Equatable {
  /// The row's id.
  public let id: Int64
  /// Unique in the installation and unchanging; part of every address: `/o/{slug}/…`.
  public let slug: String
  /// The name as shown.
  public let name: String
  /// An IANA time-zone name; every time on screen is in this zone.
  public let timeZone: String
  /// The color of its pages, `#2b4dc4`; empty for the product's own.
  public let brandColor: String

  init(id: Int64, slug: String, name: String, timeZone: String, brandColor: String = "") {
    (self.id, self.slug, self.name, self.timeZone, self.brandColor) = (id, slug, name, timeZone, brandColor)
  }
}

/// One viewer in one organization: what every query of the organization's pages takes as its scope.
public struct OrganizationScope: Sendable {
  /// Which programs the viewer reaches.
  public enum Reach: Sendable, Equatable {
    /// Every program, and the organization's own pages.
    case all
    /// These programs only, by id.
    case programs([Int64])
  }

  /// Who acts.
  public let viewer: Viewer
  /// Where.
  public let organization: Organization
  /// How far.
  public let reach: Reach

  /// Whether the organization's own pages (Users, organization-wide figures) are open to the viewer.
  public var reachesOrganization: Bool { reach == .all }

  /// The SQL condition that keeps a column of program ids within reach. It belongs into every query beneath a scope.
  public func condition(program column: SQL) -> SQL {
    switch reach {
    case .all: "1 = 1"
    case .programs(let ids): "\(column) IN (\(list: ids))"
    }
  }

  /// Finds the organization of an address for a viewer. A stranger's is answered as if it did not exist.
  ///
  /// - Throws: `Failure.notFound`, or a database error.
  public static func find(slug: String, for viewer: Viewer, in connection: any Connection) throws -> OrganizationScope {
    let found = try connection.first("SELECT id, slug, name, time_zone, brand_color FROM organizations WHERE slug = \(slug)") { row in
      Organization(id: row.int(0), slug: row.text(1), name: row.text(2), timeZone: row.text(3), brandColor: row.text(4))
    }
    guard let organization = found, let reach = reach(of: viewer, in: organization.id) else { throw Failure.notFound }
    return OrganizationScope(viewer: viewer, organization: organization, reach: reach)
  }

  /// How far a viewer reaches in an organization; nil where not at all.
  static func reach(of viewer: Viewer, in organization: Int64) -> Reach? {
    var programs: [Int64] = []
    for grant in viewer.grants {
      switch grant {
      case .accountTeam, .organizationAdmin(organization: organization): return .all
      case .programAdmin(organization: organization, let program): programs.append(program)
      default: break
      }
    }
    return programs.isEmpty ? nil : .programs(programs.sorted())
  }
}
