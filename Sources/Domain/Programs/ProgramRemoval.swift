public import Database

/// Removes a program for good: every member leaves it and may only read, nobody can be invited or join any more, and its licenses are free at once.
///
/// History stays: the program keeps its row, its slug and its place in the reports.
public struct ProgramRemoval: Sendable {
  /// What removing would come to.
  public struct Outlook: Sendable, Equatable {
    /// How many members leave, and how many open invitations are taken back.
    public let members: Int, invitations: Int
    /// The contracts of a number of memberships that get licenses back, by name.
    public let freed: [Freed]
    /// Whether enrollments were used up under a contract, which are not given back.
    public let keepsEnrollments: Bool
  }

  /// How many licenses a contract gets back.
  public struct Freed: Sendable, Equatable {
    /// The contract's name, and how many.
    public let contract: String, licenses: Int
  }

  /// What was done.
  public struct Removed: Sendable, Equatable {
    /// How many members left, and how many invitations were taken back.
    public let members: Int, invitations: Int
  }

  let scope: OrganizationScope
  let program: Program
  let now: Moment

  /// The removal of one program.
  public init(_ scope: OrganizationScope, of program: Program, at now: Moment) {
    (self.scope, self.program, self.now) = (scope, program, now)
  }

  /// Looks at what would follow, without changing anything.
  public func outlook(in connection: any Connection) throws -> Outlook {
    let freed = try connection.all(
      """
      SELECT c.name, COUNT(*) FROM memberships m JOIN contracts c ON c.id = m.contract_id
      WHERE m.program_id = \(program.id) AND c.kind = 'MEMBERSHIPS' AND \(Licenses.held) GROUP BY c.id, c.name ORDER BY c.name, c.id
      """
    ) { Freed(contract: $0.text(0), licenses: Int($0.int(1))) }
    let counting = try connection.scalar(
      """
      SELECT COUNT(*) FROM program_contracts pc JOIN contracts c ON c.id = pc.contract_id AND c.kind = 'ENROLLMENTS'
      WHERE pc.program_id = \(program.id)
      """)
    return Outlook(
      members: program.funnel.joined, invitations: program.openInvitations, freed: freed,
      keepsEnrollments: counting > 0 && program.totals.enrollments > 0)
  }

  /// Removes the program: all in one transaction, set-wise, since its members may be many.
  ///
  /// - Parameter name: the program's name, typed to confirm; blanks are not told apart by their number.
  /// - Throws: `Failure` of code `invalid`, field `name`, for another name; `RemovedProgram` where it was removed already.
  public func remove(confirming name: String, in database: any Database) throws -> Removed {
    try database.workbench { bench in
      try Touched.prepare(in: bench)
      try Licenses.prepareHolders(in: bench)
      return try bench.write(organization: scope.organization.id) { tx in
        try claim(name, in: tx)
        try touch(in: tx)
        let parts: FigureParts = [.enrollments, .risk, .tallies]
        try Touched.note(parts, in: tx)
        try Licenses.noteHolders(in: tx)
        let invitations = try takeInvitationsBack(in: tx)
        try Licenses.noteMoved(.revoked, by: scope.viewer.accountID, at: now, in: tx)
        try Licenses.noteHolders(in: tx)
        let members = try removeMembers(in: tx)
        try Touched.settle(parts, in: tx)
        try Licenses.noteMoved(.removed, by: scope.viewer.accountID, at: now, in: tx)
        try AuditTrail.record(
          "program_removed", by: scope.viewer.accountID, organization: scope.organization.id, about: .init(kind: "program", id: program.id),
          values: [("program", program.name), ("people", "\(members)"), ("invitations", "\(invitations)")], at: now, in: tx)
        return Removed(members: members, invitations: invitations)
      }
    }
  }

  /// Of two who confirm at once the second is told that it was done.
  private func claim(_ name: String, in tx: any Connection) throws {
    try Program.refuseRemoved(program.id, scope: scope, in: tx)
    let present = try tx.first("SELECT name FROM programs WHERE \(isThis)") { $0.text(0) }
    guard let present else { throw Failure.notFound }
    guard ProgramRemoval.words(of: name) == ProgramRemoval.words(of: present) else {
      let sentence = "Type the name of the program exactly as it stands above: \(present)."
      throw Failure(.invalid, sentence, fields: [.init("name", sentence)])
    }
    try tx.run("UPDATE programs SET removed_at = \(now.text), removed_by = \(scope.viewer.accountID) WHERE \(isThis)")
  }

