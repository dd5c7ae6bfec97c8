/// Finds the bytes that mean something in CSV, eight at a time.
struct SpecialBytes {
  private let separator: UInt64
  private let byte: UInt8

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F

  init(separator: UInt8) {
    byte = separator
    self.separator = SpecialBytes.ones &* UInt64(separator)
  }

  /// A word with the top bit clear in just those bytes that are equal to the pattern's, and all other bits set or not.
  @inline(__always)
  private static func differs(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
    let difference = word ^ pattern
    return ((difference & low) &+ low) | difference
  }

  /// The top bit of each byte that is the separator, a quote, CR or LF; no other bits.
  @inline(__always)
  func mask(_ word: UInt64) -> UInt64 {
    let ones = SpecialBytes.ones
    let differs =
      SpecialBytes.differs(word, separator) & SpecialBytes.differs(word, ones &* 0x22) & SpecialBytes.differs(word, ones &* 0x0A)
      & SpecialBytes.differs(word, ones &* 0x0D)
    return ~(differs | SpecialBytes.low)
  }

  /// The top bit of each byte that is a quote, CR or LF.
  @inline(__always)
  static func quoted(_ word: UInt64) -> UInt64 {
    ~(differs(word, ones &* 0x22) & differs(word, ones &* 0x0A) & differs(word, ones &* 0x0D) | low)
  }

  /// Not zero when one of the bytes is special. Cheaper than the mask: the bits set do not tell which.
  @inline(__always)
  func found(in word: UInt64) -> UInt64 {
    let ones = SpecialBytes.ones
    @inline(__always) func zeros(_ value: UInt64) -> UInt64 { (value &- ones) & ~value }
    let zeros = zeros(word ^ separator) | zeros(word ^ (ones &* 0x22)) | zeros(word ^ (ones &* 0x0A)) | zeros(word ^ (ones &* 0x0D))
    return zeros & (ones &* 0x80)
  }

  @inline(__always)
  func isSpecial(_ other: UInt8) -> Bool {
    other == byte || other == 0x22 || other == 0x0A || other == 0x0D
  }
}
