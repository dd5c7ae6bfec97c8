import Database

/// Things of one sort that a file names: each different name once, with the id of what bears it.
final class NameStage {
  private var names = Interner()
  /// The temporary table `(ref, name, id)`, and the column of `import_rows` that holds its numbers.
  let table: Column, column: Column

  init(table: Column, column: Column) { (self.table, self.column) = (table, column) }

  /// Numbers a name; nil for an empty one.
  func number(_ name: UnsafeRawBufferPointer) -> Int64? { name.isEmpty ? nil : Int64(names.number(of: name)) }

  /// - Parameters:
  ///   - more: declarations of further columns, which are NULL at first.
  ///   - id: the id of what bears the name, for a row of the table.
  func load(_ context: ImportContext, more: SQL = "", id: SQL) throws {
    let connection = context.connection
    try connection.run("CREATE TEMPORARY TABLE \(table.sql) (ref \(.integerKey), name TEXT NOT NULL, id BIGINT\(more))")
    _ = try connection.load(into: table.name, columns: ["ref", "name"]) { sink in
      for number in 0..<names.count {
        sink.int(Int64(number + 1))
        sink.text(names[number + 1])
        try sink.endRow()
      }
    }
    try connection.run("UPDATE \(table.sql) SET id = (\(id))")
    try connection.describe(table.name)
  }

  /// Adds a fault for each row that names what nobody bears.
  ///
  /// - Parameter words: what was looked for, such as `coach`, and what there is instead.
  func check(_ context: ImportContext, place: Int, _ words: String, tail: String = "") throws {
    try context.connection.run(
      """
      INSERT INTO import_faults (line, place, reason)
      SELECT r.line, \(context.place(place)), CAST(\("there is no \(words) ") AS TEXT) || n.name || CAST(\(tail) AS TEXT)
      FROM \(table.sql) n JOIN import_rows r ON r.\(column.sql) = n.ref WHERE n.id IS NULL
      """)
  }

  /// What there is, as the end of a sentence that says what there is not.
  static func choices(_ query: SQL, none: String, in connection: any Connection) throws -> String {
    let names = try connection.all(query) { $0.text(0) }
    if names.isEmpty { return "; \(none)" }
    if names.count > shown { return "; there are \(names.prefix(shown).joined(separator: ", ")) and others" }
    return "; there \(names.count == 1 ? "is" : "are") \(CellReader.list(names))"
  }

  private static let shown = 12
}

extension NameStage {
  /// Coaches by the keys of their emails: the organization's own before the platform's.
  static func coaches() -> NameStage { NameStage(table: "import_coaches", column: "coach_ref") }

  func loadCoaches(_ context: ImportContext) throws {
    try load(
      context,
      id: """
        SELECT c.id FROM accounts a \(.lookup) coaches c ON c.account_id = a.id AND c.organization_id IN (0, \(context.organization))
        WHERE a.email_key = import_coaches.name ORDER BY c.organization_id DESC LIMIT 1
        """)
  }
}

/// The focus skills that a file names. One that is not there is made; names that fold to the same are the same.
final class FocusSkillStage {
  private var keys = Interner()
  private var names: [String] = []

  func number(_ name: String) -> Int {
    let number = Array(name.folded.utf8).withUnsafeBytes { keys.number(of: $0) }
    // Of several writings the first by the alphabet is taken, so that the order of the rows does not matter.
    if number > names.count { names.append(name) } else if name < names[number - 1] { names[number - 1] = name }
    return number
  }

  func load(_ context: ImportContext) throws {
    let connection = context.connection
    try connection.run("CREATE TEMPORARY TABLE import_skills (ref \(.integerKey), name TEXT NOT NULL, name_key TEXT NOT NULL, id BIGINT)")
    _ = try connection.load(into: "import_skills", columns: ["ref", "name", "name_key"]) { sink in
      for (index, name) in names.enumerated() {
        sink.int(Int64(index + 1))
        sink.text(name)
        sink.text(keys[index + 1])
        try sink.endRow()
      }
    }
    try connection.run("UPDATE import_skills SET id = (\(FocusSkillStage.id))")
  }

  private static let id: SQL = "SELECT MIN(k.id) FROM focus_skills k WHERE k.name_key = import_skills.name_key"

  /// Drops those that only bad rows named.
  func prepare(_ context: ImportContext) throws -> ImportChange {
    try context.connection.run("DELETE FROM import_skills WHERE ref NOT IN (SELECT skill FROM import_areas)")
    return try .count("focus skills", created: "SELECT COUNT(*) FROM import_skills WHERE id IS NULL", in: context.connection)
  }

  func write(in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO focus_skills (name, name_key) SELECT name, name_key FROM import_skills WHERE id IS NULL ORDER BY ref
      ON CONFLICT (name) DO NOTHING
      """)
    try tx.run("UPDATE import_skills SET id = (\(FocusSkillStage.id)) WHERE id IS NULL")
  }
}
