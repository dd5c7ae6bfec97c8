import CSV
import Database
import Foundation
import Support
import Testing
import World

@testable import Domain

/// Bad files: each fault has its line, its column and its reason, and nothing is written.
@Suite struct BadInputTests {
  /// A file with one bad row in line 3, and what is said of it.
  struct Case: Sendable, CustomTestStringConvertible {
    let kind: ImportKind, cells: [String: String], column: Int64, header: String, reason: String

    init(_ kind: ImportKind, _ cells: [String: String], _ column: Int64, _ header: String, _ reason: String) {
      (self.kind, self.cells, self.column, self.header, self.reason) = (kind, cells, column, header, reason)
    }

    var testDescription: String { "\(kind.rawValue) \(cells)" }
  }

  static let cases: [Case] = [
    Case(.membershipReport, ["Email": "ben@@example.org"], 2, "Email", "Email has two @ signs."),
    Case(.membershipReport, ["Email": ""], 2, "Email", "Email is missing."),
    Case(.membershipReport, ["Name": String(repeating: "é", count: 501)], 1, "Name", "the text is longer than 1,000 bytes"),
    Case(.membershipReport, ["External Id": String(repeating: "7", count: 1001)], 3, "External Id", "the text is longer than 1,000 bytes"),
    Case(.membershipReport, ["Job Title": String(repeating: "x", count: 1001)], 15, "Job Title", "the text is longer than 1,000 bytes"),
    Case(.membershipReport, ["Contract(s)": String(repeating: "x", count: 1001)], 12, "Contract(s)", "the text is longer than 1,000 bytes"),
    Case(
      .membershipReport, ["Program Slug": String(repeating: "x", count: 1001)], 5, "Program Slug", "the text is longer than 1,000 bytes"),
    Case(.membershipReport, ["Name": "  "], 1, "Name", "Name is missing"),
    Case(
      .membershipReport, ["Join Date": "2014-13-01"], 9, "Join Date",
      "\"2014-13-01\" is not a date and time such as 2014-06-28T18:51:00.000Z"),
    Case(
      .membershipReport, ["Join Date": "yesterday"], 9, "Join Date", "\"yesterday\" is not a date and time such as 2014-06-28T18:51:00.000Z"
    ),
    Case(.membershipReport, ["# Enrolled Courses": "two"], 6, "# Enrolled Courses", "\"two\" is not a number such as 12.50"),
    Case(.membershipReport, ["# Enrolled Courses": "1.5"], 6, "# Enrolled Courses", "\"1.5\" is not a whole number"),
    Case(.membershipReport, ["# Completed Courses": "-1"], 7, "# Completed Courses", "\"-1\" is less than 0"),
    Case(.membershipReport, ["Member State": "GONE"], 8, "Member State", "\"GONE\" is none of INVITED, MEMBER and DELETED_MEMBER"),
    Case(.membershipReport, ["Program Slug": ""], 5, "Program Slug", "Program Slug is missing"),
    Case(
      .membershipReport, ["Program Slug": "a/b"], 5, "Program Slug",
      "\"a/b\" cannot be part of an address; a slug has letters, digits, - and _ only"),
    Case(.membershipReport, ["Contract(s)": "A; A"], 12, "Contract(s)", "a contract is named twice"),
    Case(.membershipReport, ["Contract(s)": "A; ; B"], 12, "Contract(s)", "a contract beside a semicolon has no name"),
    Case(.usageReport, ["Enrollment Time": ""], 8, "Enrollment Time", "Enrollment Time is missing"),
    Case(.usageReport, ["Overall Progress": "120"], 11, "Overall Progress", "\"120\" is more than 100"),
    Case(.usageReport, ["Overall Progress": "12,5"], 11, "Overall Progress", "\"12,5\" is not a number such as 12.50"),
    Case(.usageReport, ["Estimated Learning Hours": "1h"], 12, "Estimated Learning Hours", "\"1h\" is not a number such as 12.50"),
    Case(.usageReport, ["Completed": "maybe"], 13, "Completed", "\"maybe\" is neither Yes nor No"),
    Case(.usageReport, ["Removed From Program": ""], 14, "Removed From Program", "Removed From Program is missing; it is Yes or No"),
    Case(.usageReport, ["Course ID": " "], 5, "Course ID", "Course ID is missing"),
    Case(.usageReport, ["Contract": "A; B"], 20, "Contract", "an enrollment has one contract, here are several"),
    Case(.assessments, ["Weight": "NaN"], 7, "Weight", "\"NaN\" is not a number such as 12.50"),
    Case(.assessments, ["Required": "1"], 10, "Required", "\"1\" is neither Yes nor No"),
    Case(.assessments, ["Due Time": "2024-02-30"], 6, "Due Time", "\"2024-02-30\" is not a date and time such as 2014-06-28T18:51:00.000Z"),
    Case(.courses, ["Course": ""], 1, "Course", "Course is missing"),
    Case(.courses, ["Course ID": "C2", "Skill": ""], 6, "Skill", "Skill is missing, although a domain is given"),
  ]

