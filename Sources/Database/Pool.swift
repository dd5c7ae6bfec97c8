/// Connections of one kind for many threads: made when needed, up to a limit, and kept while they are clean.
final class Pool<C: EngineConnection>: @unchecked Sendable {
  private let gate: Gate
  private let lock = Lock()
  private var idle: [C] = []
  private var isClosed = false
  private let name: String
  private let make: () throws -> C

  init(_ name: String, limit: Int, make: @escaping () throws -> C) {
    self.name = name
    self.make = make
    gate = Gate(places: limit)
  }

  /// Puts a connection in that was made while opening.
  func prime(_ connection: C) { lock.withLock { idle.append(connection) } }

  /// Runs a transaction on a connection; one that was lost while idle is replaced before `body` runs. Connecting happens outside of the lock.
  ///
  /// Throws `DatabaseError` of kind busy when none came free in time.
  func transaction<T>(_ mode: TransactionMode, until deadline: Deadline, _ body: (any Connection) throws -> T) throws -> T {
    try gate.enter(until: deadline, name)
    defer { gate.leave() }
    while let connection = lock.withLock({ idle.popLast() }) {
      defer { put(connection) }
      var started = false
      do {
        return try connection.transaction(mode) {
          started = true
          return try body($0)
        }
      } catch let error as DatabaseError where error.kind == .connection && !started {
        continue
      }
    }
    let connection = try make()
    defer { put(connection) }
    return try connection.transaction(mode, body)
  }

  /// Keeps a connection only when it is idle and clean.
  private func put(_ connection: C) {
    let kept = lock.withLock {
      guard !isClosed, connection.isReusable else { return false }
      idle.append(connection)
      return true
    }
    if !kept { connection.close() }
  }

  /// Waits for the connections that are in use and closes all.
  func close(until deadline: Deadline) {
    let closing = lock.withLock {
      isClosed = true
      defer { idle = [] }
      return idle
    }
    for connection in closing { connection.close() }
    // Those that are still in use close when they come back.
    _ = gate.close(until: deadline)
  }
}
