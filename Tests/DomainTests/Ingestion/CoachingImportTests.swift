import CSV
import Database
import Support
import Testing
import World

@testable import Domain

/// Good files of coaching: what they make, that they make it once, what a later file changes, and that the order of the rows does not matter.
@Suite struct CoachingImportTests {
  @Test(arguments: TestDatabase.engines)
  func aHistoryIsTakenOnceAndItsFiguresAgree(_ engine: Dialect) throws {
    try ImportDesk.withCoaching(engine) { desk in
      let summaries = [
        "3 rows: 3 coaches created.", "4 rows: 3 users created, 1 group created, 2 focus skills created, 4 engagements created.",
        "8 rows: 8 sessions created.", "5 rows: 5 360° invitations created.", "4 rows: 4 NPS answers created.",
      ]
      for ((kind, file), summary) in zip(SampleCoaching.all, summaries) {
        let outcome = try desk.take(kind, guarded(file))
        #expect(outcome.isDone && outcome.summary == summary, "\(kind): \(outcome.summary) \(outcome.faults)")
        #expect(try desk.differences() == [])
      }
      let before = try desk.coaching()
      let events = try desk.count("SELECT COUNT(*) FROM audit_events")
      for (kind, file) in SampleCoaching.all {
        let outcome = try desk.take(kind, guarded(file))
        #expect(outcome.summary == "Nothing changed: all \(file.rows.count) rows were already there.", "\(kind)")
      }
      let after = try desk.coaching()
      #expect(after == before)
      #expect(try desk.count("SELECT COUNT(*) FROM audit_events") == events)
    }
  }

  /// A day without a time is the organization's: it begins and ends by its clocks.
  @Test(arguments: TestDatabase.engines)
  func daysAreTheOrganizations(_ engine: Dialect) throws {
    try ImportDesk.withCoaching(engine) { desk in
      try desk.database.write(organization: 0) { _ = try $0.run("UPDATE organizations SET time_zone = 'America/Sao_Paulo'") }
      let file = SampleFile(
        .engagements, [["Date Launched": "2026-03-01", "Engagement End Date": "2027-01-15", "Profile": "2026-03-02T10:00:00Z"]])
      try desk.take(.coaches, SampleFile(.coaches, [[:]]))
      #expect(try desk.take(.engagements, file).isDone)
      let found = try desk.database.read {
        try $0.first("SELECT launched_at, ends_at, profile_set_up_at FROM engagements") { [$0.text(0), $0.text(1), $0.text(2)] }
      }
      #expect(found == ["2026-03-01T03:00:00.000Z", "2027-01-16T02:59:59.999Z", "2026-03-02T10:00:00.000Z"])
      #expect(try !desk.take(.engagements, file).changesAnything)
    }
  }

