import Database
import Support
import Testing
import World

@testable import Domain

/// Every counter against its definition: set anew, kept through a change, and found when it is wrong.
@Suite struct FigureTests {
  @Test(arguments: TestDatabase.engines)
  func whatHappenedIsCountedByDayAndInTotal(_ engine: Dialect) throws {
    try FigureWorld.with(engine) { world in
      try world.database.write(organization: 1) { tx in
        try world.fillExample(tx)
        try Figures.recomputeAll(in: tx)
      }
      func row(_ sql: SQL) throws -> String? {
        try world.database.read { try $0.first(sql) { row in (0..<row.count).map { row.text($0) }.joined(separator: "|") } }
      }
      #expect(
        try row(
          """
          SELECT invited, members, removed_members, enrolled, completed, enrollments, completions, timed_enrollments, learning_seconds, lessons,
            ratings, rating_sum, began_at FROM programs WHERE id = 1
          """) == "1|2|1|2|1|5|2|2|5400|2|2|7|2024-01-01T00:00:00.000Z")
      #expect(
        try row(
          """
          SELECT invitations, joins, first_enrollments, first_completions, enrollments, completions, learning_seconds, lessons, ratings, rating_sum
          FROM daily_totals WHERE program_id = 1 AND day = '2024-02-01'
          """) == "0|0|3|1|3|1|1800|1|1|3")
      // Member 1 has an enrollment that goes on and one that was left; member 3 was removed.
      #expect(
        try row("SELECT enrollments, current_enrollments, completions, idle_since, ever_idle_since FROM memberships WHERE user_id = 1")
          == "2|1|0|2024-02-05T00:00:00.000Z|2024-02-05T00:00:00.000Z")
      #expect(
        try row("SELECT current_enrollments, idle_since, ever_idle_since FROM memberships WHERE user_id = 2")
          == "0|9999|2024-02-01T12:00:00.000Z")
      #expect(try row("SELECT current_enrollments, idle_since, ever_idle_since FROM memberships WHERE user_id = 3") == "1|9999|9999")
      #expect(
        try row("SELECT people, people_invited, people_joined, people_enrolled, people_completed FROM organizations WHERE id = 1")
          == "5|3|2|2|1")
      // By joining, by enrollment, by invitation, and enrollments, of which a removal gives nothing back.
      #expect(
        try row(
          "SELECT SUM(CASE WHEN id = 1 THEN used END), SUM(CASE WHEN id = 2 THEN used END), SUM(CASE WHEN id = 3 THEN used END), SUM(CASE WHEN id = 4 THEN used END) FROM contracts"
        ) == "1|1|1|3")
      #expect(try world.differences() == [])
    }
  }

  @Test(arguments: TestDatabase.engines, [1, 2, 3, 4] as [UInt64])
  func keepingAndRecomputingAgree(_ engine: Dialect, seed: UInt64) throws {
    try FigureWorld.with(engine) { world in
      var random = SeededGenerator(seed)
      try world.database.write(organization: 1) { tx in
        try world.fillAtRandom(tx, &random)
        try Figures.recomputeAll(in: tx)
      }
      #expect(try world.differences() == [])
      for _ in 0..<4 {
        let touched = Set((0..<6).map { _ in Int64.random(in: 1...FigureWorld.people, using: &random) })
        try world.database.write(organization: 1) { tx in
          try Touched.prepare(in: tx)
          for user in touched {
            try tx.run("INSERT INTO touched_users (organization_id, user_id) VALUES (1, \(user))")
            try tx.run(
              "INSERT INTO touched_memberships (program_id, user_id) SELECT program_id, user_id FROM memberships WHERE user_id = \(user)")
          }
          let parts: FigureParts = [.enrollments, .risk, .copies, .tallies]
          try Touched.note(parts, in: tx)
          for user in touched { try world.change(user, tx, &random) }
          try tx.run(
            """
            INSERT INTO touched_memberships (program_id, user_id) SELECT program_id, user_id FROM memberships
            WHERE user_id IN (\(list: touched.sorted())) ON CONFLICT (program_id, user_id) DO NOTHING
            """)
          try Touched.settle(parts, in: tx)
          try Licenses.noteTouched(by: 0, at: "", in: tx)
        }
        let differences = try world.differences()
        #expect(differences == [])
      }
      let kept = try world.figures()
      try world.database.write(organization: 1) { try Figures.recomputeAll(in: $0) }
      let recomputed = try world.figures()
      #expect(recomputed == kept)
    }
  }

  static let faults: [SQL] = [
    "UPDATE memberships SET enrollments = enrollments + 1 WHERE program_id = 1 AND user_id = 1",
    "UPDATE memberships SET current_enrollments = 9 WHERE program_id = 1 AND user_id = 1",
    "UPDATE memberships SET completions = 9 WHERE program_id = 1 AND user_id = 1",
    "UPDATE memberships SET last_activity_at = '2030' WHERE program_id = 1 AND user_id = 1",
    "UPDATE memberships SET idle_since = '2030' WHERE program_id = 1 AND user_id = 1",
    "UPDATE memberships SET ever_idle_since = '2030' WHERE program_id = 1 AND user_id = 1",
    "UPDATE memberships SET missed_at = '2030' WHERE program_id = 1 AND user_id = 1",
    "UPDATE memberships SET failed_at = '2030' WHERE program_id = 1 AND user_id = 1",
    "UPDATE memberships SET search_key = 'x' WHERE program_id = 1 AND user_id = 1",
    "UPDATE memberships SET job_title_id = 1 WHERE program_id = 1 AND user_id = 1",
    "UPDATE users SET joined = 0 WHERE id = 1", "UPDATE users SET open_invitations = 4 WHERE id = 1",
    "UPDATE users SET member_programs = 4 WHERE id = 1", "UPDATE users SET enrollments = 8 WHERE id = 1",
    "UPDATE users SET idle_since = '2030' WHERE id = 1", "UPDATE programs SET invited = 7 WHERE id = 1",
    "UPDATE programs SET learning_seconds = 7 WHERE id = 1", "UPDATE programs SET lessons = 7 WHERE id = 1",
    "UPDATE programs SET began_at = '' WHERE id = 1", "UPDATE contracts SET used = 77 WHERE id = 1",
    "UPDATE organizations SET people_joined = 77 WHERE id = 1", "DELETE FROM daily_totals WHERE day = '2024-02-01'",
    "INSERT INTO daily_totals (organization_id, day, program_id, joins) VALUES (1, '1999-01-01', 1, 1)",
    "UPDATE daily_totals SET rating_sum = 99 WHERE day = '2024-02-01'", "UPDATE contracts SET open_invitations = 9 WHERE id = 3",
    "UPDATE license_movements SET change = 7 WHERE contract_id = 1",
  ]

  @Test(arguments: TestDatabase.engines, faults.indices)
  func aWrongFigureIsFoundAndMended(_ engine: Dialect, fault: Int) throws {
    try FigureWorld.with(engine) { world in
      try world.database.write(organization: 1) { tx in
        try world.fillExample(tx)
        try Figures.recomputeAll(in: tx)
        try tx.run(FigureTests.faults[fault])
      }
      #expect(try !world.differences().isEmpty)
      try world.database.write(organization: 1) { try Figures.recomputeAll(in: $0) }
      #expect(try world.differences() == [])
    }
  }

  @Test func aDifferenceSaysWhereWhatAndWhatInstead() throws {
    try FigureWorld.with(.sqlite) { world in
      try world.database.write(organization: 1) { tx in
        try world.fillExample(tx)
        try Figures.recomputeAll(in: tx)
        try tx.run("UPDATE memberships SET completions = 9, job_title_id = 1 WHERE program_id = 1 AND user_id = 1")
      }
      let found = try world.differences()
      #expect(found.contains("memberships program_id 1 user_id 1: completions is 9, should be 0"))
      #expect(found.contains("memberships program_id 1 user_id 1: job_title_id is 1, should be nothing"))
    }
  }

  @Test(arguments: TestDatabase.engines)
  func aDisagreementWithAReportIsToldOnceThereAreEnrollments(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      func notes() throws -> [String] {
        var found: [String] = []
        try desk.database.read { connection in try Figures.checkGiven(in: connection) { found.append($0.description) } }
        return found
      }
      let report = SampleFile(.membershipReport, [["# Enrolled Courses": "3", "Last Activity Time": "2024-05-05"]])
      try desk.take(.membershipReport, report)
      #expect(try notes() == [])
      try desk.take(.usageReport, SampleFile(.usageReport, [[:]]))
      #expect(
        try notes() == [
          "ada@example.org in program spring: enrollments is 1, should be 3",
          "ada@example.org in program spring: last_activity_at is , should be 2024-05-05T00:00:00.000Z",
        ])
      #expect(try desk.differences() == [])
    }
  }
}
