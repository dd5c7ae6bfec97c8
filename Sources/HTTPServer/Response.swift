/// What a handler answers.
public struct Response: Sendable {
  /// What follows the head.
  public enum Body: Sendable {
    /// Nothing.
    case empty
    /// Bytes in memory.
    case bytes([UInt8])
    /// A range of a file.
    case file(OpenFile, Range<Int>)
    /// A file that is sent while it is still being written.
    case spool(Spool)
  }

  /// The status, 200 to 599.
  public var status: Int
  /// The header fields; the server adds `Date`, `Content-Length` or `Transfer-Encoding`, and `Connection`.
  public var headers: Headers
  /// The body; none is sent to `HEAD` and with 204 and 304.
  public var body: Body

  /// A response.
  public init(_ status: Int = 200, headers: Headers = Headers(), body: Body = .empty) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An HTML page in UTF-8.
  public static func html(_ bytes: [UInt8], status: Int = 200) -> Response {
    Response(status, headers: ["Content-Type": "text/html; charset=utf-8"], body: .bytes(bytes))
  }

  /// Plain text in UTF-8.
  public static func text(_ text: String, status: Int = 200) -> Response {
    Response(status, headers: ["Content-Type": "text/plain; charset=utf-8"], body: .bytes(Array(text.utf8)))
  }

  /// 303: go there with GET, as after a form. What is not a path on this server (``isLocalPath(_:)``) becomes `/`.
  public static func seeOther(_ path: String) -> Response {
    Response(303, headers: ["Location": isLocalPath(path) ? path : "/"])
  }

  /// 308: always go there, with the same method. What is not a path on this server (``isLocalPath(_:)``) becomes `/`.
  public static func permanentRedirect(_ path: String) -> Response {
    Response(308, headers: ["Location": isLocalPath(path) ? path : "/"])
  }

  /// A download that is sent while `producer` writes it.
  ///
  /// - Parameters:
  ///   - filename: what the browser is to call it; any characters.
  ///   - producer: called once on a slow thread. If it throws, the client sees that the download broke off.
  public static func download(
    filename: String, contentType: String, producer: @escaping @Sendable (Spool) throws -> Void
  ) -> Response {
    var response = Response(headers: ["Content-Type": contentType], body: .spool(Spool(producer)))
    response.headers["Content-Disposition"] = contentDisposition(attachment: filename)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
  }

  /// Adds a cookie.
  public mutating func setCookie(_ cookie: Cookie) {
    headers.add("Set-Cookie", cookie.text)
  }
}

/// Whether `path` can be used to lead a browser back: it begins with exactly one `/`, is visible ASCII, and has no backslash, which
/// browsers take for a slash.
public func isLocalPath(_ path: String) -> Bool {
  let bytes = path.utf8
  guard bytes.first == UInt8(ascii: "/"), bytes.dropFirst().first != UInt8(ascii: "/") else { return false }
  return bytes.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") }
}

/// The `Content-Disposition` of a download (RFC 6266), with the exact name in UTF-8 (RFC 8187) and a plain one for old programs.
public func contentDisposition(attachment filename: String) -> String {
  let name = filename.unicodeScalars.map { $0 == "/" || $0 == "\\" || $0.value < 32 || $0.value == 127 ? "_" : String($0) }.joined()
  let plain = name.unicodeScalars.map { !$0.isASCII || $0 == "\"" || $0 == "%" ? "_" : String($0) }.joined()
  let simple = "attachment; filename=\"\(plain)\""
  if plain == name { return simple }
  var encoded: [UInt8] = []
  for byte in name.utf8 {
    if unreservedBytes.contains(byte) { encoded.append(byte) } else { appendPercentEncoded(byte, to: &encoded) }
  }
  return simple + "; filename*=UTF-8''" + String(decoding: encoded, as: UTF8.self)
}
