import Testing

@testable import HTTPServer

@Suite struct SpoolTests {
  struct Cause: Error {}

  @Test(arguments: [true, false]) func aSpoolIsFollowedWhileItGrows(_ isSlow: Bool) throws {
    let steps = (0..<4).map { _ in Event() }
    var router = Router()
    router.on("GET", "/download", slow: isSlow) { _ in
      .download(filename: "ä.csv", contentType: "text/csv") { spool in
        for (number, step) in steps.enumerated() {
          _ = step.wait()
          try spool.write(Array("line \(number)\n".utf8))
        }
      }
    }
    try withServer(router) { _, address in
      let client = try Client(address)
      try client.send(get("/download"))
      let head = try client.head()
      #expect(head["Transfer-Encoding"] == "chunked")
      #expect(head["Content-Disposition"] == "attachment; filename=\"_.csv\"; filename*=UTF-8''%C3%A4.csv")
      for (number, step) in steps.enumerated() {
        // Nothing of this line is written before the last one has arrived.
        step.signal()
        #expect(try client.take(12) == Array("7\r\nline \(number)\n\r\n".utf8))
      }
      #expect(try client.take(5) == Array("0\r\n\r\n".utf8))
      // The connection goes on.
      try client.send(get("/nothing"))
      #expect(try client.answer().status == 404)
    }
  }

  @Test func theProducerDoesNotWaitForTheClient() throws {
    let produced = Event()
    let piece = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 13) }
    var router = Router()
    router.on("GET", "/download", slow: true) { _ in
      .download(filename: "a", contentType: "text/csv") { spool in
        for _ in 0..<60 { try spool.write(piece) }
        produced.signal()
      }
    }
    try withServer(router) { _, address in
      let client = try Client(address, receiveBuffer: 65_536)
      try client.send(get("/download"))
      // Not a byte is read before all four megabytes are written.
      #expect(produced.wait())
      let body = try client.answer().body
      #expect(body.count == 60 * piece.count)
      #expect(stride(from: 0, to: body.count, by: piece.count).allSatisfy { body[$0..<($0 + piece.count)].elementsEqual(piece) })
    }
  }

  @Test func oldClientsGetABodyThatEndsWithTheConnection() throws {
    let gate = Event()
    var router = Router()
    router.on("GET", "/download") { _ in
      .download(filename: "a", contentType: "text/csv") { spool in
        try spool.write([65])
        _ = gate.wait()
        try spool.write([66])
      }
    }
    try withServer(router) { _, address in
      let client = try Client(address)
      try client.send("GET /download HTTP/1.0\r\n\r\n")
      let head = try client.head()
      #expect(head["Transfer-Encoding"] == nil && head["Content-Length"] == nil)
      #expect(head["Connection"] == "close")
      gate.signal()
      #expect(try client.rest() == [65, 66])
    }
  }

  @Test(arguments: ["1.0", "1.1"]) func aProducerThatFailsBreaksTheConnectionOffAndIsLogged(_ version: String) throws {
    let finished = Notes<FinishedRequest>()
    let gate = Event()
    var router = Router()
    router.on("GET", "/download") { _ in
      .download(filename: "a", contentType: "text/csv") { spool in
        try spool.write([65])
        _ = gate.wait()
        throw Cause()
      }
    }
    try withServer(router, onFinish: { finished.add($0) }) { _, address in
      let client = try Client(address)
      try client.send("GET /download HTTP/\(version)\r\nHost: a\r\n\r\n")
      #expect(try client.head().status == 200)
      gate.signal()
      #expect(throws: Client.Trouble.self) { try client.rest() }
      let note = try #require(finished.wait(for: 1).first)
      #expect(note.error is Cause)
      #expect(!note.isComplete)
    }
  }

  @Test func aClientThatGoesAwayEndsTheProducer() throws {
    let ended = Event()
    var router = Router()
    router.on("GET", "/download") { _ in
      .download(filename: "a", contentType: "text/csv") { spool in
        do {
          while true { try spool.write([UInt8](repeating: 65, count: 10_000)) }
        } catch is Spool.Abandoned {
          ended.signal()
        }
      }
    }
    try withServer(router) { _, address in
      var client: Client? = try Client(address)
      try client?.send(get("/download"))
      #expect(try client?.head().status == 200)
      client = nil
      #expect(ended.wait())
    }
  }

  @Test func aSpoolThatIsCompleteHasALengthAndOneOfTheCallersOwnIsFollowedToo() throws {
    let complete = try Spool(directory: "/tmp")
    try complete.write(Array("done".utf8))
    complete.finish()
    let growing = try Spool(directory: "/tmp")
    var router = Router()
    router.on("GET", "/complete") { _ in Response(body: .spool(complete)) }
    router.on("GET", "/growing") { _ in Response(body: .spool(growing)) }
    try withServer(router) { _, address in
      let client = try Client(address)
      try client.send(get("/complete"))
      let answer = try client.answer()
      #expect(answer["Content-Length"] == "4")
      #expect(answer.text == "done")
      try client.send(get("/growing"))
      #expect(try client.head()["Transfer-Encoding"] == "chunked")
      try growing.write([66])
      growing.finish()
      #expect(try client.take(11) == Array("1\r\nB\r\n0\r\n\r\n".utf8))
      #expect(throws: Spool.Abandoned.self) { try growing.write([67]) }
    }
    #expect(throws: FileError.self) { try Spool(directory: "/does/not/exist") }
  }
}
