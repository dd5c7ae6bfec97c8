public import Database

/// Removes members, and undoes that for ten minutes.
///
/// History stays: the membership becomes `DELETED_MEMBER`. Until it can no longer be undone the license stays reserved and the exit mail waits
/// (product.md 5).
public struct Removal: Sendable {
  /// How long a removal can be undone, in seconds.
  public static let undoSeconds: Int64 = 600

  /// Removals of one moment that can be undone together.
  public struct Undoable: Sendable, Equatable {
    /// When it was, and until when it can be undone.
    public let removedAt: Moment, until: Moment
    /// Who removed; and how many people.
    public let by: String, people: Int
  }

  let scope: OrganizationScope
  let program: Program
  let now: Moment

  /// Removal from one program.
  public init(_ scope: OrganizationScope, from program: Program, at now: Moment) {
    (self.scope, self.program, self.now) = (scope, program, now)
  }

  /// How many members a selection holds now.
  public func count(_ selection: MemberSelection, in connection: any Connection) throws -> Int {
    var count = 0
    for condition in try selection.conditions(program: program.id, organization: scope.organization.id, now: now, in: connection) {
      count += Int(try connection.scalar("SELECT COUNT(*) FROM memberships m WHERE \(theMembers) AND \(condition)"))
    }
    return count
  }

  /// Removes a selection; whoever is no member (any more) is passed over. Set-wise, since a selection may be everybody.
  ///
  /// - Returns: how many were removed.
  public func remove(_ selection: MemberSelection, in database: any Database) throws -> Int {
    try choosing(in: database) { tx in
      for condition in try selection.conditions(program: program.id, organization: scope.organization.id, now: now, in: tx) {
        try tx.run(
          "INSERT INTO chosen (user_id) SELECT m.user_id FROM memberships m WHERE \(theMembers) AND \(condition) ORDER BY m.user_id")
      }
    } change: { tx in
      let release = now.adding(seconds: Removal.undoSeconds).text
      let removed = try tx.run(
        """
        UPDATE memberships SET state = 'DELETED_MEMBER', removed_at = \(now.text), removed_by = \(scope.viewer.accountID), release_at = \(release)
        WHERE program_id = \(program.id) AND user_id IN (SELECT user_id FROM chosen)
        """)
      let mails = try tx.run(
        """
        INSERT INTO outbox (organization_id, kind, user_id, program_id, recipient, message_id, due_at, created_at)
        SELECT u.organization_id, \(exit), u.id, CAST(\(program.id) AS BIGINT), u.email, \(Outbox.newMessageID), CAST(\(release) AS TEXT),
          CAST(\(now.text) AS TEXT)
        FROM chosen x JOIN users u ON u.organization_id = \(scope.organization.id) AND u.id = x.user_id
        WHERE NOT EXISTS (SELECT 1 FROM muted_emails q WHERE q.organization_id = u.organization_id AND q.kind = \(exit)) ORDER BY u.id
        """)
      try Outbox.count(mails, organization: scope.organization.id, in: tx)
      try audit("removed", in: tx)
      return removed
    }
  }

  /// What can be undone in this program now, latest first. The plus keeps SQLite off the program's own rows, of which there are many: the index of what
  /// is to be released has a few.
  public func undoable(in connection: any Connection) throws -> [Undoable] {
    try connection.all(
      """
      SELECT m.release_at, a.name, COUNT(*) FROM memberships m LEFT JOIN accounts a ON a.id = m.removed_by
      WHERE m.release_at <> '' AND m.release_at > \(now.text) AND +m.program_id = \(program.id) AND m.state = 'DELETED_MEMBER'
      GROUP BY m.release_at, a.name ORDER BY m.release_at DESC, a.name LIMIT 5
      """
    ) { row in
      Moment(row.text(0)).map {
        Undoable(removedAt: $0.adding(seconds: -Removal.undoSeconds), until: $0, by: row.text(1), people: Int(row.int(2)))
      }
    }.compactMap(\.self)
  }

