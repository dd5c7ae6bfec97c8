/// The address under which browsers reach this installation: a scheme, a host and perhaps a port, without a path.
public struct PublicURL: Sendable, Hashable, CustomStringConvertible {
  /// Whether it is reached over TLS; cookies and HSTS follow.
  public let isSecure: Bool
  /// The host without its port, in lower case; an IPv6 address in brackets.
  public let host: String
  /// The port, where it is not the scheme's own.
  public let port: Int?

  /// Reads `https://learning.example.com` or `http://127.0.0.1:8080`, with or without a `/` at the end. Nil for anything else.
  public init?(_ text: String) {
    var rest = Substring(text.lowercased())
    if rest.hasPrefix("https://") {
      isSecure = true
      rest = rest.dropFirst(8)
    } else if rest.hasPrefix("http://") {
      isSecure = false
      rest = rest.dropFirst(7)
    } else {
      return nil
    }
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    var host = rest
    var port: Int?
    let afterBracket = rest.lastIndex(of: "]") ?? rest.startIndex
    if let colon = rest[afterBracket...].lastIndex(of: ":") {
      guard let number = Int(rest[rest.index(after: colon)...]), (1...65535).contains(number) else { return nil }
      host = rest[..<colon]
      port = number == (isSecure ? 443 : 80) ? nil : number
    }
    guard PublicURL.isHost(host) else { return nil }
    self.host = String(host)
    self.port = port
  }

  private static func isHost(_ host: Substring) -> Bool {
    if host.hasPrefix("["), host.hasSuffix("]") {
      return host.dropFirst().dropLast().utf8.allSatisfy { ($0 >= 48 && $0 <= 58) || ($0 >= 97 && $0 <= 102) || $0 == 46 } && host.count > 3
    }
    return !host.isEmpty && host.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || ($0 >= 97 && $0 <= 122) || $0 == 45 || $0 == 46 }
  }

  /// Whether only this machine can mean it.
  public var isLoopback: Bool { host == "localhost" || host == "[::1]" || host.hasPrefix("127.") && host.utf8.allSatisfy { $0 < 58 } }

  /// The origin as browsers write it (RFC 6454 section 6.2).
  public var description: String { (isSecure ? "https://" : "http://") + host + (port.map { ":\($0)" } ?? "") }

  /// The whole address of a path.
  public func address(of path: Path) -> String { description + path.text }
}