  @Test(arguments: TestDatabase.engines)
  func whatTheFilesSayIsThere(_ engine: Dialect) throws {
    try ImportDesk.withCoaching(engine) { desk in
      for (kind, file) in SampleCoaching.all { try desk.take(kind, guarded(file)) }
      let found = try desk.coaching()
      let now = ImportDesk.now.text
      for line in [
        "coach|platform|ines@coaches.example|Ines Duarte|ines duarte|ines duarte\nines@coaches.example|Led teams;\nnow coaches.|German, English|"
          + "Certified|Europe/Berlin|https://meet.example.com/ines|60|20|\(now)|\(now)||1|0|1",
        // Of an organization's own coach who has neither biography nor hours both are still to be made.
        "coach|own|mark@example.org|Mark Osei|mark osei|mark osei\nmark@example.org||||UTC||60|-||||3|2|1", "hours|Ines Duarte|1|540|720",
        "hours|Ines Duarte|5|780|1020", "hours|Ines Duarte|6|600|720", "learner|Ben@example.org|=Ben|-|=ben\nben@example.org|1|in",
        // The group that was not there is made with the usual parameters; the license that was not bought is given all the same.
        "group|New managers|180|3|1", "purchase|Plan A|4", "skill|Listening|listening", "skill|Delegation|delegation",
        "engagement|ada@example.org|2026-01-05T09:00:00.000Z|Emerging leaders|Plan A|Leadership 360|Pulse|Ines Duarte|2026-07-04T09:00:00.000Z|180|4|2|12|1"
          + "|30|2026-06-04T09:00:00.000Z|0|BEGUN|1",
        "engagement|ada@example.org|2025-01-05T00:00:00.000Z|Emerging leaders|Plan A|-|-|Mark Osei|2025-07-01T00:00:00.000Z|180|4|3|12|1|30"
          + "|2025-06-01T00:00:00.000Z|0|NONE|0",
        "engagement|ben@example.org|2026-01-05T09:00:00.000Z|New managers|Plan A|-|-|Mark Osei|2026-07-24T09:00:00.000Z|200|1|1|9|0|-|9999|1|NONE|0",
        "engagement|wang@example.org|2026-01-05T09:00:00.000Z|New managers|Plan A|-|-|-|2026-07-04T09:00:00.000Z|180|3|3|15|1|-"
          + "|2026-06-20T00:00:00.000Z|0|COMPLETE|0",
        "area|ada@example.org|2025-01-05T00:00:00.000Z|Listening|1", "goal|ada@example.org|2026-01-05T09:00:00.000Z|\"Hand over\", all|1",
        "goal|ada@example.org|2026-01-05T09:00:00.000Z|Speak first|0",
        "note|ada@example.org|2026-01-05T09:00:00.000Z|=Prefers mornings; not Mondays|=prefers mornings; not mondays",
        // Whoever has held a session was the learner's coach from then on, and is credited with the answers that follow.
        "had|ada@example.org|2026-01-05T09:00:00.000Z|Mark Osei|2026-03-01T09:00:00.000Z",
        "nps|ada@example.org|2026-01-05T09:00:00.000Z|Mark Osei|9|Ja, \"gern\"|2026-03-05T08:00:00.000Z",
        "nps|ada@example.org|2026-01-05T09:00:00.000Z|Ines Duarte|3||2026-02-10T08:00:00.000Z",
        "session|S1|ada@example.org|2026-01-05T09:00:00.000Z|Ines Duarte|2026-02-02T09:00:00.000Z|2026-02-02T10:00:00.000Z|COMPLETED|||1|5|=good|",
        "asked|ada@example.org|2025-01-05T00:00:00.000Z|1|peer@example.org|peer@example.org|||2025-01-20T08:00:00.000Z||",
        "tab|2|1", "tab|1|1", "tab|4|1", "tab|6|1", "total|Mark Osei|1|2|2|2|7", "total|Ines Duarte|1|1|1|1|5",
      ] { #expect(found.contains(line), "\(line) is not among \(found.filter { $0.hasPrefix(line.prefix { $0 != "|" } + "|") })") }
      // Ada's engagement of this year as the Learners page has it.
      let ada = try desk.cells("ada@example.org", launched: "2026-01-05T09:00:00.000Z")
      #expect(
        ada == [
          "Name": "Ada Byron", "Email": "ada@example.org", "Date Launched": "2026-01-05T09:00:00.000Z",
          "First Log In": "2026-01-06T08:00:00.000Z",
          "Profile": "Yes", "Self Assessment": "Yes", "360° Invited": "1 of 2", "360° Completed": "No", "Survey": "Yes",
          "Coach assigned": "Ines Duarte", "Coach name": "Ines Duarte", "Coach changed": "No",
          "Engagement End Date": "2026-07-04T09:00:00.000Z",
          "# of Sessions Completed": "2", "# of Sessions Remaining": "9", "# late cancels": "1", "# Manager Sessions Complete": "1",
          "Date of last session": "2026-03-01T09:00:00.000Z", "Date of next session": "2026-06-03T09:00:00.000Z",
          "Avg Session Rating (out of 5)": "4.50", "Total session rating": "2", "Coaching Plan": "Yes", "Manager Feedback CP": "Yes",
          "# of Focus Areas": "2", "Focus Area": "Delegation; Listening", "Remeasurement opened": "No", "Remeasurement completed": "No",
          "Goal completion percentage": "50", "NPS": "Yes", "Admin Notes": "=Prefers mornings; not Mondays",
          "Last Date Late Cancel": "2026-02-15T09:00:00.001Z", "Focus Areas Selected": "Yes", "Coaching Plan Complete": "No",
          "Self Remeasurement": "No", "360 Remeasurement Completed": "Yes", "Goal Completion": "Yes", "Remeasurement Survey": "No",
          "Impact Report Generated": "No", "Paused Date": "", "Date Unpause": "", "Date Deactivated": "",
          "First Session Completed": "2026-02-02T09:00:00.000Z", "Engagement Extended Date": "",
        ])
    }
  }

