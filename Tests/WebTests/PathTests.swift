import Templates
import Testing

@testable import Web

@Suite struct PathTests {
  @Test func segmentsAndQueryAreEncoded() {
    #expect(Path([]).text == "/")
    #expect(Path(["o", "a b", "ü/?"]).text == "/o/a%20b/%C3%BC%2F%3F")
    #expect(Path(["x"], query: [("q", "a&b=c"), ("none", ""), ("p", "1")]).text == "/x?q=a%26b%3Dc&p=1")
    #expect(Path(["x"], fragment: "row 1").text == "/x#row%201")
    #expect(Path(["x"], query: [("q", "1")]).with(query: [("page", "2")]).text == "/x?page=2")
  }

  @Test(arguments: [Path.start, .signIn, .fragment("a\"b"), Path(["//", "\\"]), .signIn(returningTo: .home("x"))])
  func everyPathIsALink(_ path: Path) {
    guard case .link(let link) = path.templateValue else {
      Issue.record("\(path) is no link")
      return
    }
    #expect(link.text == path.text)
  }

  @Test(arguments: ["/", "/o/x?q=%22", "/a//b", "/a:b", "/%5cx"]) func pathsToReturnTo(_ text: String) {
    #expect(Path(returning: text)?.text == text)
  }

  @Test(arguments: [
    "", "//x", "/\\x", "\\\\x", "x", "javascript:alert(1)", "https:/x", "/x\u{0d}\u{0a}Set-Cookie: x=1", "/\u{09}/x", "http://x", "/a b",
    "/é", "/a\n", "/" + String(repeating: "a", count: 2048),
  ])
  func whatLeadsElsewhereIsRefused(_ text: String) { #expect(Path(returning: text) == nil) }

  @Test func publicAddresses() throws {
    for (text, expected) in [
      ("https://Learning.Example.com/", "https://learning.example.com"), ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
      ("https://x:443", "https://x"), ("http://[::1]:80", "http://[::1]"), ("http://x:443", "http://x:443"),
    ] { #expect(PublicURL(text)?.description == expected) }
    for text in [
      "", "x", "ftp://x", "https://", "https://x/y", "https://a b", "https://x:0", "https://x:99999", "https://u@x", "http://x?y",
    ] {
      #expect(PublicURL(text) == nil, "\(text)")
    }
    for text in ["http://localhost:1", "http://127.1.2.3", "http://[::1]"] { #expect(PublicURL(text)?.isLoopback == true, "\(text)") }
    for text in ["http://127.evil.example", "http://10.0.0.1", "http://localhost.example"] {
      #expect(PublicURL(text)?.isLoopback == false, "\(text)")
    }
  }
}
