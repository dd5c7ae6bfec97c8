import Database
import Support
import Testing
import World

@testable import Domain

/// Files that name a program that was removed: history may come, nobody gets in.
@Suite struct RemovedProgramImportTests {
  private func removeSpring(_ desk: ImportDesk) throws {
    let scope = try desk.scope
    let program = try desk.database.read { try Program.find(slug: "spring", scope: scope, in: $0) }
    _ = try ProgramRemoval(scope, of: program, at: ImportDesk.now).remove(confirming: program.name, in: desk.database)
  }

  @Test(arguments: TestDatabase.engines)
  func whatWasExportedComesBackAndChangesNothing(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      for (kind, file) in SampleHistory.all { try desk.take(kind, file) }
      try removeSpring(desk)
      #expect(try desk.differences() == [])
      // The first time the counts that the report gives are noted; nothing else moves.
      let standing = try self.standing(desk)
      for round in 1...2 {
        for (report, kind) in [(Report.membership, ImportKind.membershipReport), (.usage, .usageReport)] {
          var bytes: [UInt8] = []
          try desk.database.export { connection in
            try report.write(scope: desk.scope, in: connection, bom: false) { bytes.append(contentsOf: $0) }
          }
          let outcome = try desk.take(kind, bytes)
          #expect(
            outcome.isDone && outcome.badRows == 0 && (round == 1 || !outcome.changesAnything), "\(outcome.faults) \(outcome.changes)")
        }
      }
      #expect(try self.standing(desk) == standing)
      #expect(try desk.differences() == [])
    }
  }

  private func standing(_ desk: ImportDesk) throws -> [String] {
    try desk.database.read {
      try $0.all("SELECT program_id, user_id, state, removed_at, contract_id FROM memberships ORDER BY program_id, user_id") { row in
        (0..<row.count).map { row.textOrNil($0) ?? "-" }.joined(separator: "|")
      }
    }
  }

  @Test(arguments: TestDatabase.engines)
  func nobodyGetsInByAFile(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      try desk.take(.courses, SampleHistory.courses)
      try desk.take(.membershipReport, SampleHistory.memberships)
      try removeSpring(desk)
      let again = try desk.take(.membershipReport, SampleHistory.memberships)
      #expect(again.isRefused && again.badRows == 3)
      #expect(
        again.faults.allSatisfy { "\($0)".contains("the program spring was removed, so its memberships can only be DELETED_MEMBER") },
        "\(again.faults)")
      // A usage report has enrollments of people who are not there yet: they are history.
      #expect(try desk.take(.usageReport, SampleHistory.usage).isDone)
      let states = try desk.database.read {
        try $0.all("SELECT DISTINCT m.state FROM memberships m JOIN programs p ON p.id = m.program_id WHERE p.slug = 'spring'") {
          $0.text(0)
        }
      }
      #expect(states == ["DELETED_MEMBER"])
      #expect(try desk.count("SELECT COUNT(*) FROM memberships WHERE email_key = 'new@example.org'") == 1)
      #expect(try desk.differences() == [])
    }
  }
}
