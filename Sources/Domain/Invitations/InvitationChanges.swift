public import Database

/// What administrators do to invitations that are out: send again, take back.
///
/// A list of people may be long ("all that match"): each act is a few statements for all of them.
public struct InvitationChanges: Sendable {
  /// What came of sending again.
  public struct Resent: Sendable, Equatable {
    /// How many were put into the outbox, were mailed too recently, and cannot be (joined, revoked, expired is sent anew).
    public var queued = 0, tooRecent = 0, closed = 0
  }

  let scope: OrganizationScope
  let program: Program
  let now: Moment

  /// Changes of one program's invitations.
  public init(_ scope: OrganizationScope, of program: Program, at now: Moment) {
    (self.scope, self.program, self.now) = (scope, program, now)
  }

  /// Puts the invitations of these people into the outbox again, each with a new term. Nobody is mailed twice within the organization's interval.
  public func resend(_ users: [Int64], in tx: any Connection) throws -> Resent {
    let organization = scope.organization.id
    let terms = try tx.first("SELECT invitation_days, resend_hours FROM organizations WHERE id = \(organization)") {
      ($0.int(0), $0.int(1))
    }
    guard let (days, hours) = terms else { throw Failure.notFound }
    let bound = now.adding(seconds: -hours * 3600).text
    var result = Resent()
    for part in InvitationChanges.parts(of: users) {
      let these: SQL = "program_id = \(program.id) AND organization_id = \(organization) AND user_id IN (\(list: part))"
      let open: SQL = "state NOT IN ('JOINED', 'REVOKED')"
      let all = Int(try tx.scalar("SELECT COUNT(*) FROM invitations WHERE \(these)"))
      let isOpen = Int(try tx.scalar("SELECT COUNT(*) FROM invitations WHERE \(these) AND \(open)"))
      let mailable: SQL = "\(these) AND \(open) AND (queued_at = '' OR queued_at <= \(bound)) AND (sent_at = '' OR sent_at <= \(bound))"
      try tx.run(
        """
        INSERT INTO outbox (organization_id, kind, user_id, program_id, recipient, message_id, due_at, created_at)
        SELECT i.organization_id, 'invitation', i.user_id, i.program_id, u.email, \(Outbox.newMessageID), CAST(\(now.text) AS TEXT),
          CAST(\(now.text) AS TEXT)
        FROM (SELECT organization_id, user_id, program_id FROM invitations WHERE \(mailable)) i
        JOIN users u ON u.organization_id = i.organization_id AND u.id = i.user_id ORDER BY i.user_id
        """)
      let queued = try tx.run(
        """
        UPDATE invitations SET state = CASE WHEN state = 'OPENED' THEN state ELSE 'QUEUED' END, queued_at = \(now.text),
          expires_at = \(now.adding(days: days).text), failure = '', bounced = 0
        WHERE \(mailable)
        """)
      result.queued += queued
      result.tooRecent += isOpen - queued
      result.closed += all - isOpen
    }
    try audit("invitations_resent", ["people": "\(result.queued)"], in: tx)
    return result
  }

  /// Takes invitations back: their links are void, and whoever never joined leaves the program and its membership report (product.md 5).
  ///
  /// - Returns: how many were taken back.
  public func revoke(_ users: [Int64], in tx: any Connection) throws -> Int {
    var revoked = 0
    for user in users {
      let state = try tx.first(
        "SELECT m.state, m.joined_at FROM memberships m WHERE m.program_id = \(program.id) AND m.user_id = \(user) AND m.organization_id = \(scope.organization.id)"
      ) { ($0.text(0), $0.text(1)) }
      guard let (state, joinedAt) = state, state == "INVITED" else { continue }
      try Licenses.changing(
        organization: scope.organization.id, program: program.id, user: user, .revoked, by: scope.viewer.accountID, at: now, in: tx
      ) {
        if joinedAt.isEmpty {
          try tx.run("DELETE FROM membership_contracts WHERE program_id = \(program.id) AND user_id = \(user)")
          try tx.run("DELETE FROM memberships WHERE program_id = \(program.id) AND user_id = \(user)")
        } else {
          try tx.run("UPDATE memberships SET state = 'DELETED_MEMBER' WHERE program_id = \(program.id) AND user_id = \(user)")
        }
      }
      try tx.run(
        """
        UPDATE invitations SET state = 'REVOKED', revoked_at = \(now.text), generation = generation + 1
        WHERE program_id = \(program.id) AND user_id = \(user)
        """)
      revoked += 1
    }
    for part in InvitationChanges.parts(of: users) {
      try Outbox.drop(.invitation, users: part, program: program.id, organization: scope.organization.id, in: tx)
    }
    try audit("invitations_revoked", ["people": "\(revoked)"], in: tx)
    return revoked
  }

  /// Lists are bound value by value, of which an engine takes so many in one statement.
  static func parts(of users: [Int64]) -> [[Int64]] {
    stride(from: 0, to: users.count, by: 500).map { Array(users[$0..<min($0 + 500, users.count)]) }
  }

  private func audit(_ action: String, _ values: [String: String], in tx: any Connection) throws {
    try AuditTrail.record(
      action, by: scope.viewer.accountID, organization: scope.organization.id, about: .init(kind: "program", id: program.id),
      values: values.map { ($0.key, $0.value) }, at: now, in: tx)
  }
}
