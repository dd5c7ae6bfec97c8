/// Finds how far bytes are UTF-8 without NUL.
enum UTF8Check {
  /// `valid` bytes are whole characters. What follows them is broken, or is the start of a character that is cut off.
  struct Result {
    let valid: Int
    let isBroken: Bool
  }

  static func check(_ bytes: UnsafeRawBufferPointer) -> Result {
    guard let base = bytes.baseAddress else { return Result(valid: 0, isBroken: false) }
    let ones: UInt64 = 0x0101_0101_0101_0101
    let count = bytes.count
    var index = 0
    while index < count {
      // Eight bytes from 0x01 to 0x7F at once: one less of 0x00 and anything from 0x80 on has the top bit.
      while index &+ 8 <= count {
        let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        if (word | (word &- ones)) & (ones &* 0x80) != 0 { break }
        index &+= 8
      }
      guard index < count else { break }
      let byte = bytes[index]
      if byte == 0 { return Result(valid: index, isBroken: true) }
      if byte < 0x80 {
        index &+= 1
        continue
      }
      let length = character(bytes, at: index)
      if length <= 0 { return Result(valid: index, isBroken: length < 0) }
      index &+= length
    }
    return Result(valid: count, isBroken: false)
  }

  /// The length of a character of two to four bytes; 0 where the bytes end within it, -1 where they are none (Unicode 16, table 3-7).
  private static func character(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
    let first = bytes[index]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF:
      length = 3
      if first == 0xE0 { second = 0xA0...0xBF }
      if first == 0xED { second = 0x80...0x9F }
    case 0xF0...0xF4:
      length = 4
      if first == 0xF0 { second = 0x90...0xBF }
      if first == 0xF4 { second = 0x80...0x8F }
    default: return -1
    }
    var step = 1
    while step < length {
      guard index + step < bytes.count else { return 0 }
      let range = step == 1 ? second : 0x80...0xBF
      if !range.contains(bytes[index + step]) { return -1 }
      step += 1
    }
    return length
  }
}
