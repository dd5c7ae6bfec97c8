import CSV
import Database

/// A usage report: who is enrolled in which course of which program, and how far (reference, "Usage Report").
///
/// A membership that is not there is made, joined at the earliest enrollment and removed where every row says so; one that is there stays as it is.
final class UsageImport: ImportSteps {
  private let people = PeopleStage(headers: ReportColumns.usage)
  private let programs = ProgramStage()
  private let courses = CourseStage()
  private let contracts = ContractStage()
  /// How many memberships are made or get other figures.
  private var moving: Int64 = 0
  let tables: [StaticString] = ["accounts", "users", "memberships", "membership_contracts", "enrollments"]

  private enum Place {
    static let email = 1, course = 3, courseID = 4, courseSlug = 5, university = 6, enrolled = 7, classStart = 8, activity = 9,
      progress = 10
    static let hours = 11, completed = 12, removed = 13, slug = 14, program = 15, source = 16, completion = 17, grade = 18, contract = 19
  }

  var declarations: SQL {
    """
    \(PeopleStage.declarations), program BIGINT, course BIGINT, contract BIGINT, enrolled_at TEXT,
    class_starts_at TEXT, last_activity_at TEXT, completed_at TEXT, completed SMALLINT,
    removed SMALLINT, progress DOUBLE PRECISION, learning_seconds BIGINT, grade DOUBLE PRECISION, source TEXT
    """
  }

  var columns: [StaticString] {
    PeopleStage.columns + ["program", "course", "contract"] + UsageImport.facts.map(\.name)
  }

  /// What a row says of an enrollment, besides its contract; `import_rows` and `enrollments` name these columns alike.
  private static let facts: [Column] = [
    "enrolled_at", "class_starts_at", "last_activity_at", "completed_at", "completed", "removed", "progress", "learning_seconds", "grade",
    "source",
  ]

  func stage(_ row: borrowing CSVRow, _ cells: CellReader, _ sink: any RowSink) {
    people.stage(row, cells, sink)
    let slug = cells.key(row, Place.slug)
    if !slug.isEmpty, let fault = ProgramStage.fault(inSlug: slug) { cells.refuse(row[Place.slug].column, fault) }
    sink.int(programs.number(slug: slug, name: cells.text(row[Place.program])))
    sink.int(
      courses.number(
        id: cells.key(row, Place.courseID), name: cells.name(row, Place.course),
        slug: CellReader.trimmed(cells.text(row[Place.courseSlug])), partner: CellReader.trimmed(cells.text(row[Place.university]))))
    let contract = CellReader.trimmed(cells.text(row[Place.contract]))
    if ContractStage.isSeveral(contract) { cells.refuse(row[Place.contract].column, "an enrollment has one contract, here are several") }
    sink.int(orNull: contracts.number(contract))
    cells.moment(row, Place.enrolled, required: true, to: sink)
    cells.moment(row, Place.classStart, to: sink)
    cells.moment(row, Place.activity, to: sink)
    cells.moment(row, Place.completion, to: sink)
    sink.int(cells.yesNo(row, Place.completed) == true ? 1 : 0)
    sink.int(cells.yesNo(row, Place.removed) == true ? 1 : 0)
    sink.double(orNull: cells.number(row, Place.progress, limit: 100))
    sink.int(orNull: cells.seconds(row, Place.hours))
    sink.double(orNull: cells.number(row, Place.grade, limit: 1000))
    sink.text(cells.text(row[Place.source]))
  }

  func load(_ context: ImportContext) throws {
    try people.load(context)
    try programs.load(context)
    try courses.load(context)
    try contracts.load(context)
  }

  func check(_ context: ImportContext) throws {
    try people.gather(context)
    try people.check(context)
    try programs.check(context, namePlace: context.place(Place.program))
    try courses.check(context, places: [Place.course, Place.courseSlug, Place.university].map(context.place))
    try context.connection.run(
      """
      INSERT INTO import_faults (line, place, reason)
      SELECT r.line, \(context.place(Place.email)), 'lines ' || x.first || ' and ' || x.last || ' are both for ' || r.email || ' in this course of this program'
      FROM (SELECT email_key, program, course, MIN(line) AS first, MAX(line) AS last FROM import_rows GROUP BY email_key, program, course
        HAVING COUNT(*) > 1) x
      JOIN import_rows r ON r.email_key = x.email_key AND r.program = x.program AND r.course = x.course
      """)
  }

