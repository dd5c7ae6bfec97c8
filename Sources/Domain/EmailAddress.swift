/// An email address as it was written, and the key by which two writings of it are the same.
public struct EmailAddress: Sendable, Hashable {
  /// As written, without surrounding blanks.
  public let text: String
  /// Lower case; unique among accounts.
  public let key: String

  /// Takes an address that mail can be sent to. The sentence of the failure names what is wrong with it.
  ///
  /// The rule is RFC 5321 4.1.2 without quoted local parts and address literals, with letters beyond ASCII allowed (RFC 6531), at most 254 bytes.
  ///
  /// - Throws: `Failure` with code `invalid`.
  public init(_ raw: some StringProtocol) throws {
    let text = String(raw.trimmingBlanks())
    if let fault = EmailAddress.fault(in: text) { throw Failure(.invalid, fault) }
    self.text = text
    key = text.lowercased()
  }

  /// What is wrong with the address, or nil.
  static func fault(in text: String) -> String? {
    if text.isEmpty { return "Email is missing." }
    if text.utf8.count > 254 { return "Email is longer than 254 characters." }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    if parts.count == 1 { return "Email has no @ sign." }
    if parts.count > 2 { return parts.count == 3 ? "Email has two @ signs." : "Email has \(parts.count - 1) @ signs." }
    for scalar in text.unicodeScalars where scalar.value <= 32 || scalar.value == 127 || ",;:<>()[]\\\"".unicodeScalars.contains(scalar) {
      return scalar.value <= 32 || scalar.value == 127
        ? "Email contains a blank or control character." : "Email contains the character \(scalar)."
    }
    for scalar in text.unicodeScalars
    where scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
      || scalar.properties.generalCategory == .format
    { return "Email contains a blank or control character." }
    let (local, domain) = (parts[0], parts[1])
    if local.isEmpty { return "Email has nothing before the @ sign." }
    if domain.isEmpty { return "Email has nothing after the @ sign." }
    if local.utf8.count > 64 { return "Email has more than 64 characters before the @ sign." }
    if local.hasPrefix(".") || local.hasSuffix(".") || text.contains("..") { return "Email has a dot in the wrong place." }
    let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
    if labels.count < 2 { return "Email has no domain such as example.com after the @ sign." }
    for label in labels where label.isEmpty || label.hasPrefix("-") || label.hasSuffix("-") || label.utf8.count > 63 {
      return "Email has a domain that cannot exist."
    }
    for scalar in domain.unicodeScalars
    where scalar.isASCII && !(scalar.properties.isAlphabetic || (48...57).contains(scalar.value) || scalar == "-" || scalar == ".") {
      return "Email has a domain that cannot exist."
    }
    return nil
  }
}

extension StringProtocol {
  /// The text without white space at its ends.
  func trimmingBlanks() -> SubSequence {
    var part = self[...]
    while let first = part.first, first.isWhitespace { part = part.dropFirst() }
    while let last = part.last, last.isWhitespace { part = part.dropLast() }
    return part
  }
}
