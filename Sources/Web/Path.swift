public import Templates

/// An address on this server. Every link, form action and redirect is one of these; nothing else spells a URL.
public struct Path: Sendable, Hashable, CustomStringConvertible, ValueConvertible {
  /// The address as it stands in a page: begins with exactly one `/`, or is a `#fragment`; ASCII only.
  public let text: String

  /// The address of decoded segments, each percent-encoded, with query and fragment. Empty values are left out of the query.
  public init(_ segments: [String], query: [(name: String, value: String)] = [], fragment: String? = nil) {
    var text = "/" + segments.filter { !$0.isEmpty }.map(percentEncoded).joined(separator: "/")
    let pairs = query.filter { !$0.value.isEmpty }.map { percentEncoded($0.name) + "=" + percentEncoded($0.value) }
    if !pairs.isEmpty { text += "?" + pairs.joined(separator: "&") }
    if let fragment { text += "#" + percentEncoded(fragment) }
    self.text = text
  }

  /// A path that a client sent to be led back to. Nil unless it leads to this server: it begins with exactly one `/`, is visible ASCII and
  /// has no backslash, which browsers take for a slash.
  public init?(returning text: String?) {
    guard let text, (1...2048).contains(text.utf8.count), text.hasPrefix("/"), text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }),
      Link(checking: text) != nil
    else { return nil }
    self.text = text
  }

  private init(exactly text: String) { self.text = text }

  /// A place on the same page.
  public static func fragment(_ id: String) -> Path { Path(exactly: "#" + percentEncoded(id)) }

  /// The same address with another query; empty values are left out.
  public func with(query: [(name: String, value: String)]) -> Path {
    let bare = text.prefix { $0 != "?" && $0 != "#" }
    let pairs = query.filter { !$0.value.isEmpty }.map { percentEncoded($0.name) + "=" + percentEncoded($0.value) }
    return Path(exactly: pairs.isEmpty ? String(bare) : bare + "?" + pairs.joined(separator: "&"))
  }

  /// The address.
  public var description: String { text }

  /// A link. (Whatever this type makes passes the check; the other case cannot be reached.)
  public var templateValue: Value { Link(checking: text).map(Value.link) ?? .null }
}

extension Path {
  /// `/`, which leads each viewer to where their work begins.
  public static let start = Path([])
  /// The sign-in page.
  public static let signIn = Path(["sign-in"])
  /// Ends the session.
  public static let signOut = Path(["sign-out"])
  /// Changes the appearance.
  public static let theme = Path(["theme"])
  /// The list of organizations.
  public static let organizations = Path(["organizations"])

  /// The sign-in page that leads back to where the viewer wanted to go.
  public static func signIn(returningTo path: Path) -> Path {
    path == .start ? .signIn : Path(["sign-in"], query: [("return", path.text)])
  }

  /// The page on which a one-time link sets a password.
  public static func setPassword(_ token: String) -> Path { Path(["set-password", token]) }

  /// An organization's Home.
  public static func home(_ organization: String) -> Path { Path(["o", organization]) }
  /// An organization's programs.
  public static func programs(_ organization: String) -> Path { Path(["o", organization, "programs"]) }
  /// An organization's users.
  public static func users(_ organization: String) -> Path { Path(["o", organization, "users"]) }
}

/// Everything but the unreserved characters of RFC 3986 section 2.3 as `%XX`.
private func percentEncoded(_ text: String) -> String {
  var out: [UInt8] = []
  let digits = Array("0123456789ABCDEF".utf8)
  for byte in text.utf8 {
    switch byte {
    case 48...57, 65...90, 97...122, 45, 46, 95, 126: out.append(byte)
    default:
      out.append(37)
      out.append(digits[Int(byte >> 4)])
      out.append(digits[Int(byte & 15)])
    }
  }
  return String(decoding: out, as: UTF8.self)
}
