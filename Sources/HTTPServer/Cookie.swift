/// A cookie to set (RFC 6265 section 4.1).
public struct Cookie: Sendable, Equatable {
  /// When a browser sends the cookie with a request that another site causes.
  public enum SameSite: String, Sendable {
    /// Never.
    case strict = "Strict"
    /// Only when the user follows a link.
    case lax = "Lax"
  }

  /// The text of the `Set-Cookie` field.
  let text: String

  /// A cookie.
  ///
  /// - Parameters:
  ///   - maxAge: how long the browser keeps it; nil keeps it until the browser ends, zero removes it.
  ///   - isHTTPOnly: whether it is kept from scripts.
  /// - Throws: ``BadResponse`` for a name or value with a byte that a cookie cannot carry, and for a `__Host-` or `__Secure-` name
  ///   without what browsers demand of it.
  public init(
    name: String, value: String, maxAge: Duration? = nil, path: String = "/", isSecure: Bool, isHTTPOnly: Bool = true,
    sameSite: SameSite = .lax
  ) throws {
    guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else { throw BadResponse(description: "a cookie's name is not a token") }
    guard value.utf8.allSatisfy(isCookieByte) else {
      throw BadResponse(description: "the value of cookie \(name) has a character that a cookie cannot carry")
    }
    guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ";") }) else {
      throw BadResponse(description: "the path of cookie \(name) is not a path")
    }
    guard isSecure || !(name.hasPrefix("__Host-") || name.hasPrefix("__Secure-")), path == "/" || !name.hasPrefix("__Host-") else {
      throw BadResponse(description: "cookie \(name) must be Secure, and with __Host- for the path /")
    }
    var text = "\(name)=\(value); Path=\(path); SameSite=\(sameSite.rawValue)"
    if let maxAge { text += "; Max-Age=\(maxAge.components.seconds)" }
    if isSecure { text += "; Secure" }
    if isHTTPOnly { text += "; HttpOnly" }
    self.text = text
  }
}

/// `cookie-octet` (RFC 6265 section 4.1.1).
private func isCookieByte(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x21, 0x23...0x2B, 0x2D...0x3A, 0x3C...0x5B, 0x5D...0x7E: true
  default: false
  }
}

/// The cookies of a request.
public struct Cookies: Sendable, Equatable {
  private let pairs: [(name: Substring, value: Substring)]

  init(_ fields: [String]) {
    pairs = fields.flatMap { field in
      field.split(separator: ";").compactMap { pair in
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        var value = trimmed(parts[1])
        if value.utf8.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") { value = value.dropFirst().dropLast() }
        return (trimmed(parts[0]), value)
      }
    }
  }

  /// The first cookie of that name.
  public subscript(_ name: String) -> String? {
    pairs.first { $0.name == name }.map { String($0.value) }
  }

  /// Whether both hold the same cookies in the same order.
  public static func == (a: Cookies, b: Cookies) -> Bool {
    a.pairs.elementsEqual(b.pairs) { $0 == $1 }
  }
}

/// `text` without spaces and tabs at its ends.
func trimmed(_ text: Substring) -> Substring {
  let isSpace = { (character: Character) in character == " " || character == "\t" }
  var text = text.drop(while: isSpace)
  while let last = text.last, isSpace(last) { text.removeLast() }
  return text
}
