import Testing

@testable import HTTPServer

@Suite struct RouterTests {
  private func answer(_ router: Router, _ method: String, _ target: String) throws -> String {
    let response = try router.respond(to: Request(method: method, target: target))
    guard case .bytes(let bytes) = response.body else { return "\(response.status) \(response.headers["Location"] ?? "")" }
    return String(decoding: bytes, as: UTF8.self)
  }

  private var router: Router {
    var router = Router()
    router.on("GET", "/") { _ in .text("root") }
    router.on("GET", "/programs/new") { _ in .text("new") }
    router.on("GET", "/programs/:program") { .text("program \($0.parameters["program"] ?? "-")") }
    router.on("POST", "/programs/:id") { .text("change \($0.parameters["id"] ?? "-")") }
    router.on("GET", "/o/:slug/:room") { .text("\($0.parameters["slug"] ?? "-")/\($0.parameters["room"] ?? "-") \($0.route)") }
    router.on("GET", "/files/*path") { .text($0.parameters["path"] ?? "-") }
    return router
  }

  @Test func literalGoesBeforeNameAndTheOtherMethodStaysReachable() throws {
    #expect(try answer(router, "GET", "/") == "root")
    #expect(try answer(router, "GET", "/programs/new") == "new")
    #expect(try answer(router, "GET", "/programs/7") == "program 7")
    #expect(try answer(router, "POST", "/programs/new") == "change new")
    #expect(try answer(router, "HEAD", "/programs/a%20b") == "program a b")
    #expect(try answer(router, "GET", "/o/acme/users") == "acme/users /o/:slug/:room")
    #expect(try answer(router, "GET", "/files/css/site.css") == "css/site.css")
  }

  @Test func whatIsNotThereIs404AndAnotherMethodIs405WithAllow() {
    #expect(throws: HTTPError(404)) { try answer(router, "GET", "/nothing") }
    #expect(throws: HTTPError(404)) { try answer(router, "GET", "/files") }
    #expect(throws: HTTPError(405, headers: ["Allow": "GET, HEAD, POST"])) { try answer(router, "DELETE", "/programs/new") }
    #expect(throws: HTTPError(405, headers: ["Allow": "GET, HEAD"])) { try answer(router, "POST", "/") }
  }

  @Test(arguments: [
    ("/programs/", "/programs"), ("//programs//7", "/programs/7"), ("/programs/7/?a=1&b=%20", "/programs/7?a=1&b=%20"),
    ("/%70rograms", "/programs"), ("/a%2cb/c%e2%82%ac", "/a,b/c%E2%82%AC"), ("/a|b", "/a%7Cb"),
  ])
  func everyPathHasOneForm(_ sent: String, _ canonical: String) throws {
    #expect(try answer(router, "GET", sent) == "308 \(canonical)")
    let again = try Request(target: canonical)
    #expect(again.head.target.isCanonical)
  }

  @Test(arguments: ["/.", "/a/..", "/%2e%2e/a", "/a%2fb", "/a%5Cb", "/a%00", "/a%0ab", "/%ff", "/%zz", "/%4", "/a#b"])
  func whatCouldLeaveThePathIsRefused(_ target: String) {
    #expect(throws: HTTPError(400)) { try Request(target: target) }
  }

  @Test func admitRefusesBeforeTheHandlerAndCanGiveContextAndRoom() throws {
    var router = Router()
    router.on(
      "POST", "/form", body: .form,
      admit: { request in
        guard request.headers["X-Pass"] != nil else { return Response(403) }
        request.context = "Ann"
        request.bodyLimit = 100_000
        return nil
      }, handler: { .text("\($0.context ?? "-") \($0.body.size)") })
    let body = RequestBody.bytes([UInt8](repeating: 65, count: 70_000))
    #expect(try router.respond(to: Request(method: "POST", target: "/form", body: body)).status == 403)
    let response = try router.respond(to: Request(method: "POST", target: "/form", headers: [("X-Pass", "1")], body: body))
    guard case .bytes(let bytes) = response.body else { throw HTTPError(500) }
    #expect(String(decoding: bytes, as: UTF8.self) == "Ann 70000")
    let large = RequestBody.bytes([UInt8](repeating: 65, count: 100_001))
    #expect(throws: HTTPError(413)) {
      try router.respond(to: Request(method: "POST", target: "/form", headers: [("X-Pass", "1")], body: large))
    }
  }
}
