import CLinux
import Glibc
import Synchronization

/// A running server: what its threads share.
final class Engine: Sendable {
  /// Event data that is not a connection.
  static let listenerEvent: UInt64 = 0
  static let stopEvent: UInt64 = 1
  static let readyEvent: UInt64 = 2

  struct Table {
    var connections: [Int32: Connection] = [:]
    var perAddress: [IPAddress: Int] = [:]
  }

  let configuration: Configuration
  let limits: Limits
  let router: Router
  let hooks: Hooks
  let address: ListenAddress
  let slots: HandlerSlots
  let pool: SlowPool
  let bodyMemory: BodyMemory
  let allowedHosts: Set<String>
  let isStopping = Atomic<Bool>(false)

  private let epoll: Descriptor
  private let stopSignal: Descriptor
  private let readySignal: Descriptor
  let listener: Descriptor
  let table = Monitor(Table())
  private let ready = Monitor(Queue<Connection>())
  private let spools = Monitor<[ObjectIdentifier: Spool]>([:])
  let tls: Monitor<TLSContext?>
  private let threads = Monitor(0)
  private let ticker = Monitor(false)
  let isAcceptPaused = Atomic<Bool>(false)
  let lastTrouble = Atomic<Int64>(-60_000)
  private let lastNumber: Atomic<UInt64>

  init(_ configuration: Configuration, _ router: Router, _ hooks: Hooks) throws {
    self.configuration = configuration
    self.router = router
    self.hooks = hooks
    limits = configuration.limits
    slots = HandlerSlots(count: limits.workers - limits.reservedWorkers)
    pool = SlowPool(limits)
    bodyMemory = BodyMemory(limit: limits.bodiesInMemory)
    allowedHosts = Set(configuration.allowedHosts.map { $0.lowercased() })
    tls = Monitor(try configuration.tls.map { try TLSContext($0) })
    listener = try openListener(configuration.listen)
    address = localAddress(of: listener) ?? configuration.listen
    let epollNumber = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard epollNumber >= 0 else { throw ServerError("cannot wait for connections: \(errorText(errno))") }
    epoll = Descriptor(epollNumber)
    stopSignal = try openSignal(0)
    readySignal = try openSignal(Int32(EFD_SEMAPHORE))
    // The high half differs between runs, so that request ids seldom repeat in a log.
    lastNumber = Atomic(UInt64(UInt32.random(in: 1 ... .max)) << 32)
  }

  func start() throws {
    signal(SIGPIPE, SIG_IGN)
    let wanted = limits.connections * 3 + 256
    let allowed = raiseDescriptorLimit(to: wanted)
    if allowed < wanted { hooks.trouble("only \(allowed) files may be open, for up to \(limits.connections) connections; raise the limit") }
    do {
      guard control(EPOLL_CTL_ADD, listener.number, EP_IN | EP_ONESHOT, Self.listenerEvent),
        control(EPOLL_CTL_ADD, stopSignal.number, EP_IN, Self.stopEvent),
        control(EPOLL_CTL_ADD, readySignal.number, EP_IN, Self.readyEvent)
      else { throw ServerError("cannot wait for connections: \(errorText(errno))") }
      try pool.start { try self.thread($0) }
      for _ in 0..<max(1, limits.workers) { try thread { Worker(self).run() } }
      try thread { self.tick() }
    } catch {
      stop()
      throw error
    }
  }

  /// Stops accepting, lets what runs finish, cuts off the rest, ends the threads.
  func stop() {
    isStopping.store(true, ordering: .relaxed)
    // The number stays taken until the last thread is done with it.
    _ = control(EPOLL_CTL_DEL, listener.number, 0, 0)
    shutdown(listener.number, Int32(SHUT_RDWR))
    let end = monotonicMilliseconds() + limits.stopTime.milliseconds
    while monotonicMilliseconds() < end, !areConnectionsGone(until: min(end, monotonicMilliseconds() + 100)) {
      table.withLock { table in
        for connection in table.connections.values where connection.phase == .idle { shutdown(connection.descriptor, Int32(SHUT_RD)) }
      }
    }
    for spool in spools.withLock({ Array($0.values) }) { spool.abandon() }
    table.withLock { table in
      for connection in table.connections.values { shutdown(connection.descriptor, Int32(SHUT_RDWR)) }
    }
    _ = areConnectionsGone(until: monotonicMilliseconds() + 300)
    eventfd_write(stopSignal.number, 1)
    pool.stop()
    ticker.withLock { $0 = true }
    ticker.broadcast()
    // A handler that never returns keeps its thread; the process need not wait for it.
    _ = threads.wait(until: monotonicMilliseconds() + 300) { $0 == 0 ? true : nil }
  }

