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
    let groups: SQL = "SELECT id, name, NULL FROM coaching_groups WHERE organization_id = \(organization)"
    let coaches: SQL = """
      SELECT c.id, c.name, c.name_key FROM coach_totals t JOIN coaches c ON c.id = t.coach_id WHERE t.organization_id = \(organization)
      """
    return LearnerChoices(
      groups: try choose(
        groups + " ORDER BY name, id LIMIT \(most)", or: filter.groups.isEmpty ? nil : groups + " AND id IN (\(list: filter.groups))",
        in: connection),
      coaches: try choose(
        coaches + " ORDER BY c.name_key, c.id LIMIT \(most)",
        or: filter.coaches.isEmpty ? nil : coaches + " AND c.id IN (\(list: filter.coaches))", in: connection))
  }

  /// - Parameter first: the offered ones by id, name and, where it is kept, the folded name.
  private static func choose(_ first: SQL, or chosen: SQL?, in connection: any Connection) throws -> [Choice] {
    func load(_ sql: SQL) throws -> [(choice: Choice, folded: String)] {
      try connection.all(sql) { row in
        let choice = Choice(id: row.int(0), name: row.text(1))
        return (choice, row.textOrNil(2) ?? choice.name.folded)
      }
    }
    var all = try load(first)
    if let chosen, all.count == most { all += try load(chosen).filter { one in !all.contains { $0.choice == one.choice } } }
    return all.sorted { ($0.folded, $0.choice.id) < ($1.folded, $1.choice.id) }.map(\.choice)
  }
}
