internal import COpenSSL

/// Bytes nobody can guess.
public enum RandomBytes {
  /// `count` bytes from OpenSSL's generator, which the operating system seeds.
  /// - Throws: ``SecretsError/unavailable(_:)`` when there is no randomness to be had; never weak bytes instead.
  public static func make(_ count: Int) throws -> [UInt8] {
    var out = [UInt8](repeating: 0, count: count)
    guard RAND_bytes(&out, Int32(count)) == 1 else { throw SecretsError.unavailable("RAND_bytes") }
    return out
  }
}

/// A bearer secret of 256 random bits: a session, a link that sets a password, a key to the programming interface.
/// The holder gets ``text``; the database keeps only ``digest``, so that a stolen copy of it opens nothing.
public struct Token: Sendable, CustomStringConvertible, CustomReflectable {
  /// 43 characters that need no escaping in a cookie, a path or a header.
  public let text: String
  /// SHA-256 of the random bytes: what to store and to look up by.
  public let digest: [UInt8]

  /// A new token.
  /// - Throws: ``SecretsError/unavailable(_:)`` when there is no randomness to be had.
  public static func random() throws -> Token { Token(bytes: try RandomBytes.make(32)) }

  /// The token that a client presented, or nil when the text cannot be one, which spares the database a look-up.
  public init?(_ text: String) {
    guard text.utf8.count == 43, let bytes = Base64URL.decode(text) else { return nil }
    self.init(bytes: bytes)
  }

  private init(bytes: [UInt8]) {
    text = Base64URL.encode(bytes)
    digest = SHA256.digest(bytes)
  }

  /// Says only that there is a token, so that none is ever logged by accident.
  public var description: String { "Token(hidden)" }
  /// Shows nothing of the token to `dump` and debuggers' summaries.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
