import Database

/// The licenses that contracts give: taken, given back, and every movement written down in the transaction that moves it.
///
/// `contracts.used` follows from memberships and enrollments (`Tally.contracts`); the ledger holds each step by which it moved, so that the sum of a
/// contract's movements is the figure that every page shows.
enum Licenses {
  /// Why a license moved.
  enum Reason: String {
    case invited = "INVITED"
    case joined = "JOINED"
    case enrolled = "ENROLLED"
    case revoked = "REVOKED"
    case removed = "REMOVED"
    case restored = "RESTORED"
  }

  /// Makes a change of one person's membership with every figure kept, and writes down which licenses it moved.
  ///
  /// - Throws: `Failure` of code `conflict` when the change takes a license that the contract does not have; the transaction must end then.
  static func changing(
    organization: Int64, program: Int64, user: Int64, _ reason: Reason, by actor: Int64, at now: Moment,
    _ parts: FigureParts = [.enrollments, .tallies], in tx: any Connection, _ change: () throws -> Void
  ) throws {
    let members = FewMembers(organization: organization, program: program, users: [user])
    let moved = try Figures.keeping(members, parts, in: tx, change)
    for (contract, amount) in moved.sorted(by: { $0.key < $1.key }) {
      if amount > 0 { try refuseBeyondQuantity(contract, in: tx) }
      try tx.run(
        """
        INSERT INTO license_movements (contract_id, change, reason, program_id, user_id, actor_id, at)
        VALUES (\(contract), \(amount), \(reason.rawValue), \(program), \(user), \(actor), \(now.text))
        """)
    }
  }

  /// The field of a failure that says that nothing is left, by which it is told from other conflicts.
  static let limitField = "places"

  /// The check is made after the change, in its transaction, which holds the organization's only writer: of two who want the last license one gets it.
  static func refuseBeyondQuantity(_ contract: Int64, in tx: any Connection) throws {
    let over = try tx.first("SELECT name, kind FROM contracts WHERE id = \(contract) AND used > quantity") { ($0.text(0), $0.text(1)) }
    guard let (name, kind) = over else { return }
    let what = kind == Contract.Kind.enrollments.rawValue ? "enrollment" : "place"
    let sentence = "The contract \(name) has no \(what) left."
    throw Failure(.conflict, sentence, fields: [.init(Licenses.limitField, sentence)])
  }

  /// Writes down what a change in bulk moved, after `Touched.settle`: one movement for each contract, for many people at once.
  static func noteTouched(by actor: Int64, at now: String, in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO license_movements (contract_id, change, reason, actor_id, at)
      SELECT d.id, SUM(d.used), 'IMPORTED', CAST(\(actor) AS BIGINT), CAST(\(now) AS TEXT) FROM delta_contracts d
      GROUP BY d.id HAVING SUM(d.used) <> 0 ORDER BY d.id
      """)
  }

  /// Makes a ledger for what is there without one, as in a history that was made at once: a movement for each license that is held, when it was taken.
  static func openLedger(in tx: any Connection) throws {
    try tx.run("DELETE FROM license_movements")
    try tx.run(
      """
      INSERT INTO license_movements (contract_id, change, reason, program_id, user_id, actor_id, at)
      SELECT c.id, 1, CASE WHEN m.state = 'INVITED' THEN 'INVITED' WHEN c.occupied_on = 'ENROLLMENT' THEN 'ENROLLED' ELSE 'JOINED' END, m.program_id,
        m.user_id, m.user_id, CASE WHEN m.joined_at = '' THEN m.invited_at ELSE m.joined_at END
      FROM memberships m JOIN contracts c ON c.id = m.contract_id WHERE \(held)
      UNION ALL SELECT c.id, 1, 'ENROLLED', e.program_id, e.user_id, e.user_id, e.enrolled_at
      FROM enrollments e JOIN contracts c ON c.id = e.contract_id AND c.kind = 'ENROLLMENTS' ORDER BY 7, 5
      """)
  }

  /// Hands over each contract whose movements do not add up to what it has given.
  static func check(in connection: any Connection, _ report: (Difference) throws -> Void) throws {
    try connection.stream(
      """
      SELECT c.id, CAST(COALESCE(SUM(l.change), 0) AS BIGINT), c.used FROM contracts c LEFT JOIN license_movements l ON l.contract_id = c.id
      GROUP BY c.id, c.used HAVING COALESCE(SUM(l.change), 0) <> c.used ORDER BY c.id
      """
    ) { row in
      try Difference.each(in: row, table: "license_movements", keys: ["contract_id"], columns: ["change"], report)
      return true
    }
  }

  /// The condition under which a membership `m` holds a license of its contract `c`; the same rule as `Tally.contracts`.
  static let held: SQL = """
    c.kind <> 'ENROLLMENTS' AND ((m.state = 'MEMBER' OR m.release_at <> '') AND (c.occupied_on <> 'ENROLLMENT' OR m.enrollments > 0)
      OR m.state = 'INVITED' AND c.occupied_on = 'INVITATION')
    """
}
