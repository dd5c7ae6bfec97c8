/// An HTTP/1.1 server over its own sockets: workers around one epoll, blocking handlers, slow routes on threads of their own.
///
/// ``start()`` ignores SIGPIPE for the whole process, as every server must, and raises the limit of open files as far as it may.
public final class Server: Sendable {
  /// Makes the page for a status that the server or an ``HTTPError`` answers. The request is nil when its head could not be read; the
  /// message may be empty. The status of the response that it returns is replaced by `status`.
  public typealias ErrorPage = @Sendable (_ status: Int, _ request: Request?, _ message: String) -> Response

  private let configuration: Configuration
  private let router: Router
  private let hooks: Hooks
  private let engine = Monitor<Engine?>(nil)

  /// Prepares a server; nothing is opened before ``start()``.
  ///
  /// - Parameters:
  ///   - errorPage: nil serves plain pages.
  ///   - onFinish: called after each response, on the thread that sent it: be quick, as a log line is.
  ///   - onTrouble: called with a sentence about trouble that no request caused, such as running out of descriptors.
  public init(
    _ configuration: Configuration, router: Router, errorPage: ErrorPage? = nil,
    onFinish: @escaping @Sendable (FinishedRequest) -> Void = { _ in }, onTrouble: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.router = router
    hooks = Hooks(errorPage: errorPage ?? { status, _, message in plainErrorPage(status, message) }, finish: onFinish, trouble: onTrouble)
  }

  /// Listens and serves, on threads of its own; returns at once.
  ///
  /// - Throws: ``ServerError`` when the address is taken or not this machine's, a certificate cannot be used, or the system has no threads.
  public func start() throws {
    try engine.withLock { engine in
      guard engine == nil else { throw ServerError("the server runs already") }
      let new = try Engine(configuration, router, hooks)
      try new.start()
      engine = new
    }
  }

  /// Stops: no new connections, idle ones are closed, running requests get ``Limits/stopTime`` to finish, the rest is cut off. Returns
  /// when that is done.
  public func stop() {
    let running = engine.withLock { engine in
      defer { engine = nil }
      return engine
    }
    running?.stop()
  }

  /// Where the server listens, with the port that it really has; nil while it does not run.
  public var address: ListenAddress? {
    engine.withLock { $0?.address }
  }

  /// Reads certificate and key again, for connections from now on. If that fails, the old ones stay in use.
  ///
  /// - Throws: ``ServerError`` that names the file.
  public func reloadCertificate() throws {
    try engine.withLock { try $0?.reloadCertificate() }
  }
}

/// What the program that uses the server wants to be asked or told.
struct Hooks: Sendable {
  let errorPage: Server.ErrorPage
  let finish: @Sendable (FinishedRequest) -> Void
  let trouble: @Sendable (String) -> Void
}
