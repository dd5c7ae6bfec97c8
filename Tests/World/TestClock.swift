public import Domain
import Synchronization

/// A clock that moves only when a test says so.
public final class TestClock: Sendable {
  private let moment: Mutex<Moment>

  /// Stands at a moment.
  public init(_ moment: Moment) { self.moment = Mutex(moment) }

  /// What the rules are given.
  public var clock: Clock { Clock { self.moment.withLock { $0 } } }

  /// The present moment.
  public var now: Moment { moment.withLock { $0 } }

  /// Lets time pass.
  public func pass(seconds: Int64) { moment.withLock { $0 = $0.adding(seconds: seconds) } }

  /// Lets days pass.
  public func pass(days: Int64) { moment.withLock { $0 = $0.adding(days: days) } }
}
