/// A parsed template, before it is flattened: text whose standalone tags are gone, and tags with their bodies.
indirect enum Node {
  /// Template text; `atLineStart` when its first byte begins a line of the file.
  case text([UInt8], atLineStart: Bool)
  case variable(name: String, form: Form, at: Int)
  case section(name: String, inverted: Bool, body: [Node], at: Int)
  case partial(name: String, indent: [UInt8], standalone: Bool, at: Int)
  case layout(name: String, blocks: [Node], indent: [UInt8], standalone: Bool, at: Int)
  case block(Block)

  struct Block {
    let name: String
    let at: Int
    /// White space that what replaces the block gets in front of its lines.
    var indent: [UInt8]
    /// Whether the opening tag has a line for itself, so that the body begins at a line's start.
    let ownLine: Bool
    var body: [Node]
  }

  /// How a variable is written, which its place in the text decides.
  enum Form: UInt8 {
    /// In a text file: as it is.
    case plain
    /// Between tags: escaped, or markup that is trusted.
    case content
    /// In a quoted attribute: escaped, never markup.
    case attribute
    /// In an attribute that browsers follow: a checked link, escaped.
    case link
    /// Not escaped, as the specification's `{{{name}}}`.
    case raw
  }

  /// The white space that the first line of a body begins with; nil when the body has no text at a line's start.
  static func indentation(of body: [Node]) -> [UInt8]? {
    guard case .text(let bytes, atLineStart: true)? = body.first else { return nil }
    return Array(bytes.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
  }

  /// The body with `width` bytes of white space fewer in front of each of its lines.
  static func outdented(_ body: [Node], by width: Int) -> [Node] {
    guard width > 0 else { return body }
    func cut(_ indent: [UInt8]) -> [UInt8] { Array(indent.dropFirst(width)) }
    return body.map { node in
      switch node {
      case .text(let bytes, let atLineStart):
        return .text(outdented(bytes, atLineStart: atLineStart, by: width), atLineStart: atLineStart)
      case .section(let name, let inverted, let body, let at):
        return .section(name: name, inverted: inverted, body: outdented(body, by: width), at: at)
      case .partial(let name, let indent, let standalone, let at):
        return .partial(name: name, indent: cut(indent), standalone: standalone, at: at)
      case .layout(let name, let blocks, let indent, let standalone, let at):
        return .layout(name: name, blocks: blocks, indent: cut(indent), standalone: standalone, at: at)
      case .block(var block):
        block.indent = cut(block.indent)
        block.body = outdented(block.body, by: width)
        return .block(block)
      case .variable:
        return node
      }
    }
  }

  private static func outdented(_ bytes: [UInt8], atLineStart: Bool, by width: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var left = atLineStart ? width : 0
    for byte in bytes {
      if left > 0, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
        left -= 1
        continue
      }
      left = byte == UInt8(ascii: "\n") ? width : 0
      result.append(byte)
    }
    return result
  }
}