  func prepare(_ context: ImportContext) throws -> [ImportChange] {
    let connection = context.connection
    var changes = [try people.prepare(context), try programs.prepare(context)]
    changes += try courses.prepare(context)
    changes.append(
      try contracts.prepare(context, pairs: "SELECT DISTINCT program, contract FROM import_rows WHERE contract IS NOT NULL"))
    try prepareEnrollments(context)
    try prepareMemberships(context)
    try people.countNew("SELECT person, state FROM import_joins", context)
    changes += [
      try .count("memberships", created: "SELECT COUNT(*) FROM import_joins", in: connection),
      try .count(
        "enrollments", created: "SELECT COUNT(*) FROM import_enrollments WHERE is_new = 1",
        changed: "SELECT COUNT(*) FROM import_enrollments WHERE is_new = 0", in: connection),
      try contracts.newPairs(context),
      try prepareProgramCourses(context),
    ]
    try Touched.prepare(in: connection)
    try people.touch(context)
    try touchMemberships(context, in: connection)
    moving = try connection.scalar("SELECT (SELECT COUNT(*) FROM touched_memberships) + (SELECT COUNT(*) FROM import_joins)")
    return changes
  }

  /// The enrollments that are new or differ, in the order of their key.
  private func prepareEnrollments(_ context: ImportContext) throws {
    let connection = context.connection
    let facts = SQL.join(UsageImport.facts.map(\.sql), ", ")
    let differing = SQL.join(UsageImport.facts.map { "e.\($0.sql) IS DISTINCT FROM r.\($0.sql)" }, " OR ")
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_enrollments (program BIGINT NOT NULL, person BIGINT NOT NULL, course BIGINT NOT NULL,
        is_new SMALLINT NOT NULL, contract BIGINT, enrolled_at TEXT NOT NULL, class_starts_at TEXT NOT NULL,
        last_activity_at TEXT NOT NULL, completed_at TEXT NOT NULL, completed SMALLINT NOT NULL, removed SMALLINT NOT NULL,
        progress DOUBLE PRECISION, learning_seconds BIGINT, grade DOUBLE PRECISION, source TEXT NOT NULL,
        PRIMARY KEY (program, person, course))\(.clustered)
      """)
    try connection.run(
      """
      INSERT INTO import_enrollments (program, person, course, is_new, contract, \(facts))
      SELECT r.program, p.person, r.course, CASE WHEN e.user_id IS NULL THEN 1 ELSE 0 END, r.contract,
        \(SQL.join(UsageImport.facts.map { "r.\($0.sql)" }, ", "))
      FROM import_rows r \(.lookup) import_people p ON p.email_key = r.email_key \(.lookup) import_programs g ON g.ref = r.program
      \(.lookup) import_courses c ON c.ref = r.course LEFT JOIN import_contracts k ON k.ref = r.contract
      LEFT JOIN enrollments e ON e.program_id = g.id AND e.user_id = p.account_id AND e.course_id = c.id
      WHERE e.user_id IS NULL OR e.contract_id IS DISTINCT FROM k.id OR (r.contract IS NOT NULL AND k.id IS NULL) OR \(differing)
      ORDER BY r.program, p.person, r.course
      """)
    try connection.describe("import_enrollments")
  }

  /// The memberships that lack; those of a program that was removed are history. The contract of the latest start holds the license; among equals, the one enrolled under last.
  private func prepareMemberships(_ context: ImportContext) throws {
    let connection = context.connection
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_joins (program BIGINT NOT NULL, person BIGINT NOT NULL, state TEXT NOT NULL, joined_at TEXT NOT NULL,
        PRIMARY KEY (program, person))\(.clustered)
      """)
    try connection.run(
      """
      INSERT INTO import_joins (program, person, state, joined_at)
      SELECT x.program, x.person, CASE WHEN MIN(x.removed) = 1 OR MAX(g.is_removed) = 1 THEN 'DELETED_MEMBER' ELSE 'MEMBER' END, MIN(x.enrolled_at)
      FROM import_enrollments x \(.lookup) import_people p ON p.person = x.person \(.lookup) import_programs g ON g.ref = x.program
      LEFT JOIN memberships m ON m.program_id = g.id AND m.user_id = p.account_id
      WHERE m.user_id IS NULL GROUP BY x.program, x.person
      """)
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_join_contracts (program BIGINT NOT NULL, person BIGINT NOT NULL, contract BIGINT NOT NULL,
        position BIGINT NOT NULL, holds SMALLINT NOT NULL, PRIMARY KEY (program, person, contract))\(.clustered)
      """)
    try connection.run(
      """
      INSERT INTO import_join_contracts (program, person, contract, position, holds)
      SELECT x.program, x.person, x.contract, ROW_NUMBER() OVER (PARTITION BY x.program, x.person ORDER BY c.starts_at, x.first_at, c.name) - 1,
        CASE WHEN ROW_NUMBER() OVER (PARTITION BY x.program, x.person ORDER BY c.starts_at DESC, x.first_at DESC, c.name DESC) = 1 THEN 1
          ELSE 0 END
      FROM (SELECT e.program, e.person, e.contract, MIN(e.enrolled_at) AS first_at
        FROM import_joins j \(.lookup) import_enrollments e ON e.program = j.program AND e.person = j.person
        WHERE e.contract IS NOT NULL GROUP BY e.program, e.person, e.contract) x
      JOIN import_contracts c ON c.ref = x.contract
      """)
    try connection.describe("import_joins")
    try connection.describe("import_join_contracts")
  }

  /// Which courses a program did not have, and those of which the class starts at another time: at the latest that the rows give.
  private func prepareProgramCourses(_ context: ImportContext) throws -> ImportChange {
    let connection = context.connection
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_program_courses (program BIGINT NOT NULL, course BIGINT NOT NULL, class_starts_at TEXT NOT NULL,
        is_new SMALLINT NOT NULL)
      """)
    try connection.run(
      """
      INSERT INTO import_program_courses (program, course, class_starts_at, is_new)
      SELECT x.program, x.course, x.class_starts_at, CASE WHEN k.course_id IS NULL THEN 1 ELSE 0 END
      FROM (SELECT program, course, MAX(class_starts_at) AS class_starts_at
        FROM (SELECT DISTINCT program, course, class_starts_at FROM import_rows) d GROUP BY program, course) x
      JOIN import_programs g ON g.ref = x.program JOIN import_courses c ON c.ref = x.course
      LEFT JOIN program_courses k ON k.program_id = g.id AND k.course_id = c.id
      WHERE k.course_id IS NULL OR (x.class_starts_at <> '' AND k.class_starts_at <> x.class_starts_at)
      """)
    return try .count(
      "program courses", created: "SELECT COUNT(*) FROM import_program_courses WHERE is_new = 1",
      changed: "SELECT COUNT(*) FROM import_program_courses WHERE is_new = 0", in: connection)
  }

  func write(_ context: ImportContext, in tx: any Connection) throws {
    let parts: FigureParts = people.differ ? [.enrollments, .risk, .copies, .tallies] : [.enrollments, .risk, .tallies]
    try Touched.note(parts, in: tx)
    try programs.write(context, in: tx)
    try courses.write(context, in: tx)
    try contracts.write(context, in: tx)
    try tx.run(
      """
      INSERT INTO program_courses (program_id, course_id, class_starts_at) SELECT g.id, c.id, x.class_starts_at FROM import_program_courses x
      JOIN import_programs g ON g.ref = x.program JOIN import_courses c ON c.ref = x.course WHERE 1 = 1
      ON CONFLICT (program_id, course_id) DO UPDATE SET class_starts_at = excluded.class_starts_at
      """)
    try context.inBulk(moving, in: tx) {
      try people.write(context, in: tx)
      try writeMemberships(context, in: tx)
      try writeEnrollments(in: tx)
      try people.touchNew(context, in: tx)
      try touchNewMemberships(in: tx)
      try Touched.settleRows(parts, in: tx)
    }
    try Touched.settleSums(parts, in: tx)
    try Licenses.noteTouched(by: AuditTrail.commandLine, at: context.now, in: tx)
  }

  private func writeMemberships(_ context: ImportContext, in tx: any Connection) throws {
    let attributes = SQL.join(Figure.attributes.map(\.sql), ", ")
    let made = try tx.run(
      """
      INSERT INTO memberships (program_id, user_id, organization_id, state, contract_id, joined_at, search_key, email_key, \(attributes))
      SELECT g.id, p.account_id, \(context.organization), x.state, c.id, x.joined_at, u.search_key, u.email_key,
        \(SQL.join(Figure.attributes.map { "u.\($0.sql)" }, ", "))
      FROM import_joins x \(.lookup) import_people p ON p.person = x.person \(.lookup) import_programs g ON g.ref = x.program
      \(.lookup) users u ON u.organization_id = \(context.organization) AND u.id = p.account_id
      LEFT JOIN import_join_contracts k ON k.program = x.program AND k.person = x.person AND k.holds = 1
      LEFT JOIN import_contracts c ON c.ref = k.contract WHERE 1 = 1
      ON CONFLICT (program_id, user_id) DO NOTHING
      """)
    try tx.describe("memberships", grownBy: made)
    try tx.run(
      """
      INSERT INTO membership_contracts (program_id, user_id, contract_id, position)
      SELECT g.id, p.account_id, c.id, x.position FROM import_join_contracts x JOIN import_people p ON p.person = x.person
      JOIN import_programs g ON g.ref = x.program JOIN import_contracts c ON c.ref = x.contract WHERE x.holds = 0
      ON CONFLICT (program_id, user_id, contract_id) DO NOTHING
      """)
  }

  private func writeEnrollments(in tx: any Connection) throws {
    let facts = SQL.join(UsageImport.facts.map(\.sql), ", ")
    let written = try tx.run(
      """
      INSERT INTO enrollments (program_id, user_id, course_id, contract_id, \(facts))
      SELECT g.id, p.account_id, c.id, k.id, \(SQL.join(UsageImport.facts.map { "x.\($0.sql)" }, ", "))
      FROM import_enrollments x \(.lookup) import_people p ON p.person = x.person \(.lookup) import_programs g ON g.ref = x.program
      \(.lookup) import_courses c ON c.ref = x.course LEFT JOIN import_contracts k ON k.ref = x.contract WHERE 1 = 1
      ON CONFLICT (program_id, user_id, course_id) DO UPDATE SET contract_id = excluded.contract_id,
        \(SQL.join(UsageImport.facts.map { "\($0.sql) = excluded.\($0.sql)" }, ", "))
      """)
    try tx.describe("enrollments", grownBy: written)
  }

  /// Notes the memberships and users that are there and will change.
  private func touchMemberships(_ context: ImportContext, in connection: any Connection) throws {
    // In the order of the key, so that nothing has to be sorted.
    let touched: SQL = "(SELECT x.program, x.person FROM import_enrollments x GROUP BY x.program, x.person) x"
    try connection.run(
      """
      INSERT INTO touched_memberships (program_id, user_id) SELECT g.id, p.account_id FROM \(touched)
      \(.lookup) import_people p ON p.person = x.person \(.lookup) import_programs g ON g.ref = x.program
      WHERE g.id IS NOT NULL AND p.account_id IS NOT NULL ON CONFLICT (program_id, user_id) DO NOTHING
      """)
    try connection.run(
      """
      INSERT INTO touched_users (organization_id, user_id) SELECT \(context.organization), p.account_id FROM \(touched)
      \(.lookup) import_people p ON p.person = x.person WHERE p.account_id IS NOT NULL ON CONFLICT (organization_id, user_id) DO NOTHING
      """)
  }

  /// Adds the memberships that have come into being.
  private func touchNewMemberships(in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO touched_memberships (program_id, user_id) SELECT g.id, p.account_id FROM import_joins x
      \(.lookup) import_people p ON p.person = x.person \(.lookup) import_programs g ON g.ref = x.program WHERE 1 = 1
      ON CONFLICT (program_id, user_id) DO NOTHING
      """)
  }
}
