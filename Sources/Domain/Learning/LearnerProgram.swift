public import Database

/// A program as one of its members sees it.
public struct LearnerProgram: Sendable, Equatable {
  /// A course of the program, with what the member has to do with it.
  public struct Course: Sendable, Equatable {
    /// Name of the course and of who gives it; the latter may be empty.
    public let name: String, partner: String
    /// When it was enrolled in and completed, as text; empty for not.
    public let enrolledAt: String, completedAt: String
    /// Share of all items done, in percent; nil when unknown or not enrolled.
    public let progress: Double?
  }

  /// The organization and program as shown.
  public let organizationName: String, timeZone: String, brandColor: String, programName: String, tagline: String
  /// The reader's name in this organization.
  public let name: String
  /// When the reader joined, as text.
  public let joinedAt: String
  /// Whether the reader was removed and may only read.
  public let isReadOnly: Bool
  /// When the program itself was removed, as text; empty for one that goes on.
  public let programRemovedAt: String
  /// The program's banner; nil for none.
  public let banner: Picture?
  /// The program's courses by name.
  public let courses: [Course]

  /// Finds a program for a member, or for somebody who was one.
  ///
  /// - Throws: `Failure.notFound` for anybody else, whether the program exists or not.
  public static func find(organization: String, program: String, for account: Int64, in connection: any Connection) throws -> LearnerProgram
  {
    let found = try connection.first(
      """
      SELECT p.id, o.name, o.time_zone, o.brand_color, p.name, p.tagline, u.name, m.joined_at, m.state, p.removed_at, \(Picture.columns)
      FROM organizations o JOIN programs p ON p.organization_id = o.id AND p.slug = \(program) \(Picture.ofProgram)
      JOIN memberships m ON m.program_id = p.id AND m.user_id = \(account) AND m.joined_at <> ''
      JOIN users u ON u.organization_id = o.id AND u.id = m.user_id AND u.deactivated_at = ''
      JOIN accounts a ON a.id = m.user_id AND a.vouched_by IN (0, o.id)
      WHERE o.slug = \(organization)
      """
    ) { row in
      (
        id: row.int(0), organization: row.text(1), zone: row.text(2), color: row.text(3), program: row.text(4), tagline: row.text(5),
        name: row.text(6), joinedAt: row.text(7), state: row.text(8), removedAt: row.text(9), banner: Picture(row, from: 10)
      )
    }
    guard let found, found.state != "INVITED" else { throw Failure.notFound }
    return LearnerProgram(
      organizationName: found.organization, timeZone: found.zone, brandColor: found.color, programName: found.program,
      tagline: found.tagline, name: found.name, joinedAt: found.joinedAt, isReadOnly: found.state == "DELETED_MEMBER",
      programRemovedAt: found.removedAt, banner: found.banner,
      courses: try courses(of: found.id, for: account, in: connection))
  }

  private static func courses(of program: Int64, for account: Int64, in connection: any Connection) throws -> [Course] {
    try connection.all(
      """
      SELECT c.name, p.name, e.enrolled_at, e.completed_at, e.progress FROM program_courses k JOIN courses c ON c.id = k.course_id
      LEFT JOIN partners p ON p.id = c.partner_id
      LEFT JOIN enrollments e ON e.program_id = k.program_id AND e.user_id = \(account) AND e.course_id = k.course_id
      WHERE k.program_id = \(program) ORDER BY c.name, c.id LIMIT 500
      """
    ) { row in
      Course(name: row.text(0), partner: row.text(1), enrolledAt: row.text(2), completedAt: row.text(3), progress: row.doubleOrNil(4))
    }
  }
}
