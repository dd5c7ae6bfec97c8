/// Bytes of a request where they lie.
typealias Bytes = UnsafeBufferPointer<UInt8>

/// An ASCII letter in lower case, any other byte as it is.
@inline(__always) func lowercase(_ byte: UInt8) -> UInt8 {
  byte >= 65 && byte <= 90 ? byte | 32 : byte
}

@inline(__always) func isDigit(_ byte: UInt8) -> Bool {
  byte >= 48 && byte <= 57
}

@inline(__always) func isLetter(_ byte: UInt8) -> Bool {
  let low = byte | 32
  return low >= 97 && low <= 122
}

/// The value of a hexadecimal digit.
@inline(__always) func hexValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 48...57: byte - 48
  case 65...70: byte - 55
  case 97...102: byte - 87
  default: nil
  }
}

/// The digits of percent-encoding, in the upper case that RFC 3986 section 2.1 prefers.
let hexDigits = Array("0123456789ABCDEF".utf8)

/// A set of bytes, as four words: a membership test without memory traffic or a bounds check.
struct ByteSet: Sendable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  /// Letters and digits with `others`; only ASCII belongs in a set.
  init(lettersDigitsAnd others: StaticString) {
    for byte in UInt8(0)..<128 where isDigit(byte) || isLetter(byte) { insert(byte) }
    others.withUTF8Buffer { for byte in $0 { insert(byte) } }
  }

  private mutating func insert(_ byte: UInt8) {
    if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
  }

  @inline(__always) func contains(_ byte: UInt8) -> Bool {
    if byte < 64 { return low >> UInt64(byte) & 1 == 1 }
    return byte < 128 && high >> UInt64(byte - 64) & 1 == 1
  }
}

/// `tchar` (RFC 9110 section 5.6.2).
let tokenBytes = ByteSet(lettersDigitsAnd: "!#$%&'*+-.^_`|~")

/// `pchar` without percent-encoding (RFC 3986 section 3.3): what stands for itself in a canonical path.
let pathBytes = ByteSet(lettersDigitsAnd: "-._~!$&'()*+,;=:@")

/// `unreserved` (RFC 3986 section 2.3).
let unreservedBytes = ByteSet(lettersDigitsAnd: "-._~")

func isTokenByte(_ byte: UInt8) -> Bool {
  tokenBytes.contains(byte)
}

/// Appends `byte` percent-encoded.
func appendPercentEncoded(_ byte: UInt8, to out: inout [UInt8]) {
  out.append(UInt8(ascii: "%"))
  out.append(hexDigits[Int(byte >> 4)])
  out.append(hexDigits[Int(byte & 15)])
}

/// Whether the bytes at `start` are `text`, which is in lower case, but for the case of ASCII letters.
@inline(__always) func matches(_ bytes: Bytes, _ start: Int, _ text: StaticString) -> Bool {
  for offset in 0..<text.utf8CodeUnitCount where lowercase(bytes[start + offset]) != text.utf8Start[offset] { return false }
  return true
}
