import Database
import Domain
import HTTPServer
import Support
import Testing
import World

@testable import Web

@Suite struct CoachingSetUpPagesTests {
  /// The pages of the platform, for the account team only. The id is one that nothing has.
  static let platformPages: [(path: String, team: Int)] = ["assessments", "surveys", "coaches", "focus-skills"].flatMap { kind in
    let acts = ["edit"] + (kind == "coaches" ? ["deactivation", "reactivation"] : ["removal"])
    var pages: [(path: String, team: Int)] = ["", ".csv", "/new"].map { (path: "/coaching/\(kind)\($0)", team: 200) }
    if kind != "focus-skills" { pages.append((path: "/coaching/\(kind)/999", team: 404)) }
    return pages + acts.map { (path: "/coaching/\(kind)/999/\($0)", team: 404) }
  }

  @Test(arguments: TestDatabase.engines) func thePlatformIsForTheAccountTeam(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      for (word, person) in test.cast.everybody {
        let browser = try test.browser(of: person)
        for page in CoachingSetUpPagesTests.platformPages {
          #expect(try browser.get(page.path).status == (word == "account team" ? page.team : 403), "\(word) at \(page.path)")
          #expect(try browser.send("PUT", page.path, .empty, []).status == 405, "PUT to \(page.path)")
        }
      }
      for page in CoachingSetUpPagesTests.platformPages {
        #expect(try test.browser.get(page.path).status == 303)
        #expect(try test.browser(of: test.cast.olga).post(page.path, [], from: "/no-such-page").status >= 403)
      }
    }
  }

  private func path(_ reply: TestBrowser.Reply) throws -> String { try #require(reply.location) }

  @Test(arguments: TestDatabase.engines) func aCustomersCoachingIsSetUp(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let (team, owner) = (try test.browser(of: test.cast.tess), try test.browser(of: test.cast.olga))
      let base = "/o/northwind/coaching"
      let purchaseFields = [
        ("name", "Plan & More"), ("licenses", "120"), ("sessions", "8"), ("late-cancels-count", "yes"), ("expires", "2025-06-30"),
      ]
      let purchase = try path(team.post(base + "/purchases/new", purchaseFields, from: base + "/purchases/new"))
      let page = try team.get(purchase)
      #expect(
        page.title == "Plan & More – Purchases – Northwind Learning – Provost"
          || page.title?.hasPrefix("Plan &amp; More – Purchases") == true)
      #expect(page.body.contains("The purchase is made.") && page.body.contains("30 Jun 2025") && page.body.contains("Take a session"))
      #expect(page.body.contains("href=\"\(purchase)/edit\""))
      let read = try owner.get(purchase)
      #expect(read.status == 200 && read.body.contains("Plan &amp; More") && !read.body.contains(purchase + "/edit"))

      let assessment = try path(
        owner.post(
          base + "/assessments/new", [("name", "Ours 360"), ("description", ""), ("questions", "Listens\r\n\r\nDecides")],
          from: base + "/assessments/new"))
      let survey = try path(
        team.post("/coaching/surveys/new", [("name", "Pulse"), ("questions", "I like it")], from: "/coaching/surveys/new"))
      let skill = try team.post("/coaching/focus-skills/new", [("name", "Delegation")], from: "/coaching/focus-skills/new")
      #expect(skill.location == "/coaching/focus-skills")
      #expect(try owner.get(assessment).body.contains("<li><bdi>Decides</bdi></li>"))
      // The platform's is read in the organization, not changed.
      let platform = try #require(survey.split(separator: "/").last)
      let shared = try owner.get(base + "/surveys/\(platform)")
      #expect(shared.status == 200 && shared.body.contains("of the platform") && !shared.body.contains("/edit\""))
      #expect(try owner.get(base + "/surveys/\(platform)/edit").status == 404)
      #expect(try owner.get(base + "/surveys").body.contains("Platform"))

      let form = try team.get(base + "/groups/new").body
      #expect(form.contains("120 of 120 licenses left") && form.contains("Pulse (platform)") && form.contains("Delegation"))
      let statements: [SQL] = [
        "SELECT id FROM company_purchases", "SELECT id FROM feedback_assessments", "SELECT id FROM surveys", "SELECT id FROM focus_skills",
      ]
      let ids = try test.database.read { connection in try statements.map { String(try connection.scalar($0)) } }
      let groupFields = [
        ("name", "Leaders"), ("description", "First line"), ("purchase", ids[0]), ("assessment", ids[1]), ("survey", ids[2]),
        ("duration-days", "90"), ("minimum-invited", "5"), ("minimum-answered", "3"), ("maximum-invited", "12"), ("remeasurement", "yes"),
        ("remeasurement-days", "30"), ("meeting-links", "yes"), ("skills", ids[3]), ("language", "en"),
      ]
      let group = try path(team.post(base + "/groups/new", groupFields, from: base + "/groups/new"))
      let details = try owner.get(group).body
      for text in ["Plan &amp; More", "Ours 360", "Pulse", "90 days", "30 days before the end", "Delegation", "English"] {
        #expect(details.contains(text), "\(text)")
      }
      let edit = try team.get(group + "/edit").body
      #expect(edit.contains("value=\"90\"") && edit.contains("value=\"\(ids[3])\" checked"))
      let bare = groupFields.filter { !["remeasurement", "meeting-links", "skills", "remeasurement-days"].contains($0.0) }
      #expect(try team.post(group + "/edit", bare, from: group + "/edit").location == group)
      #expect(try owner.get(group).body.contains("Off: a booking needs"))
      #expect(try team.get(base + "/groups?q=first").body.contains("1 group"))
      #expect(try team.get(base + "/groups?q=zzz").body.contains("No group matches"))

      // What is used stays, what is not goes.
      let ask = try team.get(purchase + "/removal").body
      #expect(ask.contains("It is used by 1 group, so it stays.") && !ask.contains("Delete purchase</button>"))
      #expect(try team.post(purchase + "/removal", [], from: base + "/purchases").status == 409)
      #expect(try team.post(group + "/removal", [], from: group + "/removal").location == base + "/groups")
      #expect(try team.post(purchase + "/removal", [], from: purchase + "/removal").location == base + "/purchases")
      #expect(try owner.post(assessment + "/removal", [], from: assessment + "/removal").location == base + "/assessments")
    }
  }

  @Test(arguments: TestDatabase.engines) func aRefusedFormKeepsWhatWasTyped(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let team = try test.browser(of: test.cast.tess)
      let base = "/o/northwind/coaching"
      let cases: [(String, [(String, String)], [String], String)] = [
        (
          base + "/purchases/new", [("name", "\"P\""), ("licenses", "many"), ("sessions", ""), ("expires", "soon")],
          ["licenses", "sessions", "expires"], "value=\"&quot;P&quot;\""
        ),
        (
          base + "/groups/new",
          [
            ("name", ""), ("duration-days", "0"), ("minimum-invited", "1"), ("minimum-answered", "2"), ("maximum-invited", "3"),
            ("language", "en"),
          ], ["name", "duration-days", "minimum-answered"], "value=\"0\""
        ),
        (base + "/assessments/new", [("name", "A"), ("questions", "")], ["questions"], "value=\"A\""),
        (base + "/surveys/new", [("name", ""), ("questions", "Why?")], ["name"], "Why?</textarea>"),
        (
          base + "/coaches/new", [("name", "C"), ("email", "x"), ("time-zone", "UTC"), ("session-minutes", "60"), ("hours-monday", "9-5")],
          ["email", "hours-monday"], "value=\"9-5\""
        ),
        ("/coaching/focus-skills/new", [("name", "")], ["name"], "New focus skill"),
      ]
      for (path, fields, faults, kept) in cases {
        let page = try team.post(path, fields, from: path)
        #expect(page.status == 422 && page.title?.hasPrefix("Error: New") == true, "\(path)")
        for field in faults { #expect(page.body.contains("href=\"#field-\(field)\""), "\(field) at \(path)") }
        #expect(page.body.contains(kept), "\(path)")
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aCoachIsMadeDressedAndDeactivated(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let team = try test.browser(of: test.cast.tess)
      for new in ["/o/northwind/coaching/coaches/new", "/coaching/coaches/new"] {
        let fields = [
          ("email", "kim@coaches.example"), ("name", "Kim Åberg"), ("biography", "Listens."), ("languages", "English"), ("credentials", ""),
          ("time-zone", "Europe/Berlin"), ("meeting-link", ""), ("session-minutes", "45"), ("capacity", "4"),
          ("hours-monday", "09:00-12:00"),
        ]
        let coach = try path(team.post(new, fields, from: new))
        let page = try team.get(coach).body
        for text in ["Kim Åberg", "Listens.", "09:00-12:00", "0 of 4", "No password yet", "Active"] {
          #expect(page.contains(text), "\(text)")
        }
        let linked = try team.post(coach + "/link", [], from: coach)
        #expect(linked.status == 200 && linked.body.contains("http://127.0.0.1:8080/set-password/"))
        #expect(try !team.get(coach).body.contains("/set-password/"))
        #expect(try team.post(coach + "/edit", fields.filter { $0.0 != "capacity" }, from: coach + "/edit").location == coach)

        let ask = try team.get(coach + "/deactivation").body
        #expect(ask.contains("has no learners now, and no session is scheduled"))
        #expect(try team.post(coach + "/deactivation", [], from: coach + "/deactivation").location == coach)
        #expect(try team.get(coach).body.contains("Deactivated"))
        #expect(try team.post(coach + "/reactivation", [], from: coach + "/reactivation").location == coach)

        let png: [UInt8] =
          [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
          + [0, 0, 0, 4, 0, 0, 0, 4, 8, 6, 0, 0, 0, 1, 2, 3, 4]
        #expect(try team.upload("photo", Array("GIF89a".utf8), to: coach + "/photo", from: coach).status == 422)
        #expect(try team.upload("photo", png, to: coach + "/photo", from: coach).location == coach)
        let dressed = try team.get(coach).body
        let image = try #require(dressed.firstMatch(of: /src="(\/files\/[0-9a-f]+\.png)"/)?.output.1.description)
        let file = try test.browser.get(image)
        #expect(file.status == 200 && file.headers["Content-Type"] == "image/png")
        #expect(try team.post(coach + "/photo/removal", [], from: coach).location == coach)
        #expect(try test.browser.get(image).status == 404)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func onlyTheAccountTeamMayWrite(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let coaching = try CoachingWorld(test.cast, in: test.database)
      let base = "/o/northwind/coaching"
      let acts = [
        "/groups/new", "/groups/\(coaching.group)/edit", "/groups/\(coaching.group)/removal", "/purchases/new",
        "/purchases/\(coaching.purchase)/edit", "/purchases/\(coaching.purchase)/removal", "/coaches/new", "/coaches/\(coaching.mark)/edit",
        "/coaches/\(coaching.mark)/deactivation", "/coaches/\(coaching.mark)/reactivation", "/coaches/\(coaching.mark)/link",
        "/coaches/\(coaching.mark)/photo", "/coaches/\(coaching.mark)/photo/removal",
      ]
      for (word, person) in test.cast.everybody where word != "account team" {
        let browser = try test.browser(of: person)
        let outside = word == "stranger" || word == "learner"
        for act in acts {
          #expect(try browser.post(base + act, [("name", "X")], from: "/no-such-page").status == (outside ? 404 : 403), "\(word) at \(act)")
        }
        let mayMake = word == "owner"
        let made = try browser.post(
          base + "/surveys/new", [("name", "By \(word)"), ("questions", "Q")], from: mayMake ? base + "/surveys/new" : "/no-such-page")
        #expect(made.status == (mayMake ? 303 : outside ? 404 : 403), "\(word)")
        #expect(try browser.get(base + "/groups/\(coaching.group)").status == (mayMake ? 200 : outside ? 404 : 403), "\(word)")
      }
      // Nothing of another organization is there, not even for the account team.
      let team = try test.browser(of: test.cast.tess)
      for path in [
        "/groups/\(coaching.group)", "/purchases/\(coaching.purchase)", "/coaches/\(coaching.mark)", "/coaches/\(coaching.ines)",
      ] {
        #expect(try team.get("/o/southwind/coaching" + path).status == 404)
      }
      #expect(
        try team.get("/coaching/coaches/\(coaching.mark)").status == 404 && team.get("/coaching/coaches/\(coaching.ines)").status == 200)
      // The navigation says who may what.
      let (owner, admin) = (
        try test.browser(of: test.cast.olga).get("/o/northwind").body, try test.browser(of: test.cast.pat).get("/o/northwind").body
      )
      #expect(owner.contains("Coaching set-up") && owner.contains("href=\"\(base)/surveys\"") && !owner.contains("href=\"\(base)/groups\""))
      #expect(!admin.contains("Coaching set-up"))
    }
  }

  @Test(arguments: TestDatabase.engines) func listsAreExportedAsTheyAreFound(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      _ = try CoachingWorld(test.cast, in: test.database)
      let team = try test.browser(of: test.cast.tess)
      for kind in ["groups", "purchases", "assessments", "surveys", "coaches"] {
        let page = try team.get("/o/northwind/coaching/\(kind)?q=a&sort=-name")
        #expect(page.status == 200 && page.body.contains("href=\"/o/northwind/coaching/\(kind).csv?q=a&amp;sort=-name\""), "\(kind)")
        #expect(try team.get("/o/northwind/coaching/\(kind).csv?q=a").headers["Content-Type"] == "text/csv; charset=utf-8")
      }
    }
  }
}

extension TestBrowser {
  /// Sends a file with the token of a page.
  func upload(_ name: String, _ bytes: [UInt8], to target: String, from page: String) throws -> Reply {
    let token = try get(page).hidden("csrf") ?? ""
    let head =
      "--edge\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n\(token)\r\n--edge\r\nContent-Disposition: form-data; name=\"\(name)\"; "
      + "filename=\"file\"\r\n\r\n"
    return try send(
      "POST", target, .bytes(Array(head.utf8) + bytes + Array("\r\n--edge--\r\n".utf8)),
      [("Content-Type", "multipart/form-data; boundary=edge")])
  }
}
