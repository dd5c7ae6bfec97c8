public import Database

extension Contract {
  /// Finds a contract of the organization.
  ///
  /// - Throws: `Failure.notFound` where there is none, or the viewer reaches single programs only.
  public static func find(id: Int64, scope: OrganizationScope, in connection: any Connection) throws -> Contract {
    guard scope.reachesOrganization,
      let found = try connection.first(
        "SELECT \(columns) FROM contracts c WHERE c.organization_id = \(scope.organization.id) AND c.id = \(id)", { Contract($0) })
    else { throw Failure.notFound }
    return found
  }

  /// Makes a contract.
  ///
  /// - Throws: `Failure`: `invalid` with the faulty fields, `conflict` for a name that is taken.
  public static func create(
    _ draft: ContractDraft, scope: OrganizationScope, at now: Moment, in database: any Database
  ) throws -> Contract {
    try database.write(organization: scope.organization.id, patience: .seconds(30)) { try create(draft, scope: scope, at: now, in: $0) }
  }

  static func create(
    _ draft: ContractDraft, scope: OrganizationScope, at now: Moment, in tx: any Connection
  ) throws -> Contract {
    let terms = try draft.terms(scope: scope, in: tx)
    try refuseTaken(terms.name, besides: 0, scope: scope, in: tx)
    let id = try tx.scalar(
      """
      INSERT INTO contracts (organization_id, name, kind, quantity, occupied_on, starts_at, ends_at, created_at)
      VALUES (\(scope.organization.id), \(terms.name), \(terms.kind.rawValue), \(terms.quantity), \(terms.occupiedOn.rawValue),
        \(terms.startsAt), \(terms.endsAt), \(now.text)) RETURNING id
      """)
    try setPrograms(terms.programs, of: id, in: tx)
    try audit("contract_created", id, terms, scope: scope, at: now, in: tx)
    return try find(id: id, scope: scope, in: tx)
  }

  /// Changes a contract. Once something was given under it, what it counts and when stay; places and programs cannot be taken from people who have
  /// them.
  ///
  /// - Throws: `Failure`: `invalid` with the faulty fields, `conflict` for a name that is taken and for what is in use.
  public static func update(
    id: Int64, _ draft: ContractDraft, scope: OrganizationScope, at now: Moment, in database: any Database
  ) throws -> Contract {
    try database.write(organization: scope.organization.id, patience: .seconds(30)) {
      try update(id: id, draft, scope: scope, at: now, in: $0)
    }
  }

  static func update(
    id: Int64, _ draft: ContractDraft, scope: OrganizationScope, at now: Moment, in tx: any Connection
  ) throws -> Contract {
    let present = try find(id: id, scope: scope, in: tx)
    let terms = try draft.terms(of: present, scope: scope, in: tx)
    try refuseTaken(terms.name, besides: id, scope: scope, in: tx)
    let programs = try present.programs(in: tx)
    try refuseInUse(present, programs, terms, in: tx)
    try tx.run(
      """
      UPDATE contracts SET name = \(terms.name), kind = \(terms.kind.rawValue), quantity = \(terms.quantity),
        occupied_on = \(terms.occupiedOn.rawValue), starts_at = \(terms.startsAt), ends_at = \(terms.endsAt) WHERE id = \(id)
      """)
    // Whoever was refused can join now.
    try tx.run("UPDATE contracts SET refused_at = '' WHERE id = \(id) AND (quantity IS NULL OR quantity > used)")
    // Nobody can choose a program that was removed, nor take it away.
    try setPrograms(terms.programs + programs.filter(\.isRemoved).map(\.id), of: id, in: tx)
    try audit("contract_changed", id, terms, scope: scope, at: now, in: tx)
    return try find(id: id, scope: scope, in: tx)
  }

  /// Whether anybody was invited, joined or enrolled under it.
  public func isInUse(in connection: any Connection) throws -> Bool {
    if used != 0 || openInvitations > 0 { return true }
    if try connection.scalar("SELECT COUNT(*) FROM license_movements WHERE contract_id = \(id)") > 0 { return true }
    return try connection.scalar(
      "SELECT COUNT(*) FROM program_contracts pc WHERE pc.contract_id = \(id) AND \(isUsed(in: "pc.program_id"))") > 0
  }

