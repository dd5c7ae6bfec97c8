import CSV
public import Database

/// The contracts of an organization, with the programs of each.
public struct ContractList: Sendable {
  /// A contract and its programs by name.
  public struct Entry: Sendable, Equatable {
    /// The contract and its programs.
    public let contract: Contract, programs: [ProgramName]
  }

  /// A program as a list names it.
  public struct ProgramName: Sendable, Equatable {
    /// Part of addresses, and the name as shown.
    public let slug: String, name: String
  }

  /// What the list may be sorted by.
  public enum Key: String, Sendable {
    case name, bought, occupied, utilized, invitations, left, starts, ends
  }

  /// One page of the contracts found.
  public let page: ListPage<Entry>
  /// How many there are without a search.
  public let all: Int

  /// Finds the contracts whose name, or one of whose programs, contains a text. They are few: all of them are read and folded here.
  ///
  /// - Throws: `Failure.notFound` for whoever reaches single programs only.
  public static func find(
    search: String, sort: Sorting<Key>, request: PageRequest, scope: OrganizationScope, in connection: any Connection
  ) throws -> ContractList {
    let (found, all) = try entries(search: search, sort: sort, scope: scope, in: connection)
    let number = min(request.number, max(1, (found.count + request.size - 1) / request.size))
    let rows = found.dropFirst((number - 1) * request.size).prefix(request.size)
    return ContractList(page: ListPage(rows: Array(rows), total: found.count, number: number, size: request.size), all: all)
  }

  /// Writes the contracts found as CSV with a byte order mark.
  public static func write(
    search: String, sort: Sorting<Key>, scope: OrganizationScope, in connection: any Connection,
    to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var writer = CSVWriter(bom: true, sink)
    for header in [
      "Contract", "Kind", "Bought", "Occupied", "Utilized", "Open Invitations", "Left", "Occupied On", "Starts", "Ends", "Programs",
    ] { writer.text(header) }
    try writer.endRow()
    for entry in try entries(search: search, sort: sort, scope: scope, in: connection).found {
      let contract = entry.contract
      writer.text(contract.name)
      writer.text(contract.kind.word)
      if let quantity = contract.quantity { writer.number(Int64(quantity)) } else { writer.empty() }
      writer.number(Int64(contract.used))
      writer.number(Int64(contract.utilized))
      writer.number(Int64(contract.openInvitations))
      if let left = contract.left { writer.number(Int64(left)) } else { writer.empty() }
      writer.text(contract.occupiedOn.word)
      writer.raw(contract.startsAt)
      writer.raw(contract.endsAt)
      writer.text(entry.programs.map(\.name).joined(separator: "; "))
      try writer.endRow()
    }
    try writer.finish()
  }

  private static func entries(
    search: String, sort: Sorting<Key>, scope: OrganizationScope, in connection: any Connection
  ) throws -> (found: [Entry], all: Int) {
    guard scope.reachesOrganization else { throw Failure.notFound }
    var programs: [Int64: [ProgramName]] = [:]
    try connection.rows(
      """
      SELECT pc.contract_id, p.slug, CASE WHEN p.removed_at = '' THEN p.name ELSE p.name || ' (removed)' END FROM program_contracts pc JOIN programs p ON p.id = pc.program_id
      WHERE p.organization_id = \(scope.organization.id) ORDER BY p.name_key, p.id
      """
    ) { row in
      programs[row.int(0), default: []].append(ProgramName(slug: row.text(1), name: row.text(2)))
      return true
    }
    let contracts = try connection.all("SELECT \(Contract.columns) FROM contracts c WHERE c.organization_id = \(scope.organization.id)") {
      Contract($0)
    }
    let needle = search.folded
    let entries = contracts.map { Entry(contract: $0, programs: programs[$0.id] ?? []) }.filter { entry in
      needle.isEmpty || entry.contract.name.folded.contains(needle) || entry.programs.contains { $0.name.folded.contains(needle) }
    }
    let keyed = entries.map { (key: sort.key.value(of: $0.contract), entry: $0) }
    return (
      keyed.sorted { a, b in
        let (a, b) = sort.descending ? (b, a) : (a, b)
        return (a.key.number, a.key.text, a.entry.contract.id) < (b.key.number, b.key.text, b.entry.contract.id)
      }.map(\.entry), contracts.count
    )
  }
}

extension ContractList.Key {
  /// Unlimited is more than any number.
  fileprivate func value(of contract: Contract) -> (number: Int, text: String) {
    switch self {
    case .name: (0, contract.name.folded)
    case .bought: (contract.quantity ?? Int.max, "")
    case .occupied: (contract.used, "")
    case .utilized: (contract.utilized, "")
    case .invitations: (contract.openInvitations, "")
    case .left: (contract.left ?? Int.max, "")
    case .starts: (0, contract.startsAt)
    case .ends: (0, contract.endsAt.isEmpty ? "9999" : contract.endsAt)
    }
  }
}
