import Database
import Support
import Testing

@testable import Web

/// Every page that stands on an organization, asked by everybody in the cast.
@Suite struct PageAccessTests {
  /// Who gets what: the status for each of the cast. A stranger's and a learner's are those of an address that does not exist.
  private struct Expectation {
    let path: String
    var owner = 200
    var programAdmin = 200
    var adminOfTwo = 200
  }

  private static let pages = [
    Expectation(path: "/o/northwind"), Expectation(path: "/o/northwind/programs"), Expectation(path: "/o/northwind/programs.csv"),
    Expectation(path: "/o/northwind/programs/data-academy", adminOfTwo: 404),
    Expectation(path: "/o/northwind/programs/data-academy/members", adminOfTwo: 404),
    Expectation(path: "/o/northwind/programs/data-academy/members.csv", adminOfTwo: 404),
    Expectation(path: "/o/northwind/programs/leadership", programAdmin: 404),
    Expectation(path: "/o/northwind/programs/leadership/members", programAdmin: 404),
    Expectation(path: "/o/northwind/programs/leadership/members.csv", programAdmin: 404),
    Expectation(path: "/o/northwind/programs/sales", owner: 404, programAdmin: 404, adminOfTwo: 404),
    Expectation(path: "/o/northwind/programs/sales/members.csv", owner: 404, programAdmin: 404, adminOfTwo: 404),
    Expectation(path: "/o/northwind/reports/usage-report.csv"), Expectation(path: "/o/northwind/reports/membership-report.csv"),
    Expectation(path: "/o/northwind/reports/usage-report.csv?program=leadership", programAdmin: 404),
    Expectation(path: "/o/northwind/users", programAdmin: 403, adminOfTwo: 403),
    Expectation(path: "/o/northwind/users.csv", programAdmin: 403, adminOfTwo: 403),
  ]

  @Test(arguments: TestDatabase.engines) func everyPageIsForWhomItIs(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let cast = test.cast
      let (owner, programAdmin, adminOfTwo) = (
        try test.browser(of: cast.olga), try test.browser(of: cast.pat), try test.browser(of: cast.twyla)
      )
      let (stranger, learner, team) = (try test.browser(of: cast.sten), try test.browser(of: cast.lena), try test.browser(of: cast.tess))
      for page in PageAccessTests.pages {
        #expect(try owner.get(page.path).status == page.owner, "owner at \(page.path)")
        #expect(try team.get(page.path).status == page.owner, "account team at \(page.path)")
        #expect(try programAdmin.get(page.path).status == page.programAdmin, "program admin at \(page.path)")
        #expect(try adminOfTwo.get(page.path).status == page.adminOfTwo, "admin of two at \(page.path)")
        #expect(try stranger.get(page.path).status == 404, "stranger at \(page.path)")
        #expect(try learner.get(page.path).status == 404, "learner at \(page.path)")
        #expect(try test.browser.get(page.path).status == 303, "nobody at \(page.path)")
        #expect(try owner.send("POST", page.path, .empty, []).status == 405, "POST to \(page.path)")
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aProgramAdminIsSuggestedWhatMembersHaveOnly(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let cast = test.cast
      try test.database.write(organization: cast.northwind.id) { tx in
        func value(_ text: String) throws -> Int64 {
          try tx.scalar(
            """
            INSERT INTO attribute_values (organization_id, attribute, value) VALUES (\(cast.northwind.id), 'job_title', \(text)) RETURNING id
            """)
        }
        _ = try value("Quartermaster")
        let captain = try value("Captain")
        try tx.run("UPDATE memberships SET job_title_id = \(captain) WHERE program_id = \(cast.dataAcademy)")
      }
      let path = "/o/northwind/programs/data-academy/members"
      let (owner, programAdmin) = (try test.browser(of: cast.olga).get(path).body, try test.browser(of: cast.pat).get(path).body)
      #expect(owner.contains("Captain") && owner.contains("Quartermaster"))
      #expect(programAdmin.contains("Captain") && !programAdmin.contains("Quartermaster"))
    }
  }

  @Test(arguments: TestDatabase.engines) func noPageOfOneOrganizationNamesWhatBelongsToTheOther(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let browser = try test.browser(of: test.cast.olga)
      for page in PageAccessTests.pages where page.owner == 200 && !page.path.contains(".csv") {
        let body = try browser.get(page.path).body
        #expect(!body.contains("Magdalena") && !body.contains("Sales Excellence") && !body.contains("Southwind"), "\(page.path)")
      }
      #expect(try browser.get("/o/northwind/users").body.contains("Lena Lind"))
    }
  }

  @Test(arguments: TestDatabase.engines) func aProgramAdminSeesNoOtherProgram(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let browser = try test.browser(of: test.cast.pat)
      for path in ["/o/northwind", "/o/northwind/programs"] {
        let body = try browser.get(path).body
        #expect(body.contains("Data Academy") && !body.contains("Leadership"), "\(path)")
        #expect(!body.contains("/o/northwind/users"), "\(path)")
      }
    }
  }
}
