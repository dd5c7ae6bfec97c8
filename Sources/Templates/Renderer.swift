/// One rendering: the values entered so far, the blocks given to layouts, and the bytes written.
struct Renderer: ~Copyable {
  private let set: TemplateSet
  private var stack: [Value]
  private(set) var output: Output
  private var hints: [Hint]
  private var scopes: [[GivenBlock]] = [[]]
  private var depth = 0
  private var indent: [UInt8] = []
  private var isAtLineStart = false

  /// How deep templates and sections may run in each other. A template that includes itself without end meets it.
  static let maximumDepth = 100

  /// Where a name was found last: most rows of a list have their names in the same places.
  private struct Hint {
    var key: UnsafePointer<UInt8>?
    var position: Int
  }

  /// What a caller put in the place of a block: code of its own program, run with the blocks that were given to the caller.
  private struct GivenBlock {
    let program: Program
    let body: BlockBody
    let scope: Int
  }

  init(_ set: TemplateSet, _ value: Value, capacity: Int) {
    self.set = set
    stack = [value]
    output = Output(capacity: capacity)
    hints = Array(repeating: Hint(key: nil, position: 0), count: set.nameCount)
  }

  mutating func run(_ program: Program) throws(TemplateError) {
    try run(program, 0, program.code.count, scope: 0)
  }

  private mutating func run(_ program: Program, _ from: Int, _ to: Int, scope: Int) throws(TemplateError) {
    var next = from
    while next < to {
      let instruction = program.code[next]
      next += 1
      switch instruction {
      case .text(let from, let to):
        text(program, Int(from), Int(to))
      case .variable(let path, let form, let at):
        try write(find(program, path, at), form, program, path, at)
      case .section(let path, let end, let at):
        let value = try find(program, path, at)
        if value.isTrue { try section(value, program, next, Int(end), scope, at) }
        next = Int(end)
      case .inverted(let path, let end, let at):
        if try find(program, path, at).isTrue {
          next = Int(end)
        }
      case .partial(let reference, let white, let at):
        let target = program.targets[Int(reference)]
        if target >= 0 {
          try call(set.programs[Int(target)], given: [], white: program.indents[Int(white)], program, at)
        }
      case .layout(let reference, let white, let end, let at):
        let target = program.targets[Int(reference)]
        if target >= 0 {
          var given = program.references[Int(reference)].bodies.map { GivenBlock(program: program, body: $0, scope: scope) }
          // The specification hands a template's blocks on to every layout under it, the outermost first. Here a block
          // belongs to the layout it was written for.
          if !set.strict { given = scopes[scope] + given }
          try call(set.programs[Int(target)], given: given, white: program.indents[Int(white)], program, at)
        }
        next = Int(end)
      case .block(let name, let white, let ownLine, let end):
        if let given = scopes[scope].first(where: { $0.body.name == name }) {
          try put(given, white: program.indents[Int(white)], ownLine: ownLine)
          next = Int(end)
        }
      }
    }
  }

  private mutating func enter(_ program: Program, _ at: Int32) throws(TemplateError) {
    depth += 1
    if depth > Renderer.maximumDepth {
      throw program.fault(at, "templates run more than \(Renderer.maximumDepth) deep in each other here; does one include itself?")
    }
  }

  private mutating func section(_ value: Value, _ program: Program, _ from: Int, _ to: Int, _ scope: Int, _ at: Int32) throws(TemplateError)
  {
    try enter(program, at)
    switch value {
    case .list(let elements):
      for element in elements {
        stack.append(element)
        try run(program, from, to, scope: scope)
        stack.removeLast()
      }
    case .bool, .null:
      try run(program, from, to, scope: scope)
    case .int, .text, .html, .link, .object:
      stack.append(value)
      try run(program, from, to, scope: scope)
      stack.removeLast()
    }
    depth -= 1
  }

  private mutating func call(_ target: Program, given: [GivenBlock], white: [UInt8], _ caller: Program, _ at: Int32) throws(TemplateError) {
    try enter(caller, at)
    let outer = indent
    if !white.isEmpty {
      indent += white
      isAtLineStart = true
    }
    if given.isEmpty {
      try run(target, 0, target.code.count, scope: 0)
    } else {
      scopes.append(given)
      try run(target, 0, target.code.count, scope: scopes.count - 1)
      scopes.removeLast()
    }
    indent = outer
    depth -= 1
  }