  /// The programs it is for, by name; those that were removed too.
  public func programs(in connection: any Connection) throws -> [Program] {
    try connection.all(
      """
      SELECT \(Program.columns) FROM programs p JOIN program_contracts pc ON pc.program_id = p.id WHERE pc.contract_id = \(id)
      ORDER BY p.name_key, p.id
      """
    ) { Program($0) }
  }

  /// Whether memberships, invitations or enrollments of a program say this contract.
  private func isUsed(in program: SQL) -> SQL {
    """
    (EXISTS (SELECT 1 FROM memberships m WHERE m.program_id = \(program) AND m.contract_id = \(id))
      OR EXISTS (SELECT 1 FROM membership_contracts mc WHERE mc.program_id = \(program) AND mc.contract_id = \(id))
      OR EXISTS (SELECT 1 FROM invitations i WHERE i.program_id = \(program) AND i.contract_id = \(id))
      OR EXISTS (SELECT 1 FROM enrollments e WHERE e.program_id = \(program) AND e.contract_id = \(id)))
    """
  }

  private static func refuseTaken(_ name: String, besides id: Int64, scope: OrganizationScope, in tx: any Connection) throws {
    let taken = try tx.scalar(
      "SELECT COUNT(*) FROM contracts WHERE organization_id = \(scope.organization.id) AND name = \(name) AND id <> \(id)")
    guard taken > 0 else { return }
    throw conflict([.init("name", "There is a contract \"\(name)\" already. Choose another name.")])
  }

  private static func refuseInUse(_ present: Contract, _ programs: [Program], _ terms: ContractTerms, in tx: any Connection) throws {
    var faults: [Failure.Field] = []
    if terms.kind != present.kind || terms.occupiedOn != present.occupiedOn, try present.isInUse(in: tx) {
      if terms.kind != present.kind {
        faults.append(.init("kind", "The kind stays \(present.kind.word), since the contract is in use. Make another contract instead."))
      }
      if terms.occupiedOn != present.occupiedOn {
        faults.append(
          .init("occupied-on", "When a license is occupied stays as it is, since the contract is in use. Make another contract instead."))
      }
    }
    // An import may have given more than was bought: the number may be raised step by step, never lowered further.
    if let quantity = terms.quantity, quantity < present.used, quantity < present.quantity ?? Int.max {
      faults.append(.init("places", "\(present.used) are taken already, so there cannot be fewer. You gave \(quantity)."))
    }
    for program in programs where !program.isRemoved && !terms.programs.contains(program.id) {
      if try tx.scalar("SELECT CASE WHEN \(present.isUsed(in: "\(program.id)")) THEN 1 ELSE 0 END") == 1 {
        faults.append(.init("programs", "People of \(program.name) are under this contract, so it stays the program's."))
      }
    }
    if !faults.isEmpty { throw conflict(faults) }
  }

  private static func conflict(_ faults: [Failure.Field]) -> Failure {
    Failure(.conflict, faults.map(\.sentence).joined(separator: " "), fields: faults)
  }

  private static func setPrograms(_ programs: [Int64], of contract: Int64, in tx: any Connection) throws {
    try tx.run("DELETE FROM program_contracts WHERE contract_id = \(contract) AND program_id NOT IN (\(list: programs))")
    for program in programs {
      try tx.run("INSERT INTO program_contracts (program_id, contract_id) VALUES (\(program), \(contract)) ON CONFLICT DO NOTHING")
    }
  }

  private static func audit(
    _ action: String, _ id: Int64, _ terms: ContractTerms, scope: OrganizationScope, at now: Moment, in tx: any Connection
  ) throws {
    try AuditTrail.record(
      action, by: scope.viewer.accountID, organization: scope.organization.id, about: .init(kind: "contract", id: id),
      values: [
        ("name", terms.name), ("kind", terms.kind.word), ("places", terms.quantity.map(String.init) ?? ""),
        ("occupied_on", terms.occupiedOn.word), ("starts", terms.startsAt), ("ends", terms.endsAt),
      ], at: now, in: tx)
  }
}
