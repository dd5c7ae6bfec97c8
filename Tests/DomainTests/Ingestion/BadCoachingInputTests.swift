import Database
import Support
import Testing
import World

@testable import Domain

/// Bad rows of the coaching files: each fault has its line, its column and its reason, and nothing is written.
@Suite struct BadCoachingInputTests {
  typealias Case = BadInputTests.Case

  private static let noMoment = "is not a date and time such as 2014-06-28T18:51:00.000Z"
  private static let future = "2026-05-28T20:26:41.000Z"

  static let cases: [Case] = [
    Case(.coaches, ["Email": "x"], 2, "Email", "Email has no @ sign."),
    Case(.coaches, ["Name": "a\u{7}b\u{1b}[2J"], 1, "Name", "the text holds a character that cannot be printed"),
    Case(.coaches, ["Name": " "], 1, "Name", "Name is missing"),
    Case(.coaches, ["Platform Coach": ""], 3, "Platform Coach", "Platform Coach is missing; it is Yes or No"),
    Case(.coaches, ["Time Zone": "Berlin"], 4, "Time Zone", "\"Berlin\" is not a time zone such as Europe/Berlin"),
    Case(.coaches, ["Biography": String(repeating: "x", count: 20_001)], 6, "Biography", "the text is longer than 20,000 bytes"),
    Case(
      .coaches, ["Meeting Link": "javascript:alert(1)"], 8, "Meeting Link",
      "\"javascript:alert(1)\" is not an address such as https://meet.example.com/room"),
    Case(.coaches, ["Session Minutes": "10"], 9, "Session Minutes", "10 is not within 15 and 480"),
    Case(.coaches, ["Capacity": "1.5"], 10, "Capacity", "\"1.5\" is not a whole number"),
    Case(
      .coaches, ["Working Hours": "weekdays"], 11, "Working Hours",
      "\"weekdays\" is not working hours such as Mon-Fri 09:00-17:00; Sat 10:00-12:00."),
    Case(.coaches, ["Working Hours": "Mon 09:00-12:00, 11:00-13:00"], 11, "Working Hours", "Working hours on Mon overlap."),
    Case(.coaches, ["Email": "b@example.org", "Deactivated": future], 12, "Deactivated", "\(future) lies in the future"),

    Case(.engagements, ["Group": ""], 4, "Group", "Group is missing"),
    Case(.engagements, ["Company Purchase": ""], 5, "Company Purchase", "Company Purchase is missing"),
    Case(.engagements, ["Date Launched": ""], 8, "Date Launched", "Date Launched is missing"),
    Case(.engagements, ["Profile": "Yes"], 11, "Profile", "\"Yes\" \(noMoment)"),
    Case(.engagements, ["Coach Email": "ines"], 14, "Coach Email", "Email has no @ sign."),
    Case(.engagements, ["Coach Changed": "once"], 15, "Coach Changed", "\"once\" is neither Yes nor No"),
    Case(.engagements, ["Coaching Plan": "Done"], 16, "Coaching Plan", "\"Done\" is none of None, Begun and Complete"),
    Case(.engagements, ["Focus Areas": "A; a"], 18, "Focus Areas", "a focus area is named twice"),
    Case(.engagements, ["Focus Areas": "A; ; B;"], 18, "Focus Areas", "a focus area beside a semicolon has no text"),
    Case(.engagements, ["Goals": "A; B; A"], 19, "Goals", "a goal is named twice"),
    Case(.engagements, ["Goals": String(repeating: "x", count: 1001)], 19, "Goals", "a goal is longer than 1,000 bytes"),
    Case(.engagements, ["Goals": "A", "Goals Achieved": "B"], 20, "Goals Achieved", "\"B\" is none of the goals"),
    Case(.engagements, ["Remeasurement": "perhaps"], 22, "Remeasurement", "\"perhaps\" is neither Yes nor No"),
    Case(.engagements, ["Duration": "0"], 31, "Duration", "0 is not within 1 and 3,650"),
    Case(.engagements, ["Maximum Invited": "10001"], 34, "Maximum Invited", "10,001 is not within 0 and 10,000"),
    Case(
      .engagements, ["Email": "b@example.org", "Company Purchase": "Plan C"], 5, "Company Purchase",
      "there is no company purchase Plan C; there are Plan A and Plan B"),
    Case(
      .engagements, ["Email": "b@example.org", "360 Assessment": "Other"], 6, "360 Assessment",
      "there is no 360° assessment Other; there is Leadership 360"),
    Case(.engagements, ["Email": "b@example.org", "Survey": "Other"], 7, "Survey", "there is no survey Other; there is Pulse"),
    Case(
      .engagements, ["Email": "b@example.org", "Coach Email": "nobody@example.org"], 14, "Coach Email",
      "there is no coach with the email nobody@example.org"),
    Case(.engagements, ["Email": "b@example.org", "Date Launched": future], 8, "Date Launched", "\(future) lies in the future"),
    Case(.engagements, ["Email": "b@example.org", "Date Unpause": future], 27, "Date Unpause", "\(future) lies in the future"),
    Case(
      .engagements, ["Email": "b@example.org", "Engagement End Date": "2026-01-05T09:00:00.000Z"], 9, "Engagement End Date",
      "the engagement would end on 2026-01-05T09:00:00.000Z, which is not after its launch"),
    Case(
      .engagements, ["Email": "b@example.org", "Minimum Answered": "5"], 33, "Minimum Answered",
      "of at least 4 invited no 5 can be needed to answer"),
    Case(
      .engagements, ["Email": "b@example.org", "Maximum Invited": "3"], 34, "Maximum Invited", "at most 3 invited is less than at least 4"),

    Case(.coachingSessions, ["Session ID": ""], 1, "Session ID", "Session ID is missing"),
    Case(.coachingSessions, ["Coach Email": ""], 3, "Coach Email", "Email is missing."),
    Case(.coachingSessions, ["End": "2026-02-02T09:00:00.000Z"], 5, "End", "the session would end before it begins"),
    Case(
      .coachingSessions, ["State": "Held"], 6, "State",
      "\"Held\" is none of Scheduled, Completed, Canceled, Late Canceled and Missed"),
    Case(
      .coachingSessions, ["State": "Canceled", "Canceled By": "Coach"], 7, "Canceled", "Canceled is missing: when was the session canceled?"
    ),
    Case(
      .coachingSessions, ["State": "Canceled", "Canceled": "2026-01-01T00:00:00.000Z"], 8, "Canceled By",
      "Canceled By is missing; it is one of Learner and Coach"),
    // Exactly 24 hours before is in time.
    Case(
      .coachingSessions, ["State": "Late Canceled", "Canceled": "2026-02-01T09:00:00.000Z", "Canceled By": "Learner"], 6, "State",
      "the learner canceled 24 hours or more before the start, which is Canceled and not late"),
    Case(
      .coachingSessions, ["State": "Canceled", "Canceled": "2026-02-01T09:00:00.001Z", "Canceled By": "Learner"], 6, "State",
      "the learner canceled less than 24 hours before the start, which is Late Canceled"),
    Case(
      .coachingSessions, ["State": "Late Canceled", "Canceled": "2026-02-02T08:00:00.000Z", "Canceled By": "Coach"], 6, "State",
      "the coach canceled, which is Canceled and not late"),
    Case(
      .coachingSessions, ["Canceled": "2026-02-02T08:00:00.000Z"], 6, "State",
      "the session has a cancel, but its state says that it was not canceled"),
    Case(
      .coachingSessions, ["State": "Missed", "Manager Attended": "Yes"], 9, "Manager Attended",
      "a manager can attend only a session that took place"),
    Case(.coachingSessions, ["State": "Missed", "Rating": "4"], 10, "Rating", "only a completed session can be rated"),
    Case(.coachingSessions, ["Rating": "6"], 10, "Rating", "6 is not within 1 and 5"),
    Case(.coachingSessions, ["Session ID": "S2", "Email": "b@example.org"], 2, "Email", "there is no user b@example.org"),
    Case(
      .coachingSessions, ["Session ID": "S2", "Start": "2025-12-01T09:00:00.000Z"], 4, "Start", "ada@example.org had no engagement by then"),
    Case(
      .coachingSessions, ["Session ID": "S2", "Coach Email": "b@example.org"], 3, "Coach Email",
      "there is no coach with the email b@example.org"),
    Case(
      .coachingSessions, ["Session ID": "S2", "Start": future, "End": "2026-06-01T09:00:00.000Z"], 4, "Start",
      "\(future) lies in the future"),

    Case(.feedbackInvitations, ["Round": "3"], 2, "Round", "3 is not within 1 and 2"),
    Case(.feedbackInvitations, ["Round": ""], 2, "Round", "Round is missing"),
    Case(.feedbackInvitations, ["Participant Email": "p@"], 4, "Participant Email", "Email has nothing after the @ sign."),
    Case(.feedbackInvitations, ["Invited": ""], 6, "Invited", "Invited is missing"),
    Case(
      .feedbackInvitations, ["Answered": "2026-01-20T07:59:00.000Z"], 7, "Answered",
      "the participant would have answered before being invited"),
    Case(
      .feedbackInvitations, ["Removed": "2026-01-20T07:59:00.000Z"], 8, "Removed",
      "the participant would have been removed before being invited"),
    Case(.feedbackInvitations, ["Email": "b@example.org"], 1, "Email", "there is no user b@example.org"),
    Case(
      .feedbackInvitations, ["Participant Email": "q@example.org", "Answered": future], 7, "Answered", "\(future) lies in the future"),

    Case(.npsResponses, ["Score": "11"], 2, "Score", "11 is not within 0 and 10"),
    Case(.npsResponses, ["Score": ""], 2, "Score", "Score is missing"),
    Case(.npsResponses, ["Answered": "then"], 3, "Answered", "\"then\" \(noMoment)"),
    Case(.npsResponses, ["Answered": "2025-03-05T08:00:00.000Z"], 3, "Answered", "ada@example.org had no engagement by then"),
    Case(.npsResponses, ["Answered": future], 3, "Answered", "\(future) lies in the future"),
  ]

