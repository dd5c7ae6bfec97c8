public import Database

/// A mail as it was sent.
public struct SentMail: Sendable, Equatable {
  /// Subject and bodies.
  public let subject: String, text: String, html: String

  /// A mail as it was sent.
  public init(subject: String, text: String, html: String) { (self.subject, self.text, self.html) = (subject, text, html) }
}

extension Outbox {
  /// How often a mail is tried before it is given up: about three days.
  public static let attemptLimit = 22

  /// How long a mail waits after so many attempts, in seconds, before the jitter.
  static func pause(after attempts: Int) -> Int64 {
    switch attempts {
    case ...1: 60
    case 2: 300
    case 3: 900
    case 4: 3600
    default: 14_400
    }
  }

  /// Records that a server took a mail, with what was sent, and moves the invitation on.
  public static func accepted(_ mail: ClaimedMail, as sent: SentMail, at now: Moment, in database: any Database) throws {
    try settle(mail, in: database) { tx in
      try tx.run("UPDATE outbox SET state = 'SENT', sent_at = \(now.text), failure = '' WHERE id = \(mail.id)")
      try tx.run(
        """
        INSERT INTO sent_mail (outbox_id, subject, body_text, body_html) VALUES (\(mail.id), \(sent.subject), \(sent.text), \(sent.html))
        ON CONFLICT (outbox_id) DO NOTHING
        """)
      try onInvitation(
        mail,
        """
        state = CASE WHEN state IN ('CREATED', 'QUEUED', 'FAILED') THEN 'SENT' ELSE state END, sends = sends + 1, sent_at = \(now.text),
          failure = '', bounced = 0
        """, in: tx)
    }
  }

  /// Puts a mail off that the server would not take now; after about three days it is given up.
  ///
  /// - Parameters:
  ///   - words: what the server said, or why it could not be asked.
  ///   - jitter: from 0 to 1; spreads what failed at once.
  public static func deferred(
    _ mail: ClaimedMail, _ words: String, at now: Moment, jitter: Double = .random(in: 0...1), in database: any Database
  ) throws {
    guard mail.attempts < attemptLimit else {
      return try fail(mail, "Given up after \(mail.attempts) attempts. \(words)", bounced: false, in: database)
    }
    let pause = Double(pause(after: mail.attempts)) * (0.8 + 0.4 * min(max(jitter, 0), 1))
    try settle(mail, in: database) { tx in
      try tx.run(
        """
        UPDATE outbox SET state = 'WAITING', due_at = \(now.adding(seconds: Int64(pause)).text), failure = \(words.storable) WHERE id = \(mail.id)
        """)
    }
  }

  /// Records that the server will never take a mail.
  public static func refused(_ mail: ClaimedMail, _ words: String, in database: any Database) throws {
    try fail(mail, words, bounced: true, in: database)
  }

  /// Records that a mail has lost its occasion since it was put into the outbox, such as an invitation that was revoked.
  public static func dropped(_ mail: ClaimedMail, in database: any Database) throws {
    try settle(mail, in: database) { try $0.run("UPDATE outbox SET state = 'DROPPED', failure = '' WHERE id = \(mail.id)") }
  }

  private static func fail(_ mail: ClaimedMail, _ words: String, bounced: Bool, in database: any Database) throws {
    try settle(mail, in: database) { tx in
      try tx.run("UPDATE outbox SET state = 'FAILED', failure = \(words.storable) WHERE id = \(mail.id)")
      try onInvitation(mail, failing(words, bounced: bounced), in: tx)
    }
  }

  /// What a failure changes on an invitation; what the person has done since stays.
  static func failing(_ words: String, bounced: Bool) -> SQL {
    let change: SQL = "state = CASE WHEN state IN ('CREATED', 'QUEUED', 'SENT') THEN 'FAILED' ELSE state END, failure = \(words.storable)"
    return bounced ? change + ", bounced = 1" : change
  }

  static func onInvitation(_ mail: ClaimedMail, _ change: SQL, in tx: any Connection) throws {
    guard mail.item.kind == .invitation, let program = mail.item.program, let user = mail.item.user else { return }
    try tx.run("UPDATE invitations SET \(change) WHERE program_id = \(program) AND user_id = \(user)")
  }

  /// What was sent is recorded even when the claim has run out; what another sender has settled meanwhile stays.
  private static func settle(_ mail: ClaimedMail, in database: any Database, _ change: (any Connection) throws -> Void) throws {
    try database.write(organization: mail.item.organization, patience: patience) { tx in
      let isOpen = try tx.first("SELECT state FROM outbox WHERE id = \(mail.id)") { $0.text(0) == "SENDING" } ?? false
      if isOpen { try change(tx) }
    }
  }
}

extension String {
  /// A server's words as a column can hold them.
  var storable: String { String(replacing("\0", with: " ").prefix(1000)) }
}
