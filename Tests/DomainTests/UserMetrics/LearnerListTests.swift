import Database
import Support
import Testing
import World

@testable import Domain

/// The list is checked against the plain way: read everything as it was said, and decide row by row.
@Suite struct LearnerListTests {
  /// An engagement as it was said.
  private struct Plain {
    let id: Int64, name: String, email: String, group: Int64, coach: Int64, launched: String, stage: Stage
  }

  private static func plain(_ crowd: LearnerCrowd, in connection: any Connection) throws -> [Plain] {
    let now = Cast.now.text
    func count(_ condition: SQL) -> SQL { "(SELECT COUNT(*) FROM coaching_sessions s WHERE s.engagement_id = e.id AND \(condition))" }
    let people: SQL = "(SELECT COUNT(*) FROM feedback_invitations f WHERE f.engagement_id = e.id AND f.round = 2 AND f.removed_at = '')"
    let waiting: SQL = """
      (SELECT COUNT(*) FROM feedback_invitations f WHERE f.engagement_id = e.id AND f.round = 2 AND f.removed_at = '' AND f.answered_at = '')
      """
    return try connection.all(
      """
      SELECT e.id, u.name, u.email, e.group_id, COALESCE(e.coach_id, 0), e.launched_at, e.deactivated_at, e.paused_at, e.unpaused_at, e.ends_at,
        e.remeasurement, e.remeasurement_opens_at, e.self_remeasurement_at, e.goals_assessed_at, e.remeasurement_survey_at,
        \(count("s.state = 'COMPLETED'")), \(count("s.state = 'SCHEDULED'")), \(people), \(waiting), e.minimum_invited
      FROM engagements e JOIN users u ON u.organization_id = e.organization_id AND u.id = e.user_id
      WHERE e.organization_id = \(crowd.world.organization)
      """
    ) { row in
      let (remeasures, completed) = (row.bool(10), row.int(15))
      let tasks = (12...14).allSatisfy { !row.text($0).isEmpty } && row.int(17) > 0 && row.int(18) == 0 && row.int(17) >= row.int(19)
      let stage: Stage
      if !row.text(6).isEmpty {
        stage = .deactivated
      } else if row.text(7) > row.text(8) {
        stage = .paused
      } else if row.text(9) <= now || (remeasures && tasks) || (!remeasures && completed >= 3 && row.int(16) == 0) {
        stage = .completed
      } else if remeasures && row.text(11) <= now {
        stage = .remeasurement
      } else {
        stage = completed > 0 ? .steadyState : .onboarding
      }
      return Plain(
        id: row.int(0), name: row.text(1), email: row.text(2), group: row.int(3), coach: row.int(4), launched: row.text(5), stage: stage)
    }
  }

  private static func matches(_ row: Plain, _ filter: LearnerFilter) -> Bool {
    if let stage = filter.stage, row.stage != stage { return false }
    if !filter.groups.isEmpty, !filter.groups.contains(row.group) { return false }
    if !filter.coaches.isEmpty, !filter.coaches.contains(row.coach) { return false }
    if let from = filter.launchedFrom, row.launched < from.text { return false }
    if let before = filter.launchedBefore, row.launched >= before.text { return false }
    return filter.search.isEmpty || (row.name.folded + "\n" + row.email.folded).contains(filter.search.folded)
  }

  private static func filters(_ crowd: LearnerCrowd, in connection: any Connection) throws -> [LearnerFilter] {
    let groups = try connection.all("SELECT id FROM coaching_groups ORDER BY id") { $0.int(0) }
    func filter(_ set: (inout LearnerFilter) -> Void) -> LearnerFilter {
      var filter = LearnerFilter()
      set(&filter)
      return filter
    }
    let day = Cast.now.adding(days: -40)
    return [LearnerFilter()] + Stage.allCases.map { stage in filter { $0.stage = stage } }
      + ["ZOE l", "王", "@a.example", "no such", "o'br"].map { text in filter { $0.search = text } }
      + [
        filter { $0.groups = [groups[1]] }, filter { $0.groups = [groups[0], groups[2]] }, filter { $0.groups = [0] },
        filter { $0.coaches = [crowd.world.mark] }, filter { $0.launchedFrom = day }, filter { $0.launchedBefore = day },
        filter { ($0.launchedFrom, $0.launchedBefore) = (day, Cast.now.adding(days: -10)) },
        filter { ($0.stage, $0.groups, $0.search) = (.steadyState, [groups[0], groups[1]], "e") },
        filter { ($0.stage, $0.coaches, $0.launchedFrom) = (.completed, [crowd.world.ines], Cast.now.adding(days: -400)) },
      ]
  }

