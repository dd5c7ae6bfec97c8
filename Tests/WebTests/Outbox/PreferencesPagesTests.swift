import Database
import Domain
import Support
import Testing
import World

@testable import Web

@Suite struct PreferencesPagesTests {
  @Test(arguments: TestDatabase.engines) func whoHoldsTheLinkChooses(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let cast = test.cast
      let token = PreferencesToken(organization: cast.northwind.id, user: cast.lena.id, key: try TestSite.key.get())
      let (browser, path) = (test.browser, "/preferences/" + token.text)
      let page = try browser.get(path)
      #expect(page.status == 200 && page.body.contains("lena@example.com") && page.body.contains(" checked"))
      let saved = try browser.post(path, [], from: path)
      #expect(saved.location == path)
      let after = try browser.get(path)
      #expect(!after.body.contains(" checked") && after.body.contains("Your choice is saved."))
      let wants = try test.database.read { try EmailPreferences.find(token, in: $0).announcements }
      #expect(!wants)
      let profile = try test.browser(of: cast.olga).get("/o/northwind/users/\(cast.lena.id)")
      #expect(profile.body.contains("Not wanted"))
      try browser.post(path, [("announcements", "yes")], from: path)
      let again = try browser.get(path)
      #expect(again.body.contains(" checked"))
      // The other organization was not asked.
      let other = PreferencesToken(organization: cast.southwind.id, user: cast.lena.id, key: try TestSite.key.get())
      let elsewhere = try test.database.read { try EmailPreferences.find(other, in: $0).announcements }
      #expect(elsewhere)
    }
  }

  @Test func aLinkThatWasChangedIsNone() throws {
    try TestSite.with(.sqlite) { test in
      let cast = test.cast
      let token = PreferencesToken(organization: cast.northwind.id, user: cast.lena.id, key: try TestSite.key.get()).text
      let code = token.split(separator: ".")[2]
      let stranger = PreferencesToken(organization: cast.northwind.id, user: cast.sten.id, key: try TestSite.key.get()).text
      for wrong in [
        "x", "1.2", "1.2.", "\(cast.northwind.id).\(cast.sten.id).\(code)", "\(cast.southwind.id).\(cast.lena.id).\(code)", stranger,
      ] {
        let status = try test.browser.get("/preferences/" + wrong).status
        #expect(status == 404, "\(wrong)")
      }
      let forged = try test.browser.post("/preferences/" + token, [], csrf: nil)
      #expect(forged.status == 403)
    }
  }
}
