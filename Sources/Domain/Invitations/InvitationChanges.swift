public import Database

/// What administrators do to invitations that are out: send again, take back.
///
/// A selection may be long ("all that match"): each act is a few statements for all of them.
public struct InvitationChanges: Sendable {
  /// What came of sending again.
  public struct Resent: Sendable, Equatable {
    /// How many were put into the outbox, were mailed too recently, and cannot be (joined, revoked). One that expired is sent with a new term.
    public var queued = 0, tooRecent = 0, closed = 0
  }

  let scope: OrganizationScope
  let program: Program
  let now: Moment

  /// Changes of one program's invitations.
  public init(_ scope: OrganizationScope, of program: Program, at now: Moment) {
    (self.scope, self.program, self.now) = (scope, program, now)
  }

  struct Terms {
    let days: Int64, hours: Int64
  }

  func terms(in connection: any Connection) throws -> Terms {
    let terms = try connection.first("SELECT invitation_days, resend_hours FROM organizations WHERE id = \(scope.organization.id)") {
      Terms(days: $0.int(0), hours: $0.int(1))
    }
    guard let terms else { throw Failure.notFound }
    return terms
  }

  /// A part of a selection, within the program.
  func these(_ condition: SQL) -> SQL { "i.program_id = \(program.id) AND i.organization_id = \(scope.organization.id) AND \(condition)" }

  /// Open, and not mailed within the organization's interval.
  func mailable(_ terms: Terms) -> SQL {
    let bound = now.adding(seconds: -terms.hours * 3600).text
    return "\(InvitationFilter.isOpen) AND (i.queued_at = '' OR i.queued_at <= \(bound)) AND (i.sent_at = '' OR i.sent_at <= \(bound))"
  }

  /// Puts the invitations of these people into the outbox again, each with a new term.
  public func resend(_ users: [Int64], in tx: any Connection) throws -> Resent { try resend(.people(users), in: tx) }

  /// Puts a selection into the outbox again, each with a new term. Nobody is mailed twice within the organization's interval.
  public func resend(_ selection: InvitationSelection, in tx: any Connection) throws -> Resent {
    let terms = try terms(in: tx)
    var result = Resent()
    for condition in selection.conditions(now: now) {
      let (these, mailable) = (these(condition), mailable(terms))
      let all = Int(try tx.scalar("SELECT COUNT(*) FROM invitations i WHERE \(these)"))
      let open = Int(try tx.scalar("SELECT COUNT(*) FROM invitations i WHERE \(these) AND \(InvitationFilter.isOpen)"))
      let mails = try tx.run(
        """
        INSERT INTO outbox (organization_id, kind, user_id, program_id, recipient, message_id, due_at, created_at)
        SELECT m.organization_id, 'invitation', m.user_id, m.program_id, u.email, \(Outbox.newMessageID), CAST(\(now.text) AS TEXT),
          CAST(\(now.text) AS TEXT)
        FROM (SELECT i.organization_id, i.user_id, i.program_id FROM invitations i WHERE \(these) AND \(mailable)) m
        JOIN users u ON u.organization_id = m.organization_id AND u.id = m.user_id ORDER BY m.user_id
        """)
      try Outbox.count(mails, organization: scope.organization.id, in: tx)
      let queued = try tx.run(
        """
        UPDATE invitations AS i SET state = CASE WHEN state = 'OPENED' THEN state ELSE 'QUEUED' END, queued_at = \(now.text),
          expires_at = \(now.adding(days: terms.days).text), failure = '', bounced = 0
        WHERE \(these) AND \(mailable)
        """)
      result.queued += queued
      result.tooRecent += open - queued
      result.closed += all - open
    }
    try audit("invitations_resent", people: result.queued, in: tx)
    return result
  }

  /// Takes the invitations of a few people back, as the one for a selection does.
  ///
  /// - Returns: how many were taken back.
  public func revoke(_ users: [Int64], in tx: any Connection) throws -> Int {
    var revoked = 0
    for user in users {
      let state = try tx.first(
        "SELECT m.state, m.joined_at FROM memberships m WHERE m.program_id = \(program.id) AND m.user_id = \(user) AND m.organization_id = \(scope.organization.id)"
      ) { ($0.text(0), $0.text(1)) }
      guard let (state, joinedAt) = state, state == "INVITED" else { continue }
      try InvitationChanges.takeBack(
        user, program: program.id, joinedAt: joinedAt, organization: scope.organization.id, by: scope.viewer.accountID, at: now, in: tx)
      revoked += 1
    }
    for part in InvitationSelection.parts(of: users) {
      try Outbox.drop(.invitation, users: part, program: program.id, organization: scope.organization.id, in: tx)
    }
    try audit("invitations_revoked", people: revoked, in: tx)
    return revoked
  }

  /// Takes one open invitation back, with the license that it may hold: whoever never joined leaves the program.
  static func takeBack(
    _ user: Int64, program: Int64, joinedAt: String, organization: Int64, by actor: Int64, at now: Moment, in tx: any Connection
  ) throws {
    try Licenses.changing(organization: organization, program: program, user: user, .revoked, by: actor, at: now, in: tx) {
      if joinedAt.isEmpty {
        try tx.run("DELETE FROM membership_contracts WHERE program_id = \(program) AND user_id = \(user)")
        try tx.run("DELETE FROM memberships WHERE program_id = \(program) AND user_id = \(user)")
      } else {
        try tx.run("UPDATE memberships SET state = 'DELETED_MEMBER' WHERE program_id = \(program) AND user_id = \(user)")
      }
    }
    try tx.run(
      """
      UPDATE invitations SET state = 'REVOKED', revoked_at = \(now.text), generation = generation + 1
      WHERE program_id = \(program) AND user_id = \(user)
      """)
  }

  func audit(_ action: String, people: Int, in tx: any Connection) throws {
    try AuditTrail.record(
      action, by: scope.viewer.accountID, organization: scope.organization.id, about: .init(kind: "program", id: program.id),
      values: [("people", "\(people)")], at: now, in: tx)
  }
}
