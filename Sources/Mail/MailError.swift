/// Why a message, an address or a setting cannot be used, in one sentence.
public struct MailError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  init(_ description: String) { self.description = description }
}
