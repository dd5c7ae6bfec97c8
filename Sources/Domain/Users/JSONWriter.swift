/// Writes one JSON document (RFC 8259) piece by piece, in parts of 64 KB.
struct JSONWriter {
  private let sink: (UnsafeRawBufferPointer) throws -> Void
  private var buffer: [UInt8] = []
  private var isFirst = true

  private static let part = 65_536

  init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) { self.sink = sink }

  mutating func beginObject() throws { try begin(UInt8(ascii: "{")) }
  mutating func endObject() throws { try end(UInt8(ascii: "}")) }
  mutating func beginList() throws { try begin(UInt8(ascii: "[")) }
  mutating func endList() throws { try end(UInt8(ascii: "]")) }

  /// The name of the value that follows.
  mutating func name(_ name: String) throws {
    try separate()
    quote(name)
    buffer.append(UInt8(ascii: ":"))
    isFirst = true
  }

  mutating func text(_ text: String) throws {
    try separate()
    quote(text)
  }

  /// A number, true, false or null, as it is spelled.
  mutating func literal(_ text: String) throws {
    try separate()
    buffer += Array(text.utf8)
  }

  /// Hands over the rest.
  mutating func finish() throws {
    buffer.append(UInt8(ascii: "\n"))
    try flush()
  }

  private mutating func begin(_ byte: UInt8) throws {
    try separate()
    buffer.append(byte)
    isFirst = true
  }

  private mutating func end(_ byte: UInt8) throws {
    buffer.append(byte)
    isFirst = false
    if buffer.count >= JSONWriter.part { try flush() }
  }

  private mutating func separate() throws {
    if !isFirst { buffer += Array(",\n".utf8) }
    isFirst = false
  }

  private mutating func flush() throws {
    try buffer.withUnsafeBytes { try sink($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private mutating func quote(_ text: String) {
    buffer.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): buffer += [UInt8(ascii: "\\"), byte]
      case 10: buffer += Array("\\n".utf8)
      case 0..<32:
        let digits = Array("0123456789abcdef".utf8)
        buffer += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: buffer.append(byte)
      }
    }
    buffer.append(UInt8(ascii: "\""))
  }
}
