public import Database

/// What a filter by programs offers, and which of it is chosen.
public struct ProgramChoice: Sendable {
  /// The first programs by name, then those chosen beyond them. Others are found by a part of their name.
  public let offered: [Program]
  /// Whether there are more than those offered.
  public let hasMore: Bool
  /// The ids of the slugs asked for; 0, which no program has, for one that is not within reach or was removed.
  public let chosen: [Int64]

  /// How many programs are offered, chosen ones aside.
  public static let limit = 100

  /// Loads the choice for the slugs asked for.
  public static func load(slugs: [String], scope: OrganizationScope, in connection: any Connection) throws -> ProgramChoice {
    let first = try Program.all(scope: scope, limit: limit + 1, in: connection)
    var offered = Array(first.prefix(limit))
    var chosen: [Int64] = []
    for slug in slugs {
      if let known = offered.first(where: { $0.slug == slug }) {
        chosen.append(known.id)
        continue
      }
      do {
        offered.append(try Program.find(slug: slug, scope: scope, in: connection))
        chosen.append(offered[offered.count - 1].id)
      } catch let failure as Failure where failure == .notFound {
        chosen.append(0)
      } catch is RemovedProgram {
        chosen.append(0)
      }
    }
    return ProgramChoice(offered: offered, hasMore: first.count > limit, chosen: chosen)
  }
}
