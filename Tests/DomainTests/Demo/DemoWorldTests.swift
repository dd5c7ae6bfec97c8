import Database
import Support
import Testing
import World

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
      "SELECT search_key || launched_at || ends_at || next_session_at || note_key || stage FROM engagement_rows ORDER BY organization_id, engagement_id",
      "SELECT starts_at || state || coach_id || comment FROM coaching_sessions ORDER BY id",
      "SELECT email || round || answered_at || removed_at FROM feedback_invitations ORDER BY id",
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
  /// Northwind's coaching has everything that the pages show; the others have a few learners with the platform's coaches.
  @Test(arguments: TestDatabase.engines) func coachingIsInEveryStage(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(of: 300, in: test.database)
      try test.database.read { connection in
        try EngagementFigures.check(at: Crowd.now, in: connection) { Issue.record("\($0)") }
        let counts = try LearnerList(scope: crowd.scope).counts(in: connection)
        for stage in Stage.allCases { #expect(counts[stage, default: 0] > 0, "\(stage)") }
        #expect((25...45).contains(counts.values.reduce(0, +)), "\(counts)")
        let northwind = crowd.scope.organization.id
        for (what, sql) in [
          ("organizations", "SELECT COUNT(DISTINCT organization_id) - 6 FROM engagements"),
          ("coaches of several", "SELECT COUNT(*) FROM (SELECT coach_id FROM coach_totals GROUP BY coach_id HAVING COUNT(*) > 1) c"),
          ("own coaches", "SELECT COUNT(*) - 3 FROM coaches WHERE organization_id = \(northwind)"),
          (
            "ends that purchases allow",
            """
            SELECT CASE WHEN EXISTS (SELECT 1 FROM engagements e JOIN company_purchases p ON p.id = e.company_purchase_id
              WHERE e.ends_at > p.expires_at) THEN 0 ELSE 1 END
            """
          ),
          ("onboarding coaches", "SELECT COUNT(*) FROM coaches WHERE hours_saved_at = ''"),
          ("deactivated coaches", "SELECT COUNT(*) FROM coaches WHERE deactivated_at <> ''"),
          ("time off", "SELECT COUNT(*) FROM coach_time_off"), ("notes", "SELECT COUNT(*) FROM engagement_notes"),
          ("second rounds", "SELECT COUNT(*) FROM feedback_invitations WHERE round = 2 AND answered_at <> ''"),
          ("removed", "SELECT COUNT(*) FROM feedback_invitations WHERE removed_at <> ''"),
          ("achieved goals", "SELECT COUNT(*) FROM goals WHERE achieved = 1"),
          ("second surveys", "SELECT COUNT(*) FROM survey_answers WHERE round = 2"),
          ("late cancels", "SELECT COUNT(*) FROM coaching_sessions WHERE state = 'LATE_CANCELED'"),
          ("ratings", "SELECT COUNT(rating) FROM coaching_sessions"), ("NPS", "SELECT SUM(nps_answers) FROM coaches"),
          ("impact reports", "SELECT SUM(impact_report) FROM engagement_rows"),
          ("ahead", "SELECT COUNT(*) FROM engagement_rows WHERE next_session_at <> '9999'"),
          ("audience", "SELECT COUNT(*) FROM audience_members"),
          ("nearly used up", "SELECT COUNT(*) FROM company_purchases WHERE organization_id = \(northwind) AND licenses - used = 3"),
        ] as [(String, SQL)] { #expect(try connection.scalar(sql) > 0, "\(what)") }
        // What has happened lies behind; a canceled session was canceled by the rule.
        #expect(
          try connection.scalar("SELECT COUNT(*) FROM coaching_sessions WHERE state <> 'SCHEDULED' AND starts_at > \(Crowd.now.text)") == 0)
        #expect(try connection.scalar("SELECT COUNT(*) FROM nps_responses WHERE answered_at > \(Crowd.now.text)") == 0)
        #expect(try connection.scalar("SELECT COUNT(*) FROM engagements WHERE ends_at <= launched_at") == 0)
      }
    }
  }
}
