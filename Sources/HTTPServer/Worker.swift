import CLinux
import Glibc

/// One I/O thread: takes a connection that has something to do and does it until it would have to wait.
final class Worker {
  /// How a step of a connection ended.
  enum Step {
    /// There is more to do at once.
    case next
    /// Nothing to do before one of these events.
    case wait(UInt32)
    /// It belongs to another thread now and must not be touched.
    case handedOver
    /// It is over.
    case drop
  }

  let engine: Engine
  let limits: Limits
  let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
  var turn = Turn()
  private var dateSecond = 0
  private var dateLine: [UInt8] = []

  init(_ engine: Engine) {
    self.engine = engine
    limits = engine.limits
  }

  deinit {
    scratch.deallocate()
  }

  func run() {
    var event = epoll_event()
    while engine.wait(&event) {
      switch event.data.u64 {
      case Engine.listenerEvent: engine.accept()
      case Engine.stopEvent: return
      case Engine.readyEvent:
        if let connection = engine.nextReady() { drive(connection) }
      default:
        guard let pointer = UnsafeRawPointer(bitPattern: UInt(event.data.u64)) else { continue }
        let connection = Unmanaged<Connection>.fromOpaque(pointer).takeUnretainedValue()
        if connection.claim() { drive(connection) } else { engine.cut(connection) }
      }
    }
  }

  private func drive(_ connection: Connection) {
    turn = Turn()
    while true {
      switch step(connection) {
      case .next: break
      case .wait(let events): return engine.arm(connection, events)
      case .handedOver: return
      case .drop: return engine.drop(connection)
      }
    }
  }

  private func step(_ connection: Connection) -> Step {
    switch connection.stage {
    case .head: readHead(connection)
    case .admit: admit(connection)
    case .body: readBody(connection)
    case .handle: handle(connection)
    case .respond: respond(connection)
    case .write: write(connection)
    case .linger: linger(connection)
    }
  }

  /// Lets the others have their turn. The socket can be written to, so the event comes at once, also for bytes that OpenSSL holds.
  var yield: Step { .wait(EP_IN | EP_OUT) }

  /// Reads on and throws away, until the client has seen the answer and closes.
  private func linger(_ connection: Connection) -> Step {
    switch connection.receivePlain(scratch) {
    case .bytes(let count):
      connection.lingered += count
      return connection.lingered > limits.lingerBytes ? .drop : .next
    case .wait(let events): return .wait(events)
    case .end, .failed: return .drop
    }
  }

  /// The `Date` field, made once a second.
  func date() -> [UInt8] {
    var now = time(nil)
    if now != dateSecond {
      var parts = tm()
      gmtime_r(&now, &parts)
      var buffer = [CChar](repeating: 0, count: 64)
      // The C locale, which a library cannot assume, would be needed for %a and %b.
      let count = strftime(&buffer, buffer.count, ", %d ", &parts)
      let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
      let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
      dateLine = Array("Date: \(days[Int(parts.tm_wday)])".utf8)
      dateLine += buffer[..<count].map { UInt8(bitPattern: $0) }
      dateLine += months[Int(parts.tm_mon)].utf8
      let rest = strftime(&buffer, buffer.count, " %Y %H:%M:%S GMT\r\n", &parts)
      dateLine += buffer[..<rest].map { UInt8(bitPattern: $0) }
      dateSecond = now
    }
    return dateLine
  }
}

/// What a connection has done since a worker took it up.
struct Turn {
  private let start = monotonicMilliseconds()
  private var requests = 0
  private var bytes = 0

  mutating func countRequest() {
    requests += 1
  }

  mutating func count(_ bytes: Int) {
    self.bytes += bytes
  }

  func isOver(_ limits: Limits) -> Bool {
    requests >= limits.turnRequests || bytes >= limits.turnBytes
      || monotonicMilliseconds() - start >= limits.turnTime.milliseconds
  }
}
