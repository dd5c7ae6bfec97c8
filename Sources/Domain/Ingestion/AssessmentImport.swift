import CSV
import Database

/// The assessments of courses as programs offer them, with due time and passing score.
final class AssessmentImport: ImportSteps {
  static let headers = [
    "Course ID", "Program Slug", "Assessment ID", "Assessment", "Assessment Type", "Due Time", "Weight", "Passing Score", "Maximum Score",
    "Required",
  ]

  private let programs = ProgramStage()
  private let courses = CourseStage()

  private enum Place {
    static let course = 0, slug = 1, id = 2, name = 3, kind = 4, due = 5, weight = 6, passing = 7, maximum = 8, required = 9
  }

  private static let facts: [Column] = ["name", "kind", "due_at", "weight", "passing_score", "maximum_score", "required"]

  let declarations: SQL =
    """
    program BIGINT, course BIGINT, external_id TEXT, name TEXT, kind TEXT, due_at TEXT,
    weight DOUBLE PRECISION, passing_score DOUBLE PRECISION, maximum_score DOUBLE PRECISION, required SMALLINT
    """
  var columns: [StaticString] { ["program", "course", "external_id"] + AssessmentImport.facts.map(\.name) }

  func stage(_ row: borrowing CSVRow, _ cells: CellReader, _ sink: any RowSink) {
    let slug = cells.key(row, Place.slug)
    if !slug.isEmpty, let fault = ProgramStage.fault(inSlug: slug) { cells.refuse(row[Place.slug].column, fault) }
    sink.int(programs.number(slug: slug, name: nil))
    sink.int(courses.number(id: cells.key(row, Place.course)))
    sink.text(cells.key(row, Place.id))
    sink.text(cells.name(row, Place.name))
    sink.text(CellReader.trimmed(cells.text(row[Place.kind])))
    cells.moment(row, Place.due, to: sink)
    sink.double(orNull: cells.number(row, Place.weight))
    sink.double(orNull: cells.number(row, Place.passing))
    sink.double(orNull: cells.number(row, Place.maximum))
    sink.int(cells.yesNo(row, Place.required) == true ? 1 : 0)
  }

  func load(_ context: ImportContext) throws {
    try programs.load(context)
    try courses.load(context)
  }

  func check(_ context: ImportContext) throws {
    try context.connection.run(
      """
      INSERT INTO import_faults (line, place, reason)
      SELECT r.line, \(context.place(Place.id)), 'lines ' || x.first || ' and ' || x.last || ' are both for this assessment'
      FROM (SELECT program, course, external_id, MIN(line) AS first, MAX(line) AS last FROM import_rows
        GROUP BY program, course, external_id HAVING COUNT(*) > 1) x
      JOIN import_rows r ON r.program = x.program AND r.course = x.course AND r.external_id = x.external_id
      """)
  }

  func prepare(_ context: ImportContext) throws -> [ImportChange] {
    let connection = context.connection
    let facts = SQL.join(AssessmentImport.facts.map(\.sql), ", ")
    var changes = [try programs.prepare(context)]
    changes += try courses.prepare(context)
    try connection.run("CREATE TEMPORARY TABLE import_program_courses (program BIGINT NOT NULL, course BIGINT NOT NULL)")
    try connection.run(
      """
      INSERT INTO import_program_courses (program, course) SELECT x.program, x.course FROM (SELECT DISTINCT program, course FROM import_rows) x
      JOIN import_programs g ON g.ref = x.program JOIN import_courses c ON c.ref = x.course
      LEFT JOIN program_courses k ON k.program_id = g.id AND k.course_id = c.id WHERE k.course_id IS NULL
      """)
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_assessments (is_new SMALLINT NOT NULL, program BIGINT NOT NULL, course BIGINT NOT NULL,
        external_id TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, due_at TEXT NOT NULL, weight DOUBLE PRECISION,
        passing_score DOUBLE PRECISION, maximum_score DOUBLE PRECISION, required SMALLINT NOT NULL)
      """)
    try connection.run(
      """
      INSERT INTO import_assessments (is_new, program, course, external_id, \(facts))
      SELECT CASE WHEN a.id IS NULL THEN 1 ELSE 0 END, r.program, r.course, r.external_id,
        \(SQL.join(AssessmentImport.facts.map { "r.\($0.sql)" }, ", "))
      FROM import_rows r JOIN import_programs g ON g.ref = r.program JOIN import_courses c ON c.ref = r.course
      LEFT JOIN assessments a ON a.program_id = g.id AND a.course_id = c.id AND a.external_id = r.external_id
      WHERE a.id IS NULL OR \(SQL.join(AssessmentImport.facts.map { "a.\($0.sql) IS DISTINCT FROM r.\($0.sql)" }, " OR "))
      ORDER BY r.program, r.course, r.external_id
      """)
    changes += [
      try .count("program courses", created: "SELECT COUNT(*) FROM import_program_courses", in: connection),
      try .count(
        "assessments", created: "SELECT COUNT(*) FROM import_assessments WHERE is_new = 1",
        changed: "SELECT COUNT(*) FROM import_assessments WHERE is_new = 0", in: connection),
    ]
    try Touched.prepare(in: connection)
    return changes
  }

  func write(_ context: ImportContext, in tx: any Connection) throws {
    let facts = SQL.join(AssessmentImport.facts.map(\.sql), ", ")
    try programs.write(context, in: tx)
    try courses.write(context, in: tx)
    try tx.run(
      """
      INSERT INTO program_courses (program_id, course_id) SELECT g.id, c.id FROM import_program_courses x
      JOIN import_programs g ON g.ref = x.program JOIN import_courses c ON c.ref = x.course WHERE 1 = 1
      ON CONFLICT (program_id, course_id) DO NOTHING
      """)
    try tx.run(
      """
      INSERT INTO assessments (program_id, course_id, external_id, \(facts))
      SELECT g.id, c.id, x.external_id, \(SQL.join(AssessmentImport.facts.map { "x.\($0.sql)" }, ", ")) FROM import_assessments x
      JOIN import_programs g ON g.ref = x.program JOIN import_courses c ON c.ref = x.course WHERE 1 = 1
      ON CONFLICT (program_id, course_id, external_id) DO UPDATE SET
        \(SQL.join(AssessmentImport.facts.map { "\($0.sql) = excluded.\($0.sql)" }, ", "))
      """)
    // A due time or a passing score decides over everybody who is enrolled in the course.
    try tx.run(
      """
      INSERT INTO touched_memberships (program_id, user_id) SELECT DISTINCT e.program_id, e.user_id
      FROM (SELECT DISTINCT g.id AS program_id, c.id AS course_id FROM import_assessments x
        JOIN import_programs g ON g.ref = x.program JOIN import_courses c ON c.ref = x.course) k
      JOIN enrollments e ON e.program_id = k.program_id AND e.course_id = k.course_id
      """)
    try Touched.settle(.risk, in: tx)
  }
}
