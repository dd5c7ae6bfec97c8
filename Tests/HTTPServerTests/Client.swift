import COpenSSL
import Glibc

@testable import HTTPServer

/// A blocking socket that says exactly what a test wants said. Every wait ends after a while, so that a test fails rather than hangs.
final class Client {
  struct Trouble: Error { let text: String }

  /// What came back, split where RFC 9112 splits it.
  struct Answer {
    var status = 0
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }

    subscript(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
  }

  let descriptor: Int32
  private var received: [UInt8] = []
  private var tls: OpaquePointer?

  init(_ address: ListenAddress, receiveBuffer: Int32? = nil) throws {
    let isV4 = address.address.isV4
    descriptor = socket(isV4 ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
    var patience = timeval(tv_sec: 120, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    if let receiveBuffer { setOption(descriptor, SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
    let status: Int32
    if isV4 {
      var name = sockaddr_in()
      name.sin_family = sa_family_t(AF_INET)
      name.sin_port = address.port.bigEndian
      name.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.address.low).bigEndian
      status = withUnsafePointer(to: &name) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    } else {
      var name = sockaddr_in6()
      name.sin6_family = sa_family_t(AF_INET6)
      name.sin6_port = address.port.bigEndian
      name.sin6_addr = in6addr_loopback
      status = withUnsafePointer(to: &name) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
      }
    }
    guard status == 0 else { throw Trouble(text: "cannot connect: \(errorText(errno))") }
  }

  deinit {
    if let tls { SSL_free(tls) }
    close(descriptor)
  }

  /// Shakes hands as a TLS client that checks nothing; returns the serial number of the server's certificate.
  @discardableResult func startTLS(newest version: Int32 = TLS1_3_VERSION) throws -> Int {
    let context = SSL_CTX_new(TLS_client_method())
    defer { SSL_CTX_free(context) }
    SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
    SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, 0, nil)
    SSL_CTX_set_security_level(context, 0)
    let session = SSL_new(context)
    SSL_set_fd(session, descriptor)
    tls = session
    guard SSL_connect(session) == 1, let certificate = SSL_get1_peer_certificate(session) else { throw Trouble(text: "no handshake") }
    defer { X509_free(certificate) }
    return ASN1_INTEGER_get(X509_get_serialNumber(certificate))
  }

  func send(_ text: String) throws {
    try send(Array(text.utf8))
  }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        let rest = buffer.baseAddress?.advanced(by: sent)
        if let tls { return Int(SSL_write(tls, rest, Int32(bytes.count - sent))) }
        return Glibc.send(descriptor, rest, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Trouble(text: "cannot send: \(errorText(errno))") }
      sent += count
    }
  }

  /// Says that nothing more will be sent.
  func endSending() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Reads one response; `toHead` says that it has no body whatever its head says.
  func answer(toHead: Bool = false) throws -> Answer {
    var answer = Answer()
    repeat { answer = try head() } while answer.status == 100
    if toHead || answer.status == 204 || answer.status == 304 { return answer }
    if answer["Transfer-Encoding"] == "chunked" {
      while true {
        let size = Int(try line(), radix: 16) ?? -1
        guard size >= 0 else { throw Trouble(text: "a chunk without a size") }
        answer.body += try take(size)
        guard try line().isEmpty else { throw Trouble(text: "a chunk of the wrong size") }
        if size == 0 { return answer }
      }
    }
    if let length = answer["Content-Length"].flatMap({ Int($0) }) {
      answer.body = try take(length)
    } else {
      answer.body = try rest()
    }
    return answer
  }

  /// Reads a status line and the fields below it, 100 included.
  func head() throws -> Answer {
    let status = try line().split(separator: " ", maxSplits: 2)
    guard status.count >= 2, status[0] == "HTTP/1.1", let number = Int(status[1]) else { throw Trouble(text: "no status line") }
    var answer = Answer(status: number)
    while true {
      let field = try line()
      if field.isEmpty { return answer }
      let parts = field.split(separator: ":", maxSplits: 1)
      answer.headers.append((name: String(parts[0]), value: parts.count > 1 ? String(parts[1].dropFirst()) : ""))
    }
  }

  /// Exactly `count` bytes.
  func take(_ count: Int) throws -> [UInt8] {
    while received.count < count { try more() }
    defer { received.removeFirst(count) }
    return Array(received[..<count])
  }

  /// All that comes until the server closes in an orderly way.
  func rest() throws -> [UInt8] {
    while try receive() {}
    defer { received = [] }
    return received
  }

  /// Whether the server closes without sending anything more.
  func isEnded() throws -> Bool {
    try rest().isEmpty
  }

  private func line() throws -> String {
    while true {
      if let end = received.firstIndex(of: 10) {
        guard end > 0, received[end - 1] == 13 else { throw Trouble(text: "a line feed alone") }
        defer { received.removeFirst(end + 1) }
        return String(decoding: received[..<(end - 1)], as: UTF8.self)
      }
      try more()
    }
  }

  private func more() throws {
    guard try receive() else { throw Trouble(text: "the server closed early") }
  }

  /// False at the end; a reset or a wait that is too long throws.
  private func receive() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = tls.map { Int(SSL_read($0, &buffer, Int32(buffer.count))) } ?? recv(descriptor, &buffer, buffer.count, 0)
    if count <= 0, let tls {
      guard SSL_get_error(tls, Int32(count)) == SSL_ERROR_ZERO_RETURN else { throw Trouble(text: "TLS ended without saying so") }
      return false
    }
    guard count >= 0 else { throw Trouble(text: "cannot receive: \(errorText(errno))") }
    received += buffer[..<count]
    return count > 0
  }
}

