/// A response body that one thread writes as fast as it can while a connection sends it as fast as the client takes it.
///
/// The bytes lie in a file without a name, so a slow client holds neither the producer's thread nor what that thread needs, such as a
/// database connection.
public final class Spool: Sendable {
  /// Thrown by ``write(_:)-(UnsafeRawBufferPointer)`` once nobody reads any more: the producer has nothing left to do.
  public struct Abandoned: Error, Sendable {}

  /// What a reader finds beyond its offset.
  enum Next { case bytes(upTo: Int), end, failed(any Error), wait }

  private enum Phase { case growing, finished, failed(any Error) }

  private struct State {
    var file: Descriptor?
    var written = 0
    var phase = Phase.growing
    var isAbandoned = false
    var wake: (@Sendable () -> Void)?
  }

  private let state: Monitor<State>
  let producer: (@Sendable (Spool) throws -> Void)?

  /// A spool that the server makes `producer` fill, on a slow thread, once a handler has returned it.
  public init(_ producer: @escaping @Sendable (Spool) throws -> Void) {
    state = Monitor(State())
    self.producer = producer
  }

  /// A spool that the caller fills, on a thread of its own, and must end with ``finish()`` or ``fail(_:)``.
  ///
  /// - Throws: ``FileError``.
  public init(directory: String) throws {
    state = Monitor(State(file: try openNamelessFile(in: directory)))
    producer = nil
  }

  /// Appends bytes. Each call is a system call: write in pieces of some 64 KB.
  ///
  /// - Throws: ``Abandoned``, or ``FileError`` when the disk is full.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    let (file, offset) = try state.withLock { state in
      guard !state.isAbandoned, let file = state.file, case .growing = state.phase else { throw Abandoned() }
      return (file, state.written)
    }
    guard !bytes.isEmpty else { return }
    try writeAll(file, bytes, at: offset)
    advance { $0.written = offset + bytes.count }
  }

  /// Appends bytes. Each call is a system call: write in pieces of some 64 KB.
  ///
  /// - Throws: ``Abandoned``, or ``FileError`` when the disk is full.
  public func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// The body is complete.
  public func finish() {
    advance { state in
      if case .growing = state.phase { state.phase = .finished }
    }
  }

  /// The body cannot be completed: the connection is broken off, so that the client does not take what it has for all.
  public func fail(_ error: any Error) {
    advance { state in
      if case .growing = state.phase { state.phase = .failed(error) }
    }
  }

  /// Gives a spool with a producer its file.
  func open(in directory: String) throws {
    let file = try openNamelessFile(in: directory)
    state.withLock { $0.file = file }
  }

  /// Runs the producer to its end.
  func produce() {
    guard let producer else { return }
    do {
      try producer(self)
      finish()
    } catch {
      fail(error)
    }
  }

  /// What there is beyond `offset`. When there is nothing yet, `wake` is called once, from the producer's thread, as soon as there is;
  /// it may already have been called when this returns `.wait`. Without `wake` this only looks.
  func next(after offset: Int, wake: (@Sendable () -> Void)?) -> Next {
    state.withLock { state in
      if state.written > offset { return .bytes(upTo: state.written) }
      switch state.phase {
      case .finished: return .end
      case .failed(let error): return .failed(error)
      case .growing:
        if state.isAbandoned { return .failed(Abandoned()) }
        if let wake { state.wake = wake }
        return .wait
      }
    }
  }

  /// The size, if the body is already complete.
  var finalSize: Int? {
    state.withLock { state in
      if case .finished = state.phase { state.written } else { nil }
    }
  }

  /// The file, to read from; nil before it was opened.
  var file: OpenFile? {
    state.withLock { state in state.file.map { OpenFile($0, size: state.written) } }
  }

  /// Nobody will read on: the next write throws.
  func abandon() {
    advance { $0.isAbandoned = true }
  }

  private func advance(_ change: (inout State) -> Void) {
    let wake = state.withLock { state in
      change(&state)
      defer { state.wake = nil }
      return state.wake
    }
    wake?()
  }
}
