public import Database
import Secrets

/// Erases a person of an organization: whatever tells who it was goes, and every total stays.
///
/// The rows move to an account of their own that has neither name nor password. So the account of the email is free: it stays as it is where others
/// know it, and goes where nobody does, and this organization sees the same in either case. The same email invited again is a new person.
public struct Erasure: Sendable {
  /// What an erasure will change, counted for the page that asks.
  public struct Extent: Sendable, Equatable {
    /// Programs that the person is a member of, and open invitations.
    public var memberships = 0, invitations = 0
    /// Enrollments in all programs, and attempts at assessments.
    public var enrollments = 0, attempts = 0
    /// Mails that wait, and all mails.
    public var waiting = 0, mails = 0
    /// Ratings with a comment.
    public var comments = 0
  }

  /// The field in which the email is typed.
  public static let field = "email"

  let scope: OrganizationScope
  let database: any Database
  let now: Moment

  /// Erasures by a viewer who reaches the whole organization.
  ///
  /// - Throws: `Failure.notFound` for whoever does not.
  public init(_ scope: OrganizationScope, in database: any Database, at now: Moment) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    (self.scope, self.database, self.now) = (scope, database, now)
  }

  private var organization: Int64 { scope.organization.id }

  /// Why a person cannot be erased; nil where it is possible.
  public func fault(_ user: Int64, in connection: any Connection) throws -> String? {
    if user == scope.viewer.accountID { return "You cannot erase yourself. Ask another administrator to do it." }
    let roles = try connection.scalar(
      "SELECT COUNT(*) FROM role_assignments WHERE account_id = \(user) AND organization_id = \(organization)")
    let coaching = try connection.scalar(
      "SELECT COUNT(*) FROM coaches WHERE account_id = \(user) AND organization_id IN (0, \(organization))")
    if coaching > 0 {
      return "This person is a coach here. What a coach did belongs to the learners, so a coach can be deactivated, not erased."
    }
    return roles > 0 ? "This person is an administrator here. Take the role away first, then erase the person." : nil
  }

  /// What there is to erase.
  ///
  /// - Parameter profile: the person, found through the scope.
  public func extent(_ profile: UserProfile, in connection: any Connection) throws -> Extent {
    let user = profile.user.id
    var extent = Extent()
    extent.memberships = profile.memberships.count { $0.state == "MEMBER" }
    extent.invitations = profile.memberships.count { $0.state == "INVITED" }
    extent.enrollments = profile.memberships.reduce(0) { $0 + $1.enrollments }
    extent.attempts = profile.attempts.all
    let mails: SQL = "FROM outbox WHERE organization_id = \(organization) AND user_id = \(user)"
    extent.mails = Int(try connection.scalar("SELECT COUNT(*) \(mails)"))
    extent.waiting = Int(try connection.scalar("SELECT COUNT(*) \(mails) AND state IN ('WAITING', 'SENDING')"))
    extent.comments = Int(
      try connection.scalar(
        """
        SELECT COUNT(*) FROM course_ratings r WHERE \(UserProfile.inPrograms("r", of: user, organization)) AND r.comment <> ''
        """))
    return extent
  }

  /// Erases a person, all in one transaction. It cannot be undone.
  ///
  /// - Parameter typed: the person's email, which the administrator types to confirm.
  /// - Returns: the id of the anonymous person who has the history now.
  /// - Throws: `Failure`: `notFound`, also for a person who was erased; `conflict` for oneself and for an administrator; `invalid`, field `email`,
  ///   for another email.
  @discardableResult
  public func erase(_ user: Int64, confirming typed: String) throws -> Int64 {
    try database.workbench { bench in
      try ErasureMove.prepare(in: bench)
      return try bench.write(organization: organization) { tx in
        let profile = try UserProfile.find(id: user, scope: scope, now: now, in: tx)
        if let fault = try fault(user, in: tx) { throw Failure(.conflict, fault) }
        guard typed.trimmingBlanks().lowercased() == profile.user.email.lowercased() else {
          let sentence = "Type the person’s email exactly as it is shown: \(profile.user.email)"
          throw Failure(.invalid, sentence, fields: [.init(Erasure.field, sentence)])
        }
        // Whoever would give the account to another organization meanwhile waits, and finds what is left of it.
        _ = try tx.scalar("SELECT id FROM accounts WHERE id = \(user) \(SQL(sqlite: "", postgres: "FOR UPDATE"))")
        try end(user, in: tx)
        let anonymous = try AnonymousPerson.make(at: now, in: tx)
        try ErasureMove(organization: organization, user: user, to: anonymous, at: now).move(in: tx)
        try ErasureMove.blankUploads(of: profile.user.email.lowercased(), organization: organization, in: tx)
        try release(user, in: tx)
        try AuditTrail.record(
          "user_erased", by: scope.viewer.accountID, organization: organization, about: .init(kind: "user", id: anonymous.id), at: now,
          in: tx)
        return anonymous.id
      }
    }
  }

  /// Ends memberships as a removal does that cannot be undone and that nobody is mailed about, and takes open invitations back.
  private func end(_ user: Int64, in tx: any Connection) throws {
    let memberships = try tx.all(
      """
      SELECT program_id, state, joined_at, release_at FROM memberships WHERE organization_id = \(organization) AND user_id = \(user)
      ORDER BY program_id
      """
    ) { (program: $0.int(0), state: $0.text(1), joinedAt: $0.text(2), releaseAt: $0.text(3)) }
    let actor = scope.viewer.accountID
    for membership in memberships {
      let program = membership.program
      let these: SQL = "program_id = \(program) AND user_id = \(user)"
      switch membership.state {
      case "INVITED":
        try InvitationChanges.takeBack(
          user, program: program, joinedAt: membership.joinedAt, organization: organization, by: actor, at: now, in: tx)
      case "MEMBER":
        try Licenses.changing(
          organization: organization, program: program, user: user, .removed, by: actor, at: now, [.enrollments, .risk, .tallies], in: tx
        ) {
          try tx.run(
            """
            UPDATE memberships SET state = 'DELETED_MEMBER', removed_at = \(now.text), removed_by = \(actor), release_at = '' WHERE \(these)
            """)
        }
      default:
        // A removal that could still be undone no longer can.
        guard !membership.releaseAt.isEmpty else { continue }
        try Licenses.changing(organization: organization, program: program, user: user, .removed, by: actor, at: now, in: tx) {
          try tx.run("UPDATE memberships SET release_at = '' WHERE \(these)")
        }
      }
    }
    try tx.run(
      """
      UPDATE invitations SET state = CASE WHEN state IN ('JOINED', 'REVOKED') THEN state ELSE 'REVOKED' END,
        revoked_at = CASE WHEN state IN ('JOINED', 'REVOKED') THEN revoked_at ELSE \(now.text) END, generation = generation + 1, failure = ''
      WHERE organization_id = \(organization) AND user_id = \(user)
      """)
  }

  /// Lets go of the account: its sessions end, and where nobody else knows it, it loses its email, its name and its password.
  private func release(_ user: Int64, in tx: any Connection) throws {
    try SessionStore.end(accounts: "\(user)", leaving: organization, in: tx)
    let others = try tx.scalar(
      """
      SELECT (SELECT COUNT(*) FROM users WHERE id = \(user)) + (SELECT COUNT(*) FROM role_assignments WHERE account_id = \(user))
        + (SELECT COUNT(*) FROM coaches WHERE account_id = \(user))
      """)
    guard others == 0 else { return }
    let nobody = AnonymousPerson(id: user)
    try tx.run(
      """
      UPDATE accounts SET email = \(nobody.email), email_key = \(nobody.email), name = \(nobody.name), password_hash = NULL,
        link_generation = link_generation + 1, deactivated_at = \(now.text) WHERE id = \(user)
      """)
    try tx.run(
      """
      UPDATE audit_values SET value = '' WHERE event_id IN (
        SELECT id FROM audit_events WHERE subject_kind = 'account' AND subject_id = \(user) AND organization_id = 0)
      """)
  }
}

/// Who a person is after the erasure: nobody, by a number. The email ends in a domain that no mail can reach (RFC 2606, section 2).
struct AnonymousPerson {
  let id: Int64
  var name: String { "Erased person \(id)" }
  var email: String { "erased-\(id)@erased.invalid" }
  var searchKey: String { name.folded + "\n" + email }

  /// Makes an account that nobody can sign in to.
  static func make(at now: Moment, in tx: any Connection) throws -> AnonymousPerson {
    let id = try tx.scalar(
      """
      INSERT INTO accounts (email, email_key, name, deactivated_at, created_at)
      VALUES ('', \(try Token.random().text), '', \(now.text), \(now.text)) RETURNING id
      """)
    let person = AnonymousPerson(id: id)
    try tx.run("UPDATE accounts SET email = \(person.email), email_key = \(person.email), name = \(person.name) WHERE id = \(id)")
    return person
  }
}
