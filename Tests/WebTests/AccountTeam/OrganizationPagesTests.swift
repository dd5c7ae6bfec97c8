import Database
import Domain
import Support
import Testing
import World

@testable import Web

@Suite struct OrganizationPagesTests {
  @Test(arguments: TestDatabase.engines) func theAccountTeamSeesAllWithTheirCounts(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let page = try test.browser(of: test.cast.tess).get("/organizations")
      #expect(page.status == 200)
      #expect(page.title == "Organizations – Provost")
      #expect(page.body.contains("href=\"/o/northwind\"") && page.body.contains("href=\"/o/southwind\""))
      #expect(page.body.contains("Europe/Berlin"))
      #expect(page.body.contains("2 organizations"))
    }
  }

  @Test(arguments: TestDatabase.engines) func whoeverAdministersTwoSeesTheseTwo(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      _ = try Organization.create(slug: "third", name: "Third", timeZone: "UTC", by: 0, at: Cast.now, in: test.database)
      let page = try test.browser(of: test.cast.twyla).get("/organizations")
      #expect(page.body.contains("href=\"/o/northwind\"") && page.body.contains("href=\"/o/southwind\""))
      #expect(!page.body.contains("/o/third"))
    }
  }

  @Test(arguments: TestDatabase.engines) func anAdminOfSingleProgramsSeesTheirFiguresOnly(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let cast = test.cast
      let grants: [Viewer.Grant] = [
        .programAdmin(organization: cast.northwind.id, program: cast.leadership),
        .programAdmin(organization: cast.southwind.id, program: cast.sales),
      ]
      func figures(_ viewer: Viewer) throws -> [[Int64]] {
        let sorting = Sorting(OrganizationList.Key.name, descending: false)
        return try test.database.read {
          try OrganizationList.find(for: viewer, search: "", sort: sorting, request: PageRequest(), in: $0).page.rows
        }.map { [$0.programs, $0.members] }
      }
      #expect(try figures(Viewer(accountID: cast.tess.id, name: "", email: "", grants: [.accountTeam])) == [[2, 1], [1, 1]])
      #expect(try figures(Viewer(accountID: cast.twyla.id, name: "", email: "", grants: grants)) == [[1, 0], [1, 1]])
      let mixed = grants + [.organizationAdmin(organization: cast.northwind.id)]
      #expect(try figures(Viewer(accountID: cast.twyla.id, name: "", email: "", grants: mixed)) == [[2, 1], [1, 1]])
    }
  }

  @Test(arguments: TestDatabase.engines) func theSearchFindsByNameAndAddressWithoutCaseOrAccents(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      _ = try Organization.create(slug: "zoe", name: "Zoë & Søn", timeZone: "UTC", by: 0, at: Cast.now, in: test.database)
      let browser = try test.browser(of: test.cast.tess)
      for search in ["zoe", "ZO%C3%8B", "son", "%26"] {
        let page = try browser.get("/organizations?q=" + search)
        #expect(page.body.contains("href=\"/o/zoe\"") && !page.body.contains("href=\"/o/northwind\""), "\(search)")
        #expect(page.body.contains("1 of 3 organizations"))
      }
      let nothing = try browser.get("/organizations?q=%3Cb%3E")
      #expect(nothing.status == 200)
      #expect(nothing.body.contains("No organization matches") && nothing.body.contains("&lt;b&gt;") && !nothing.body.contains("<b>"))
    }
  }

  @Test(arguments: TestDatabase.engines) func manyStandOnPages(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      try test.database.write(organization: 0) { tx in
        for number in 1...118 {
          try tx.run(
            """
            INSERT INTO organizations (slug, name, created_at)
            VALUES (\("x\(number)"), \("Extra \(number)"), \(Cast.now.text))
            """)
        }
      }
      let browser = try test.browser(of: test.cast.tess)
      let second = try browser.get("/organizations?page=2")
      #expect(second.title == "Organizations, page 2 of 3 – Provost")
      #expect(second.body.contains("51–100 of 120"))
      #expect(second.body.contains("href=\"/organizations?page=3\""))
      #expect(try browser.get("/organizations?page=99").title == "Organizations, page 3 of 3 – Provost")
      #expect(try browser.get("/organizations?page=x").title == "Organizations, page 1 of 3 – Provost")
      #expect(try browser.get("/organizations?size=100&page=2").body.contains("101–120 of 120"))
    }
  }

  @Test(arguments: TestDatabase.engines) func headingsSort(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let browser = try test.browser(of: test.cast.tess)
      func order(_ query: String) throws -> [String] {
        try browser.get("/organizations" + query).body.matches(of: /href="\/o\/([a-z]+)"/).map { String($0.output.1) }
      }
      #expect(try order("") == ["northwind", "southwind"])
      #expect(try order("?sort=-name") == ["southwind", "northwind"])
      #expect(try order("?sort=programs") == ["southwind", "northwind"])
      #expect(try order("?sort=-programs") == ["northwind", "southwind"])
      #expect(try order("?sort=nonsense") == ["northwind", "southwind"])
    }
  }
}
