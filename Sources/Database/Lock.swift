import Glibc

/// A mutex whose holders may also wait on a `Signal`.
final class Lock: @unchecked Sendable {
  fileprivate let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init() { pthread_mutex_init(mutex, nil) }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func withLock<T>(_ body: () throws -> T) rethrows -> T {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }
}

/// A condition that is waited for until a moment of the monotonic clock.
final class Signal: @unchecked Sendable {
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
  }

  /// Gives the lock away until the signal comes; false when the moment has passed.
  func wait(holding lock: Lock, until deadline: Deadline) -> Bool {
    var moment = deadline.moment
    return pthread_cond_timedwait(condition, lock.mutex, &moment) != ETIMEDOUT
  }

  func send() { pthread_cond_broadcast(condition) }
}

/// A moment of the monotonic clock.
struct Deadline {
  let moment: timespec

  init(after duration: Duration) {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    // A year is as good as for ever and cannot overflow.
    let (seconds, attoseconds) = min(max(duration, .zero), .seconds(31_536_000)).components
    var nanoseconds = now.tv_nsec + Int(attoseconds / 1_000_000_000)
    var whole = now.tv_sec + Int(seconds)
    if nanoseconds >= 1_000_000_000 {
      nanoseconds -= 1_000_000_000
      whole += 1
    }
    moment = timespec(tv_sec: whole, tv_nsec: nanoseconds)
  }

  /// What is left; zero when the moment has passed.
  var remaining: Duration {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let left = Duration.seconds(moment.tv_sec - now.tv_sec) + .nanoseconds(moment.tv_nsec - now.tv_nsec)
    return max(left, .zero)
  }
}

extension Duration {
  /// Whole milliseconds, rounded up, within 32 bits.
  var milliseconds: Int32 {
    let (seconds, attoseconds) = components
    let whole = min(max(seconds, 0), 2_000_000) * 1000
    return Int32(whole + (max(attoseconds, 0) + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
