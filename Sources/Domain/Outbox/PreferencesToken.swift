public import Secrets

/// What lets a reader choose which emails come, without signing in: organization, person and a code over both.
public struct PreferencesToken: Sendable, Equatable {
  /// The organization that writes, and the reader.
  public let organization: Int64, user: Int64
  private let code: String

  /// The token of a reader.
  public init(organization: Int64, user: Int64, key: InstallationKey) {
    (self.organization, self.user) = (organization, user)
    code = key.code(for: "preferences", ["\(organization)", "\(user)"])
  }

  /// Reads what stands in a link; nil where the installation did not make it.
  public init?(_ text: String, key: InstallationKey) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let organization = Int64(parts[0]), let user = Int64(parts[1]),
      key.accepts(String(parts[2]), for: "preferences", ["\(organization)", "\(user)"])
    else { return nil }
    (self.organization, self.user, code) = (organization, user, String(parts[2]))
  }

  /// What stands in the link.
  public var text: String { "\(organization).\(user).\(code)" }
}
