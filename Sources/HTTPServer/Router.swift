/// What a route does with the body of a request.
public enum BodyPolicy: Sendable, Equatable {
  /// Any body is refused with 413.
  case none
  /// Kept in memory, up to ``Limits/form`` or what `admit` sets ``Request/bodyLimit`` to.
  case form
  /// Written to a file, up to `limit` bytes (nil: ``Limits/upload``) or what `admit` sets ``Request/bodyLimit`` to.
  case upload(limit: Int? = nil)
}

/// The routes of a server.
///
/// A pattern is a path whose segments may be `:name`, which stands for any one segment, and last `*name`, which stands for one or more.
/// A literal segment goes before a named one.
public struct Router: Sendable {
  /// Decides on a request when its head is complete, before the client is told to go on and before the body is read. Returns a response to
  /// refuse or redirect it, nil to let it in; it may set ``Request/context`` and ``Request/bodyLimit``.
  public typealias Admit = @Sendable (inout Request) throws -> Response?
  /// Answers a request.
  public typealias Handler = @Sendable (Request) throws -> Response

  struct Route: Sendable {
    let pattern: String
    let names: [String]
    let isSlow: Bool
    let isReserved: Bool
    let body: BodyPolicy
    let admit: Admit?
    let handler: Handler
  }

  private struct Node: Sendable {
    var literals: [String: Int] = [:]
    var named: Int?
    var rest: Int?
    var routes: [String: Route] = [:]
  }

  private var nodes = [Node()]

  /// No routes.
  public init() {}

  /// Adds a route. `GET` answers `HEAD` as well.
  ///
  /// - Parameters:
  ///   - slow: the handler takes long (passwords, exports, uploads, bulk writes) and runs on a slow thread.
  ///   - reserved: the handler is quick and may use the workers that are kept free for such (health checks, static files).
  ///   - body: what to do with a body.
  ///   - admit: see ``Admit``.
  public mutating func on(
    _ method: String, _ pattern: String, slow: Bool = false, reserved: Bool = false, body: BodyPolicy = .none, admit: Admit? = nil,
    handler: @escaping Handler
  ) {
    precondition(pattern.hasPrefix("/") && (pattern == "/" || !pattern.hasSuffix("/")), "a pattern begins with / and does not end with it")
    var names: [String] = []
    var at = 0
    let segments = pattern.split(separator: "/")
    precondition(!segments.dropLast().contains { $0.hasPrefix("*") }, "only the last segment of a pattern may stand for the rest")
    for segment in segments { at = step(from: at, segment, &names) }
    precondition(nodes[at].routes[method] == nil, "two routes for \(method) \(pattern)")
    nodes[at].routes[method] = Route(
      pattern: pattern, names: names, isSlow: slow, isReserved: reserved, body: body, admit: admit, handler: handler)
  }

  /// Answers a request without a server: matches, admits and handles it. For tests of handlers.
  ///
  /// - Throws: ``HTTPError`` 404, 405 and 413 as a server would answer, and whatever `admit` and the handler throw.
  public func respond(to request: Request, limits: Limits = Limits()) throws -> Response {
    var request = request
    guard request.head.target.isCanonical else { return Self.canonicalRedirect(request.head.target) }
    let route = try match(&request)
    request.bodyLimit = route.bodyLimit(limits)
    let body = request.body
    request.body = .empty
    if let refusal = try route.admit?(&request) { return refusal }
    guard body.size <= request.bodyLimit else { throw HTTPError(413) }
    request.body = body
    return try route.handler(request)
  }

  /// Finds the route and gives the request its parameters.
  ///
  /// - Throws: ``HTTPError`` 404, or 405 with `Allow`.
  func match(_ request: inout Request) throws -> Route {
    var allowed: Set<String> = []
    let segments = request.segments
    guard let (route, values) = find(request.method, segments, at: 0, depth: 0, &allowed) else {
      if allowed.isEmpty { throw HTTPError(404) }
      throw HTTPError(405, headers: ["Allow": allowed.sorted().joined(separator: ", ")])
    }
    request.route = route.pattern
    request.parameters.pairs = zip(route.names, values).map { (name: $0, value: $1) }
    return route
  }

  /// Every method that some route answers, for `OPTIONS *`.
  var methods: [String] {
    let all = Set(nodes.flatMap(\.routes.keys))
    return (all.contains("GET") ? all.union(["HEAD"]) : all).sorted()
  }

  static func canonicalRedirect(_ target: Target) -> Response {
    .permanentRedirect(target.query.isEmpty ? target.path : "\(target.path)?\(target.query)")
  }

  private mutating func step(from at: Int, _ segment: Substring, _ names: inout [String]) -> Int {
    nodes.append(Node())
    let new = nodes.count - 1
    var next: Int
    if segment.hasPrefix(":") {
      names.append(String(segment.dropFirst()))
      next = nodes[at].named ?? new
      nodes[at].named = next
    } else if segment.hasPrefix("*") {
      names.append(String(segment.dropFirst()))
      next = nodes[at].rest ?? new
      nodes[at].rest = next
    } else {
      next = nodes[at].literals[String(segment)] ?? new
      nodes[at].literals[String(segment)] = next
    }
    if next != new { nodes.removeLast() }
    return next
  }

  /// Depth first, literal before named before rest; a path that another pattern matches with the right method is not a 405.
  private func find(
    _ method: String, _ segments: [String], at: Int, depth: Int, _ allowed: inout Set<String>
  ) -> (Route, [String])? {
    if depth == segments.count { return pick(method, at, &allowed).map { ($0, []) } }
    let segment = segments[depth]
    if let next = nodes[at].literals[segment], let found = find(method, segments, at: next, depth: depth + 1, &allowed) { return found }
    if let next = nodes[at].named, let (route, values) = find(method, segments, at: next, depth: depth + 1, &allowed) {
      return (route, [segment] + values)
    }
    if let next = nodes[at].rest, let route = pick(method, next, &allowed) {
      return (route, [segments[depth...].joined(separator: "/")])
    }
    return nil
  }

  private func pick(_ method: String, _ node: Int, _ allowed: inout Set<String>) -> Route? {
    if let route = nodes[node].routes[method] { return route }
    if method == "HEAD", let route = nodes[node].routes["GET"] { return route }
    allowed.formUnion(nodes[node].routes.keys)
    if nodes[node].routes["GET"] != nil { allowed.insert("HEAD") }
    return nil
  }
}

extension Router.Route {
  func bodyLimit(_ limits: Limits) -> Int {
    switch body {
    case .none: 0
    case .form: limits.form
    case .upload(let limit): limit ?? limits.upload
    }
  }
}
