import Database
import Foundation
import Secrets

/// Mail that waits to be sent. A row is written in the transaction of its cause and holds little more than ids: the mail is rendered when it is sent or
/// shown.
public enum Outbox {
  /// A mail to one person about one program.
  public struct Letter: Sendable {
    /// What it is.
    public var kind: MailKind
    /// The reader, and the program it is about.
    public var user: Int64, program: Int64?
    /// Where it goes.
    public var recipient: String
    /// What cannot be looked up when it is rendered, such as a text that was typed for it.
    public var details: [String: String] = [:]

    /// A mail.
    public init(_ kind: MailKind, to recipient: String, user: Int64, program: Int64?, details: [String: String] = [:]) {
      (self.kind, self.recipient, self.user, self.program, self.details) = (kind, recipient, user, program, details)
    }
  }

  /// Puts a mail into the outbox, unless the organization does not send its kind.
  ///
  /// - Parameter due: when it may be sent.
  /// - Returns: whether it was put there.
  @discardableResult
  static func put(_ letter: Letter, organization: Int64, at now: Moment, due: Moment? = nil, in tx: any Connection) throws -> Bool {
    let details = letter.details.isEmpty ? "" : try Outbox.encoded(letter.details)
    let id = try Token.random().text
    let mails = try tx.run(
      """
      INSERT INTO outbox (organization_id, kind, user_id, program_id, recipient, details, message_id, due_at, created_at)
      SELECT CAST(\(organization) AS BIGINT), CAST(\(letter.kind.rawValue) AS TEXT), CAST(\(letter.user) AS BIGINT), CAST(\(letter.program) AS BIGINT),
        CAST(\(letter.recipient) AS TEXT), CAST(\(details) AS TEXT), CAST(\(id) AS TEXT), CAST(\((due ?? now).text) AS TEXT), CAST(\(now.text) AS TEXT)
      WHERE NOT EXISTS (SELECT 1 FROM muted_emails WHERE organization_id = \(organization) AND kind = \(letter.kind.rawValue))
      """)
    try count(mails, organization: organization, in: tx)
    return mails > 0
  }

  /// Keeps the counter of an organization's mails. Whatever puts rows into the outbox says here how many, in its transaction.
  static func count(_ mails: Int, organization: Int64, in tx: any Connection) throws {
    guard mails > 0 else { return }
    try tx.run("UPDATE organizations SET mails = mails + \(Int64(mails)) WHERE id = \(organization)")
  }

  /// A random, unguessable name of a mail that is made within SQL, for mails in bulk.
  static let newMessageID = SQL(sqlite: "lower(hex(randomblob(16)))", postgres: "replace(gen_random_uuid()::text, '-', '')")

  /// The same for very many mails at once: the names rise with the moment and the number of the row, so that their index grows at its end.
  ///
  /// - Parameter number: of the mail among those of the moment.
  static func risingMessageID(at now: Moment, number: SQL) -> SQL {
    SQL(
      sqlite: "printf('%012x%06x', \(now.milliseconds), \(number)) || lower(hex(randomblob(8)))",
      postgres: """
        lpad(to_hex(CAST(\(now.milliseconds) AS BIGINT)), 12, '0') || lpad(to_hex(CAST(\(number) AS BIGINT)), 6, '0')
        || substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)
        """)
  }

  /// Takes back mails that wait, such as the exit mail of a removal that is undone.
  static func drop(_ kind: MailKind, users: [Int64], program: Int64, organization: Int64, in tx: any Connection) throws {
    try tx.run(
      """
      UPDATE outbox SET state = 'DROPPED' WHERE organization_id = \(organization) AND user_id IN (\(list: users)) AND program_id = \(program)
        AND kind = \(kind.rawValue) AND state = 'WAITING'
      """)
  }

  static func encoded(_ details: [String: String]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(details), as: UTF8.self)
  }

  static func decoded(_ details: String) throws -> [String: String] {
    details.isEmpty ? [:] : try JSONDecoder().decode([String: String].self, from: Data(details.utf8))
  }
}
