public import Database

/// What coaching learners can be added with: groups, purchases, 360° assessments, surveys and focus skills that the organization may use.
public struct AddingOptions: Sendable {
  /// A group with its defaults.
  public struct Group: Sendable, Equatable {
    /// The group.
    public let id: Int64, name: String, description: String
    /// The purchase, 360° assessment and survey that it begins with; nil where it names none.
    public let purchase: Int64?, assessment: Int64?, survey: Int64?
    /// The duration in days, and how many people a learner asks for feedback.
    public let days: Int64, minimumInvited: Int64, minimumAnswered: Int64, maximumInvited: Int64
    /// Whether learners are measured again, and how many days before the end that opens by itself; nil where an administrator opens it.
    public let remeasurement: Bool, remeasurementDays: Int64?
    /// Whether sessions use the coach's meeting links.
    public let meetingLinks: Bool
    /// The focus skills that it begins with.
    public var skills: [Int64] = []
  }

  /// A purchase with what is left of it.
  public struct Purchase: Sendable, Equatable {
    /// The purchase, and its sessions for each learner.
    public let id: Int64, name: String, sessions: Int
    /// Licenses bought, and used by engagements.
    public let licenses: Int, used: Int
    /// When it expires; nil for never.
    public let expiresAt: Moment?

    /// How many licenses are left.
    public var left: Int { max(0, licenses - used) }
  }

  /// A 360° assessment or a survey.
  public struct Questions: Sendable, Equatable {
    /// The thing, and whether it is the organization's own, else the platform's.
    public let id: Int64, name: String, isOwn: Bool
    /// What it is about, and its questions.
    public let description: String, questions: [String]
  }

  /// A focus skill.
  public struct Skill: Sendable, Equatable {
    /// The skill.
    public let id: Int64, name: String
  }

  /// Each in the order of names.
  public let groups: [Group], purchases: [Purchase], assessments: [Questions], surveys: [Questions], skills: [Skill]

  /// Reads what an organization may use.
  ///
  /// - Throws: `Failure.notFound` for a viewer who does not reach the whole organization.
  public init(scope: OrganizationScope, in connection: any Connection) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    let organization = scope.organization.id
    var skillsOf: [Int64: [Int64]] = [:]
    try connection.rows(
      """
      SELECT s.group_id, s.focus_skill_id FROM coaching_group_skills s JOIN coaching_groups g ON g.id = s.group_id
      WHERE g.organization_id = \(organization) ORDER BY s.group_id, s.focus_skill_id
      """
    ) { row in
      skillsOf[row.int(0), default: []].append(row.int(1))
      return true
    }
    groups = try connection.all(
      """
      SELECT id, name, description, company_purchase_id, feedback_assessment_id, survey_id, duration_days, minimum_invited, minimum_answered,
        maximum_invited, remeasurement, remeasurement_days, meeting_links FROM coaching_groups WHERE organization_id = \(organization) ORDER BY name, id
      """
    ) { row in
      Group(
        id: row.int(0), name: row.text(1), description: row.text(2), purchase: row.intOrNil(3), assessment: row.intOrNil(4),
        survey: row.intOrNil(5), days: row.int(6), minimumInvited: row.int(7), minimumAnswered: row.int(8), maximumInvited: row.int(9),
        remeasurement: row.bool(10), remeasurementDays: row.intOrNil(11), meetingLinks: row.bool(12), skills: skillsOf[row.int(0)] ?? [])
    }
    purchases = try connection.all(
      "SELECT id, name, sessions, licenses, used, expires_at FROM company_purchases WHERE organization_id = \(organization) ORDER BY name, id"
    ) { row in
      Purchase(
        id: row.int(0), name: row.text(1), sessions: Int(row.int(2)), licenses: Int(row.int(3)), used: Int(row.int(4)),
        expiresAt: Moment(row.text(5)))
    }
    func questions(_ table: SQL) throws -> [Questions] {
      try connection.all(
        """
        SELECT id, name, organization_id, description, questions FROM \(table) WHERE organization_id IN (0, \(organization))
        ORDER BY organization_id DESC, name, id
        """
      ) { row in
        Questions(
          id: row.int(0), name: row.text(1), isOwn: row.int(2) != 0, description: row.text(3),
          questions: row.text(4).split(whereSeparator: \.isNewline).map(String.init))
      }
    }
    (assessments, surveys) = (try questions("feedback_assessments"), try questions("surveys"))
    skills = try connection.all("SELECT id, name FROM focus_skills ORDER BY name_key, id") { Skill(id: $0.int(0), name: $0.text(1)) }
  }
}
