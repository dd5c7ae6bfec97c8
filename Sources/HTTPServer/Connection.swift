import CLinux
import COpenSSL
import Glibc
import Synchronization

/// A client's connection. It has exactly one owner at any time, the thread that works on it: EPOLLONESHOT hands it to a worker,
/// ``Engine/arm(_:_:)`` gives it back, and where it waits for something inside the server, a queue hands it on. Only the atomics are
/// touched by anyone else.
final class Connection: @unchecked Sendable {
  /// What comes next.
  enum Stage { case head, admit, body, handle, respond, write, linger }

  /// What a deadline is for; the value is part of ``timer``.
  enum Phase: Int64 { case idle, head, body, work, write, linger }

  let descriptor: Int32
  let address: IPAddress
  let peer: String
  let isTrustedProxy: Bool
  private let tls: OpaquePointer?
  var isTLS: Bool { tls != nil }

  /// Deadline in monotonic milliseconds, times 8, plus the phase: one word, so that the ticker cannot take a new deadline for the old one.
  private let timer = Atomic<Int64>(0)
  private let expired = Atomic<Bool>(false)
  private let owned = Atomic<Bool>(true)

  var stage = Stage.head
  var input: [UInt8] = []
  var scanner = HeadScanner()
  var emptyLines = 0
  var request: Request?
  var route: Router.Route?
  var reader: BodyReader?
  var share: BodyShare?
  var hasUnreadBody = false
  var hasSlot = false
  var credit = Credit(full: 0, rate: 1)
  var response: Response?
  var fault: (any Error)?
  var handlerTime = Duration.zero
  var output: Output?
  var lingered = 0
  private var isClosed = false

  init(_ descriptor: Int32, address: IPAddress, isTrustedProxy: Bool, tls: OpaquePointer?) {
    self.descriptor = descriptor
    self.address = address
    self.isTrustedProxy = isTrustedProxy
    self.tls = tls
    peer = address.text
  }

  deinit {
    if !isClosed { shut() }
  }

  /// Frees the session and closes the socket; the owner calls it once.
  func shut() {
    isClosed = true
    if let tls { SSL_free(tls) }
    close(descriptor)
  }

