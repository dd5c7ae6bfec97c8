import Foundation

/// Lets a thread wait for work or for a time, whichever comes first.
public final class WakeUp: @unchecked Sendable {
  private let condition = NSCondition()
  private var isCalled = false

  init() {}

  /// Wakes who waits, or who will wait next.
  public func signal() {
    condition.lock()
    isCalled = true
    condition.broadcast()
    condition.unlock()
  }

  /// Waits for `signal`, or for so many seconds.
  func wait(seconds: Double) {
    let end = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    while !isCalled, condition.wait(until: end) {}
    isCalled = false
    condition.unlock()
  }
}
