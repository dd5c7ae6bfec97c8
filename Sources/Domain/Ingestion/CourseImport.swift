import CSV
import Database

/// The course catalog: a row for a course and a skill that it teaches; a course with several skills has several rows that say the same of it.
final class CourseImport: ImportSteps {
  static let headers = ["Course", "Course ID", "Course Slug", "University", "Domain", "Skill"]

  private let courses = CourseStage()

  private enum Place {
    static let name = 0, id = 1, slug = 2, university = 3, domain = 4, skill = 5
  }

  let declarations: SQL = "course BIGINT, domain TEXT, skill TEXT"
  let columns: [StaticString] = ["course", "domain", "skill"]

  func stage(_ row: borrowing CSVRow, _ cells: CellReader, _ sink: any RowSink) {
    sink.int(
      courses.number(
        id: cells.key(row, Place.id), name: cells.name(row, Place.name), slug: CellReader.trimmed(cells.text(row[Place.slug])),
        partner: CellReader.trimmed(cells.text(row[Place.university]))))
    let domain = CellReader.trimmed(cells.text(row[Place.domain]))
    let skill = CellReader.trimmed(cells.text(row[Place.skill]))
    if skill.isEmpty, !domain.isEmpty { cells.refuse(row[Place.skill].column, "Skill is missing, although a domain is given") }
    sink.text(domain)
    sink.text(skill)
  }

  func load(_ context: ImportContext) throws { try courses.load(context) }

  func check(_ context: ImportContext) throws {
    try courses.check(context, places: [Place.name, Place.slug, Place.university].map(context.place))
    try context.connection.run(
      """
      INSERT INTO import_faults (line, place, reason)
      SELECT r.line, \(context.place(Place.id)), 'lines ' || x.first || ' and ' || x.last || ' are both for this course and skill'
      FROM (SELECT course, domain, skill, MIN(line) AS first, MAX(line) AS last FROM import_rows GROUP BY course, domain, skill
        HAVING COUNT(*) > 1) x
      JOIN import_rows r ON r.course = x.course AND r.domain = x.domain AND r.skill = x.skill
      """)
  }

  func prepare(_ context: ImportContext) throws -> [ImportChange] {
    let connection = context.connection
    var changes = try courses.prepare(context)
    try connection.run("CREATE TEMPORARY TABLE import_skills (domain TEXT NOT NULL, skill TEXT NOT NULL, id BIGINT)")
    try connection.run(
      """
      INSERT INTO import_skills (domain, skill, id) SELECT DISTINCT r.domain, r.skill, s.id FROM import_rows r
      LEFT JOIN skills s ON s.organization_id = \(context.organization) AND s.domain = r.domain AND s.name = r.skill
      WHERE r.skill <> '' ORDER BY r.domain, r.skill
      """)
    try connection.run("CREATE TEMPORARY TABLE import_course_skills (course BIGINT NOT NULL, domain TEXT NOT NULL, skill TEXT NOT NULL)")
    try connection.run(
      """
      INSERT INTO import_course_skills (course, domain, skill) SELECT r.course, r.domain, r.skill FROM import_rows r
      JOIN import_courses c ON c.ref = r.course JOIN import_skills s ON s.domain = r.domain AND s.skill = r.skill
      LEFT JOIN course_skills k ON k.course_id = c.id AND k.skill_id = s.id WHERE k.course_id IS NULL
      """)
    changes += [
      try .count("skills", created: "SELECT COUNT(*) FROM import_skills WHERE id IS NULL", in: connection),
      try .count("skills of courses", created: "SELECT COUNT(*) FROM import_course_skills", in: connection),
    ]
    return changes
  }

  func write(_ context: ImportContext, in tx: any Connection) throws {
    try courses.write(context, in: tx)
    try tx.run(
      """
      INSERT INTO skills (organization_id, domain, name) SELECT \(context.organization), domain, skill FROM import_skills WHERE id IS NULL
      ON CONFLICT (organization_id, domain, name) DO NOTHING
      """)
    try tx.run(
      """
      INSERT INTO course_skills (course_id, skill_id) SELECT c.id, s.id FROM import_course_skills x JOIN import_courses c ON c.ref = x.course
      JOIN skills s ON s.organization_id = \(context.organization) AND s.domain = x.domain AND s.name = x.skill WHERE 1 = 1
      ON CONFLICT (course_id, skill_id) DO NOTHING
      """)
  }
}
