public import Database

/// Takes away checked files that nobody needs any more: those thrown away, those not confirmed for 30 days, and the lists of those confirmed more
/// than 30 days ago. What was written by confirming stays.
public enum UploadPurge {
  /// For how many days a file is kept after its check, and its list after the confirmation.
  public static let days: Int64 = 30

  /// Does a share of the work, in short transactions, so that nobody waits long for the writer. A file that is due is found by nobody from the first
  /// of them on, so that none is confirmed in part. Several processes may do so at once.
  ///
  /// - Parameters:
  ///   - batch: how many rows go in one transaction.
  ///   - most: how many such transactions there may be.
  /// - Returns: whether there is more to do.
  @discardableResult
  public static func run(at now: Moment, in database: any Database, batch: Int = 2_000, most: Int = 10) throws -> Bool {
    let limit = now.adding(days: -days).text
    for kept in try due(before: limit, in: database) {
      try database.write(organization: kept.organization, patience: .seconds(30)) { tx in
        // It may have been confirmed since it was found.
        try tx.run(
          """
          UPDATE upload_drafts SET removed_at = \(now.text) WHERE id = \(kept.id) AND removed_at = ''
            AND (state = 'CHECKED' AND created_at < \(limit) OR state = 'DONE' AND done_at < \(limit))
          """)
      }
    }
    for _ in 0..<most {
      guard let removed = try database.read({ try removed($0) }) else { return false }
      try database.write(organization: removed.organization, patience: .seconds(30)) { tx in
        let gone = try tx.run(
          """
          DELETE FROM upload_rows WHERE draft_id = \(removed.id)
            AND line IN (SELECT line FROM upload_rows WHERE draft_id = \(removed.id) ORDER BY line LIMIT \(batch))
          """)
        if gone < batch {
          try tx.run("DELETE FROM upload_runs WHERE draft_id = \(removed.id)")
          try tx.run("DELETE FROM upload_drafts WHERE id = \(removed.id)")
        }
      }
    }
    return try database.read { try removed($0) } != nil
  }

  private typealias Found = (id: Int64, organization: Int64)

  /// A few of each state that were kept the longest.
  private static func due(before limit: String, in database: any Database) throws -> [Found] {
    try database.read { connection in
      var found: [Found] = []
      for state: SQL in ["state = 'CHECKED' AND created_at", "state = 'DONE' AND done_at"] {
        found += try connection.all(
          "SELECT id, organization_id FROM upload_drafts WHERE removed_at = '' AND \(state) < \(limit) LIMIT 50"
        ) { ($0.int(0), $0.int(1)) }
      }
      return found
    }
  }

  private static func removed(_ connection: any Connection) throws -> Found? {
    try connection.first("SELECT id, organization_id FROM upload_drafts WHERE removed_at <> '' ORDER BY id LIMIT 1") {
      ($0.int(0), $0.int(1))
    }
  }
}
