public import Database

/// Keeps what follows from engagements through a change of them: their rows, and the counters over these.
///
/// In bulk, with `touched_engagements`: `EngagementSums` before the change, then `settle` with it and what came into being. The extent must hold all
/// engagements of each of its learners.
public enum EngagementFigures {
  /// Makes a change of some learners' engagements in one organization and keeps everything through it.
  ///
  /// - Parameters:
  ///   - learners: the users whose engagements change or come into being; few enough to name each.
  ///   - change: whatever changes them.
  /// - Returns: the purchases that have given more licenses than before.
  @discardableResult
  static func keeping(
    learners: [Int64], of organization: Int64, at now: Moment, in tx: any Connection, _ change: () throws -> Void
  ) throws -> [Int64] {
    let before = try EngagementSums(.some(engagements(of: learners, organization, in: tx)), in: tx)
    try change()
    return try settle(.some(engagements(of: learners, organization, in: tx)), since: before, at: now, in: tx)
  }

  private static func engagements(of learners: [Int64], _ organization: Int64, in tx: any Connection) throws -> [Int64] {
    try tx.all("SELECT id FROM engagements WHERE organization_id = \(organization) AND user_id IN (\(list: learners))") { $0.int(0) }
  }

  /// Sets the rows of the engagements and moves the counters.
  ///
  /// - Returns: the purchases that have given more licenses than before.
  @discardableResult
  static func settle(_ extent: EngagementExtent, since before: EngagementSums, at now: Moment, in tx: any Connection) throws -> [Int64] {
    try settleRows(extent, at: now, in: tx)
    return try EngagementSums(extent, in: tx).settle(since: before, in: tx)
  }

  /// Makes rows that are missing, then sets what differs. Alone it serves changes that no counter sees, such as of a learner's name.
  static func settleRows(_ extent: EngagementExtent, at now: Moment, in tx: any Connection) throws {
    let figure = EngagementRow.figure(extent, at: now)
    let rowIsMissing: SQL = """
      NOT EXISTS (SELECT 1 FROM engagement_rows r WHERE r.organization_id = e.organization_id AND r.engagement_id = e.id)
      """
    if try tx.scalar("SELECT COUNT(*) FROM (SELECT 1 FROM \(extent.engagements(as: "e")) WHERE \(rowIsMissing) LIMIT 1) m") > 0 {
      let columns = figure.keys + figure.columns
      let made = try tx.run(
        """
        INSERT INTO engagement_rows (\(SQL.join(columns.map(\.sql), ", "))) SELECT \(SQL.join(columns.map { "x.\($0.sql)" }, ", "))
        FROM (\(figure.expected(.everything))) x WHERE NOT EXISTS (SELECT 1 FROM engagement_rows r
          WHERE r.organization_id = x.organization_id AND r.engagement_id = x.engagement_id)
        ORDER BY x.organization_id, x.engagement_id
        """)
      try tx.describe("engagement_rows", grownBy: made)
    }
    try figure.settle(.everything, in: tx)
  }

  /// Sets the rows of one learner's engagements after the name or email has changed.
  static func settleRows(ofLearner user: Int64, _ organization: Int64, at now: Moment, in tx: any Connection) throws {
    let ids = try engagements(of: [user], organization, in: tx)
    if !ids.isEmpty { try settleRows(.some(ids), at: now, in: tx) }
  }

  /// Sets the NPS counts of coaches; all of them without a list.
  static func settleCoaches(_ coaches: [Int64]? = nil, in tx: any Connection) throws { try answers(coaches).settle(.everything, in: tx) }

  /// A coach's answers on the scale of 0 to 10, over all organizations: promoters give 9 or 10, detractors 0 to 6.
  private static func answers(_ coaches: [Int64]?) -> Figure {
    let which: SQL = coaches.map { "(SELECT id FROM coaches WHERE id IN (\(list: $0)))" } ?? "coaches"
    return Figure(
      table: "coaches", keys: ["id"], columns: ["nps_answers", "nps_promoters", "nps_detractors"],
      expected: { _ in
        """
        SELECT c.id AS id, COUNT(n.id) AS nps_answers, SUM(CASE WHEN n.score >= 9 THEN 1 ELSE 0 END) AS nps_promoters,
          SUM(CASE WHEN n.score <= 6 THEN 1 ELSE 0 END) AS nps_detractors
        FROM \(which) c LEFT JOIN nps_responses n ON n.coach_id = c.id GROUP BY c.id
        """
      })
  }

  /// Sets everything anew, for filling the tables in bulk.
  public static func recomputeAll(at now: Moment, in tx: any Connection) throws {
    try tx.run("DELETE FROM engagement_totals")
    try tx.run("DELETE FROM coach_totals")
    try tx.run("UPDATE company_purchases SET used = 0")
    try tx.run("DELETE FROM engagement_rows")
    try EngagementExtent.prepareTouched(in: tx)
    try tx.run("INSERT INTO touched_engagements (engagement_id) SELECT id FROM engagements")
    try settle(.touched, since: EngagementSums(), at: now, in: tx)
    try settleCoaches(in: tx)
  }

  /// Hands over every row and counter that is not what it should be. Rows that time alone has made wrong, and that wait to be moved, are left out.
  public static func check(at now: Moment, in connection: any Connection, _ report: (Difference) throws -> Void) throws {
    try EngagementRow.figure(.settled(at: now), at: now).check(in: connection, report)
    try answers(nil).check(in: connection, report)
    try connection.stream(
      """
      SELECT e.id FROM engagements e WHERE NOT EXISTS (SELECT 1 FROM engagement_rows r WHERE r.organization_id = e.organization_id
        AND r.engagement_id = e.id) ORDER BY e.id
      """
    ) { row in
      try report(Difference(row: "engagements id \(row.int(0))", column: "row", found: "nothing", expected: "a row in engagement_rows"))
      return true
    }
    try EngagementSums(whole: connection).differences(from: EngagementSums(kept: connection), report)
  }
}
