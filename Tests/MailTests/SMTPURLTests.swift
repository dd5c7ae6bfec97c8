import Testing

@testable import Mail

@Suite struct SMTPURLTests {
  @Test func aSettingSaysEverything() throws {
    let url = try SMTPURL("smtp://us%40er:p%3Aw%2F@mail.example.com:2525?starttls=opportunistic&rate=5&ca=/etc/ca.pem")
    #expect(url.host == "mail.example.com" && url.port == 2525 && url.user == "us@er" && url.password == "p:w/")
    #expect(url.startTLS == .opportunistic && url.rate == 5 && url.authorities == "/etc/ca.pem" && !url.isImplicitTLS)
    #expect("\(url)" == "smtp://mail.example.com:2525" && String(reflecting: url) == "smtp://mail.example.com:2525")
  }

  @Test func whatIsNotSaidFollowsFromTheRest() throws {
    #expect(try SMTPURL("smtp://localhost").port == 25)
    #expect(try SMTPURL("smtp://localhost").startTLS == .opportunistic)
    #expect(try SMTPURL("smtp://a:b@localhost").port == 587)
    #expect(try SMTPURL("smtp://a:b@localhost").startTLS == .required)
    #expect(try SMTPURL("smtps://localhost/").port == 465)
    #expect(try SMTPURL("smtp://[::1]:2525").host == "::1")
    #expect(try SMTPURL("smtp://[::1]").description == "smtp://[::1]:25")
    #expect(try SMTPURL("smtp://localhost").rate == 20)
  }

  @Test(arguments: [
    "", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://:25", "smtp://host:", "smtp://host:0", "smtp://host:70000",
    "smtp://host:x", "smtp://user@host", "smtp://:pw@host", "smtp://a:%zz@host", "smtp://a:%0A@host", "smtp://::1", "smtp://[::1",
    "smtp://ho st",
    "smtp://host/path", "smtp://host?tls=1", "smtp://host?starttls=maybe", "smtps://host?starttls=required", "smtp://host?rate=0",
    "smtp://host?rate=1&rate=2", "smtp://host?rate", "smtp://host?ca=",
  ])
  func nonsenseIsRefused(_ text: String) {
    #expect(throws: MailError.self) { try SMTPURL(text) }
  }

  @Test func noRefusalShowsThePassword() {
    for text in ["smtp://user:secretword@host:x", "smtp://user:secretword@host?x", "smtp://user:secretword@"] {
      do {
        _ = try SMTPURL(text)
        Issue.record("\(text) was taken")
      } catch {
        #expect(!"\(error)".contains("secretword"))
      }
    }
  }
}
