import Database
import HTTPServer
import Support
import Testing
import World

@testable import Web

/// Every page that stands on an organization, asked by everybody in the cast.
@Suite struct PageAccessTests {
  /// Who gets what: the status for each of the cast. A stranger's and a learner's are those of an address that does not exist.
  private struct Expectation {
    let path: String
    var owner = 200
    var programAdmin = 200
    var adminOfTwo = 200
    /// The account team's, where the owner's is another.
    var team: Int?
    /// What a POST without a token gets: 405 where there is none.
    var post = 405

    /// A page for the account team only.
    static func ofTeam(_ path: String, team: Int = 200, post: Int = 403) -> Expectation {
      Expectation(path: path, owner: 403, programAdmin: 403, adminOfTwo: 403, team: team, post: post)
    }

    /// A page for whoever administers the whole organization.
    static func ofOwner(_ path: String, owner: Int = 200, post: Int = 405) -> Expectation {
      Expectation(path: path, owner: owner, programAdmin: 403, adminOfTwo: 403, post: post)
    }
  }

  private static let pages = [
    Expectation(path: "/o/northwind"), Expectation(path: "/o/northwind/programs"), Expectation(path: "/o/northwind/programs.csv"),
    Expectation(path: "/o/northwind/programs/data-academy", adminOfTwo: 404),
    Expectation(path: "/o/northwind/programs/data-academy/members", adminOfTwo: 404),
    Expectation(path: "/o/northwind/programs/data-academy/members.csv", adminOfTwo: 404),
    Expectation(path: "/o/northwind/programs/data-academy/members/emails.csv?category=completed", adminOfTwo: 404),
    Expectation(path: "/o/northwind/programs/data-academy/members/removal?all=1", adminOfTwo: 404, post: 403),
    Expectation(path: "/o/northwind/programs/leadership/members/removal?person=1", programAdmin: 404, post: 403),
    Expectation(path: "/o/northwind/programs/leadership", programAdmin: 404),
    Expectation(path: "/o/northwind/programs/leadership/members", programAdmin: 404),
    Expectation(path: "/o/northwind/programs/leadership/members.csv", programAdmin: 404),
    Expectation(path: "/o/northwind/programs/leadership/members/emails.csv?category=no-enrollments", programAdmin: 404),
    Expectation(path: "/o/northwind/programs/sales/members/emails.csv?category=completed", owner: 404, programAdmin: 404, adminOfTwo: 404),
    Expectation(path: "/o/northwind/programs/sales", owner: 404, programAdmin: 404, adminOfTwo: 404),
    Expectation(path: "/o/northwind/programs/sales/members.csv", owner: 404, programAdmin: 404, adminOfTwo: 404),
    Expectation(path: "/o/northwind/reports/usage-report.csv"), Expectation(path: "/o/northwind/reports/membership-report.csv"),
    Expectation(path: "/o/northwind/reports/usage-report.csv?program=leadership", programAdmin: 404),
    Expectation(path: "/o/northwind/users", programAdmin: 403, adminOfTwo: 403),
    Expectation(path: "/o/northwind/users.csv", programAdmin: 403, adminOfTwo: 403),
    .ofOwner("/o/northwind/contracts"), .ofOwner("/o/northwind/contracts.csv"), .ofOwner("/o/northwind/contracts/1", owner: 404),
    .ofOwner("/o/northwind/contracts/x/ledger.csv", owner: 404), .ofOwner("/o/northwind/settings", post: 403),
    .ofOwner("/o/northwind/users/attributes", post: 403), .ofOwner("/o/northwind/users/attributes/template.csv"),
    .ofOwner("/o/northwind/users/attributes/1", owner: 404), .ofOwner("/o/northwind/users/attributes/1/rejected.csv", owner: 404),
    // Lena has the fifth account of the cast.
    .ofOwner("/o/northwind/users/5"), .ofOwner("/o/northwind/users/4", owner: 404), .ofOwner("/o/northwind/users/5/edit", post: 403),
    .ofOwner("/o/northwind/users/5/deactivation", post: 403), .ofOwner("/o/northwind/users/5/reactivation", post: 403),
    .ofOwner("/o/northwind/users/5/erasure", post: 403), .ofOwner("/o/northwind/users/4/erasure", owner: 404, post: 403),
    .ofOwner("/o/northwind/users/5/data.json"), .ofOwner("/o/northwind/users/4/data.json", owner: 404),
    Expectation(path: "/o/northwind/programs/data-academy/settings", adminOfTwo: 404, post: 403),
    Expectation(path: "/o/northwind/programs/leadership/settings", programAdmin: 404, post: 403),
    Expectation(path: "/o/northwind/programs/data-academy/removal", adminOfTwo: 404, post: 403),
    Expectation(path: "/o/northwind/programs/leadership/removal", programAdmin: 404, post: 403),
    Expectation(path: "/o/northwind/programs/sales/settings", owner: 404, programAdmin: 404, adminOfTwo: 404, post: 403),
    Expectation(path: "/o/northwind/programs/data-academy/invitations", adminOfTwo: 404),
    Expectation(path: "/o/northwind/programs/leadership/invitations", programAdmin: 404),
    Expectation(path: "/o/northwind/programs/sales/invitations", owner: 404, programAdmin: 404, adminOfTwo: 404),
    Expectation(path: "/o/northwind/programs/data-academy/invitations.csv", adminOfTwo: 404),
    Expectation(path: "/o/northwind/programs/leadership/invitations.csv", programAdmin: 404),
    Expectation(path: "/o/northwind/programs/data-academy/invitations/preview", adminOfTwo: 404),
    Expectation(path: "/o/northwind/programs/leadership/invitations/preview/body", programAdmin: 404),
    Expectation(path: "/o/northwind/programs/data-academy/invitations/message", adminOfTwo: 404, post: 403),
    Expectation(path: "/o/northwind/programs/leadership/invitations/message", programAdmin: 404, post: 403),
    Expectation(path: "/o/northwind/programs/data-academy/invitations/resend?all=1", adminOfTwo: 404, post: 403),
    Expectation(path: "/o/northwind/programs/leadership/invitations/resend?all=1", programAdmin: 404, post: 403),
    Expectation(path: "/o/northwind/programs/data-academy/invitations/revocation?all=1", adminOfTwo: 404, post: 403),
    Expectation(path: "/o/northwind/programs/leadership/invitations/revocation?all=1", programAdmin: 404, post: 403),
    Expectation(path: "/o/northwind/programs/data-academy/invitations/5", owner: 404, programAdmin: 404, adminOfTwo: 404),
    Expectation(path: "/o/northwind/invitations/new", post: 403), Expectation(path: "/o/northwind/invitations/bulk", post: 403),
    Expectation(path: "/o/northwind/invitations/new?program=leadership", programAdmin: 404, post: 403),
    Expectation(path: "/o/northwind/invitations/bulk?program=sales", owner: 404, programAdmin: 404, adminOfTwo: 404, post: 403),
    Expectation(path: "/o/northwind/invitations/bulk/template.csv"),
    Expectation(path: "/o/northwind/invitations/bulk/1", owner: 404, programAdmin: 404, adminOfTwo: 404),
    Expectation(path: "/o/northwind/invitations/bulk/1/rejected.csv", owner: 404, programAdmin: 404, adminOfTwo: 404),
    .ofOwner("/o/northwind/user-metrics/learners/deactivation?all=1", post: 403),
    .ofOwner("/o/northwind/user-metrics/learners/reactivation?all=1", post: 403),
    .ofOwner("/o/northwind/user-metrics/learners/pause?all=1", post: 403),
    .ofOwner("/o/northwind/user-metrics/learners/resumption?all=1", post: 403),
    .ofOwner("/o/northwind/user-metrics/learners/extension?all=1", post: 403),
    .ofOwner("/o/northwind/user-metrics/learners/coach?all=1", post: 403),
    .ofOwner("/o/northwind/user-metrics/learners/note?all=1", post: 403),
    .ofOwner("/o/northwind/user-metrics/learners/remeasurement?all=1", post: 403),
    .ofOwner("/o/northwind/user-metrics/learners/restoration", post: 403), .ofOwner("/o/northwind/user-metrics/learners/new", post: 403),
    .ofOwner("/o/northwind/user-metrics/learners/new/template.csv"), .ofOwner("/o/northwind/user-metrics/learners/new/file/1", owner: 404),
    .ofOwner("/o/northwind/user-metrics/learners/new/file/1/rejected.csv", owner: 404),
    .ofOwner("/o/northwind/user-metrics/learners"), .ofOwner("/o/northwind/user-metrics/learners.csv"),
    .ofOwner("/o/northwind/user-metrics/learners/export"), .ofOwner("/o/northwind/user-metrics/learners/1", owner: 404),
    .ofOwner("/o/northwind/user-metrics/learners/views"), .ofOwner("/o/northwind/user-metrics/learners/views/new?q=a", post: 403),
    .ofOwner("/o/northwind/user-metrics/learners/views/1/removal", owner: 404, post: 403),
    .ofOwner("/o/northwind/user-metrics/platform-coaches"), .ofOwner("/o/northwind/user-metrics/platform-coaches.csv"),
    .ofOwner("/o/northwind/user-metrics/platform-coaches/1", owner: 404),
    .ofOwner("/o/northwind/user-metrics/organization-coaches"), .ofOwner("/o/northwind/user-metrics/organization-coaches.csv"),
    .ofOwner("/o/northwind/user-metrics/organization-coaches/1", owner: 404),
    .ofOwner("/o/northwind/user-metrics/organization-coaches/1/deactivation", owner: 404, post: 403),
    .ofOwner("/o/northwind/user-metrics/organization-coaches/1/reactivation", owner: 404, post: 403),
    .ofOwner("/o/northwind/user-metrics/organization-coaches/1/learners", owner: 404),
    .ofOwner("/o/northwind/user-metrics/organization-coaches/1/assignment?engagement=1", owner: 404, post: 403),
    .ofOwner("/o/northwind/user-metrics/organization-coaches/1/sessions", owner: 404),
    .ofOwner("/o/northwind/user-metrics/organization-coaches/1/sessions/1/transfer", owner: 404, post: 403),
    .ofOwner("/o/northwind/user-metrics/organization-coaches/1/sessions/1/cancellation", owner: 404, post: 403),
    .ofOwner("/o/northwind/user-metrics/organization-coaches/1/availability", owner: 404),
    .ofOwner("/o/northwind/user-metrics/platform-coaches/1/sessions", owner: 404),
    .ofOwner("/o/northwind/user-metrics/platform-coaches/1/sessions/1/transfer", owner: 404, post: 403),
    .ofOwner("/o/northwind/user-metrics/platform-coaches/1/sessions/1/cancellation", owner: 404, post: 403),
    .ofTeam("/o/northwind/contracts/new"), .ofTeam("/o/northwind/contracts/1/edit", team: 404), .ofTeam("/o/northwind/programs/new"),
    .ofTeam("/o/northwind/coaching/groups", post: 405), .ofTeam("/o/northwind/coaching/groups.csv", post: 405),
    .ofTeam("/o/northwind/coaching/groups/new"),
    .ofOwner("/o/northwind/coaching/groups/1", owner: 404), .ofTeam("/o/northwind/coaching/groups/1/edit", team: 404),
    .ofTeam("/o/northwind/coaching/groups/1/removal", team: 404),
    .ofTeam("/o/northwind/coaching/purchases", post: 405), .ofTeam("/o/northwind/coaching/purchases.csv", post: 405),
    .ofTeam("/o/northwind/coaching/purchases/new"),
    .ofOwner("/o/northwind/coaching/purchases/1", owner: 404), .ofTeam("/o/northwind/coaching/purchases/1/edit", team: 404),
    .ofTeam("/o/northwind/coaching/purchases/1/removal", team: 404),
    .ofOwner("/o/northwind/coaching/assessments"), .ofOwner("/o/northwind/coaching/assessments.csv"),
    .ofOwner("/o/northwind/coaching/assessments/new", post: 403), .ofOwner("/o/northwind/coaching/assessments/1", owner: 404),
    .ofOwner("/o/northwind/coaching/assessments/1/edit", owner: 404, post: 403),
    .ofOwner("/o/northwind/coaching/assessments/1/removal", owner: 404, post: 403),
    .ofOwner("/o/northwind/coaching/surveys"), .ofOwner("/o/northwind/coaching/surveys.csv"),
    .ofOwner("/o/northwind/coaching/surveys/new", post: 403), .ofOwner("/o/northwind/coaching/surveys/1", owner: 404),
    .ofOwner("/o/northwind/coaching/surveys/1/edit", owner: 404, post: 403),
    .ofOwner("/o/northwind/coaching/surveys/1/removal", owner: 404, post: 403),
    .ofTeam("/o/northwind/coaching/coaches", post: 405), .ofTeam("/o/northwind/coaching/coaches.csv", post: 405),
    .ofTeam("/o/northwind/coaching/coaches/new"),
    .ofTeam("/o/northwind/coaching/coaches/1", team: 404, post: 405), .ofTeam("/o/northwind/coaching/coaches/1/edit", team: 404),
    .ofTeam("/o/northwind/coaching/coaches/1/deactivation", team: 404), .ofTeam("/o/northwind/coaching/coaches/1/reactivation", team: 404),
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
        #expect(try team.get(page.path).status == page.team ?? page.owner, "account team at \(page.path)")
        #expect(try programAdmin.get(page.path).status == page.programAdmin, "program admin at \(page.path)")
        #expect(try adminOfTwo.get(page.path).status == page.adminOfTwo, "admin of two at \(page.path)")
        #expect(try stranger.get(page.path).status == 404, "stranger at \(page.path)")
        #expect(try learner.get(page.path).status == 404, "learner at \(page.path)")
        #expect(try test.browser.get(page.path).status == 303, "nobody at \(page.path)")
        #expect(try owner.send("POST", page.path, .empty, []).status == page.post, "POST to \(page.path)")
      }
    }
  }

  /// Addresses without an organization: who has one is led into it, who has several to the list, who has none is told so.
  @Test(arguments: TestDatabase.engines) func everyEntranceLeadsToWhereTheViewerBelongs(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      for path in PageAccessTests.entrances {
        let rest = path == "/" ? "" : path
        for (word, person) in test.cast.everybody {
          let reply = try test.browser(of: person).get(path)
          switch word {
          case "owner", "program admin": #expect(reply.location == "/o/northwind" + rest, "\(word) at \(path)")
          case "stranger": #expect(reply.location == "/o/southwind" + rest, "\(word) at \(path)")
          case "learner": #expect(reply.status == 403, "\(word) at \(path)")
          default: #expect(reply.location == "/organizations", "\(word) at \(path)")
          }
        }
        #expect(try test.browser.get(path).location?.hasPrefix("/sign-in") == true, "nobody at \(path)")
        #expect(try test.browser(of: test.cast.olga).send("POST", path, .empty, []).status == 405, "POST to \(path)")
      }
    }
  }

  private static let entrances = [
    "/", "/programs", "/programs.csv", "/users", "/users.csv", "/reports/usage-report.csv", "/reports/membership-report.csv",
    "/contracts", "/contracts.csv", "/settings", "/users/attributes", "/users/attributes/template.csv", "/settings/email", "/outbox",
    "/outbox.csv", "/invitations/new", "/invitations/bulk", "/invitations/bulk/template.csv", "/user-metrics/learners",
    "/user-metrics/learners.csv", "/user-metrics/learners/export", "/user-metrics/learners/views",
    "/user-metrics/platform-coaches", "/user-metrics/platform-coaches.csv", "/user-metrics/organization-coaches",
    "/user-metrics/organization-coaches.csv",
    "/user-metrics/learners/views/new", "/user-metrics/learners/deactivation", "/user-metrics/learners/reactivation",
    "/user-metrics/learners/pause", "/user-metrics/learners/resumption", "/user-metrics/learners/extension",
    "/user-metrics/learners/coach", "/user-metrics/learners/note", "/user-metrics/learners/remeasurement",
    "/user-metrics/learners/restoration", "/user-metrics/learners/new", "/user-metrics/learners/new/template.csv",
  ]

  /// Pages for anybody, machines included: the same status for each of the cast and for nobody. Those with two methods take no third.
  private static let open: [(path: String, nobody: Int, wrongMethod: String)] = [
    ("/sign-in", 200, "PUT"), ("/set-password/spent", 410, "DELETE"), ("/healthz", 200, "POST"), ("/metrics", 200, "POST"),
    ("/assets/none.css", 404, "POST"), ("/join/unknown", 404, "PUT"), ("/brand/none.css", 404, "POST"),
    ("/files/none.png", 404, "POST"),
    ("/preferences/unknown", 404, "PUT"),
  ]

  @Test(arguments: TestDatabase.engines) func whatIsForAnybodyNeedsNoSession(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      for (path, status, wrongMethod) in PageAccessTests.open {
        #expect(try test.browser.get(path).status == status, "nobody at \(path)")
        for (word, person) in test.cast.everybody {
          // Whoever is signed in and has a role is led on from sign-in.
          let expected = path == "/sign-in" && word != "learner" ? 303 : status
          #expect(try test.browser(of: person).get(path).status == expected, "\(word) at \(path)")
        }
        #expect(try test.browser.send(wrongMethod, path, .empty, []).status == 405, "\(wrongMethod) to \(path)")
      }
    }
  }

  /// A route that is added without being asked about here, or in `AccessTests` as the list of organizations is, or in `JoinPagesTests`, fails.
  @Test func everyRouteThatIsReadIsAskedAbout() throws {
    try TestSite.with(.sqlite) { (test) throws in
      let asked = Set(
        PageAccessTests.pages.map(\.path) + PageAccessTests.entrances + PageAccessTests.open.map(\.path) + [
          "/organizations", "/organizations/new", "/programs/northwind/data-academy",
        ] + OutboxPagesTests.pages(of: 1) + CoachingSetUpPagesTests.platformPages.map(\.path) + ["/coach"] + CoachPagesTests.pages(of: 1))
      let routes = test.site.routes().table.filter { $0.method == "GET" }
      for (_, pattern) in routes {
        var alone = Router()
        alone.on("GET", pattern) { _ in Response() }
        let isAsked = asked.contains { path in
          guard let request = try? Request(method: "GET", target: path) else { return false }
          return (try? alone.respond(to: request)) != nil
        }
        #expect(isAsked, "nobody asks for \(pattern)")
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aProgramAdminIsSuggestedWhatMembersHaveOnly(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
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
    try TestSite.with(engine) { (test) throws in
      let browser = try test.browser(of: test.cast.olga)
      for page in PageAccessTests.pages where page.owner == 200 && !page.path.contains(".csv") {
        let body = try browser.get(page.path).body
        #expect(!body.contains("Magdalena") && !body.contains("Sales Excellence") && !body.contains("Southwind"), "\(page.path)")
      }
      #expect(try browser.get("/o/northwind/users").body.contains("Lena Lind"))
    }
  }

  @Test(arguments: TestDatabase.engines) func aProgramAdminSeesNoOtherProgram(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let browser = try test.browser(of: test.cast.pat)
      for path in ["/o/northwind", "/o/northwind/programs"] {
        let body = try browser.get(path).body
        #expect(body.contains("Data Academy") && !body.contains("Leadership"), "\(path)")
        #expect(!body.contains("/o/northwind/users"), "\(path)")
      }
    }
  }
}