  /// A page shows several blanks as one.
  private static func words(of name: String) -> [Substring] { name.split { $0.isWhitespace } }

  private var isThis: SQL { "id = \(program.id) AND organization_id = \(scope.organization.id)" }

  /// Whoever is in the program or holds a license of it.
  private func touch(in tx: any Connection) throws {
    try Touched.prepare(in: tx)
    try tx.run(
      """
      INSERT INTO touched_memberships (program_id, user_id) SELECT m.program_id, m.user_id FROM memberships m
      WHERE m.program_id = \(program.id) AND (m.state <> 'DELETED_MEMBER' OR m.release_at <> '') ORDER BY m.user_id
      """)
    try tx.run(
      """
      INSERT INTO touched_users (organization_id, user_id) SELECT CAST(\(scope.organization.id) AS BIGINT), user_id FROM touched_memberships
      ORDER BY user_id
      """)
    try tx.describe("touched_memberships")
    try tx.describe("touched_users")
  }

  /// The links are void and what waits to be sent is dropped. Whoever never joined leaves the membership report (product.md 5), unless an import gave
  /// enrollments.
  private func takeInvitationsBack(in tx: any Connection) throws -> Int {
    let open: SQL = "i.program_id = \(program.id) AND \(InvitationFilter.isOpen)"
    try tx.run(
      """
      UPDATE outbox SET state = 'DROPPED' WHERE organization_id = \(scope.organization.id) AND program_id = \(program.id)
        AND kind = \(MailKind.invitation.rawValue) AND state = 'WAITING' AND user_id IN (SELECT i.user_id FROM invitations i WHERE \(open))
      """)
    try tx.run(
      "UPDATE invitations AS i SET state = 'REVOKED', revoked_at = \(now.text), generation = generation + 1 WHERE \(open)")
    let neverJoined: SQL = "program_id = \(program.id) AND state = 'INVITED' AND joined_at = '' AND enrollments = 0"
    try tx.run(
      """
      DELETE FROM membership_contracts WHERE program_id = \(program.id)
        AND user_id IN (SELECT user_id FROM memberships WHERE \(neverJoined))
      """)
    let gone = try tx.run("DELETE FROM memberships WHERE \(neverJoined)")
    let back = try tx.run(
      """
      UPDATE memberships SET state = 'DELETED_MEMBER', removed_at = \(now.text), removed_by = \(scope.viewer.accountID)
      WHERE program_id = \(program.id) AND state = 'INVITED'
      """)
    return gone + back
  }

  /// Each member gets the exit mail, and an event on the own page. Removals that could be undone cannot any more.
  private func removeMembers(in tx: any Connection) throws -> Int {
    let (organization, exit) = (scope.organization.id, MailKind.programExit.rawValue)
    let mails = try tx.run(
      """
      INSERT INTO outbox (organization_id, kind, user_id, program_id, recipient, message_id, due_at, created_at)
      SELECT u.organization_id, CAST(\(exit) AS TEXT), u.id, m.program_id, u.email, \(Outbox.newMessageID), CAST(\(now.text) AS TEXT),
        CAST(\(now.text) AS TEXT)
      FROM memberships m JOIN users u ON u.organization_id = m.organization_id AND u.id = m.user_id
      WHERE m.program_id = \(program.id) AND m.state = 'MEMBER'
        AND NOT EXISTS (SELECT 1 FROM muted_emails q WHERE q.organization_id = \(organization) AND q.kind = \(exit)) ORDER BY u.id
      """)
    try Outbox.count(mails, organization: organization, in: tx)
    try tx.run(
      """
      INSERT INTO audit_events (organization_id, actor_id, action, subject_kind, subject_id, at)
      SELECT m.organization_id, CAST(\(scope.viewer.accountID) AS BIGINT), 'removed', 'user', m.user_id, CAST(\(now.text) AS TEXT)
      FROM memberships m WHERE m.program_id = \(program.id) AND m.state = 'MEMBER' ORDER BY m.user_id
      """)
    try tx.run("UPDATE memberships SET release_at = '' WHERE program_id = \(program.id) AND release_at <> ''")
    return try tx.run(
      """
      UPDATE memberships SET state = 'DELETED_MEMBER', removed_at = \(now.text), removed_by = \(scope.viewer.accountID)
      WHERE program_id = \(program.id) AND state = 'MEMBER'
      """)
  }
}
