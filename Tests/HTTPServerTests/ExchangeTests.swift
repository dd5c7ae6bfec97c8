import Testing

@testable import HTTPServer

@Suite struct ExchangeTests {
  @Test func headHasTheLengthButNoBodyAndEveryKindOfBodyEnds() throws {
    var router = Router()
    router.on("GET", "/page") { _ in .text("12345") }
    router.on("GET", "/empty") { _ in Response(204) }
    router.on("GET", "/download") { _ in .download(filename: "a.csv", contentType: "text/csv") { try $0.write([65]) } }
    try withServer(router) { _, address in
      let client = try Client(address)
      try client.send("HEAD /page HTTP/1.1\r\nHost: a\r\n\r\nHEAD /download HTTP/1.1\r\nHost: a\r\n\r\n\(get("/empty"))\(get("/page"))")
      let head = try client.answer(toHead: true)
      #expect(head.status == 200)
      #expect(head["Content-Length"] == "5")
      #expect(try client.answer(toHead: true)["Content-Disposition"] == "attachment; filename=\"a.csv\"")
      let empty = try client.answer()
      #expect(empty.status == 204)
      #expect(empty["Content-Length"] == nil)
      #expect(try client.answer().text == "12345")
    }
  }

  @Test func pipelinedRequestsAreAnsweredInOrderBeyondOneTurn() throws {
    var router = Router()
    router.on("GET", "/n/:n") { .text($0.parameters["n"] ?? "-") }
    router.on("POST", "/form", body: .form) { .text(try $0.form()["a"] ?? "-") }
    let type = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n"
    try withServer(router) { _, address in
      let client = try Client(address)
      for number in 0..<100 {
        try client.send(get("/n/\(number)"))
        try client.send("POST /form HTTP/1.1\r\nHost: a\r\n\(type)\r\na=\(number % 10)")
      }
      for number in 0..<100 {
        #expect(try client.answer().text == "\(number)")
        #expect(try client.answer().text == "\(number % 10)")
      }
    }
  }

  @Test func admitDecidesBeforeTheClientIsToldToGoOn() throws {
    var router = Router()
    router.on(
      "POST", "/form", body: .form,
      admit: { request in
        if request.headers["X-Pass"] == nil { return .seeOther("/sign-in") }
        request.bodyLimit = 100_000
        return nil
      }, handler: { .text("\($0.body.size)") })
    try withServer(router) { _, address in
      let refused = try Client(address)
      try refused.send("POST /form HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 70000\r\n\r\n")
      let refusal = try refused.head()
      #expect(refusal.status == 303)
      #expect(refusal["Location"] == "/sign-in")
      #expect(refusal["Connection"] == "close")

      let admitted = try Client(address)
      try admitted.send("POST /form HTTP/1.1\r\nHost: a\r\nX-Pass: 1\r\nExpect: 100-continue\r\nContent-Length: 70000\r\n\r\n")
      #expect(try admitted.head().status == 100)
      try admitted.send([UInt8](repeating: 65, count: 70_000))
      #expect(try admitted.answer().text == "70000")

      let eager = try Client(address)
      try eager.send("POST /form HTTP/1.1\r\nHost: a\r\nX-Pass: 1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc")
      #expect(try eager.head().status == 200)
    }
  }

  @Test func theErrorPageHookDressesEveryRefusalAndKeepsTheServersFields() throws {
    var router = Router()
    router.on("GET", "/") { _ in .text("") }
    router.on("GET", "/busy") { _ in throw HTTPError(429, "slow down", headers: ["Retry-After": "7"]) }
    let page: Server.ErrorPage = { status, request, message in .text("\(status) \(request?.path ?? "none") \(message)", status: 200) }
    try withServer(router, errorPage: page) { _, address in
      let client = try Client(address)
      try client.send("POST / HTTP/1.1\r\nHost: a\r\n\r\n")
      let method = try client.answer()
      #expect(method.status == 405)
      #expect(method["Allow"] == "GET, HEAD")
      #expect(method.text == "405 / ")
      try client.send(get("/busy"))
      let busy = try client.answer()
      #expect(busy.status == 429)
      #expect(busy["Retry-After"] == "7")
      #expect(busy.text == "429 /busy slow down")
      try client.send("nonsense\r\n\r\n")
      #expect(try client.answer().text == "400 none ")
      #expect(try client.isEnded())
    }
  }

