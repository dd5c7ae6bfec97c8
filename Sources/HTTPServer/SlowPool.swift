/// The threads of slow routes, behind a bounded queue.
final class SlowPool: Sendable {
  private struct Job {
    let route: String
    let run: @Sendable () -> Void
  }

  private struct State {
    var queue: [Job] = []
    var running: [String: Int] = [:]
    var idle = 0
    var isStopped = false
  }

  private let state = Monitor(State())
  private let threads: Int
  private let perRoute: Int
  private let longestQueue: Int

  init(_ limits: Limits) {
    threads = max(1, limits.slowThreads)
    perRoute = max(1, min(limits.slowThreadsPerRoute, limits.slowThreads))
    longestQueue = max(0, limits.slowQueue)
  }

  func start(_ thread: (@escaping @Sendable () -> Void) throws -> Void) throws {
    state.withLock { $0.idle = threads }
    for _ in 0..<threads { try thread { self.work() } }
  }

  /// Whether one more job would be taken.
  var hasRoom: Bool {
    state.withLock { $0.queue.count < $0.idle + longestQueue && !$0.isStopped }
  }

  /// Takes a job; false when the queue is full.
  func submit(route: String, _ run: @escaping @Sendable () -> Void) -> Bool {
    let isTaken = state.withLock { state in
      guard state.queue.count < state.idle + longestQueue, !state.isStopped else { return false }
      state.queue.append(Job(route: route, run: run))
      return true
    }
    if isTaken { state.signal() }
    return isTaken
  }

  /// Threads end after what they are doing; what waits is forgotten.
  func stop() {
    state.withLock { state in
      state.isStopped = true
      state.queue.removeAll()
    }
    state.broadcast()
  }

  private func work() {
    while true {
      let job: Job?? = state.wait { state in
        if state.isStopped { return .some(nil) }
        guard let index = state.queue.firstIndex(where: { state.running[$0.route, default: 0] < perRoute }) else { return nil }
        let job = state.queue.remove(at: index)
        state.running[job.route, default: 0] += 1
        state.idle -= 1
        return job
      }
      guard case .some(.some(let job)) = job else { return }
      job.run()
      state.withLock { state in
        state.running[job.route, default: 1] -= 1
        state.idle += 1
      }
      // A job of this route may have waited for its share.
      state.signal()
    }
  }
}
