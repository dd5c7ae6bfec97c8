/// The kinds of mail that the product sends.
public enum MailKind: String, Sendable, CaseIterable {
  case invitation
  case programWelcome = "program-welcome"
  case programExit = "program-exit"
  case coachingWelcome = "coaching-welcome"
  case noPlacesLeft = "no-places-left"

  /// As pages and exports call it.
  public var label: String {
    switch self {
    case .invitation: "Invitation"
    case .programWelcome: "Program welcome"
    case .programExit: "Program exit"
    case .coachingWelcome: "Coaching welcome"
    case .noPlacesLeft: "No places left"
    }
  }

  /// Whether an organization may leave it out. What administrators must know is always sent.
  public var canBeMuted: Bool { self == .programWelcome || self == .programExit || self == .coachingWelcome }
}
