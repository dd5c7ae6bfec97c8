/// Where in HTML the text of a template has come to, so that each variable is known to stand where escaping protects it.
/// It follows the tokenizer of the HTML standard (13.2.5) as far as text written by hand needs.
struct HTMLContext {
  enum State: Equatable {
    case data, tagOpen, endTagOpen, tagName, beforeAttribute, attributeName, afterAttributeName, beforeValue
    case quoted(UInt8), unquoted, markup, comment
    /// The content of an element that holds no markup: `raw` holds no character references either (script, style).
    case raw, rcdata
  }

  private(set) var state = State.data
  private var tag: [UInt8] = []
  private var attribute: [UInt8] = []
  private var isEndTag = false
  /// In a comment the dashes just seen; in raw text how much of `</name` is matched.
  private var matched = 0
  /// Set where a section met a tag: what follows must not join the word before.
  private var needsBreak = false
  private var fault: String?

  private static let rawElements = ["script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext"].map { Array($0.utf8) }
  private static let textElements = ["title", "textarea"].map { Array($0.utf8) }
  /// Attributes whose value a browser may follow or load.
  private static let linkAttributes = [
    "href", "src", "action", "formaction", "xlink:href", "poster", "data", "cite", "ping", "srcset", "imagesrcset", "background",
    "longdesc", "manifest", "codebase", "profile", "icon",
  ].map { Array($0.utf8) }

  /// Takes in text. Returns what is wrong with it, at which of its bytes.
  mutating func feed(_ text: ArraySlice<UInt8>) -> (at: Int, fault: String)? {
    var index = text.startIndex
    while index < text.endIndex {
      let byte = text[index]
      if needsBreak {
        if !HTMLContext.endsWord(byte) { return (index, "put a space between an attribute and a section in a tag") }
        needsBreak = false
      }
      step(byte)
      if let fault { return (index, fault) }
      index += 1
    }
    return nil
  }

  private static func endsWord(_ byte: UInt8) -> Bool { isSpace(byte) || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") }
  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0C || byte == 0x0D }
  private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
  private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  private mutating func step(_ byte: UInt8) {
    switch state {
    case .data:
      if byte == UInt8(ascii: "<") { state = .tagOpen }
    case .tagOpen, .endTagOpen:
      stepTagOpen(byte)
    case .tagName:
      if HTMLContext.endsWord(byte) { stepInTag(byte) } else { tag.append(HTMLContext.lowered(byte)) }
    case .beforeAttribute:
      stepInTag(byte)
    case .attributeName:
      if byte == UInt8(ascii: "=") {
        state = .beforeValue
      } else if HTMLContext.isSpace(byte) {
        state = .afterAttributeName
      } else if HTMLContext.endsWord(byte) {
        stepInTag(byte)
      } else {
        attribute.append(HTMLContext.lowered(byte))
      }
    case .afterAttributeName:
      if byte == UInt8(ascii: "=") { state = .beforeValue } else { stepInTag(byte) }
    case .beforeValue:
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        state = .quoted(byte)
      } else if byte == UInt8(ascii: ">") {
        endTag()
      } else if !HTMLContext.isSpace(byte) {
        state = .unquoted
      }
    case .quoted(let quote):
      if byte == quote { state = .beforeAttribute }
    case .unquoted:
      if HTMLContext.isSpace(byte) { state = .beforeAttribute } else if byte == UInt8(ascii: ">") { endTag() }
    case .markup:
      stepMarkup(byte)
    case .comment:
      if byte == UInt8(ascii: ">"), matched >= 2 { state = .data }
      matched = byte == UInt8(ascii: "-") ? matched + 1 : 0
    case .raw, .rcdata:
      stepRaw(byte)
    }
  }

  private mutating func stepTagOpen(_ byte: UInt8) {
    if HTMLContext.isLetter(byte) {
      isEndTag = state == .endTagOpen
      tag = [HTMLContext.lowered(byte)]
      state = .tagName
    } else if byte == UInt8(ascii: "/"), state == .tagOpen {
      state = .endTagOpen
    } else if byte == UInt8(ascii: "!") || byte == UInt8(ascii: "?") || state == .endTagOpen {
      // `<!…`, `<?…` and `</` before anything but a letter run to the next `>`, unless two dashes make a comment.
      state = byte == UInt8(ascii: ">") ? .data : .markup
      matched = byte == UInt8(ascii: "!") ? 0 : -1
    } else {
      state = byte == UInt8(ascii: "<") ? .tagOpen : .data
    }
  }

  private mutating func stepInTag(_ byte: UInt8) {
    if byte == UInt8(ascii: ">") {
      endTag()
    } else if HTMLContext.isSpace(byte) || byte == UInt8(ascii: "/") {
      state = .beforeAttribute
    } else {
      if "=\"'<".utf8.contains(byte) { fault = "an attribute cannot begin with '\(Character(Unicode.Scalar(byte)))'" }
      attribute = [HTMLContext.lowered(byte)]
      state = .attributeName
    }
  }

  private mutating func endTag() {
    matched = 0
    if isEndTag {
      state = .data
    } else if HTMLContext.rawElements.contains(tag) {
      state = .raw
    } else {
      state = HTMLContext.textElements.contains(tag) ? .rcdata : .data
    }
  }

  private mutating func stepMarkup(_ byte: UInt8) {
    if byte == UInt8(ascii: ">") {
      state = .data
    } else if byte == UInt8(ascii: "-"), matched >= 0 {
      matched += 1
      if matched == 2 { state = .comment }
    } else {
      matched = -1
    }
  }

  private mutating func stepRaw(_ byte: UInt8) {
    let end = [UInt8(ascii: "<"), UInt8(ascii: "/")] + tag
    if matched == end.count, HTMLContext.endsWord(byte) {
      isEndTag = true
      state = .beforeAttribute
      stepInTag(byte)
    } else if matched < end.count, HTMLContext.lowered(byte) == end[matched] {
      matched += 1
    } else {
      matched = byte == UInt8(ascii: "<") ? 1 : 0
    }
  }
}

