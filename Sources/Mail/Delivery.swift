/// What became of a mail that was handed to a server.
public enum Delivery: Sendable, Equatable {
  /// The server took it and answers for it from now on (RFC 5321 section 6.1).
  case accepted
  /// Not now: the server said so, or did not answer. The same mail may be tried again; with the same Message-ID, since an answer that was lost may have
  /// been a yes.
  case transient(String)
  /// Not now, and no other mail either: the server cannot be reached, closes, or lets this installation not in.
  case unavailable(String)
  /// Never: the server refused this sender, this recipient or this content.
  case permanent(String)
}

/// What the two sides said last, from which follows what became of a mail.
struct Conversation {
  /// The steps of a transaction whose refusal is about the mail, not about the server as a whole.
  private enum Step { case opening, sender, recipient, content }

  private var step = Step.opening
  private var code = 0
  private var lines: [String] = []
  /// Whether the client took its leave: what is said from then on is about that.
  private(set) var isOver = false

  init() {}

  /// A command that was sent; only its verb is looked at, since what follows may be a password.
  mutating func said(_ command: some Collection<UInt8>) {
    switch String(decoding: command.prefix(4), as: UTF8.self).uppercased() {
    case "MAIL": step = .sender
    case "RCPT": step = .recipient
    case "DATA", "BDAT": step = .content
    case "QUIT":
      isOver = true
      return
    default: step = .opening
    }
    forget()
  }

  /// Content that was sent: what the server said before is no answer to it.
  mutating func wrote() {
    step = .content
    forget()
  }

  /// What the server answered, perhaps several lines (RFC 5321 section 4.2.1).
  mutating func heard(_ bytes: some Collection<UInt8>) {
    if isOver { return }
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      guard let code = Int(line.prefix(3)), (200...599).contains(code) else { continue }
      if code != self.code { lines = [] }
      self.code = code
      if lines.count < 8 { lines.append(HeaderText.clean(String(line.dropFirst(4).prefix(300)))) }
    }
  }

  private mutating func forget() { (code, lines) = (0, []) }

  /// The outcome of a transaction that failed.
  ///
  /// - Parameter trouble: what to say where the server said nothing.
  func outcome(trouble: String) -> Delivery {
    guard code >= 400 else { return step == .opening ? .unavailable(trouble) : .transient(trouble) }
    let words = String("\(code) \(lines.joined(separator: " "))".prefix(500))
    // Who must sign in, encrypt or sign in differently (RFC 4954 section 6) is the installation, whatever the mail; 421 closes the service.
    if step == .opening || [421, 530, 534, 535, 538].contains(code) { return .unavailable(words) }
    return code >= 500 ? .permanent(words) : .transient(words)
  }
}
