import Foundation

/// Tells the time. It is passed in wherever a rule depends on the moment; nothing in Domain asks the machine.
public struct Clock: Sendable {
  private let read: @Sendable () -> Moment

  /// A clock that answers with what the closure gives.
  public init(_ read: @escaping @Sendable () -> Moment) { self.read = read }

  /// The present moment.
  public var now: Moment { read() }

  /// The machine's clock.
  public static let system = Clock { Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

  /// A clock that stands still, for tests and for figures that must agree with each other.
  public static func fixed(_ moment: Moment) -> Clock { Clock { moment } }

  /// A clock that starts at the given moment and then runs on, for trials on old data.
  public static func starting(at moment: Moment) -> Clock {
    let began = ContinuousClock.now
    return Clock {
      let passed = began.duration(to: .now).components
      return Moment(milliseconds: moment.milliseconds + passed.seconds * 1000 + passed.attoseconds / 1_000_000_000_000_000)
    }
  }
}
