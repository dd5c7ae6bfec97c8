import CLinux

/// From a response to bytes on the connection.
extension Worker {
  // MARK: Head

  /// Turns the response into output.
  func respond(_ connection: Connection) -> Step {
    guard let response = connection.response else { return .drop }
    connection.response = nil
    do {
      connection.output = try output(connection, response)
    } catch {
      connection.fault = error
      if case .spool(let spool) = response.body { spool.abandon() }
      connection.output = faultPage(connection)
    }
    connection.stage = .write
    return .next
  }

  /// The page for a response that cannot be sent; nil, which drops the connection, cannot happen as long as the plain page is well-formed.
  private func faultPage(_ connection: Connection) -> Output? {
    var page = engine.hooks.errorPage(500, connection.request, "")
    page.status = 500
    for candidate in [page, plainErrorPage(500, "")] {
      do {
        return try output(connection, candidate)
      } catch {
        connection.fault = error
      }
    }
    return nil
  }

  private func output(_ connection: Connection, _ response: Response) throws -> Output {
    guard (200...599).contains(response.status) else { throw BadResponse(description: "a response has the status \(response.status)") }
    let head = connection.request?.head
    let isBodyless = response.status == 204 || response.status == 304
    let isHead = head?.method == "HEAD"
    var buffer: [UInt8] = []
    buffer.reserveCapacity(512)
    buffer += "HTTP/1.1 ".utf8
    buffer += String(response.status).utf8
    buffer.append(32)
    reasonPhrase(response.status).withUTF8Buffer { buffer += $0 }
    buffer += [13, 10]
    buffer += date()
    try response.headers.serialize(into: &buffer)

    var body: [UInt8] = []
    var source = Output.Source.none
    var length: Int? = 0
    switch response.body {
    case .empty: break
    case .bytes(let bytes):
      length = bytes.count
      body = bytes
    case .file(let file, let range):
      guard range.lowerBound >= 0, range.upperBound <= file.size else { throw BadResponse(description: "a range is not within its file") }
      length = range.count
      source = .file(file, range)
    case .spool(let spool):
      length = spool.finalSize
      if !isHead {
        guard let file = spool.file else { throw BadResponse(description: "a spool was not opened") }
        source = .spool(spool, file, offset: 0)
      }
    }
    let isChunked = length == nil && head?.minorVersion != 0
    let mustClose = head?.keepsAlive != true || connection.hasUnreadBody || engine.isStopping.load(ordering: .relaxed)
    let closes = mustClose || length == nil && !isChunked
    if !isBodyless {
      if let length {
        buffer += "Content-Length: \(length)\r\n".utf8
      } else if isChunked {
        buffer += "Transfer-Encoding: chunked\r\n".utf8
      }
    }
    if closes { buffer += "Connection: close\r\n".utf8 }
    buffer += [13, 10]
    if isBodyless || isHead {
      if case .spool(let spool, _, _) = source { spool.abandon() }
      source = .none
      body = []
    }
    // One record of TLS, or one packet, for what fits.
    if body.count <= 8 << 10 {
      buffer += body
      body = []
    }
    let output = Output(
      status: response.status, buffer: buffer, credit: Credit(full: limits.writeTime.milliseconds, rate: limits.writeRate),
      finish: finisher(connection, response.status))
    output.body = body
    output.source = source
    output.isChunked = isChunked
    output.closesAfter = closes
    if case .spool(let spool, _, _) = source { engine.remember(spool) }
    return output
  }

  /// What is told to the log when the response is over.
  private func finisher(_ connection: Connection, _ status: Int) -> @Sendable (Int, Bool, (any Error)?) -> Void {
    let request = connection.request
    let peer = request?.peer ?? connection.peer
    let handlerTime = connection.handlerTime
    let hooks = engine.hooks
    let number = request?.number ?? engine.nextNumber()
    return { bytes, isComplete, error in
      hooks.finish(
        FinishedRequest(
          request: request, number: number, method: request?.method ?? "", route: request?.route ?? "", peer: peer, status: status,
          bytes: bytes, handlerTime: handlerTime, isComplete: isComplete, error: error))
    }
  }

  // MARK: Body

