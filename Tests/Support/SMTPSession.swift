import COpenSSL
import Glibc

/// A connection by lines, encrypted from some point on.
final class SMTPLine {
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var tls: OpaquePointer?

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    // A test fails rather than hangs.
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  func end() {
    if let tls { SSL_free(tls) }
    close(descriptor)
  }

  /// Nil at the end of the connection.
  func read() -> [UInt8]? {
    while true {
      if let end = buffer.firstIndex(of: 10) {
        let line = Array(buffer[...end])
        buffer.removeFirst(end + 1)
        return line
      }
      var chunk = [UInt8](repeating: 0, count: 8192)
      let count = tls.map { Int(SSL_read($0, &chunk, Int32(chunk.count))) } ?? recv(descriptor, &chunk, chunk.count, 0)
      if count <= 0 { return nil }
      buffer += chunk[..<count]
    }
  }

  func say(_ text: String) {
    let bytes = Array((text + "\r\n").utf8)
    if let tls { SSL_write(tls, bytes, Int32(bytes.count)) } else { send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
  }

  /// Whether the client agreed.
  func encrypt(with certificate: Certificate) -> Bool {
    buffer = []
    tls = SSL_new(certificate.context)
    SSL_set_fd(tls, descriptor)
    return SSL_accept(tls) == 1
  }

  var isEncrypted: Bool { tls != nil }
}

/// The server's side of one connection (RFC 5321).
struct SMTPSession {
  private let server: SMTPServer
  private let line: SMTPLine
  private var fault: SMTPServer.Fault
  private var sender: String?
  private var recipients: [String] = []
  private var user: String?

  init(_ server: SMTPServer, _ line: SMTPLine, _ fault: SMTPServer.Fault) {
    (self.server, self.line, self.fault) = (server, line, fault)
  }

  mutating func run() {
    if server.isImplicitTLS, let certificate = server.certificate, !line.encrypt(with: certificate) { return }
    switch fault {
    case .hangAtGreeting: return hang()
    case .dropAtGreeting: return
    case .greeting(let words): return line.say(words)
    default: line.say("220 test ESMTP")
    }
    while let bytes = line.read() {
      let text = String(decoding: bytes, as: UTF8.self).trimmed
      if text.uppercased() == "QUIT" { return line.say("221 bye") }
      guard obey(text) else { return }
    }
  }

  private func hang() {
    server.noteHanging()
    while line.read() != nil {}
  }

  /// Whether the connection goes on.
  private mutating func obey(_ command: String) -> Bool {
    switch command.prefix(4).uppercased() {
    case "EHLO", "HELO": greet(String(command.dropFirst(5)))
    case "STAR": return encrypt()
    case "AUTH": signIn(command)
    case "MAIL": takeSender(command)
    case "RCPT": takeRecipient(command)
    case "DATA": return takeContent()
    case "RSET": line.say("250 ok")
    default: line.say("502 what")
    }
    return true
  }

  private func greet(_ name: String) {
    server.note(greeting: name)
    var features = ["test", "8BITMIME", "SMTPUTF8"]
    if server.certificate != nil, !line.isEncrypted { features.append("STARTTLS") }
    if server.account != nil { features.append("AUTH PLAIN LOGIN") }
    for (index, feature) in features.enumerated() { line.say("250" + (index == features.count - 1 ? " " : "-") + feature) }
  }

  private func encrypt() -> Bool {
    if fault == .refuseStartTLS {
      line.say("454 not now")
      return true
    }
    guard let certificate = server.certificate else { return false }
    line.say("220 go")
    if fault == .breakStartTLS {
      line.say("this is no TLS")
      return false
    }
    return line.encrypt(with: certificate)
  }

  private mutating func signIn(_ command: String) {
    guard let account = server.account else { return line.say("503 no") }
    var token = command.split(separator: " ").dropFirst(2).first.map(String.init)
    if token == nil {
      line.say("334 ")
      token = line.read().map { String(decoding: $0, as: UTF8.self).trimmed }
    }
    let expected = base64("\0\(account.user)\0\(account.password)")
    guard token == expected else { return line.say("535 5.7.8 bad credentials") }
    user = account.user
    line.say("235 ok")
  }

  private mutating func takeSender(_ command: String) {
    if case .sender(let words) = fault { return line.say(words) }
    if server.account != nil, user == nil { return line.say("530 5.7.0 sign in first") }
    (sender, recipients) = (command.address, [])
    line.say("250 ok")
  }

  private mutating func takeRecipient(_ command: String) {
    if case .recipient(let words) = fault { return line.say(words) }
    if server.isRefused(command.address) { return line.say("550 5.1.1 no such mailbox") }
    recipients.append(command.address)
    line.say("250 ok")
  }

  private mutating func takeContent() -> Bool {
    if case .data(let words) = fault {
      line.say(words)
      return true
    }
    guard let sender, !recipients.isEmpty else {
      line.say("503 no recipient")
      return true
    }
    line.say("354 go")
    var content: [UInt8] = []
    while true {
      guard let bytes = line.read() else { return false }
      if bytes == Array(".\r\n".utf8) { break }
      if fault == .dropWithinContent { return false }
      content += bytes.first == UInt8(ascii: ".") ? bytes.dropFirst() : bytes[...]
    }
    switch fault {
    case .content(let words):
      line.say(words)
      // The client may keep the connection.
      fault = .none
      return true
    case .hangAfterContent:
      hang()
      return false
    case .dropAfterContent: return false
    default: break
    }
    server.take(.init(from: sender, to: recipients, data: content, isEncrypted: line.isEncrypted, user: user))
    if fault == .loseAnswer { return false }
    if fault == .holdAnswer {
      hang()
      return false
    }
    line.say("250 queued")
    self.sender = nil
    return true
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()) }
  fileprivate var address: String { String(drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }) }
}

private func base64(_ text: String) -> String {
  let bytes = Array(text.utf8)
  var out = [UInt8](repeating: 0, count: bytes.count * 2 + 8)
  let count = EVP_EncodeBlock(&out, bytes, Int32(bytes.count))
  return String(decoding: out[..<Int(count)], as: UTF8.self)
}
