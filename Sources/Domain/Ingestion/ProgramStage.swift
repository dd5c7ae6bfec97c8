import Database

/// The programs that a file names, by slug.
final class ProgramStage {
  private var slugs = Interner()
  private var names: [[UInt8]] = []
  private var torn: Set<Int> = []

  /// Numbers a program. A program that is named only by slug gets the slug as its name, until a row names it.
  func number(slug: UnsafeRawBufferPointer, name: UnsafeRawBufferPointer?) -> Int64 {
    let number = slugs.number(of: slug)
    if number > names.count { names.append([]) }
    if let name, !name.isEmpty, !names[number - 1].elementsEqual(name) {
      if names[number - 1].isEmpty { names[number - 1] = Array(name) } else { torn.insert(number) }
    }
    return Int64(number)
  }

  /// What is wrong with a slug, which is part of addresses; nil when nothing is.
  static func fault(inSlug slug: UnsafeRawBufferPointer) -> String? {
    let isFit = slug.allSatisfy {
      $0 >= 0x80 || (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "-._~".utf8.contains($0)
    }
    if isFit, !slug.elementsEqual(".".utf8), !slug.elementsEqual("..".utf8) { return nil }
    return "\(CellReader.shown(slug)) cannot be part of an address; a slug has letters, digits, - and _ only"
  }

  func load(_ context: ImportContext) throws {
    try context.connection.run(
      """
      CREATE TEMPORARY TABLE import_programs (ref \(.integerKey), slug TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL,
        id BIGINT, is_new SMALLINT NOT NULL DEFAULT 0, differs SMALLINT NOT NULL DEFAULT 0, is_removed SMALLINT NOT NULL DEFAULT 0)
      """)
    _ = try context.connection.load(into: "import_programs", columns: ["ref", "slug", "name", "name_key"]) { sink in
      for number in 0..<slugs.count {
        let name = String(decoding: names[number], as: UTF8.self)
        sink.int(Int64(number + 1))
        sink.text(slugs[number + 1])
        sink.text(name)
        sink.text(name.isEmpty ? slugs[number + 1].folded : name.folded)
        try sink.endRow()
      }
    }
    try context.connection.run(
      """
      UPDATE import_programs SET id = (SELECT id FROM programs p WHERE p.organization_id = \(context.organization) AND p.slug = import_programs.slug)
      """)
    try context.connection.run(
      "UPDATE import_programs SET is_removed = 1 WHERE id IN (SELECT id FROM programs WHERE organization_id = \(context.organization) AND removed_at <> '')"
    )
  }

  func check(_ context: ImportContext, namePlace: Int64) throws {
    for number in torn.sorted() {
      let reason = "the program \(slugs[number]) has different names in this file"
      try context.connection.run(
        "INSERT INTO import_faults (line, place, reason) SELECT line, \(namePlace), \(reason) FROM import_rows WHERE program = \(number)")
    }
  }

  /// Finds which programs are new or renamed. Those that only bad rows named are dropped first.
  func prepare(_ context: ImportContext) throws -> ImportChange {
    let connection = context.connection
    try connection.run("DELETE FROM import_programs WHERE ref NOT IN (SELECT program FROM import_rows)")
    try connection.run("UPDATE import_programs SET is_new = 1 WHERE id IS NULL")
    try connection.run(
      """
      UPDATE import_programs SET differs = 1 FROM programs p WHERE p.id = import_programs.id AND import_programs.name <> ''
        AND p.name <> import_programs.name
      """)
    try connection.describe("import_programs")
    return try .count(
      "programs", created: "SELECT COUNT(*) FROM import_programs WHERE is_new = 1",
      changed: "SELECT COUNT(*) FROM import_programs WHERE differs = 1", in: connection)
  }

  /// - Throws: `Failure` where a program was removed since the check, which let people into it.
  func write(_ context: ImportContext, in tx: any Connection) throws {
    let removed = try tx.scalar(
      "SELECT COUNT(*) FROM import_programs x JOIN programs p ON p.id = x.id WHERE p.removed_at <> '' AND x.is_removed = 0")
    if removed > 0 { throw Failure.changedMeanwhile }
    try tx.run(
      """
      INSERT INTO programs (organization_id, slug, name, name_key, created_at)
      SELECT \(context.organization), slug, CASE WHEN name = '' THEN slug ELSE name END, name_key, \(context.now) FROM import_programs
      WHERE is_new = 1 ORDER BY ref ON CONFLICT (organization_id, slug) DO NOTHING
      """)
    try tx.run(
      """
      UPDATE import_programs SET id = (SELECT id FROM programs p WHERE p.organization_id = \(context.organization) AND p.slug = import_programs.slug)
      WHERE id IS NULL
      """)
    try tx.describe("import_programs")
    try tx.run(
      """
      UPDATE programs SET name = x.name, name_key = x.name_key FROM import_programs x
      WHERE x.id = programs.id AND x.differs = 1 AND programs.name <> x.name
      """)
  }
}
