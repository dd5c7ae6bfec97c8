import Glibc

/// Lets a number of threads in at a time, in the order in which they came, each waiting no longer than it wants to.
final class Gate: @unchecked Sendable {
  private final class Waiter {
    let signal = Signal()
    var admitted = false
  }

  private let lock = Lock()
  private let places: Int
  private var free: Int
  private var waiting: [Waiter] = []
  private var isClosed = false

  init(places: Int) {
    self.places = places
    free = places
  }

  var waitingCount: Int { lock.withLock { waiting.count } }

  /// Throws `DatabaseError` of kind busy when no place came free in time, and when the gate is closed.
  func enter(until deadline: Deadline, _ what: String) throws {
    try lock.withLock {
      if isClosed { throw DatabaseError.closed }
      if free > 0 {
        free -= 1
        return
      }
      let waiter = Waiter()
      waiting.append(waiter)
      while !waiter.admitted {
        if waiter.signal.wait(holding: lock, until: deadline) { continue }
        if waiter.admitted { break }
        waiting.removeAll { $0 === waiter }
        throw DatabaseError(.busy, code: "wait", "waited too long for \(what)")
      }
      if isClosed {
        free += 1
        throw DatabaseError.closed
      }
    }
  }

  /// Gives the place to the one who has waited longest.
  func leave() {
    lock.withLock {
      guard !waiting.isEmpty else {
        free += 1
        return
      }
      let next = waiting.removeFirst()
      next.admitted = true
      next.signal.send()
    }
  }

  /// Lets nobody in any more and waits until all are out; false when that took too long.
  func close(until deadline: Deadline) -> Bool {
    lock.withLock {
      isClosed = true
      for waiter in waiting {
        free -= 1  // given back by the waiter when it finds the gate closed
        waiter.admitted = true
        waiter.signal.send()
      }
      waiting.removeAll()
    }
    while !lock.withLock({ free == places }) {
      if deadline.remaining == .zero { return false }
      usleep(1000)
    }
    return true
  }
}

/// One gate per organization, which exists only while somebody is in it or waits for it.
final class Gates: @unchecked Sendable {
  private final class Entry {
    let gate = Gate(places: 1)
    var users = 0
  }

  private let lock = Lock()
  private var entries: [Int64: Entry] = [:]

  /// Runs `body` as the only one with this key. Throws `DatabaseError` of kind busy when the wait was too long.
  func alone<T>(_ key: Int64, until deadline: Deadline, _ body: () throws -> T) throws -> T {
    let entry = lock.withLock {
      let entry = entries[key] ?? Entry()
      entries[key] = entry
      entry.users += 1
      return entry
    }
    defer {
      lock.withLock {
        entry.users -= 1
        if entry.users == 0 { entries[key] = nil }
      }
    }
    try entry.gate.enter(until: deadline, "another writer")
    defer { entry.gate.leave() }
    return try body()
  }
}

/// Remembers which threads are inside `write`, so that a nested one is refused instead of waiting for itself.
final class WritingThreads: @unchecked Sendable {
  private let lock = Lock()
  private var threads: Set<UInt> = []

  /// Throws `DatabaseError.nestedWrite` when this thread is inside already.
  func once<T>(_ body: () throws -> T) throws -> T {
    let me = UInt(pthread_self())
    guard lock.withLock({ threads.insert(me).inserted }) else { throw DatabaseError.nestedWrite }
    defer { _ = lock.withLock { threads.remove(me) } }
    return try body()
  }
}
