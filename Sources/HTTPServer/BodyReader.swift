import Glibc

/// How many bytes of bodies are held in memory by all connections together.
final class BodyMemory: Sendable {
  private let used = Monitor(0)
  private let limit: Int

  init(limit: Int) {
    self.limit = limit
  }

  /// - Throws: ``HTTPError`` 503 when there is no room for `count` more.
  func take(_ count: Int) throws {
    try used.withLock { used in
      guard used + count <= limit else { throw HTTPError(503) }
      used += count
    }
  }

  func giveBack(_ count: Int) {
    used.withLock { $0 -= count }
  }
}

/// A share of ``BodyMemory``, given back when its holder lets go of it.
final class BodyShare {
  private let memory: BodyMemory
  private var size = 0

  init(_ memory: BodyMemory) {
    self.memory = memory
  }

  deinit {
    if size > 0 { memory.giveBack(size) }
  }

  func grow(by count: Int) throws {
    try memory.take(count)
    size += count
  }
}

/// Takes in the body of one request, into memory or into a file, whichever way it is framed.
struct BodyReader {
  private enum Framing { case length(remaining: Int), chunked(ChunkedDecoder) }
  private enum Store { case memory([UInt8]), file(Descriptor) }

  /// Room for a chunked body is taken in steps, since nobody knows how long it will be.
  private static let step = 64 << 10

  private var framing: Framing
  private var store: Store
  private var room = 0
  private let share: BodyShare
  private let limit: Int
  private(set) var received = 0

  /// - Parameter directory: where to put the body; nil keeps it in memory.
  /// - Throws: ``HTTPError`` 503 when memory is used up; ``FileError``.
  init(_ head: Head, limit: Int, directory: String?, share: BodyShare) throws {
    self.limit = limit
    self.share = share
    framing = head.isChunked ? .chunked(ChunkedDecoder()) : .length(remaining: head.contentLength ?? 0)
    if let directory {
      store = .file(try openNamelessFile(in: directory))
      room = .max
    } else {
      var bytes: [UInt8] = []
      if let length = head.contentLength {
        try share.grow(by: length)
        room = length
        // A client may announce more than it sends; memory comes with the bytes.
        bytes.reserveCapacity(min(length, Self.step))
      }
      store = .memory(bytes)
    }
  }

  var isDone: Bool {
    switch framing {
    case .length(let remaining): remaining == 0
    case .chunked(let decoder): decoder.isDone
    }
  }

  /// Takes what belongs to the body; returns how many bytes that was.
  ///
  /// - Throws: ``HTTPError`` 400, 413, 431 or 503; ``FileError``.
  mutating func take(_ bytes: Bytes) throws -> Int {
    switch framing {
    case .length(let remaining):
      let count = min(remaining, bytes.count)
      try put(Bytes(rebasing: bytes[..<count]))
      framing = .length(remaining: remaining - count)
      return count
    case .chunked(var decoder):
      framing = .length(remaining: 0)
      let used = try decoder.decode(bytes, limit: limit) { try put($0) }
      framing = .chunked(decoder)
      return used
    }
  }

  /// The complete body.
  func finish() -> RequestBody {
    switch store {
    case .memory(let bytes): bytes.isEmpty ? .empty : .bytes(bytes)
    case .file(let file): .file(OpenFile(file, size: received))
    }
  }

  private mutating func put(_ bytes: Bytes) throws {
    guard !bytes.isEmpty else { return }
    while received + bytes.count > room {
      try share.grow(by: Self.step)
      room += Self.step
    }
    switch store {
    case .file(let file): try writeAll(file, UnsafeRawBufferPointer(bytes), at: received)
    case .memory(var stored):
      store = .memory([])
      stored.append(contentsOf: bytes)
      store = .memory(stored)
    }
    received += bytes.count
  }
}
