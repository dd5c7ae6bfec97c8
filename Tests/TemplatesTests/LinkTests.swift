import Testing

@testable import Templates

@Suite struct LinkTests {
  @Test(arguments: [
    "/", "/a", "/o/x/programs?page=2&sort=-name#top", "/a//b", "?q=1", "?", "#", "#main", "https://example.org",
    "http://example.org:8080/a?b#c", "HTTPS://EXAMPLE.ORG",
    "mailto:a@x.example", "/ünï", "https://[::1]/", "/a:b", "?next=javascript:alert(1)", "/a%20b",
  ])
  func accepted(_ text: String) {
    #expect(Link(checking: text)?.text == text)
  }

  @Test(arguments: [
    "", "a", "./a", "../a", "//host", "//host/path", "/\\host", "\\\\host", "/a\\b", "javascript:alert(1)", "JavaScript:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)", "/a\nb", "/a b", "/\t/host", "https:", "https://", "https:///x", "https://?x", "https:/x", "http:x",
    "data:text/html,x", "vbscript:x",
    "ftp://x", "mailto:", "file:///x", "/a\u{0}", "/a\u{7F}", "/a\u{85}", "/a\u{A0}b", "/a\u{2028}", "/\u{202E}a", "/\u{200B}a",
    "\u{1}javascript:x", "https://@x", "xhttps://a",
    "*ttps://x.example",
  ])
  func refused(_ text: String) {
    #expect(Link(checking: text) == nil)
  }
}
