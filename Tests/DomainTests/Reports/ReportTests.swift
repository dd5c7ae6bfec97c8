import Database
import Foundation
import Support
import Testing
import World

@testable import Domain

/// The two reports: columns, formats, and whose rows are in them. That they give back what was imported is proved with the imports.
@Suite struct ReportTests {
  @Test func theColumnsAreThoseOfTheReference() throws {
    #expect(Report.usage.headers.count == 29 && Report.membership.headers.count == 21)
    try ImportDesk.with(.sqlite) { desk in
      let report = try desk.report(.membership)
      #expect(
        report
          == "Name,Email,External Id,Program Name,Program Slug,# Enrolled Courses,# Completed Courses,Member State,Join Date,Invitation Date,"
          + "Last Activity Time,Contract(s),Manager Name,Manager Email,Job Title,Job Type,Business Unit,Business Unit 2,Location City,"
          + "Location Country,Location Region\r\n")
    }
  }

  @Test(arguments: TestDatabase.engines)
  func numbersHaveTwoDecimalsAndWhatIsUnknownIsEmpty(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      let file = SampleFile(
        .usageReport,
        [
          [
            "Overall Progress": "7", "Estimated Learning Hours": "1.005", "Course Grades": "82.4",
            "Enrollment Time": "2024-03-03 10:00:00+02:00",
            "Manager Email": "boss@example.org", "Location Region": "North",
          ]
        ])
      try desk.take(.usageReport, file)
      let line = try desk.report(.usage).components(separatedBy: "\r\n").dropLast().last
      #expect(
        line
          == "Ada Byron,ada@example.org,,Course C1,C1,course-c1,Uni,2024-03-03T08:00:00.000Z,2024-03-10T09:00:00.000Z,,7.00,1.01,No,No,spring,"
          + "Spring,,,82.40,Contract A,,boss@example.org,,,,,,,North")
    }
  }

  @Test(arguments: TestDatabase.engines)
  func aReportHoldsTheChosenProgramsWithinReachAndNothingElse(_ engine: Dialect) throws {
    try ImportDesk.with(engine) { desk in
      for (kind, file) in SampleHistory.all { try desk.take(kind, file) }
      let (spring, autumn) = try desk.database.read { connection in
        let scope = try OrganizationScope.find(
          slug: "northwind", for: Viewer(accountID: 0, name: "", email: "", grants: [.accountTeam]), in: connection)
        let ids = try Report.programs(["spring", "autumn"], scope: scope, in: connection)
        let failure = #expect(throws: Failure.self) { try Report.programs(["spring", "winter"], scope: scope, in: connection) }
        #expect(failure?.sentence == "There is no program \"winter\" in the organization northwind.")
        return (ids[0], ids[1])
      }
      let lines = try desk.report(.membership, programs: [autumn]).split(separator: "\r\n")
      #expect(lines.count == 3 && lines.dropFirst().allSatisfy { $0.contains(",Autumn,autumn,") })

      // A program admin gets the own program, whatever is asked for.
      let viewer = Viewer(accountID: 7, name: "", email: "", grants: [.programAdmin(organization: desk.organization, program: autumn)])
      let own = try desk.database.read { try OrganizationScope.find(slug: "northwind", for: viewer, in: $0) }
      #expect(try desk.report(.membership, scope: own) == desk.report(.membership, programs: [autumn]))
      #expect(try desk.report(.usage, programs: [spring], scope: own).split(separator: "\r\n").count == 1)
      #expect(throws: Failure.self) { try desk.database.read { try Report.programs(["spring"], scope: own, in: $0) } }
    }
  }

  @Test func contractsStandByStartDateAndThoseThatStartTogetherAsGiven() throws {
    try ImportDesk.with(.sqlite) { desk in
      try desk.take(.membershipReport, SampleFile(.membershipReport, [["Contract(s)": "Z; A; M"]]))
      func contracts() throws -> String? {
        try desk.report(.membership).split(separator: "\r\n").last.map {
          String($0.split(separator: ",", omittingEmptySubsequences: false)[11])
        }
      }
      #expect(try contracts() == "Z; A; M")
      #expect(try desk.count("SELECT COUNT(*) FROM memberships m JOIN contracts c ON c.id = m.contract_id WHERE c.name = 'M'") == 1)
      try desk.database.write(organization: desk.organization) { tx in
        _ = try tx.run("UPDATE contracts SET starts_at = '2025-01-01T00:00:00.000Z' WHERE name = 'A'")
        _ = try tx.run("UPDATE contracts SET starts_at = '2024-01-01T00:00:00.000Z' WHERE name = 'M'")
      }
      #expect(try contracts() == "Z; M; A")
      // Imported again, the latest holds the license, and one that is not named any more is gone.
      try desk.take(.membershipReport, SampleFile(.membershipReport, [["Contract(s)": "Z; A"]]))
      #expect(try contracts() == "Z; A")
      #expect(try desk.count("SELECT COUNT(*) FROM memberships m JOIN contracts c ON c.id = m.contract_id WHERE c.name = 'A'") == 1)
      #expect(try desk.count("SELECT COUNT(*) FROM membership_contracts") == 1)
      #expect(try desk.differences() == [])
    }
  }
}
