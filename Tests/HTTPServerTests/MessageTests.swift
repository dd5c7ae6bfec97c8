import Testing

@testable import HTTPServer

@Suite struct MessageTests {
  @Test func cookiesAreBuiltOrRefused() throws {
    let session = try Cookie(name: "__Host-session", value: "abc", maxAge: .seconds(60), isSecure: true)
    #expect(session.text == "__Host-session=abc; Path=/; SameSite=Lax; Max-Age=60; Secure; HttpOnly")
    let theme = try Cookie(name: "theme", value: "dark", path: "/o", isSecure: false, isHTTPOnly: false, sameSite: .strict)
    #expect(theme.text == "theme=dark; Path=/o; SameSite=Strict")
    for value in ["a;b", "a b", "a\r\nb", "é", "a,b", "\"a\"", "a\\b"] {
      #expect(throws: BadResponse.self) { try Cookie(name: "a", value: value, isSecure: true) }
    }
    #expect(throws: BadResponse.self) { try Cookie(name: "a b", value: "", isSecure: true) }
    #expect(throws: BadResponse.self) { try Cookie(name: "a", value: "", path: "/;x", isSecure: true) }
    #expect(throws: BadResponse.self) { try Cookie(name: "__Host-a", value: "", isSecure: false) }
    #expect(throws: BadResponse.self) { try Cookie(name: "__Host-a", value: "", path: "/x", isSecure: true) }
    var response = Response(204)
    response.setCookie(session)
    response.setCookie(theme)
    #expect(response.headers.all("set-cookie").count == 2)
  }

  @Test func onlyLocalPathsAreGoneTo() {
    for path in ["/", "/a?b=c#d", "/a//b", "/%2F"] {
      #expect(isLocalPath(path))
      #expect(Response.seeOther(path).headers["Location"] == path)
      #expect(Response.permanentRedirect(path).status == 308)
    }
    for path in ["", "a", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nX: y", "/a b", "/é", "/a\\b", "javascript:1"]
    {
      #expect(!isLocalPath(path))
      #expect(Response.seeOther(path).headers["Location"] == "/")
    }
  }

  @Test func downloadsKeepTheirNames() {
    #expect(contentDisposition(attachment: "usage-report.csv") == "attachment; filename=\"usage-report.csv\"")
    #expect(
      contentDisposition(attachment: "Zoë \"x\", 王.csv")
        == "attachment; filename=\"Zo_ _x_, _.csv\"; filename*=UTF-8''Zo%C3%AB%20%22x%22%2C%20%E7%8E%8B.csv")
    #expect(contentDisposition(attachment: "../a\\b\r\nX: y\0") == "attachment; filename=\".._a_b__X: y_\"")
  }

  @Test func headersAreAListThatComparesNamesWithoutCase() throws {
    var headers: Headers = ["A": "1", "B": "2"]
    headers.add("a", "3")
    #expect(headers["a"] == "1")
    #expect(headers.all("A") == ["1", "3"])
    headers["A"] = "4"
    #expect(headers.fields.map(\.value) == ["2", "4"])
    headers["b"] = nil
    var bytes: [UInt8] = []
    try headers.serialize(into: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "A: 4\r\n")
  }

  @Test(arguments: [
    ("A", "1\r\n2"), ("A", "1\n"), ("A", "\0"), ("A", "\u{7F}"), ("A b", "1"), ("", "1"), ("A:", "1"), ("A\r\n", "1"), ("Date", "1"),
    ("content-length", "1"), ("Transfer-Encoding", "chunked"), ("connection", "close"), ("Keep-Alive", "1"),
  ])
  func fieldsThatCouldSplitAResponseAreRefused(_ name: String, _ value: String) {
    var headers = Headers()
    headers.add(name, value)
    var bytes: [UInt8] = []
    #expect(throws: BadResponse.self) { try headers.serialize(into: &bytes) }
  }

  @Test func addressesToListenOnAreRead() throws {
    for text in ["127.0.0.1:8080", "[::1]:8080", "0.0.0.0:80", "[::]:443", "127.8.0.1:0"] {
      #expect(try ListenAddress(text).description == text)
    }
    for text in [
      "", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+1", "::1:8080", "[127.0.0.1]:80", "localhost:80",
      "[::1:80", "a:b",
    ] {
      #expect(throws: ServerError.self) { try ListenAddress(text) }
    }
    #expect(try ["127.0.0.1:1", "[::1]:1", "127.9.9.9:1"].allSatisfy { try ListenAddress($0).isLoopback })
    #expect(try !["0.0.0.0:1", "[::]:1", "192.0.2.1:1", "[2001:db8::1]:1"].contains { try ListenAddress($0).isLoopback })
  }

  @Test func IPv6ClientsAreServedAndTheWildcardServesBoth() throws {
    var router = Router()
    router.on("GET", "/") { .text($0.peer) }
    for (listen, connect, peer) in [("[::1]:0", "[::1]", "::1"), ("[::]:0", "127.0.0.1", "127.0.0.1"), ("[::]:0", "[::1]", "::1")] {
      let address = try ListenAddress(listen)
      try withServer(router, configure: { $0.listen = address }) { _, bound in
        let client = try Client(try ListenAddress("\(connect):\(bound.port)"))
        try client.send(get("/"))
        #expect(try client.answer().text == peer)
      }
    }
  }
}
