import Database
import Support
import Testing
import World

@testable import Domain

/// Files of more rows than are there, which are written in another way than a few: the same comes of it.
@Suite struct BulkImportTests {
  private static let people = Int(ImportContext.many) + 100

  private func person(_ number: Int) -> [String: String] {
    [
      "Name": "Person \(number * 7919 % 10_007)", "Email": "p\(number)@example.org", "External Id": "E\(number)",
      "Job Title": "Title \(number % 7)", "Manager Name": "Manager \(number % 50)",
    ]
  }

  private func memberships(_ change: (Int, inout [String: String]) -> Void = { _, _ in }) -> SampleFile {
    SampleFile(
      .membershipReport,
      (0..<BulkImportTests.people).map { number in
        var cells = person(number)
        cells["Contract(s)"] = number % 3 == 0 ? "Contract A; Contract B" : "Contract B"
        change(number, &cells)
        return cells
      })
  }

  private func usage() -> SampleFile {
    SampleFile(
      .usageReport,
      (0..<BulkImportTests.people).flatMap { number in
        (0..<2).map { course in
          person(number).merging(
            [
              "Course": "Course C\(course)", "Course ID": "C\(course)", "Course Slug": "c\(course)",
              "Last Course Activity Time": "2024-03-0\(1 + number % 9)T10:00:00.000Z", "Completed": number % 4 == course ? "Yes" : "No",
            ]) { $1 }
        }
      })
  }

  private func indexes(_ desk: ImportDesk) throws -> [String] {
    try desk.database.read {
      try $0.all(
        SQL(
          sqlite: "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
          postgres: "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY indexname")
      ) { $0.text(0) }
    }
  }

  @Test(arguments: TestDatabase.engines)
  func aLargeFileIsTakenOnceAndItsFiguresAgree(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      let before = try indexes(desk)
      for (kind, file) in [(ImportKind.membershipReport, memberships()), (.usageReport, usage())] {
        let outcome = try desk.take(kind, file)
        #expect(outcome.isDone && outcome.changesAnything, "\(outcome.faults)")
        #expect(try desk.differences() == [])
        #expect(try desk.take(kind, file).changesAnything == false)
      }
      let after = try indexes(desk)
      #expect(after == before)
      #expect(try desk.database.integrityProblems() == [])
      #expect(try desk.count("SELECT SUM(people_joined) FROM organizations") == Int64(BulkImportTests.people))

      // Everybody changes: two by two they swap their External IDs, and some attributes are new.
      let swapped = memberships { number, cells in
        cells["External Id"] = "E\(number ^ 1)"
        cells["Job Title"] = "Title \(number % 11)"
        cells["Name"] = "Person \(number)"
      }
      #expect(try desk.take(.membershipReport, swapped).isDone)
      #expect(try desk.differences() == [])
      #expect(try desk.take(.membershipReport, swapped).changesAnything == false)
      let anew = try indexes(desk)
      #expect(anew == before)
      #expect(
        try desk.count("SELECT COUNT(*) FROM users u JOIN attribute_values v ON v.id = u.job_title_id WHERE v.value = 'Title 10'") == 190)
    }
  }

  /// Somebody is made behind the import's back with an External ID that the file gives to another: all or nothing, and no index is lost.
  @Test func aConflictThatOnlyAnIndexFindsUndoesEverything() throws {
    try ImportDesk.with(.sqlite) { desk in
      let before = try indexes(desk)
      try desk.write(memberships().bytes, as: "file.csv")
      #expect(throws: Failure.self) {
        try Import(.membershipReport, path: desk.path("file.csv")).run(
          organization: desk.organization, into: desk.database, clock: .fixed(ImportDesk.now)
        ) { progress in
          guard progress == .writing else { return }
          do {
            try desk.database.write(organization: desk.organization) { tx in
              try tx.run("INSERT INTO accounts (email, email_key, name, created_at) VALUES ('x@y.z', 'x@y.z', 'X', '')")
              try tx.run(
                """
                INSERT INTO users (organization_id, id, search_key, email_key, name, email, external_id, created_at)
                SELECT \(desk.organization), id, 'x', email_key, name, email, 'E77', '' FROM accounts WHERE email_key = 'x@y.z'
                """)
            }
          } catch { Issue.record(error) }
        }
      }
      #expect(try desk.count("SELECT COUNT(*) FROM users") == 1)
      let after = try indexes(desk)
      #expect(after == before)
    }
  }
}
