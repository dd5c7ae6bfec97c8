import CLinux

/// From bytes to a request that is let in and complete.
extension Worker {
  // MARK: Head

  func readHead(_ connection: Connection) -> Step {
    guard let first = connection.input.first else { return fill(connection) }
    // A TLS hello or other noise is answered at once, not after a head's worth of it.
    guard isTokenByte(first) || first == 13 else { return refuseAndClose(connection, HTTPError(400)) }
    if connection.phase == .idle { connection.enter(.head, until: monotonicMilliseconds() + limits.headTime.milliseconds) }
    switch connection.input.withUnsafeBufferPointer({ connection.scanner.scan($0) }) {
    case .bad: return refuseAndClose(connection, HTTPError(400))
    case .more:
      guard connection.input.count <= limits.head else { return refuseAndClose(connection, tooLong(connection)) }
      return fill(connection)
    case .end(2):
      // RFC 9112 section 2.2: an empty line before a request is ignored, for the sake of old clients; but not many.
      connection.emptyLines += 1
      guard connection.emptyLines <= 2 else { return refuseAndClose(connection, HTTPError(400)) }
      consume(connection, 2)
      return .next
    case .end(let end):
      guard end <= limits.head else { return refuseAndClose(connection, tooLong(connection)) }
      let head: Head
      do {
        head = try connection.input.withUnsafeBufferPointer { try HeadParser.parse(Bytes(rebasing: $0[..<end]), limits) }
      } catch {
        return refuseAndClose(connection, error)
      }
      consume(connection, end)
      connection.emptyLines = 0
      do {
        return try begin(connection, head)
      } catch {
        return refuse(connection, error)
      }
    }
  }

  private func tooLong(_ connection: Connection) -> HTTPError {
    HTTPError(connection.scanner.isPastRequestLine ? 431 : 414)
  }

  /// Makes the request and finds its route.
  private func begin(_ connection: Connection, _ head: Head) throws -> Step {
    var peer = connection.peer
    var isSecure = connection.isTLS
    if connection.isTrustedProxy {
      let proxies = engine.configuration.trustedProxies
      peer = proxies.client(behind: connection.address, forwardedFor: head.values("X-Forwarded-For")).text
      if proxies.isSecure(forwardedProto: head.values("X-Forwarded-Proto")) { isSecure = true }
    }
    var request = Request(head: head, number: engine.nextNumber(), peer: peer, isSecure: isSecure)
    connection.hasUnreadBody = head.hasBody
    connection.enter(.work)
    defer { connection.request = request }
    guard engine.allowedHosts.isEmpty || engine.allowedHosts.contains(hostName(request.host)) else { throw HTTPError(421) }
    if head.target.isAsterisk {
      return answerItself(connection, Response(204, headers: ["Allow": engine.router.methods.joined(separator: ", ")]))
    }
    guard head.target.isCanonical else { return answerItself(connection, Router.canonicalRedirect(head.target)) }
    let route = try engine.router.match(&request)
    request.bodyLimit = route.bodyLimit(limits)
    connection.route = route
    connection.stage = .admit
    return .next
  }

  private func answerItself(_ connection: Connection, _ response: Response) -> Step {
    var response = response
    response.headers.append(engine.configuration.headers)
    return answer(connection, response)
  }

  // MARK: Admission

  /// Runs the route's `admit` and decides on the body, before anything of it is asked for.
  func admit(_ connection: Connection) -> Step {
    guard var request = connection.request, let route = connection.route else { return .drop }
    do {
      if let admit = route.admit {
        guard takeSlot(connection) else { return .handedOver }
        defer { giveBackSlot(connection) }
        let refusal = try admit(&request)
        connection.request = request
        if let refusal { return answer(connection, refusal) }
      }
      guard connection.hasUnreadBody else {
        connection.stage = .handle
        return .next
      }
      return try prepareBody(connection, request, route)
    } catch {
      return refuse(connection, error)
    }
  }

