/// One `{{…}}` of a template's text.
struct Tag {
  enum Kind: UInt8 {
    case variable, unescaped, section, inverted, close, comment, partial, layout, block, delimiters
  }
  let kind: Kind
  let name: String
  /// The bytes from the first `{` to after the last `}`.
  let range: Range<Int>

  private static let kinds: [UInt8: Kind] = [
    UInt8(ascii: "#"): .section, UInt8(ascii: "^"): .inverted, UInt8(ascii: "/"): .close, UInt8(ascii: "!"): .comment,
    UInt8(ascii: ">"): .partial, UInt8(ascii: "<"): .layout, UInt8(ascii: "$"): .block, UInt8(ascii: "&"): .unescaped,
    UInt8(ascii: "="): .delimiters,
  ]

  /// The first tag at or after a byte; nil when there is none. Throws the offset of a tag that is not closed.
  static func next(in source: [UInt8], from start: Int) throws(Unclosed) -> Tag? {
    guard let open = find(UInt8(ascii: "{"), 2, in: source, from: start) else { return nil }
    let triple = open + 2 < source.count && source[open + 2] == UInt8(ascii: "{")
    let from = open + (triple ? 3 : 2)
    guard let end = find(UInt8(ascii: "}"), triple ? 3 : 2, in: source, from: from) else { throw Unclosed(at: open) }
    var body = source[from..<end]
    trim(&body)
    var kind = Kind.variable
    if triple {
      kind = .unescaped
    } else if let first = body.first, let known = kinds[first] {
      kind = known
      body.removeFirst()
      trim(&body)
    }
    return Tag(kind: kind, name: String(decoding: body, as: UTF8.self), range: open..<end + (triple ? 3 : 2))
  }

  struct Unclosed: Error {
    let at: Int
  }

  /// Where `count` of a byte stand side by side.
  private static func find(_ byte: UInt8, _ count: Int, in source: [UInt8], from start: Int) -> Int? {
    var run = 0
    var index = start
    while index < source.count {
      run = source[index] == byte ? run + 1 : 0
      if run == count { return index + 1 - count }
      index += 1
    }
    return nil
  }

  private static func trim(_ body: inout ArraySlice<UInt8>) {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    while let first = body.first, isSpace(first) { body.removeFirst() }
    while let last = body.last, isSpace(last) { body.removeLast() }
  }
}
