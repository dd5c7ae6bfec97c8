/// From a complete request to a response.
extension Worker {
  /// Runs the handler here, or sends the connection to a slow thread.
  func handle(_ connection: Connection) -> Step {
    guard let request = connection.request, let route = connection.route else { return .drop }
    if route.isSlow {
      // Once submitted, the connection belongs to the slow thread.
      let engine = engine
      let isTaken = engine.pool.submit(route: route.pattern) { Self.handleSlowly(engine, connection, request, route) }
      return isTaken ? .handedOver : refuse(connection, HTTPError(503))
    }
    guard takeSlot(connection) else { return .handedOver }
    Self.call(engine, connection, request, route)
    giveBackSlot(connection)
    if case .spool(let spool) = connection.response?.body, spool.producer != nil, request.method != "HEAD" {
      guard engine.pool.submit(route: route.pattern, { spool.produce() }) else { return refuse(connection, HTTPError(503)) }
    }
    connection.stage = .respond
    return .next
  }

  private static func handleSlowly(_ engine: Engine, _ connection: Connection, _ request: Request, _ route: Router.Route) {
    call(engine, connection, request, route)
    let spool: Spool? = if case .spool(let spool) = connection.response?.body { spool } else { nil }
    connection.stage = .respond
    engine.resume(connection)
    // This thread goes on to write what the connection now sends.
    if request.method != "HEAD" { spool?.produce() }
  }

  /// Calls the handler and keeps its answer or its error.
  private static func call(_ engine: Engine, _ connection: Connection, _ request: Request, _ route: Router.Route) {
    let start = monotonicNanoseconds()
    do {
      let response = try route.handler(request)
      if case .spool(let spool) = response.body, spool.producer != nil, request.method != "HEAD" {
        try spool.open(in: engine.configuration.temporaryDirectory)
      }
      connection.response = response
    } catch {
      connection.response = errorResponse(engine, error, connection)
    }
    connection.handlerTime = .nanoseconds(monotonicNanoseconds() - start)
    connection.request?.body = .empty
    connection.share = nil
  }

  // MARK: Errors

  /// Answers with a response that did not come from the handler.
  func answer(_ connection: Connection, _ response: Response) -> Step {
    connection.response = response
    connection.reader = nil
    connection.share = nil
    connection.stage = .respond
    return .next
  }

  func refuse(_ connection: Connection, _ error: any Error) -> Step {
    answer(connection, Self.errorResponse(engine, error, connection))
  }

  /// Refuses a head or a body that cannot be read: nobody knows where the next request would begin.
  func refuseAndClose(_ connection: Connection, _ error: any Error) -> Step {
    connection.hasUnreadBody = true
    return refuse(connection, error)
  }

  /// The page for an error; one that is not for the client becomes a 500 and is kept for the log.
  static func errorResponse(_ engine: Engine, _ error: any Error, _ connection: Connection) -> Response {
    let httpError = error as? HTTPError
    if httpError == nil { connection.fault = error }
    var status = httpError?.status ?? 500
    if !(400...599).contains(status) { status = 500 }
    var response = engine.hooks.errorPage(status, connection.request, httpError?.message ?? "")
    response.status = status
    if let headers = httpError?.headers { response.headers.append(headers) }
    if status == 503, response.headers["Retry-After"] == nil {
      response.headers["Retry-After"] = String(engine.limits.retryAfter.components.seconds)
    }
    return response
  }

  // MARK: Slots

  /// False when the connection has to wait, and then belongs to the queue.
  func takeSlot(_ connection: Connection) -> Bool {
    guard connection.route?.isReserved != true, !connection.hasSlot else { return true }
    return engine.slots.take(connection)
  }

  func giveBackSlot(_ connection: Connection) {
    if connection.hasSlot { engine.giveBackSlot(connection) }
  }
}
