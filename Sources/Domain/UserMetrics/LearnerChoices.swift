public import Database

/// What the Learners page offers to filter by: the organization's groups, and the coaches who have worked with its learners.
public struct LearnerChoices: Sendable, Equatable {
  /// One of them.
  public struct Choice: Sendable, Equatable {
    /// Its id and name.
    public let id: Int64, name: String
  }

  /// By name.
  public let groups: [Choice], coaches: [Choice]

  /// How many groups and coaches are offered, those that are chosen aside.
  public static let most = 200

  /// Loads them; a group or a coach that the filter names is always among them, if there is one of that id.
  public static func load(_ filter: LearnerFilter, scope: OrganizationScope, in connection: any Connection) throws -> LearnerChoices {
    guard scope.reachesOrganization else { throw Failure.notFound }
    let organization = scope.organization.id
    let groups: SQL = "SELECT id, name FROM coaching_groups WHERE organization_id = \(organization)"
    let coaches: SQL = """
      SELECT c.id, c.name FROM coach_totals t JOIN coaches c ON c.id = t.coach_id WHERE t.organization_id = \(organization)
      """
    return LearnerChoices(
      groups: try choose(groups + " ORDER BY name, id LIMIT \(most)", or: groups + " AND id IN (\(list: filter.groups))", in: connection),
      coaches: try choose(
        coaches + " ORDER BY c.name_key, c.id LIMIT \(most)", or: coaches + " AND c.id IN (\(list: filter.coaches))", in: connection))
  }

  private static func choose(_ first: SQL, or chosen: SQL, in connection: any Connection) throws -> [Choice] {
    func load(_ sql: SQL) throws -> [Choice] { try connection.all(sql) { Choice(id: $0.int(0), name: $0.text(1)) } }
    let offered = try load(first)
    let more = offered.count < most ? [] : try load(chosen).filter { !offered.contains($0) }
    return (offered + more).map { (choice: $0, folded: $0.name.folded) }
      .sorted { ($0.folded, $0.choice.id) < ($1.folded, $1.choice.id) }.map(\.choice)
  }
}
