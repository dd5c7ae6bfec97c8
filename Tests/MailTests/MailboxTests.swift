import Testing

@testable import Mail

@Suite struct MailboxTests {
  @Test(arguments: [
    ("lena@example.com", "lena@example.com"), ("o'neil+x@sub.example.com", "o'neil+x@sub.example.com"), ("a@localhost", "a@localhost"),
    ("lena@bücher.example", "lena@xn--bcher-kva.example"), ("lena@BÜCHER.example", "lena@xn--bcher-kva.example"),
    ("lena@例え.テスト", "lena@xn--r8jz45g.xn--zckzah"), ("lena@правда.example", "lena@xn--80aafi6cg.example"),
    ("jørn@example.com", "jørn@example.com"),
  ])
  func anAddressIsTaken(_ given: String, _ kept: String) throws {
    #expect(try Mailbox(address: given).address == kept)
  }

  @Test(arguments: [
    "", "lena", "@example.com", "lena@", "a@b@c", "a b@example.com", "a@exa mple.com", "a\r\n@example.com", "a@example.com\r\nBcc: x@y.z",
    "a@example.com>", "<a@example.com", "a,b@example.com", "\"a\"@example.com", "a@[127.0.0.1]", ".a@example.com", "a..b@example.com",
    "a@-b.example",
    "a@b..c", "a@b_c.example", "a\u{202E}@example.com", "a\u{A0}@example.com", "a\0@example.com",
    String(repeating: "a", count: 65) + "@example.com",
    "a@" + String(repeating: "b", count: 64) + ".example", "a@" + String(repeating: "bb.", count: 90) + "example",
  ])
  func whatIsNoAddressIsRefused(_ address: String) {
    #expect(throws: MailError.self) { try Mailbox(address: address) }
  }

  @Test func aNameIsNeverRefused() throws {
    #expect(try Mailbox(name: "a\r\nBcc: b", address: "a@example.com").name == "a Bcc: b")
    #expect(try Mailbox(name: "  a \t b ", address: "a@example.com").name == "a b")
  }
}
