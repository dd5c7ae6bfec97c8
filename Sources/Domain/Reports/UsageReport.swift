import CSV
import Database

/// The rows of the usage report (reference, "Usage Report"): progress, hours and grades with two decimals, what is unknown empty.
enum UsageReport {
  static func write(
    _ program: ReportSource.Program, _ source: inout ReportSource, in connection: any Connection, _ writer: inout CSVWriter
  ) throws {
    let programCells = CSVFragment {
      $0.text(program.slug)
      $0.text(program.name)
    }
    let courses = try courses(of: program, in: connection)
    let yes = CSVFragment { $0.raw("Yes") }
    let no = CSVFragment { $0.raw("No") }
    try connection.stream(
      """
      SELECT u.name, u.email, u.external_id, e.course_id, e.enrolled_at, e.class_starts_at, e.last_activity_at, e.progress,
        e.learning_seconds, e.completed, e.removed, e.source, e.completed_at, e.grade, e.contract_id,
        \(SQL.join(Figure.attributes.map { "u.\($0.sql)" }, ", "))
      FROM enrollments e \(.lookup) memberships m ON m.program_id = e.program_id AND m.user_id = e.user_id
      \(.lookup) users u ON u.organization_id = m.organization_id AND u.id = e.user_id
      WHERE e.program_id = \(program.id) ORDER BY e.user_id, e.course_id
      """
    ) { row in
      for column in 0..<3 { writer.text(orEmpty: row.bytes(column)) }
      if let course = courses[row.int(3)] { writer.fragment(course) } else { for _ in 0..<4 { writer.empty() } }
      for column in 4..<7 { writer.raw(orEmpty: row.bytes(column)) }
      writer.decimals(row.doubleOrNil(7))
      // Hundredths of an hour are 36 seconds, so this rounds exactly.
      writer.decimals(row.intOrNil(8).map { Double(($0 + 18) / 36) / 100 })
      writer.fragment(row.bool(9) ? yes : no)
      writer.fragment(row.bool(10) ? yes : no)
      writer.fragment(programCells)
      writer.text(orEmpty: row.bytes(11))
      writer.raw(orEmpty: row.bytes(12))
      writer.decimals(row.doubleOrNil(13))
      source.contract(row.intOrNil(14), to: &writer)
      source.attributes(row, from: 15, to: &writer)
      try writer.endRow()
      return true
    }
  }

  /// The four cells of each course of a program: name, id, slug, partner.
  private static func courses(of program: ReportSource.Program, in connection: any Connection) throws -> [Int64: CSVFragment] {
    var courses: [Int64: CSVFragment] = [:]
    try connection.rows(
      """
      SELECT c.id, c.name, c.external_id, c.slug, p.name FROM programs g JOIN courses c ON c.organization_id = g.organization_id
      LEFT JOIN partners p ON p.id = c.partner_id WHERE g.id = \(program.id)
      """
    ) { row in
      let cells = (1...4).map { row.text($0) }
      courses[row.int(0)] = CSVFragment { writer in for cell in cells { writer.text(cell) } }
      return true
    }
    return courses
  }
}

extension CSVWriter {
  mutating func text(orEmpty bytes: UnsafeRawBufferPointer?) { if let bytes { text(bytes) } else { empty() } }
  mutating func raw(orEmpty bytes: UnsafeRawBufferPointer?) { if let bytes { raw(bytes) } else { empty() } }

  /// A number with two decimals, as the reports have them.
  mutating func decimals(_ value: Double?) { if let value { number(value, decimals: 2) } else { empty() } }
}
