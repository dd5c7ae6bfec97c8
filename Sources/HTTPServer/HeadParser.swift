import Glibc

/// A request's head, read and checked; it never changes afterwards.
final class Head: Sendable {
  struct Field: Sendable {
    let name: Range<Int>
    let value: Range<Int>
  }

  let bytes: [UInt8]
  let fields: [Field]
  let method: String
  let minorVersion: Int
  let target: Target
  let query: Form
  /// Where the host stands in `bytes`; empty only in HTTP/1.0.
  let host: Range<Int>
  /// nil without the field.
  let contentLength: Int?
  let isChunked: Bool
  let expectsContinue: Bool
  let keepsAlive: Bool

  var hasBody: Bool { isChunked || (contentLength ?? 0) > 0 }

  init(_ parser: consuming HeadParser, bytes: [UInt8], target: Target, query: Form, host: Range<Int>) {
    self.bytes = bytes
    self.target = target
    self.query = query
    self.host = host
    method = parser.method
    minorVersion = parser.minorVersion
    fields = parser.fields
    contentLength = parser.contentLength
    isChunked = parser.isChunked
    expectsContinue = parser.expectsContinue
    keepsAlive = parser.minorVersion == 1 && !parser.asksToClose
  }

  func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  /// The fields of that name.
  func values(_ name: String) -> [String] {
    var name = name
    return name.withUTF8 { wanted in
      fields.compactMap { hasName($0, wanted) ? text($0.value) : nil }
    }
  }

  /// The first field of that name.
  func value(_ name: String) -> String? {
    var name = name
    return name.withUTF8 { wanted in
      fields.first { hasName($0, wanted) }.map { text($0.value) }
    }
  }

  private func hasName(_ field: Field, _ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
    guard field.name.count == wanted.count else { return false }
    for offset in 0..<wanted.count where lowercase(bytes[field.name.lowerBound + offset]) != lowercase(wanted[offset]) { return false }
    return true
  }
}

/// Finds where a head ends, remembering between reads how far it has looked, so that a slow sender costs no more than a fast one.
struct HeadScanner {
  enum Result: Equatable { case more, bad, end(Int) }

  private var next = 0
  private var lineStart = 0

  /// Whether the request line is complete.
  var isPastRequestLine: Bool { lineStart > 0 }

  /// Looks at all bytes received since the end of the last request. A line feed without a carriage return before it is refused.
  mutating func scan(_ bytes: Bytes) -> Result {
    guard let base = bytes.baseAddress else { return .more }
    while next < bytes.count {
      guard let found = memchr(base + next, 10, bytes.count - next) else {
        next = bytes.count
        return .more
      }
      let index = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      guard index > 0, bytes[index - 1] == 13 else { return .bad }
      next = index + 1
      if index - lineStart == 1 { return .end(next) }
      lineStart = next
    }
    return .more
  }
}

/// Reads a complete head strictly (RFC 9112 sections 2 to 6): what two parsers could read differently is refused.
struct HeadParser {
  fileprivate var method = ""
  fileprivate var minorVersion = 1
  fileprivate var fields: [Head.Field] = []
  fileprivate var contentLength: Int?
  fileprivate var isChunked = false
  fileprivate var expectsContinue = false
  fileprivate var asksToClose = false
  private var host: Range<Int>?
  private var index = 0
  private let bytes: Bytes
  private let limits: Limits

  private init(_ bytes: Bytes, _ limits: Limits) {
    self.bytes = bytes
    self.limits = limits
  }

  /// Reads `bytes`, which end with the empty line and have no line feed without a carriage return before it.
  ///
  /// - Throws: ``HTTPError`` with 400, 414, 417, 431, 501 or 505.
  static func parse(_ bytes: Bytes, _ limits: Limits) throws -> Head {
    var parser = HeadParser(bytes, limits)
    let targetRange = try parser.requestLine()
    try parser.readFields()
    guard !(parser.isChunked && parser.contentLength != nil) else { throw HTTPError(400) }
    let target = try Target(bytes, targetRange, method: parser.method)
    // RFC 9112 section 3.2.2: the authority of an absolute form replaces Host, which must be there all the same.
    guard parser.host != nil || parser.minorVersion == 0 else { throw HTTPError(400) }
    let host = target.authority ?? parser.host ?? 0..<0
    if host.isEmpty ? parser.minorVersion == 1 || target.authority != nil : !isValidHost(bytes, host) { throw HTTPError(400) }
    let query = target.query.isEmpty ? Form() : try Form(urlEncoded: target.query.utf8)
    return Head(parser, bytes: Array(bytes), target: target, query: query, host: host)
  }

