public import Database

/// One mail of an organization's outbox, as its pages show it.
public struct OutboxMail: Sendable, Equatable {
  /// Where a mail stands.
  public enum State: String, Sendable, CaseIterable {
    /// It will be sent, perhaps again.
    case waiting = "WAITING"
    /// A sender has taken it on.
    case sending = "SENDING"
    /// A mail server took it.
    case sent = "SENT"
    /// It was refused or given up.
    case failed = "FAILED"
    /// Its occasion went away before it was sent.
    case dropped = "DROPPED"

    /// As pages and exports say it.
    public var words: String {
      switch self {
      case .waiting: "Waiting"
      case .sending: "Sending"
      case .sent: "Sent"
      case .failed: "Failed"
      case .dropped: "Not sent"
      }
    }
  }

  /// The row's id.
  public let id: Int64
  /// What it is about.
  public let item: OutboxItem
  /// Where it stands.
  public let state: State
  /// How often it was tried.
  public let attempts: Int
  /// Not before this moment; for one that was settled, when that was meant.
  public let dueAt: Moment?
  /// When a server took it; nil for never.
  public let sentAt: Moment?
  /// What the server said last, where it did not take it.
  public let failure: String
  /// The reader's name as the organization knows it; empty for none.
  public let name: String
  /// The program it is about; empty for none.
  public let programSlug: String, programName: String

  static let select: SQL = """
    SELECT o.id, o.state, o.attempts, o.due_at, o.sent_at, o.failure, coalesce(u.name, a.name, ''), coalesce(p.slug, ''), coalesce(p.name, ''),
      o.organization_id, o.kind, o.user_id, o.program_id, o.recipient, o.details, o.message_id, o.created_at
    FROM outbox o LEFT JOIN users u ON u.organization_id = o.organization_id AND u.id = o.user_id LEFT JOIN accounts a ON a.id = o.user_id
    LEFT JOIN programs p ON p.id = o.program_id
    """

  init?(_ row: borrowing Row) throws {
    guard let item = try OutboxItem(row, from: 9), let state = State(rawValue: row.text(1)) else { return nil }
    (id, self.item, self.state, attempts) = (row.int(0), item, state, Int(row.int(2)))
    (dueAt, sentAt, failure) = (Moment(row.text(3)), Moment(row.text(4)), row.text(5))
    (name, programSlug, programName) = (row.text(6), row.text(7), row.text(8))
  }

  /// Finds one mail of the scope.
  ///
  /// - Throws: `Failure.notFound` where there is none, and for a viewer who does not reach the whole organization.
  public static func find(_ id: Int64, scope: OrganizationScope, in connection: any Connection) throws -> OutboxMail {
    guard scope.reachesOrganization else { throw Failure.notFound }
    let found = try connection.first("\(select) WHERE o.id = \(id) AND o.organization_id = \(scope.organization.id)") { try OutboxMail($0) }
    guard let mail = found ?? nil else { throw Failure.notFound }
    return mail
  }

  /// The mail as it was sent; nil where it was not.
  public func sent(in connection: any Connection) throws -> SentMail? {
    try connection.first("SELECT subject, body_text, body_html FROM sent_mail WHERE outbox_id = \(id)") {
      SentMail(subject: $0.text(0), text: $0.text(1), html: $0.text(2))
    }
  }

  /// Lets a mail that failed be sent again, with the same Message-ID.
  ///
  /// - Throws: `Failure` of code `conflict` where it did not fail.
  public static func retry(_ id: Int64, scope: OrganizationScope, at now: Moment, in tx: any Connection) throws {
    let mail = try find(id, scope: scope, in: tx)
    let changed = try tx.run(
      """
      UPDATE outbox SET state = 'WAITING', attempts = 0, due_at = \(now.text) WHERE id = \(id) AND state = 'FAILED' AND recipient <> ''
      """)
    guard changed == 1 else { throw Failure(.conflict, "Only a mail that failed can be sent again.") }
    if mail.item.kind == .invitation, let program = mail.item.program, let user = mail.item.user {
      try tx.run(
        """
        UPDATE invitations SET state = CASE WHEN state = 'FAILED' THEN 'QUEUED' ELSE state END, queued_at = \(now.text)
        WHERE program_id = \(program) AND user_id = \(user)
        """)
    }
    try AuditTrail.record(
      "mail_retried", by: scope.viewer.accountID, organization: scope.organization.id, about: .init(kind: "mail", id: id), at: now, in: tx)
  }
}
