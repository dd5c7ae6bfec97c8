/// A name and an address, as From and To hold them (RFC 5322 section 3.4). Whatever the name contains, it stays a name: it is written as atoms, as a
/// quoted string, or as encoded words.
public struct Mailbox: Sendable, Hashable {
  /// The name as it is shown; empty for none.
  public let name: String
  /// The address, its domain in ASCII (RFC 5891).
  public let address: String

  /// Takes an address that can stand in a header and in an envelope: a dot-string and a domain (RFC 5321 section 4.1.2), letters beyond ASCII allowed
  /// (RFC 6531), at most 254 bytes.
  ///
  /// - Throws: `MailError` that names what is wrong with the address. The name is never refused: what cannot stand in a header line is left out.
  public init(name: String = "", address: String) throws(MailError) {
    self.name = HeaderText.clean(name)
    self.address = try Mailbox.checked(address)
  }

  /// The part after the @ sign.
  public var domain: String { String(address[address.index(after: address.lastIndex(of: "@") ?? address.startIndex)...]) }

  private static func checked(_ address: String) throws(MailError) -> String {
    let parts = address.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { throw MailError("An address needs one @ sign between two parts.") }
    for scalar in address.unicodeScalars where !isAllowed(scalar) {
      throw MailError("An address cannot hold the character U+\(String(scalar.value, radix: 16, uppercase: true)).")
    }
    let local = parts[0]
    guard local.utf8.count <= 64, !local.hasPrefix("."), !local.hasSuffix("."), !local.contains("..") else {
      throw MailError("The part before the @ sign is longer than 64 bytes or has a dot in the wrong place.")
    }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false).map { Punycode.ascii(String($0)) }
    for label in labels where !isLabel(label) { throw MailError("The domain of the address cannot exist.") }
    let whole = local + "@" + labels.joined(separator: ".")
    guard whole.utf8.count <= 254 else { throw MailError("An address has at most 254 bytes.") }
    return String(whole)
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value > 32 && scalar.value < 127 && !"()<>[]:;,\\\"".unicodeScalars.contains(scalar) }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator, .paragraphSeparator: return false
    default: return true
    }
  }

  /// Letters, digits and inner hyphens (RFC 1123 section 2.1).
  private static func isLabel(_ label: String) -> Bool {
    (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
      && label.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0 | 32) || $0 == 45 }
  }
}
