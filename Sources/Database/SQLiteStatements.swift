import CSQLite

/// Prepared statements of one connection by their text: the least recently used goes when there are too many.
struct SQLiteStatements {
  private struct Entry {
    let handle: OpaquePointer
    var used: UInt64
    var isBusy = true
  }

  static let limit = 200
  private var entries: [StatementText: Entry] = [:]
  private var clock: UInt64 = 0

  var count: Int { entries.count }

  /// A statement that nobody is stepping through. A second use of a text while the first is under way gets a statement of its own.
  mutating func take(_ text: StatementText, prepare: (StatementText) throws -> OpaquePointer) throws -> (OpaquePointer, isCached: Bool) {
    clock += 1
    if let index = entries.index(forKey: text) {
      if entries.values[index].isBusy { return (try prepare(text), false) }
      entries.values[index].isBusy = true
      entries.values[index].used = clock
      return (entries.values[index].handle, true)
    }
    let handle = try prepare(text)
    if entries.count >= SQLiteStatements.limit {
      let idle = entries.lazy.filter { !$0.value.isBusy }
      guard let oldest = idle.min(by: { $0.value.used < $1.value.used }) else { return (handle, false) }
      sqlite3_finalize(oldest.value.handle)
      entries[oldest.key] = nil
    }
    entries[text] = Entry(handle: handle, used: clock)
    return (handle, true)
  }

  /// Lets go of the rows and of the bound values.
  mutating func release(_ handle: OpaquePointer, _ text: StatementText, isCached: Bool) {
    guard isCached, let index = entries.index(forKey: text) else {
      sqlite3_finalize(handle)
      return
    }
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
    entries.values[index].isBusy = false
  }

  mutating func removeAll() {
    for entry in entries.values { sqlite3_finalize(entry.handle) }
    entries = [:]
  }
}
