import Database
import Support
import Testing
import World

@testable import Web

/// The words of its own that a program's invitations carry.
@Suite struct InvitationMessagePagesTests {
  private let path = "/o/northwind/programs/data-academy/invitations/message"

  @Test(arguments: TestDatabase.engines) func whatIsSavedStandsInTheInvitation(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let admin = try test.browser(of: test.cast.pat)
      let saved = try admin.post(path, [("invitation-message", "Dear {{first_name}},\r\nfair winds <b>to you</b>.")], from: path)
      #expect(saved.location == "/o/northwind/programs/data-academy/invitations/preview")
      let preview = try admin.get("/o/northwind/programs/data-academy/invitations/preview")
      #expect(
        preview.body.contains("fair winds &lt;b&gt;to you&lt;/b&gt;.") && !preview.body.contains("{{") && preview.body.contains("Dear "))
      #expect(try admin.get(path).body.contains("Dear {{first_name}},"))
      let events = try test.database.read { try $0.scalar("SELECT COUNT(*) FROM audit_events WHERE action = 'invitation_message_changed'") }
      #expect(events == 1)
    }
  }

  @Test(arguments: TestDatabase.engines) func anUnknownPlaceholderIsNamedAndWhatWasTypedStays(_ engine: Dialect) throws {
    try TestSite.with(engine) { test in
      let admin = try test.browser(of: test.cast.pat)
      let refused = try admin.post(path, [("invitation-message", "Dear {{nickname}}")], from: path)
      #expect(refused.status == 422 && refused.title?.hasPrefix("Error: ") == true)
      #expect(refused.body.contains("There is no placeholder {{nickname}}.") && refused.body.contains("Dear {{nickname}}</textarea>"))
      #expect(try test.browser(of: test.cast.sten).post(path, [("invitation-message", "x")], from: "/o/southwind").status == 404)
    }
  }
}
