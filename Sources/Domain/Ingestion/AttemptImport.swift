import CSV
import Database

/// Attempts at assessments. An attempt of an unknown user, assessment or enrollment is a bad row; one without a score is attempted and not failed.
final class AttemptImport: ImportSteps {
  static let headers = [
    "Email", "External Id", "Course ID", "Program Slug", "Assessment ID", "Attempt Time", "Score", "Maximum Score", "Passed",
  ]

  let tables: [StaticString] = ["memberships", "assessment_attempts"]
  private var email = EmailReader()
  private var slugs = Interner()
  private var courses = Interner()
  /// Assessments by program, course and external id.
  private var assessments = Interner()
  private var keys: [(program: Int, course: Int, id: [UInt8])] = []
  private var scratch: [UInt8] = []

  private enum Place {
    static let email = 0, externalID = 1, course = 2, slug = 3, assessment = 4, at = 5, score = 6, maximum = 7, passed = 8
  }

  let declarations: SQL =
    """
    email_key TEXT, external_id TEXT, assessment BIGINT, attempted_at TEXT, score DOUBLE PRECISION,
    maximum_score DOUBLE PRECISION, passed SMALLINT
    """
  let columns: [StaticString] = ["email_key", "external_id", "assessment", "attempted_at", "score", "maximum_score", "passed"]

  func stage(_ row: borrowing CSVRow, _ cells: CellReader, _ sink: any RowSink) {
    let address = row[Place.email]
    if let fault = email.read(CellReader.trimmed(address.unguardedBytes)) { cells.refuse(address.column, fault) }
    email.key.withUnsafeBytes { sink.text($0) }
    let external = CellReader.trimmed(row[Place.externalID].unguardedBytes)
    if external.isEmpty { sink.null() } else { sink.text(external) }
    sink.int(number(slug: cells.key(row, Place.slug), course: cells.key(row, Place.course), id: cells.key(row, Place.assessment)))
    cells.moment(row, Place.at, required: true, to: sink)
    sink.double(orNull: cells.number(row, Place.score))
    sink.double(orNull: cells.number(row, Place.maximum))
    sink.truth(orNull: cells.yesNo(row, Place.passed, required: false))
  }

  private func number(slug: UnsafeRawBufferPointer, course: UnsafeRawBufferPointer, id: UnsafeRawBufferPointer) -> Int64 {
    let (program, course) = (slugs.number(of: slug), courses.number(of: course))
    scratch.removeAll(keepingCapacity: true)
    withUnsafeBytes(of: Int32(program)) { scratch.append(contentsOf: $0) }
    withUnsafeBytes(of: Int32(course)) { scratch.append(contentsOf: $0) }
    scratch.append(contentsOf: id)
    let number = scratch.withUnsafeBytes { assessments.number(of: $0) }
    if number > keys.count { keys.append((program, course, Array(id))) }
    return Int64(number)
  }

