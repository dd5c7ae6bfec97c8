import Database
import Domain
import Support
import Testing
import World

@testable import Web

@Suite struct SavedViewPagesTests {
  private static let list = LearnerListPagesTests.list

  @Test(arguments: TestDatabase.engines) func aViewIsSavedOpenedAndDeleted(_ engine: Dialect) throws {
    try LearnerListPagesTests.with(engine) { test, _, _ in
      let owner = try test.browser(of: test.cast.olga)
      let (new, query) = (SavedViewPagesTests.list + "/views/new", "?stage=paused&sort=-email")
      #expect(try !owner.get(SavedViewPagesTests.list).body.contains("Save this view"))
      #expect(try owner.get(SavedViewPagesTests.list + query).body.contains("href=\"\(new)?stage=paused&amp;sort=-email\""))
      let form = try owner.get(new + query + "&page=4&evil=//elsewhere.example")
      #expect(form.status == 200 && form.body.contains("It holds: Paused; sorted by Email, last first; 13 columns"))
      #expect(form.body.contains("action=\"\(new)?stage=paused&amp;sort=-email\"") && !form.body.contains("href=\"//"))
      let saved = try owner.post(new + query, [("name", "Paused <1>"), ("visibility", "shared")], from: new + query)
      #expect(saved.status == 303 && saved.location == SavedViewPagesTests.list + query)
      let page = try owner.get(SavedViewPagesTests.list + query)
      #expect(page.body.contains("href=\"\(SavedViewPagesTests.list)?stage=paused&amp;sort=-email\" aria-current=\"true\""))
      #expect(page.body.contains("Paused &lt;1&gt;") && !page.body.contains("Save this view"))
      // Another administrator opens it, too; a program admin has none of the pages.
      let team = try test.browser(of: test.cast.tess)
      let all = try team.get(SavedViewPagesTests.list + "/views")
      #expect(all.body.contains("Paused &lt;1&gt;") && all.body.contains("Olga Owner") && all.body.contains("Shared"))
      let removal = try #require(all.body.firstMatch(of: /href="([^"]*\/removal)"/)?.output.1.description)
      let ask = try team.get(removal)
      #expect(ask.status == 200 && ask.body.contains("it goes for every administrator"))
      for (word, person) in test.cast.everybody where word != "account team" && word != "owner" {
        let browser = try test.browser(of: person)
        let expected = word == "stranger" || word == "learner" ? 404 : 403
        #expect(try browser.get(removal).status == expected, "\(word)")
        for path in [removal, new] {
          #expect(try browser.post(path, [("name", "x")], from: "/none").status == expected, "\(word) at \(path)")
        }
      }
      // Under another organization's address there is no such view.
      #expect(try team.get(removal.replacing("northwind", with: "southwind")).status == 404)
      #expect(try team.post(removal, from: removal).location == SavedViewPagesTests.list + "/views")
      #expect(try owner.get(removal).status == 404)
      #expect(try owner.get(SavedViewPagesTests.list + "/views").body.contains("No saved views yet"))
    }
  }

  @Test(arguments: TestDatabase.engines) func aRefusedNameIsShownAgain(_ engine: Dialect) throws {
    try LearnerListPagesTests.with(engine) { test, _, _ in
      let owner = try test.browser(of: test.cast.olga)
      let new = SavedViewPagesTests.list + "/views/new?q=a"
      let empty = try owner.post(new, [("name", " "), ("visibility", "shared")], from: new)
      #expect(empty.status == 422 && empty.title?.hasPrefix("Error: Save this view") == true)
      #expect(empty.body.contains("href=\"#field-name\"") && empty.body.contains("value=\"shared\" checked"))
      #expect(try owner.post(new, [("name", "Mine")], from: new).status == 303)
      let twice = try owner.post(new, [("name", "MINE")], from: new)
      #expect(twice.status == 422 && twice.body.contains("value=\"MINE\"") && twice.body.contains("already"))
      #expect(try owner.post(new, [("name", "Other")], csrf: nil).status == 403)
      // Private unless it was said to be shared.
      #expect(try !test.browser(of: test.cast.tess).get(SavedViewPagesTests.list).body.contains("Mine"))
    }
  }

  /// Whatever stands in the table, a view leads to the list with parameters that the list knows.
  @Test(arguments: TestDatabase.engines) func aViewLeadsNowhereElse(_ engine: Dialect) throws {
    try LearnerListPagesTests.with(engine) { test, _, _ in
      try test.database.write(organization: test.cast.northwind.id) { tx in
        for (name, query) in [("A", "//evil.example?x=1&stage=paused"), ("B", "%ZZ"), ("C", "return=/evil&sort=stage")] {
          _ = try tx.run(
            """
            INSERT INTO saved_views (organization_id, account_id, list, name, query, shared, created_at)
            VALUES (\(test.cast.northwind.id), \(test.cast.olga.id), 'learners', \(name), \(query), 1, \(Cast.now.text))
            """)
        }
      }
      let page = try test.browser(of: test.cast.olga).get(SavedViewPagesTests.list)
      let links = page.body.matches(of: /class="view" href="([^"]*)"/).map { String($0.output.1) }
      #expect(
        links == [SavedViewPagesTests.list + "?stage=paused", SavedViewPagesTests.list, SavedViewPagesTests.list + "?sort=stage"])
    }
  }
}
