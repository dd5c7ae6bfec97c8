import Database

/// Some memberships of one program, by its people; few enough to name each.
struct FewMembers: Sendable {
  let organization: Int64
  let program: Int64
  let users: [Int64]
}

extension Figures {
  /// By how much a change moved what contracts have given; contracts that it left alone are not among them.
  typealias ContractChange = [Int64: Int64]

  /// Makes a change of some memberships and keeps every figure through it, as `Touched` does for a change in bulk. It needs no table of its own, so
  /// it fits into any transaction.
  ///
  /// - Parameter change: whatever inserts, updates or deletes the rows of these memberships and users; it may make users.
  static func keeping(
    _ members: FewMembers, _ parts: FigureParts = [.enrollments, .tallies], in tx: any Connection, _ change: () throws -> Void
  ) throws -> ContractChange {
    let extent = Extent.few(members)
    let before = try Tally.all.map { try $0.sums(extent, in: tx) }
    let began = try beginning(members, in: tx)
    try change()
    if parts.contains(.enrollments) { try Figure.enrollments.settle(extent, in: tx) }
    if parts.contains(.risk) { try Figure.risk.settle(extent, in: tx) }
    if parts.contains(.copies) { try Figure.copies.settle(extent, in: tx) }
    try Figure.people.settle(extent, in: tx)
    var contracts: ContractChange = [:]
    for (tally, before) in zip(Tally.all, before) {
      let difference = try tally.sums(extent, in: tx).subtracting(before)
      try tally.add(difference, in: tx)
      if tally.table.word == Tally.contracts.table.word { contracts = difference.byNumber }
    }
    try settleBeginning(members, before: began, in: tx)
    return contracts
  }

  private static func beginning(_ members: FewMembers, in tx: any Connection) throws -> String {
    let query: SQL = "SELECT x.began_at FROM (\(Figure.beginnings.expected(.few(members)))) x"
    return try tx.first(query) { $0.text(0) } ?? ""
  }

  /// A beginning moves to what these memberships say now, unless they held the earliest moment and hold it no longer.
  private static func settleBeginning(_ members: FewMembers, before: String, in tx: any Connection) throws {
    let now = try beginning(members, in: tx)
    guard now != before else { return }
    let kept = try tx.first("SELECT began_at FROM programs WHERE id = \(members.program)") { $0.text(0) } ?? ""
    if !before.isEmpty, kept == before, now.isEmpty || now > before {
      try Figure.beginnings.settle(.programs([members.program]), in: tx)
    } else if !now.isEmpty, kept.isEmpty || now < kept {
      try tx.run("UPDATE programs SET began_at = \(now) WHERE id = \(members.program)")
    }
  }
}

/// Sums by their key, in memory.
struct Sums {
  /// A key of a tally: the ids in its order, and the day where it has one.
  struct Key: Hashable {
    var ids: [Int64]
    var day = ""
  }

  var values: [Key: [Int64]] = [:]

  /// The first sum of each key that is one id, where it is not 0.
  var byNumber: [Int64: Int64] { Dictionary(uniqueKeysWithValues: values.map { ($0.key.ids[0], $0.value[0]) }).filter { $0.value != 0 } }

  mutating func add(_ amount: Int64, to column: Int, of key: Key, width: Int) {
    values[key, default: [Int64](repeating: 0, count: width)][column] += amount
  }

  /// So many times the same.
  func times(_ factor: Int64) -> Sums { Sums(values: values.mapValues { $0.map { $0 * factor } }) }

  /// What moved; keys whose sums are all the same are left out.
  func subtracting(_ other: Sums) -> Sums {
    var result = values
    for (key, amounts) in other.values {
      let mine = result[key] ?? [Int64](repeating: 0, count: amounts.count)
      result[key] = zip(mine, amounts).map { $0 - $1 }
    }
    return Sums(values: result.filter { $0.value.contains { $0 != 0 } })
  }
}

extension Tally {
  /// What the rows within the extent contribute.
  func sums(_ extent: Extent, in connection: any Connection) throws -> Sums {
    var sums = Sums()
    for part in parts {
      let places = part.columns.map { column in columns.firstIndex { $0.word == column.word } ?? 0 }
      let names = SQL.join((keys + part.columns).map { "x.\($0.sql)" }, ", ")
      try connection.rows("SELECT \(names) FROM (\(part.contributions(extent))) x") { row in
        var key = Sums.Key(ids: [])
        for (index, column) in keys.enumerated() {
          if column.word == "day" { key.day = row.text(index) } else { key.ids.append(row.int(index)) }
        }
        for (offset, place) in places.enumerated() {
          sums.add(row.int(keys.count + offset), to: place, of: key, width: columns.count)
        }
        return true
      }
    }
    return sums
  }

  /// Moves the sums. A row that the table has for them alone goes with the last of what it counts.
  func add(_ difference: Sums, in tx: any Connection) throws {
    for (key, amounts) in difference.values {
      let matches = matching(key)
      let changes = SQL.join(zip(columns, amounts).filter { $1 != 0 }.map { "\($0.sql) = \($0.sql) + \($1)" }, ", ")
      let changed = try tx.run("UPDATE \(table.sql) SET \(changes) WHERE \(matches)")
      guard ownsRows else { continue }
      if changed == 0 {
        let names = SQL.join((keys + columns).map(\.sql), ", ")
        let values = SQL.join(self.values(of: key) + amounts.map { "\($0)" }, ", ")
        try tx.run("INSERT INTO \(table.sql) (\(names)) VALUES (\(values))")
      } else {
        let zero = SQL.join(columns.map { "\($0.sql) = 0" }, " AND ")
        try tx.run("DELETE FROM \(table.sql) WHERE \(matches) AND \(zero)")
      }
    }
  }

  private func matching(_ key: Sums.Key) -> SQL {
    SQL.join(zip(keys, values(of: key)).map { "\($0.sql) = \($1)" }, " AND ")
  }

  private func values(of key: Sums.Key) -> [SQL] {
    var ids = key.ids[...]
    return keys.map { column -> SQL in
      if column.word == "day" { return "\(key.day)" }
      return "\(ids.popFirst() ?? 0)"
    }
  }
}
