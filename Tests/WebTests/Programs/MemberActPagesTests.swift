import Database
import Domain
import Support
import Testing
import World

@testable import Web

/// Removing members from the Members page, and undoing it.
@Suite struct MemberActPagesTests {
  private let members = "/o/northwind/programs/data-academy/members"

  @Test(arguments: TestDatabase.engines) func aMemberIsRemovedAfterAPageThatCountsAndComesBack(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let (owner, lena) = (try test.browser(of: test.cast.olga), "\(test.cast.lena.id)")
      let ask = try owner.get("\(members)/removal?person=\(lena)&person=999999")
      #expect(ask.status == 200 && ask.body.contains("Remove 1 member?"))
      #expect(try owner.post(members + "/removal", [("person", lena)], from: "\(members)/removal?person=\(lena)").location == members)
      let list = try owner.get(members)
      #expect(list.body.contains("1 member was removed.") && list.body.contains("1 member was removed by Olga Owner"))
      #expect(!list.body.contains("Lena Lind"))
      let moment = test.cast.time.now.text
      // Once more does nothing more.
      #expect(try owner.post(members + "/removal", [("person", lena)], from: members).status == 303)
      #expect(try owner.get(members).body.contains("Nobody was removed"))
      #expect(try owner.post(members + "/restoration", [("moment", moment)], from: members).location == members)
      let again = try owner.get(members)
      #expect(again.body.contains("1 person is a member again.") && again.body.contains("Lena Lind"))
      #expect(try owner.post(members + "/restoration", [("moment", moment)], from: members).status == 303)
      #expect(try owner.get(members).body.contains("can no longer be undone"))
    }
  }

  @Test(arguments: TestDatabase.engines) func allThatMatchAreRemovedAndNobodyElse(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let owner = try test.browser(of: test.cast.olga)
      let none = try owner.get("\(members)/removal?all=1&q=nobody-has-this")
      #expect(none.body.contains("None of those selected is a member any more.") && !none.body.contains("class=\"button critical\""))
      #expect(try owner.post(members + "/removal", [("all", "1"), ("q", "lena")], from: members).location == members + "?q=lena")
      #expect(try owner.post(members + "/removal", [], from: members).location == members)
      #expect(try owner.get(members).body.contains("Nobody was selected"))
      #expect(try owner.post(members + "/restoration", [("moment", "yesterday")], from: members).status == 422)
    }
  }

  @Test(arguments: TestDatabase.engines) func othersCannotRemove(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let fields = [("person", "\(test.cast.lena.id)")]
      for (person, from) in [(test.cast.sten, "/o/southwind"), (test.cast.twyla, "/o/northwind")] {
        let browser = try test.browser(of: person)
        #expect(try browser.post(members + "/removal", fields, from: from).status == 404)
        #expect(try browser.post(members + "/restoration", [("moment", test.cast.time.now.text)], from: from).status == 404)
      }
      let admin = try test.browser(of: test.cast.pat)
      #expect(try admin.post("/o/northwind/programs/leadership/members/removal", fields, from: members).status == 404)
      #expect(try admin.post(members + "/removal", fields, from: members).status == 303)
      let states = try test.database.read {
        try $0.all("SELECT state FROM memberships WHERE user_id = \(test.cast.lena.id) ORDER BY program_id") { $0.text(0) }
      }
      #expect(states == ["DELETED_MEMBER", "MEMBER"])
    }
  }
}
