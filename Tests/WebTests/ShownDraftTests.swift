import Database
import Domain
import Foundation
import HTTPServer
import Support
import Testing
import World

@testable import Web

/// Two people have one form open: each saves what was changed, and takes nothing back of what the other one changed.
@Suite struct ShownDraftTests {
  struct Draft: Codable, Equatable {
    var name = "", text = "", choices: [String] = []
  }

  @Test func onlyWhatWasChangedIsMeant() throws {
    let shown = Draft(name: "Old", text: "one\ntwo", choices: ["a"])
    let present = Draft(name: "New", text: "mine", choices: ["a", "b"])
    func merge(_ typed: Draft, _ field: String? = nil) throws -> Draft {
      try ShownDraft.merge(typed, from: Form([(ShownDraft.parameter, field ?? ShownDraft.text(shown))]), onto: present)
    }
    #expect(try merge(shown) == present)
    #expect(try merge(Draft(name: "Old", text: "one\r\ntwo", choices: ["a"])) == present)
    #expect(try merge(Draft(name: "Other", text: "one\ntwo", choices: [])) == Draft(name: "Other", text: "mine", choices: []))
    for broken in ["", "[]", "{", "{\"name\": 1}"] { #expect(try merge(shown, broken) == shown, "\(broken)") }
    #expect(try ShownDraft.merge(shown, from: Form(), onto: present) == shown)
  }

  /// What the page's form carries, as a browser reads it.
  private func shownBy(_ page: TestBrowser.Reply) throws -> String {
    let written = try #require(page.hidden(ShownDraft.parameter))
    return [("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&#39;", "'"), ("&amp;", "&")].reduce(written) {
      $0.replacing($1.0, with: $1.1)
    }
  }

  /// Opens a form twice, changes one field in each, and gives back how the form is filled in afterwards.
  private func race(
    _ test: TestSite, _ person: Cast.Person, _ path: String, _ fields: [(String, String)], _ first: (String, String),
    _ second: (String, String)
  ) throws -> String {
    let browser = try test.browser(of: person)
    let page = try browser.get(path)
    let shown = try shownBy(page)
    for change in [first, second] {
      let typed = fields.map { $0.0 == change.0 ? change : $0 } + [(ShownDraft.parameter, shown)]
      let reply = try browser.post(path, typed, csrf: page.hidden("csrf"))
      #expect(reply.status == 303, "\(path): \(reply.body.prefix(300))")
    }
    return try browser.get(path).body
  }

  @Test(arguments: TestDatabase.engines) func twoWhoEditLoseNothing(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let (tess, olga) = (test.cast.tess, test.cast.olga)
      let settings = try race(
        test, olga, "/o/northwind/settings",
        [
          ("name", "Northwind Learning"), ("time-zone", "Europe/Berlin"), ("brand-color", ""), ("sender-name", ""), ("postal-address", ""),
          ("country", ""), ("size-band", ""), ("industry", ""), ("invitation-message", ""), ("invitation-days", "30"),
          ("resend-hours", "24"),
        ], ("time-zone", "America/New_York"), ("sender-name", "The Academy"))
      #expect(settings.contains("value=\"America/New_York\" selected") && settings.contains("value=\"The Academy\""))
      let team = try test.browser(of: tess)
      let purchases = "/o/northwind/coaching/purchases"
      let fields = [("name", "Plan"), ("licenses", "12"), ("sessions", "8"), ("late-cancels-count", "yes"), ("expires", "2030-06-30")]
      let purchase = try #require(team.post(purchases + "/new", fields, from: purchases + "/new").location)
      let form = try race(test, tess, purchase + "/edit", fields, ("licenses", "80"), ("sessions", "9"))
      #expect(form.contains("value=\"80\"") && form.contains("value=\"9\""))
    }
  }

  /// The account team has a coach's form open while the coach says other hours.
  @Test(arguments: TestDatabase.engines) func aCoachsOwnHoursStay(_ engine: Dialect) throws {
    try CoachPagesTests.with(engine) { desk in
      let (team, ines) = (try desk.test.browser(of: desk.test.cast.tess), try desk.ines())
      let (edit, hours) = ("/coaching/coaches/\(desk.world.ines)/edit", desk.home + "/hours")
      let opened = try team.get(edit)
      let shown = try shownBy(opened)
      let own = try ines.get(hours)
      let week = WorkingHours.weekdays.map { (CoachDraft.field(day: WorkingHours.weekdays.firstIndex(of: $0) ?? 0), "10:00-11:00") }
      #expect(
        try ines.post(hours, week + [(ShownDraft.parameter, try shownBy(own))], csrf: own.hidden("csrf")).status
          == 303)
      let draft = try JSON.decode(CoachDraft.self, shown)
      let typed = [
        ("name", draft.name), ("biography", draft.biography), ("languages", draft.languages), ("credentials", draft.credentials),
        ("time-zone", draft.timeZone), ("meeting-link", draft.meetingLink), ("session-minutes", draft.sessionMinutes), ("capacity", "33"),
      ]
      let sent = typed + draft.hours.enumerated().map { (CoachDraft.field(day: $0.offset), $0.element) } + [(ShownDraft.parameter, shown)]
      #expect(try team.post(edit, sent, csrf: opened.hidden("csrf")).status == 303)
      let after = try team.get(edit).body
      #expect(after.contains("value=\"33\"") && after.contains("value=\"10:00-11:00\""))
    }
  }
}

private enum JSON {
  static func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
