/// How a ``Server`` listens and what it allows. Every limit can be changed; the defaults suit one small machine.
public struct Configuration: Sendable {
  /// Where to listen.
  public var listen: ListenAddress
  /// The certificate and its key; nil serves plain HTTP.
  public var tls: TLSFiles?
  /// Host names that are answered, without port, compared without regard to case; others get 421. Empty answers every name.
  public var allowedHosts: [String] = []
  /// Whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
  public var trustedProxies = TrustedProxies()
  /// A folder for uploads and spools; the files in it have no name and vanish with the process.
  public var temporaryDirectory = "/var/tmp"
  /// Added to what the server answers without a route or an error page: the way to an address's usual spelling, and `OPTIONS *`.
  public var headers = Headers()
  /// Sizes, counts and times.
  public var limits = Limits()
  /// How connections are taken from the listener; tests put the system's refusals here.
  var accept: @Sendable (Int32) -> Accepted = acceptConnection

  /// Listens on `listen` with the defaults.
  public init(listen: ListenAddress) {
    self.listen = listen
  }
}

/// The sizes, counts and times that bound what a client can make the server do.
public struct Limits: Sendable {
  /// Bytes of a request's head; beyond it 431.
  public var head = 16 << 10
  /// Bytes of a request target; beyond it 414.
  public var target = 8 << 10
  /// Header fields of a request; beyond it 431.
  public var fields = 100
  /// Bytes of the body of a ``BodyPolicy/form`` route, unless `admit` raises ``Request/bodyLimit``; beyond it 413.
  public var form = 64 << 10
  /// Bytes of the body of an ``BodyPolicy/upload(limit:)`` route that names no limit of its own; beyond it 413.
  public var upload = 100 << 20
  /// Bytes of all bodies held in memory at one time; beyond it 503.
  public var bodiesInMemory = 64 << 20

  /// Connections in all; beyond it 503.
  public var connections = 4_096
  /// Connections of one IPv4 address or one IPv6 /64, trusted proxies excepted; beyond it 503.
  public var connectionsPerAddress = 256
  /// Threads that read, write and run handlers of ordinary routes.
  public var workers = 16
  /// How many of ``workers`` never run an ordinary handler, so that they are free for I/O and for reserved routes.
  public var reservedWorkers = 4
  /// Threads that run the handlers of slow routes.
  public var slowThreads = 8
  /// How many of ``slowThreads`` one route may hold at a time, so that one kind of slow work does not keep out the others.
  public var slowThreadsPerRoute = 4
  /// Requests that may wait for a slow thread; beyond it 503.
  public var slowQueue = 64
  /// What `Retry-After` says with a 503.
  public var retryAfter = Duration.seconds(2)

  /// Requests, bytes and time after which a connection lets the others have their turn.
  public var turnRequests = 16
  /// See ``turnRequests``.
  public var turnBytes = 1 << 20
  /// See ``turnRequests``.
  public var turnTime = Duration.milliseconds(10)

  /// From the first byte of a head to its last, and from a new connection to its first head.
  public var headTime = Duration.seconds(10)
  /// How long a body may come slower than ``bodyRate``; time is earned back by what comes faster.
  public var bodyTime = Duration.seconds(10)
  /// Bytes a second.
  public var bodyRate = 1_000
  /// Between two requests on a connection.
  public var idleTime = Duration.seconds(60)
  /// How long a client may take a response slower than ``writeRate``. Time in which the server itself has nothing to send does not count.
  public var writeTime = Duration.seconds(20)
  /// Bytes a second.
  public var writeRate = 1_000
  /// How long the rest of a refused request is read and thrown away, so that the client gets to see the answer.
  public var lingerTime = Duration.seconds(2)
  /// See ``lingerTime``.
  public var lingerBytes = 16 << 20
  /// How often times are checked.
  public var tick = Duration.milliseconds(250)
  /// How long ``Server/stop()`` lets running requests finish before it cuts them off.
  public var stopTime = Duration.seconds(9)

  /// The defaults.
  public init() {}
}

/// The files of a TLS identity.
public struct TLSFiles: Sendable {
  /// A PEM file with the certificate and the chain above it.
  public var certificate: String
  /// A PEM file with the private key, not encrypted.
  public var key: String

  /// Names the two files; they are read by ``Server/start()`` and ``Server/reloadCertificate()``.
  public init(certificate: String, key: String) {
    self.certificate = certificate
    self.key = key
  }
}

extension Duration {
  /// Whole milliseconds, for comparison with the monotonic clock.
  var milliseconds: Int64 {
    components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
  }
}
