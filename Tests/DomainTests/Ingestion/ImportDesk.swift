import CSV
import Database
import Domain
import Foundation
import Support
import World

/// An organization with an empty database and a folder for files: imports them, and says what is there afterwards.
struct ImportDesk {
  let database: any Database
  let organization: Int64
  let folder: String

  static let now = Moment(milliseconds: 1_780_000_000_000)

  /// Runs `body` at a desk of its own.
  static func with(_ engine: Dialect, _ body: (ImportDesk) throws -> Void) throws {
    try TestDatabase.migrated(engine) { test in
      let organization = try Organization.create(
        slug: "northwind", name: "Northwind", timeZone: "UTC", by: 0, at: now, in: test.database)
      try TestDatabase.inFolder { try body(ImportDesk(database: test.database, organization: organization.id, folder: $0)) }
    }
  }

  var scope: OrganizationScope {
    get throws {
      let viewer = Viewer(accountID: 0, name: "", email: "", grants: [.accountTeam])
      return try database.read { try OrganizationScope.find(slug: "northwind", for: viewer, in: $0) }
    }
  }

  func path(_ name: String) -> String { folder + "/" + name }

  func write(_ bytes: [UInt8], as name: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path(name))) }

  func read(_ name: String) throws -> String { String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self) }

  @discardableResult
  func take(_ kind: ImportKind, _ bytes: [UInt8], name: String = "file.csv", _ change: (inout Import.Options) -> Void = { _ in }) throws
    -> ImportOutcome
  {
    try write(bytes, as: name)
    var options = Import.Options()
    change(&options)
    return try Import(kind, path: path(name), options: options).run(
      organization: organization, into: database, clock: .fixed(ImportDesk.now))
  }

  @discardableResult
  func take(_ kind: ImportKind, _ file: SampleFile, _ change: (inout Import.Options) -> Void = { _ in }) throws -> ImportOutcome {
    try take(kind, file.bytes, change)
  }

  /// All that the database says of the organization, by natural keys: the same for the same facts, however they came.
  func contents() throws -> [String] {
    let queries: [SQL] = [
      "SELECT 'organization', people, people_invited, people_joined, people_enrolled, people_completed FROM organizations",
      """
      SELECT 'user', u.email, u.name, u.external_id, u.search_key, u.joined, u.open_invitations, u.member_programs, u.enrollments,
        u.current_enrollments, u.completions, u.last_activity_at, u.idle_since, u.ever_idle_since, a.value, b.value
      FROM users u LEFT JOIN attribute_values a ON a.id = u.job_title_id LEFT JOIN attribute_values b ON b.id = u.location_country_id
      ORDER BY u.email_key
      """,
      """
      SELECT 'program', slug, name, name_key, invited, members, removed_members, enrolled, completed, enrollments, completions,
        timed_enrollments, learning_seconds, began_at FROM programs ORDER BY slug
      """,
      "SELECT 'contract', name, kind, used FROM contracts ORDER BY name",
      "SELECT 'pair', p.slug, c.name FROM program_contracts k JOIN programs p ON p.id = k.program_id JOIN contracts c ON c.id = k.contract_id ORDER BY 2, 3",
      """
      SELECT 'membership', p.slug, m.email_key, m.state, c.name, m.enrollments, m.current_enrollments, m.completions, m.last_activity_at,
        m.idle_since, m.ever_idle_since, m.missed_at, m.failed_at, m.search_key, m.invited_at, m.joined_at, m.removed_at,
        m.given_enrollments, m.given_completions, m.given_last_activity_at
      FROM memberships m JOIN programs p ON p.id = m.program_id LEFT JOIN contracts c ON c.id = m.contract_id ORDER BY 2, 3
      """,
      """
      SELECT 'further', p.slug, m.email_key, c.name, k.position FROM membership_contracts k JOIN programs p ON p.id = k.program_id
      JOIN memberships m ON m.program_id = k.program_id AND m.user_id = k.user_id JOIN contracts c ON c.id = k.contract_id ORDER BY 2, 3, 4
      """,
      """
      SELECT 'course', c.external_id, c.name, c.slug, p.name FROM courses c LEFT JOIN partners p ON p.id = c.partner_id ORDER BY 2
      """,
      """
      SELECT 'skill', c.external_id, s.domain, s.name FROM course_skills k JOIN courses c ON c.id = k.course_id JOIN skills s ON s.id = k.skill_id
      ORDER BY 2, 3, 4
      """,
      """
      SELECT 'offer', p.slug, c.external_id, k.class_starts_at FROM program_courses k JOIN programs p ON p.id = k.program_id
      JOIN courses c ON c.id = k.course_id ORDER BY 2, 3
      """,
      """
      SELECT 'enrollment', p.slug, m.email_key, c.external_id, k.name, e.enrolled_at, e.class_starts_at, e.last_activity_at, e.completed_at,
        e.completed, e.removed, CAST(e.progress * 100 AS BIGINT), e.learning_seconds, CAST(e.grade * 100 AS BIGINT), e.source
      FROM enrollments e JOIN programs p ON p.id = e.program_id JOIN courses c ON c.id = e.course_id
      JOIN memberships m ON m.program_id = e.program_id AND m.user_id = e.user_id LEFT JOIN contracts k ON k.id = e.contract_id ORDER BY 2, 3, 4
      """,
      """
      SELECT 'attempt', p.slug, m.email_key, a.external_id, t.attempted_at, CAST(t.score * 100 AS BIGINT), t.passed
      FROM assessment_attempts t JOIN assessments a ON a.id = t.assessment_id JOIN programs p ON p.id = t.program_id
      JOIN memberships m ON m.program_id = t.program_id AND m.user_id = t.user_id ORDER BY 2, 3, 4, 5
      """,
      """
      SELECT 'day', p.slug, d.day, d.invitations, d.joins, d.first_enrollments, d.first_completions, d.enrollments, d.completions,
        d.learning_seconds FROM daily_totals d JOIN programs p ON p.id = d.program_id ORDER BY 2, 3
      """,
    ]
    return try database.read { connection in
      try queries.flatMap { query in
        try connection.all(query) { row in (0..<row.count).map { row.textOrNil($0) ?? "-" }.joined(separator: "|") }
      }
    }
  }

  func count(_ sql: SQL) throws -> Int64 { try database.read { try $0.scalar(sql) } }

  /// Whatever the check finds.
  func differences() throws -> [String] {
    var found: [String] = []
    try database.export { connection in
      try Figures.check(in: connection) { found.append($0.description) }
      try EngagementFigures.check(at: ImportDesk.now, in: connection) { found.append($0.description) }
    }
    return found
  }

  /// A report as text.
  func report(_ report: Report, programs: [Int64]? = nil, scope: OrganizationScope? = nil) throws -> String {
    let bytes = Bytes()
    let scope = try scope ?? self.scope
    try database.export { connection in
      try report.write(scope: scope, programs: programs, in: connection, bom: false) { bytes.all += $0 }
    }
    return String(decoding: bytes.all, as: UTF8.self)
  }

  private final class Bytes { var all: [UInt8] = [] }
}

