public import Database

/// A mail that a sender has taken on, until a moment.
public struct ClaimedMail: Sendable, Equatable {
  /// The row, and what the mail is.
  public let id: Int64, item: OutboxItem
  /// How often it was tried, this time included.
  public let attempts: Int
  /// Until when nobody else takes it on.
  public let until: Moment
}

/// What a mail is about, by ids.
public struct OutboxItem: Sendable, Equatable {
  /// The organization that sends it.
  public let organization: Int64
  /// What it is.
  public let kind: MailKind
  /// The reader, and the program it is about.
  public let user: Int64?, program: Int64?
  /// Where it goes.
  public let recipient: String
  /// What cannot be looked up.
  public let details: [String: String]
  /// The local part of its Message-ID.
  public let messageID: String
  /// When it was put into the outbox.
  public let createdAt: Moment

  /// - Throws: what reading the details throws. Nil for a kind that this version of the program does not know.
  init?(_ row: borrowing Row, from column: Int = 0) throws {
    guard let kind = MailKind(rawValue: row.text(column + 1)), let created = Moment(row.text(column + 7)) else { return nil }
    (organization, self.kind, createdAt) = (row.int(column), kind, created)
    (user, program) = (row.intOrNil(column + 2), row.intOrNil(column + 3))
    (recipient, messageID) = (row.text(column + 4), row.text(column + 6))
    details = try Outbox.decoded(row.text(column + 5))
  }

  static let columns: SQL = "organization_id, kind, user_id, program_id, recipient, details, message_id, created_at"
}

extension Outbox {
  /// Takes on mails that are due: those that wait, and those whose sender has not settled them in time. Several processes may ask at once; each mail is
  /// given to one.
  ///
  /// - Parameter until: when the claim runs out. It must leave time to send them all.
  /// - Returns: the mails, longest due first.
  public static func claim(_ limit: Int, at now: Moment, until: Moment, in database: any Database) throws -> [ClaimedMail] {
    let isDue = try database.read { connection in
      try connection.first("SELECT 1 FROM outbox WHERE \(due(at: now)) LIMIT 1") { _ in true } ?? false
    }
    guard isDue else { return [] }
    return try database.write(organization: 0, patience: patience) { tx in
      try tx.all(
        """
        UPDATE outbox SET state = 'SENDING', attempts = attempts + 1, due_at = \(until.text)
        WHERE \(due(at: now)) AND id IN (SELECT id FROM outbox WHERE \(due(at: now)) ORDER BY due_at, id LIMIT \(limit) \(SQL(sqlite: "", postgres: "FOR UPDATE SKIP LOCKED")))
        RETURNING id, attempts, \(OutboxItem.columns)
        """
      ) { row in
        try OutboxItem(row, from: 2).map { ClaimedMail(id: row.int(0), item: $0, attempts: Int(row.int(1)), until: until) }
      }.compactMap(\.self).sorted { ($0.item.createdAt, $0.id) < ($1.item.createdAt, $1.id) }
    }
  }

  private static func due(at now: Moment) -> SQL { "state IN ('WAITING', 'SENDING') AND due_at <= \(now.text)" }

  /// Gives mails back that were not tried after all.
  ///
  /// - Parameter due: when they may be taken on again.
  public static func release(_ mails: [ClaimedMail], due: Moment, in database: any Database) throws {
    if mails.isEmpty { return }
    try database.write(organization: 0, patience: patience) { tx in
      for mail in mails {
        try tx.run(
          """
          UPDATE outbox SET state = 'WAITING', attempts = attempts - 1, due_at = \(due.text)
          WHERE id = \(mail.id) AND state = 'SENDING' AND due_at = \(mail.until.text)
          """)
      }
    }
  }

  /// Takes back the claims of senders that died, without waiting for them to run out. Only where there can be no other sender.
  public static func takeBackClaims(at now: Moment, in database: any Database) throws {
    try database.write(organization: 0, patience: patience) { tx in
      _ = try tx.run("UPDATE outbox SET due_at = \(now.text) WHERE state = 'SENDING' AND due_at > \(now.text)")
    }
  }

  /// An import may hold the only writer for seconds.
  static let patience = Duration.seconds(30)
}
