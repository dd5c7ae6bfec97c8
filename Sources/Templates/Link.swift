/// A URL that may stand in `href`, `src`, `action` and their like: it cannot run script or lead to another host unseen.
public struct Link: Sendable, Hashable, CustomStringConvertible {
  /// The URL as it was given.
  public let text: String

  /// Checks a URL. Accepted are `/path` on this host, `?query`, `#fragment`, and absolute URLs of the schemes `http`, `https`
  /// (with a host) and `mailto`. Refused is all else: other schemes, `//host`, any backslash (browsers read it as `/`), white
  /// space and control characters (browsers drop some of them, which would hide a scheme).
  public init?(checking text: String) {
    var url = text
    guard url.withUTF8(Link.isSafe) else { return nil }
    self.text = text
  }

  /// The URL.
  public var description: String { text }

  private static func isSafe(_ url: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = url.first else { return false }
    var isASCII = true
    for byte in url {
      if byte <= 0x20 || byte == 0x7F || byte == UInt8(ascii: "\\") { return false }
      if byte >= 0x80 { isASCII = false }
    }
    if !isASCII, hasHiddenCharacters(url) { return false }
    switch first {
    case UInt8(ascii: "/"): return url.count == 1 || url[1] != first
    case UInt8(ascii: "?"), UInt8(ascii: "#"): return true
    default: return hasSafeScheme(url)
    }
  }

  /// Controls, white space and characters that are not shown, such as those that turn the direction of writing around.
  private static func hasHiddenCharacters(_ url: UnsafeBufferPointer<UInt8>) -> Bool {
    String(decoding: url, as: UTF8.self).unicodeScalars.contains { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }
  }

  private static func hasSafeScheme(_ url: UnsafeBufferPointer<UInt8>) -> Bool {
    func follows(_ scheme: StaticString) -> UInt8? {
      let count = scheme.utf8CodeUnitCount
      guard url.count > count else { return nil }
      for index in 0..<count where url[index] | 0x20 != scheme.utf8Start[index] { return nil }
      return url[count]
    }
    if follows("mailto:") != nil { return true }
    guard let host = follows("https://") ?? follows("http://") else { return false }
    return !"/?#:@".utf8.contains(host)
  }
}