  /// Makes the close a reset, which no client can take for the end of a body.
  func resetOnClose() {
    var option = Glibc.linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout.size(ofValue: option)))
  }

  // MARK: Ownership

  /// Takes ownership after an event; false if somebody has it, which would be a fault of the server.
  func claim() -> Bool {
    !owned.exchange(true, ordering: .acquiring)
  }

  /// Gives up ownership; what was written before is visible to who claims next.
  func release() {
    owned.store(false, ordering: .releasing)
  }

  // MARK: Time

  /// Starts the clock of a phase; without `deadline` there is no limit.
  func enter(_ phase: Phase, until deadline: Int64? = nil) {
    timer.store((deadline ?? Int64.max >> 3) << 3 | phase.rawValue, ordering: .relaxed)
  }

  var phase: Phase {
    Phase(rawValue: timer.load(ordering: .relaxed) & 7) ?? .work
  }

  var isExpired: Bool { expired.load(ordering: .relaxed) }

  /// Wakes the owner when the deadline has passed. Called by the ticker, which holds the table, so that the descriptor is still this one's.
  func expire(at now: Int64, secondChance: Int64) {
    let word = timer.load(ordering: .relaxed)
    guard word >> 3 < now else { return }
    // The owner may just have moved on; then its new deadline stays.
    guard timer.compareExchange(expected: word, desired: secondChance << 3 | word & 7, ordering: .relaxed).exchanged else { return }
    let isReading = word & 7 <= Phase.body.rawValue
    let isSecond = isExpired
    // What the client did and no worker has come to see yet is not the client's delay.
    if !isSecond, word & 7 != Phase.linger.rawValue, isReady(isReading ? POLLIN : POLLOUT) { return }
    expired.store(true, ordering: .relaxed)
    // Ending only the reading side lets a worker answer 408.
    shutdown(descriptor, Int32(isReading && !isSecond ? SHUT_RD : SHUT_RDWR))
  }

  private func isReady(_ events: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    return poll(&request, 1, 0) == 1 && Int32(request.revents) & events != 0
  }

  // MARK: Bytes

  enum Transfer { case bytes(Int), wait(UInt32), end, failed }

  /// Whether OpenSSL holds bytes that no event will announce.
  var hasPendingInput: Bool {
    tls.map { SSL_has_pending($0) == 1 } ?? false
  }

  func receive(_ buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    if let tls {
      ERR_clear_error()
      let count = SSL_read(tls, buffer.baseAddress, Int32(clamping: buffer.count))
      return count > 0 ? .bytes(Int(count)) : outcome(tls, count)
    }
    return receivePlain(buffer)
  }

  func receivePlain(_ buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .bytes(count) }
      if count == 0 { return .end }
      if errno == EAGAIN { return .wait(EP_IN) }
      if errno != EINTR { return .failed }
    }
  }

  /// Sends as much as is taken of two stretches of bytes, of which either may be empty but not both.
  func transmit(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Transfer {
    if let tls {
      let bytes = first.isEmpty ? second : first
      ERR_clear_error()
      let count = SSL_write(tls, bytes.baseAddress, Int32(clamping: bytes.count))
      return count > 0 ? .bytes(Int(count)) : outcome(tls, count)
    }
    var parts = (
      iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count),
      iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count)
    )
    while true {
      let count = withUnsafeMutablePointer(to: &parts) { parts in
        parts.withMemoryRebound(to: iovec.self, capacity: 2) { parts in
          var message = msghdr()
          message.msg_iov = parts
          message.msg_iovlen = second.isEmpty ? 1 : 2
          return sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
        }
      }
      if count >= 0 { return .bytes(count) }
      if errno == EAGAIN { return .wait(EP_OUT) }
      if errno != EINTR { return .failed }
    }
  }

  /// Sends part of a file without copying it; only for plain connections.
  func transmit(_ file: OpenFile, _ range: Range<Int>) -> Transfer {
    while true {
      var offset = off_t(range.lowerBound)
      let count = sendfile(descriptor, file.descriptor, &offset, range.count)
      if count > 0 { return .bytes(count) }
      if count == 0 { return .end }
      if errno == EAGAIN { return .wait(EP_OUT) }
      if errno != EINTR { return .failed }
    }
  }

  /// Ends the sending side, with TLS's own ending first, so that the client knows it has everything.
  func endSending() {
    if let tls {
      ERR_clear_error()
      SSL_shutdown(tls)
    }
    shutdown(descriptor, Int32(SHUT_WR))
  }

  private func outcome(_ tls: OpaquePointer, _ result: Int32) -> Transfer {
    switch SSL_get_error(tls, result) {
    case SSL_ERROR_WANT_READ: .wait(EP_IN)
    case SSL_ERROR_WANT_WRITE: .wait(EP_OUT)
    case SSL_ERROR_ZERO_RETURN: .end
    default: .failed
    }
  }
}

/// How long a client may go on being slow: `full` at first, less by the time that is spent waiting for it, and earned back by bytes.
struct Credit {
  private let full: Int64
  private let rate: Int64
  private var left: Int64
  private var waitingSince: Int64?

  /// - Parameters:
  ///   - full: milliseconds.
  ///   - rate: bytes that earn a second.
  init(full: Int64, rate: Int) {
    self.full = full
    self.rate = Int64(max(1, rate))
    left = full
  }

  /// Starts to wait; returns until when.
  mutating func wait(at now: Int64) -> Int64 {
    waitingSince = now
    return now + left
  }

  /// Ends the wait.
  mutating func resume(at now: Int64) {
    guard let since = waitingSince else { return }
    waitingSince = nil
    left = max(0, left - (now - since))
  }

  mutating func earn(_ bytes: Int) {
    left = min(full, left + Int64(bytes) * 1_000 / rate)
  }
}