  @Test(arguments: TestDatabase.engines, [1, 2, 3] as [UInt64])
  func neitherTheOrderOfRowsNorTheNumberOfFilesMatters(_ engine: Dialect, seed: UInt64) throws {
    var expected: [String] = []
    try ImportDesk.withCoaching(engine) { desk in
      for (kind, file) in SampleCoaching.all { try desk.take(kind, guarded(file)) }
      expected = try desk.coaching()
    }
    var random = SeededGenerator(seed)
    try ImportDesk.withCoaching(engine) { desk in
      for (kind, file) in SampleCoaching.all {
        var file = guarded(file)
        let columns = file.headers.indices.shuffled(using: &random)
        file.headers = columns.map { seed == 2 ? file.headers[$0].uppercased() : file.headers[$0] }
        let rows = file.rows.shuffled(using: &random).map { row in columns.map { row[$0] } }
        let cut = Int.random(in: 0...rows.count, using: &random)
        for part in [rows[..<cut], rows[cut...]] {
          file.rows = Array(part)
          let outcome = try desk.take(kind, file)
          #expect(outcome.isDone, "\(outcome.faults)")
          #expect(try desk.differences() == [])
        }
      }
      let found = try desk.coaching()
      #expect(found == expected)
    }
  }

  @Test(arguments: TestDatabase.engines)
  func aLaterFileChangesWhatDiffers(_ engine: Dialect) throws {
    try ImportDesk.withCoaching(engine) { desk in
      for (kind, file) in SampleCoaching.all { try desk.take(kind, guarded(file)) }
      func change(_ kind: ImportKind, _ cells: [String: String], _ summary: String) throws {
        let outcome = try desk.take(kind, SampleFile(kind, [cells]))
        #expect(outcome.summary == summary, "\(kind) \(cells): \(outcome.summary) \(outcome.faults)")
        #expect(try desk.differences() == [])
        #expect(try desk.take(kind, SampleFile(kind, [cells])).changesAnything == false)
      }
      // The coach's new name is found on the Learners page, the hours are replaced, a profile that was saved stays saved.
      try change(.coaches, ["Name": "Ines Duarte-Lima", "Working Hours": "Sun 10:00-24:00"], "1 row: 1 coach changed.")
      #expect(try desk.count("SELECT COUNT(*) FROM coach_hours") == 1)
      #expect(try desk.count("SELECT COUNT(*) FROM engagement_rows WHERE coach_key = 'ines duarte-lima'") == 1)
      #expect(
        try desk.count("SELECT COUNT(*) FROM coaches WHERE name_key = 'ines duarte-lima' AND profile_saved_at <> '' AND biography = ''")
          == 1)
      // What is empty is emptied, but what the group gives stays as it was, and so does the External ID. A note stays too.
      try change(
        .engagements,
        [
          "Coach Email": "mark@example.org", "Focus Areas": "delegation; Presence", "Goals": "Speak first", "Goals Achieved": "Speak first",
        ],
        "1 row: 1 focus skill created, 1 engagement changed.")
      let ada = try desk.coaching().filter { $0.contains("|ada@example.org|2026-") }
      for line in [
        "engagement|ada@example.org|2026-01-05T09:00:00.000Z|Emerging leaders|Plan A|-|-|Mark Osei|2026-07-04T09:00:00.000Z|180|4|2|12|1"
          + "|30|2026-06-04T09:00:00.000Z|0|NONE|0",
        "area|ada@example.org|2026-01-05T09:00:00.000Z|Delegation|1", "area|ada@example.org|2026-01-05T09:00:00.000Z|Presence|1",
        "goal|ada@example.org|2026-01-05T09:00:00.000Z|Speak first|1",
        // Mark was her coach in March already.
        "had|ada@example.org|2026-01-05T09:00:00.000Z|Mark Osei|2026-03-01T09:00:00.000Z",
        "had|ada@example.org|2026-01-05T09:00:00.000Z|Ines Duarte-Lima|2026-01-05T09:00:00.000Z",
      ] { #expect(ada.contains(line), "\(line)") }
      #expect(ada.count { $0.hasPrefix("area|") || $0.hasPrefix("goal|") } == 3)
      #expect(ada.count { $0.hasPrefix("note|") } == 1)
      #expect(try desk.count("SELECT COUNT(*) FROM users WHERE external_id = 'E1'") == 1)
      try change(.engagements, ["Name": "Ada King"], "1 row: 1 user changed, 1 engagement changed.")
      #expect(try desk.count("SELECT COUNT(*) FROM engagement_rows WHERE search_key LIKE 'ada king%'") == 2)
      // A session that is moved to another learner leaves the one before.
      try change(.coachingSessions, ["Email": "ben@example.org"], "1 row: 1 session changed.")
      try change(.feedbackInvitations, ["Removed": "2026-02-01T00:00:00.000Z"], "1 row: 1 360° invitation changed.")
      try change(.npsResponses, ["Score": "2"], "1 row: 1 NPS answer changed.")
      #expect(try desk.count("SELECT nps_detractors FROM coaches WHERE name = 'Mark Osei'") == 2)
    }
  }

