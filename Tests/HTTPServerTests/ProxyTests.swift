import Testing

@testable import HTTPServer

@Suite struct ProxyTests {
  private func client(_ trusted: String, _ peer: String, _ forwarded: [String]) throws -> String {
    let address = try #require(IPAddress(peer))
    return try TrustedProxies(trusted).client(behind: address, forwardedFor: forwarded).text
  }

  @Test func theRightMostUntrustedHopIsTheClient() throws {
    #expect(try client("10.0.0.0/8", "10.0.0.1", ["192.0.2.7"]) == "192.0.2.7")
    #expect(try client("10.0.0.0/8", "10.0.0.1", ["1.1.1.1, 192.0.2.7, 10.9.9.9"]) == "192.0.2.7")
    #expect(try client("10.0.0.0/8", "10.0.0.1", ["1.1.1.1", "192.0.2.7"]) == "192.0.2.7")
    #expect(try client("10.0.0.0/8", "10.0.0.1", ["10.0.0.3, 10.0.0.2"]) == "10.0.0.3")
    #expect(try client("10.0.0.0/8", "10.0.0.1", []) == "10.0.0.1")
    #expect(try client("10.0.0.0/8", "10.0.0.1", ["192.0.2.7, garbage"]) == "10.0.0.1")
    #expect(try client("10.0.0.0/8", "192.0.2.1", ["192.0.2.7"]) == "192.0.2.1")
    #expect(try client("", "192.0.2.1", ["192.0.2.7"]) == "192.0.2.1")
    #expect(try client("::1 2001:db8::/32", "::1", ["[2001:db9::1]:443, 2001:db8::5"]) == "2001:db9::1")
    #expect(try client("127.0.0.1", "::ffff:127.0.0.1", ["192.0.2.7:1234"]) == "192.0.2.7")
    #expect(try client("0.0.0.0/0", "192.0.2.1", ["2001:db8::1"]) == "2001:db8::1")
  }

  @Test func networksAreExact() throws {
    let proxies = try TrustedProxies("192.0.2.128/25,2001:db8::/33")
    for (text, expected) in [
      ("192.0.2.127", false), ("192.0.2.128", true), ("192.0.2.255", true), ("192.0.3.128", false), ("2001:db8:7fff::", true),
      ("2001:db8:8000::", false), ("::", false),
    ] {
      let address = try #require(IPAddress(text))
      #expect(proxies.contains(address) == expected)
    }
    for text in ["localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "10.0.0/8"] {
      #expect(throws: ServerError.self) { try TrustedProxies(text) }
    }
  }

  @Test(arguments: [("127.0.0.1", "192.0.2.7 true"), ("10.0.0.1", "127.0.0.1 false")])
  func onlyTrustedProxiesAreBelieved(_ trusted: String, _ expected: String) throws {
    var router = Router()
    router.on("GET", "/") { .text("\($0.peer) \($0.isSecure)") }
    let proxies = try TrustedProxies(trusted)
    try withServer(router, configure: { $0.trustedProxies = proxies }) { _, address in
      let client = try Client(address)
      try client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.1.1.1, 192.0.2.7\r\nX-Forwarded-Proto: http, https\r\n\r\n")
      #expect(try client.answer().text == expected)
      try client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: http\r\n\r\n")
      #expect(try client.answer().text == "127.0.0.1 false")
    }
  }
}
