/// Quoted-printable (RFC 2045 section 6.7): any text as lines of at most 76 printable ASCII characters.
enum QuotedPrintable {
  /// Encodes text. CR, LF and CRLF each end a line; every line ends in CRLF.
  ///
  /// A dot and the word `From` at the beginning of a line are encoded, which programs on the way are known to change.
  static func encode(_ text: String, into out: inout [UInt8]) {
    let bytes = Array(text.utf8)
    var start = 0
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != 10, bytes[end] != 13 { end += 1 }
      encodeLine(bytes[start..<end], into: &out)
      start = end + (end + 1 < bytes.count && bytes[end] == 13 && bytes[end + 1] == 10 ? 2 : 1)
    }
  }

  private static func encodeLine(_ line: ArraySlice<UInt8>, into out: inout [UInt8]) {
    var column = 0
    for (offset, byte) in line.enumerated() {
      let isLast = offset == line.count - 1
      let width = isSafe(byte, atStart: column == 0, rest: line.dropFirst(offset), isLast: isLast) ? 1 : 3
      // The last column is for the soft line break.
      if column + width > (isLast ? 76 : 75) {
        out += [61, 13, 10]
        column = 0
        // At the start of a line other rules hold.
        let again = isSafe(byte, atStart: true, rest: line.dropFirst(offset), isLast: isLast)
        column = append(byte, plain: again, to: &out)
      } else {
        column += append(byte, plain: width == 1, to: &out)
      }
    }
    out += [13, 10]
  }

  private static func isSafe(_ byte: UInt8, atStart: Bool, rest: ArraySlice<UInt8>, isLast: Bool) -> Bool {
    if byte == 32 || byte == 9 { return !isLast }
    if atStart, byte == UInt8(ascii: ".") || rest.starts(with: Array("From ".utf8)) { return false }
    return byte > 32 && byte < 127 && byte != UInt8(ascii: "=")
  }

  private static func append(_ byte: UInt8, plain: Bool, to out: inout [UInt8]) -> Int {
    if plain {
      out.append(byte)
      return 1
    }
    let digits = Array("0123456789ABCDEF".utf8)
    out += [61, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    return 3
  }
}
