import Testing

@testable import Mail

@Suite struct MessageTests {
  private static func mail(name: String = "Lena Lind", subject: String = "Hello", text: String = "Hello", html: String = "<p>Hello</p>")
    throws -> Message
  {
    Message(
      from: try Mailbox(name: name, address: "no-reply@northwind.example"), to: try Mailbox(name: name, address: "lena@example.com"),
      replyTo: try Mailbox(name: name, address: "people@northwind.example"), subject: subject, text: text, html: html, date: 1_719_568_800,
      id: "abc_DEF-123")
  }

  /// What a header shows of a text: one line, without what turns the direction.
  private static func line(_ text: String) -> String { HeaderText.clean(text) }

  private static func normalized(_ text: String) -> String {
    let unified = String(text.unicodeScalars.reduce(into: String.UnicodeScalarView()) { $0.append($1) })
    let lines = unified.utf8.split(omittingEmptySubsequences: false) { $0 == 10 }.map { Array($0) }
    // CR, LF and CRLF end lines alike.
    var out: [UInt8] = []
    for (index, line) in lines.enumerated() {
      let isLast = index == lines.count - 1
      var bytes = line
      if !isLast, bytes.last == 13 { bytes.removeLast() }
      out += bytes.map { $0 == 13 ? 10 : $0 }
      if !isLast || !line.isEmpty && line.last != 13 { out.append(10) }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func check(_ name: String, _ subject: String, _ text: String, _ html: String) throws {
    let bytes = try mail(name: name, subject: subject, text: text, html: html).bytes()
    #expect(bytes.allSatisfy { $0 < 128 })
    let read = try ReadMail(bytes)
    #expect(
      read.fields.map(\.name) == [
        "Date", "From", "To", "Reply-To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
      ])
    for field in ["From", "To", "Reply-To"] { #expect(read.displayName(field) == line(name), "\(field) of \(name.debugDescription)") }
    #expect(read.address("To") == "lena@example.com" && read.address("From") == "no-reply@northwind.example")
    #expect(read.shown("Subject") == line(subject), "\(subject.debugDescription)")
    #expect(read.parts.map(\.type) == ["text/plain; charset=utf-8", "text/html; charset=utf-8"])
    #expect(Array(read.parts[0].text.utf8) == Array(normalized(text).utf8), "\(text.debugDescription)")
    #expect(Array(read.parts[1].text.utf8) == Array(normalized(html).utf8), "\(html.debugDescription)")
  }

  /// Lines of header that a mail program would fold: at most 76 where there are encoded words (RFC 2047 section 2).
  private static func longest(_ bytes: [UInt8]) -> Int {
    let text = String(decoding: bytes, as: UTF8.self)
    let header = text.components(separatedByEmptyLine: ())
    return header.split(separator: "\r\n").map(\.utf8.count).max() ?? 0
  }

  @Test func awkwardTextsComeOutAsTheyWentIn() throws {
    let texts = [
      "", " ", "Lena", "Lind, Lena", "\"Lena\" \\ Lind", "王伟", "Zoë Łukasz", "👩‍👩‍👧‍👦 family", "عربى", "a\u{202E}b", "=?UTF-8?B?TGVuYQ==?=",
      "x\r\nBcc: evil@evil.example", "x\nX-Injected: 1", "x\r\n\r\nbody", "\r", "a\0b", "a\u{2028}b\u{0085}c", "Lena <evil@evil.example>",
      "a@b", "<>", "(comment)", String(repeating: "x", count: 2000), String(repeating: "ü", count: 500),
      String(repeating: "word ", count: 200),
      "e" + String(repeating: "\u{301}", count: 300), ".", "..", "From me", "tail \t", "=", "a=20b", "--=_abc_DEF-123", "--=_abc_DEF-123--",
      "line\r\nline\rline\nline", String(repeating: "=", count: 200), "\t", "Re: =?", "?=",
    ]
    for text in texts { try Self.check(text, text, text, text) }
  }

  @Test func anyTextComesOutAsItWentIn() throws {
    var random = SystemRandomNumberGenerator()
    func text() -> String {
      var scalars = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...120, using: &random) {
        let value: UInt32 =
          switch Int.random(in: 0..<6, using: &random) {
          case 0: UInt32.random(in: 0...0x1F, using: &random)
          case 1: UInt32.random(in: 0x20...0x7F, using: &random)
          case 2: UInt32.random(in: 0x80...0x7FF, using: &random)
          case 3: UInt32.random(in: 0x800...0xFFFF, using: &random)
          case 4: UInt32.random(in: 0x1F300...0x1FAFF, using: &random)
          default: [10, 13, 32, 34, 46, 58, 60, 61, 62, 63, 64, 0x200D, 0x301][Int.random(in: 0..<13, using: &random)]
          }
        if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
      }
      return String(scalars)
    }
    for _ in 0..<400 { try Self.check(text(), text(), text(), text()) }
  }

  @Test func encodedWordsKeepToTheirLines() throws {
    for subject in [String(repeating: "Schöne Grüße ", count: 30), String(repeating: "王", count: 300), String(repeating: "z", count: 400)] {
      #expect(Self.longest(try Self.mail(name: subject, subject: subject).bytes()) <= 76)
    }
  }

  @Test func theSameMailGivesTheSameBytes() throws {
    let (first, second) = (try Self.mail().bytes(), try Self.mail().bytes())
    #expect(first == second)
  }

  @Test func fieldsSayWhatTheyMust() throws {
    var mail = try Self.mail()
    let bare = try ReadMail(mail.bytes())
    #expect(bare["Date"] == "Fri, 28 Jun 2024 10:00:00 +0000")
    #expect(bare["Message-ID"] == "<abc_DEF-123@northwind.example>")
    #expect(bare["Auto-Submitted"] == "auto-generated" && bare["List-Unsubscribe"] == nil)
    mail.unsubscribe = "https://learning.example.com/preferences/abc.def"
    let full = try ReadMail(mail.bytes())
    #expect(full["List-Unsubscribe"] == "<https://learning.example.com/preferences/abc.def>")
    #expect(full["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click")
  }

  @Test(arguments: ["", "a b", "a>b", "a\r\nX: 1", ".a", "a..b", "ü", String(repeating: "a", count: 101)])
  func aNameOfAMailThatCannotStandInAHeaderIsRefused(_ id: String) throws {
    var mail = try Self.mail()
    mail.id = id
    #expect(throws: MailError.self) { try mail.bytes() }
  }

  @Test(arguments: ["javascript:1", "https://a\r\nX: 1", "https://a b", "https://a>b", "mailto:x@y.example", "https://é.example"])
  func anAddressToUnsubscribeThatCannotStandInAHeaderIsRefused(_ address: String) throws {
    var mail = try Self.mail()
    mail.unsubscribe = address
    #expect(throws: MailError.self) { try mail.bytes() }
  }
}

extension String {
  /// What stands before the first empty line.
  fileprivate func components(separatedByEmptyLine: Void) -> String {
    firstRange(of: "\r\n\r\n").map { String(self[..<$0.lowerBound]) } ?? self
  }
}
