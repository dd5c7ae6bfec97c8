public import Database

/// What happened on a day, or in a run of days. Everything counts on the UTC day on which it happened.
public struct DailyTotals: Sendable, Equatable {
  /// People who came into view: invitations and joins, by memberships.
  public var invitations = 0, joins = 0
  /// Memberships that saw their first enrollment or completion.
  public var firstEnrollments = 0, firstCompletions = 0
  /// Enrollments, completions and lessons.
  public var enrollments = 0, completions = 0, lessons = 0
  /// Learning time in seconds.
  public var learningSeconds = 0
  /// Ratings and the sum of their stars.
  public var ratings = 0, ratingSum = 0

  /// Nothing.
  public init() {}

  /// Day by day from a day on, over all programs within reach; days without anything are left out.
  public static func days(from day: String, through last: String, scope: OrganizationScope, in connection: any Connection) throws -> [(
    day: String, totals: DailyTotals
  )] {
    try load(
      """
      SELECT d.day, \(sums) FROM daily_totals d
      WHERE d.organization_id = \(scope.organization.id) AND d.day >= \(day) AND d.day <= \(last) AND \(scope.condition(program: "d.program_id"))
      GROUP BY d.day ORDER BY d.day
      """, in: connection)
  }

  /// Every day of one program through a day.
  public static func days(of program: Program, through last: String, in connection: any Connection) throws -> [(
    day: String, totals: DailyTotals
  )] {
    // A program has one row a day, so there is nothing to add up, and the index has them in order.
    try load(
      "SELECT d.day, \(columns) FROM daily_totals d WHERE d.program_id = \(program.id) AND d.day <= \(last) ORDER BY d.day",
      in: connection)
  }

  /// The sums of each month (`2026-11`) of days that are in order.
  public static func months(of days: [(day: String, totals: DailyTotals)]) -> [(month: String, totals: DailyTotals)] {
    var months: [(month: String, totals: DailyTotals)] = []
    for (day, totals) in days {
      if let last = months.last, day.hasPrefix(last.month) {
        months[months.count - 1].totals = last.totals + totals
      } else {
        months.append((String(day.prefix(7)), totals))
      }
    }
    return months
  }

  private static let columns: SQL = """
    d.invitations, d.joins, d.first_enrollments, d.first_completions, d.enrollments, d.completions,
    d.lessons, d.learning_seconds, d.ratings, d.rating_sum
    """
  private static let sums: SQL = """
    sum(d.invitations), sum(d.joins), sum(d.first_enrollments), sum(d.first_completions), sum(d.enrollments), sum(d.completions),
    sum(d.lessons), sum(d.learning_seconds), sum(d.ratings), sum(d.rating_sum)
    """

  private static func load(_ sql: SQL, in connection: any Connection) throws -> [(day: String, totals: DailyTotals)] {
    try connection.all(sql) { row in
      var totals = DailyTotals()
      (totals.invitations, totals.joins) = (Int(row.int(1)), Int(row.int(2)))
      (totals.firstEnrollments, totals.firstCompletions) = (Int(row.int(3)), Int(row.int(4)))
      (totals.enrollments, totals.completions, totals.lessons) = (Int(row.int(5)), Int(row.int(6)), Int(row.int(7)))
      (totals.learningSeconds, totals.ratings, totals.ratingSum) = (Int(row.int(8)), Int(row.int(9)), Int(row.int(10)))
      return (row.text(0), totals)
    }
  }

  /// The two added up.
  public static func + (a: DailyTotals, b: DailyTotals) -> DailyTotals {
    var sum = a
    sum.invitations += b.invitations
    sum.joins += b.joins
    sum.firstEnrollments += b.firstEnrollments
    sum.firstCompletions += b.firstCompletions
    sum.enrollments += b.enrollments
    sum.completions += b.completions
    sum.lessons += b.lessons
    sum.learningSeconds += b.learningSeconds
    sum.ratings += b.ratings
    sum.ratingSum += b.ratingSum
    return sum
  }
}

/// The recent past of a list of days: what a tile needs for its change and its line.
public struct RecentActivity: Sendable {
  /// The past 28 days, today included.
  public let past28Days: DailyTotals
  /// The past twelve runs of seven days, oldest first; the last one ends today.
  public let weeks: [DailyTotals]

  /// The first day that the figures need, for a present moment.
  public static func firstDay(now: Moment) -> String { now.adding(days: -83).day }

  /// Sums up days by the UTC day of the present moment; earlier ones do not count.
  public init(days: [(day: String, totals: DailyTotals)], now: Moment) {
    var weeks = [DailyTotals](repeating: DailyTotals(), count: 12)
    var month = DailyTotals()
    let monthBegan = now.adding(days: -27).day
    let bounds = (0..<12).map { now.adding(days: Int64(-83 + 7 * $0)).day }
    for (day, totals) in days where day >= bounds[0] {
      if day >= monthBegan { month = month + totals }
      if let week = bounds.lastIndex(where: { $0 <= day }) { weeks[week] = weeks[week] + totals }
    }
    (past28Days, self.weeks) = (month, weeks)
  }
}