/// A CSV file of which single cells are given by their column; the others are plausible.
struct SampleFile {
  var headers: [String]
  var rows: [[String]]

  init(_ kind: ImportKind, _ rows: [[String: String]]) {
    let headers = kind.headers
    self.headers = headers
    self.rows = rows.map { cells in headers.map { cells[$0] ?? SampleFile.plain(kind)[$0] ?? "" } }
  }

  /// What a row says where a test does not care.
  private static func plain(_ kind: ImportKind) -> [String: String] {
    if let plain = SampleCoaching.plain[kind] { return plain }
    return [
      "Name": "Ada Byron", "Email": "ada@example.org", "Course": "Course C1", "Course ID": "C1", "Course Slug": "course-c1",
      "University": "Uni", "Domain": "Computing", "Skill": "Algebra", "Program Name": kind == .courses ? "" : "Spring",
      "Program Slug": "spring", "# Enrolled Courses": "1", "# Completed Courses": "0", "Member State": "MEMBER",
      "Join Date": "2024-03-02T10:00:00.000Z", "Invitation Date": "2024-03-01T10:00:00.000Z", "Contract(s)": "Contract A",
      "Contract": "Contract A", "Enrollment Time": "2024-03-03T10:00:00.000Z", "Class Start Time": "2024-03-10T09:00:00.000Z",
      "Overall Progress": "0.00", "Completed": "No", "Removed From Program": "No", "Assessment ID": "A1", "Assessment": "Quiz",
      "Assessment Type": "Q", "Due Time": "2024-04-01T09:00:00.000Z", "Weight": "10", "Passing Score": "40",
      "Maximum Score": "100", "Required": "Yes", "Attempt Time": "2024-03-20T09:00:00.000Z", "Score": "80", "Passed": "Yes",
    ]
  }

  var text: String { text(separator: ",", newline: "\r\n") }
  var bytes: [UInt8] { Array(text.utf8) }

  func text(separator: String, newline: String) -> String {
    ([headers] + rows).map { cells in
      cells.map { cell in
        let isPlain = !cell.contains { "\"\(separator)".contains($0) || $0.isNewline }
        return isPlain ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
      }.joined(separator: separator) + newline
    }.joined()
  }
}
