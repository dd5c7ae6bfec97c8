import Database
import HTTPServer
import Support
import Testing
import World

@testable import Web

@Suite struct AttributePagesTests {
  private let path = "/o/northwind/users/attributes"

  private func send(_ file: String, _ browser: TestBrowser, csrf: String? = nil) throws -> TestBrowser.Reply {
    try browser.upload(file, named: "hr.csv", to: path, csrf: csrf)
  }

  @Test(arguments: TestDatabase.engines) func aFileIsCheckedShownAndConfirmed(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let owner = try test.browser(of: test.cast.olga)
      #expect(try owner.get("/o/northwind/users").body.contains("href=\"\(path)\""))
      let refused = try send("Email,Name\nx@example.com,X\n", owner)
      #expect(refused.status == 422 && refused.body.contains("#field-file") && refused.body.contains("none of the attributes"))
      let checked = try send("Email,Job Title\nlena@example.com,Captain\nnobody@example.com,<b>\n", owner)
      let draft = try #require(checked.location)
      let page = try owner.get(draft)
      #expect(page.status == 200 && page.body.contains("Nothing has been written yet.") && page.body.contains("Change 1 person"))
      #expect(page.body.contains("Lena Lind") && page.body.contains("href=\"\(draft)/rejected.csv\""))
      #expect(try owner.get(draft + "?outcome=error").body.contains("1 of 2 rows"))
      #expect(try !owner.get("/o/northwind/users/\(test.cast.lena.id)").body.contains("Captain"))
      let form = try owner.get(path).body
      #expect(form.contains("hr.csv") && form.contains("kept until 28 Jul 2024"))
      #expect(try owner.post(draft + "/confirmation", from: draft).location == draft)
      #expect(try owner.get(draft).body.contains("1 person has new attributes."))
      #expect(try owner.get("/o/northwind/users/\(test.cast.lena.id)").body.contains("Captain"))
      #expect(try owner.post(draft + "/confirmation", from: draft).location == draft)
      #expect(try owner.get(draft).body.contains("Nothing more was done."))
      #expect(try owner.post(draft + "/removal", from: draft).location == path)
      #expect(try owner.get(draft).status == 404)
    }
  }

  @Test(arguments: TestDatabase.engines) func nobodyElseFindsTheDraft(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let draft = try #require(try send("Email,Job Title\nlena@example.com,Captain\n", test.browser(of: test.cast.olga)).location)
      for (word, person) in test.cast.everybody where word != "owner" {
        let browser = try test.browser(of: person)
        let expected = ["account team": 404, "stranger": 404, "learner": 404][word] ?? 403
        #expect(try browser.get(draft).status == expected, "\(word)")
        for act in ["/confirmation", "/removal"] {
          #expect(try browser.post(draft + act, from: "/no-such-page").status == expected, "\(word)")
        }
        #expect(try send("Email,Job Title\nlena@example.com,X\n", browser).status == (word == "account team" ? 303 : expected), "\(word)")
      }
      #expect(try send("Email,Job Title\nlena@example.com,X\n", test.browser(of: test.cast.olga), csrf: "wrong").status == 403)
      #expect(try !test.browser(of: test.cast.olga).get("/o/northwind/users/\(test.cast.lena.id)").body.contains("Captain"))
    }
  }
}
