import CLinux

/// Finds the parts of a multipart body in whatever pieces it comes; only heads of parts are kept.
struct MultipartParser {
  struct Found: Equatable {
    let name: String
    let filename: String?
    let contentType: String?
    let range: Range<Int>
  }

  private enum State { case preamble, afterDelimiter, head, content, epilogue }

  private static let longestHead = 4_096

  /// CR LF, two hyphens and the boundary.
  private let delimiter: [UInt8]
  private let maximum: Int
  private var state = State.preamble
  private var found: [Found] = []
  /// Bytes that were received but not used yet, and the offset of the first of them in the body.
  private var buffer: [UInt8] = []
  private var bufferOffset = 0
  private var open: (name: String, filename: String?, contentType: String?, start: Int)?

  init(boundary: String, maximum: Int) {
    delimiter = Array("\r\n--\(boundary)".utf8)
    self.maximum = maximum
    // The first delimiter has no line break before it when there is no preamble; then this one stands for it.
    buffer = [13, 10]
    bufferOffset = -2
  }

  /// - Throws: ``HTTPError`` 400.
  mutating func take(_ bytes: Bytes) throws {
    buffer.append(contentsOf: bytes)
    var used = 0
    while let step = try advance(from: used) { used = step }
    buffer.removeFirst(used)
    bufferOffset += used
  }

  /// The parts, once the body is complete.
  ///
  /// - Throws: ``HTTPError`` 400 when the closing delimiter is missing.
  func finish() throws -> [Found] {
    guard case .epilogue = state else { throw HTTPError(400) }
    return found
  }

  /// One step of the grammar from `start` in the buffer; returns where the next begins, or nil when more bytes are needed.
  private mutating func advance(from start: Int) throws -> Int? {
    switch state {
    case .preamble, .content:
      guard let position = find(delimiter, from: start) else {
        // All but what could be the beginning of a delimiter is done with.
        let safe = buffer.count - delimiter.count + 1
        return safe > start ? safe : nil
      }
      if let part = open {
        let end = bufferOffset + position
        found.append(Found(name: part.name, filename: part.filename, contentType: part.contentType, range: part.start..<end))
        open = nil
      } else if position != 0 || bufferOffset != -2 {
        // Browsers send no preamble, and nobody may hide parts in one.
        throw HTTPError(400)
      }
      state = .afterDelimiter
      return position + delimiter.count
    case .afterDelimiter:
      guard buffer.count >= start + 2 else { return nil }
      let isLast = buffer[start] == UInt8(ascii: "-") && buffer[start + 1] == UInt8(ascii: "-")
      guard isLast || buffer[start] == 13 && buffer[start + 1] == 10 else { throw HTTPError(400) }
      state = isLast ? .epilogue : .head
      return start + 2
    case .head:
      guard let end = find([13, 10, 13, 10], from: start) else {
        guard buffer.count - start <= Self.longestHead else { throw HTTPError(400) }
        return nil
      }
      guard end - start <= Self.longestHead, found.count < maximum else { throw HTTPError(400) }
      try readHead(buffer[start..<end], contentStart: bufferOffset + end + 4)
      state = .content
      return end + 4
    case .epilogue:
      return buffer.count > start ? buffer.count : nil
    }
  }

  private mutating func readHead(_ bytes: ArraySlice<UInt8>, contentStart: Int) throws {
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else { throw HTTPError(400) }
    var name: String?
    var filename: String?
    var contentType: String?
    for line in text.split(separator: "\r\n", omittingEmptySubsequences: false) {
      let field = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard field.count == 2, !field[0].isEmpty, field[0].utf8.allSatisfy(isTokenByte) else { throw HTTPError(400) }
      let value = String(trimmed(field[1]))
      if sameName(String(field[0]), "Content-Disposition") {
        guard name == nil, mediaType(value) == "form-data" else { throw HTTPError(400) }
        name = parameter("name", of: value).map(Self.unescape)
        filename = parameter("filename", of: value).map { Self.baseName(Self.unescape($0)) }
      } else if sameName(String(field[0]), "Content-Type") {
        contentType = value
      }
    }
    guard let name else { throw HTTPError(400) }
    open = (name, filename, contentType, contentStart)
  }

  /// Browsers write a quote and line breaks in names as `%22`, `%0D` and `%0A` (the HTML standard, multipart/form-data encoding).
  private static func unescape(_ text: String) -> String {
    text.replacing("%22", with: "\"").replacing("%0D", with: "\r").replacing("%0A", with: "\n")
  }

  private static func baseName(_ text: String) -> String {
    let last = text.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }.last ?? ""
    return String(String.UnicodeScalarView(last.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }))
  }

  private func find(_ needle: [UInt8], from start: Int) -> Int? {
    buffer.withUnsafeBytes { hay in
      guard let base = hay.baseAddress, start < hay.count,
        let found = memmem(base + start, hay.count - start, needle, needle.count)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }
}
