/// Turns the text of one template into nodes, and refuses what could not be written safely.
struct Parser {
  let source: [UInt8]
  let file: String
  let strict: Bool
  var context: HTMLContext?
  var frames: [Frame] = [Frame(kind: .root, name: "", at: 0, context: nil)]
  var position = 0

  /// How deep sections, blocks and layouts may stand in each other.
  static let maximumNesting = 60

  struct Frame {
    enum Kind { case root, section, inverted, layout, block }
    let kind: Kind
    let name: String
    let at: Int
    let context: HTMLContext?
    var nodes: [Node] = []
    var indent: [UInt8] = []
    var ownLine = false
  }

  /// Parses a template. `html` says that it is HTML, whose context is followed when `strict`.
  static func parse(_ source: [UInt8], file: String, html: Bool, strict: Bool) throws(TemplateError) -> [Node] {
    var parser = Parser(source: source, file: file, strict: strict, context: strict && html ? HTMLContext() : nil)
    return try parser.parse()
  }

  private init(source: [UInt8], file: String, strict: Bool, context: HTMLContext?) {
    self.source = source
    self.file = file
    self.strict = strict
    self.context = context
  }

  func fault(_ at: Int, _ message: String) -> TemplateError {
    TemplateError(file: file, source: source, offset: at, message)
  }

  private mutating func parse() throws(TemplateError) -> [Node] {
    while let tag = try nextTag() {
      try take(tag)
    }
    try text(upTo: source.count)
    let frame = frames[frames.count - 1]
    if frame.kind != .root { throw fault(frame.at, "{{\(Parser.sigil(frame.kind))\(frame.name)}} is not closed") }
    if let context, context.state != .data { throw fault(source.count, "the file ends inside a tag, a comment or an element of raw text") }
    return frame.nodes
  }

  private func nextTag() throws(TemplateError) -> Tag? {
    do {
      return try Tag.next(in: source, from: position)
    } catch {
      throw fault(error.at, "a tag is opened here that is not closed")
    }
  }

  private mutating func take(_ tag: Tag) throws(TemplateError) {
    let at = tag.range.lowerBound
    switch tag.kind {
    case .variable, .unescaped:
      try text(upTo: at)
      try variable(tag)
      position = tag.range.upperBound
    case .delimiters:
      throw fault(at, "set-delimiter tags are not supported")
    case .comment:
      let line = standalone(tag)
      try text(upTo: line?.lowerBound ?? at)
      position = line?.upperBound ?? tag.range.upperBound
    case .section, .inverted:
      let line = standalone(tag)
      try text(upTo: line?.lowerBound ?? at)
      try checkName(tag, dotted: true)
      context?.openSection()
      try open(tag.kind == .section ? .section : .inverted, tag)
      position = line?.upperBound ?? tag.range.upperBound
    case .partial:
      try partial(tag)
    case .layout, .block:
      try openTemplatePart(tag)
    case .close:
      try close(tag)
    }
  }

  /// Adds the text since the last tag. The text of a layout call outside of its blocks is not shown.
  private mutating func text(upTo end: Int) throws(TemplateError) {
    defer { position = max(position, end) }
    guard position < end else { return }
    let bytes = source[position..<end]
    if frames[frames.count - 1].kind == .layout {
      if strict, let index = bytes.firstIndex(where: { $0 > 0x20 }) {
        throw fault(index, "text between the blocks of {{<\(frames[frames.count - 1].name)}} would not be shown")
      }
      return
    }
    if let (at, message) = context?.feed(bytes) { throw fault(at, message) }
    frames[frames.count - 1].nodes.append(.text(Array(bytes), atLineStart: isLineStart(position)))
  }

  func isLineStart(_ offset: Int) -> Bool { offset == 0 || source[offset - 1] == UInt8(ascii: "\n") }

  private mutating func variable(_ tag: Tag) throws(TemplateError) {
    let at = tag.range.lowerBound
    try refuseInLayout(at, "a variable")
    if strict, tag.kind == .unescaped {
      throw fault(at, "values are always escaped; give the value as HTML instead of {{{…}}} or {{&…}}")
    }
    try checkName(tag, dotted: true)
    var form = Node.Form.plain
    if !strict {
      form = tag.kind == .unescaped ? .raw : .content
    } else if let context {
      switch context.place {
      case .allowed(let allowed): form = allowed
      case .refused(let reason): throw fault(at, reason)
      }
    }
    frames[frames.count - 1].nodes.append(.variable(name: tag.name, form: form, at: at))
  }

  private mutating func partial(_ tag: Tag) throws(TemplateError) {
    let at = tag.range.lowerBound
    let line = standalone(tag)
    try text(upTo: line?.lowerBound ?? at)
    try refuseInLayout(at, "a partial")
    try checkName(tag, dotted: false)
    try checkPlaceOfTemplates(at)
    let indent = line.map { Array(source[$0.lowerBound..<at]) } ?? []
    frames[frames.count - 1].nodes.append(.partial(name: tag.name, indent: indent, standalone: line != nil, at: at))
    position = line?.upperBound ?? tag.range.upperBound
  }

