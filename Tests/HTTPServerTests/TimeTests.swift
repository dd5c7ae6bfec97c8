import Testing

@testable import HTTPServer

/// Limits of time, set so small that they pass at once; the tests wait for what the server does, never for a time.
@Suite struct TimeTests {
  private static var router: Router {
    var router = Router()
    router.on("GET", "/") { _ in .text("ok") }
    router.on("POST", "/form", body: .form) { .text("\($0.body.size)") }
    router.on("GET", "/large") { _ in Response(body: .bytes([UInt8](repeating: 65, count: 50_000_000))) }
    return router
  }

  @Test func aHeadThatDoesNotComeIs408AndASilentConnectionJustCloses() throws {
    try withServer(Self.router, configure: { $0.limits.headTime = .milliseconds(50) }) { _, address in
      let slow = try Client(address)
      try slow.send("GET / HTT")
      let answer = try slow.answer()
      #expect(answer.status == 408)
      #expect(answer["Connection"] == "close")
      let silent = try Client(address)
      #expect(try silent.isEnded())
    }
  }

  @Test func aBodyBelowTheMinimumRateIs408() throws {
    try withServer(
      Self.router,
      configure: {
        $0.limits.bodyTime = .milliseconds(50)
        $0.limits.bodyRate = 1_000_000_000
      }
    ) { _, address in
      let client = try Client(address)
      try client.send("POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
      #expect(try client.answer().status == 408)
      #expect(try client.isEnded())
    }
  }

  @Test func anIdleConnectionIsClosed() throws {
    try withServer(Self.router, configure: { $0.limits.idleTime = .milliseconds(50) }) { _, address in
      let client = try Client(address)
      try client.send(get("/"))
      #expect(try client.answer().text == "ok")
      #expect(try client.isEnded())
    }
  }

  @Test func aClientThatDoesNotReadIsCutOffAndThatIsLogged() throws {
    let finished = Notes<FinishedRequest>()
    try withServer(
      Self.router, onFinish: { finished.add($0) },
      configure: {
        $0.limits.writeTime = .milliseconds(50)
        $0.limits.writeRate = 1_000_000_000
      }
    ) { _, address in
      let client = try Client(address, receiveBuffer: 4_096)
      try client.send(get("/large"))
      let note = finished.wait(for: 1).first
      #expect(note?.isComplete == false)
      #expect(note?.status == 200)
      #expect((note?.bytes ?? 0) < 50_000_000)
    }
  }

  @Test func aSilentProducerCostsTheClientNothing() throws {
    let gate = Event()
    var router = Router()
    router.on("GET", "/download") { _ in
      .download(filename: "a", contentType: "text/plain") { spool in
        try spool.write([65])
        _ = gate.wait()
        try spool.write([66])
      }
    }
    router.on("POST", "/form", body: .form) { _ in .text("") }
    // The ticker times others out, one after the other, while the download waits for its producer.
    try withServer(
      router,
      configure: {
        $0.limits.writeTime = .milliseconds(1)
        $0.limits.bodyTime = .milliseconds(1)
        $0.limits.bodyRate = 1_000_000_000
      }
    ) { _, address in
      let client = try Client(address)
      try client.send(get("/download"))
      #expect(try client.head().status == 200)
      #expect(try client.take(6) == Array("1\r\nA\r\n".utf8))
      for _ in 0..<2 {
        let other = try Client(address)
        try other.send("POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
        #expect(try other.answer().status == 408)
      }
      gate.signal()
      #expect(try client.take(11) == Array("1\r\nB\r\n0\r\n\r\n".utf8))
    }
  }

  @Test func aClientThatStopsReadingWhileTheProducerPausesIsCutOffToo() throws {
    let finished = Notes<FinishedRequest>()
    let gate = Event()
    let ended = Event()
    var router = Router()
    router.on("GET", "/download") { _ in
      .download(filename: "a", contentType: "text/plain") { spool in
        let piece = [UInt8](repeating: 65, count: 1 << 20)
        do {
          for _ in 0..<8 { try spool.write(piece) }
          _ = gate.wait()
          while true { try spool.write(piece) }
        } catch is Spool.Abandoned {
          ended.signal()
        }
      }
    }
    try withServer(
      router, onFinish: { finished.add($0) },
      configure: {
        $0.limits.writeTime = .milliseconds(50)
        $0.limits.writeRate = 1_000_000_000
      }
    ) { _, address in
      let client = try Client(address, receiveBuffer: 65_536)
      try client.send(get("/download"))
      #expect(try client.head().status == 200)
      gate.signal()
      #expect(finished.wait(for: 1).first?.isComplete == false)
      #expect(ended.wait())
    }
  }

  @Test func creditIsSpentByWaitingAndEarnedByBytes() {
    var credit = Credit(full: 1_000, rate: 100)
    #expect(credit.wait(at: 0) == 1_000)
    credit.resume(at: 600)
    #expect(credit.wait(at: 600) == 1_000)
    credit.resume(at: 700)
    credit.earn(20)
    #expect(credit.wait(at: 700) == 1_200)
    credit.resume(at: 700)
    credit.earn(1_000)
    #expect(credit.wait(at: 700) == 1_700)
    credit.resume(at: 9_000)
    #expect(credit.wait(at: 9_000) == 9_000)
  }
}
