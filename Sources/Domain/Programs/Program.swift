public import Database

/// A learning program, as far as every page of it needs it.
public struct Program: Sendable, Equatable {
  /// The row's id.
  public let id: Int64
  /// Unique in the organization and unchanging; part of every address of the program.
  public let slug: String
  /// Name and tagline as shown; the tagline may be empty.
  public let name: String, tagline: String
  /// Its counters.
  public let funnel: Funnel
  /// Totals since the beginning, removed members included.
  public let totals: Totals
  /// When it was removed, as text; empty for a program that goes on. Only finders of history hand out one that was removed.
  public let removedAt: String

  /// Whether it was removed.
  public var isRemoved: Bool { !removedAt.isEmpty }

  /// Invitations that wait to be accepted.
  public var openInvitations: Int { funnel.invited - funnel.joined }

  /// Where a program's people stand: open invitations and current members.
  public struct Funnel: Sendable, Equatable {
    /// Open invitations and members together; members; members with an enrollment; members with a completion.
    public let invited: Int, joined: Int, enrolled: Int, completed: Int

    /// Four stages, each a part of the one before.
    public init(invited: Int, joined: Int, enrolled: Int, completed: Int) {
      (self.invited, self.joined, self.enrolled, self.completed) = (invited, joined, enrolled, completed)
    }
  }

  /// What happened since the beginning.
  public struct Totals: Sendable, Equatable {
    /// Enrollments, completions, lessons and ratings, each counted once.
    public var enrollments = 0, completions = 0, lessons = 0, ratings = 0, ratingSum = 0
    /// Learning time in seconds, and how many enrollments have any on record.
    public var learningSeconds = 0, timedEnrollments = 0

    /// Nothing yet.
    public init() {}

    /// The average rating from 1 to 5; nil without ratings.
    public var averageRating: Double? { ratings == 0 ? nil : Double(ratingSum) / Double(ratings) }
  }

  static let columns: SQL = """
    p.id, p.slug, p.name, p.tagline, p.invited, p.members, p.enrolled, p.completed,
    p.enrollments, p.completions, p.lessons, p.ratings, p.rating_sum, p.learning_seconds, p.timed_enrollments,
    p.removed_at
    """

  init(_ row: borrowing Row) {
    (id, slug, name, tagline) = (row.int(0), row.text(1), row.text(2), row.text(3))
    let members = Int(row.int(5))
    funnel = Funnel(invited: Int(row.int(4)) + members, joined: members, enrolled: Int(row.int(6)), completed: Int(row.int(7)))
    var totals = Totals()
    (totals.enrollments, totals.completions, totals.lessons) = (Int(row.int(8)), Int(row.int(9)), Int(row.int(10)))
    (totals.ratings, totals.ratingSum) = (Int(row.int(11)), Int(row.int(12)))
    (totals.learningSeconds, totals.timedEnrollments) = (Int(row.int(13)), Int(row.int(14)))
    self.totals = totals
    removedAt = row.text(15)
  }

  /// Finds a program of the scope by its slug.
  ///
  /// - Throws: `Failure.notFound` where there is none within the viewer's reach; `RemovedProgram` for one that was removed.
  public static func find(slug: String, scope: OrganizationScope, in connection: any Connection) throws -> Program {
    let found = try connection.first(
      """
      SELECT \(columns) FROM programs p
      WHERE p.organization_id = \(scope.organization.id) AND p.slug = \(slug) AND \(scope.condition(program: "p.id"))
      """
    ) { Program($0) }
    guard let found else { throw Failure.notFound }
    if found.isRemoved { throw try RemovedProgram(found, scope: scope, in: connection) }
    return found
  }

  /// Every program within reach that goes on, by name, up to a limit; for filters and short lists.
  public static func all(scope: OrganizationScope, limit: Int = 500, in connection: any Connection) throws -> [Program] {
    try connection.all(
      """
      SELECT \(columns) FROM programs p
      WHERE \(goingOn(scope)) ORDER BY p.name_key, p.id LIMIT \(limit)
      """
    ) { Program($0) }
  }

  /// How many programs within reach go on.
  public static func count(scope: OrganizationScope, in connection: any Connection) throws -> Int {
    Int(try connection.scalar("SELECT count(*) FROM programs p WHERE \(goingOn(scope))"))
  }

  /// The condition on `programs p` within reach that were not removed.
  static func goingOn(_ scope: OrganizationScope) -> SQL {
    "p.organization_id = \(scope.organization.id) AND p.removed_at = '' AND \(scope.condition(program: "p.id"))"
  }
}
