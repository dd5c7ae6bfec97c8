import Support
import Testing

@testable import Mail

@Suite struct SMTPTransportTests {
  private static func mail(to address: String = "lena@example.com", id: String = "id-1") throws -> Message {
    Message(
      from: try Mailbox(name: "Northwind", address: "no-reply@northwind.example"), to: try Mailbox(name: "Lena Lind", address: address),
      subject: "Come and learn", text: ".dot\n..dots\nhello", html: "<p>hello</p>", date: 1_719_568_800, id: id)
  }

  /// Hands a mail in.
  private static func send(_ transport: SMTPTransport, to address: String = "lena@example.com", id: String = "id-1") throws -> Delivery {
    try transport.send(mail(to: address, id: id))
  }

  private static func isTransient(_ delivery: Delivery) -> Bool {
    switch delivery {
    case .transient(let words), .unavailable(let words): !words.isEmpty
    default: false
    }
  }

  private static func check(
    _ transport: SMTPTransport, to address: String = "lena@example.com", id: String = "id-1", gives expected: Delivery,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try send(transport, to: address, id: id)
    #expect(outcome == expected, sourceLocation: location)
  }

  private static func checkTransient(_ transport: SMTPTransport, at location: SourceLocation = #_sourceLocation) throws {
    let outcome = try send(transport)
    #expect(isTransient(outcome), "\(outcome)", sourceLocation: location)
  }

  private static func with(
    _ server: SMTPServer, query: String = "", scheme: String = "smtp", login: String = "", limit: Int = 20_000,
    _ body: (SMTPTransport) throws -> Void
  ) throws {
    defer { server.stop() }
    let url = try SMTPURL("\(scheme)://\(login)localhost:\(server.port)\(query)")
    try body(try SMTPTransport(url, greeting: "northwind.example", limits: .init(total: limit)))
  }

  @Test func severalMailsGoOverOneConnectionAsTheyAre() throws {
    let server = try SMTPServer()
    try Self.with(server) { transport in
      for index in 0..<5 { try Self.check(transport, id: "id-\(index)", gives: .accepted) }
    }
    #expect(server.connections == 1)
    #expect(server.greetings == ["northwind.example"])
    let first = try #require(server.received.first)
    #expect(server.received.count == 5)
    #expect(first.from == "no-reply@northwind.example" && first.to == ["lena@example.com"])
    let (sent, expected) = (first.data, try Self.mail(id: "id-0").bytes())
    #expect(sent == expected)
  }

  /// What each fault leads to; the mail after it goes through.
  private static let faults: [(SMTPServer.Fault, Delivery?)] = [
    (.dropAtGreeting, nil), (.dropAfterContent, nil), (.dropWithinContent, nil), (.loseAnswer, nil),
    (.greeting("421 4.3.2 closing"), .unavailable("421 4.3.2 closing")), (.greeting("554 no service"), .unavailable("554 no service")),
    (.sender("421 4.3.2 closing"), .unavailable("421 4.3.2 closing")), (.sender("451 4.3.0 later"), .transient("451 4.3.0 later")),
    (.sender("552 5.3.4 too big"), .permanent("552 5.3.4 too big")),
    (.recipient("450 4.2.0 greylisted"), .transient("450 4.2.0 greylisted")),
    (.recipient("550-5.1.1 no\r\n550 5.1.1 such mailbox"), .permanent("550 5.1.1 no 5.1.1 such mailbox")),
    (.data("451 later"), .transient("451 later")), (.data("554 never"), .permanent("554 never")),
    (.content("452 4.2.2 mailbox full"), .transient("452 4.2.2 mailbox full")),
    (.content("554 5.7.1 looks like spam"), .permanent("554 5.7.1 looks like spam")),
  ]

  @Test(arguments: faults.indices) func aFaultIsToldAndTheNextMailGoesThrough(_ index: Int) throws {
    let (fault, expected) = Self.faults[index]
    let server = try SMTPServer()
    server.fail(fault)
    try Self.with(server) { transport in
      let outcome = try Self.send(transport)
      if let expected {
        #expect(outcome == expected)
      } else {
        #expect(Self.isTransient(outcome), "\(fault): \(outcome)")
      }
      try Self.check(transport, id: "id-2", gives: .accepted)
    }
    #expect(server.received.count == (fault == .loseAnswer ? 2 : 1))
  }