  private mutating func openTemplatePart(_ tag: Tag) throws(TemplateError) {
    let at = tag.range.lowerBound
    let inLayout = frames[frames.count - 1].kind == .layout
    let left = blankLineStart(before: at)
    let right = blankLineEnd(after: tag.range.upperBound)
    try checkName(tag, dotted: false)
    if tag.kind == .layout {
      // Whether the call has its lines for itself shows where it closes; until then its indentation is text.
      try text(upTo: at)
      try refuseInLayout(at, "a layout")
      try checkPlaceOfTemplates(at)
      try open(.layout, tag)
      frames[frames.count - 1].indent = left.map { Array(source[$0..<at]) } ?? []
      frames[frames.count - 1].ownLine = left != nil
      position = tag.range.upperBound
      return
    }
    let ownLine = right != nil && (left != nil || inLayout)
    try text(upTo: ownLine ? max(position, left ?? at) : at)
    if !inLayout { try checkPlaceOfTemplates(at) }
    try open(.block, tag)
    if inLayout, context != nil { context = HTMLContext() }
    frames[frames.count - 1].indent = left.map { Array(source[$0..<at]) } ?? []
    frames[frames.count - 1].ownLine = ownLine
    position = ownLine ? right ?? tag.range.upperBound : tag.range.upperBound
  }

  private mutating func open(_ kind: Frame.Kind, _ tag: Tag) throws(TemplateError) {
    let at = tag.range.lowerBound
    if kind == .section || kind == .inverted { try refuseInLayout(at, "a section") }
    guard frames.count <= Parser.maximumNesting else {
      throw fault(at, "more than \(Parser.maximumNesting) sections stand in each other here")
    }
    frames.append(Frame(kind: kind, name: tag.name, at: at, context: context))
  }

  private mutating func close(_ tag: Tag) throws(TemplateError) {
    let at = tag.range.lowerBound
    guard frames.count > 1 else { throw fault(at, "{{/\(tag.name)}} closes nothing") }
    let frame = frames[frames.count - 1]
    guard frame.name == tag.name else {
      let opener = TemplateError(file: file, source: source, offset: frame.at, "")
      throw fault(at, "{{/\(tag.name)}} stands where {{/\(frame.name)}} should close line \(opener.line)")
    }
    var line = standalone(tag)
    if frame.kind == .block, frames[frames.count - 2].kind == .layout, let left = blankLineStart(before: at) {
      line = left..<(blankLineEnd(after: tag.range.upperBound) ?? tag.range.upperBound)
    }
    if frame.kind == .layout { line = nil }
    try text(upTo: max(position, line?.lowerBound ?? at))
    position = line?.upperBound ?? tag.range.upperBound
    try closeContext(of: frame, at: at)
    let body = frames.removeLast().nodes
    switch frame.kind {
    case .root: break
    case .section, .inverted:
      frames[frames.count - 1].nodes.append(.section(name: frame.name, inverted: frame.kind == .inverted, body: body, at: frame.at))
    case .layout: closeLayout(frame, blocks: body, end: tag.range.upperBound)
    case .block: try closeBlock(frame, body: body)
    }
  }

  private mutating func closeContext(of frame: Frame, at: Int) throws(TemplateError) {
    guard let start = frame.context, frame.kind != .layout else { return }
    if frame.kind == .block, frames[frames.count - 2].kind == .layout {
      guard context?.state == .data else { throw fault(at, "the block '\(frame.name)' ends inside a tag or a comment that it opened") }
      context = start
    } else if context?.closeSection(from: start) != true {
      throw fault(at, "'\(frame.name)' must close tags, quotes and comments where it opens them, since it may be shown or not")
    }
  }

  private mutating func closeLayout(_ frame: Frame, blocks: [Node], end: Int) {
    let last = frames.count - 1
    guard frame.ownLine, let next = blankLineEnd(after: end) else {
      frames[last].nodes.append(.layout(name: frame.name, blocks: blocks, indent: [], standalone: false, at: frame.at))
      return
    }
    position = next
    if !frame.indent.isEmpty, case .text(let bytes, let atLineStart)? = frames[last].nodes.last {
      frames[last].nodes[frames[last].nodes.count - 1] = .text(bytes.dropLast(frame.indent.count), atLineStart: atLineStart)
    }
    frames[last].nodes.append(.layout(name: frame.name, blocks: blocks, indent: frame.indent, standalone: true, at: frame.at))
  }

  private mutating func closeBlock(_ frame: Frame, body: [Node]) throws(TemplateError) {
    var block = Node.Block(name: frame.name, at: frame.at, indent: frame.indent, ownLine: frame.ownLine, body: body)
    let own = frame.ownLine ? Node.indentation(of: body) : nil
    let last = frames.count - 1
    if frames[last].kind == .layout {
      for case .block(let other) in frames[last].nodes where other.name == block.name {
        throw fault(frame.at, "the block '\(block.name)' is given twice")
      }
      // What replaces a block takes the indentation of the block it replaces, so its own is taken away.
      block.body = Node.outdented(body, by: own?.count ?? 0)
      block.indent = []
    } else if let own, own.count > 0 {
      block.indent = own
    }
    frames[last].nodes.append(.block(block))
  }
}
