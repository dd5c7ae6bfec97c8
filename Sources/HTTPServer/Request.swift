/// A request as a handler gets it: the head read and checked, the route matched, the body complete.
public struct Request: Sendable {
  let head: Head
  let number: UInt64

  /// The method, as sent: `GET`, `POST`.
  public var method: String { head.method }
  /// The path in its canonical form, percent-encoded; it begins with exactly one `/`.
  public var path: String { head.target.path }
  /// The decoded segments of the path.
  public var segments: [String] { head.target.segments }
  /// The decoded query: `query["q"]`, `query.all("program")`.
  public var query: Form { head.query }
  /// The query as it was sent, without the `?`.
  public var queryText: String { head.target.query }
  /// The header fields.
  public var headers: RequestHeaders { RequestHeaders(head: head) }
  /// The cookies.
  public var cookies: Cookies { Cookies(head.values("Cookie")) }
  /// The host that was asked for, with its port if there was one, in lower case; empty if an HTTP/1.0 client sent none.
  public var host: String { head.text(head.host).lowercased() }
  /// Names the request in the log and on error pages; unique within one run of the server and unlikely to repeat in another.
  public var id: String { requestName(number) }
  /// The address of the client: behind a trusted proxy the one that the proxy names.
  public internal(set) var peer: String
  /// Whether the client speaks TLS, to this server or to a trusted proxy.
  public internal(set) var isSecure: Bool
  /// The pattern of the route, such as `/programs/:program`; empty before a route matched.
  public internal(set) var route = ""
  /// The segments that the route's pattern names: `parameters["program"]`.
  public internal(set) var parameters = Parameters()
  /// The body, as the route's ``BodyPolicy`` lets it in; empty while `admit` runs.
  public internal(set) var body = RequestBody.empty
  /// The most bytes that the body may have; `admit` may change it.
  public var bodyLimit = 0
  /// Whatever `admit` found out, such as who is asking; the handler and the log get it.
  public var context: (any Sendable)?

  init(head: Head, number: UInt64, peer: String, isSecure: Bool) {
    self.head = head
    self.number = number
    self.peer = peer
    self.isSecure = isSecure
  }

  /// Makes a request without a connection, to call a handler or ``Router/respond(to:)`` directly.
  ///
  /// - Parameter target: path and query, as a client would send them.
  /// - Throws: ``HTTPError`` for what a server would refuse.
  public init(
    method: String = "GET", target: String, headers: [(String, String)] = [], body: RequestBody = .empty, peer: String = "127.0.0.1",
    isSecure: Bool = false
  ) throws {
    var text = "\(method) \(target) HTTP/1.1\r\n"
    if !headers.contains(where: { sameName($0.0, "Host") }) { text += "Host: localhost\r\n" }
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    text += "\r\n"
    let bytes = Array(text.utf8)
    let head = try bytes.withUnsafeBufferPointer { buffer in
      var scanner = HeadScanner()
      guard scanner.scan(buffer) == .end(buffer.count) else { throw HTTPError(400) }
      return try HeadParser.parse(buffer, Limits())
    }
    self.init(head: head, number: 0, peer: peer, isSecure: isSecure)
    self.body = body
  }

  /// The fields of a form, whether URL-encoded or `multipart/form-data`; files are left out.
  ///
  /// - Throws: ``HTTPError`` 415 for another type of body, 400 for one that is not what its type says.
  public func form() throws -> Form {
    let type = mediaType(headers["Content-Type"] ?? "")
    if type == "multipart/form-data" { return try multipart().form() }
    guard type == "application/x-www-form-urlencoded" else {
      if case .empty = body { return Form() }
      throw HTTPError(415)
    }
    return try Form(urlEncoded: body.bytes())
  }

  /// The parts of a `multipart/form-data` body.
  ///
  /// - Throws: ``HTTPError`` 415 for another type of body, 400 for a malformed one or one with more than `maximum` parts.
  public func multipart(maximum: Int = 1_000) throws -> Multipart {
    guard let type = headers["Content-Type"], mediaType(type) == "multipart/form-data" else { throw HTTPError(415) }
    guard let boundary = parameter("boundary", of: type) else { throw HTTPError(400) }
    return try Multipart(body, boundary: boundary, maximum: maximum)
  }
}

/// The header fields of a request.
public struct RequestHeaders: Sendable {
  fileprivate let head: Head

  /// The value of the first field of that name, compared without regard to case.
  public subscript(_ name: String) -> String? { head.value(name) }

  /// The values of all fields of that name.
  public func all(_ name: String) -> [String] { head.values(name) }
}

/// The segments of a path that a route's pattern names.
public struct Parameters: Sendable, Equatable {
  var pairs: [(name: String, value: String)] = []

  /// The decoded segment that stands for `:name`, or for `*name` the rest of the path with its slashes.
  public subscript(_ name: String) -> String? {
    pairs.first { $0.name == name }?.value
  }

  /// Whether both have the same names and values.
  public static func == (a: Parameters, b: Parameters) -> Bool {
    a.pairs.elementsEqual(b.pairs) { $0 == $1 }
  }
}

/// The body of a request.
public enum RequestBody: Sendable {
  /// There is none.
  case empty
  /// In memory: the body of a ``BodyPolicy/form`` route.
  case bytes([UInt8])
  /// In a file without a name: the body of an ``BodyPolicy/upload(limit:)`` route.
  case file(OpenFile)

  /// How many bytes it has.
  public var size: Int {
    switch self {
    case .empty: 0
    case .bytes(let bytes): bytes.count
    case .file(let file): file.size
    }
  }

  /// All of it, in memory.
  ///
  /// - Throws: ``FileError`` when a file cannot be read.
  public func bytes() throws -> [UInt8] {
    switch self {
    case .empty: []
    case .bytes(let bytes): bytes
    case .file(let file): try file.bytes(0..<file.size)
    }
  }
}

/// A number that differs from run to run, as 16 hexadecimal digits.
func requestName(_ number: UInt64) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
