import Dispatch
import Glibc
import Synchronization

/// A mail server on loopback that takes what it is sent, or fails in the way that a test asks for.
public final class SMTPServer: Sendable {
  /// What goes wrong in one connection.
  public enum Fault: Sendable, Equatable {
    case none
    /// Says nothing, until the client goes.
    case hangAtGreeting, hangAfterContent
    /// Closes without a word.
    case dropAtGreeting, dropAfterContent, dropWithinContent
    /// Takes the mail, then closes before it says so; or says nothing, until the client goes.
    case loseAnswer, holdAnswer
    /// Answers the step with this line.
    case greeting(String), sender(String), recipient(String), data(String), content(String)
    /// Offers STARTTLS, then refuses it, or talks nonsense.
    case refuseStartTLS, breakStartTLS
  }

  /// One mail as it came, with its envelope.
  public struct Received: Sendable, Equatable {
    /// Envelope and content; whether it came over TLS, and as whom.
    public let from: String, to: [String], data: [UInt8], isEncrypted: Bool, user: String?
  }

  /// Why there is no server.
  public struct Trouble: Error { let text: String }

  private struct State {
    var faults: [Fault] = []
    var received: [Received] = []
    var connections = 0
    var greetings: [String] = []
    var refused: Set<String> = []
    var open: Set<Int32> = []
    var isStopped = false
  }

  /// Where it listens, on 127.0.0.1.
  public let port: Int
  /// Whether STARTTLS is offered, or TLS begins at once; and who may sign in.
  let certificate: Certificate?
  let isImplicitTLS: Bool
  let account: (user: String, password: String)?
  private let listener: Int32
  private let state = Mutex(State())
  private let arrived = DispatchSemaphore(value: 0)
  private let hung = DispatchSemaphore(value: 0)

  /// Listens at once.
  public init(certificate: Certificate? = nil, isImplicitTLS: Bool = false, account: (user: String, password: String)? = nil) throws {
    (self.certificate, self.isImplicitTLS, self.account) = (certificate, isImplicitTLS, account)
    // TLS writes to clients that have gone.
    signal(SIGPIPE, SIG_IGN)
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let listens = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard listens else { throw Trouble(text: "cannot listen") }
    port = Int(UInt16(bigEndian: name.sin_port))
    inThread { [self] in acceptAll() }
  }

  /// The next connections fail like this, one after another; those after them do not.
  public func fail(_ faults: Fault...) { state.withLock { $0.faults += faults } }
  /// Refuses a recipient in every connection.
  public func refuse(_ address: String) { _ = state.withLock { $0.refused.insert(address) } }

  /// What it took.
  public var received: [Received] { state.withLock { $0.received } }
  /// How many connections it was asked for.
  public var connections: Int { state.withLock { $0.connections } }
  /// How clients named themselves.
  public var greetings: [String] { state.withLock { $0.greetings } }

  /// Ends every connection.
  public func stop() {
    state.withLock { state in
      state.isStopped = true
      for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
    // The thread that accepts closes it; here its number could be another server's by then.
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func acceptAll() {
    defer { close(listener) }
    while true {
      let descriptor = accept(listener, nil, nil)
      if descriptor < 0 { return }
      let fault: Fault? = state.withLock { state in
        if state.isStopped { return nil }
        state.connections += 1
        state.open.insert(descriptor)
        return state.faults.isEmpty ? Fault.none : state.faults.removeFirst()
      }
      guard let fault else {
        close(descriptor)
        return
      }
      inThread { [self] in
        let line = SMTPLine(descriptor)
        var session = SMTPSession(self, line, fault)
        session.run()
        state.withLock { state in
          state.open.remove(descriptor)
          line.end()
        }
      }
    }
  }

  func isRefused(_ address: String) -> Bool { state.withLock { $0.refused.contains(address) } }
  func note(greeting: String) { state.withLock { $0.greetings.append(greeting) } }
  func take(_ mail: Received) {
    state.withLock { $0.received.append(mail) }
    arrived.signal()
  }

  func noteHanging() { hung.signal() }

  /// Waits for the next mail. False when none came for a minute.
  public func waitForMail() -> Bool { arrived.wait(timeout: .now() + 60) == .success }
  /// Waits until a client gets no answer. False when that did not happen for a minute.
  public func waitUntilHanging() -> Bool { hung.wait(timeout: .now() + 60) == .success }
}

/// Runs a closure in a thread of its own.
private func inThread(_ body: @escaping @Sendable () -> Void) {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    { pointer in
      guard let pointer else { return nil }
      Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body()
      return nil
    }, Unmanaged.passRetained(Box(body)).toOpaque())
  pthread_detach(thread)
}
