import CLinux
import Glibc
import Synchronization

/// From the listener's queue to connections that are watched.
extension Engine {
  func accept() {
    for _ in 0..<32 {
      switch configuration.accept(listener.number) {
      case .connection(let descriptor, let address): open(descriptor, address)
      case .nothing: return armListener()
      case .gone: break
      case .refused(let number):
        if !isStopping.load(ordering: .relaxed) { pauseAccepting(number) }
        return
      }
    }
    armListener()
  }

  private func open(_ descriptor: Int32, _ address: IPAddress) {
    setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    // The socket counts as writable only when little waits in it, so that slow clients are noticed and hold little memory.
    setOption(descriptor, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, 128 << 10)
    let isTrusted = configuration.trustedProxies.contains(address)
    let context = tls.withLock { $0 }
    let session = context?.session(for: descriptor)
    // Never plain text on a port that promises TLS.
    guard context == nil || session != nil else {
      close(descriptor)
      return
    }
    let connection = Connection(descriptor, address: address, isTrustedProxy: isTrusted, tls: session)
    let isAdmitted = table.withLock { table in
      guard table.connections.count < limits.connections,
        isTrusted || table.perAddress[address.client, default: 0] < limits.connectionsPerAddress
      else { return false }
      table.connections[descriptor] = connection
      table.perAddress[address.client, default: 0] += 1
      return true
    }
    guard isAdmitted else {
      if session == nil { refuseConnection(connection) }
      connection.shut()
      return
    }
    connection.enter(.idle, until: monotonicMilliseconds() + limits.headTime.milliseconds)
    watch(connection, EPOLL_CTL_ADD, EP_IN)
  }

  private func refuseConnection(_ connection: Connection) {
    let text =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: \(limits.retryAfter.components.seconds)\r\nConnection: close\r\n\r\n"
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { connection.transmit($0, UnsafeRawBufferPointer(start: nil, count: 0)) }
  }

  func armListener() {
    if !control(EPOLL_CTL_MOD, listener.number, EP_IN | EP_ONESHOT, Self.listenerEvent), !isStopping.load(ordering: .relaxed) {
      pauseAccepting(errno)
    }
  }

  /// The ticker tries again; until then new connections wait in the system's queue.
  private func pauseAccepting(_ number: Int32) {
    isAcceptPaused.store(true, ordering: .relaxed)
    let now = monotonicMilliseconds()
    if now - lastTrouble.exchange(now, ordering: .relaxed) >= 60_000 {
      hooks.trouble("cannot accept connections for the moment: \(errorText(number))")
    }
  }
}