/// Something that happens once, on another thread, and can be waited for.
final class Event: Sendable {
  private let happened = Monitor(false)

  func signal() {
    happened.withLock { $0 = true }
    happened.broadcast()
  }

  /// Whether it happened within a time that is long enough for any machine.
  func wait() -> Bool {
    happened.wait(until: monotonicMilliseconds() + 120_000) { $0 ? true : nil } ?? false
  }
}

/// Things that threads note, in order, and that can be waited for.
final class Notes<Note: Sendable>: Sendable {
  private let notes = Monitor<[Note]>([])

  func add(_ note: Note) {
    notes.withLock { $0.append(note) }
    notes.broadcast()
  }

  var all: [Note] { notes.withLock { $0 } }

  /// Waits for so many of them; returns what there is.
  func wait(for count: Int) -> [Note] {
    notes.wait(until: monotonicMilliseconds() + 120_000) { $0.count >= count ? $0 : nil } ?? all
  }
}

/// A server on a free port of the loopback, for as long as `body` runs.
func withServer<T>(
  _ router: Router, errorPage: Server.ErrorPage? = nil, onFinish: @escaping @Sendable (FinishedRequest) -> Void = { _ in },
  configure: (inout Configuration) -> Void = { _ in }, _ body: (Server, ListenAddress) throws -> T
) throws -> T {
  var configuration = Configuration(listen: try ListenAddress("127.0.0.1:0"))
  configuration.temporaryDirectory = "/tmp"
  configuration.limits.workers = 4
  configuration.limits.reservedWorkers = 1
  configuration.limits.slowThreads = 2
  configuration.limits.tick = .milliseconds(20)
  configuration.limits.stopTime = .seconds(2)
  // A busy machine must not look like a slow client; tests of times set their own.
  configuration.limits.headTime = .seconds(120)
  configuration.limits.bodyTime = .seconds(120)
  configuration.limits.writeTime = .seconds(120)
  configure(&configuration)
  let server = Server(configuration, router: router, errorPage: errorPage, onFinish: onFinish)
  try server.start()
  defer { server.stop() }
  guard let address = server.address else { throw Client.Trouble(text: "the server has no address") }
  return try body(server, address)
}

/// A plain request.
func get(_ path: String) -> String {
  "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n"
}
