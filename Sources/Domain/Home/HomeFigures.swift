public import Database

/// What Home shows: totals since the subscription began, the funnel of people, and the latest comments (product.md 3.1).
public struct HomeFigures: Sendable {
  /// Totals of all programs within reach, removed members included.
  public let totals: Program.Totals
  /// Where people stand. For a whole organization a person counts once; for a program admin a membership counts.
  public let funnel: Program.Funnel
  /// Open invitations among the invited.
  public let recent: RecentActivity
  /// When the subscription began: the first contract's start, else the first invitation or enrollment. Empty before any of them.
  public let beganAt: String
  /// The latest comments, newest first.
  public let comments: [Comment]

  /// What a learner wrote about a course.
  public struct Comment: Sendable, Equatable {
    /// The words, the stars from 1 to 5, the course's name, and when.
    public let text: String, rating: Int, course: String, ratedAt: String
  }

  /// Loads the figures of a scope.
  public static func load(scope: OrganizationScope, now: Moment, in connection: any Connection) throws -> HomeFigures {
    let organization = scope.organization.id
    var totals = Program.Totals()
    var (invited, joined, enrolled, completed, beganAt) = (0, 0, 0, 0, "")
    for program in try sums(scope: scope, in: connection) {
      totals = program.totals
      (invited, joined) = (program.funnel.invited, program.funnel.joined)
      (enrolled, completed, beganAt) = (program.funnel.enrolled, program.funnel.completed, program.beganAt)
    }
    if scope.reachesOrganization {
      try connection.rows(
        "SELECT people_invited, people_joined, people_enrolled, people_completed FROM organizations WHERE id = \(organization)"
      ) { row in
        (invited, joined, enrolled, completed) = (Int(row.int(0)), Int(row.int(1)), Int(row.int(2)), Int(row.int(3)))
        return false
      }
    }
    let days = try DailyTotals.days(from: RecentActivity.firstDay(now: now), through: now.day, scope: scope, in: connection)
    return HomeFigures(
      totals: totals, funnel: Program.Funnel(invited: invited, joined: joined, enrolled: enrolled, completed: completed),
      recent: RecentActivity(days: days, now: now), beganAt: beganAt,
      comments: try comments(scope: scope, now: now, in: connection))
  }

  private static func sums(
    scope: OrganizationScope, in connection: any Connection
  ) throws -> [(totals: Program.Totals, funnel: Program.Funnel, beganAt: String)] {
    let start = try connection.first(
      """
      SELECT min(c.starts_at) FROM contracts c WHERE c.organization_id = \(scope.organization.id) AND c.starts_at <> ''
        AND EXISTS (SELECT 1 FROM program_contracts pc WHERE pc.contract_id = c.id AND \(scope.condition(program: "pc.program_id")))
      """
    ) { $0.textOrNil(0) }
    return try connection.all(
      """
      SELECT sum(p.enrollments), sum(p.completions), sum(p.lessons), sum(p.ratings), sum(p.rating_sum), sum(p.learning_seconds),
        sum(p.timed_enrollments), sum(p.invited), sum(p.members), sum(p.enrolled), sum(p.completed),
        min(CASE WHEN p.began_at <> '' THEN p.began_at END)
      FROM programs p WHERE p.organization_id = \(scope.organization.id) AND \(scope.condition(program: "p.id"))
      """
    ) { row in
      var totals = Program.Totals()
      (totals.enrollments, totals.completions, totals.lessons) = (Int(row.int(0)), Int(row.int(1)), Int(row.int(2)))
      (totals.ratings, totals.ratingSum) = (Int(row.int(3)), Int(row.int(4)))
      (totals.learningSeconds, totals.timedEnrollments) = (Int(row.int(5)), Int(row.int(6)))
      let members = Int(row.int(8))
      let funnel = Program.Funnel(
        invited: Int(row.int(7)) + members, joined: members, enrolled: Int(row.int(9)), completed: Int(row.int(10)))
      return (totals, funnel, (start ?? nil) ?? row.text(11))
    }
  }

  /// The latest comments of the programs within reach.
  private static func comments(scope: OrganizationScope, now: Moment, in connection: any Connection) throws -> [Comment] {
    try connection.all(
      """
      SELECT r.comment, r.rating, c.name, r.rated_at FROM course_ratings r JOIN courses c ON c.id = r.course_id
      WHERE r.organization_id = \(scope.organization.id) AND r.comment <> '' AND r.rated_at <= \(now.text)
        AND \(scope.condition(program: "r.program_id"))
      ORDER BY r.rated_at DESC, r.user_id LIMIT 2
      """
    ) { Comment(text: $0.text(0), rating: Int($0.int(1)), course: $0.text(2), ratedAt: $0.text(3)) }
  }

  /// The latest comments on a program's courses.
  public static func comments(of program: Program, now: Moment, in connection: any Connection) throws -> [Comment] {
    try connection.all(
      """
      SELECT r.comment, r.rating, c.name, r.rated_at FROM course_ratings r JOIN courses c ON c.id = r.course_id
      WHERE r.program_id = \(program.id) AND r.comment <> '' AND r.rated_at <= \(now.text) ORDER BY r.rated_at DESC, r.user_id LIMIT 2
      """
    ) { Comment(text: $0.text(0), rating: Int($0.int(1)), course: $0.text(2), ratedAt: $0.text(3)) }
  }
}
