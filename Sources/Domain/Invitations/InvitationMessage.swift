public import Database

/// The words of its own that invitations to a program carry; empty for the organization's default (product.md 5).
public enum InvitationMessage {
  /// At most so many characters.
  public static let longest = 5000

  /// Changes the message of a program.
  ///
  /// - Throws: `Failure` of code `invalid`, field `invitation-message`.
  public static func save(_ text: String, of program: Program, scope: OrganizationScope, at now: Moment, in database: any Database) throws {
    let text = String(text.replacing("\r\n", with: "\n").trimmingBlanks())
    if let fault = fault(in: text) { throw Failure(.invalid, fault, fields: [.init("invitation-message", fault)]) }
    try database.write(organization: scope.organization.id, patience: .seconds(30)) { tx in
      let changed = try tx.run(
        """
        UPDATE programs SET invitation_message = \(text) WHERE id = \(program.id) AND organization_id = \(scope.organization.id)
          AND invitation_message <> \(text)
        """)
      guard changed == 1 else { return }
      try AuditTrail.record(
        "invitation_message_changed", by: scope.viewer.accountID, organization: scope.organization.id,
        about: .init(kind: "program", id: program.id), values: [("invitation_message", text)], at: now, in: tx)
    }
  }

  /// What is wrong with a message, or nil.
  static func fault(in text: String) -> String? {
    guard text.count <= longest, text.isPrintable(lines: true) else {
      return "The message must have at most 5,000 characters, all of them printable."
    }
    return Placeholder.fault(in: text)
  }
}

extension Program {
  /// The words of its own that invitations to it carry; empty for the organization's.
  public func invitationMessage(in connection: any Connection) throws -> String {
    try connection.first("SELECT invitation_message FROM programs WHERE id = \(id)") { $0.text(0) } ?? ""
  }
}
