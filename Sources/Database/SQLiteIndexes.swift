import CSQLite

extension SQLiteConnection {
  func rebuildingIndexes<T>(of tables: [StaticString], keeping: [StaticString], _ body: () throws -> T) throws -> T {
    guard !levels.isEmpty else { throw DatabaseError(.other, code: "indexes", "indexes are rebuilt in a transaction") }
    let kept = Set(keeping.map(\.description))
    // An index that belongs to a key has no text.
    let indexes = try all(
      """
      SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (\(list: tables.map(\.description)))
      ORDER BY rowid
      """
    ) { (name: $0.text(0), sql: $0.text(1)) }.filter { !kept.contains($0.name) }
    for index in indexes { try script("DROP INDEX \(SQLiteConnection.quoted(index.name))") }
    let result: T
    do { result = try body() } catch {
      // Who goes on after the error must not commit tables that have lost their indexes.
      levels.fail(error as? DatabaseError ?? DatabaseError(.other, code: "indexes", "a change without indexes was abandoned"))
      throw error
    }
    for index in indexes { try timed(index.sql) }
    return result
  }

  private static func quoted(_ name: String) -> String {
    "\"\(name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
  }

  private func timed(_ text: String) throws {
    let started = stopwatch.start()
    try script(text)
    stopwatch.stop(started, text)
  }
}
