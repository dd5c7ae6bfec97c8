import Glibc
import Testing

@testable import HTTPServer

@Suite struct CapacityTests {
  @Test func blockedHandlersLeaveWorkersForReservedRoutesAndForReading() throws {
    let entered = Notes<Int>()
    let gate = Event()
    var router = Router()
    router.on("GET", "/blocked") { _ in
      entered.add(1)
      return .text("\(gate.wait())")
    }
    router.on("GET", "/healthz", reserved: true) { _ in .text("ok") }
    try withServer(router) { _, address in
      // Three of the four workers may run handlers; three more requests wait without a thread.
      let blocked = try (0..<6).map { _ in try Client(address) }
      for client in blocked { try client.send(get("/blocked")) }
      #expect(entered.wait(for: 3).count == 3)
      let health = try Client(address)
      for _ in 0..<20 {
        try health.send(get("/healthz"))
        #expect(try health.answer().text == "ok")
      }
      #expect(entered.all.count == 3)
      gate.signal()
      for client in blocked { #expect(try client.answer().text == "true") }
    }
  }

  @Test func slowRoutesQueueAndThenRefuseWhileOthersGoOn() throws {
    let entered = Notes<String>()
    let gate = Event()
    var router = Router()
    router.on("GET", "/slow", slow: true) { _ in
      entered.add("slow")
      return .text("\(gate.wait())")
    }
    router.on("GET", "/other", slow: true) { _ in
      entered.add("other")
      return .text("other")
    }
    router.on("POST", "/upload", slow: true, body: .upload()) { _ in .text("") }
    router.on("GET", "/") { _ in .text("quick") }
    try withServer(
      router,
      configure: {
        $0.limits.slowThreadsPerRoute = 1
        $0.limits.slowQueue = 1
      }
    ) { _, address in
      let first = try Client(address)
      try first.send(get("/slow"))
      #expect(entered.wait(for: 1) == ["slow"])
      // One route holds at most one of the two threads, so another kind of slow work still gets through.
      let other = try Client(address)
      try other.send(get("/other"))
      #expect(try other.answer().text == "other")
      let waiting = try (0..<2).map { _ in try Client(address) }
      for client in waiting { try client.send(get("/slow")) }
      // The refusal shows that the queue is full; until then the requests are still on their way to it.
      let refused = try Client(address)
      var answers = 0
      while answers < 10_000 {
        try refused.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
        try refused.send("0123456789")
        let answer = try refused.answer()
        if answer.status == 503 {
          #expect(answer["Retry-After"] == "2")
          break
        }
        answers += 1
      }
      #expect(answers < 10_000)
      let quick = try Client(address)
      try quick.send(get("/"))
      #expect(try quick.answer().text == "quick")
      gate.signal()
      for client in waiting + [first] { #expect(try client.answer().text == "true") }
    }
  }

  @Test func bodiesInMemoryAreBoundedOverAllConnections() throws {
    let entered = Event()
    let gate = Event()
    var router = Router()
    router.on("POST", "/form", body: .form) { request in
      if request.body.size == 60_000 {
        entered.signal()
        _ = gate.wait()
      }
      return .text("done")
    }
    try withServer(router, configure: { $0.limits.bodiesInMemory = 70_000 }) { _, address in
      let holder = try Client(address)
      try holder.send("POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n")
      try holder.send([UInt8](repeating: 65, count: 60_000))
      #expect(entered.wait())
      let refused = try Client(address)
      try refused.send("POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n")
      #expect(try refused.answer().status == 503)
      gate.signal()
      #expect(try holder.answer().text == "done")
      let next = try Client(address)
      try next.send("POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n")
      try next.send([UInt8](repeating: 65, count: 20_000))
      #expect(try next.answer().text == "done")
    }
  }

  @Test(arguments: [true, false]) func connectionsAreBoundedInAllAndPerAddress(_ perAddress: Bool) throws {
    var router = Router()
    router.on("GET", "/") { _ in .text("ok") }
    try withServer(
      router, configure: { if perAddress { $0.limits.connectionsPerAddress = 2 } else { $0.limits.connections = 2 } }
    ) { _, address in
      let held = try (0..<2).map { _ in try Client(address) }
      for client in held {
        try client.send(get("/"))
        #expect(try client.answer().text == "ok")
      }
      let refused = try Client(address)
      let refusal = try refused.answer()
      #expect(refusal.status == 503)
      #expect(refusal["Retry-After"] == "2")
      try held[0].send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(try held[0].answer().text == "ok")
      #expect(try held[0].isEnded())
      shutdown(held[0].descriptor, Int32(SHUT_RDWR))
      // The place is free once the server has seen the end of that connection.
      var status = 503
      while status == 503 {
        let client = try Client(address)
        // A refusal may already have closed the connection.
        do { try client.send(get("/")) } catch { continue }
        status = try client.answer().status
      }
      #expect(status == 200)
    }
  }

  @Test func aTrustedProxyIsNotBoundByTheLimitPerAddress() throws {
    var router = Router()
    router.on("GET", "/") { .text($0.peer) }
    let proxies = try TrustedProxies("127.0.0.0/8")
    try withServer(
      router,
      configure: {
        $0.limits.connectionsPerAddress = 1
        $0.trustedProxies = proxies
      }
    ) { _, address in
      let clients = try (0..<5).map { _ in try Client(address) }
      for client in clients {
        try client.send(get("/"))
        #expect(try client.answer().text == "127.0.0.1")
      }
    }
  }

  @Test func acceptingGoesOnAfterDescriptorsRanOut() throws {
    let asked = Notes<Int>()
    var router = Router()
    router.on("GET", "/") { _ in .text("ok") }
    let left = Monitor(3)
    try withServer(
      router,
      configure: {
        $0.accept = { listener in
          let isRefused = left.withLock { left in
            defer { left -= 1 }
            return left > 0
          }
          guard isRefused else { return acceptConnection(listener) }
          asked.add(1)
          return .refused(EMFILE)
        }
      }
    ) { _, address in
      let client = try Client(address)
      try client.send(get("/"))
      #expect(try client.answer().text == "ok")
      #expect(asked.all.count == 3)
    }
  }

  @Test func stoppingLetsRunningRequestsFinishAndClosesTheRest() throws {
    let entered = Event()
    let gate = Event()
    var router = Router()
    router.on("GET", "/long", slow: true) { _ in
      entered.signal()
      return .text("\(gate.wait())")
    }
    router.on("GET", "/") { _ in .text("ok") }
    try withServer(router, configure: { $0.limits.stopTime = .seconds(100) }) { server, address in
      let idle = try Client(address)
      try idle.send(get("/"))
      #expect(try idle.answer().text == "ok")
      let fresh = try Client(address)
      let busy = try Client(address)
      try busy.send(get("/long"))
      #expect(entered.wait())
      let stopped = Event()
      try startThread {
        server.stop()
        stopped.signal()
      }
      #expect(try idle.isEnded())
      #expect(try fresh.isEnded())
      #expect(throws: Client.Trouble.self) { _ = try Client(address) }
      gate.signal()
      let answer = try busy.answer()
      #expect(answer.text == "true")
      #expect(answer["Connection"] == "close")
      shutdown(busy.descriptor, Int32(SHUT_RDWR))
      #expect(stopped.wait())
      #expect(server.address == nil)
    }
  }

  @Test func stoppingCutsOffWhatDoesNotFinish() throws {
    let gate = Event()
    let abandoned = Event()
    var router = Router()
    router.on("GET", "/endless") { _ in
      .download(filename: "a", contentType: "text/plain") { spool in
        try spool.write([65])
        _ = gate.wait()
        do { while true { try spool.write([UInt8](repeating: 66, count: 1_000)) } } catch { abandoned.signal() }
      }
    }
    try withServer(router, configure: { $0.limits.stopTime = .milliseconds(50) }) { server, address in
      let client = try Client(address)
      try client.send(get("/endless"))
      #expect(try client.head().status == 200)
      #expect(try client.take(4) == Array("1\r\nA".utf8))
      server.stop()
      gate.signal()
      #expect(abandoned.wait())
      #expect(throws: Client.Trouble.self) { try client.answer() }
    }
  }

  @Test func aTakenPortGivesOneClearSentence() throws {
    try withServer(Router()) { _, address in
      let second = Server(Configuration(listen: address), router: Router())
      #expect(throws: ServerError("cannot listen on \(address): another program uses this port")) { try second.start() }
    }
    let foreign = Server(Configuration(listen: try ListenAddress("192.0.2.1:0")), router: Router())
    #expect(throws: ServerError("cannot listen on 192.0.2.1:0: this machine does not have that address")) { try foreign.start() }
  }
}