  private mutating func put(_ block: GivenBlock, white: [UInt8], ownLine: Bool) throws(TemplateError) {
    try enter(block.program, block.body.at)
    let outer = indent
    if !white.isEmpty {
      indent += white
      if ownLine { isAtLineStart = true }
    }
    try run(block.program, Int(block.body.from), Int(block.body.to), scope: block.scope)
    indent = outer
    depth -= 1
  }
}

extension Renderer {
  private mutating func text(_ program: Program, _ from: Int, _ to: Int) {
    if indent.isEmpty {
      program.literals.withUnsafeBufferPointer { output.append(UnsafeBufferPointer(rebasing: $0[from..<to])) }
      isAtLineStart = false
      return
    }
    var start = from
    while start < to {
      beginLine()
      let end = program.literals[start..<to].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? to
      program.literals.withUnsafeBufferPointer { output.append(UnsafeBufferPointer(rebasing: $0[start..<end])) }
      isAtLineStart = program.literals[end - 1] == UInt8(ascii: "\n")
      start = end
    }
  }

  private mutating func beginLine() {
    if isAtLineStart { indent.withUnsafeBufferPointer { output.append($0) } }
    isAtLineStart = false
  }

  private mutating func write(_ value: Value, _ form: Node.Form, _ program: Program, _ path: Int32, _ at: Int32) throws(TemplateError) {
    if isAtLineStart { beginLine() }
    if form == .link {
      switch value {
      case .link, .null: break
      default: throw program.fault(at, "'\(program.paths[Int(path)].text)' stands in an attribute that is followed, and must be a Link")
      }
    }
    switch value {
    case .null: break
    case .text(let text):
      if form == .plain || form == .raw { output.append(text) } else { output.appendEscaped(text) }
    case .link(let link):
      if form == .plain || form == .raw { output.append(link.text) } else { output.appendEscaped(link.text) }
    case .html(let html):
      guard form == .content || form == .raw else {
        throw program.fault(at, "'\(program.paths[Int(path)].text)' is HTML, which cannot be written here")
      }
      output.append(html.text)
    case .int(let number): output.append(number)
    case .bool(let truth): output.append(truth ? "true" : "false")
    case .list, .object:
      if set.strict { throw program.fault(at, "'\(program.paths[Int(path)].text)' is a list or an object, not a text; use a section") }
    }
  }

  /// The value of a name: the innermost object entered that has its first part decides.
  @inline(__always)
  private mutating func find(_ program: Program, _ number: Int32, _ at: Int32) throws(TemplateError) -> Value {
    let first = program.firsts[Int(number)]
    if first < 0 { return stack[stack.count - 1] }
    var level = stack.count - 1
    while level >= 0 {
      if case .object(let object) = stack[level], let value = member(first, of: object) {
        let path = program.paths[Int(number)]
        return path.rest.isEmpty ? value : try follow(path, from: value, program, at)
      }
      level -= 1
    }
    if set.strict { throw program.fault(at, "there is no value named '\(program.paths[Int(number)].text)'") }
    return .null
  }

  private mutating func follow(_ path: Path, from first: Value, _ program: Program, _ at: Int32) throws(TemplateError) -> Value {
    var value = first
    for part in path.rest {
      switch value {
      case .null: return .null
      case .object(let object):
        if let found = member(part, of: object) {
          value = found
          continue
        }
      default: break
      }
      if set.strict { throw program.fault(at, "there is no value named '\(path.text)'") }
      return .null
    }
    return value
  }

  @inline(__always)
  private mutating func member(_ name: Int32, of object: Value.Object) -> Value? {
    let hint = hints[Int(name)]
    if hint.position < object.entries.count, object.entries[hint.position].key.start == hint.key {
      return object.entries[hint.position].value
    }
    return search(name, in: object)
  }

  private mutating func search(_ name: Int32, in object: Value.Object) -> Value? {
    let wanted = set.name(name)
    for (position, entry) in object.entries.enumerated() where entry.key.count == wanted.count {
      if wanted.elementsEqual(UnsafeBufferPointer(start: entry.key.start, count: entry.key.count)) {
        hints[Int(name)] = Hint(key: entry.key.start, position: position)
        return entry.value
      }
    }
    return nil
  }
}
