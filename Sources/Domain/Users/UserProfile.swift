public import Database

/// One person of an organization, with everything that its administrators may know.
public struct UserProfile: Sendable {
  /// A membership, an open invitation, or what was one.
  public struct Membership: Sendable, Equatable {
    /// The program.
    public let programSlug: String, programName: String
    /// `INVITED`, `MEMBER` or `DELETED_MEMBER`.
    public let state: String
    /// The contract that holds the license, by id and name; empty for none.
    public let contract: Int64?, contractName: String
    /// Moments as text; empty for never.
    public let invitedAt: String, joinedAt: String, removedAt: String, lastActivityAt: String
    /// Enrollments and completions in the program.
    public let enrollments: Int, completions: Int
  }

  /// A course that the person signed up for.
  public struct Enrollment: Sendable, Equatable {
    /// The course and its program by name.
    public let course: String, program: String
    /// Moments as text; empty for never.
    public let enrolledAt: String, completedAt: String, lastActivityAt: String
    /// Percent of all items, and the grade in percent; nil where unknown.
    public let progress: Double?, grade: Double?
    /// How it stands.
    public let isCompleted: Bool, hasLeft: Bool
  }

  /// Attempts at assessments.
  public struct Attempts: Sendable, Equatable {
    /// All of them, those that passed, and the latest as text.
    public let all: Int, passed: Int, lastAt: String
  }

  /// Identity, attributes and figures over all programs.
  public let user: User
  /// When the organization came to know the person, and when the person was deactivated, as text; the latter empty for not.
  public let createdAt: String, deactivatedAt: String
  /// When the person was erased, as text; empty for not. There is no name then, only what happened.
  public let erasedAt: String
  /// Whether the person wants announcements; said on a page of the person's own, without a sign-in.
  public let wantsAnnouncements: Bool
  /// What the person administers here, in words; empty for nothing.
  public let roles: [String]
  /// Latest first.
  public let memberships: [Membership]
  /// Latest first, at most `mostEnrollments`.
  public let enrollments: [Enrollment]
  /// Attempts in all programs.
  public let attempts: Attempts

  /// How many enrollments are loaded at most.
  public static let mostEnrollments = 200

  /// Finds a person of the organization.
  ///
  /// - Parameter evenErased: whether somebody who was erased is found too, as for the page that shows what is left.
  /// - Throws: `Failure.notFound` for nobody of this organization, and for a viewer who reaches single programs only.
  public static func find(
    id: Int64, scope: OrganizationScope, now: Moment, evenErased: Bool = false, in connection: any Connection
  ) throws -> UserProfile {
    let list = try UserList(scope: scope, now: now)
    var everybody = UserFilter()
    everybody.status = .everyone
    let organization = scope.organization.id
    guard let user = try list.users([id], filter: everybody, showing: Attribute.allCases.map { .attribute($0) }, in: connection).first,
      let since = try connection.first(
        "SELECT created_at, deactivated_at, erased_at FROM users WHERE organization_id = \(organization) AND id = \(id)",
        { ($0.text(0), $0.text(1), $0.text(2)) }), evenErased || since.2.isEmpty
    else { throw Failure.notFound }
    return UserProfile(
      user: user, createdAt: since.0, deactivatedAt: since.1, erasedAt: since.2,
      wantsAnnouncements: try EmailPreferences.wantsAnnouncements(user: id, scope: scope, in: connection),
      roles: try roles(of: id, organization, in: connection),
      memberships: try memberships(of: id, organization, in: connection),
      enrollments: try enrollments(of: id, organization, in: connection), attempts: try attempts(of: id, organization, in: connection))
  }

  private static func roles(of user: Int64, _ organization: Int64, in connection: any Connection) throws -> [String] {
    try connection.all(
      """
      SELECT r.role, p.name FROM role_assignments r LEFT JOIN programs p ON p.id = r.program_id
      WHERE r.account_id = \(user) AND r.organization_id = \(organization) ORDER BY r.role, p.name_key
      """
    ) { $0.text(0) == "ORGANIZATION_ADMIN" ? "Organization admin" : "Program admin of \($0.text(1))" }
  }

  private static func memberships(of user: Int64, _ organization: Int64, in connection: any Connection) throws -> [Membership] {
    try connection.all(
      """
      SELECT p.slug, p.name, m.state, c.id, c.name, m.invited_at, m.joined_at, m.removed_at, m.last_activity_at, m.enrollments, m.completions
      FROM memberships m JOIN programs p ON p.id = m.program_id LEFT JOIN contracts c ON c.id = m.contract_id
      WHERE m.organization_id = \(organization) AND m.user_id = \(user) ORDER BY m.invited_at DESC, p.name_key, p.id
      """
    ) { row in
      Membership(
        programSlug: row.text(0), programName: row.text(1), state: row.text(2), contract: row.intOrNil(3), contractName: row.text(4),
        invitedAt: row.text(5), joinedAt: row.text(6), removedAt: row.text(7), lastActivityAt: row.text(8), enrollments: Int(row.int(9)),
        completions: Int(row.int(10)))
    }
  }

  /// The person's programs lead to the rows, which lie by program and user.
  static func inPrograms(_ alias: SQL, of user: Int64, _ organization: Int64) -> SQL {
    """
    \(alias).user_id = \(user) AND \(alias).program_id IN
      (SELECT m.program_id FROM memberships m WHERE m.organization_id = \(organization) AND m.user_id = \(user))
    """
  }

  private static func enrollments(of user: Int64, _ organization: Int64, in connection: any Connection) throws -> [Enrollment] {
    try connection.all(
      """
      SELECT c.name, p.name, e.enrolled_at, e.completed_at, e.last_activity_at, e.progress, e.grade, e.completed,
        CASE WHEN e.removed = 1 OR e.left_at <> '' THEN 1 ELSE 0 END
      FROM enrollments e JOIN courses c ON c.id = e.course_id JOIN programs p ON p.id = e.program_id
      WHERE \(inPrograms("e", of: user, organization)) ORDER BY e.enrolled_at DESC, e.course_id LIMIT \(mostEnrollments)
      """
    ) { row in
      Enrollment(
        course: row.text(0), program: row.text(1), enrolledAt: row.text(2), completedAt: row.text(3), lastActivityAt: row.text(4),
        progress: row.doubleOrNil(5), grade: row.doubleOrNil(6), isCompleted: row.bool(7), hasLeft: row.bool(8))
    }
  }

  private static func attempts(of user: Int64, _ organization: Int64, in connection: any Connection) throws -> Attempts {
    let found = try connection.first(
      """
      SELECT COUNT(*), COALESCE(SUM(CASE WHEN t.passed = 1 THEN 1 ELSE 0 END), 0), COALESCE(MAX(t.attempted_at), '')
      FROM assessment_attempts t WHERE \(inPrograms("t", of: user, organization))
      """
    ) { Attempts(all: Int($0.int(0)), passed: Int($0.int(1)), lastAt: $0.text(2)) }
    return found ?? Attempts(all: 0, passed: 0, lastAt: "")
  }
}
