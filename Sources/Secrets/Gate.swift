internal import Foundation

/// Lets a few callers through at once and a few more wait; the rest are turned away at once, so that a flood of sign-ins
/// can hold neither all memory nor all threads.
final class Gate: @unchecked Sendable {  // every field is read and written with `condition` locked
  private let condition = NSCondition()
  private let places: Int
  private let queue: Int
  private let patience: TimeInterval
  private var inside = 0
  private var tickets: [UInt64] = []
  private var issued: UInt64 = 0

  /// - Parameters:
  ///   - places: how many may be inside at once.
  ///   - queue: how many may wait for a place.
  ///   - patience: how long one waits at most, in seconds.
  init(places: Int, queue: Int, patience: TimeInterval) {
    self.places = places
    self.queue = queue
    self.patience = patience
  }

  /// How many are waiting now.
  var waiting: Int {
    condition.lock()
    defer { condition.unlock() }
    return tickets.count
  }

  /// Runs `body` inside the gate, first come, first served.
  /// - Throws: ``SecretsError/busy`` when the queue is full or patience runs out; whatever `body` throws.
  func through<T>(_ body: () throws -> T) throws -> T {
    try enter()
    defer { leave() }
    return try body()
  }

  private func enter() throws {
    condition.lock()
    defer { condition.unlock() }
    if inside < places && tickets.isEmpty {
      inside += 1
      return
    }
    guard tickets.count < queue else { throw SecretsError.busy }
    issued += 1
    let mine = issued
    tickets.append(mine)
    let deadline = Date(timeIntervalSinceNow: patience)
    while inside >= places || tickets.first != mine {
      guard condition.wait(until: deadline) else {
        tickets.removeAll { $0 == mine }
        condition.broadcast()
        throw SecretsError.busy
      }
    }
    tickets.removeFirst()
    inside += 1
    condition.broadcast()
  }

  private func leave() {
    condition.lock()
    inside -= 1
    condition.broadcast()
    condition.unlock()
  }
}
