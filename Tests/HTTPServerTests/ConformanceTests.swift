import Testing

@testable import HTTPServer

/// Raw requests and the status that RFC 9112 and 9110 ask for; each on a connection of its own, cut into pieces and at once.
@Suite struct ConformanceTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let sent: String
    let status: Int
    /// Whether the connection can be used for another request.
    var staysOpen = false
    var testDescription: String { name }
  }

  static var router: Router {
    var router = Router()
    router.on("GET", "/") { _ in .text("hello") }
    router.on("GET", "/echo") { .text($0.query["q"] ?? "-") }
    router.on("POST", "/form", body: .form) { request in
      .text(try request.form().pairs.map { "\($0.name)=\($0.value)" }.joined(separator: ";"))
    }
    router.on("POST", "/upload", slow: true, body: .upload(limit: 1_000)) { .text("\($0.body.size)") }
    router.on("GET", "/fault") { _ in throw BadResponse(description: "secret") }
    router.on("GET", "/teapot") { _ in throw HTTPError(409, "no tea") }
    router.on("GET", "/split") { _ in Response(headers: ["X-A": "1\r\nX-B: 2"]) }
    router.on("GET", "/mine") { _ in Response(headers: ["content-length": "5"]) }
    return router
  }

  static let host = "Host: localhost\r\n"
  static let cases: [Case] = [
    Case(name: "plain", sent: "GET / HTTP/1.1\r\n\(host)\r\n", status: 200, staysOpen: true),
    Case(name: "empty lines before", sent: "\r\n\r\nGET / HTTP/1.1\r\n\(host)\r\n", status: 200, staysOpen: true),
    Case(name: "many empty lines before", sent: "\r\n\r\n\r\nGET / HTTP/1.1\r\n\(host)\r\n", status: 400),
    Case(name: "close", sent: "GET / HTTP/1.1\r\n\(host)Connection: Close\r\n\r\n", status: 200),
    Case(name: "close in a list", sent: "GET / HTTP/1.1\r\n\(host)Connection: TE, close\r\n\r\n", status: 200),
    Case(name: "HTTP/1.0 closes", sent: "GET / HTTP/1.0\r\n\(host)Connection: keep-alive\r\n\r\n", status: 200),
    Case(name: "HTTP/1.0 without host where hosts are checked", sent: "GET / HTTP/1.0\r\n\r\n", status: 421),
    Case(name: "HTTP/1.2 is 1.1", sent: "GET / HTTP/1.2\r\n\(host)\r\n", status: 200, staysOpen: true),
    Case(name: "HTTP/2", sent: "GET / HTTP/2.0\r\n\(host)\r\n", status: 505),
    Case(name: "HTTP/0.9", sent: "GET /\r\n\r\n", status: 400),
    Case(name: "lower-case version", sent: "GET / http/1.1\r\n\(host)\r\n", status: 400),
    Case(name: "two spaces", sent: "GET  / HTTP/1.1\r\n\(host)\r\n", status: 400),
    Case(name: "tab in request line", sent: "GET\t/ HTTP/1.1\r\n\(host)\r\n", status: 400),
    Case(name: "bad method", sent: "G@T / HTTP/1.1\r\n\(host)\r\n", status: 400),
    Case(name: "noise", sent: "\u{16}\u{03}\u{01}", status: 400),
    Case(name: "no host", sent: "GET / HTTP/1.1\r\n\r\n", status: 400),
    Case(name: "two hosts", sent: "GET / HTTP/1.1\r\n\(host)\(host)\r\n", status: 400),
    Case(name: "empty host", sent: "GET / HTTP/1.1\r\nHost:\r\n\r\n", status: 400),
    Case(name: "bad host", sent: "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", status: 400),
    Case(name: "user in host", sent: "GET / HTTP/1.1\r\nHost: me@localhost\r\n\r\n", status: 400),
    Case(name: "bad port", sent: "GET / HTTP/1.1\r\nHost: localhost:8a\r\n\r\n", status: 400),
    Case(name: "IPv6 host", sent: "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", status: 200, staysOpen: true),
    Case(name: "broken IPv6 host", sent: "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", status: 400),
    Case(name: "foreign host", sent: "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", status: 421, staysOpen: true),
    Case(name: "foreign authority", sent: "GET http://evil.example/ HTTP/1.1\r\n\(host)\r\n", status: 421, staysOpen: true),
    Case(
      name: "absolute form", sent: "GET http://LOCALHOST:1/echo?q=1 HTTP/1.1\r\nHost: evil.example\r\n\r\n", status: 200, staysOpen: true),
    Case(name: "user in authority", sent: "GET http://me@localhost/ HTTP/1.1\r\n\(host)\r\n", status: 400),
    Case(name: "absolute form of another kind", sent: "GET ftp://localhost/ HTTP/1.1\r\n\(host)\r\n", status: 400),
    Case(name: "authority form", sent: "CONNECT localhost:80 HTTP/1.1\r\n\(host)\r\n", status: 400),
    Case(name: "OPTIONS *", sent: "OPTIONS * HTTP/1.1\r\n\(host)\r\n", status: 204, staysOpen: true),
    Case(name: "GET *", sent: "GET * HTTP/1.1\r\n\(host)\r\n", status: 400),
    Case(name: "not found", sent: "GET /nothing HTTP/1.1\r\n\(host)\r\n", status: 404, staysOpen: true),
    Case(name: "wrong method", sent: "DELETE / HTTP/1.1\r\n\(host)\r\n", status: 405, staysOpen: true),
    Case(name: "unknown method", sent: "BREW / HTTP/1.1\r\n\(host)\r\n", status: 405, staysOpen: true),
    Case(name: "trailing slash", sent: "GET /echo/ HTTP/1.1\r\n\(host)\r\n", status: 308, staysOpen: true),
    Case(name: "dot segment", sent: "GET /../etc/passwd HTTP/1.1\r\n\(host)\r\n", status: 400),
    Case(name: "encoded slash", sent: "GET /..%2fetc HTTP/1.1\r\n\(host)\r\n", status: 400),
    Case(name: "raw UTF-8 in target", sent: "GET /é HTTP/1.1\r\n\(host)\r\n", status: 400),
    Case(name: "broken query", sent: "GET /echo?q=%4 HTTP/1.1\r\n\(host)\r\n", status: 400),
    Case(name: "NUL in query", sent: "GET /echo?q=%00 HTTP/1.1\r\n\(host)\r\n", status: 400),
    Case(name: "long target", sent: "GET /\(String(repeating: "a", count: 8_192)) HTTP/1.1\r\n\(host)\r\n", status: 414),
    Case(name: "endless target", sent: "GET /\(String(repeating: "a", count: 17_000))", status: 414),
    Case(name: "large head", sent: "GET / HTTP/1.1\r\n\(host)X: \(String(repeating: "a", count: 17_000))\r\n\r\n", status: 431),
    Case(name: "many fields", sent: "GET / HTTP/1.1\r\n\(host)\(String(repeating: "X: 1\r\n", count: 100))\r\n", status: 431),
    Case(name: "bare LF", sent: "GET / HTTP/1.1\nHost: localhost\n\n", status: 400),
    Case(name: "bare LF in fields", sent: "GET / HTTP/1.1\r\n\(host)X: 1\nY: 2\r\n\r\n", status: 400),
    Case(name: "bare CR in value", sent: "GET / HTTP/1.1\r\n\(host)X: 1\rY: 2\r\n\r\n", status: 400),
    Case(name: "NUL in value", sent: "GET / HTTP/1.1\r\n\(host)X: 1\0\r\n\r\n", status: 400),
    Case(name: "folded line", sent: "GET / HTTP/1.1\r\n\(host)X: 1\r\n 2\r\n\r\n", status: 400),
    Case(name: "space before colon", sent: "GET / HTTP/1.1\r\n\(host)X : 1\r\n\r\n", status: 400),
    Case(name: "space before first field", sent: "GET / HTTP/1.1\r\n Host: localhost\r\n\r\n", status: 400),
    Case(name: "no name", sent: "GET / HTTP/1.1\r\n\(host): 1\r\n\r\n", status: 400),
    Case(name: "no colon", sent: "GET / HTTP/1.1\r\n\(host)X\r\n\r\n", status: 400),
    Case(name: "form", sent: "POST /form HTTP/1.1\r\n\(host)\(form)Content-Length: 3\r\n\r\na=1", status: 200, staysOpen: true),
    Case(name: "no length is no body", sent: "POST /form HTTP/1.1\r\n\(host)\r\n", status: 200, staysOpen: true),
    Case(
      name: "wrong type", sent: "POST /form HTTP/1.1\r\n\(host)Content-Type: text/x\r\nContent-Length: 1\r\n\r\na", status: 415,
      staysOpen: true),
    Case(name: "signed length", sent: "POST /form HTTP/1.1\r\n\(host)Content-Length: +3\r\n\r\na=1", status: 400),
    Case(name: "negative length", sent: "POST /form HTTP/1.1\r\n\(host)Content-Length: -3\r\n\r\na=1", status: 400),
    Case(name: "empty length", sent: "POST /form HTTP/1.1\r\n\(host)Content-Length:\r\n\r\n", status: 400),
    Case(name: "list of lengths", sent: "POST /form HTTP/1.1\r\n\(host)Content-Length: 3, 3\r\n\r\na=1", status: 400),
    Case(name: "differing lengths", sent: "POST /form HTTP/1.1\r\n\(host)Content-Length: 3\r\nContent-Length: 4\r\n\r\na=1", status: 400),
    Case(name: "immense length", sent: "POST /form HTTP/1.1\r\n\(host)Content-Length: 99999999999999999999\r\n\r\n", status: 413),
    Case(name: "length beyond the limit", sent: "POST /form HTTP/1.1\r\n\(host)\(form)Content-Length: 65537\r\n\r\n", status: 413),
    Case(name: "body where none belongs", sent: "GET / HTTP/1.1\r\n\(host)Content-Length: 3\r\n\r\na=1", status: 413),
    Case(
      name: "chunked", sent: "POST /form HTTP/1.1\r\n\(host)\(form)\(chunked)\r\n2;x=y\r\na=\r\n1 ;x\r\n1\r\n0\r\nT: 1\r\n\r\n",
      status: 200, staysOpen: true),
    Case(name: "chunked with length", sent: "POST /form HTTP/1.1\r\n\(host)\(chunked)Content-Length: 3\r\n\r\n", status: 400),
    Case(name: "chunked twice", sent: "POST /form HTTP/1.1\r\n\(host)\(chunked)\(chunked)\r\n", status: 400),
    Case(name: "chunked in HTTP/1.0", sent: "POST /form HTTP/1.0\r\n\(host)\(chunked)\r\n0\r\n\r\n", status: 400),
    Case(name: "other coding", sent: "POST /form HTTP/1.1\r\n\(host)Transfer-Encoding: gzip, chunked\r\n\r\n", status: 501),
    Case(name: "identity", sent: "POST /form HTTP/1.1\r\n\(host)Transfer-Encoding: identity\r\n\r\n", status: 501),
    Case(name: "chunk without size", sent: "POST /form HTTP/1.1\r\n\(host)\(chunked)\r\n;x\r\n", status: 400),
    Case(name: "chunk with 0x", sent: "POST /form HTTP/1.1\r\n\(host)\(chunked)\r\n0x3\r\na=1\r\n0\r\n\r\n", status: 400),
    Case(name: "space after size", sent: "POST /form HTTP/1.1\r\n\(host)\(chunked)\r\n3 \r\na=1\r\n0\r\n\r\n", status: 400),
    Case(name: "chunk ends early", sent: "POST /form HTTP/1.1\r\n\(host)\(chunked)\r\n3\r\na=12\r\n", status: 400),
    Case(name: "chunk line with bare LF", sent: "POST /form HTTP/1.1\r\n\(host)\(chunked)\r\n3\na=1\r\n0\r\n\r\n", status: 400),
    Case(name: "chunk beyond the limit", sent: "POST /form HTTP/1.1\r\n\(host)\(chunked)\r\n10001\r\n", status: 413),
    Case(name: "chunk of immense size", sent: "POST /form HTTP/1.1\r\n\(host)\(chunked)\r\nFFFFFFFFFFFFFFFFF\r\n", status: 413),
    Case(name: "bad trailer", sent: "POST /form HTTP/1.1\r\n\(host)\(chunked)\r\n0\r\nno field\r\n\r\n", status: 400),
    Case(
      name: "long trailer",
      sent:
        "POST /form HTTP/1.1\r\n\(host)\(chunked)\r\n0\r\n\(String(repeating: "T: \(String(repeating: "x", count: 200))\r\n", count: 25))\r\n",
      status: 431),
    Case(name: "other expectation", sent: "POST /form HTTP/1.1\r\n\(host)Expect: tea\r\nContent-Length: 3\r\n\r\n", status: 417),
    Case(name: "upload", sent: "POST /upload HTTP/1.1\r\n\(host)Content-Length: 3\r\n\r\nabc", status: 200, staysOpen: true),
    Case(name: "upload beyond the limit", sent: "POST /upload HTTP/1.1\r\n\(host)Content-Length: 1001\r\n\r\n", status: 413),
    Case(name: "handler fails", sent: "GET /fault HTTP/1.1\r\n\(host)\r\n", status: 500, staysOpen: true),
    Case(name: "handler refuses", sent: "GET /teapot HTTP/1.1\r\n\(host)\r\n", status: 409, staysOpen: true),
    Case(name: "split response", sent: "GET /split HTTP/1.1\r\n\(host)\r\n", status: 500, staysOpen: true),
    Case(name: "field of the server", sent: "GET /mine HTTP/1.1\r\n\(host)\r\n", status: 500, staysOpen: true),
  ]
  static let form = "Content-Type: application/x-www-form-urlencoded\r\n"
  static let chunked = "Transfer-Encoding: chunked\r\n"

  @Test(arguments: cases) func answers(_ example: Case) throws {
    try withServer(Self.router, configure: { $0.allowedHosts = ["localhost", "[::1]"] }) { _, address in
      for pieceSize in [Int.max, 7] {
        let client = try Client(address)
        let bytes = Array(example.sent.utf8)
        for start in stride(from: 0, to: bytes.count, by: min(pieceSize, bytes.count)) {
          // Once it has refused, the server may already have closed.
          do { try client.send(Array(bytes[start..<min(start + min(pieceSize, bytes.count), bytes.count)])) } catch { break }
        }
        let answer = try client.answer()
        #expect(answer.status == example.status)
        #expect(answer["Date"]?.hasSuffix(" GMT") == true)
        #expect((answer["Connection"] == "close") == !example.staysOpen)
        #expect(!answer.text.contains("secret") && answer["X-B"] == nil)
        if example.staysOpen {
          try client.send("GET / HTTP/1.1\r\n\(Self.host)\r\n")
          #expect(try client.answer().text == "hello")
        } else {
          #expect(try client.isEnded())
        }
      }
    }
  }
}
