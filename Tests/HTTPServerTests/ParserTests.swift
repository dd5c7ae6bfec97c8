import Testing

@testable import HTTPServer

/// The parsers give the same whatever the pieces in which bytes arrive.
@Suite struct ParserTests {
  static func chunked(_ text: String, pieces: Int, limit: Int = 1_000) -> String {
    var decoder = ChunkedDecoder()
    var body: [UInt8] = []
    let bytes = Array(text.utf8)
    var index = 0
    do {
      while index < bytes.count, !decoder.isDone {
        let end = min(index + pieces, bytes.count)
        let used = try bytes.withUnsafeBufferPointer { buffer in
          try decoder.decode(Bytes(rebasing: buffer[index..<end]), limit: limit) { body.append(contentsOf: $0) }
        }
        index += used
      }
    } catch {
      return "refused \((error as? HTTPError)?.status ?? 0)"
    }
    return decoder.isDone ? "\(String(decoding: body, as: UTF8.self)) +\(bytes.count - index)" : "incomplete"
  }

  @Test(arguments: [
    ("3\r\nabc\r\n0\r\n\r\n", "abc +0"), ("3\r\nabc\r\n0\r\n\r\nGET /", "abc +5"), ("0\r\nA: b\r\nC: d\r\n\r\n", " +0"),
    ("A;name=\"v\"\r\n0123456789\r\n00\r\n\r\n", "0123456789 +0"), ("3\r\nabc\r\n", "incomplete"), ("3\r\nabcd", "refused 400"),
    ("\r\n", "refused 400"), ("g\r\n", "refused 400"), ("3;\u{1}\r\n", "refused 400"), ("3\r\rabc", "refused 400"),
    ("3e9\r\n", "refused 413"),
    ("3e8\r\n\(String(repeating: "x", count: 1_000))\r\n1\r\nx\r\n0\r\n\r\n", "refused 413"),
    ("\(String(repeating: "0", count: 300))\r\n", "refused 400"),
  ])
  func chunksDecodeAlikeInAnyPieces(_ text: String, _ expected: String) {
    for pieces in [1, 2, 3, 7, .max / 2] { #expect(Self.chunked(text, pieces: pieces) == expected) }
  }

  @Test func aHeadIsFoundAlikeInAnyPieces() {
    let text = "GET /a HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\nGET"
    for pieces in 1...text.utf8.count {
      var scanner = HeadScanner()
      var received: [UInt8] = []
      var result = HeadScanner.Result.more
      for start in stride(from: 0, to: text.utf8.count, by: pieces) where result == .more {
        received += Array(text.utf8)[start..<min(start + pieces, text.utf8.count)]
        result = received.withUnsafeBufferPointer { scanner.scan($0) }
      }
      #expect(result == .end(text.utf8.count - 3))
    }
  }

  @Test func aHeadIsReadWhole() throws {
    let request = try Request(
      method: "POST", target: "/a/b%20c?q=a+b%26&q=2&empty&=x",
      headers: [
        ("Host", "Example.COM:8443"), ("Cookie", "a=1; b=\"2\";c = 3; =; bad"), ("X-Long", "  spaces around \t"), ("Accept", "a"),
        ("accept", "b"),
      ])
    #expect(request.method == "POST")
    #expect(request.path == "/a/b%20c")
    #expect(request.segments == ["a", "b c"])
    #expect(request.query["q"] == "a b&")
    #expect(request.query.all("q") == ["a b&", "2"])
    #expect(request.query["empty"] == "")
    #expect(request.query[""] == "x")
    #expect(request.query["none"] == nil)
    #expect(request.queryText == "q=a+b%26&q=2&empty&=x")
    #expect(request.host == "example.com:8443")
    #expect(request.headers["x-long"] == "spaces around")
    #expect(request.headers.all("ACCEPT") == ["a", "b"])
    #expect(request.cookies["a"] == "1")
    #expect(request.cookies["b"] == "2")
    #expect(request.cookies["c"] == "3")
    #expect(request.cookies["bad"] == nil)
  }

  @Test func formsDecodeOrAreRefused() throws {
    #expect(try Form(urlEncoded: "a=1&b=%C3%A9+x&&c".utf8) == Form([("a", "1"), ("b", "é x"), ("c", "")]))
    #expect(try Form(urlEncoded: "a=b=c".utf8)["a"] == "b=c")
    #expect(try Form(urlEncoded: "".utf8).pairs.isEmpty)
    for bad in ["a=%", "a=%4", "a=%zz", "a=%00", "%ff=1", "a=\0"] {
      #expect(throws: HTTPError(400)) { try Form(urlEncoded: bad.utf8) }
    }
    #expect(throws: HTTPError(400)) { try Form(urlEncoded: "a&b&c".utf8, maximum: 2) }
  }

  @Test func parametersOfFieldsAreRead() {
    #expect(parameter("filename", of: "form-data; name=\"a;b\"; filename=\"C:\\dir\\x \\\"y\\\".csv\"") == "C:\\dir\\x \"y\".csv")
    #expect(parameter("name", of: "form-data; name=\"a;b\"; filename=x") == "a;b")
    #expect(parameter("boundary", of: "multipart/form-data;boundary=abc ; x=y") == "abc")
    #expect(parameter("boundary", of: "multipart/form-data") == nil)
    #expect(parameter("boundary", of: "a; boundary") == nil)
    #expect(parameter("x", of: "a; x=\"open") == "open")
  }
}
