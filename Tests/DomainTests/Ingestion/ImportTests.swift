import Database
import Foundation
import Support
import Testing
import World

@testable import Domain

/// Good files: what they make, that they make it once, and that the order and the spelling of the rows do not matter.
@Suite struct ImportTests {
  @Test(arguments: TestDatabase.engines)
  func aHistoryIsTakenOnceAndItsFiguresAgree(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      for (kind, file) in SampleHistory.all {
        let outcome = try desk.take(kind, guarded(file))
        #expect(outcome.isDone && outcome.changesAnything && outcome.badRows == 0, "\(kind): \(outcome.faults)")
        #expect(try desk.differences() == [])
      }
      let before = try desk.contents()
      let events = try desk.count("SELECT COUNT(*) FROM audit_events")
      for (kind, file) in SampleHistory.all {
        let outcome = try desk.take(kind, guarded(file))
        #expect(outcome.isDone && !outcome.changesAnything)
        #expect(outcome.summary == "Nothing changed: all \(file.rows.count) rows were already there.")
      }
      #expect(try desk.contents() == before)
      #expect(try desk.count("SELECT COUNT(*) FROM audit_events") == events, "an import that changes nothing writes nothing")
    }
  }

  @Test(arguments: TestDatabase.engines)
  func theFiguresAreThoseOfTheDefinitions(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      for (kind, file) in SampleHistory.all { try desk.take(kind, guarded(file)) }
      let contents = try desk.contents()
      // Ada attempted both assessments of her current course; one without a score is not failed.
      #expect(
        contents.contains(
          "membership|spring|ada@example.org|MEMBER|Contract A|2|1|1|2024-03-08T10:00:00.000Z|2024-03-08T10:00:00.000Z|"
            + "2024-03-08T10:00:00.000Z|9999|9999|ada byron\nada@example.org|2024-03-01T10:00:00.000Z|2024-03-02T10:00:00.000Z||2|0|"
            + "2024-03-08T10:00:00.000Z"))
      // The later attempt counts, although it came first in the file; the second assessment was never attempted. No membership report named this person.
      #expect(
        contents.contains(
          "membership|spring|new@example.org|MEMBER|Contract A|2|2|0||2024-02-29T00:00:00.000Z|2024-02-29T00:00:00.000Z|"
            + "2024-05-01T09:00:00.000Z|2024-04-02T09:00:00.000Z|new \"n.\" comer\nnew@example.org||2023-12-31T23:59:59.999Z||-|-|-"))
      #expect(contents.contains("further|spring|new@example.org|Contract C|0"))
      // Who was removed is neither idle nor at risk.
      #expect(
        contents.contains { $0.hasPrefix("membership|spring|formula@example.org|DELETED_MEMBER|Contract A|1|0|0||9999|9999|9999|9999|") })
      #expect(contents.contains("program|spring|Spring|spring|1|3|1|3|1|6|1|2|46044|2023-12-31T23:59:59.999Z"))
      #expect(contents.contains("organization|6|5|4|3|1"))
      #expect(contents.contains("day|spring|2024-03-03|0|0|3|0|4|0|0"))
      #expect(contents.contains("day|spring|2024-03-30|0|0|0|1|0|1|0"))
    }
  }

  /// What a report gives back is what was imported, also where a spreadsheet would run a cell: the guard's quote is on it in both.
  @Test(arguments: TestDatabase.engines)
  func reportsGiveBackWhatWasImported(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      for (kind, file) in SampleHistory.all { try desk.take(kind, guarded(file)) }
      let usage = try desk.report(.usage)
      #expect(records(usage) == records(guarded(SampleHistory.usage).text))
      let membership = try desk.report(.membership)
      #expect(records(expectedMemberships.text).subtracting(records(membership)) == [])
      #expect(
        records(membership).count == SampleHistory.memberships.rows.count + 2, "the header, and a member whom only the usage report names")
      // And what is exported changes nothing when it is imported.
      let before = try desk.contents()
      #expect(!(try desk.take(.usageReport, Array(usage.utf8))).changesAnything)
      let again = try desk.take(.membershipReport, Array(membership.utf8))
      #expect(again.isDone, "\(again.faults)")
      let figures = ["user", "program", "enrollment", "day", "organization", "contract", "further"]
      func facts(_ contents: [String]) -> [String] { contents.filter { line in figures.contains { line.hasPrefix($0 + "|") } } }
      #expect(try Set(facts(desk.contents())).symmetricDifference(facts(before)) == [])
    }
  }

  @Test(arguments: TestDatabase.engines, [1, 2, 3] as [UInt64])
  func theOrderOfRowsAndColumnsDoesNotMatter(_ engine: Dialect, seed: UInt64) throws {
    var expected: [String] = []
    try ImportDesk.with(engine) { desk in
      for (kind, file) in SampleHistory.all { try desk.take(kind, guarded(file)) }
      expected = try desk.contents()
    }
    var random = SeededGenerator(seed)
    try ImportDesk.with(engine) { desk in
      for (kind, file) in SampleHistory.all {
        var file = guarded(file)
        let columns = file.headers.indices.shuffled(using: &random)
        file.headers = columns.map { seed == 2 ? file.headers[$0].uppercased() : file.headers[$0] }
        file.rows = file.rows.shuffled(using: &random).map { row in columns.map { row[$0] } }
        let outcome = try desk.take(kind, file)
        #expect(outcome.isDone, "\(outcome.faults)")
      }
      let contents = try desk.contents()
      #expect(contents == expected)
      #expect(try desk.differences() == [])
    }
  }

  @Test(arguments: ["bom", "lf", "cr", "semicolon", "tab", "utf-16le", "utf-16be", "windows-1252"])
  func everyWritingOfAFileIsReadAlike(_ writing: String) throws {
    let file = SampleFile(.membershipReport, [["Name": "Zoë Müller", "Job Title": "a;b\tc,d"]])
    try ImportDesk.with(.sqlite) { desk in
      let bytes: [UInt8] =
        switch writing {
        case "bom": [0xEF, 0xBB, 0xBF] + file.bytes
        case "lf": Array(file.text(separator: ",", newline: "\n").utf8)
        case "cr": Array(file.text(separator: ",", newline: "\r").utf8)
        case "semicolon": Array(file.text(separator: ";", newline: "\r\n").utf8)
        case "tab": Array(file.text(separator: "\t", newline: "\r\n").utf8)
        case "utf-16le": [0xFF, 0xFE] + file.text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        case "utf-16be": [0xFE, 0xFF] + file.text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        default: file.text.unicodeScalars.map { UInt8($0.value) }
        }
      let outcome = try desk.take(.membershipReport, bytes) { if writing == "windows-1252" { $0.encoding = .windows1252 } }
      #expect(outcome.isDone, "\(outcome.faults)")
      let found = try desk.database.read { connection in
        try connection.first("SELECT u.name, v.value FROM users u JOIN attribute_values v ON v.id = u.job_title_id") {
          [$0.text(0), $0.text(1)]
        }
      }
      #expect(found == ["Zoë Müller", "a;b\tc,d"])
    }
  }

  @Test(arguments: TestDatabase.engines)
  func aDryRunSaysWhatItWouldDoAndWritesNothing(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      let before = try desk.contents()
      let outcome = try desk.take(.membershipReport, guarded(SampleHistory.memberships)) { $0.isDryRun = true }
      #expect(!outcome.isDone && outcome.isDryRun)
      #expect(
        outcome.summary.hasPrefix(
          "Nothing was written. An import would do this: 6 rows: 5 users created, 2 programs created, 2 contracts created"))
      #expect(try desk.contents() == before)
    }
  }

  @Test(arguments: TestDatabase.engines)
  func aUsageReportLeavesExistingMembershipsAsTheyAre(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      try desk.take(.membershipReport, SampleFile(.membershipReport, [[:]]))
      try desk.take(.usageReport, SampleFile(.usageReport, [["Removed From Program": "Yes"]]))
      #expect(
        try desk.count("SELECT COUNT(*) FROM memberships WHERE state = 'MEMBER' AND enrollments = 1 AND current_enrollments = 0") == 1)
      #expect(try desk.count("SELECT COUNT(*) FROM enrollments WHERE removed = 1") == 1)
      #expect(try desk.differences() == [])
    }
  }

  @Test(arguments: TestDatabase.engines)
  func aReportIsAFullStatementOfItsPeople(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      try desk.take(
        .membershipReport,
        SampleFile(
          .membershipReport,
          [
            ["External Id": "1", "Job Title": "Engineer"], ["Email": "ben@example.org", "Name": "Ben", "External Id": "2"],
          ]))
      // The two swap their External IDs, one gets another name, and the job title is gone.
      let outcome = try desk.take(
        .membershipReport,
        SampleFile(
          .membershipReport,
          [
            ["External Id": "2", "Name": "Ada King"], ["Email": "BEN@example.org", "Name": "Ben", "External Id": "1"],
          ]))
      #expect(outcome.changes.contains(ImportChange("users", created: 0, changed: 2)))
      let contents = try desk.contents()
      #expect(contents.contains { $0.hasPrefix("user|ada@example.org|Ada King|2|ada king\nada@example.org|") && $0.hasSuffix("|-|-") })
      #expect(contents.contains { $0.hasPrefix("user|BEN@example.org|Ben|1|") })
      #expect(contents.contains { $0.hasPrefix("membership|spring|ada@example.org|") && $0.contains("|ada king\nada@example.org|") })
      #expect(try desk.differences() == [])
    }
  }

  @Test(arguments: TestDatabase.engines)
  func aMovedDeadlineMovesTheRisk(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      for (kind, file) in SampleHistory.all { try desk.take(kind, guarded(file)) }
      try desk.take(.assessments, SampleFile(.assessments, [["Assessment ID": "A1", "Due Time": "2024-02-01", "Passing Score": "5"]]))
      #expect(try desk.differences() == [])
      #expect(
        try desk.count("SELECT COUNT(*) FROM memberships WHERE email_key = 'obrien@example.org' AND missed_at = '2024-02-01T00:00:00.000Z'")
          == 1)
      #expect(try desk.count("SELECT COUNT(*) FROM memberships WHERE failed_at <> '9999'") == 0)
    }
  }

  @Test(arguments: TestDatabase.engines)
  func anEarlierRowMovesTheBeginningAndALaterOneMovesItBack(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      for date in ["2024-03-05", "2022-01-01", "2025-06-01"] {
        try desk.take(.membershipReport, SampleFile(.membershipReport, [["Join Date": date, "Invitation Date": date]]))
        #expect(try desk.count("SELECT COUNT(*) FROM programs WHERE substr(began_at, 1, 10) = \(date)") == 1)
        #expect(try desk.differences() == [])
      }
    }
  }

  /// As the files of another system have it: cells that begin a formula carry the guard.
  private func guarded(_ file: SampleFile) -> SampleFile {
    var file = file
    file.rows = file.rows.map { row in
      row.map { cell in cell.drop { $0 == "'" }.first.map { "=+-@".contains($0) } == true ? "'" + cell : cell }
    }
    return file
  }

  /// The membership report with the counts that follow from the usage report.
  private var expectedMemberships: SampleFile {
    var file = guarded(SampleHistory.memberships)
    let counts = [["2", "1"], ["1", "0"], ["1", "0"], ["1", "0"], ["0", "0"], ["0", "0"]]
    for (index, pair) in counts.enumerated() { file.rows[index].replaceSubrange(5...6, with: pair) }
    return file
  }

  /// The records of a file, whatever their order. A line end within quotes belongs to its record.
  private func records(_ text: String) -> Set<String> {
    var records: Set<String> = []
    var record = ""
    for line in text.components(separatedBy: "\r\n") {
      record += record.isEmpty ? line : "\r\n" + line
      if record.count(where: { $0 == "\"" }) % 2 == 0 {
        if !record.isEmpty { records.insert(record) }
        record = ""
      }
    }
    return records
  }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