  /// Two sessions that change places, and one that takes the place of another that is canceled in the same file.
  @Test(arguments: TestDatabase.engines)
  func sessionsMayChangePlaces(_ engine: Dialect) throws {
    try ImportDesk.withCoaching(engine) { desk in
      try desk.take(.coaches, SampleFile(.coaches, [[:]]))
      try desk.take(.engagements, SampleFile(.engagements, [[:]]))
      func session(_ id: String, _ day: Int, _ more: [String: String] = [:]) -> [String: String] {
        ["Session ID": id, "Start": "2026-06-0\(day)T09:00:00.000Z", "End": "2026-06-0\(day)T10:00:00.000Z", "State": "Scheduled"].merging(
          more
        ) { $1 }
      }
      #expect(try desk.take(.coachingSessions, SampleFile(.coachingSessions, [session("a", 1), session("b", 2), session("c", 3)])).isDone)
      let canceled = ["State": "Canceled", "Canceled": "2026-05-20T09:00:00.000Z", "Canceled By": "Learner"]
      let moved = SampleFile(
        .coachingSessions, [session("a", 2), session("b", 1), session("c", 3, canceled), session("d", 3)])
      let outcome = try desk.take(.coachingSessions, moved)
      #expect(outcome.summary == "4 rows: 1 session created, 3 sessions changed.", "\(outcome.faults)")
      #expect(try desk.differences() == [])
      #expect(try desk.count("SELECT bookings FROM coaches") == 2)
    }
  }

