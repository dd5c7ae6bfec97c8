public import Database

/// What the account team sets for learners who are added to coaching together. An engagement copies it and may override it.
public struct CoachingGroup: Sendable, Equatable {
  /// A thing that the group names.
  public struct Named: Sendable, Equatable {
    /// Its id and name.
    public let id: Int64, name: String
  }

  /// The row's id.
  public let id: Int64
  /// The name, unique in the organization; a description that may be empty.
  public let name: String, description: String
  /// What its learners are given unless they are given another.
  public let purchase: Named?, assessment: Named?, survey: Named?
  /// How long an engagement lasts, in days.
  public let durationDays: Int64
  /// Participants of a 360° round: at least so many must be invited and answer, at most so many may be invited.
  public let minimumInvited: Int64, minimumAnswered: Int64, maximumInvited: Int64
  /// Whether there is a second round.
  public let remeasurement: Bool
  /// Days before the end on which remeasurement opens by itself; nil where an administrator opens it.
  public let remeasurementDays: Int64?
  /// Whether sessions take place at the coach's meeting link.
  public let meetingLinks: Bool
  /// The language that a learner begins with, as `en`.
  public let language: String
  /// The skills that learners begin with, by name.
  public let skills: [Named]

  private static let columns: SQL = """
    g.id, g.name, g.description, g.company_purchase_id, p.name, g.feedback_assessment_id, a.name, g.survey_id, s.name, g.duration_days,
    g.minimum_invited, g.minimum_answered, g.maximum_invited, g.remeasurement, g.remeasurement_days, g.meeting_links, g.language
    """
  private static let source: SQL = """
    coaching_groups g LEFT JOIN company_purchases p ON p.id = g.company_purchase_id
    LEFT JOIN feedback_assessments a ON a.id = g.feedback_assessment_id LEFT JOIN surveys s ON s.id = g.survey_id
    """

  private init(_ row: borrowing Row, skills: [Int64: [Named]]) {
    func named(_ column: Int, _ row: borrowing Row) -> Named? {
      guard let id = row.intOrNil(column) else { return nil }
      return Named(id: id, name: row.text(column + 1))
    }
    (id, name, description) = (row.int(0), row.text(1), row.text(2))
    (purchase, assessment, survey) = (named(3, row), named(5, row), named(7, row))
    (durationDays, minimumInvited, minimumAnswered, maximumInvited) = (row.int(9), row.int(10), row.int(11), row.int(12))
    (remeasurement, remeasurementDays) = (row.bool(13), row.intOrNil(14))
    (meetingLinks, language) = (row.bool(15), row.text(16))
    self.skills = skills[row.int(0)] ?? []
  }

  /// Finds a group of the organization.
  ///
  /// - Throws: `Failure.notFound` where there is none, or the viewer reaches single programs only.
  public static func find(id: Int64, scope: OrganizationScope, in connection: any Connection) throws -> CoachingGroup {
    guard let found = try find("g.id = \(id)", scope: scope, in: connection).first else { throw Failure.notFound }
    return found
  }

  /// Every group of the organization, by name.
  ///
  /// - Throws: `Failure.notFound` for whoever reaches single programs only.
  public static func all(scope: OrganizationScope, in connection: any Connection) throws -> [CoachingGroup] {
    try find("1 = 1", scope: scope, in: connection)
  }

  private static func find(_ condition: SQL, scope: OrganizationScope, in connection: any Connection) throws -> [CoachingGroup] {
    guard scope.reachesOrganization else { throw Failure.notFound }
    let which: SQL = "g.organization_id = \(scope.organization.id) AND \(condition)"
    var skills: [Int64: [Named]] = [:]
    try connection.rows(
      """
      SELECT k.group_id, f.id, f.name FROM coaching_groups g JOIN coaching_group_skills k ON k.group_id = g.id
      JOIN focus_skills f ON f.id = k.focus_skill_id WHERE \(which) ORDER BY f.name_key, f.id
      """
    ) { row in
      skills[row.int(0), default: []].append(Named(id: row.int(1), name: row.text(2)))
      return true
    }
    return try connection.all("SELECT \(columns) FROM \(source) WHERE \(which) ORDER BY g.name, g.id") { CoachingGroup($0, skills: skills) }
  }

