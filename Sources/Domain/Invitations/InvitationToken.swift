public import Secrets

/// The secret part of an invitation's link: program, person and a code over both and the invitation's generation, so that copying a link and sending it
/// again give the same one, revoking voids it, and nothing secret is kept. The code in a mail is another than that of a copied link, so that who opens
/// the mailbox is told from whoever was given the link.
public struct InvitationToken: Sendable, Equatable {
  /// The program and the person it is for.
  public let program: Int64, user: Int64
  private let code: String

  private static let copied: StaticString = "invitation", mailed: StaticString = "mailed-invitation"

  /// The token of an invitation.
  ///
  /// - Parameter isMailed: whether nobody reads it but whoever has the mailbox.
  public init(program: Int64, user: Int64, generation: Int64, isMailed: Bool = false, key: InstallationKey) {
    (self.program, self.user) = (program, user)
    code = key.code(
      for: isMailed ? InvitationToken.mailed : InvitationToken.copied, InvitationToken.fields(program, user, generation))
  }

  /// Reads what stands in a link; nil where it cannot be one. `isGood` says whether it is.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let program = Int64(parts[0]), let user = Int64(parts[1]), program > 0, user > 0 else { return nil }
    (self.program, self.user, code) = (program, user, String(parts[2]))
  }

  /// Whether it was made for the invitation of this generation.
  public func isGood(generation: Int64, key: InstallationKey) -> Bool {
    key.accepts(code, for: InvitationToken.copied, InvitationToken.fields(program, user, generation))
      || wasMailed(generation: generation, key: key)
  }

  /// Whether it is the one that went to the mailbox.
  public func wasMailed(generation: Int64, key: InstallationKey) -> Bool {
    key.accepts(code, for: InvitationToken.mailed, InvitationToken.fields(program, user, generation))
  }

  /// What stands in the link.
  public var text: String { "\(program).\(user).\(code)" }

  private static func fields(_ program: Int64, _ user: Int64, _ generation: Int64) -> [String] {
    ["\(program)", "\(user)", "\(generation)"]
  }
}