  func reloadCertificate() throws {
    guard let files = configuration.tls else { return }
    let new = try TLSContext(files)
    tls.withLock { $0 = new }
  }

  func nextNumber() -> UInt64 {
    lastNumber.add(1, ordering: .relaxed).newValue
  }

  // MARK: Events

  func wait(_ event: inout epoll_event) -> Bool {
    while true {
      if epoll_wait(epoll.number, &event, 1, -1) > 0 { return true }
      guard errno == EINTR else {
        hooks.trouble("cannot wait for connections: \(errorText(errno))")
        return false
      }
    }
  }

  func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32, _ data: UInt64) -> Bool {
    var event = epoll_event()
    event.events = events
    event.data.u64 = data
    return epoll_ctl(epoll.number, operation, descriptor, &event) == 0
  }

  /// Gives the connection back to whichever worker gets its next event. The caller must not touch it afterwards.
  func arm(_ connection: Connection, _ events: UInt32) {
    watch(connection, EPOLL_CTL_MOD, events)
  }

  func watch(_ connection: Connection, _ operation: Int32, _ events: UInt32) {
    connection.release()
    let pointer = UInt64(UInt(bitPattern: Unmanaged.passUnretained(connection).toOpaque()))
    if control(operation, connection.descriptor, events | EP_ONESHOT, pointer) { return }
    // No event can come, so it still belongs to the caller.
    hooks.trouble("cannot watch a connection: \(errorText(errno))")
    if connection.claim() { drop(connection) }
  }

  /// Gives the caller's connection to the next free worker, whatever the state of its socket.
  func resume(_ connection: Connection) {
    ready.withLock { $0.append(connection) }
    eventfd_write(readySignal.number, 1)
  }

  /// A connection that somebody resumed, which belongs to the caller now; nil when another worker was faster.
  func nextReady() -> Connection? {
    var count = eventfd_t()
    guard eventfd_read(readySignal.number, &count) == 0 else { return nil }
    return ready.withLock { $0.popFirst() }
  }

  /// Ends a connection that two threads believe to own: the rightful one will notice.
  func cut(_ connection: Connection) {
    hooks.trouble("a connection had two owners")
    table.withLock { table in
      guard table.connections[connection.descriptor] === connection else { return }
      shutdown(connection.descriptor, Int32(SHUT_RDWR))
    }
  }

  // MARK: Connections

  /// Closes a connection; only its owner may.
  func drop(_ connection: Connection) {
    if let output = connection.output {
      connection.output = nil
      if case .spool(let spool, _, _) = output.source { forget(spool) }
      output.finish?(output.total, false, connection.fault)
    }
    if connection.hasSlot { giveBackSlot(connection) }
    let isLast = table.withLock { table in
      table.connections[connection.descriptor] = nil
      let left = table.perAddress[connection.address.client, default: 1] - 1
      table.perAddress[connection.address.client] = left > 0 ? left : nil
      return table.connections.isEmpty
    }
    connection.shut()
    if isLast { table.broadcast() }
  }

  func giveBackSlot(_ connection: Connection) {
    if let next = slots.giveBack(connection) { resume(next) }
  }

  func remember(_ spool: Spool) {
    spools.withLock { $0[ObjectIdentifier(spool)] = spool }
  }

  /// The connection no longer reads the spool.
  func forget(_ spool: Spool) {
    spools.withLock { $0[ObjectIdentifier(spool)] = nil }
    spool.abandon()
  }

  private func areConnectionsGone(until deadline: Int64) -> Bool {
    table.wait(until: deadline) { $0.connections.isEmpty ? true : nil } ?? false
  }

  // MARK: Threads

  private func thread(_ body: @escaping @Sendable () -> Void) throws {
    threads.withLock { $0 += 1 }
    do {
      try startThread {
        body()
        self.threads.withLock { $0 -= 1 }
        self.threads.broadcast()
      }
    } catch {
      threads.withLock { $0 -= 1 }
      throw error
    }
  }

  /// Enforces the times.
  private func tick() {
    let step = max(1, limits.tick.milliseconds)
    while ticker.wait(until: monotonicMilliseconds() + step, { $0 ? true : nil }) == nil {
      let now = monotonicMilliseconds()
      table.withLock { table in
        for connection in table.connections.values { connection.expire(at: now, secondChance: now + 2_000) }
      }
      if isAcceptPaused.exchange(false, ordering: .relaxed) { armListener() }
    }
  }
}

/// A counter that an epoll can watch.
private func openSignal(_ flags: Int32) throws -> Descriptor {
  let number = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK) | flags)
  guard number >= 0 else { throw ServerError("cannot wait for connections: \(errorText(errno))") }
  return Descriptor(number)
}