  /// `method SP target SP HTTP/1.x`; returns where the target stands.
  private mutating func requestLine() throws -> Range<Int> {
    while tokenBytes.contains(bytes[index]) { index += 1 }
    guard index > 0, index <= 16, bytes[index] == 32 else { throw HTTPError(400) }
    method = String(decoding: bytes[0..<index], as: UTF8.self)
    index += 1
    let start = index
    while bytes[index] > 32, bytes[index] < 127 { index += 1 }
    let target = start..<index
    guard !target.isEmpty, bytes[index] == 32 else { throw HTTPError(400) }
    guard target.count <= limits.target else { throw HTTPError(414) }
    index += 1
    guard index + 10 < bytes.count, bytes[index] == UInt8(ascii: "H"), matches(bytes, index, "http/"),
      bytes[index + 1] == UInt8(ascii: "T"), bytes[index + 2] == UInt8(ascii: "T"), bytes[index + 3] == UInt8(ascii: "P"),
      isDigit(bytes[index + 5]), bytes[index + 6] == UInt8(ascii: "."), isDigit(bytes[index + 7]), bytes[index + 8] == 13,
      bytes[index + 9] == 10
    else { throw HTTPError(400) }
    guard bytes[index + 5] == UInt8(ascii: "1") else { throw HTTPError(505) }
    // RFC 9110 section 2.5: a higher minor version is answered as the highest one known.
    minorVersion = bytes[index + 7] == UInt8(ascii: "0") ? 0 : 1
    index += 10
    return target
  }

  private mutating func readFields() throws {
    fields.reserveCapacity(16)
    while bytes[index] != 13 {
      guard fields.count < limits.fields else { throw HTTPError(431) }
      let nameStart = index
      while tokenBytes.contains(bytes[index]) { index += 1 }
      let name = nameStart..<index
      // Refuses a folded line and a space before the colon as well.
      guard !name.isEmpty, bytes[index] == UInt8(ascii: ":") else { throw HTTPError(400) }
      index += 1
      while bytes[index] == 32 || bytes[index] == 9 { index += 1 }
      let valueStart = index
      while bytes[index] >= 32 && bytes[index] != 127 || bytes[index] == 9 { index += 1 }
      guard bytes[index] == 13, bytes[index + 1] == 10 else { throw HTTPError(400) }
      var valueEnd = index
      while valueEnd > valueStart, bytes[valueEnd - 1] == 32 || bytes[valueEnd - 1] == 9 { valueEnd -= 1 }
      index += 2
      let field = Head.Field(name: name, value: valueStart..<valueEnd)
      fields.append(field)
      try interpret(field)
    }
    guard bytes[index + 1] == 10, index + 2 == bytes.count else { throw HTTPError(400) }
  }

  /// Takes the meaning of the fields that decide how the connection goes on.
  private mutating func interpret(_ field: Head.Field) throws {
    let name = field.name.lowerBound
    switch field.name.count {
    case 4 where matches(bytes, name, "host"):
      guard host == nil else { throw HTTPError(400) }
      host = field.value
    case 6 where matches(bytes, name, "expect"):
      guard field.value.count == 12, matches(bytes, field.value.lowerBound, "100-continue") else { throw HTTPError(417) }
      expectsContinue = minorVersion == 1
    case 10 where matches(bytes, name, "connection"):
      let options = String(decoding: bytes[field.value], as: UTF8.self).split(separator: ",")
      if options.contains(where: { sameName(String(trimmed($0)), "close") }) { asksToClose = true }
    case 14 where matches(bytes, name, "content-length"):
      try readContentLength(field.value)
    case 17 where matches(bytes, name, "transfer-encoding"):
      guard !isChunked, minorVersion == 1 else { throw HTTPError(400) }
      guard field.value.count == 7, matches(bytes, field.value.lowerBound, "chunked") else { throw HTTPError(501) }
      isChunked = true
    default: break
    }
  }

  /// Digits only and only once: no sign, no list, not even of equal numbers.
  private mutating func readContentLength(_ range: Range<Int>) throws {
    guard contentLength == nil, !range.isEmpty, bytes[range].allSatisfy(isDigit) else { throw HTTPError(400) }
    guard range.count <= 18 else { throw HTTPError(413) }
    contentLength = bytes[range].reduce(0) { $0 * 10 + Int($1 - 48) }
  }
}

/// A host name or address with an optional port (RFC 3986 section 3.2.2, without percent-encoding, which no host name needs).
func isValidHost(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
  var index = range.lowerBound
  if bytes[index] == UInt8(ascii: "[") {
    let start = index + 1
    while index < range.upperBound, bytes[index] != UInt8(ascii: "]") { index += 1 }
    guard index < range.upperBound, IPAddress(String(decoding: bytes[start..<index], as: UTF8.self)) != nil else { return false }
    index += 1
  } else {
    let start = index
    while index < range.upperBound, hostBytes.contains(bytes[index]) { index += 1 }
    guard index > start, index - start <= 255 else { return false }
  }
  guard index < range.upperBound else { return true }
  let port = bytes[(index + 1)..<range.upperBound]
  return bytes[index] == UInt8(ascii: ":") && (1...5).contains(port.count) && port.allSatisfy(isDigit)
}

private let hostBytes = ByteSet(lettersDigitsAnd: "-._~")
