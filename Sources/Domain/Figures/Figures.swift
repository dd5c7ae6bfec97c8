public import Database

/// The counters and rollups that stand beside the rows they follow from: set anew, kept through a change, and checked.
///
/// Each has one definition, in `Figure` and `Tally`; keeping and checking read the same.
public enum Figures {
  /// Sets every figure of the installation anew, and begins the ledgers of contracts with what they have given. For filling the base tables in bulk; a change of some rows is kept with `Touched`.
  public static func recomputeAll(in tx: any Connection) throws {
    for figure in [Figure.enrollments, .risk, .copies, .people, .beginnings, .mails] { try figure.settle(.everything, in: tx) }
    for tally in Tally.all { try tally.settleEverything(in: tx) }
    try Licenses.openLedger(in: tx)
  }

  /// Hands over every figure that is not what it should be.
  public static func check(in connection: any Connection, _ report: (Difference) throws -> Void) throws {
    for figure in [Figure.enrollments, .risk, .copies, .people, .beginnings, .mails] { try figure.check(in: connection, report) }
    for tally in Tally.all { try tally.check(in: connection, report) }
    try OrderStatistics.check(in: connection, report)
    try Licenses.check(in: connection, report)
  }

  /// Hands over each membership for which a membership report said something else than what follows from its enrollments, in programs that have
  /// enrollments (product.md 5). That is a disagreement between two systems and no damage.
  public static func checkGiven(in connection: any Connection, _ report: (Difference) throws -> Void) throws {
    let columns: [Column] = ["enrollments", "completions", "last_activity_at"]
    try connection.stream(
      """
      SELECT g.slug, u.email, m.enrollments, m.given_enrollments, m.completions, m.given_completions, m.last_activity_at,
        m.given_last_activity_at
      FROM programs g JOIN memberships m ON m.program_id = g.id JOIN users u ON u.organization_id = m.organization_id AND u.id = m.user_id
      WHERE g.enrollments > 0 AND (m.enrollments <> m.given_enrollments OR m.completions <> m.given_completions
        OR m.last_activity_at <> m.given_last_activity_at)
      ORDER BY m.program_id, m.user_id
      """
    ) { row in
      for (index, column) in columns.enumerated() where !row.isNull(3 + 2 * index) {
        let (found, given) = (row.text(2 + 2 * index), row.text(3 + 2 * index))
        if found != given {
          try report(
            Difference(row: "\(row.text(1)) in program \(row.text(0))", column: column.word, found: found, expected: given))
        }
      }
      return true
    }
  }
}

/// Which figures a change can move, so that the others are left alone.
struct FigureParts: OptionSet {
  let rawValue: Int
  /// Enrollments and memberships came, went or changed.
  static let enrollments = FigureParts(rawValue: 1)
  /// Assessments, attempts or which enrollments are current changed.
  static let risk = FigureParts(rawValue: 2)
  /// Names, emails or attributes of users changed.
  static let copies = FigureParts(rawValue: 4)
  /// Memberships, enrollments, lessons, sessions or ratings changed, and with them what adds up over them.
  static let tallies = FigureParts(rawValue: 8)
}

/// The memberships and users that a change touches, in temporary tables of the connection, and the figures kept through it.
///
/// Before the change: `prepare`, fill `touched_memberships (program_id, user_id)` and `touched_users (organization_id, user_id)`, `note`.
/// After it: add what came into being to both tables, then `settle`.
enum Touched {
  /// Makes the temporary tables, or empties them.
  static func prepare(in connection: any Connection) throws {
    try connection.run(
      SQL(
        sqlite: """
          CREATE TEMPORARY TABLE IF NOT EXISTS touched_memberships (
            program_id BIGINT NOT NULL, user_id BIGINT NOT NULL, PRIMARY KEY (program_id, user_id)) WITHOUT ROWID
          """,
        postgres: """
          CREATE TEMPORARY TABLE IF NOT EXISTS touched_memberships (
            program_id BIGINT NOT NULL, user_id BIGINT NOT NULL, PRIMARY KEY (program_id, user_id))
          """))
    try connection.run(
      SQL(
        sqlite: """
          CREATE TEMPORARY TABLE IF NOT EXISTS touched_users (
            organization_id BIGINT NOT NULL, user_id BIGINT NOT NULL, PRIMARY KEY (organization_id, user_id)) WITHOUT ROWID
          """,
        postgres: """
          CREATE TEMPORARY TABLE IF NOT EXISTS touched_users (
            organization_id BIGINT NOT NULL, user_id BIGINT NOT NULL, PRIMARY KEY (organization_id, user_id))
          """))
    try connection.run(
      """
      CREATE TEMPORARY TABLE IF NOT EXISTS before_beginnings (program_id BIGINT NOT NULL, began_at TEXT NOT NULL)
      """)
    try connection.run("CREATE TEMPORARY TABLE IF NOT EXISTS after_beginnings (program_id BIGINT NOT NULL, began_at TEXT NOT NULL)")
    try connection.run("DELETE FROM touched_memberships")
    try connection.run("DELETE FROM touched_users")
    try connection.run("DELETE FROM before_beginnings")
    try connection.run("DELETE FROM after_beginnings")
    for tally in Tally.all { try tally.prepare(in: connection) }
  }

