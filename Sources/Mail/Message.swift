internal import Glibc

/// A mail to one person: text and HTML of the same content (RFC 2046 section 5.1.4), and the fields that programs read.
public struct Message: Sendable {
  /// The sender as the reader sees it, and the reader.
  public var from: Mailbox, to: Mailbox
  /// Where answers go; nil for the sender.
  public var replyTo: Mailbox?
  /// The subject; any text.
  public var subject: String
  /// The two bodies; any text.
  public var text: String, html: String
  /// When it was written, in seconds since 1970-01-01T00:00:00Z.
  public var date: Int64
  /// What names this mail for ever, so that a server that gets it twice can tell: letters, digits, `.`, `_` and `-`, at most 100. With the domain of
  /// the sender it makes the Message-ID.
  public var id: String
  /// The address that unsubscribes with one POST (RFC 8058); nil for mail that nobody can unsubscribe from.
  public var unsubscribe: String?

  /// A mail.
  public init(
    from: Mailbox, to: Mailbox, replyTo: Mailbox? = nil, subject: String, text: String, html: String, date: Int64, id: String,
    unsubscribe: String? = nil
  ) {
    (self.from, self.to, self.replyTo, self.subject, self.text, self.html) = (from, to, replyTo, subject, text, html)
    (self.date, self.id, self.unsubscribe) = (date, id, unsubscribe)
  }

  /// The header fields in order; each may span lines.
  ///
  /// - Throws: `MailError` where `id` or `unsubscribe` cannot stand in a header.
  public func header() throws(MailError) -> [String] {
    guard Message.isID(id) else { throw MailError("A Message-ID is made of letters, digits, dots, underscores and hyphens.") }
    var fields = [
      "Date: " + Message.dateText(date), HeaderText.mailbox("From", from), HeaderText.mailbox("To", to),
    ]
    if let replyTo { fields.append(HeaderText.mailbox("Reply-To", replyTo)) }
    fields.append(HeaderText.unstructured("Subject", subject))
    fields.append("Message-ID:\r\n <\(id)@\(from.domain)>")
    // RFC 3834 section 5: no program shall answer it.
    fields.append("Auto-Submitted: auto-generated")
    if let unsubscribe {
      guard Message.isAddress(unsubscribe) else {
        throw MailError("The address to unsubscribe at is none that begins with https:// or http://.")
      }
      fields.append("List-Unsubscribe:\r\n <\(unsubscribe)>")
      fields.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    }
    return fields + ["MIME-Version: 1.0", "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\""]
  }

  /// The mail as it is handed to a server: ASCII but for addresses beyond it, lines ended by CRLF, none longer than 998 (RFC 5321 section 4.5.3.1.6).
  /// The same mail gives the same bytes.
  ///
  /// - Throws: `MailError` as `header()` does.
  public func bytes() throws(MailError) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count + html.utf8.count * 9 / 8 + 2048)
    for field in try header() { out += Array((field + "\r\n").utf8) }
    for (type, body) in [("plain", text), ("html", html)] {
      let part = "\r\n--\(boundary)\r\nContent-Type: text/\(type); charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
      out += Array(part.utf8)
      QuotedPrintable.encode(body, into: &out)
    }
    out += Array("\r\n--\(boundary)--\r\n".utf8)
    return out
  }

  /// `=_` cannot occur in quoted-printable text, so no body holds the boundary (RFC 2045 section 6.7 note).
  private var boundary: String { "=_" + id.prefix(48) }

  private static func isID(_ text: String) -> Bool {
    (1...100).contains(text.utf8.count) && !text.hasPrefix(".") && !text.hasSuffix(".") && !text.contains("..")
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0 | 32) || $0 == 45 || $0 == 46 || $0 == 95 }
  }

  private static func isAddress(_ text: String) -> Bool {
    (text.hasPrefix("https://") || text.hasPrefix("http://")) && text.utf8.count <= 900
      && text.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "\"") }
  }

  /// RFC 5322 section 3.3, in UTC.
  static func dateText(_ seconds: Int64) -> String {
    var (clock, parts) = (time_t(seconds), tm())
    gmtime_r(&clock, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(days[Int(parts.tm_wday)]), \(parts.tm_mday) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900) "
      + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) +0000"
  }
}
