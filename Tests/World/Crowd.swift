public import Database
public import Domain

/// The demo's people as a world for tests of lists: small, but with every state, awkward name and attribute.
public struct Crowd {
  /// The moment at which the demo's activity ends.
  public static let now = Moment(milliseconds: 1_782_900_000_000)  // 2026-07-01T10:00:00Z
  /// The large organization's admin, seen as somebody who reaches everything in it.
  public let scope: OrganizationScope

  /// Fills a migrated database.
  public init(of learners: Int = 90, in database: any Database) throws {
    scope = try database.write(organization: 0) { tx in
      try DemoWorld.fill(learners: learners, passwordHash: "", now: Crowd.now, in: tx)
      try Figures.recomputeAll(in: tx)
      try EngagementFigures.recomputeAll(at: Crowd.now, in: tx)
      let team = Viewer(accountID: 1, name: "Tess Team", email: "tess@example.com", grants: [.accountTeam])
      return try OrganizationScope.find(slug: "northwind", for: team, in: tx)
    }
  }

  /// A scope that reaches only the program with that slug.
  public func admin(of program: String, in connection: any Connection) throws -> OrganizationScope {
    let id = try Program.find(slug: program, scope: scope, in: connection).id
    let viewer = Viewer(
      accountID: 2, name: "Pat Program", email: "pat@example.com", grants: [.programAdmin(organization: scope.organization.id, program: id)]
    )
    return try OrganizationScope.find(slug: "northwind", for: viewer, in: connection)
  }
}
