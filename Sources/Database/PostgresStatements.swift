import CPostgres

/// Names of prepared statements of one connection, by text and parameter types: the least recently used goes when there are too many.
struct PostgresStatements {
  struct Key: Hashable {
    var text: StatementText
    var types: [SQLType]
  }

  private struct Entry {
    let name: String
    var used: UInt64
  }

  static let limit = 200
  private var entries: [Key: Entry] = [:]
  private var clock: UInt64 = 0

  var count: Int { entries.count }

  mutating func name(for key: Key) -> String? {
    clock += 1
    guard let index = entries.index(forKey: key) else { return nil }
    entries.values[index].used = clock
    return entries.values[index].name
  }

  /// A name that was never used on this connection.
  mutating func newName() -> String {
    clock += 1
    return "s\(clock)"
  }

  /// Takes one out when there is no room; it has to be deallocated.
  mutating func makeRoom() -> String? {
    guard entries.count >= PostgresStatements.limit, let oldest = entries.min(by: { $0.value.used < $1.value.used }) else { return nil }
    entries[oldest.key] = nil
    return oldest.value.name
  }

  mutating func insert(_ key: Key, _ name: String) { entries[key] = Entry(name: name, used: clock) }

  mutating func removeAll() { entries = [:] }
}

/// Parameters in PostgreSQL's binary form, in one buffer that is reused.
struct PostgresParameters {
  private var buffer: [UInt8] = []
  private var starts: [Int] = []
  private var pointers: [UnsafePointer<CChar>?] = []
  private var lengths: [Int32] = []
  private var formats: [Int32] = []
  private(set) var types: [Oid] = []

  /// https://www.postgresql.org/docs/15/catalog-pg-type.html
  private static func oid(_ type: SQLType) -> Oid {
    switch type {
    case .int: 20
    case .double: 701
    case .text: 25
    case .blob: 17
    }
  }

  mutating func set(_ values: [SQLValue]) {
    buffer.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    types.removeAll(keepingCapacity: true)
    for value in values {
      let start = buffer.count
      types.append(PostgresParameters.oid(value.type))
      switch value {
      case .null:
        starts.append(-1)
        lengths.append(0)
        continue
      case .int(let number): withUnsafeBytes(of: number.bigEndian) { buffer.append(contentsOf: $0) }
      case .double(let number): withUnsafeBytes(of: number.bitPattern.bigEndian) { buffer.append(contentsOf: $0) }
      case .text(let text): buffer.append(contentsOf: text.utf8)
      case .blob(let bytes): buffer.append(contentsOf: bytes)
      }
      starts.append(start)
      lengths.append(Int32(clamping: buffer.count - start))
    }
    // An empty text at the end still needs an address, because none means NULL.
    buffer.append(0)
  }

  /// Lends what libpq wants: count, types, values, lengths and formats.
  mutating func lend<R>(
    _ body: (Int32, UnsafePointer<Oid>?, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> R
  ) -> R {
    buffer.withUnsafeBytes { raw in
      let base = raw.bindMemory(to: CChar.self).baseAddress
      pointers.removeAll(keepingCapacity: true)
      for start in starts { pointers.append(start < 0 ? nil : base.map { $0 + start }) }
      while formats.count < starts.count { formats.append(1) }
      return body(Int32(starts.count), types, pointers, lengths, formats)
    }
  }
}
