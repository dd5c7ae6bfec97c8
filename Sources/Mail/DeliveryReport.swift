/// What a mail system reports about a mail that it could not deliver (RFC 3464), as it comes back to the sender's address.
public struct DeliveryReport: Sendable, Equatable {
  /// What became of the mail for one recipient.
  public struct Recipient: Sendable, Equatable {
    /// The address that the sender used, else the one at which it ended.
    public let address: String
    /// Whether it will never arrive. A report of a delay says false.
    public let hasFailed: Bool
    /// The words of the server that refused it, else the status code, as they were reported.
    public let words: String
  }

  /// The Message-IDs of the mail that came back, without angle brackets; several where the report names it more than once.
  public let messageIDs: [String]
  /// Each recipient that is reported on.
  public let recipients: [Recipient]

  /// Reads a report.
  ///
  /// - Throws: `MailError` for a mail that is no delivery report.
  public init(_ bytes: [UInt8]) throws(MailError) {
    let mail = Entity(String(decoding: bytes, as: UTF8.self).split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }[...])
    guard mail.type.hasPrefix("multipart/report"), let boundary = mail.parameter("boundary") else {
      throw MailError("The file is no delivery report: it is not of the type multipart/report.")
    }
    var (ids, recipients): ([String], [Recipient]) = ([], [])
    for part in mail.parts(boundary) {
      switch part.type {
      case "message/delivery-status", "message/global-delivery-status": recipients += DeliveryReport.recipients(part.body)
      case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
        if let id = Entity(part.body)["message-id"]?.withoutBrackets, !id.isEmpty { ids.append(id) }
      default: break
      }
    }
    guard !recipients.isEmpty else { throw MailError("The file is no delivery report: it has no part about recipients.") }
    (messageIDs, self.recipients) = (ids, recipients)
  }

  /// The first group of fields is about the message, each further one about a recipient (RFC 3464 section 2.1).
  private static func recipients(_ lines: ArraySlice<Substring>) -> [Recipient] {
    lines.split { $0.allSatisfy(\.isWhitespace) }.map { Entity($0) }.compactMap { fields in
      guard let address = (fields["original-recipient"] ?? fields["final-recipient"])?.afterType, let action = fields["action"] else {
        return nil
      }
      let words = fields["diagnostic-code"]?.afterType ?? fields["status"] ?? ""
      return Recipient(address: address, hasFailed: action.lowercased() == "failed", words: String(HeaderText.clean(words).prefix(500)))
    }
  }
}

/// Header fields, and what follows them (RFC 5322 section 2).
private struct Entity {
  private var fields: [(name: String, value: String)] = []
  let body: ArraySlice<Substring>

  init(_ lines: ArraySlice<Substring>) {
    let end = lines.firstIndex { $0.isEmpty } ?? lines.endIndex
    body = end < lines.endIndex ? lines[(end + 1)...] : []
    for line in lines[..<end] {
      if line.first == " " || line.first == "\t" {
        if !fields.isEmpty { fields[fields.count - 1].value += " " + line.drop { $0.isWhitespace } }
      } else if let colon = line.firstIndex(of: ":") {
        fields.append((line[..<colon].lowercased(), String(line[line.index(after: colon)...].drop { $0.isWhitespace })))
      }
    }
  }

  subscript(_ name: String) -> String? { fields.first { $0.name == name }.map { String($0.value.drop(while: \.isWhitespace)) } }

  /// The media type, in lower case and without parameters (RFC 2045 section 5.1).
  var type: String { (self["content-type"] ?? "text/plain").prefix { $0 != ";" && !$0.isWhitespace }.lowercased() }

  /// A parameter of the media type, quoted or not.
  func parameter(_ name: String) -> String? {
    for part in (self["content-type"] ?? "").split(separator: ";").dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, pair[0].filter({ !$0.isWhitespace }).lowercased() == name else { continue }
      let value = pair[1].drop { $0.isWhitespace }
      return value.first == "\"" ? String(value.dropFirst().prefix { $0 != "\"" }) : String(value.prefix { !$0.isWhitespace })
    }
    return nil
  }

  /// The parts of a multipart body (RFC 2046 section 5.1.1).
  func parts(_ boundary: String) -> [Entity] {
    var parts: [Entity] = []
    var start: Int?
    for (index, line) in zip(body.indices, body) where line.hasPrefix("--" + boundary) {
      if let start { parts.append(Entity(body[start..<index])) }
      start = index + 1
      if line.hasPrefix("--\(boundary)--") { break }
    }
    return parts
  }
}

extension String {
  /// What follows `rfc822;` or `smtp;` (RFC 3464 section 2.3).
  fileprivate var afterType: String {
    guard let semicolon = firstIndex(of: ";") else { return self }
    return String(self[index(after: semicolon)...].drop { $0.isWhitespace }).withoutBrackets
  }

  fileprivate var withoutBrackets: String {
    guard hasPrefix("<"), let end = lastIndex(of: ">") else { return self }
    return String(self[index(after: startIndex)..<end])
  }
}
