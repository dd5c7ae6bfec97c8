import Testing

@testable import Mail

@Suite struct DeliveryReportTests {
  /// A report as mail systems write it.
  private static func report(
    action: String = "failed", diagnostic: String = "Diagnostic-Code: smtp; 550 5.1.1 <nora@example.com>:\n Recipient address rejected",
    type: String = "multipart/report; report-type=delivery-status;\n\tboundary=\"AB.C/1\"", back: String = "message/rfc822"
  ) -> String {
    """
    From: Mail Delivery System <mailer-daemon@mx.example>
    Subject: Undelivered Mail
    Message-ID: <report-1@mx.example>
    Content-Type: \(type)

    This is a report.

    --AB.C/1
    Content-Type: text/plain

    I am sorry. Message-ID: <nonsense@mx.example>

    --AB.C/1
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.example
    Arrival-Date: Fri, 28 Jun 2024 10:00:00 +0000

    Original-Recipient: rfc822;nora@example.com
    Final-Recipient: rfc822; nora@inner.example
    Action: \(action)
    Status: 5.1.1
    \(diagnostic)

    --AB.C/1
    Content-Type: \(back)

    Date: Fri, 28 Jun 2024 10:00:00 +0000
    Message-ID:
     <abc_DEF-1@northwind.example>
    Subject: You are invited

    Hello
    --AB.C/1--
    """
  }

  @Test(arguments: ["\n", "\r\n"]) func aReportNamesTheMailTheRecipientAndTheWords(_ lineEnd: String) throws {
    let report = try DeliveryReport(Array(Self.report().replacing("\n", with: lineEnd).utf8))
    #expect(report.messageIDs == ["abc_DEF-1@northwind.example"])
    #expect(
      report.recipients == [
        .init(address: "nora@example.com", hasFailed: true, words: "550 5.1.1 <nora@example.com>: Recipient address rejected")
      ])
  }

  @Test func aDelayIsNoFailure() throws {
    let report = try DeliveryReport(Array(Self.report(action: "delayed", diagnostic: "Will-Retry-Until: later").utf8))
    #expect(report.recipients == [.init(address: "nora@example.com", hasFailed: false, words: "5.1.1")])
  }

  @Test func headersAloneAreEnough() throws {
    let report = try DeliveryReport(Array(Self.report(type: "Multipart/Report; boundary=AB.C/1", back: "text/rfc822-headers").utf8))
    #expect(report.messageIDs == ["abc_DEF-1@northwind.example"])
  }

  @Test func whatIsNoReportIsRefused() {
    for text in [
      "", "hello", Self.report(type: "multipart/mixed; boundary=\"AB.C/1\""), Self.report(type: "multipart/report"),
      Self.report(type: "multipart/report; boundary=other"),
    ] {
      #expect(throws: MailError.self) { try DeliveryReport(Array(text.utf8)) }
    }
  }

  @Test func noBytesBreakIt() {
    var random = SystemRandomNumberGenerator()
    let whole = Array(Self.report().utf8)
    for _ in 0..<500 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...30, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + 9))
        default: bytes.insert(contentsOf: Array("--AB.C/1\n".utf8), at: place)
        }
        if bytes.isEmpty { break }
      }
      // Either it is a report, or it is refused; nothing else happens.
      do { _ = try DeliveryReport(bytes) } catch { #expect(!error.description.isEmpty) }
    }
  }
}
