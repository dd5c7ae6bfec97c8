import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct HomeFiguresTests {
  @Test(arguments: TestDatabase.engines) func aPersonCountsOnceAndRemovedMembersStayInTheTotals(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      try test.database.read { connection in
        let id = crowd.scope.organization.id
        let home = try HomeFigures.load(scope: crowd.scope, now: Crowd.now, in: connection)
        let people: (SQL) throws -> Int = { condition in
          Int(try connection.scalar("SELECT count(DISTINCT m.user_id) FROM memberships m WHERE m.organization_id = \(id) AND \(condition)"))
        }
        #expect(home.funnel.invited == (try people("m.state <> 'DELETED_MEMBER'")))
        #expect(home.funnel.joined == (try people("m.state = 'MEMBER'")))
        let enrolled: SQL = "EXISTS (SELECT 1 FROM enrollments e WHERE e.program_id = m.program_id AND e.user_id = m.user_id)"
        #expect(home.funnel.enrolled == (try people("m.state = 'MEMBER' AND \(enrolled)")))
        let programs: SQL = "(SELECT p.id FROM programs p WHERE p.organization_id = \(id))"
        #expect(home.totals.enrollments == Int(try connection.scalar("SELECT count(*) FROM enrollments WHERE program_id IN \(programs)")))
        #expect(
          home.totals.lessons == Int(try connection.scalar("SELECT count(*) FROM lesson_completions WHERE program_id IN \(programs)")))
        #expect(
          home.recent.past28Days.enrollments
            == Int(
              try connection.scalar(
                """
                SELECT count(*) FROM enrollments WHERE program_id IN \(programs)
                  AND enrolled_at >= \(Crowd.now.adding(days: -27).day) AND enrolled_at < \(Crowd.now.adding(days: 1).day)
                """)))
        #expect(home.recent.weeks.suffix(4).reduce(0) { $0 + $1.enrollments } == home.recent.past28Days.enrollments)
        #expect(home.comments.count == 2 && home.comments[0].ratedAt >= home.comments[1].ratedAt)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aProgramAdminSeesOwnFiguresOnly(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      try test.database.read { connection in
        let scope = try crowd.admin(of: "sales-excellence", in: connection)
        let program = try Program.find(slug: "sales-excellence", scope: scope, in: connection)
        let home = try HomeFigures.load(scope: scope, now: Crowd.now, in: connection)
        #expect(home.funnel == program.funnel && home.totals == program.totals)
        let days = try DailyTotals.days(of: program, through: Crowd.now.day, in: connection)
        let recent = RecentActivity(days: days, now: Crowd.now)
        #expect(home.recent.past28Days == recent.past28Days && home.recent.weeks == recent.weeks)
        let months = DailyTotals.months(of: days)
        let counted = try connection.all(
          """
          SELECT substr(e.enrolled_at, 1, 7), count(*) FROM enrollments e WHERE e.program_id = \(program.id)
          GROUP BY substr(e.enrolled_at, 1, 7) ORDER BY 1
          """
        ) { "\($0.text(0)): \($0.int(1))" }
        #expect(months.filter { $0.totals.enrollments > 0 }.map { "\($0.month): \($0.totals.enrollments)" } == counted && counted.count > 3)
      }
    }
  }

  @Test func anEmptyPastHasTwelveEmptyWeeks() {
    let recent = RecentActivity(days: [], now: Crowd.now)
    #expect(recent.weeks == [DailyTotals](repeating: DailyTotals(), count: 12))
  }
}
