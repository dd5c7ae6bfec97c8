/// Texts that people wrote, as header fields hold them: whatever they contain, they stay within their field.
enum HeaderText {
  /// A text in one line: line ends and controls become blanks, runs of blanks one, and marks that turn the direction of what follows are left out.
  static func clean(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    var blank = true
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator:
        if !blank { scalars.append(" ") }
        blank = true
      case .format where scalar != "\u{200C}" && scalar != "\u{200D}": continue
      default:
        scalars.append(scalar)
        blank = false
      }
    }
    if blank, !scalars.isEmpty { scalars.removeLast() }
    return String(scalars)
  }

  /// A field whose value is free text (RFC 5322 section 3.6.5), folded at 76 columns.
  static func unstructured(_ field: String, _ text: String) -> String {
    let text = clean(text)
    let words = text.split(separator: " ")
    guard isPlain(text), words.allSatisfy({ $0.utf8.count <= 60 }) else {
      return field + ": " + encodedWords(text, from: field.utf8.count + 2)
    }
    var line = field + ":"
    var column = line.utf8.count
    for word in words {
      if column + 1 + word.utf8.count > 76 {
        line += "\r\n"
        column = 0
      }
      line += " " + word
      column += 1 + word.utf8.count
    }
    return line
  }

  /// A field that holds one mailbox.
  static func mailbox(_ field: String, _ mailbox: Mailbox) -> String {
    var line = field + ": "
    if mailbox.name.isEmpty { return line + mailbox.address }
    line += phrase(mailbox.name, from: line.utf8.count)
    let column = line.utf8.count - (line.utf8.lastIndex(of: 10).map { line.utf8.distance(from: line.startIndex, to: $0) + 1 } ?? 0)
    return line + (column + mailbox.address.utf8.count + 3 > 76 ? "\r\n <" : " <") + mailbox.address + ">"
  }

  /// A display name: atoms, a quoted string, or encoded words where the first two will not do.
  private static func phrase(_ name: String, from column: Int) -> String {
    guard isPlain(name), name.utf8.count <= 50 else { return encodedWords(name, from: column) }
    if name.utf8.allSatisfy({ isAtomText($0) || $0 == 32 }) { return name }
    return "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// Whether a text can stand as it is: printable ASCII that no reader takes for an encoded word.
  private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 32 && $0 < 127 } && !text.contains("=?") }

  /// RFC 5322 section 3.2.3.
  static func isAtomText(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...122).contains(byte | 32) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }

  /// Encoded words (RFC 2047) of at most 75 characters in lines of at most 76, none of which parts a character.
  private static func encodedWords(_ text: String, from column: Int) -> String {
    var words: [String] = []
    var part: [UInt8] = []
    // `=?UTF-8?B?` and `?=` are twelve characters; four of base 64 hold three bytes.
    func room() -> Int { ((words.isEmpty ? 76 - column : 75) - 12) / 4 * 3 }
    func end() {
      words.append("=?UTF-8?B?" + Base64.encode(part) + "?=")
      part = []
    }
    for character in text {
      let whole = Array(String(character).utf8)
      // A cluster of marks without end is parted between its scalars.
      let pieces = whole.count <= 40 ? [whole] : character.unicodeScalars.map { Array(String($0).utf8) }
      for piece in pieces {
        if part.count + piece.count > room() { end() }
        part += piece
      }
    }
    if !part.isEmpty || words.isEmpty { end() }
    return words.joined(separator: "\r\n ")
  }
}