  @Test(arguments: cases)
  func aBadCellIsNamedAndNothingIsWritten(_ it: Case) throws {
    try ImportDesk.with(.sqlite) { desk in
      let before = try desk.contents()
      let outcome = try desk.take(it.kind, SampleFile(it.kind, [[:], it.cells]))
      #expect(outcome.faults == [ImportFault(line: 3, column: it.column, header: it.header, reason: it.reason)])
      #expect(outcome.isRefused && !outcome.isDone && outcome.rows == 2 && outcome.badRows == 1)
      #expect(outcome.summary == "Nothing was written: 1 of 2 rows is bad. Mend the file, or import the good rows with --skip-bad-rows.")
      let contents = try desk.contents()
      #expect(contents == before)
    }
  }

  @Test func aFaultIsPrintedWithItsPlace() {
    let fault = ImportFault(line: 3, column: 9, header: "Join Date", reason: "it is wrong")
    #expect(fault.description == "line 3, column 9 (Join Date): it is wrong")
  }

  /// Faults between rows, of the given kind in a second and third row; each of the rows concerned is bad.
  @Test(arguments: TestDatabase.engines)
  func rowsThatContradictEachOtherAreAllNamed(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { (desk: ImportDesk) throws in
      func faults(_ kind: ImportKind, _ rows: [[String: String]]) throws -> [String] {
        try desk.take(kind, SampleFile(kind, rows)).faults.map(\.description)
      }
      let sameKey = "lines 2 and 3 are both for"
      #expect(
        try faults(.membershipReport, [[:], ["Email": "ADA@example.org"]]) == [
          "line 2, column 2 (Email): \(sameKey) ada@example.org in this program",
          "line 3, column 2 (Email): \(sameKey) ADA@example.org in this program",
        ])
      #expect(
        try faults(.usageReport, [[:], [:]]).first == "line 2, column 2 (Email): \(sameKey) ada@example.org in this course of this program")
      #expect(try faults(.assessments, [[:], ["Weight": "20"]]).first == "line 2, column 3 (Assessment ID): \(sameKey) this assessment")
      #expect(try faults(.courses, [[:], [:]]).last == "line 3, column 2 (Course ID): \(sameKey) this course and skill")
      #expect(
        try faults(.membershipReport, [[:], ["Program Slug": "autumn", "Program Name": "Autumn", "Name": "Ada King"]]).first
          == "line 2, column 1 (Name): lines 2 to 3 give ada@example.org different names")
      #expect(
        try faults(.membershipReport, [[:], ["Email": "ben@example.org", "Program Name": "Summer"]]).last
          == "line 3, column 4 (Program Name): the program spring has different names in this file")
      #expect(
        try faults(.usageReport, [[:], ["Email": "ben@example.org", "Course": "Other"]]).first
          == "line 2, column 4 (Course): the course C1 has different names in this file")
      #expect(
        try faults(.membershipReport, [["External Id": "7"], ["Email": "ben@example.org", "External Id": "7"]]).first
          == "line 2, column 3 (External Id): the External ID 7 is given to ada@example.org and to ben@example.org")
      #expect(
        try faults(.membershipReport, [["Job Title": "A"], ["Program Slug": "autumn", "Program Name": "", "Job Title": "B"]]).last
          == "line 3, column 15 (Job Title): lines 2 to 3 give ada@example.org different values of Job Title")
      #expect(try desk.count("SELECT COUNT(*) FROM accounts") == 0)
    }
  }

  @Test(arguments: TestDatabase.engines)
  func anExternalIDBelongsToOnePersonOnly(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      try desk.take(.membershipReport, SampleFile(.membershipReport, [["External Id": "7"]]))
      let outcome = try desk.take(.membershipReport, SampleFile(.membershipReport, [["Email": "ben@example.org", "External Id": "7"]]))
      #expect(outcome.faults.map(\.description) == ["line 2, column 3 (External Id): the External ID 7 belongs to ada@example.org"])
    }
  }

  @Test(arguments: TestDatabase.engines)
  func anAttemptOfWhatIsUnknownIsBad(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      for (kind, file) in SampleHistory.all.dropLast() { try desk.take(kind, file) }
      let outcome = try desk.take(
        .assessmentAttempts,
        SampleFile(
          .assessmentAttempts,
          [
            ["Email": "nobody@example.org"], ["Program Slug": "winter"], ["Course ID": "C9"], ["Assessment ID": "A9"],
            ["Email": "zoe@example.org"], ["External Id": "E5"], [:], [:], ["Score": "x"], ["Attempt Time": ""],
          ]))
      #expect(
        outcome.faults.map(\.description) == [
          "line 2, column 1 (Email): there is no user nobody@example.org",
          "line 3, column 4 (Program Slug): there is no program winter",
          "line 4, column 3 (Course ID): there is no course C9",
          "line 5, column 5 (Assessment ID): the course C1 has no assessment A9 in the program spring",
          "line 6, column 3 (Course ID): zoe@example.org is not enrolled in the course C1 in the program spring",
          "line 7, column 2 (External Id): E5 is not the External ID of ada@example.org",
          "line 7, column 6 (Attempt Time): lines 7 and 9 are both for this attempt",
          "line 8, column 6 (Attempt Time): lines 7 and 9 are both for this attempt",
          "line 9, column 6 (Attempt Time): lines 7 and 9 are both for this attempt",
          "line 10, column 7 (Score): \"x\" is not a number such as 12.50",
          "line 11, column 6 (Attempt Time): Attempt Time is missing",
        ])
      #expect(try desk.count("SELECT COUNT(*) FROM assessment_attempts") == 0)
    }
  }

  @Test func aFileThatCannotBeReadToItsEndIsRefusedWhole() throws {
    try ImportDesk.with(.sqlite) { (desk: ImportDesk) throws in
      func fault(_ text: String) throws -> String {
        let outcome = try desk.take(.membershipReport, Array(text.utf8))
        #expect(outcome.isBroken && !outcome.isDone)
        return outcome.faults.map(\.description).joined(separator: "\n")
      }
      let good = SampleFile(.membershipReport, [[:]]).text
      #expect(try fault("") == "the file is empty: it has no header")
      #expect(
        try fault(good.replacing("Member State", with: "State")).hasPrefix(
          "line 1: the header lacks the column \"Member State\"; it has \"Name\""))
      #expect(try fault(good.replacing("Job Type", with: "Job Title")).contains("the column \"Job T"))
      #expect(
        try fault(good + "Ben,\"ben@example.org,1\r\n").hasPrefix("line 3, column 2 (Email): the quote that opens here is never closed"))
      let endless = good + "Ben,\"" + String(repeating: "x\r\n", count: 700_000)
      #expect(try fault(endless) == "line 3, column 2 (Email): the quote that opens here is not closed within 1048576 bytes")
      #expect(try fault(good + "B\u{0}n,b@example.org\r\n").hasPrefix("line 3"))
      // Faults of rows before the place are told as well.
      let both = try fault(SampleFile(.membershipReport, [["Email": "a@@b"]]).text + "Ben,\"x")
      #expect(both.hasPrefix("line 2, column 2 (Email): Email has two @ signs.\nline 3, column 2 (Email): the quote"))
      #expect(try desk.count("SELECT COUNT(*) FROM accounts") == 0)
    }
  }

  @Test func bytesThatAreNotTextAreRefusedAtTheirLine() throws {
    try ImportDesk.with(.sqlite) { desk in
      var bytes = SampleFile(.membershipReport, [[:], ["Name": "Zo?", "Email": "zoe@example.org"]]).bytes
      for index in bytes.indices where bytes[index] == UInt8(ascii: "?") { bytes[index] = 0xEB }
      let outcome = try desk.take(.membershipReport, bytes)
      #expect(outcome.isBroken && outcome.faults.first?.line == 3)
      let mended = try desk.take(.membershipReport, bytes) { $0.encoding = .windows1252 }
      #expect(mended.isDone)
      #expect(try desk.count("SELECT COUNT(*) FROM users WHERE name = 'Zoë'") == 1)
    }
  }

  @Test func rowsOfAWrongLengthAreNamed() throws {
    try ImportDesk.with(.sqlite) { desk in
      let text = SampleFile(.membershipReport, [[:]]).text + "Ben,ben@example.org\r\n" + String(repeating: "x,", count: 21) + "x\r\n"
      let outcome = try desk.take(.membershipReport, Array(text.utf8))
      #expect(
        outcome.faults.map(\.description) == [
          "line 3, column 3 (External Id): the row ends after 2 of 21 fields; is the file cut off, or a separator lost?",
          "line 4, column 22: the row has 22 fields where the header has 21; does a separator need quotes?",
        ])
    }
  }

  @Test func theFirstHundredFaultsAreTold() throws {
    try ImportDesk.with(.sqlite) { desk in
      let rows = (0..<150).map { ["Email": "p\($0)@example.org", "Join Date": "never"] }
      let outcome = try desk.take(.membershipReport, SampleFile(.membershipReport, rows))
      #expect(outcome.faults.count == 100 && outcome.badRows == 150)
      #expect(outcome.faults.last?.line == 101)
    }
  }

  @Test(arguments: TestDatabase.engines)
  func badRowsAreSkippedIntoAFileThatCanBeMended(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      let rows: [[String: String]] = [
        ["Name": "=1+1"], ["Email": "ben@@example.org", "Name": "Ben, \"B\"", "Contract(s)": "Only here", "Job Title": "Nobody's"],
        ["Email": "cy@example.org", "Join Date": "x", "Invitation Date": "y"], ["Email": "di@example.org", "Name": "=9*9"],
        ["Email": "DI@example.org", "Name": "=9*9"],
      ]
      let outcome = try desk.take(.membershipReport, SampleFile(.membershipReport, rows)) { $0.skipsBadRows = true }
      #expect(outcome.isDone && outcome.badRows == 4)
      #expect(outcome.rejects == desk.path("file.rejected.csv"))
      #expect(outcome.summary.hasPrefix("1 row: 1 user created, 1 program created, 1 contract created, 1 membership created"))
      #expect(outcome.summary.hasSuffix(" 4 bad rows skipped, written to \(desk.path("file.rejected.csv"))."))
      #expect(try desk.count("SELECT COUNT(*) FROM users") == 1)
      #expect(try desk.count("SELECT COUNT(*) FROM contracts") == 1, "what only bad rows name is not made")
      #expect(try desk.count("SELECT COUNT(*) FROM attribute_values") == 0)
      #expect(try desk.differences() == [])

      let rejected = try desk.read("file.rejected.csv").split(separator: "\r\n").map(String.init)
      #expect(rejected.count == 5)
      #expect(rejected[0].hasSuffix("Location Region,Reason"))
      #expect(rejected[1].hasPrefix("\"Ben, \"\"B\"\"\",ben@@example.org,") && rejected[1].hasSuffix(",Email: Email has two @ signs."))
      #expect(rejected[2].contains("Join Date: \"\"x\"\" is not a date") && rejected[2].contains("; Invitation Date: \"\"y\"\" is not"))
      #expect(rejected[3].hasPrefix("'=9*9,di@example.org,"), "a spreadsheet opens this file")

      // Mended, the rejects are imported like any file; what is still bad goes into a file of its own with one reason.
      let mended = rejected.joined(separator: "\r\n").replacing("@@", with: "@").replacing("DI@", with: "ed@")
      let second = try desk.take(.membershipReport, Array(mended.utf8), name: "file.rejected.csv") { $0.skipsBadRows = true }
      #expect(second.isDone && second.badRows == 1)
      #expect(try desk.count("SELECT COUNT(*) FROM users") == 4)
      #expect(try desk.count("SELECT COUNT(*) FROM users WHERE name = '=9*9'") == 2)
      let again = try desk.read("file.rejected.rejected.csv").split(separator: "\r\n")
      #expect(again.count == 2 && again[0].components(separatedBy: "Reason").count == 2)
      let third = try desk.take(.membershipReport, again.joined(separator: "\r\n").utf8.map(\.self)) { $0.skipsBadRows = true }
      #expect(third.summary.hasPrefix("Nothing changed: the file has no good row. 1 bad row skipped"))
    }
  }
}
