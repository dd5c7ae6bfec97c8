import CSV
public import Database

/// What the rows of a report have in common: programs, contracts, courses and attribute values, each escaped once.
struct ReportSource {
  struct Program {
    let id: Int64, slug: String, name: String
  }

  struct Contract {
    let id: Int64, name: String, startsAt: String
  }

  /// The programs of the report, by id.
  let programs: [Program]
  private let contracts: [Int64: Contract]
  private let contractCells: [Int64: CSVFragment]
  private var attributeCells: [Int64: CSVFragment] = [:]
  private var lastAttributes: [Int64] = []
  private var lastAttributeCells: CSVFragment

  /// - Parameter programs: the ids of the programs to report on; nil for all within reach. Ids out of reach are left out.
  init(_ scope: OrganizationScope, programs wanted: [Int64]?, in connection: any Connection) throws {
    let organization = scope.organization.id
    let chosen: SQL = wanted.map { "p.id IN (\(list: $0))" } ?? "1 = 1"
    programs = try connection.all(
      """
      SELECT p.id, p.slug, p.name FROM programs p WHERE p.organization_id = \(organization) AND \(scope.condition(program: "p.id")) AND \(chosen)
      ORDER BY p.id
      """
    ) { Program(id: $0.int(0), slug: $0.text(1), name: $0.text(2)) }
    var contracts: [Int64: Contract] = [:]
    try connection.rows("SELECT id, name, starts_at FROM contracts WHERE organization_id = \(organization)") { row in
      contracts[row.int(0)] = Contract(id: row.int(0), name: row.text(1), startsAt: row.text(2))
      return true
    }
    self.contracts = contracts
    contractCells = contracts.mapValues { contract in CSVFragment { $0.text(contract.name) } }
    lastAttributeCells = CSVFragment { writer in for _ in Figure.attributes { writer.empty() } }
    lastAttributes = Figure.attributes.map { _ in 0 }
    try connection.rows("SELECT id, value FROM attribute_values WHERE organization_id = \(organization)") { row in
      let value = row.text(1)
      attributeCells[row.int(0)] = CSVFragment { $0.text(value) }
      return true
    }
  }

  /// Writes the cell of one contract; empty for none.
  func contract(_ id: Int64?, to writer: inout CSVWriter) {
    if let id, let cell = contractCells[id] { writer.fragment(cell) } else { writer.empty() }
  }

  /// Writes the cell of a membership's contracts, joined by "; " by start date; the one that holds the license is the last of those that start together.
  ///
  /// - Parameter further: the other contracts, as `id:position` joined by commas.
  func contracts(_ holder: Int64?, further: String, to writer: inout CSVWriter) {
    if further.isEmpty { return contract(holder, to: &writer) }
    var found: [(contract: Contract, position: Int64)] = []
    if let holder, let contract = contracts[holder] { found.append((contract, .max)) }
    for part in further.split(separator: ",") {
      let pieces = part.split(separator: ":").compactMap { Int64($0) }
      if pieces.count == 2, let contract = contracts[pieces[0]] { found.append((contract, pieces[1])) }
    }
    found.sort { ($0.contract.startsAt, $0.position, $0.contract.id) < ($1.contract.startsAt, $1.position, $1.contract.id) }
    writer.text(found.map(\.contract.name).joined(separator: "; "))
  }

  /// Writes the cells of the attributes, of which the first id stands in column `first` of the row. Neighbors often have the same ones.
  mutating func attributes(_ row: borrowing Row, from first: Int, to writer: inout CSVWriter) {
    var isSame = true
    for index in lastAttributes.indices {
      let id = row.int(first + index)
      if lastAttributes[index] != id {
        lastAttributes[index] = id
        isSame = false
      }
    }
    if !isSame {
      let cells = lastAttributes.map { attributeCells[$0] }
      lastAttributeCells = CSVFragment { writer in
        for cell in cells { if let cell { writer.fragment(cell) } else { writer.empty() } }
      }
    }
    writer.fragment(lastAttributeCells)
  }
}

/// The reports that are downloaded as CSV: header, order and formats of the reference.
public enum Report: String, Sendable, CaseIterable {
  /// A row for each enrollment, 29 columns.
  case usage = "usage-report"
  /// A row for each membership, 21 columns.
  case membership = "membership-report"

  /// Writes the report. Text that a spreadsheet would run is made harmless; rows come by program and user.
  ///
  /// - Parameters:
  ///   - scope: whose report it is; programs out of its reach are left out.
  ///   - programs: ids of programs; nil for all within reach.
  ///   - connection: one of `Database.export`, so that the report is of one moment.
  ///   - bom: whether a byte order mark comes first, by which spreadsheets know UTF-8: for downloads in the browser.
  ///   - sink: takes the bytes as they come.
  /// - Throws: what `sink` throws, or `DatabaseError`.
  public func write(
    scope: OrganizationScope, programs: [Int64]? = nil, in connection: any Connection, bom: Bool,
    sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var writer = CSVWriter(bom: bom, capacity: 1 << 18, sink)
    var source = try ReportSource(scope, programs: programs, in: connection)
    for header in headers { writer.raw(header) }
    try writer.endRow()
    for program in source.programs {
      switch self {
      case .usage: try UsageReport.write(program, &source, in: connection, &writer)
      case .membership: try MembershipReport.write(program, &source, in: connection, &writer)
      }
    }
    try writer.finish()
  }

  /// The columns.
  public var headers: [String] {
    switch self {
    case .usage: ReportColumns.usage
    case .membership: ReportColumns.membership
    }
  }

  /// The ids of programs by their slugs, for a choice of programs.
  ///
  /// - Throws: `Failure` with code `notFound`, which names a slug that is not within reach.
  public static func programs(_ slugs: [String], scope: OrganizationScope, in connection: any Connection) throws -> [Int64] {
    try slugs.map { slug in
      let id = try connection.first(
        """
        SELECT p.id FROM programs p WHERE p.organization_id = \(scope.organization.id) AND p.slug = \(slug)
          AND \(scope.condition(program: "p.id"))
        """
      ) { $0.int(0) }
      guard let id else { throw Failure(.notFound, "There is no program \"\(slug)\" in the organization \(scope.organization.slug).") }
      return id
    }
  }
}
