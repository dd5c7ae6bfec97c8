public import Database

/// How far an engagement is, as product.md 5 decides it: the first of these that applies, from Deactivated down to Onboarding.
public enum Stage: Int64, Sendable, CaseIterable, Bindable {
  /// No session completed yet.
  case onboarding = 1
  /// The first session is completed.
  case steadyState = 2
  /// Remeasurement is open.
  case remeasurement = 3
  /// Paused by an administrator; coaching cannot be used.
  case paused = 4
  /// Ended by an administrator; the learner can no longer sign in.
  case deactivated = 5
  /// The end has passed, the remeasurement is done, or without remeasurement no session is left or scheduled.
  case completed = 6

  /// As tabs and badges say it.
  public var label: String {
    switch self {
    case .onboarding: "Onboarding"
    case .steadyState: "Steady State"
    case .remeasurement: "Remeasurement"
    case .paused: "Paused"
    case .deactivated: "Deactivated"
    case .completed: "Completed"
    }
  }

  /// As addresses and the command line name it: `steady-state`.
  public var word: String { String(label.lowercased().map { $0 == " " ? "-" : $0 }) }

  /// The stage of that word; nil where there is none.
  public init?(word: String) {
    guard let stage = Stage.allCases.first(where: { $0.word == word }) else { return nil }
    self = stage
  }

  /// Whether the learner is being coached, or will be again: such an engagement is current, and a learner has at most one.
  public var isCurrent: Bool { self != .deactivated && self != .completed }

  /// The condition on a column of stages.
  static func isCurrent(_ column: SQL) -> SQL { "\(column) NOT IN (5, 6)" }
}
