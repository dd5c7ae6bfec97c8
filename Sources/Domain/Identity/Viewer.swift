/// Who acts: a signed-in account with what it may do. Every function that finds something takes one, and finds only what it may see.
public struct Viewer: Sendable, Equatable {
  /// A grant, product.md 1's table of roles without learner.
  public enum Grant: Sendable, Hashable {
    /// Everything in every organization.
    case accountTeam
    /// Everything in this organization.
    case organizationAdmin(organization: Int64)
    /// The named program of this organization only.
    case programAdmin(organization: Int64, program: Int64)
    /// A coach's own pages; the organization is the coach's, 0 for a coach of the platform.
    case coach(id: Int64, organization: Int64)
  }

  /// The account's id.
  public let accountID: Int64
  /// Name and email as shown in the navigation.
  public let name: String, email: String
  /// Everything this account was granted.
  public let grants: [Grant]

  /// A viewer; made by `SessionStore` and by tests.
  public init(accountID: Int64, name: String, email: String, grants: [Grant]) {
    (self.accountID, self.name, self.email, self.grants) = (accountID, name, email, grants)
  }

  /// Whether this is one of the people who run the installation.
  public var isAccountTeam: Bool { grants.contains(.accountTeam) }

  /// The coaches that the viewer is, by id: the platform's first, then the organizations'.
  public var coaches: [Int64] {
    let found = grants.compactMap { grant -> (organization: Int64, id: Int64)? in
      if case .coach(let id, let organization) = grant { (organization, id) } else { nil }
    }
    return found.sorted { $0 < $1 }.map(\.id)
  }

  /// Whether the viewer administers something.
  public var isAdministrator: Bool { grants.contains { if case .coach = $0 { false } else { true } } }
}
