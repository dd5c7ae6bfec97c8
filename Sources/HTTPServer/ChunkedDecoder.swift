/// Decodes the chunked transfer coding as it arrives (RFC 9112 section 7.1), strictly: every line ends with CR LF, sizes are plain
/// hexadecimal, and lines and trailers are bounded. Extensions and trailers are dropped.
struct ChunkedDecoder {
  private enum State { case size, data(Int), dataEnd, dataLineFeed, trailer, done }

  private static let longestLine = 256
  private static let longestTrailer = 4_096

  private var state = State.size
  private var line: [UInt8] = []
  private var trailerSize = 0
  private var total = 0

  var isDone: Bool {
    if case .done = state { true } else { false }
  }

  /// Decodes from `bytes` until they or the body end; returns how many were used.
  ///
  /// - Throws: ``HTTPError`` 400, 413 as soon as a chunk is announced that goes beyond `limit`, 431 for a trailer that is too long, and
  ///   whatever `data` throws.
  mutating func decode(_ bytes: Bytes, limit: Int, data: (Bytes) throws -> Void) throws -> Int {
    var index = 0
    while index < bytes.count, !isDone {
      switch state {
      case .size, .trailer:
        let byte = bytes[index]
        index += 1
        if byte == 10 {
          try endLine(limit)
        } else {
          guard line.count < Self.longestLine, line.last != 13 else { throw HTTPError(400) }
          line.append(byte)
        }
      case .data(let left):
        let count = min(left, bytes.count - index)
        try data(Bytes(rebasing: bytes[index..<(index + count)]))
        index += count
        state = count == left ? .dataEnd : .data(left - count)
      case .dataEnd:
        guard bytes[index] == 13 else { throw HTTPError(400) }
        index += 1
        state = .dataLineFeed
      case .dataLineFeed:
        guard bytes[index] == 10 else { throw HTTPError(400) }
        index += 1
        state = .size
      case .done: break
      }
    }
    return index
  }

  private mutating func endLine(_ limit: Int) throws {
    guard line.popLast() == 13, line.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 }) else { throw HTTPError(400) }
    if case .trailer = state {
      trailerSize += line.count
      guard trailerSize <= Self.longestTrailer else { throw HTTPError(431) }
      if line.isEmpty { state = .done } else if !isField() { throw HTTPError(400) }
    } else {
      let size = try readSize()
      guard size <= limit - total else { throw HTTPError(413) }
      total += size
      state = size == 0 ? .trailer : .data(size)
    }
    line.removeAll(keepingCapacity: true)
  }

  private func isField() -> Bool {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return false }
    return line[..<colon].allSatisfy(isTokenByte)
  }

  /// The digits at the start of the line; what follows must be an extension.
  private func readSize() throws -> Int {
    let digits = line.prefix { hexValue($0) != nil }
    let rest = line[digits.endIndex...].drop { $0 == 32 || $0 == 9 }
    guard !digits.isEmpty, rest.isEmpty ? digits.count == line.count : rest.first == UInt8(ascii: ";") else { throw HTTPError(400) }
    guard digits.count <= 15 else { throw HTTPError(413) }
    return digits.reduce(0) { $0 << 4 | Int(hexValue($1) ?? 0) }
  }
}
