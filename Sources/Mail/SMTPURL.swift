/// Where mail is handed in: `smtp://user:password@host:587?starttls=required` or `smtps://host`.
///
/// Without a port it is 465 for `smtps` (RFC 8314), 587 for `smtp` with a user name (RFC 6409), else 25. The query knows `starttls` (`required`,
/// `opportunistic` or `never`; for `smtp` only; required when there is a user name, else opportunistic), `rate` (mails a second, 1 to 1000, default 20)
/// and `ca` (a PEM file of authorities to trust instead of the system's).
public struct SMTPURL: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
  /// Whether an `smtp` connection is encrypted by STARTTLS (RFC 3207).
  public enum StartTLS: String, Sendable {
    /// Nothing is sent before it is; the certificate is checked.
    case required
    /// Where the server offers it. Keeps listeners out, but proves nothing, so that the certificate is not checked unless there is a password.
    case opportunistic
    /// Not even where it is offered.
    case never
  }

  /// Whether TLS begins with the connection (`smtps`).
  public let isImplicitTLS: Bool
  /// The host's name or address; an IPv6 address without brackets.
  public let host: String
  /// The port.
  public let port: Int
  /// The user name and the password; nil for a server that asks for none.
  public let user: String?, password: String?
  /// What holds for STARTTLS.
  public let startTLS: StartTLS
  /// How many mails are handed in per second at most.
  public let rate: Int
  /// A PEM file of authorities.
  public let authorities: String?

  /// Reads a setting.
  ///
  /// - Throws: `MailError` with a sentence that holds nothing of the password.
  public init(_ text: String) throws(MailError) {
    var rest: Substring
    if text.hasPrefix("smtps://") {
      (isImplicitTLS, rest) = (true, text.dropFirst(8))
    } else if text.hasPrefix("smtp://") {
      (isImplicitTLS, rest) = (false, text.dropFirst(7))
    } else {
      throw MailError("It must begin with smtp:// or smtps://.")
    }
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    rest = parts[0]
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    (user, password) = try SMTPURL.takeCredentials(&rest)
    let asked: Int?
    (host, asked) = try SMTPURL.place(rest)
    port = asked ?? (isImplicitTLS ? 465 : user == nil ? 25 : 587)
    let options = try SMTPURL.options(parts.count > 1 ? parts[1] : "")
    if options["starttls"] != nil, isImplicitTLS { throw MailError("starttls is for smtp:// only: smtps:// is encrypted from the start.") }
    guard let startTLS = StartTLS(rawValue: options["starttls"] ?? (user == nil ? "opportunistic" : "required")) else {
      throw MailError("starttls must be required, opportunistic or never.")
    }
    self.startTLS = startTLS
    guard let rate = Int(options["rate"] ?? "20"), (1...1000).contains(rate) else {
      throw MailError("rate must be a number from 1 to 1000.")
    }
    self.rate = rate
    authorities = options["ca"]
  }

  /// Scheme, host and port; never the password.
  public var description: String {
    (isImplicitTLS ? "smtps://" : "smtp://") + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
  }

  /// The same.
  public var debugDescription: String { description }

  /// Whether the server must prove who it is.
  var checksCertificate: Bool { isImplicitTLS || startTLS == .required || user != nil }

  private static func takeCredentials(_ rest: inout Substring) throws(MailError) -> (String?, String?) {
    guard let at = rest.lastIndex(of: "@") else { return (nil, nil) }
    let pair = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    rest = rest[rest.index(after: at)...]
    guard pair.count == 2, let user = decoded(pair[0]), let password = decoded(pair[1]), !user.isEmpty else {
      throw MailError("User name and password must be user:password, with special characters as %XX.")
    }
    return (user, password)
  }

  private static func place(_ text: Substring) throws(MailError) -> (String, Int?) {
    var (host, port) = (text, Substring())
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      let after = text[text.index(after: end)...]
      guard after.isEmpty || after.hasPrefix(":") else { throw MailError("After the host may come a port, such as :587.") }
      port = after.dropFirst()
      if after == ":" { throw MailError("The port must be a number from 1 to 65535.") }
    } else if let colon = text.lastIndex(of: ":") {
      (host, port) = (text[..<colon], text[text.index(after: colon)...])
      if port.isEmpty { throw MailError("The port must be a number from 1 to 65535.") }
    }
    let isV6 = host.contains(":")
    let good = host.utf8.allSatisfy {
      (48...57).contains($0) || (97...122).contains($0 | 32) || $0 == 45 || $0 == 46 || $0 == 95 || (isV6 && $0 == 58)
    }
    guard !host.isEmpty, good, !isV6 || text.hasPrefix("[") else { throw MailError("The name of the server is missing or cannot exist.") }
    if port.isEmpty { return (String(host), nil) }
    guard let number = Int(port), (1...65535).contains(number) else { throw MailError("The port must be a number from 1 to 65535.") }
    return (String(host), number)
  }

  private static func options(_ query: Substring) throws(MailError) -> [String: String] {
    var found: [String: String] = [:]
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, ["starttls", "rate", "ca"].contains(parts[0]), let value = decoded(parts[1]), !value.isEmpty else {
        throw MailError("After the question mark it knows starttls=, rate= and ca=.")
      }
      guard found.updateValue(value, forKey: String(parts[0])) == nil else { throw MailError("\(parts[0]) stands there twice.") }
    }
    return found
  }

  /// Takes `%XX` apart (RFC 3986 section 2.1); nil for what is no UTF-8 text, or holds a control character.
  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let high = rest.popFirst(), let low = rest.popFirst(),
        let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
    }
    guard bytes.allSatisfy({ $0 >= 32 && $0 != 127 }) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}
