/// How far long work has come: which of its steps it is at.
public struct WorkStep: Sendable, Equatable {
  /// The step, from 1, and how many there are.
  public let number: Int, count: Int
  /// What is done in it, such as `writing the invitations`.
  public let words: String
}

/// The steps of one kind of work, in order.
protocol WorkPlan: RawRepresentable<Int>, CaseIterable {
  /// What is done in the step.
  var words: String { get }
}

/// Is told of each step of long work when it begins; passed in by whoever wants to watch. A step may come again, where a transaction is repeated.
public struct WorkListener: Sendable {
  private let hear: @Sendable (WorkStep) -> Void

  /// A listener that the closure is; it is called on the thread that works, within its transaction, so it must be quick.
  public init(_ hear: @escaping @Sendable (WorkStep) -> Void) { self.hear = hear }

  /// Listens to nothing.
  public static let nobody = WorkListener { _ in }

  func began<Step: WorkPlan>(_ step: Step) {
    hear(WorkStep(number: step.rawValue + 1, count: Step.allCases.count, words: step.words))
  }
}