  @Test(arguments: TestDatabase.engines) func everyFilterFindsWhatAPlainReadingFinds(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try LearnerCrowd(in: test.database)
      try test.database.read { connection in
        let all = try LearnerListTests.plain(crowd, in: connection)
        #expect(Set(all.map(\.stage)).count == Stage.allCases.count && all.count > 200)
        let list = try LearnerList(scope: crowd.scope)
        #expect(try list.counts(in: connection) == Dictionary(grouping: all, by: \.stage).mapValues(\.count))
        for filter in try LearnerListTests.filters(crowd, in: connection) {
          let expected = Set(all.filter { LearnerListTests.matches($0, filter) }.map(\.id))
          for sort in [Sorting(LearnerColumn.name, descending: false), Sorting(.lateCancels, descending: true)] {
            #expect(Set(try list.ids(filter, sort: sort, in: connection)) == expected, "\(filter)")
            let page = try list.page(filter, sort: sort, request: PageRequest(size: 20), showing: [], in: connection)
            #expect(page.total == expected.count && page.rows.count == min(20, expected.count), "\(filter)")
          }
        }
        try EngagementFigures.check(at: Cast.now, in: connection) { Issue.record("\($0)") }
      }
    }
  }

  /// What a row is compared by, in words that sort; equal ones by id.
  private static func text(_ column: LearnerColumn, _ learner: Learner) -> String {
    func digits(_ value: Int) -> String { String(100_000_000 + value) }
    let counts = learner.counts
    switch (column, column.value(of: learner)) {
    case (.name, _): return learner.name.folded + "\n" + learner.email
    case (.stage, _): return digits(Int(learner.stage.rawValue))
    case (.nextSession, .none): return "9999"
    case (.averageRating, _): return counts.ratings == 0 ? "" : digits(counts.ratingSum * 10_000 / counts.ratings)
    case (.goalPercentage, .percent): return digits(counts.goalsAchieved * 10_000 / counts.goals)
    case (.coachingPlan, _), (.coachingPlanComplete, _): return digits(counts.plan)
    case (.focusArea, .text(let text)): return String(text.prefix { $0 != ";" }).folded
    case (_, .none): return ""
    case (_, .text(let text)): return text.folded
    case (_, .number(let number)): return digits(number)
    case (_, .of(let part, let whole)): return digits(part * 100_000 + whole)
    case (_, .moment(let text)): return text
    case (_, .yesNo(let value)): return value ? "2" : "1"
    case (_, let value):
      Issue.record("\(column) has \(value)")
      return ""
    }
  }

  @Test(arguments: TestDatabase.engines) func everyColumnSortsByWhatItShows(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try LearnerCrowd(in: test.database)
      try test.database.read { connection in
        let list = try LearnerList(scope: crowd.scope)
        var (searched, staged) = (LearnerFilter(), LearnerFilter())
        searched.search = "e"
        staged.stage = .steadyState
        for column in LearnerColumn.allCases {
          for filter in [LearnerFilter(), searched, staged] {
            for descending in [false, true] {
              let sort = Sorting(column, descending: descending)
              var rows: [(id: Int64, text: String)] = []
              var number = 1
              while true {
                let page = try list.page(
                  filter, sort: sort, request: PageRequest(number: number, size: 100), showing: [column], in: connection)
                rows += page.rows.map { ($0.id, LearnerListTests.text(column, $0)) }
                number += 1
                if number > page.count { break }
              }
              let sorted = rows.sorted { a, b in
                let (x, y) = (Array(a.text.utf8), Array(b.text.utf8))
                let isBefore = x == y ? a.id < b.id : x.lexicographicallyPrecedes(y)
                return descending ? !isBefore && a.id != b.id : isBefore
              }
              #expect(rows.map(\.id) == sorted.map(\.id), "\(column) descending \(descending), \(filter)")
              #expect(rows.count > 20 && Set(rows.map(\.id)).count == rows.count)
              #expect(try list.ids(filter, sort: sort, in: connection) == rows.map(\.id), "\(column), all ids")
            }
          }
        }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func anExportHoldsExactlyTheColumnsChosenAndEveryRow(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try LearnerCrowd(in: test.database)
      var filter = LearnerFilter()
      filter.stage = .steadyState
      var bytes: [UInt8] = []
      let columns: [LearnerColumn] = [.feedbackInvited, .email, .group, .averageRating, .profile]
      let list = try LearnerList(scope: crowd.scope)
      let learners = try test.database.export { connection in
        try list.write(
          filter, sort: Sorting(.email, descending: true), columns: columns, bom: true, in: connection
        ) { bytes.append(contentsOf: $0) }
        let ids = try list.ids(filter, sort: Sorting(.email, descending: true), in: connection)
        return try list.learners(ids, showing: columns, in: connection)
      }
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
      #expect(lines[0] == "\u{FEFF}360° Invited,Email,Group,Avg Session Rating (out of 5),Profile")
      #expect(lines.count == learners.count + 1 && learners.count > 20)
      for (line, learner) in zip(lines.dropFirst(), learners) {
        #expect(line.hasPrefix("\(learner.counts.answered) of \(learner.counts.invited),\(learner.email),\(learner.group),"))
        #expect(line.hasSuffix(learner.flags.profile ? ",Yes" : ",No"))
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func choicesAreTheOrganizationsOwn(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try LearnerCrowd(of: 20, in: test.database)
      try test.database.write(organization: crowd.cast.southwind.id) { tx in
        _ = try tx.run(
          """
          INSERT INTO coaching_groups (organization_id, name, created_at) VALUES (\(crowd.cast.southwind.id), 'Foreign', \(Cast.now.text))
          """)
      }
      try test.database.read { connection in
        let choices = try LearnerChoices.load(LearnerFilter(), scope: crowd.scope, in: connection)
        #expect(choices.groups.map(\.name) == ["alpha", "Emerging leaders", "Équipe Nord"])
        #expect(choices.coaches.map(\.name) == ["Ines Duarte", "Mark Osei"])
      }
    }
  }
}
