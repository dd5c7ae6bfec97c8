/// What a parser asks of a tag and of the line around it.
extension Parser {
  static func sigil(_ kind: Frame.Kind) -> String {
    switch kind {
    case .root: ""
    case .section: "#"
    case .inverted: "^"
    case .layout: "<"
    case .block: "$"
    }
  }

  func refuseInLayout(_ at: Int, _ what: String) throws(TemplateError) {
    let frame = frames[frames.count - 1]
    if frame.kind == .layout { throw fault(at, "only {{$block}} may stand in {{<\(frame.name)}}, not \(what)") }
  }

  func checkPlaceOfTemplates(_ at: Int) throws(TemplateError) {
    if let context, !context.takesTemplates { throw fault(at, "partials, layouts and blocks may stand between HTML tags only") }
  }

  /// A name is letters, digits, `_` and `-`; of a value it has parts with dots between, or is a dot; of a template it is a path.
  func checkName(_ tag: Tag, dotted: Bool) throws(TemplateError) {
    let at = tag.range.lowerBound
    if tag.name.isEmpty { throw fault(at, "a tag has no name") }
    guard strict, !(dotted && tag.name == ".") else { return }
    let parts = tag.name.split(separator: dotted ? "." : "/", omittingEmptySubsequences: false)
    let isTemplate = tag.kind == .partial || tag.kind == .layout
    let fine = parts.allSatisfy { part in
      part.utf8.first.map { $0 != UInt8(ascii: ".") } ?? false
        && part.utf8.allSatisfy { Parser.isNameByte($0) || isTemplate && $0 == UInt8(ascii: ".") }
    }
    if !fine { throw fault(at, "'\(tag.name)' is not a name: use letters, digits, '_' and '-'") }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// The line that a tag has for itself, its end included; nil when something else stands on it.
  func standalone(_ tag: Tag) -> Range<Int>? {
    guard let start = blankLineStart(before: tag.range.lowerBound), let end = blankLineEnd(after: tag.range.upperBound) else { return nil }
    return start..<end
  }

  func blankLineStart(before offset: Int) -> Int? {
    var start = offset
    while start > position, source[start - 1] == UInt8(ascii: " ") || source[start - 1] == UInt8(ascii: "\t") { start -= 1 }
    return isLineStart(start) ? start : nil
  }

  func blankLineEnd(after offset: Int) -> Int? {
    var end = offset
    while end < source.count, source[end] == UInt8(ascii: " ") || source[end] == UInt8(ascii: "\t") { end += 1 }
    if end == source.count { return end }
    if source[end] == UInt8(ascii: "\r"), end + 1 < source.count { end += 1 }
    return source[end] == UInt8(ascii: "\n") ? end + 1 : nil
  }
}
