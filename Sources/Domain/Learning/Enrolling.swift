public import Database

/// Enrolls a member in a course of a program: the program's limit, the contract and its ledger hold.
public struct Enrolling: Sendable {
  private let database: any Database
  private let clock: Clock

  /// Enrollments in a database.
  public init(_ database: any Database, clock: Clock) { (self.database, self.clock) = (database, clock) }

  /// Enrolls.
  ///
  /// - Returns: whether it was done now; false for somebody who is enrolled already.
  /// - Throws: `Failure`: `notFound` for a course that the program does not offer, `forbidden` for who is no member, `conflict` where the program's
  ///   limit of courses is reached or the contract has nothing left.
  public func enroll(user: Int64, program: Int64, course: Int64, source: String = "") throws -> Bool {
    let organization = try database.read { try $0.scalar("SELECT organization_id FROM programs WHERE id = \(program)") }
    guard organization != 0 else { throw Failure.notFound }
    return try database.write(organization: organization, patience: Joining.patience) { tx in
      let member = try tx.first(
        "SELECT contract_id FROM memberships WHERE program_id = \(program) AND user_id = \(user) AND state = 'MEMBER'"
      ) {
        $0.intOrNil(0)
      }
      guard let contract = member else { throw Failure(.forbidden, "Only members of the program can enroll in its courses.") }
      guard
        let start = try tx.first(
          "SELECT class_starts_at FROM program_courses WHERE program_id = \(program) AND course_id = \(course)", { $0.text(0) })
      else { throw Failure.notFound }
      let enrolled = try tx.scalar(
        "SELECT COUNT(*) FROM enrollments WHERE program_id = \(program) AND user_id = \(user) AND course_id = \(course)")
      if enrolled > 0 { return false }
      try checkLimit(user, program, in: tx)
      let now = clock.now
      try Licenses.changing(
        organization: organization, program: program, user: user, .enrolled, by: user, at: now, [.enrollments, .risk, .tallies], in: tx
      ) {
        try tx.run(
          """
          INSERT INTO enrollments (program_id, user_id, course_id, contract_id, enrolled_at, class_starts_at, source)
          VALUES (\(program), \(user), \(course), \(contract), \(now.text), \(start), \(source))
          """)
      }
      return true
    }
  }

  private func checkLimit(_ user: Int64, _ program: Int64, in tx: any Connection) throws {
    guard let limit = try tx.first("SELECT enrollment_limit FROM programs WHERE id = \(program)", { $0.intOrNil(0) }) ?? nil else { return }
    let enrolled = try tx.scalar("SELECT enrollments FROM memberships WHERE program_id = \(program) AND user_id = \(user)")
    guard enrolled < limit else {
      throw Failure(.conflict, "Members of this program may enroll in \(limit == 1 ? "one course" : "\(limit) courses") at most.")
    }
  }
}
