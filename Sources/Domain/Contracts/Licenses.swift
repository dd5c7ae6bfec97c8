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
  private static func refuseBeyondQuantity(_ contract: Int64, in tx: any Connection) throws {
    let over = try tx.first("SELECT name, kind FROM contracts WHERE id = \(contract) AND used > quantity") { ($0.text(0), $0.text(1)) }
    guard let (name, kind) = over else { return }
    let what = kind == Contract.Kind.enrollments.rawValue ? "enrollment" : "place"
    let sentence = "The contract \(name) has no \(what) left."
    throw Failure(.conflict, sentence, fields: [.init(Licenses.limitField, sentence)])
  }

  /// Writes down what imports or a change in bulk moved: one movement for each contract whose ledger does not add up to what it has given.
  ///
  /// - Parameter contracts: the contracts that may have moved, with the sum of what they moved by.
  static func note(_ moved: [Int64: Int64], _ reason: String, by actor: Int64, at now: Moment, in tx: any Connection) throws {
    for (contract, amount) in moved.sorted(by: { $0.key < $1.key }) where amount != 0 {
      try tx.run(
        """
        INSERT INTO license_movements (contract_id, change, reason, actor_id, at)
        VALUES (\(contract), \(amount), \(reason), \(actor), \(now.text))
        """)
    }
  }

  /// The condition under which a membership `m` holds a license of its contract `c`; the same rule as `Tally.contracts`.
  static let held: SQL = """
    c.kind <> 'ENROLLMENTS' AND ((m.state = 'MEMBER' OR m.release_at <> '') AND (c.occupied_on <> 'ENROLLMENT' OR m.enrollments > 0)
      OR m.state = 'INVITED' AND c.occupied_on = 'INVITATION')
    """
}
