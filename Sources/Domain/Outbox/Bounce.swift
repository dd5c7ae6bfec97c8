public import Database

extension Outbox {
  /// Records what a delivery report says: the mail did not arrive after all.
  ///
  /// - Parameters:
  ///   - messageIDs: the Message-IDs that the report names, with or without their domain; the mail is found by them where it can be.
  ///   - recipient: the address that it was for. Without a Message-ID the latest mail that was sent there is meant.
  ///   - words: what is reported.
  /// - Returns: how many mails were marked; 0 where the report is about none of this installation.
  public static func bounced(
    messageIDs: [String], recipient: String, words: String, at now: Moment, in database: any Database
  ) throws -> Int {
    let locals = messageIDs.map { String($0.prefix { $0 != "@" }) }
    let found = try database.read { connection in
      let named = try connection.all("SELECT id, organization_id FROM outbox WHERE message_id IN (\(list: locals))") {
        ($0.int(0), $0.int(1))
      }
      return try named.isEmpty ? latest(to: recipient, in: connection) : named
    }
    var marked = 0
    for (id, organization) in found {
      marked += try database.write(organization: organization, patience: patience) { tx in
        try mark(id, organization, words, at: now, in: tx) ? 1 : 0
      }
    }
    return marked
  }

  private static func latest(to recipient: String, in connection: any Connection) throws -> [(Int64, Int64)] {
    try connection.all(
      """
      SELECT o.id, o.organization_id FROM accounts a JOIN users u ON u.id = a.id
      JOIN outbox o ON o.organization_id = u.organization_id AND o.user_id = u.id
      WHERE a.email_key = \(recipient.lowercased()) AND o.state = 'SENT' ORDER BY o.sent_at DESC, o.id DESC LIMIT 1
      """
    ) { ($0.int(0), $0.int(1)) }
  }

  private static func mark(_ id: Int64, _ organization: Int64, _ words: String, at now: Moment, in tx: any Connection) throws -> Bool {
    // Of a mail without a recipient, who was erased, nothing is kept that names one.
    let row = try tx.first(
      "SELECT kind, program_id, user_id FROM outbox WHERE id = \(id) AND state IN ('SENT', 'FAILED') AND recipient <> ''"
    ) {
      ($0.text(0), $0.intOrNil(1), $0.intOrNil(2))
    }
    guard let (kind, program, user) = row else { return false }
    try tx.run("UPDATE outbox SET state = 'FAILED', failure = \(words.storable) WHERE id = \(id)")
    if kind == MailKind.invitation.rawValue, let program, let user {
      try tx.run("UPDATE invitations SET \(failing(words, bounced: true)) WHERE program_id = \(program) AND user_id = \(user)")
    }
    try AuditTrail.record(
      "mail_bounced", by: AuditTrail.commandLine, organization: organization, about: .init(kind: "mail", id: id), at: now, in: tx)
    return true
  }
}
