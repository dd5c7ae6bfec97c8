import Database

/// The ledger of a change in bulk, with a movement for each person: `prepareHolders`, then in the transaction `noteHolders` before the change and
/// `noteMoved` after it. The memberships are those of `Touched`.
extension Licenses {
  /// Makes the temporary table of who holds a license.
  static func prepareHolders(in connection: any Connection) throws {
    try connection.run(
      """
      CREATE TEMPORARY TABLE holders (program_id BIGINT NOT NULL, user_id BIGINT NOT NULL, contract_id BIGINT NOT NULL,
        PRIMARY KEY (program_id, user_id))\(.clustered)
      """)
  }

  private static let holding: SQL = """
    SELECT m.program_id, m.user_id, c.id AS contract_id FROM \(Extent.touched.rows(of: "memberships", as: "m"))
    JOIN contracts c ON c.id = m.contract_id WHERE \(held)
    """

  /// Notes who holds a license before the change.
  static func noteHolders(in tx: any Connection) throws {
    try tx.run("DELETE FROM holders")
    try tx.run("INSERT INTO holders (program_id, user_id, contract_id) \(holding)")
    try tx.describe("holders")
  }

  /// Writes down who got a license and who gave one back.
  ///
  /// - Throws: `Failure` of code `conflict` when a contract has given more than was bought; the transaction must end then.
  static func noteMoved(_ reason: Reason, by actor: Int64, at now: Moment, in tx: any Connection) throws {
    let rest: SQL = "CAST(\(reason.rawValue) AS TEXT), x.program_id, x.user_id, CAST(\(actor) AS BIGINT), CAST(\(now.text) AS TEXT)"
    try tx.run(
      """
      INSERT INTO license_movements (contract_id, change, reason, program_id, user_id, actor_id, at)
      SELECT x.contract_id, -1, \(rest) FROM holders x LEFT JOIN (\(holding)) h ON h.program_id = x.program_id AND h.user_id = x.user_id
        AND h.contract_id = x.contract_id WHERE h.user_id IS NULL ORDER BY x.program_id, x.user_id
      """)
    let taken: SQL = """
      (\(holding)) x LEFT JOIN holders h ON h.program_id = x.program_id AND h.user_id = x.user_id AND h.contract_id = x.contract_id
      WHERE h.user_id IS NULL
      """
    let moved = try tx.run(
      """
      INSERT INTO license_movements (contract_id, change, reason, program_id, user_id, actor_id, at)
      SELECT x.contract_id, 1, \(rest) FROM \(taken) ORDER BY x.program_id, x.user_id
      """)
    guard moved > 0 else { return }
    for contract in try tx.all("SELECT DISTINCT x.contract_id FROM \(taken)", { $0.int(0) }) { try refuseBeyondQuantity(contract, in: tx) }
  }
}
