import Database

/// The contracts that a file names. One that is not there is made as unlimited.
final class ContractStage {
  private var names = Interner()
  /// For each cell of several contracts, and of one, their numbers in the order given. Index 0 is unused.
  private var cells = Interner()
  private var contents: [[Int]] = []

  /// Numbers a contract; nil for an empty cell.
  func number(_ name: UnsafeRawBufferPointer) -> Int64? { name.isEmpty ? nil : Int64(names.number(of: name)) }

  /// Whether a cell joins several contracts.
  static func isSeveral(_ bytes: UnsafeRawBufferPointer) -> Bool {
    zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: ";") && $1 == UInt8(ascii: " ") }
  }

  /// Numbers a cell of contracts joined by "; "; nil for an empty cell. A contract that is named twice, or not at all, is a fault.
  func cell(_ bytes: UnsafeRawBufferPointer) throws(ContractCellFault) -> Int64? {
    if bytes.isEmpty { return nil }
    let number = cells.number(of: bytes)
    if number > contents.count {
      var numbers: [Int] = []
      for part in String(decoding: bytes, as: UTF8.self).split(separator: "; ", omittingEmptySubsequences: false) {
        let name = part.trimmingBlanks()
        if name.isEmpty {
          contents.append([])
          break
        }
        numbers.append(Array(name.utf8).withUnsafeBytes { names.number(of: $0) })
      }
      if contents.count < number { contents.append(numbers) }
    }
    let numbers = contents[number - 1]
    if numbers.isEmpty { throw ContractCellFault(reason: "a contract beside a semicolon has no name") }
    if Set(numbers).count < numbers.count { throw ContractCellFault(reason: "a contract is named twice") }
    return Int64(number)
  }

  func load(_ context: ImportContext) throws {
    let connection = context.connection
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_contracts (ref \(.integerKey), name TEXT NOT NULL, id BIGINT, is_new SMALLINT NOT NULL DEFAULT 0,
        starts_at TEXT NOT NULL DEFAULT '')
      """)
    _ = try connection.load(into: "import_contracts", columns: ["ref", "name"]) { sink in
      for number in 0..<names.count {
        sink.int(Int64(number + 1))
        sink.text(names[number + 1])
        try sink.endRow()
      }
    }
    try connection.run(
      """
      UPDATE import_contracts SET id = c.id, starts_at = c.starts_at FROM contracts c
      WHERE c.organization_id = \(context.organization) AND c.name = import_contracts.name
      """)
    try connection.run("CREATE TEMPORARY TABLE import_program_contracts (program BIGINT NOT NULL, contract BIGINT NOT NULL)")
  }

  /// Loads the cells: which contract of each holds the license, the latest by start date, and in what order the others come before it.
  func loadCells(_ context: ImportContext) throws {
    let connection = context.connection
    var starts: [Int: String] = [:]
    try connection.rows("SELECT ref, starts_at FROM import_contracts") { row in
      starts[Int(row.int(0))] = row.text(1)
      return true
    }
    try connection.run(
      "CREATE TEMPORARY TABLE import_cells (cell BIGINT NOT NULL, contract BIGINT NOT NULL, position BIGINT NOT NULL, holds SMALLINT NOT NULL)"
    )
    _ = try connection.load(into: "import_cells", columns: ["cell", "contract", "position", "holds"]) { sink in
      for (index, numbers) in contents.enumerated() {
        let ordered = numbers.enumerated().sorted {
          (starts[$0.element] ?? "", $0.offset) < (starts[$1.element] ?? "", $1.offset)
        }
        for (position, contract) in ordered.enumerated() {
          sink.int(Int64(index + 1))
          sink.int(Int64(contract.element))
          sink.int(Int64(position))
          sink.int(position == ordered.count - 1 ? 1 : 0)
          try sink.endRow()
        }
      }
    }
    try connection.run(
      "CREATE TEMPORARY TABLE import_holders (cell \(.integerKey), contract BIGINT NOT NULL)")
    try connection.run("INSERT INTO import_holders (cell, contract) SELECT cell, contract FROM import_cells WHERE holds = 1 ORDER BY cell")
  }

  /// Finds which contracts are new, and which programs do not have theirs yet. Those that only bad rows named are dropped first.
  ///
  /// - Parameter pairs: a query of the pairs of program and contract that the rows name, by their numbers.
  func prepare(_ context: ImportContext, pairs: SQL) throws -> ImportChange {
    let connection = context.connection
    try connection.run("INSERT INTO import_program_contracts (program, contract) \(pairs)")
    try connection.run("DELETE FROM import_contracts WHERE ref NOT IN (SELECT contract FROM import_program_contracts)")
    try connection.run("UPDATE import_contracts SET is_new = 1 WHERE id IS NULL")
    try connection.run(
      """
      DELETE FROM import_program_contracts WHERE EXISTS (
        SELECT 1 FROM import_programs p JOIN import_contracts c ON c.ref = import_program_contracts.contract
        JOIN program_contracts k ON k.program_id = p.id AND k.contract_id = c.id WHERE p.ref = import_program_contracts.program)
      """)
    return try .count("contracts", created: "SELECT COUNT(*) FROM import_contracts WHERE is_new = 1", in: connection)
  }

  /// How many contracts a program did not have yet.
  func newPairs(_ context: ImportContext) throws -> ImportChange {
    try .count("contracts of programs", created: "SELECT COUNT(*) FROM import_program_contracts", in: context.connection)
  }

  func write(_ context: ImportContext, in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO contracts (organization_id, name, created_at)
      SELECT \(context.organization), name, \(context.now) FROM import_contracts WHERE is_new = 1 ORDER BY ref
      ON CONFLICT (organization_id, name) DO NOTHING
      """)
    try tx.run(
      """
      UPDATE import_contracts SET id = (SELECT id FROM contracts c WHERE c.organization_id = \(context.organization) AND c.name = import_contracts.name)
      WHERE id IS NULL
      """)
    try tx.describe("import_contracts")
    try tx.run(
      """
      INSERT INTO program_contracts (program_id, contract_id) SELECT p.id, c.id FROM import_program_contracts x
      JOIN import_programs p ON p.ref = x.program JOIN import_contracts c ON c.ref = x.contract WHERE 1 = 1
      ON CONFLICT (program_id, contract_id) DO NOTHING
      """)
  }
}

/// Why a cell of contracts cannot be taken.
struct ContractCellFault: Error {
  let reason: String
}
