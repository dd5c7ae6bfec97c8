import Database

/// The courses that a file names, by their id in the other system, with their partners.
final class CourseStage {
  private var externalIDs = Interner()
  private var partners = Interner()
  private var details: [Details?] = []
  private var torn: [Int: Set<Int>] = [:]

  private struct Details {
    let name: [UInt8], slug: [UInt8], partner: Int
  }

  /// Numbers a course that is named only by its id. It gets the id as its name, until a row names it.
  func number(id: UnsafeRawBufferPointer) -> Int64 {
    let number = externalIDs.number(of: id)
    if number > details.count { details.append(nil) }
    return Int64(number)
  }

  /// Numbers a course with what a row says of it.
  func number(id: UnsafeRawBufferPointer, name: UnsafeRawBufferPointer, slug: UnsafeRawBufferPointer, partner: UnsafeRawBufferPointer)
    -> Int64
  {
    let number = Int(self.number(id: id))
    if name.isEmpty { return Int64(number) }
    let partner = partner.isEmpty ? 0 : partners.number(of: partner)
    if let known = details[number - 1] {
      if !known.name.elementsEqual(name) { torn[number, default: []].insert(0) }
      if !known.slug.elementsEqual(slug) { torn[number, default: []].insert(1) }
      if known.partner != partner { torn[number, default: []].insert(2) }
    } else {
      details[number - 1] = Details(name: Array(name), slug: Array(slug), partner: partner)
    }
    return Int64(number)
  }

  func load(_ context: ImportContext) throws {
    let connection = context.connection
    try connection.run("CREATE TEMPORARY TABLE import_partners (ref \(.integerKey), name TEXT NOT NULL, id BIGINT)")
    _ = try connection.load(into: "import_partners", columns: ["ref", "name"]) { sink in
      for number in 0..<partners.count {
        sink.int(Int64(number + 1))
        sink.text(partners[number + 1])
        try sink.endRow()
      }
    }
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_courses (ref \(.integerKey), external_id TEXT NOT NULL, name TEXT, slug TEXT, partner BIGINT,
        id BIGINT, is_new SMALLINT NOT NULL DEFAULT 0, differs SMALLINT NOT NULL DEFAULT 0)
      """)
    _ = try connection.load(into: "import_courses", columns: ["ref", "external_id", "name", "slug", "partner"]) { sink in
      for number in 0..<externalIDs.count {
        sink.int(Int64(number + 1))
        sink.text(externalIDs[number + 1])
        if let details = details[number] {
          details.name.withUnsafeBytes { sink.text($0) }
          details.slug.withUnsafeBytes { sink.text($0) }
          if details.partner > 0 { sink.int(Int64(details.partner)) } else { sink.null() }
        } else {
          for _ in 0..<3 { sink.null() }
        }
        try sink.endRow()
      }
    }
    try connection.run(
      """
      UPDATE import_courses SET id = (
        SELECT id FROM courses c WHERE c.organization_id = \(context.organization) AND c.external_id = import_courses.external_id)
      """)
  }

  /// - Parameter places: where name, slug and partner stand in the file.
  func check(_ context: ImportContext, places: [Int64]) throws {
    let words = ["names", "slugs", "universities"]
    for (number, parts) in torn.sorted(by: { $0.key < $1.key }) {
      for part in parts.sorted() {
        let reason = "the course \(externalIDs[number]) has different \(words[part]) in this file"
        try context.connection.run(
          "INSERT INTO import_faults (line, place, reason) SELECT line, \(places[part]), \(reason) FROM import_rows WHERE course = \(number)"
        )
      }
    }
  }

  /// Finds which courses and partners are new or differ. Those that only bad rows named are dropped first.
  func prepare(_ context: ImportContext) throws -> [ImportChange] {
    let connection = context.connection
    try connection.run("DELETE FROM import_courses WHERE ref NOT IN (SELECT course FROM import_rows)")
    try connection.run("DELETE FROM import_partners WHERE ref NOT IN (SELECT partner FROM import_courses WHERE partner IS NOT NULL)")
    try connection.run(
      """
      UPDATE import_partners SET id = (SELECT id FROM partners p WHERE p.organization_id = \(context.organization) AND p.name = import_partners.name)
      """)
    try connection.run("UPDATE import_courses SET is_new = 1 WHERE id IS NULL")
    try connection.run(
      """
      UPDATE import_courses SET differs = 1 WHERE name IS NOT NULL AND EXISTS (
        SELECT 1 FROM courses c LEFT JOIN import_partners p ON p.ref = import_courses.partner
        WHERE c.id = import_courses.id AND (c.name <> import_courses.name OR c.slug <> import_courses.slug
          OR c.partner_id IS DISTINCT FROM p.id OR (import_courses.partner IS NOT NULL AND p.id IS NULL)))
      """)
    try connection.describe("import_courses")
    return [
      try .count("universities", created: "SELECT COUNT(*) FROM import_partners WHERE id IS NULL", in: connection),
      try .count(
        "courses", created: "SELECT COUNT(*) FROM import_courses WHERE is_new = 1",
        changed: "SELECT COUNT(*) FROM import_courses WHERE differs = 1", in: connection),
    ]
  }

  func write(_ context: ImportContext, in tx: any Connection) throws {
    let organization = context.organization
    try tx.run(
      """
      INSERT INTO partners (organization_id, name) SELECT \(organization), name FROM import_partners WHERE id IS NULL ORDER BY ref
      ON CONFLICT (organization_id, name) DO NOTHING
      """)
    try tx.run(
      """
      UPDATE import_partners SET id = (SELECT id FROM partners p WHERE p.organization_id = \(organization) AND p.name = import_partners.name)
      WHERE id IS NULL
      """)
    try tx.run(
      """
      INSERT INTO courses (organization_id, external_id, name, slug, partner_id, created_at)
      SELECT \(organization), x.external_id, COALESCE(x.name, x.external_id), COALESCE(x.slug, ''), p.id, \(context.now)
      FROM import_courses x LEFT JOIN import_partners p ON p.ref = x.partner WHERE x.is_new = 1 ORDER BY x.ref
      ON CONFLICT (organization_id, external_id) DO NOTHING
      """)
    try tx.run(
      """
      UPDATE import_courses SET id = (
        SELECT id FROM courses c WHERE c.organization_id = \(organization) AND c.external_id = import_courses.external_id)
      WHERE id IS NULL
      """)
    try tx.describe("import_courses")
    try tx.run(
      """
      UPDATE courses SET name = x.name, slug = x.slug, partner_id = x.partner_id
      FROM (SELECT c.id, c.name, c.slug, p.id AS partner_id FROM import_courses c LEFT JOIN import_partners p ON p.ref = c.partner
        WHERE c.differs = 1) x
      WHERE x.id = courses.id
      """)
  }
}