  /// Why it cannot be deleted; nil where it can.
  public func use(in connection: any Connection) throws -> String? {
    try SetUpUse.sentence([(connection.scalar("SELECT COUNT(*) FROM engagements WHERE group_id = \(id)"), "engagement", "engagements")])
  }

  /// Deletes a group that nothing uses.
  ///
  /// - Throws: `Failure` of code `conflict` that says what uses it; `notFound`.
  public static func remove(id: Int64, scope: OrganizationScope, at now: Moment, in database: any Database) throws {
    try database.write(organization: scope.organization.id, patience: .seconds(30)) { tx in
      let present = try find(id: id, scope: scope, in: tx)
      if let use = try present.use(in: tx) { throw Failure(.conflict, use) }
      try tx.run("DELETE FROM coaching_group_skills WHERE group_id = \(id)")
      try tx.run("DELETE FROM coaching_groups WHERE id = \(id)")
      try audit("coaching_group_removed", id, [("name", present.name)], scope, at: now, in: tx)
    }
  }

  static func audit(
    _ action: String, _ id: Int64, _ values: [(name: String, value: String)], _ scope: OrganizationScope, at now: Moment,
    in tx: any Connection
  ) throws {
    try AuditTrail.record(
      action, by: scope.viewer.accountID, organization: scope.organization.id, about: .init(kind: "coaching_group", id: id),
      values: values, at: now, in: tx)
  }
}

extension CoachingGroup {
  /// What the list may be sorted by.
  public enum Key: String, Sendable {
    case name, duration, purchase
  }

  /// Finds the groups in whose name, description or purchase a text occurs.
  ///
  /// - Throws: `Failure.notFound` for whoever reaches single programs only.
  public static func list(
    search: String, sort: Sorting<Key>, request: PageRequest, scope: OrganizationScope, in connection: any Connection
  ) throws -> ShortList<CoachingGroup> {
    try ShortList(
      all(scope: scope, in: connection), search: search, descending: sort.descending, request: request, texts: texts,
      key: { $0.key(sort.key) })
  }

  /// The same, all of them, as CSV with a byte order mark.
  public static func write(
    search: String, sort: Sorting<Key>, scope: OrganizationScope, in connection: any Connection,
    to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let found = ShortList.found(
      try all(scope: scope, in: connection), search: search, descending: sort.descending, texts: texts, key: { $0.key(sort.key) })
    let headers = [
      "Group", "Description", "Purchase", "360 Assessment", "Survey", "Duration in Days", "Minimum to Invite", "Minimum to Answer",
      "Maximum to Invite", "Remeasurement", "Remeasurement Opens Days Before the End", "Platform Meeting Links", "Language", "Focus Skills",
    ]
    try SetUpFile.write(headers, found, to: sink) { group in
      [
        .text(group.name), .text(group.description), .text(group.purchase?.name ?? ""), .text(group.assessment?.name ?? ""),
        .text(group.survey?.name ?? ""), .number(group.durationDays), .number(group.minimumInvited), .number(group.minimumAnswered),
        .number(group.maximumInvited), .text(group.remeasurement ? "Yes" : "No"), .number(group.remeasurementDays),
        .text(group.meetingLinks ? "Yes" : "No"), .text(group.language), .text(group.skills.map(\.name).joined(separator: "; ")),
      ]
    }
  }

  private static func texts(_ group: CoachingGroup) -> [String] { [group.name, group.description, group.purchase?.name ?? ""] }

  private func key(_ key: Key) -> (number: Int64, text: String) {
    switch key {
    case .name: (0, name.folded)
    case .duration: (durationDays, name.folded)
    case .purchase: (0, (purchase?.name ?? "").folded)
    }
  }
}
