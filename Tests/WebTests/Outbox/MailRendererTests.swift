import Domain
import Support
import Templates
import Testing
import World

@testable import Web

@Suite struct MailRendererTests {
  private func renderer() throws -> MailRenderer {
    let templates = try ReloadingTemplates(
      directory: TestDatabase.migrationsFolder.replacing("/Migrations", with: "/Templates"), mode: .fixed)
    return MailRenderer(
      templates: templates, publicURL: try #require(PublicURL("https://learning.example.com")), key: try TestSite.key.get())
  }

  private func facts(_ kind: MailKind) -> MailFacts {
    var facts = MailFacts(
      kind,
      house: .init(
        slug: "northwind", name: "Northwind & <Co>", brandColor: "#ffee00", postalAddress: "Quay 1\n10115 Berlin", timeZone: "Europe/Berlin"
      ),
      organization: 4, user: 7, readerName: "Lena <Lind>", programSlug: "data", programName: "Data \"Academy\"", tagline: "Numbers & more")
    if kind == .invitation {
      facts.invitation = .init(
        program: 3, user: 7, generation: 2, message: "First <line>\nsecond & last\n\nNext", expiresAt: Moment("2024-07-28T23:30:00.000Z"))
    }
    if kind == .noPlacesLeft { facts.places = .init(contract: 9, name: "Year <3>", quantity: 1200, used: 1200, openInvitations: 31) }
    if kind == .coachingWelcome { facts.coaching = .init(sessions: 12, endsAt: Cast.now) }
    return facts
  }

  @Test(arguments: MailKind.allCases) func everyKindIsWrittenTwiceAndOnceEscaped(_ kind: MailKind) throws {
    let sent = try renderer().render(facts(kind))
    #expect(!sent.subject.isEmpty && !sent.subject.contains("\n") && !sent.subject.contains("&amp;"))
    #expect(sent.text.contains("Hello Lena <Lind>,") && sent.text.contains("Northwind & <Co>") && sent.text.contains("10115 Berlin"))
    #expect(!sent.text.contains("&lt;") && !sent.text.contains("<p"))
    #expect(
      sent.html.contains("Hello Lena &lt;Lind&gt;,") && sent.html.contains("Northwind &amp; &lt;Co&gt;") && !sent.html.contains("<Lind>"))
    #expect(sent.html.contains("bgcolor=\"#"))
    #expect(sent.text.contains("You get this email because") && sent.html.contains("You get this email because"))
    // A learner may choose; an administrator has to know.
    #expect(sent.text.contains("https://learning.example.com/preferences/4.7.") == (kind != .noPlacesLeft))
  }

  @Test func anInvitationHoldsItsLinkItsWordsAndItsEnd() throws {
    let sent = try renderer().render(facts(.invitation))
    let link = "https://learning.example.com/join/" + InvitationToken(program: 3, user: 7, generation: 2, key: try TestSite.key.get()).text
    #expect(sent.subject == "You are invited to Data \"Academy\"")
    #expect(sent.text.contains("Join the program:\n\(link)\n") && sent.html.contains("href=\"\(link)\""))
    #expect(sent.text.contains("First <line>\nsecond & last\n\nNext\n"))
    #expect(sent.html.contains("First &lt;line&gt;<br>second &amp; last<br>"))
    #expect(sent.text.contains("until 29 July 2024"))
    var plain = facts(.invitation)
    plain.invitation?.message = ""
    #expect(try renderer().render(plain).text.contains(MailModel.standardMessage))
  }

  @Test func aNoticeHoldsTheFigures() throws {
    let sent = try renderer().render(facts(.noPlacesLeft))
    #expect(sent.subject == "No places left: Year <3>")
    #expect(sent.text.contains("Places bought: 1,200\nPlaces taken: 1,200\nOpen invitations: 31\n"))
    #expect(sent.text.contains("https://learning.example.com/o/northwind/contracts/9"))
  }

  @Test func lettersOnAnyColorCanBeRead() {
    #expect("\(MailBrand("#ffee00").letters)" == "#000000")
    #expect("\(MailBrand("#123456").letters)" == "#ffffff")
    #expect("\(MailBrand("").color)" == "#2b4dc4" && "\(MailBrand("red;").color)" == "#2b4dc4")
  }

  @Test func whoHasNoNameIsGreetedAllTheSame() throws {
    var facts = facts(.programWelcome)
    facts.readerName = ""
    #expect(try renderer().render(facts).text.hasPrefix("Hello,\n"))
  }
}
