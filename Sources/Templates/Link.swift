/// A URL that may stand in `href`, `src`, `action` and their like: it cannot run script or lead to another host unseen.
public struct Link: Sendable, Hashable, CustomStringConvertible {
  /// The URL as it was given.
  public let text: String

  /// Checks a URL. Accepted are `/path` on this host, `?query`, `#fragment`, and absolute URLs of the schemes `http`, `https`
  /// (with a host) and `mailto`. Refused is all else: other schemes, `//host`, any backslash (browsers read it as `/`), white
  /// space and control characters (browsers drop some of them, which would hide a scheme).
  public init?(checking text: String) {
    let url = Array(text.utf8)
    guard let first = url.first, text.unicodeScalars.allSatisfy(Link.isPlain) else { return nil }
    switch first {
    case UInt8(ascii: "/"):
      if url.count > 1, url[1] == first { return nil }
    case UInt8(ascii: "?"), UInt8(ascii: "#"):
      break
    default:
      guard Link.hasSafeScheme(url) else { return nil }
    }
    self.text = text
  }

  /// The URL.
  public var description: String { text }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value > 0x20 && !(0x7F...0x9F).contains(scalar.value) && scalar != "\\" && !scalar.properties.isWhitespace
  }

  private static func hasSafeScheme(_ url: [UInt8]) -> Bool {
    func follows(_ scheme: String) -> UInt8? {
      guard url.count > scheme.utf8.count, zip(url, scheme.utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else { return nil }
      return url[scheme.utf8.count]
    }
    if follows("mailto:") != nil { return true }
    guard let host = follows("https://") ?? follows("http://") else { return false }
    return !"/?#:@".utf8.contains(host)
  }
}
