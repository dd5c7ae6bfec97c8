import CSV
import Database

/// The rows of the membership report (reference, "Membership Report").
enum MembershipReport {
  static func write(
    _ program: ReportSource.Program, _ source: inout ReportSource, in connection: any Connection, _ writer: inout CSVWriter
  ) throws {
    let programCells = CSVFragment {
      $0.text(program.name)
      $0.text(program.slug)
    }
    let hasFurther =
      try connection.scalar("SELECT COUNT(*) FROM (SELECT 1 FROM membership_contracts WHERE program_id = \(program.id) LIMIT 1) x") > 0
    let further: SQL = hasFurther ? MembershipReport.further : "''"
    try connection.stream(
      """
      SELECT u.name, u.email, u.external_id, m.enrollments, m.completions, m.state, m.joined_at, m.invited_at, m.last_activity_at, m.contract_id,
        \(further), \(SQL.join(Figure.attributes.map { "u.\($0.sql)" }, ", "))
      FROM memberships m \(.lookup) users u ON u.organization_id = m.organization_id AND u.id = m.user_id
      WHERE m.program_id = \(program.id) ORDER BY m.user_id
      """
    ) { row in
      for column in 0..<3 { writer.text(orEmpty: row.bytes(column)) }
      writer.fragment(programCells)
      writer.number(row.int(3))
      writer.number(row.int(4))
      for column in 5..<9 { writer.raw(orEmpty: row.bytes(column)) }
      source.contracts(row.intOrNil(9), further: row.text(10), to: &writer)
      source.attributes(row, from: 11, to: &writer)
      try writer.endRow()
      return true
    }
  }

  private static let further = SQL(
    sqlite: """
      (SELECT group_concat(k.contract_id || ':' || k.position) FROM membership_contracts k
        WHERE k.program_id = m.program_id AND k.user_id = m.user_id)
      """,
    postgres: """
      (SELECT string_agg(k.contract_id || ':' || k.position, ',') FROM membership_contracts k
        WHERE k.program_id = m.program_id AND k.user_id = m.user_id)
      """)
}
