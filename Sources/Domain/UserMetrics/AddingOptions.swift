public import Database

/// What coaching learners can be added with: the groups, and the purchases, 360° assessments, surveys and focus skills that the organization may use.
public struct AddingOptions: Sendable {
  /// The organization's groups, by name.
  public let groups: [CoachingGroup]
  /// What else there is to choose from.
  public let choices: GroupChoices

  /// Reads what an organization may use.
  ///
  /// - Throws: `Failure.notFound` for a viewer who does not reach the whole organization.
  public init(scope: OrganizationScope, in connection: any Connection) throws {
    groups = try CoachingGroup.all(scope: scope, in: connection)
    choices = try GroupChoices(scope: scope, in: connection)
  }

  /// The group of an id.
  public func group(_ id: Int64) -> CoachingGroup? { groups.first { $0.id == id } }

  /// The purchase of an id in digits.
  public func purchase(_ id: String) -> CompanyPurchase? { choices.purchases.first { String($0.id) == id } }
}
