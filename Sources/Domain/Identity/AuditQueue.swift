import Database
import Secrets

/// Events of the audit trail that are noted with a session, in the store, and moved on when the main database can be written: an import may
/// hold it for long, and nobody waits for that to sign in.
enum AuditQueue {
  fileprivate struct Event {
    let id: String
    let account: Int64
    let action: String
    let at: String
  }

  private static let batch = 500

  /// Notes what an account did to itself, in the transaction of the store that does it.
  static func add(_ action: String, account: Int64, at moment: Moment, in tx: any Connection) throws {
    try tx.run(
      "INSERT INTO audit_queue (id, account_id, action, at) VALUES (\(try Token.random().text), \(account), \(action), \(moment.text))")
  }

  fileprivate static func next(in connection: any Connection) throws -> [Event] {
    try connection.all("SELECT id, account_id, action, at FROM audit_queue ORDER BY at, id LIMIT \(batch)") {
      Event(id: $0.text(0), account: $0.int(1), action: $0.text(2), at: $0.text(3))
    }
  }
}

extension IdentityDatabase {
  /// Moves the events that wait into the audit trail, each once: their ids are kept there, so that a move that was cut short is repeated without
  /// harm. While somebody else writes and patience is at an end they go on waiting.
  ///
  /// - Throws: `DatabaseError` other than busy.
  public func deliverEvents(patience: Duration = .zero) throws {
    while case let events = try store.read(AuditQueue.next), !events.isEmpty {
      do {
        try main.write(organization: 0, patience: patience) { tx in
          for event in events {
            try tx.run(
              """
              INSERT INTO audit_events (actor_id, action, subject_kind, subject_id, at, queued_as)
              VALUES (\(event.account), \(event.action), 'account', \(event.account), \(event.at), \(event.id)) ON CONFLICT DO NOTHING
              """)
          }
        }
      } catch let error as DatabaseError where error.kind == .busy {
        return
      }
      try store.write(organization: 0, patience: IdentityWaits.write) { tx in
        _ = try tx.run("DELETE FROM audit_queue WHERE id IN (\(list: events.map(\.id)))")
      }
    }
  }
}
