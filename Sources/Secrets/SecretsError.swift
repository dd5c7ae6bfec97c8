/// What can go wrong with a secret. No case carries a secret, and none of the sentences quotes one.
public enum SecretsError: Error, Equatable, CustomStringConvertible {
  /// Too many passwords are being computed and waited for already; worth another try in a few seconds.
  case busy
  /// A stored password is not in the form that ``Password`` writes, or asks for more work than is allowed.
  case malformedHash
  /// OpenSSL refused an operation, for want of memory or of randomness; the name of the operation.
  case unavailable(String)
  /// The installation's key cannot be used; a whole sentence for whoever runs the program.
  case key(String)

  /// One sentence that says what is wrong, fit for a log and for the terminal.
  public var description: String {
    switch self {
    case .busy: "Too many sign-ins are being checked at this moment."
    case .malformedHash: "A stored password is not in a form that this version understands."
    case .unavailable(let operation): "OpenSSL could not carry out \(operation)."
    case .key(let sentence): sentence
    }
  }
}
