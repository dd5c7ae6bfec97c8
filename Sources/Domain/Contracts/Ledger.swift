import CSV
public import Database

/// Every movement of a contract's licenses, newest first. The sum of all is what every page shows as taken.
public struct Ledger: Sendable {
  /// One movement.
  public struct Movement: Sendable, Equatable {
    /// When, as text, and by how much.
    public let at: String, change: Int
    /// The sum of this movement and all before it.
    public let sum: Int
    /// What happened, in words.
    public let words: String
    /// The person, by id, name and email in the organization; nil for a movement of many at once.
    public let person: Person?
    /// The program's slug and name; empty for a movement of many at once.
    public let programSlug: String, programName: String
    /// Who did it.
    public let actor: String
  }

  /// A person of the organization.
  public struct Person: Sendable, Equatable {
    /// The user's id, name and email.
    public let id: Int64, name: String, email: String
  }

  /// The contract.
  public let contract: Contract
  let scope: OrganizationScope

  /// The ledger of a contract that was found through its scope.
  public init(of contract: Contract, scope: OrganizationScope) { (self.contract, self.scope) = (contract, scope) }

  /// One page.
  public func page(_ request: PageRequest, in connection: any Connection) throws -> ListPage<Movement> {
    let total = Int(try connection.scalar("SELECT COUNT(*) FROM license_movements WHERE contract_id = \(contract.id)"))
    let ids = try PagedQuery(
      source: "license_movements l", id: "l.id", scope: "l.contract_id = \(contract.id)", filter: nil, knownTotal: total,
      key: SortKey(column: "l.id", kind: .number, isIndexed: true), descending: true
    ).page(request, in: connection)
    guard let newest = ids.rows.first else { return ids.map([]) }
    var sum = try connection.scalar(
      "SELECT COALESCE(SUM(change), 0) FROM license_movements WHERE contract_id = \(contract.id) AND id <= \(newest)")
    var rows: [Movement] = []
    try connection.rows("\(select) WHERE l.id IN (\(list: ids.rows)) ORDER BY l.id DESC") { row in
      rows.append(movement(row, sum: sum))
      sum -= row.int(1)
      return true
    }
    return ids.map(rows)
  }

  /// What the movements add up to: the figure shown as taken.
  public func sum(in connection: any Connection) throws -> Int {
    Int(try connection.scalar("SELECT COALESCE(SUM(change), 0) FROM license_movements WHERE contract_id = \(contract.id)"))
  }

  /// Writes every movement as CSV with a byte order mark, newest first.
  public func write(in connection: any Connection, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
    var writer = CSVWriter(bom: true, sink)
    for header in ["Time (UTC)", "What Happened", "Name", "Email", "Program", "Program Slug", "By", "Change", "Sum"] { writer.text(header) }
    try writer.endRow()
    var sum = Int64(try self.sum(in: connection))
    try connection.stream("\(select) WHERE l.contract_id = \(contract.id) ORDER BY l.id DESC") { row in
      let movement = movement(row, sum: sum)
      sum -= row.int(1)
      writer.raw(movement.at)
      writer.text(movement.words)
      writer.text(movement.person?.name ?? "")
      writer.text(movement.person?.email ?? "")
      writer.text(movement.programName)
      writer.text(movement.programSlug)
      writer.text(movement.actor)
      writer.number(Int64(movement.change))
      writer.number(Int64(movement.sum))
      try writer.endRow()
      return true
    }
    try writer.finish()
  }

  /// Whoever acts is named as this organization knows the person, else by the account.
  private var select: SQL {
    """
    SELECT l.at, l.change, l.reason, l.user_id, u.name, u.email, p.slug, p.name, l.actor_id, COALESCE(b.name, a.name)
    FROM license_movements l
    LEFT JOIN users u ON u.organization_id = \(scope.organization.id) AND u.id = l.user_id
    LEFT JOIN programs p ON p.id = l.program_id
    LEFT JOIN users b ON b.organization_id = \(scope.organization.id) AND b.id = l.actor_id
    LEFT JOIN accounts a ON a.id = l.actor_id
    """
  }

  private func movement(_ row: borrowing Row, sum: Int64) -> Movement {
    let actor = row.int(8)
    return Movement(
      at: row.text(0), change: Int(row.int(1)), sum: Int(sum), words: words(row.text(2), change: row.int(1)),
      person: row.intOrNil(3).map { Person(id: $0, name: row.text(4), email: row.text(5)) }, programSlug: row.text(6),
      programName: row.text(7), actor: actor == AuditTrail.commandLine ? "Command line" : row.text(9))
  }

  private func words(_ reason: String, change: Int64) -> String {
    switch reason {
    case "INVITED": "Invited"
    case "JOINED": "Joined"
    case "ENROLLED": contract.kind == .enrollments ? "Enrolled in a course" : "Enrolled in a first course"
    case "REVOKED": "Invitation taken back"
    case "REMOVED": "Removed"
    case "RESTORED": "Removal undone"
    case "MOVED": change > 0 ? "Moved here from another contract" : "Moved to another contract"
    case "IMPORTED": "Import of history"
    case "TERMS": "Terms changed"
    default: reason
    }
  }
}
