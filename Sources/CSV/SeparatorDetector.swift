/// Decides the separator of a file from its first line.
struct SeparatorDetector {
  private var looked = 0
  private var isQuoted = false
  private var isBlank = true
  private var commas = 0
  private var semicolons = 0
  private var tabs = 0

  /// The separator: the one that stands most often outside of quotes in the first line that is not blank; the comma when
  /// none does. Nil when the line does not end in these bytes, and more may come. Goes on where it stopped before.
  mutating func look(at buffer: borrowing ByteBuffer, from start: Int, isEnded: Bool, limit: Int) -> UInt8? {
    while start + looked < buffer.end {
      let byte = buffer.start[start + looked]
      looked += 1
      let endsLine = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
      if endsLine, !isQuoted {
        if !isBlank { return winner }
        continue
      }
      isBlank = false
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == UInt8(ascii: ",") { commas += 1 }
      if byte == UInt8(ascii: ";") { semicolons += 1 }
      if byte == UInt8(ascii: "\t") { tabs += 1 }
    }
    return isEnded || looked > limit ? winner : nil
  }

  private var winner: UInt8 {
    if semicolons > commas, semicolons >= tabs { return UInt8(ascii: ";") }
    return tabs > commas ? UInt8(ascii: "\t") : UInt8(ascii: ",")
  }
}