  /// Undoes the removals of a moment, as long as they can be.
  ///
  /// - Returns: how many are members again.
  public func restore(removedAt moment: Moment, in database: any Database) throws -> Int {
    try choosing(in: database) { tx in
      try tx.run(
        """
        INSERT INTO chosen (user_id) SELECT m.user_id FROM memberships m
        WHERE m.release_at <> '' AND m.release_at = \(moment.adding(seconds: Removal.undoSeconds).text) AND m.release_at > \(now.text)
          AND +m.program_id = \(program.id) AND m.organization_id = \(scope.organization.id) AND m.state = 'DELETED_MEMBER' ORDER BY m.user_id
        """)
    } change: { tx in
      let restored = try tx.run(
        """
        UPDATE memberships SET state = 'MEMBER', removed_at = '', removed_by = 0, release_at = ''
        WHERE program_id = \(program.id) AND user_id IN (SELECT user_id FROM chosen)
        """)
      try tx.run(
        """
        UPDATE outbox SET state = 'DROPPED' WHERE organization_id = \(scope.organization.id) AND program_id = \(program.id) AND kind = \(exit) AND state = 'WAITING'
          AND user_id IN (SELECT user_id FROM chosen)
        """)
      try audit("restored", in: tx)
      return restored
    }
  }

  private let exit = MailKind.programExit.rawValue

  private var theMembers: SQL { "m.program_id = \(program.id) AND m.organization_id = \(scope.organization.id) AND m.state = 'MEMBER'" }

  /// Fills the temporary table `chosen` and changes these memberships, with every figure kept, in one transaction.
  private func choosing(
    in database: any Database, _ choose: (any Connection) throws -> Void, change: (any Connection) throws -> Int
  ) throws -> Int {
    try database.workbench { bench in
      try bench.run("CREATE TEMPORARY TABLE chosen (user_id \(.integerKey))")
      try Touched.prepare(in: bench)
      return try bench.write(organization: scope.organization.id) { tx in
        try tx.run("DELETE FROM chosen")
        try Touched.prepare(in: tx)
        try choose(tx)
        try tx.describe("chosen")
        try tx.run("INSERT INTO touched_memberships (program_id, user_id) SELECT CAST(\(program.id) AS BIGINT), user_id FROM chosen")
        try tx.run(
          "INSERT INTO touched_users (organization_id, user_id) SELECT CAST(\(scope.organization.id) AS BIGINT), user_id FROM chosen")
        let parts: FigureParts = [.enrollments, .risk, .tallies]
        try Touched.note(parts, in: tx)
        let changed = try change(tx)
        try Touched.settle(parts, in: tx)
        return changed
      }
    }
  }

  /// An event for each person, so that it stands on the person's page.
  private func audit(_ action: String, in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO audit_events (organization_id, actor_id, action, subject_kind, subject_id, at)
      SELECT CAST(\(scope.organization.id) AS BIGINT), CAST(\(scope.viewer.accountID) AS BIGINT), CAST(\(action) AS TEXT), 'user', user_id,
        CAST(\(now.text) AS TEXT) FROM chosen ORDER BY user_id
      """)
    try AuditTrail.record(
      "members_\(action)", by: scope.viewer.accountID, organization: scope.organization.id, about: .init(kind: "program", id: program.id),
      values: [("people", "\(try tx.scalar("SELECT COUNT(*) FROM chosen"))")], at: now, in: tx)
  }
}

/// Which members of a program an act is about.
public enum MemberSelection: Sendable, Equatable {
  /// These people.
  case people([Int64])
  /// All that match.
  case matching(MemberFilter)

  /// Conditions on `memberships m`, to be asked one after the other; together they are the selection.
  func conditions(program: Int64, organization: Int64, now: Moment, in connection: any Connection) throws -> [SQL] {
    switch self {
    case .people(let users): InvitationSelection.parts(of: Set(users).sorted()).map { "m.user_id IN (\(list: $0))" }
    case .matching(let filter):
      [try filter.narrowing(program: program, organization: organization, now: now, in: connection).condition ?? "1 = 1"]
    }
  }
}
