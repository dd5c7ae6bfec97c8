public import Database

/// Moves engagements whose stage or next session time alone has changed: an end that has passed, a remeasurement that opens, a session that begins.
public enum DueEngagements {
  /// How many are moved in one transaction.
  private static let batch = 500

  /// Moves everything that is due. Two processes may do so at once: the organization's writer lets one be first, and the other finds nothing.
  ///
  /// - Returns: how many were moved.
  @discardableResult
  public static func move(at now: Moment, in database: any Database) throws -> Int {
    var moved = 0
    while true {
      let due = try database.read { connection in
        try connection.first(
          "SELECT organization_id FROM engagement_rows WHERE due_at <> '9999' AND due_at <= \(now.text) ORDER BY due_at LIMIT 1"
        ) { $0.int(0) }
      }
      guard let organization = due else { return moved }
      moved += try database.write(organization: organization, patience: .seconds(30)) { tx in
        let learners = try tx.all(
          """
          SELECT DISTINCT e.user_id FROM (SELECT engagement_id FROM engagement_rows WHERE due_at <> '9999' AND due_at <= \(now.text)
            AND organization_id = \(organization) ORDER BY due_at LIMIT \(batch)) r JOIN engagements e ON e.id = r.engagement_id
          """
        ) { $0.int(0) }
        if !learners.isEmpty { try EngagementFigures.keeping(learners: learners, of: organization, at: now, in: tx) {} }
        return learners.count
      }
    }
  }
}