  @Test(arguments: [SMTPServer.Fault.hangAtGreeting, .hangAfterContent]) func silenceEndsInTime(_ fault: SMTPServer.Fault) throws {
    let server = try SMTPServer()
    server.fail(fault)
    try Self.with(server, limit: 400) { transport in
      try Self.checkTransient(transport)
    }
    #expect(server.received.isEmpty)
  }

  @Test func aMailUnderWayIsGivenUpWhenAskedTo() throws {
    let server = try SMTPServer()
    server.fail(.hangAfterContent)
    defer { server.stop() }
    let transport = try SMTPTransport(try SMTPURL("smtp://localhost:\(server.port)"), greeting: "x.example", isCancelled: { true })
    try Self.checkTransient(transport)
  }

  @Test func nobodyListensIsTransient() throws {
    let server = try SMTPServer()
    server.stop()
    let transport = try SMTPTransport(try SMTPURL("smtp://127.0.0.1:\(server.port)"), greeting: "x.example")
    try Self.checkTransient(transport)
  }

  @Test func oneRefusedRecipientHoldsUpNobody() throws {
    let server = try SMTPServer()
    server.refuse("gone@example.com")
    try Self.with(server) { transport in
      try Self.check(transport, to: "a@example.com", gives: .accepted)
      try Self.check(transport, to: "gone@example.com", gives: .permanent("550 5.1.1 no such mailbox"))
      try Self.check(transport, to: "b@example.com", gives: .accepted)
    }
    #expect(server.received.map(\.to) == [["a@example.com"], ["b@example.com"]])
  }

  @Test func encryptionIsTakenWhereItIsOffered() throws {
    let certificate = try Certificate()
    let server = try SMTPServer(certificate: certificate)
    try Self.with(server) { try Self.check($0, gives: .accepted) }
    #expect(server.received.map(\.isEncrypted) == [true])
  }

  @Test func encryptionThatIsRequiredIsNeverGoneWithout() throws {
    let certificate = try Certificate()
    for fault in [SMTPServer.Fault.refuseStartTLS, .breakStartTLS] {
      let server = try SMTPServer(certificate: certificate)
      server.fail(fault)
      try Self.with(server, query: "?starttls=required&ca=\(certificate.file)") { transport in
        try Self.checkTransient(transport)
        #expect(server.received.isEmpty)
        try Self.check(transport, gives: .accepted)
      }
      #expect(server.received.map(\.isEncrypted) == [true])
    }
    let plain = try SMTPServer()
    try Self.with(plain, query: "?starttls=required") { transport in
      try Self.checkTransient(transport)
    }
    #expect(plain.received.isEmpty)
  }

  @Test func opportunisticEncryptionGoesOnWithoutWhereItIsRefused() throws {
    let server = try SMTPServer(certificate: try Certificate())
    server.fail(.refuseStartTLS)
    try Self.with(server) { try Self.check($0, gives: .accepted) }
    #expect(server.received.map(\.isEncrypted) == [false])
  }

  @Test func aStrangersCertificateGetsNoPassword() throws {
    let server = try SMTPServer(certificate: try Certificate(), account: ("qa", "s3cret/@:"))
    try Self.with(server, login: "qa:s3cret%2F%40%3A@") { transport in
      try Self.checkTransient(transport)
    }
    #expect(server.received.isEmpty)
  }

  @Test func signingInNeedsTheRightPassword() throws {
    let certificate = try Certificate()
    for (password, isRight) in [("s3cret%2F%40%3A", true), ("wrong", false)] {
      let server = try SMTPServer(certificate: certificate, account: ("qa", "s3cret/@:"))
      try Self.with(server, query: "?ca=\(certificate.file)", login: "qa:\(password)@") { transport in
        let outcome = try Self.send(transport)
        if isRight {
          #expect(outcome == .accepted)
        } else {
          // A wrong password is not the mail's fault.
          #expect(Self.isTransient(outcome))
          #expect(!"\(outcome)".contains("wrong"))
        }
      }
      #expect(server.received.map(\.user) == (isRight ? ["qa"] : []))
    }
  }

  @Test func implicitTLSWorks() throws {
    let certificate = try Certificate()
    let server = try SMTPServer(certificate: certificate, isImplicitTLS: true)
    try Self.with(server, query: "?ca=\(certificate.file)", scheme: "smtps") { try Self.check($0, gives: .accepted) }
    #expect(server.received.map(\.isEncrypted) == [true])
  }
}
