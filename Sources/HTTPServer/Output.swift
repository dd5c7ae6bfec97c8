/// One response on its way out.
final class Output {
  /// Where more bytes come from once ``buffer`` and ``body`` are sent.
  enum Source { case none, file(OpenFile, Range<Int>), spool(Spool, OpenFile, offset: Int) }

  /// The head, or framing with data of a source.
  var buffer: [UInt8]
  /// A large body in memory, sent after `buffer` without being copied.
  var body: [UInt8] = []
  var sent = 0
  var source = Source.none
  var isChunked = false
  var credit: Credit
  var total = 0
  let status: Int
  /// Nil for 100, after which the request goes on.
  let finish: (@Sendable (_ bytes: Int, _ isComplete: Bool, _ error: (any Error)?) -> Void)?
  var closesAfter = false

  init(
    status: Int, buffer: [UInt8], credit: Credit,
    finish: (@Sendable (_ bytes: Int, _ isComplete: Bool, _ error: (any Error)?) -> Void)?
  ) {
    self.status = status
    self.buffer = buffer
    self.credit = credit
    self.finish = finish
  }

  var isBufferSent: Bool { sent == buffer.count + body.count }

  /// Calls `send` with the unsent rest of buffer and body.
  func sendBuffer(_ send: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Connection.Transfer) -> Connection.Transfer {
    buffer.withUnsafeBytes { buffer in
      body.withUnsafeBytes { body in
        send(
          UnsafeRawBufferPointer(rebasing: buffer.dropFirst(sent)),
          UnsafeRawBufferPointer(rebasing: body.dropFirst(max(0, sent - buffer.count))))
      }
    }
  }

  /// Takes a piece of a file into the buffer, framed as a chunk if need be.
  ///
  /// - Throws: ``FileError``.
  func load(_ file: OpenFile, _ range: Range<Int>) throws {
    sent = 0
    buffer.removeAll(keepingCapacity: true)
    body = try file.bytes(range)
    guard isChunked else { return }
    buffer += String(range.count, radix: 16).utf8
    buffer += [13, 10]
    body += [13, 10]
  }

  /// The last chunk; false when the body is not chunked and ends with the connection.
  func loadLastChunk() -> Bool {
    sent = 0
    body = []
    buffer.removeAll(keepingCapacity: true)
    if isChunked { buffer += "0\r\n\r\n".utf8 }
    return isChunked
  }
}