  /// What must be there before rows of a kind can be good.
  private func prepare(_ kind: ImportKind, _ desk: ImportDesk) throws {
    guard kind != .coaches, kind != .engagements else { return }
    #expect(try desk.take(.coaches, SampleFile(.coaches, [[:]])).isDone)
    #expect(try desk.take(.engagements, SampleFile(.engagements, [[:]])).isDone)
  }

  @Test(arguments: cases)
  func aBadCellIsNamedAndNothingIsWritten(_ it: Case) throws {
    try ImportDesk.withCoaching(.sqlite) { desk in
      try prepare(it.kind, desk)
      let before = try desk.coaching()
      let outcome = try desk.take(it.kind, SampleFile(it.kind, [[:], it.cells]))
      #expect(outcome.faults == [ImportFault(line: 3, column: it.column, header: it.header, reason: it.reason)])
      #expect(outcome.isRefused && !outcome.isDone && outcome.badRows == 1)
      let after = try desk.coaching()
      #expect(after == before)
    }
  }

  /// Faults that the database finds, on both engines, and rows that contradict each other.
  @Test(arguments: TestDatabase.engines)
  func rowsThatContradictEachOtherAreAllNamed(_ engine: Dialect) throws {
    try ImportDesk.withCoaching(engine) { (desk: ImportDesk) throws in
      func faults(_ kind: ImportKind, _ rows: [[String: String]]) throws -> [String] {
        try desk.take(kind, SampleFile(kind, rows)).faults.map(\.description)
      }
      func twice(_ column: String, _ words: String) -> [String] {
        ["line 2, \(column): lines 2 and 3 are both for \(words)", "line 3, \(column): lines 2 and 3 are both for \(words)"]
      }
      #expect(try faults(.coaches, [[:], ["Email": "INES@coaches.example"]]) == twice("column 2 (Email)", "this coach"))
      #expect(
        try faults(.coaches, [[:], ["Platform Coach": "No"]]) == [], "the same person may be the platform's coach and the organization's")
      #expect(try faults(.engagements, [[:], ["Group": "Another"]]) == twice("column 8 (Date Launched)", "this engagement"))
      #expect(
        try faults(.engagements, [[:], ["Date Launched": "2025-01-05", "Name": "Ada King"]]).first
          == "line 2, column 1 (Name): lines 2 to 3 give ada@example.org different names")
      #expect(
        try faults(
          .engagements,
          [
            ["Company Purchase": "Plan Z"], ["Email": "b@example.org", "Coach Email": "nobody@example.org", "Minimum Answered": "5"],
            ["Email": "c@example.org", "Date Launched": "2027-01-01"],
          ]) == [
            "line 2, column 5 (Company Purchase): there is no company purchase Plan Z; there are Plan A and Plan B",
            "line 3, column 14 (Coach Email): there is no coach with the email nobody@example.org",
            "line 3, column 33 (Minimum Answered): of at least 4 invited no 5 can be needed to answer",
            "line 4, column 8 (Date Launched): 2027-01-01T00:00:00.000Z lies in the future",
          ])
      #expect(try desk.count("SELECT COUNT(*) FROM engagements") == 0)
      #expect(try faults(.engagements, [[:]]) == [])
      let ahead = ["State": "Scheduled", "Start": "2026-06-03T09:00:00.000Z", "End": "2026-06-03T10:00:00.000Z"]
      func with(_ id: String, _ cells: [String: String]) -> [String: String] { cells.merging(["Session ID": id]) { $1 } }
      #expect(try faults(.coachingSessions, [[:], [:]]) == twice("column 1 (Session ID)", "this session"))
      #expect(try faults(.coachingSessions, [with("a", ahead), with("b", ahead)]) == twice("column 4 (Start)", "this coach and start"))
      #expect(try faults(.coachingSessions, [with("a", ahead)]) == [])
      #expect(
        try faults(.coachingSessions, [with("b", ahead)]) == [
          "line 2, column 4 (Start): the coach has another session scheduled at 2026-06-03T09:00:00.000Z"
        ])
      #expect(
        try faults(.feedbackInvitations, [[:], ["Participant Email": "PEER@example.org", "Invited": "2026-02-01"]])
          == twice("column 4 (Participant Email)", "this participant in this round"))
      #expect(try faults(.npsResponses, [[:], ["Score": "1"]]) == twice("column 3 (Answered)", "this answer"))
      #expect(try desk.differences() == [])
    }
  }

  /// The good rows are taken, and what only bad rows name is not made.
  @Test(arguments: TestDatabase.engines)
  func badRowsAreSkipped(_ engine: Dialect) throws {
    try ImportDesk.withCoaching(engine) { desk in
      let outcome = try desk.take(
        .engagements,
        SampleFile(
          .engagements,
          [
            ["Focus Areas": "Listening"],
            ["Email": "b@example.org", "Group": "Only here", "Focus Areas": "Nobody's", "Company Purchase": "Plan Z"],
          ])
      ) { $0.skipsBadRows = true }
      #expect(outcome.isDone && outcome.badRows == 1)
      #expect(try desk.count("SELECT COUNT(*) FROM coaching_groups") == 1)
      #expect(try desk.count("SELECT COUNT(*) FROM focus_skills") == 1)
      #expect(try desk.count("SELECT COUNT(*) FROM engagements") == 1)
      #expect(try desk.read("file.rejected.csv").contains("Company Purchase: there is no company purchase Plan Z"))
      #expect(try desk.differences() == [])
    }
  }

  /// Another organization's group, purchase, coach and learner are none of this one's.
  @Test(arguments: TestDatabase.engines)
  func whatAnotherOrganizationHasDoesNotCount(_ engine: Dialect) throws {
    try ImportDesk.withCoaching(engine) { desk in
      let other = try Organization.create(
        slug: "southwind", name: "Southwind", timeZone: "UTC", by: 0, at: ImportDesk.now, in: desk.database)
      #expect(try desk.take(.coaches, SampleFile(.coaches, [["Platform Coach": "No"]])).isDone)
      #expect(try desk.take(.engagements, SampleFile(.engagements, [["Coach Email": "ines@coaches.example"]])).isDone)
      let there = ImportDesk(database: desk.database, organization: other.id, folder: desk.folder)
      #expect(
        try there.take(.engagements, SampleFile(.engagements, [["Coach Email": "ines@coaches.example", "Survey": "Pulse"]])).faults.map(
          \.description) == [
            "line 2, column 5 (Company Purchase): there is no company purchase Plan A; the organization has none yet",
            "line 2, column 7 (Survey): there is no survey Pulse; none exists yet",
            "line 2, column 14 (Coach Email): there is no coach with the email ines@coaches.example",
          ])
      #expect(
        try there.take(.npsResponses, SampleFile(.npsResponses, [[:]])).faults.map(\.description) == [
          "line 2, column 1 (Email): there is no user ada@example.org"
        ])
    }
  }
}