  /// Sends what there is. The client's time runs only while it is the client that is waited for.
  func write(_ connection: Connection) -> Step {
    guard let output = connection.output else { return .drop }
    connection.enter(.work)
    output.credit.resume(at: monotonicMilliseconds())
    while true {
      while !output.isBufferSent {
        switch output.sendBuffer({ connection.transmit($0, $1) }) {
        case .bytes(let count):
          output.sent += count
          took(output, count)
        case .wait(let events): return waitForClient(connection, output, events)
        case .end, .failed: return .drop
        }
      }
      if case .none = output.source { return finish(connection, output) }
      guard !turn.isOver(limits) else { return waitForClient(connection, output, EP_OUT) }
      do {
        if let step = try load(connection, output) { return step }
      } catch {
        return breakOff(connection, error)
      }
    }
  }

  /// Gets the next bytes of the source; nil when there are some to send.
  private func load(_ connection: Connection, _ output: Output) throws -> Step? {
    switch output.source {
    case .none: return nil
    case .file(let file, let range):
      guard !range.isEmpty else {
        output.source = .none
        return nil
      }
      if connection.isTLS {
        let piece = range.lowerBound..<min(range.lowerBound + scratch.count, range.upperBound)
        try output.load(file, piece)
        output.source = .file(file, piece.upperBound..<range.upperBound)
        return nil
      }
      switch connection.transmit(file, range.lowerBound..<min(range.lowerBound + limits.turnBytes, range.upperBound)) {
      case .bytes(let count):
        output.source = .file(file, range.lowerBound + count..<range.upperBound)
        took(output, count)
        return nil
      case .wait(let events): return waitForClient(connection, output, events)
      case .end: throw FileError("cannot send a file", 5)
      case .failed: return .drop
      }
    case .spool(let spool, let file, let offset): return try follow(connection, output, spool, file, offset)
    }
  }

  private func follow(
    _ connection: Connection, _ output: Output, _ spool: Spool, _ file: OpenFile, _ offset: Int
  ) throws -> Step? {
    var next = spool.next(after: offset, wake: nil)
    if case .wait = next {
      // From here on the connection may belong to the producer's thread, even before `next` returns.
      let engine = engine
      next = spool.next(after: offset) { engine.resume(connection) }
      if case .wait = next { return .handedOver }
    }
    switch next {
    case .bytes(let end):
      let piece = offset..<min(offset + scratch.count, end)
      try output.load(file, piece)
      output.source = .spool(spool, file, offset: piece.upperBound)
    case .end:
      output.source = .none
      engine.forget(spool)
      _ = output.loadLastChunk()
    case .failed(let error): throw error
    case .wait: break
    }
    return nil
  }

  private func took(_ output: Output, _ count: Int) {
    output.total += count
    output.credit.earn(count)
    turn.count(count)
  }

  private func waitForClient(_ connection: Connection, _ output: Output, _ events: UInt32) -> Step {
    connection.enter(.write, until: output.credit.wait(at: monotonicMilliseconds()))
    return .wait(events)
  }

  /// The rest of the body cannot be had: the client must not take what it got for all of it.
  private func breakOff(_ connection: Connection, _ error: any Error) -> Step {
    connection.fault = error
    connection.resetOnClose()
    return .drop
  }

  // MARK: End

  private func finish(_ connection: Connection, _ output: Output) -> Step {
    connection.output = nil
    guard let finish = output.finish else {
      connection.stage = .body
      return .next
    }
    finish(output.total, true, connection.fault)
    connection.request = nil
    connection.route = nil
    connection.fault = nil
    connection.handlerTime = .zero
    let now = monotonicMilliseconds()
    if output.closesAfter {
      connection.endSending()
      connection.input = []
      connection.stage = .linger
      connection.enter(.linger, until: now + limits.lingerTime.milliseconds)
      return .next
    }
    connection.stage = .head
    connection.enter(.idle, until: now + limits.idleTime.milliseconds)
    turn.countRequest()
    // Waiting for the event saves asking for bytes that are not there yet.
    if connection.input.isEmpty, !connection.hasPendingInput { return .wait(EP_IN) }
    return turn.isOver(limits) ? yield : .next
  }
}