  private func prepareBody(_ connection: Connection, _ request: Request, _ route: Router.Route) throws -> Step {
    let isUpload = if case .upload = route.body { true } else { false }
    guard route.body != .none, request.head.contentLength ?? 0 <= request.bodyLimit else { throw HTTPError(413) }
    guard !route.isSlow || engine.pool.hasRoom else { throw HTTPError(503) }
    let share = BodyShare(engine.bodyMemory)
    connection.share = share
    connection.reader = try BodyReader(
      request.head, limit: request.bodyLimit, directory: isUpload ? engine.configuration.temporaryDirectory : nil, share: share)
    connection.credit = Credit(full: limits.bodyTime.milliseconds, rate: limits.bodyRate)
    connection.stage = .body
    // RFC 9110 section 10.1.1: a client that already sends its body does not wait to be told.
    if request.head.expectsContinue, connection.input.isEmpty {
      connection.output = Output(
        status: 100, buffer: Array("HTTP/1.1 100 Continue\r\n\r\n".utf8),
        credit: Credit(full: limits.writeTime.milliseconds, rate: limits.writeRate), finish: nil)
      connection.stage = .write
    }
    return .next
  }

  // MARK: Body

  func readBody(_ connection: Connection) -> Step {
    // The disk's time is not the client's: the clock runs only while the client is waited for.
    connection.enter(.work)
    do {
      if !connection.input.isEmpty {
        let used = try connection.input.withUnsafeBufferPointer { try connection.reader?.take($0) ?? 0 }
        connection.credit.earn(used)
        consume(connection, used)
      }
      while connection.reader?.isDone == false {
        let now = monotonicMilliseconds()
        connection.credit.resume(at: now)
        guard !turn.isOver(limits) else {
          connection.enter(.body, until: connection.credit.wait(at: now))
          return yield
        }
        switch connection.receive(scratch) {
        case .bytes(let count):
          turn.count(count)
          let bytes = Bytes(rebasing: scratch.bindMemory(to: UInt8.self)[..<count])
          let used = try connection.reader?.take(bytes) ?? 0
          connection.credit.earn(used)
          connection.input.append(contentsOf: bytes[used...])
        case .wait(let events):
          connection.enter(.body, until: connection.credit.wait(at: now))
          return .wait(events)
        case .end: return connection.isExpired ? refuseAndClose(connection, HTTPError(408)) : .drop
        case .failed: return .drop
        }
      }
    } catch {
      return refuseAndClose(connection, error)
    }
    connection.request?.body = connection.reader?.finish() ?? .empty
    connection.reader = nil
    connection.hasUnreadBody = false
    connection.enter(.work)
    connection.stage = .handle
    return .next
  }

  // MARK: Bytes

  /// Receives into the connection's input.
  private func fill(_ connection: Connection) -> Step {
    switch connection.receive(scratch) {
    case .bytes(let count):
      turn.count(count)
      connection.input.append(contentsOf: scratch[..<count])
      return .next
    case .wait(let events): return .wait(events)
    case .end: return connection.isExpired && !connection.input.isEmpty ? refuseAndClose(connection, HTTPError(408)) : .drop
    case .failed: return .drop
    }
  }

  private func consume(_ connection: Connection, _ count: Int) {
    if count < connection.input.count {
      connection.input.removeFirst(count)
    } else if connection.input.capacity > 4_096 {
      // An idle connection keeps little memory.
      connection.input = []
    } else {
      connection.input.removeAll(keepingCapacity: true)
    }
    connection.scanner = HeadScanner()
  }
}

/// A host without its port.
private func hostName(_ host: String) -> String {
  let end = host.hasPrefix("[") ? host.firstIndex(of: "]").map(host.index(after:)) : host.firstIndex(of: ":")
  return String(host[..<(end ?? host.endIndex)])
}
