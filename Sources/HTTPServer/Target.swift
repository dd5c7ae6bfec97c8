/// What a request asks for: a path in its one canonical form, and a query (RFC 9112 section 3.2).
struct Target: Sendable {
  /// Percent-encoded, each segment once, no empty segment, `/` only as the root.
  var path = "/"
  /// Decoded; none is empty, `.` or `..`, and none has a slash, a backslash or a control character.
  var segments: [String] = []
  /// As it was sent, without the `?`.
  var query = ""
  /// Whether the path was sent as `path` is.
  var isCanonical = true
  /// The authority of an absolute form, as a range of the head.
  var authority: Range<Int>?
  /// `OPTIONS *`.
  var isAsterisk = false

  /// Reads `bytes[range]`, which is visible ASCII.
  ///
  /// - Throws: ``HTTPError`` 400.
  init(_ bytes: Bytes, _ range: Range<Int>, method: String) throws {
    var start = range.lowerBound
    if bytes[start] != UInt8(ascii: "/") {
      if range.count == 1, bytes[start] == UInt8(ascii: "*"), method == "OPTIONS" {
        isAsterisk = true
        path = "*"
        return
      }
      start = try absoluteForm(bytes, range)
      if start == range.upperBound { return }
    }
    var end = start
    while end < range.upperBound, bytes[end] != UInt8(ascii: "?") {
      guard bytes[end] != UInt8(ascii: "#") else { throw HTTPError(400) }
      end += 1
    }
    if end < range.upperBound {
      let raw = bytes[(end + 1)..<range.upperBound]
      guard !raw.contains(UInt8(ascii: "#")) else { throw HTTPError(400) }
      query = String(decoding: raw, as: UTF8.self)
    }
    if end == start {
      isCanonical = false
    } else if !readPlain(bytes, start..<end) {
      try readEncoded(bytes, start..<end)
    }
  }

  /// `http://authority/path`; returns where the path begins.
  private mutating func absoluteForm(_ bytes: Bytes, _ range: Range<Int>) throws -> Int {
    var start = range.lowerBound
    if range.count > 7, matches(bytes, start, "http://") {
      start += 7
    } else if range.count > 8, matches(bytes, start, "https://") {
      start += 8
    } else {
      throw HTTPError(400)
    }
    var end = start
    while end < range.upperBound, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?") { end += 1 }
    authority = start..<end
    return end
  }

  /// The common case: already canonical, nothing encoded. Returns false, having changed nothing, when it is not.
  private mutating func readPlain(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
    var found: [String] = []
    var start = range.lowerBound + 1
    var index = start
    while start < range.upperBound {
      while index < range.upperBound, pathBytes.contains(bytes[index]) { index += 1 }
      guard index == range.upperBound || bytes[index] == UInt8(ascii: "/"), index > start else { return false }
      let isDot = bytes[start] == UInt8(ascii: ".") && (index - start == 1 || index - start == 2 && bytes[start + 1] == UInt8(ascii: "."))
      guard !isDot, index != range.upperBound - 1 else { return false }
      found.append(String(decoding: bytes[start..<index], as: UTF8.self))
      index += 1
      start = index
    }
    segments = found
    path = String(decoding: bytes[range], as: UTF8.self)
    return true
  }

  /// Splits on `/` before decoding, so that an encoded slash can never make a segment.
  private mutating func readEncoded(_ bytes: Bytes, _ range: Range<Int>) throws {
    var segment: [UInt8] = []
    var canonical: [UInt8] = []
    var index = range.lowerBound + 1
    while index <= range.upperBound {
      if index == range.upperBound || bytes[index] == UInt8(ascii: "/") {
        if !segment.isEmpty {
          try append(segment, &canonical)
          segment.removeAll(keepingCapacity: true)
        }
        index += 1
      } else if bytes[index] == UInt8(ascii: "%") {
        guard index + 2 < range.upperBound, let high = hexValue(bytes[index + 1]), let low = hexValue(bytes[index + 2]) else {
          throw HTTPError(400)
        }
        segment.append(high << 4 | low)
        index += 3
      } else {
        segment.append(bytes[index])
        index += 1
      }
    }
    if canonical.isEmpty { canonical.append(UInt8(ascii: "/")) }
    path = String(decoding: canonical, as: UTF8.self)
    isCanonical = canonical.elementsEqual(bytes[range])
  }

  private mutating func append(_ segment: [UInt8], _ canonical: inout [UInt8]) throws {
    let isDot = segment == [UInt8(ascii: ".")] || segment == [UInt8(ascii: "."), UInt8(ascii: ".")]
    let isUnsafe = segment.contains { $0 < 32 || $0 == 127 || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
    guard !isDot, !isUnsafe, let text = String(validating: segment, as: UTF8.self) else { throw HTTPError(400) }
    segments.append(text)
    canonical.append(UInt8(ascii: "/"))
    for byte in segment {
      if pathBytes.contains(byte) { canonical.append(byte) } else { appendPercentEncoded(byte, to: &canonical) }
    }
  }
}
