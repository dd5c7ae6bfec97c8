/// Keeps spreadsheets from running a text cell as a formula. A text that matches `^'*[=+\-@\t\r\n]` is written with one more
/// `'` in front, and one that matches `^'+[=+\-@\t\r\n]` is read with one fewer, so that every text comes back as it was.
/// (OWASP, CSV injection, names the characters.)
enum FormulaGuard {
  /// How many `'` stand before the character that begins a formula; -1 when the text begins none.
  @inline(__always)
  static func quotes(before bytes: UnsafeRawBufferPointer) -> Int {
    var index = 0
    while index < bytes.count, bytes[index] == UInt8(ascii: "'") { index += 1 }
    guard index < bytes.count else { return -1 }
    switch bytes[index] {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D: return index
    default: return -1
    }
  }

  /// The text without the `'` that writing put in front.
  static func removed(from bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    quotes(before: bytes) > 0 ? UnsafeRawBufferPointer(rebasing: bytes[1...]) : bytes
  }
}
