import Dispatch
import Glibc
import Synchronization

/// Runs `body` on as many threads at once and waits for all. What they throw is returned in the order of the threads.
@discardableResult
public func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) -> [(any Error)?] {
  let errors = ErrorBox(count)
  let group = DispatchGroup()
  for index in 0..<count {
    group.enter()
    startThread {
      do { try body(index) } catch { errors.set(index, error) }
      group.leave()
    }
  }
  group.wait()
  return errors.all
}

/// Threads of our own: the tests block, and a shared pool would run out of threads.
public func startThread(_ body: @escaping @Sendable () -> Void) {
  final class Start: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  let start = Unmanaged.passRetained(Start(body)).toOpaque()
  pthread_create(
    &thread, nil,
    { start in
      if let start { Unmanaged<Start>.fromOpaque(start).takeRetainedValue().body() }
      return nil
    }, start)
  pthread_detach(thread)
}

private final class ErrorBox: Sendable {
  private let errors: Mutex<[(any Error)?]>
  init(_ count: Int) { errors = Mutex(Array(repeating: nil, count: count)) }
  func set(_ index: Int, _ error: any Error) { errors.withLock { $0[index] = error } }
  var all: [(any Error)?] { errors.withLock { $0 } }
}

/// A thread that is inside something until it is let go.
public final class Occupant: Sendable {
  private let entered = DispatchSemaphore(value: 0)
  private let leaving = DispatchSemaphore(value: 0)
  private let left = DispatchSemaphore(value: 0)

  /// Starts `occupy`, which has to call the closure that it is given, and returns when it has.
  public init(_ occupy: @escaping @Sendable (() -> Void) throws -> Void) {
    startThread { [entered, leaving, left] in
      // What goes wrong shows in the test, which finds nobody inside.
      do {
        try occupy {
          entered.signal()
          leaving.wait()
        }
      } catch { entered.signal() }
      left.signal()
    }
    entered.wait()
  }

  /// Lets it go and waits until it has left.
  public func leave() {
    leaving.signal()
    left.wait()
  }
}
