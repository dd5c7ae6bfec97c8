import Database

/// An order that no column of a list holds, by what a column does hold: the values of an attribute by their ids, people by their own.
///
/// What has no rank, NULL included, comes before all that has one.
struct Ranks {
  /// The rank by id, from 1; on PostgreSQL empty, where the database joins `table` instead of sending every row.
  let places: Places
  /// Rows of (ranked, place), for PostgreSQL.
  let table: SQL

  /// Attribute values in alphabetical order, whatever their case and accents.
  static func values(of attribute: Attribute, organization: Int64, in connection: any Connection) throws -> Ranks {
    try texts(
      "SELECT id, value FROM attribute_values WHERE organization_id = \(organization) AND attribute = \(attribute.rawValue)", in: connection
    )
  }

  /// Contracts by name.
  static func contracts(organization: Int64, in connection: any Connection) throws -> Ranks {
    try texts("SELECT id, name FROM contracts WHERE organization_id = \(organization)", in: connection)
  }

  /// Coaching groups by name.
  static func groups(organization: Int64, in connection: any Connection) throws -> Ranks {
    try texts("SELECT id, name FROM coaching_groups WHERE organization_id = \(organization)", in: connection)
  }

  /// The coaches of an organization's learners by name.
  static func coaches(organization: Int64, in connection: any Connection) throws -> Ranks {
    try texts(
      "SELECT c.id, c.name FROM coach_totals t JOIN coaches c ON c.id = t.coach_id WHERE t.organization_id = \(organization)",
      in: connection)
  }

  private static func texts(_ sql: SQL, in connection: any Connection) throws -> Ranks {
    let texts = try connection.all(sql) { (id: $0.int(0), folded: Array($0.text(1).folded.utf8)) }
    let ids = texts.sorted { a, b in
      a.folded == b.folded ? a.id < b.id : a.folded.lexicographicallyPrecedes(b.folded)
    }.map(\.id)
    if connection.dialect == .postgres {
      let list = ids.map(String.init).joined(separator: ",")
      return Ranks(
        places: Places([]),
        table:
          "(SELECT v.ranked, v.place FROM unnest(CAST(string_to_array(\(list), ',') AS BIGINT[])) WITH ORDINALITY AS v (ranked, place))")
    }
    return Ranks(places: Places(ids), table: "")
  }
}

/// Where ids stand in an order. Looked up for each row of a long list, so what stands close together is found by counting, not by hashing.
struct Places {
  private var near: [Int64] = []
  private var far: [Int64: Int64] = [:]
  private var base: Int64 = 0

  /// The ids in order, each once.
  init(_ ids: [Int64]) {
    guard let lowest = ids.min(), let highest = ids.max() else { return }
    if highest - lowest < Int64(ids.count) * 8 + 65_536 {
      base = lowest
      near = Array(repeating: 0, count: Int(highest - lowest) + 1)
      for (place, id) in ids.enumerated() { near[Int(id - base)] = Int64(place) + 1 }
    } else {
      far = Dictionary(uniqueKeysWithValues: zip(ids, 1...))
    }
  }

  /// From 1; 0 for an id that has no place.
  subscript(_ id: Int64) -> Int64 {
    let place = id - base
    if place >= 0, place < near.count { return near[Int(place)] }
    return far.isEmpty ? 0 : far[id] ?? 0
  }
}