  @Test func theLogGetsRouteStatusBytesTimeContextAndTheCauseOfA500() throws {
    struct Cause: Error {}
    var router = Router()
    router.on(
      "GET", "/people/:id",
      admit: { request in
        request.context = "Ann"
        return nil
      }, handler: { _ in .text("hello") })
    router.on("GET", "/fault") { _ in throw Cause() }
    router.on("GET", "/bad") { _ in Response(99) }
    let finished = Notes<FinishedRequest>()
    try withServer(router, onFinish: { finished.add($0) }) { _, address in
      let client = try Client(address)
      try client.send(get("/people/7?secret=1") + get("/fault") + get("/bad") + "nonsense\r\n\r\n")
      let sizes = try (0..<4).map { _ in try client.answer() }.map(\.status)
      #expect(sizes == [200, 500, 500, 400])
      let notes = finished.wait(for: 4)
      #expect(notes.map(\.status) == sizes)
      #expect(notes.map(\.route) == ["/people/:id", "/fault", "/bad", ""])
      #expect(notes.map(\.method) == ["GET", "GET", "GET", ""])
      #expect(notes[0].context as? String == "Ann")
      #expect(notes[0].bytes > 5 && notes[0].isComplete && notes[0].handlerTime > .zero && notes[0].error == nil)
      #expect(notes[0].peer == "127.0.0.1" && notes[0].id.utf8.count == 16)
      #expect(notes[1].error is Cause)
      #expect(notes[2].error is BadResponse)
      #expect(notes[3].request == nil)
      #expect(Set(notes.map(\.id)).count == 4)
    }
  }

  @Test func uploadsLieInAFileAndFormsInMemory() throws {
    var router = Router()
    router.on("POST", "/upload", slow: true, body: .upload(limit: 3_000_000)) { request in
      guard case .file(let file) = request.body else { return Response(500) }
      let sum = try request.body.bytes().reduce(0) { $0 &+ Int($1) }
      return .text("\(file.size) \(sum)")
    }
    try withServer(router) { _, address in
      let bytes = (0..<1_200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let sum = bytes.reduce(0) { $0 &+ Int($1) }
      let client = try Client(address)
      try client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: \(bytes.count)\r\n\r\n")
      try client.send(bytes)
      let answer = try client.answer()
      #expect(answer.status == 200)
      #expect(answer.text == "\(bytes.count) \(sum)")
      try client.send("POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
      for start in stride(from: 0, to: bytes.count, by: 70_000) {
        let piece = bytes[start..<min(start + 70_000, bytes.count)]
        try client.send("\(String(piece.count, radix: 16))\r\n")
        try client.send(piece + [13, 10])
      }
      try client.send("0\r\n\r\n")
      #expect(try client.answer().text == "\(bytes.count) \(sum)")
    }
  }

  @Test func largeAnswersArriveWhole() throws {
    let bytes = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let spool = try Spool(directory: "/tmp")
    try spool.write(bytes)
    spool.finish()
    let file = try #require(spool.file)
    var router = Router()
    router.on("GET", "/bytes") { _ in Response(body: .bytes(bytes)) }
    router.on("GET", "/file") { _ in Response(body: .file(file, 1..<1_499_999)) }
    router.on("GET", "/outside") { _ in Response(body: .file(file, 1..<1_500_001)) }
    try withServer(router) { _, address in
      let client = try Client(address, receiveBuffer: 65_536)
      try client.send(get("/bytes") + get("/file") + get("/outside"))
      #expect(try client.answer().body == bytes)
      #expect(try client.answer().body == Array(bytes[1..<1_499_999]))
      #expect(try client.answer().status == 500)
    }
  }
}