  func load(_ context: ImportContext) throws {
    let connection = context.connection
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_assessments (ref \(.integerKey), slug TEXT NOT NULL, course TEXT NOT NULL, external_id TEXT NOT NULL,
        program_id BIGINT, course_id BIGINT, id BIGINT)
      """)
    _ = try connection.load(into: "import_assessments", columns: ["ref", "slug", "course", "external_id"]) { sink in
      for (index, key) in keys.enumerated() {
        sink.int(Int64(index + 1))
        sink.text(slugs[key.program])
        sink.text(courses[key.course])
        key.id.withUnsafeBytes { sink.text($0) }
        try sink.endRow()
      }
    }
    try connection.run(
      """
      UPDATE import_assessments SET
        program_id = (SELECT p.id FROM programs p WHERE p.organization_id = \(context.organization) AND p.slug = import_assessments.slug),
        course_id = (SELECT c.id FROM courses c WHERE c.organization_id = \(context.organization) AND c.external_id = import_assessments.course)
      """)
    try connection.run(
      """
      UPDATE import_assessments SET id = (SELECT a.id FROM assessments a WHERE a.program_id = import_assessments.program_id
        AND a.course_id = import_assessments.course_id AND a.external_id = import_assessments.external_id)
      """)
    try connection.describe("import_assessments")
    try connection.run(
      "CREATE TEMPORARY TABLE import_people (email_key TEXT NOT NULL PRIMARY KEY, user_id BIGINT, external_id TEXT)\(.clustered)")
    try connection.run(
      """
      INSERT INTO import_people (email_key, user_id, external_id)
      SELECT f.email_key, u.id, u.external_id FROM (SELECT DISTINCT email_key FROM import_rows) f
      LEFT JOIN accounts a ON a.email_key = f.email_key LEFT JOIN users u ON u.organization_id = \(context.organization) AND u.id = a.id
      ORDER BY f.email_key
      """)
    try connection.describe("import_people")
  }

  func check(_ context: ImportContext) throws {
    let connection = context.connection
    let unknown: [(Int, SQL, SQL)] = [
      (Place.slug, "a.program_id IS NULL", "'there is no program ' || a.slug"),
      (Place.course, "a.program_id IS NOT NULL AND a.course_id IS NULL", "'there is no course ' || a.course"),
      (
        Place.assessment, "a.course_id IS NOT NULL AND a.program_id IS NOT NULL AND a.id IS NULL",
        "'the course ' || a.course || ' has no assessment ' || a.external_id || ' in the program ' || a.slug"
      ),
    ]
    for (place, condition, reason) in unknown {
      try connection.run(
        """
        INSERT INTO import_faults (line, place, reason) SELECT r.line, \(context.place(place)), \(reason)
        FROM import_assessments a JOIN import_rows r ON r.assessment = a.ref WHERE \(condition)
        """)
    }
    try connection.run(
      """
      INSERT INTO import_faults (line, place, reason) SELECT r.line, \(context.place(Place.email)), 'there is no user ' || p.email_key
      FROM import_people p JOIN import_rows r ON r.email_key = p.email_key WHERE p.user_id IS NULL
      """)
    try connection.run(
      """
      INSERT INTO import_faults (line, place, reason)
      SELECT r.line, \(context.place(Place.externalID)), r.external_id || ' is not the External ID of ' || p.email_key
      FROM import_rows r \(.lookup) import_people p ON p.email_key = r.email_key
      WHERE p.user_id IS NOT NULL AND r.external_id IS NOT NULL AND p.external_id IS DISTINCT FROM r.external_id
      """)
    try connection.run(
      """
      INSERT INTO import_faults (line, place, reason)
      SELECT r.line, \(context.place(Place.course)), p.email_key || ' is not enrolled in the course ' || a.course || ' in the program ' || a.slug
      FROM import_rows r \(.lookup) import_people p ON p.email_key = r.email_key \(.lookup) import_assessments a ON a.ref = r.assessment
      LEFT JOIN enrollments e ON e.program_id = a.program_id AND e.user_id = p.user_id AND e.course_id = a.course_id
      WHERE p.user_id IS NOT NULL AND a.id IS NOT NULL AND e.user_id IS NULL
      """)
    try connection.run(
      """
      INSERT INTO import_faults (line, place, reason)
      SELECT r.line, \(context.place(Place.at)), 'lines ' || x.first || ' and ' || x.last || ' are both for this attempt'
      FROM (SELECT email_key, assessment, attempted_at, MIN(line) AS first, MAX(line) AS last FROM import_rows
        GROUP BY email_key, assessment, attempted_at HAVING COUNT(*) > 1) x
      JOIN import_rows r ON r.email_key = x.email_key AND r.assessment = x.assessment AND r.attempted_at = x.attempted_at
      """)
  }

  func prepare(_ context: ImportContext) throws -> [ImportChange] {
    let connection = context.connection
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_attempts (program_id BIGINT NOT NULL, user_id BIGINT NOT NULL, assessment_id BIGINT NOT NULL,
        attempted_at TEXT NOT NULL, score DOUBLE PRECISION, maximum_score DOUBLE PRECISION, passed SMALLINT, is_new SMALLINT NOT NULL,
        PRIMARY KEY (program_id, user_id, assessment_id, attempted_at))\(.clustered)
      """)
    try connection.run(
      """
      INSERT INTO import_attempts (program_id, user_id, assessment_id, attempted_at, score, maximum_score, passed, is_new)
      SELECT a.program_id, p.user_id, a.id, r.attempted_at, r.score, r.maximum_score, r.passed, CASE WHEN t.user_id IS NULL THEN 1 ELSE 0 END
      FROM import_rows r \(.lookup) import_people p ON p.email_key = r.email_key \(.lookup) import_assessments a ON a.ref = r.assessment
      LEFT JOIN assessment_attempts t ON t.program_id = a.program_id AND t.user_id = p.user_id AND t.assessment_id = a.id
        AND t.attempted_at = r.attempted_at
      WHERE t.user_id IS NULL OR t.score IS DISTINCT FROM r.score OR t.maximum_score IS DISTINCT FROM r.maximum_score
        OR t.passed IS DISTINCT FROM r.passed
      ORDER BY a.program_id, p.user_id, a.id, r.attempted_at
      """)
    try connection.describe("import_attempts")
    try Touched.prepare(in: connection)
    try connection.run(
      "INSERT INTO touched_memberships (program_id, user_id) SELECT program_id, user_id FROM import_attempts GROUP BY program_id, user_id")
    return [
      try .count(
        "attempts", created: "SELECT COUNT(*) FROM import_attempts WHERE is_new = 1",
        changed: "SELECT COUNT(*) FROM import_attempts WHERE is_new = 0", in: connection)
    ]
  }

  func write(_ context: ImportContext, in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO assessment_attempts (program_id, user_id, assessment_id, attempted_at, score, maximum_score, passed)
      SELECT program_id, user_id, assessment_id, attempted_at, score, maximum_score, passed FROM import_attempts WHERE 1 = 1
      ON CONFLICT (program_id, user_id, assessment_id, attempted_at) DO UPDATE SET score = excluded.score,
        maximum_score = excluded.maximum_score, passed = excluded.passed
      """)
    try Touched.settle(.risk, in: tx)
  }
}