extension HTMLContext {
  /// What may stand here: a variable written in a form, or none for a reason.
  enum Place {
    case allowed(Node.Form)
    case refused(String)
  }

  var place: Place {
    switch state {
    case .data, .rcdata: return .allowed(.content)
    case .quoted: return attributePlace
    case .unquoted, .beforeValue: return .refused("a variable in an attribute needs quotes around the attribute's value")
    case .comment: return .refused("a variable may not stand in an HTML comment; use {{! … }} for notes")
    case .raw: return .refused("a variable may not stand in <\(String(decoding: tag, as: UTF8.self))>; pass it in a data- attribute")
    default: return .refused("a variable may stand between tags or in a quoted attribute value only")
    }
  }

  private var attributePlace: Place {
    let name = String(decoding: attribute, as: UTF8.self)
    if name.hasPrefix("on") || name == "style" || name == "srcdoc" {
      return .refused("a variable may not stand in the attribute '\(name)'")
    }
    return .allowed(HTMLContext.linkAttributes.contains(attribute) ? .link : .attribute)
  }

  /// Whether other templates may be put in here: they are read as text between tags.
  var takesTemplates: Bool { state == .data || state == .rcdata }

  /// A section begins here: inside a tag its body must not join the word before it.
  mutating func openSection() {
    if state == .tagName || state == .attributeName { needsBreak = true }
  }

  /// A section that began at `start` ends here, and may show its body any number of times. Returns whether that leaves the
  /// text after it where it would be without the body.
  mutating func closeSection(from start: HTMLContext) -> Bool {
    if isInTag && start.isInTag {
      needsBreak = needsBreak || state == .tagName || state == .attributeName
      state = state == .tagName ? .tagName : .beforeAttribute
      return true
    }
    guard state == start.state else { return false }
    switch state {
    case .data, .comment, .markup: return true
    case .raw, .rcdata: return tag == start.tag
    case .quoted: return attribute == start.attribute
    default: return false
    }
  }

  private var isInTag: Bool {
    switch state {
    case .tagName, .beforeAttribute, .attributeName, .afterAttributeName: true
    default: false
    }
  }
}
