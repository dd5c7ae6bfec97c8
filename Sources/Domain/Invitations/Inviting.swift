public import Database

/// Invites one person to a program under one contract.
public struct Inviting: Sendable {
  /// Whom, as an administrator typed it.
  public struct Person: Sendable {
    /// Name and email; the External ID may be empty.
    public var name: String, email: String, externalID: String

    /// A person.
    public init(name: String, email: String, externalID: String = "") {
      (self.name, self.email, self.externalID) = (name, email, externalID)
    }
  }

  let scope: OrganizationScope
  let program: Program
  let contract: Contract
  let now: Moment

  /// - Parameter contract: one of the program's contracts.
  public init(_ scope: OrganizationScope, to program: Program, under contract: Contract, at now: Moment) {
    (self.scope, self.program, self.contract, self.now) = (scope, program, contract, now)
  }

  /// Invites, or invites again whoever was removed. A person whom the organization knows keeps name and attributes.
  ///
  /// - Parameters:
  ///   - sends: whether the invitation is mailed; else it is only made, and its link can be copied.
  ///   - mayExceed: whether there may be more open invitations than places are left. Joining stops at the limit in any case.
  /// - Returns: the person's id.
  /// - Throws: `Failure`: `invalid` with the faulty fields (`name`, `email`, `external-id`), `conflict` for whoever is invited or a member already,
  ///   and for more invitations than places (field `exceed`). `RemovedProgram`.
  public func invite(_ person: Person, sends: Bool, mayExceed: Bool, in tx: any Connection) throws -> Int64 {
    let name = String(person.name.trimmingBlanks())
    let externalID = String(person.externalID.trimmingBlanks())
    let address = try Inviting.check(name, person.email, externalID)
    try Program.refuseRemoved(program.id, scope: scope, in: tx)
    try contract.refuseOutOfTerm(at: now)
    let account = try UserWriting.account(address, name: name, at: now, in: tx)
    let organization = scope.organization.id
    try Licenses.changing(
      organization: organization, program: program.id, user: account, .invited, by: scope.viewer.accountID, at: now, in: tx
    ) {
      let user = try UserWriting.user(
        account, address, name: name, externalID: externalID, organization: organization, at: now, in: tx)
      try Inviting.refusePresent(program: program.id, user: account, in: tx)
      if !mayExceed { try Overbooking(of: contract.id, by: 1, in: tx)?.refuse() }
      try writeMembership(account, user, in: tx)
      try writeInvitation(account, user, state: sends ? "QUEUED" : "CREATED", in: tx)
    }
    if sends {
      try Outbox.put(.init(.invitation, to: address.text, user: account, program: program.id), organization: organization, at: now, in: tx)
    }
    try AuditTrail.record(
      "invited", by: scope.viewer.accountID, organization: organization, about: .init(kind: "user", id: account),
      values: [("email", address.text), ("program", program.slug), ("contract", contract.name)], at: now, in: tx)
    return account
  }

  static func check(_ name: String, _ email: String, _ externalID: String) throws -> EmailAddress {
    var faults: [Failure.Field] = []
    if let fault = PersonRules.fault(inName: name) { faults.append(.init("name", fault)) }
    var address: EmailAddress?
    do {
      address = try EmailAddress(email)
    } catch let failure as Failure {
      faults.append(.init("email", failure.sentence))
    }
    if let fault = PersonRules.fault(inExternalID: externalID) { faults.append(.init("external-id", fault)) }
    if let address, faults.isEmpty { return address }
    throw Failure(.invalid, faults.map(\.sentence).joined(separator: " "), fields: faults)
  }

  private static func refusePresent(program: Int64, user: Int64, in tx: any Connection) throws {
    let state = try tx.first("SELECT state FROM memberships WHERE program_id = \(program) AND user_id = \(user)") { $0.text(0) }
    let sentence: String
    switch state {
    case "INVITED": sentence = "This person is already invited to the program. Resend the invitation on the Invitations page."
    case "MEMBER": sentence = "This person is already a member of the program."
    default: return
    }
    throw Failure(.conflict, sentence, fields: [.init("email", sentence)])
  }

  /// Whoever was removed keeps the row and the first join date (product.md 5).
  private func writeMembership(_ account: Int64, _ user: UserWriting.Known, in tx: any Connection) throws {
    let attributes = SQL.join(Figure.attributes.map(\.sql), ", ")
    try tx.run(
      """
      INSERT INTO memberships (program_id, user_id, organization_id, state, contract_id, invited_at, search_key, email_key, \(attributes))
      SELECT CAST(\(program.id) AS BIGINT), u.id, u.organization_id, 'INVITED', CAST(\(contract.id) AS BIGINT), CAST(\(now.text) AS TEXT), u.search_key,
        u.email_key, \(SQL.join(Figure.attributes.map { "u.\($0.sql)" }, ", "))
      FROM users u WHERE u.organization_id = \(scope.organization.id) AND u.id = \(account)
      ON CONFLICT (program_id, user_id) DO UPDATE SET state = 'INVITED', contract_id = excluded.contract_id, invited_at = excluded.invited_at,
        release_at = '', removed_at = '', removed_by = 0
      """)
  }

  private func writeInvitation(_ account: Int64, _ user: UserWriting.Known, state: String, in tx: any Connection) throws {
    let queued = state == "QUEUED" ? now.text : ""
    try tx.run(
      """
      INSERT INTO invitations (program_id, user_id, organization_id, state, contract_id, invited_at, invited_by, expires_at, queued_at, search_key,
        email_key)
      VALUES (\(program.id), \(account), \(scope.organization.id), \(state), \(contract.id), \(now.text), \(scope.viewer.accountID),
        \(try expiry(in: tx)), \(queued), \(user.searchKey), \(user.emailKey))
      \(Inviting.renewal)
      """)
  }

  /// What an invitation becomes for whoever was invited before: a new one, whose link is another.
  static let renewal: SQL = """
    ON CONFLICT (program_id, user_id) DO UPDATE SET state = excluded.state, contract_id = excluded.contract_id,
      generation = invitations.generation + 1, invited_at = excluded.invited_at, invited_by = excluded.invited_by,
      expires_at = excluded.expires_at, sends = 0, queued_at = excluded.queued_at, sent_at = '', opened_at = '', joined_at = '',
      revoked_at = '', failure = '', bounced = 0
    """

  private func expiry(in tx: any Connection) throws -> String {
    now.adding(days: try tx.scalar("SELECT invitation_days FROM organizations WHERE id = \(scope.organization.id)")).text
  }
}
