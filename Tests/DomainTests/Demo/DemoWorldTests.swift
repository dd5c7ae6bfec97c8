import Database
import Support
import Testing

@testable import Domain

@Suite struct DemoWorldTests {
  /// The whole content of the tables that a page shows, as text.
  private static func content(of connection: any Connection) throws -> [String] {
    var lines: [String] = []
    for statement: SQL in [
      "SELECT name || email || coalesce(external_id, '') || search_key || last_activity_at || idle_since FROM users ORDER BY organization_id, email",
      "SELECT p.slug || m.state || m.invited_at || m.joined_at || m.missed_at || m.failed_at FROM memberships m JOIN programs p ON p.id = m.program_id ORDER BY m.program_id, m.email_key",
      "SELECT enrolled_at || last_activity_at || completed_at FROM enrollments ORDER BY program_id, user_id, course_id",
      "SELECT comment || rated_at FROM course_ratings ORDER BY program_id, user_id, course_id",
    ] { lines += try connection.all(statement) { $0.text(0) } }
    return lines
  }

  @Test(arguments: TestDatabase.engines) func theSameDayGivesTheSameRows(_ engine: Dialect) throws {
    var runs: [[String]] = []
    for _ in 0..<2 {
      try TestDatabase.migrated(engine) { test in
        _ = try Crowd(in: test.database)
        runs.append(try test.database.read { try DemoWorldTests.content(of: $0) })
      }
    }
    #expect(runs[0].count > 300)
    #expect(runs[0] == runs[1])
  }

  @Test(arguments: TestDatabase.engines) func everyCounterIsAsTheCheckComputesIt(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      _ = try Crowd(in: test.database)
      try test.database.read { connection in
        try Figures.check(in: connection) { Issue.record("\($0)") }
        #expect(try connection.scalar("SELECT count(*) FROM users WHERE name = '=1+1'") >= 1)
        for state in ["INVITED", "MEMBER", "DELETED_MEMBER"] {
          #expect(try connection.scalar("SELECT count(*) FROM memberships WHERE state = \(state)") > 0)
        }
        #expect(try connection.scalar("SELECT count(DISTINCT kind) FROM contracts") == 3)
        // Nothing lies ahead of the day on which it was made.
        #expect(try connection.scalar("SELECT count(*) FROM enrollments WHERE last_activity_at > \(Crowd.now.text)") == 0)
      }
    }
  }
}
