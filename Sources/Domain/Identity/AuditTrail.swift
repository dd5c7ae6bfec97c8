public import Database

/// Who did what to what, written in the transaction of the deed.
///
/// The event holds ids only. Names and addresses go into `values`, which stand in a table of their own, so that erasing a person keeps the trail.
public enum AuditTrail {
  /// What was acted on.
  public struct Subject: Sendable, Equatable {
    /// A word for the kind of thing, such as `program`.
    public let kind: String
    /// Its id; 0 for a thing without one.
    public let id: Int64

    /// A thing by its kind and id.
    public init(kind: String, id: Int64) { (self.kind, self.id) = (kind, id) }

    /// An account.
    public static func account(_ id: Int64) -> Subject { Subject(kind: "account", id: id) }
    /// An organization.
    public static func organization(_ id: Int64) -> Subject { Subject(kind: "organization", id: id) }
  }

  /// The actor of what the command line does.
  public static let commandLine: Int64 = 0

  /// Records one deed.
  ///
  /// - Parameters:
  ///   - action: a word in the past tense, such as `organization_created`.
  ///   - actor: the account that acted; 0 for the command line.
  ///   - organization: where it was done; 0 for the installation.
  ///   - values: personal or descriptive values, each name once.
  @discardableResult
  public static func record(
    _ action: String, by actor: Int64, organization: Int64 = 0, about subject: Subject, values: [(name: String, value: String)] = [],
    at moment: Moment, in tx: any Connection
  ) throws -> Int64 {
    let event = try tx.scalar(
      """
      INSERT INTO audit_events (organization_id, actor_id, action, subject_kind, subject_id, at)
      VALUES (\(organization), \(actor), \(action), \(subject.kind), \(subject.id), \(moment.text)) RETURNING id
      """)
    for (name, value) in values {
      try tx.run("INSERT INTO audit_values (event_id, name, value) VALUES (\(event), \(name), \(value))")
    }
    return event
  }
}
