import Domain
import Mail
import Templates

/// Sends what is due, one mail after another. One thread uses it; no transaction is open while it talks to the server.
final class MailRound {
  private let site: Site
  private let address: String
  private let transport: SMTPTransport
  private let gap: Duration
  private let isStopped: @Sendable () -> Bool
  private let wait: (Double) -> Void
  private var next = ContinuousClock.now

  /// How many mails are taken on at once, and for how long: each needs 20 s at most.
  private static let batch = 20
  private static let claimSeconds: Int64 = 600

  /// - Parameters:
  ///   - isStopped: whether no further mail shall be begun.
  ///   - isCancelled: whether the one that is under way shall be given up.
  ///   - wait: waits so many seconds, or less when there is a reason.
  /// - Throws: `MailError` where the sender's address is none, or the library cannot be used.
  init(
    _ site: Site, server: SMTPURL, isStopped: @escaping @Sendable () -> Bool = { false },
    isCancelled: @escaping @Sendable () -> Bool = { false }, wait: @escaping (Double) -> Void
  ) throws {
    (self.site, self.isStopped, self.wait) = (site, isStopped, wait)
    let sender = try Mailbox(address: site.settings.mailAddress)
    address = sender.address
    transport = try SMTPTransport(server, greeting: sender.domain, isCancelled: isCancelled)
    gap = .seconds(1) / server.rate
  }

  /// Sends until nothing is due.
  ///
  /// - Returns: whether the server could be used; where not, why.
  /// - Throws: a database error; what was taken on comes back when its claim runs out.
  func run() throws -> String? {
    while !isStopped() {
      let now = site.clock.now
      let mails = try Outbox.claim(
        MailRound.batch, at: now, until: now.adding(seconds: MailRound.claimSeconds), in: site.database)
      if mails.isEmpty { return nil }
      for (index, mail) in mails.enumerated() {
        let isLate = site.clock.now.adding(seconds: 30) > mail.until
        if isStopped() || isLate {
          try Outbox.release(Array(mails[index...]), due: site.clock.now, in: site.database)
          break
        }
        if let trouble = try send(mail) {
          try Outbox.release(Array(mails[(index + 1)...]), due: site.clock.now, in: site.database)
          return trouble
        }
      }
    }
    return nil
  }

  /// Returns what keeps the server from taking any mail.
  private func send(_ mail: ClaimedMail) throws -> String? {
    let (kept, message): (SentMail, Message)
    do {
      guard let prepared = try prepare(mail) else {
        try settle(mail) { try Outbox.dropped(mail, in: site.database) }
        return nil
      }
      (kept, message) = prepared
    } catch let error as MailError {
      try settle(mail) { try Outbox.refused(mail, error.description, in: site.database) }
      return nil
    } catch let error as TemplateError {
      // Not the mail's fault: it is sent once the template is mended.
      site.log.problem("\(error)")
      try settle(mail) { try put(off: mail, "The template of this mail is faulty.") }
      return nil
    }
    keepRate()
    let delivery = try transport.send(message)
    try settle(mail) {
      switch delivery {
      case .accepted: try Outbox.accepted(mail, as: kept, at: site.clock.now, in: site.database)
      case .transient(let words), .unavailable(let words): try put(off: mail, words)
      case .permanent(let words): try Outbox.refused(mail, words, in: site.database)
      }
    }
    if case .unavailable(let words) = delivery { return words }
    return nil
  }

  private func put(off mail: ClaimedMail, _ words: String) throws {
    try Outbox.deferred(mail, words, at: site.clock.now, in: site.database)
  }

  /// What is kept of the mail, and the mail; nil where it has lost its occasion.
  private func prepare(_ mail: ClaimedMail) throws -> (SentMail, Message)? {
    let now = site.clock.now
    guard let facts = try site.database.read({ try MailFacts.load(mail.item, at: now, in: $0) }) else { return nil }
    let sent = try site.renderer.render(facts, isMailed: true)
    let house = facts.house.senderName.isEmpty ? facts.house.name : facts.house.senderName
    var message = Message(
      from: try Mailbox(name: house, address: address), to: try Mailbox(name: facts.readerName, address: mail.item.recipient),
      subject: sent.subject, text: sent.text, html: sent.html, date: now.milliseconds / 1000, id: mail.item.messageID)
    if let invitation = facts.invitation, !invitation.inviterEmail.isEmpty {
      message.replyTo = try Mailbox(name: invitation.inviterName, address: invitation.inviterEmail)
    }
    return (site.renderer.sealed(sent, facts), message)
  }

  private func keepRate() {
    while !isStopped() {
      let left = ContinuousClock.now.duration(to: next)
      guard left > .zero else { break }
      wait(left.inMilliseconds / 1000)
    }
    next = max(next, .now) + gap
  }

  /// Records what became of a mail, and tries again while the database is occupied: a record that is missing is a mail that comes twice.
  private func settle(_ mail: ClaimedMail, _ record: () throws -> Void) throws {
    while true {
      do {
        return try record()
      } catch {
        guard !isStopped(), site.clock.now.adding(seconds: 5) < mail.until else { throw error }
        site.log.problem("a mail's outcome is not recorded yet: \(error)")
        wait(1)
      }
    }
  }
}