  @Test(arguments: TestDatabase.engines)
  func peopleKeepWhatTheFileDoesNotSay(_ engine: Dialect) throws {
    try ImportDesk.withCoaching(engine) { desk in
      try desk.take(
        .membershipReport, SampleFile(.membershipReport, [["External Id": "E1", "Job Title": "Analyst", "Name": "Ada Byron"]]))
      let before = try desk.contents()
      #expect(try desk.take(.engagements, SampleFile(.engagements, [[:]])).summary == "1 row: 1 engagement created.")
      let after = try desk.contents()
      #expect(after == before)
      // And a name that a report changes is followed by the Learners page.
      #expect(
        try desk.take(
          .membershipReport, SampleFile(.membershipReport, [["External Id": "E1", "Job Title": "Analyst", "Name": "Ada King"]])
        ).isDone)
      #expect(try desk.count("SELECT COUNT(*) FROM engagement_rows WHERE search_key LIKE 'ada king%'") == 1)
      #expect(try desk.differences() == [])
    }
  }

  /// More than are there, which are written in another way than a few.
  @Test(arguments: TestDatabase.engines)
  func aLargeFileIsTakenOnceAndItsFiguresAgree(_ engine: Dialect) throws {
    try ImportDesk.withCoaching(engine) { desk in
      try desk.take(.coaches, SampleCoaching.coaches)
      let people = 0..<Int(ImportContext.many) + 50
      func engagements(_ plan: String) -> SampleFile {
        SampleFile(
          .engagements,
          people.map {
            [
              "Name": "Person \($0 * 7919 % 10_007)", "Email": "p\($0)@example.org",
              "Coach Email": $0 % 2 == 0 ? "ines@coaches.example" : "",
              "Focus Areas": "Skill \($0 % 7)", "Goals": "Goal \($0); Another", "Coaching Plan": plan,
            ]
          })
      }
      let sessions = SampleFile(
        .coachingSessions, people.map { ["Session ID": "s\($0)", "Email": "p\($0)@example.org", "Rating": "\($0 % 5 + 1)"] })
      for (kind, file) in [
        (ImportKind.engagements, engagements("None")), (.coachingSessions, sessions), (.engagements, engagements("Begun")),
      ] {
        let outcome = try desk.take(kind, file)
        #expect(outcome.isDone && outcome.changesAnything, "\(outcome.faults)")
        #expect(try desk.differences() == [])
        #expect(try desk.take(kind, file).changesAnything == false)
      }
      #expect(
        try desk.count("SELECT COUNT(*) FROM engagement_rows WHERE stage = 2 AND coaching_plan = 1 AND goals = 2") == Int64(people.count))
      #expect(try desk.count("SELECT sessions FROM coach_totals WHERE sessions > 0") == Int64(people.count))
      #expect(try desk.database.integrityProblems() == [])
    }
  }

  /// As a spreadsheet has a file: what would run there carries a quote.
  private func guarded(_ file: SampleFile) -> SampleFile {
    var file = file
    file.rows = file.rows.map { row in row.map { $0.hasPrefix("=") ? "'" + $0 : $0 } }
    return file
  }
}

extension ImportDesk {
  /// The cells of a learner as an export has them, by header.
  func cells(_ email: String, launched: String) throws -> [String: String] {
    final class Bytes { var all: [UInt8] = [] }
    let bytes = Bytes()
    var filter = LearnerFilter()
    filter.search = email
    filter.launchedFrom = Moment(launched)
    let reach = try self.scope
    try database.export { [filter] connection in
      try LearnerList(scope: reach).write(
        filter, sort: Sorting(.name, descending: false), columns: LearnerColumn.reference, bom: false, in: connection
      ) { bytes.all += $0 }
    }
    var file = CSVFile(bytes: bytes.all)
    var cells: [String: String] = [:]
    let headers = LearnerColumn.reference.map(\.header)
    _ = try file.header(required: headers)
    try file.rows { row in for (index, header) in headers.enumerated() { cells[header] = row[index].unguardedText } }
    return cells
  }
}
