/// Who acts: a signed-in account with what it may do. Every function that finds something takes one, and finds only what it may see.
public struct Viewer: Sendable, Equatable {
  /// A grant, product.md 1's table of roles without coach and learner.
  public enum Grant: Sendable, Hashable {
    /// Everything in every organization.
    case accountTeam
    /// Everything in this organization.
    case organizationAdmin(organization: Int64)
    /// The named program of this organization only.
    case programAdmin(organization: Int64, program: Int64)
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
}
