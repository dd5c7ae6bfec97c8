/// How the bytes of a file are read. A byte order mark at the start of the file decides over either.
public enum CSVEncoding: Sendable {
  /// UTF-8; UTF-16 of either order where a byte order mark says so. What is not text in it is refused.
  case unicode
  /// The encoding of older Windows programs in western Europe and America. Its five unassigned bytes are refused.
  case windows1252
}

/// Turns the bytes of a file into UTF-8 without NUL, a chunk at a time.
struct CSVDecoder {
  private enum Form { case unknown, utf8, utf16(bigEndian: Bool), windows1252 }

  /// What is wrong with the bytes that come after those written.
  struct Fault {
    let kind: CSVError.Kind
    let message: String
  }

  private let fallback: Form
  private var form = Form.unknown
  /// Bytes held back: the start of the file until its mark is known, or of a character that ends in the next chunk.
  private var held: [UInt8] = []
  private var highSurrogate: UInt32?

  init(_ encoding: CSVEncoding) {
    fallback = encoding == .unicode ? .utf8 : .windows1252
  }

  /// Writes what a chunk holds. On a fault all text before it is written.
  mutating func decode(_ chunk: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) -> Fault? {
    buffer.reserve(3 * (chunk.count + held.count) + 8)
    if case .unknown = form {
      held += chunk
      if held.count < 3 { return nil }
      return start(&buffer)
    }
    if held.isEmpty { return decodeKnown(chunk, into: &buffer) }
    if case .utf8 = form { return resume(chunk, into: &buffer) }
    let joined = held + chunk
    held = []
    return joined.withUnsafeBytes { decodeKnown($0, into: &buffer) }
  }

  /// The file has ended.
  mutating func finish(into buffer: inout ByteBuffer) -> Fault? {
    buffer.reserve(16)
    if case .unknown = form, let fault = start(&buffer) { return fault }
    if let first = held.first { return CSVDecoder.broken(first, "the file ends within a character") }
    if highSurrogate != nil { return CSVDecoder.unpaired }
    return nil
  }

  private mutating func start(_ buffer: inout ByteBuffer) -> Fault? {
    let first = held
    held = []
    var mark = 0
    if first.starts(with: [0xEF, 0xBB, 0xBF]) {
      form = .utf8
      mark = 3
    } else if first.starts(with: [0xFF, 0xFE]) || first.starts(with: [0xFE, 0xFF]) {
      form = .utf16(bigEndian: first[0] == 0xFE)
      mark = 2
    } else {
      form = fallback
    }
    return first.withUnsafeBytes { decodeKnown(UnsafeRawBufferPointer(rebasing: $0[mark...]), into: &buffer) }
  }

  private mutating func decodeKnown(_ bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) -> Fault? {
    switch form {
    case .unknown: nil
    case .utf8: decodeUTF8(bytes, into: &buffer)
    case .utf16(let bigEndian): decodeUTF16(bytes, bigEndian: bigEndian, into: &buffer)
    case .windows1252: decodeWindows1252(bytes, into: &buffer)
    }
  }

  private static func broken(_ byte: UInt8, _ why: String = "the bytes are not UTF-8 text") -> Fault {
    let digits = String(byte, radix: 16, uppercase: true)
    return Fault(
      kind: .encoding,
      message: "\(why) (byte 0x\(byte < 16 ? "0" : "")\(digits)); save the file as UTF-8, or say that it is windows-1252")
  }
  private static let unpaired = Fault(kind: .encoding, message: "half of a UTF-16 surrogate pair stands alone")
  private static let nul = Fault(
    kind: .nul, message: "a NUL character, which no text holds; if the file is UTF-16, save it with a byte order mark or as UTF-8")
}

extension CSVDecoder {
  /// Completes the character that the last chunk broke off, then goes on.
  private mutating func resume(_ chunk: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) -> Fault? {
    var taken = 0
    while taken < chunk.count {
      held.append(chunk[taken])
      taken += 1
      let result = held.withUnsafeBytes { UTF8Check.check($0) }
      if result.isBroken { return CSVDecoder.broken(held[0]) }
      if result.valid == held.count {
        held.withUnsafeBytes { buffer.append($0) }
        held = []
        return decodeUTF8(UnsafeRawBufferPointer(rebasing: chunk[taken...]), into: &buffer)
      }
    }
    return nil
  }

  private mutating func decodeUTF8(_ bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) -> Fault? {
    let result = UTF8Check.check(bytes)
    buffer.append(UnsafeRawBufferPointer(rebasing: bytes[..<result.valid]))
    if result.valid == bytes.count { return nil }
    if bytes[result.valid] == 0 { return CSVDecoder.nul }
    if result.isBroken { return CSVDecoder.broken(bytes[result.valid]) }
    held = Array(bytes[result.valid...])
    return nil
  }

  private mutating func decodeUTF16(_ bytes: UnsafeRawBufferPointer, bigEndian: Bool, into buffer: inout ByteBuffer) -> Fault? {
    var index = 0
    while index + 1 < bytes.count {
      let first = UInt32(bytes[index])
      let second = UInt32(bytes[index + 1])
      let unit = bigEndian ? first << 8 | second : second << 8 | first
      index += 2
      if let high = highSurrogate {
        guard (0xDC00...0xDFFF).contains(unit) else { return CSVDecoder.unpaired }
        highSurrogate = nil
        buffer.append(scalar: 0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00))
      } else if (0xD800...0xDBFF).contains(unit) {
        highSurrogate = unit
      } else if (0xDC00...0xDFFF).contains(unit) {
        return CSVDecoder.unpaired
      } else if unit == 0 {
        return CSVDecoder.nul
      } else {
        buffer.append(scalar: unit)
      }
    }
    held = Array(bytes[index...])
    return nil
  }

  private func decodeWindows1252(_ bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) -> Fault? {
    for byte in bytes {
      if byte == 0 { return CSVDecoder.nul }
      let scalar = (0x80...0x9F).contains(byte) ? CSVDecoder.high[Int(byte) - 0x80] : UInt32(byte)
      if scalar == 0 {
        return Fault(kind: .encoding, message: "the byte 0x\(String(byte, radix: 16, uppercase: true)) is no character of windows-1252")
      }
      buffer.append(scalar: scalar)
    }
    return nil
  }

  /// The characters of windows-1252 that differ from ISO 8859-1 (0x80 to 0x9F), 0 where there is none: Unicode's CP1252.TXT.
  private static let high: [UInt32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
  ]
}