  /// Notes what the touched rows contribute to sums before they change.
  static func note(_ parts: FigureParts, in tx: any Connection) throws {
    guard parts.contains(.tallies) else { return }
    for tally in Tally.all { try tally.note(in: tx) }
    try tx.run(
      """
      INSERT INTO before_beginnings (program_id, began_at) SELECT x.id, x.began_at FROM (\(Figure.beginnings.expected(.touched))) x
      WHERE x.began_at <> ''
      """)
  }

  /// Sets the figures of the touched rows and moves the sums by the difference.
  static func settle(_ parts: FigureParts, in tx: any Connection) throws {
    try settleRows(parts, in: tx)
    try settleSums(parts, in: tx)
  }

  /// Sets the figures of the touched memberships and users.
  static func settleRows(_ parts: FigureParts, in tx: any Connection) throws {
    try describe(in: tx)
    if parts.contains(.enrollments) { try Figure.enrollments.settle(.touched, in: tx) }
    if parts.contains(.risk) { try Figure.risk.settle(.touched, in: tx) }
    if parts.contains(.copies) { try Figure.copies.settle(.touched, in: tx) }
    if parts.contains(.tallies) { try Figure.people.settle(.touched, in: tx) }
  }

  /// Moves the sums by the difference that the touched rows make. Their figures must be right.
  static func settleSums(_ parts: FigureParts, in tx: any Connection) throws {
    guard parts.contains(.tallies) else { return }
    try describe(in: tx)
    let extent: Extent = try coversEverything(in: tx) ? .everything : .touched
    for tally in Tally.all { try tally.settleTouched(extent, in: tx) }
    try settleBeginnings(extent, in: tx)
  }

  /// Whether every membership and user is touched, as after the first import: then the tables are gone through in their own order instead of by
  /// one look-up for each row.
  private static func coversEverything(in tx: any Connection) throws -> Bool {
    let touched = try tx.scalar("SELECT COUNT(*) FROM touched_memberships")
    // Where little is touched, counting all would cost more than it saves.
    guard touched >= ImportContext.many else { return false }
    return try touched == tx.scalar("SELECT COUNT(*) FROM memberships")
      && tx.scalar("SELECT COUNT(*) FROM touched_users") == tx.scalar("SELECT COUNT(*) FROM users")
  }

  private static func describe(in tx: any Connection) throws {
    try tx.describe("touched_memberships")
    try tx.describe("touched_users")
  }

  /// A beginning can only move to what the touched rows say now, unless one of them was the earliest and is later or gone.
  private static func settleBeginnings(_ extent: Extent, in tx: any Connection) throws {
    try tx.run(
      "INSERT INTO after_beginnings (program_id, began_at) SELECT x.id, x.began_at FROM (\(Figure.beginnings.expected(extent))) x")
    let lost = try tx.all(
      """
      SELECT g.id FROM before_beginnings b JOIN programs g ON g.id = b.program_id AND g.began_at = b.began_at
      JOIN after_beginnings x ON x.program_id = g.id AND (x.began_at = '' OR x.began_at > b.began_at)
      """
    ) { $0.int(0) }
    try tx.run(
      """
      UPDATE programs SET began_at = x.began_at FROM after_beginnings x
      WHERE programs.id = x.program_id AND x.began_at <> '' AND (programs.began_at = '' OR x.began_at < programs.began_at)
      """)
    if !lost.isEmpty { try Figure.beginnings.settle(.programs(lost), in: tx) }
  }
}
