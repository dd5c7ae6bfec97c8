/// One instruction of a flattened template. Bodies follow their instruction and end before `end`.
enum Instruction {
  case text(from: Int32, to: Int32)
  case variable(path: Int32, form: Node.Form, at: Int32)
  case section(path: Int32, end: Int32, at: Int32)
  case inverted(path: Int32, end: Int32, at: Int32)
  case partial(reference: Int32, indent: Int32, at: Int32)
  /// The bodies of the blocks given follow one after another. (All instructions are plain numbers, which cost nothing to read.)
  case layout(reference: Int32, indent: Int32, end: Int32, at: Int32)
  case block(name: Int32, indent: Int32, ownLine: Bool, end: Int32)
}

/// What a layout call puts in the place of one block.
struct BlockBody {
  let name: Int32
  let at: Int32
  let from: Int32
  let to: Int32
}

/// The name of a value: the number of its first part and of those after the dots; -1 is `{{.}}`.
struct Path {
  let first: Int32
  let rest: [Int32]
  let text: String
}

/// A template that another one names, and where.
struct Reference {
  enum Kind { case partial, layout }
  let kind: Kind
  let name: String
  let at: Int
  /// For a layout: the blocks given to it.
  let blocks: [(name: String, at: Int)]
  /// For a layout: where the code of these blocks is.
  var bodies: [BlockBody] = []
}

/// A compiled template.
final class Program: Sendable {
  let name: String
  let file: String
  let isHTML: Bool
  let source: [UInt8]
  let literals: [UInt8]
  let code: [Instruction]
  let paths: [Path]
  /// The first part of each path: what most look-ups need, without the rest.
  let firsts: [Int32]
  /// White space put before lines; number 0 is none.
  let indents: [[UInt8]]
  let references: [Reference]
  /// The blocks that this template offers to those that extend it.
  let offered: Set<String>
  /// For each reference the number of its program in the set, -1 where it is missing.
  let targets: [Int32]

  init(_ compiler: Compiler, name: String, file: String, isHTML: Bool, source: [UInt8], numbers: [String: Int32]) {
    self.name = name
    self.file = file
    self.isHTML = isHTML
    self.source = source
    literals = compiler.literals
    code = compiler.code
    paths = compiler.paths
    firsts = compiler.paths.map(\.first)
    indents = compiler.indents
    references = compiler.references
    offered = compiler.offered
    targets = compiler.references.map { numbers[$0.name] ?? -1 }
  }

  func fault(_ at: some BinaryInteger, _ message: String) -> TemplateError {
    TemplateError(file: file, source: source, offset: Int(at), message)
  }
}

/// Flattens nodes.
struct Compiler {
  private(set) var literals: [UInt8] = []
  private(set) var code: [Instruction] = []
  private(set) var paths: [Path] = []
  private(set) var indents: [[UInt8]] = [[]]
  private(set) var references: [Reference] = []
  private(set) var offered: Set<String> = []
  private var known: [String: Int32] = [:]

  private let keepsIndentation: Bool

  /// Flattens a template. Indentation of partials and blocks is kept in plain text; in HTML it would say nothing, and would
  /// change what stands in `<pre>` and `<textarea>`.
  init(_ nodes: [Node], names: inout Names, keepsIndentation: Bool) {
    self.keepsIndentation = keepsIndentation
    flatten(nodes, &names)
  }

  private var here: Int32 { Int32(code.count) }

  private mutating func path(_ name: String, _ names: inout Names) -> Int32 {
    if let number = known[name] { return number }
    let parts = name == "." ? [] : name.split(separator: ".").map { names.number(String($0)) }
    paths.append(Path(first: parts.first ?? -1, rest: Array(parts.dropFirst()), text: name))
    let number = Int32(paths.count - 1)
    known[name] = number
    return number
  }

  private mutating func indent(_ white: [UInt8]) -> Int32 {
    if !keepsIndentation { return 0 }
    if let number = indents.firstIndex(of: white) { return Int32(number) }
    indents.append(white)
    return Int32(indents.count - 1)
  }

  private mutating func flatten(_ nodes: [Node], _ names: inout Names) {
    for node in nodes {
      switch node {
      case .text(let bytes, _):
        text(bytes)
      case .variable(let name, let form, let at):
        code.append(.variable(path: path(name, &names), form: form, at: Int32(at)))
      case .section(let name, let inverted, let body, let at):
        let start = code.count
        let path = path(name, &names)
        code.append(.inverted(path: path, end: 0, at: 0))
        flatten(body, &names)
        code[start] = inverted ? .inverted(path: path, end: here, at: Int32(at)) : .section(path: path, end: here, at: Int32(at))
      case .partial(let name, let white, let standalone, let at):
        let reference = refer(Reference(kind: .partial, name: name, at: at, blocks: []))
        code.append(.partial(reference: reference, indent: standalone ? indent(white) : 0, at: Int32(at)))
      case .layout(let name, let blocks, let white, let standalone, let at):
        layout(name, blocks, standalone ? indent(white) : 0, at, &names)
      case .block(let block):
        offered.insert(block.name)
        let start = code.count
        let name = names.number(block.name)
        let white = indent(block.indent)
        code.append(.block(name: name, indent: white, ownLine: block.ownLine, end: 0))
        flatten(block.body, &names)
        code[start] = .block(name: name, indent: white, ownLine: block.ownLine, end: here)
      }
    }
  }

  private mutating func text(_ bytes: [UInt8]) {
    let start = Int32(literals.count)
    literals += bytes
    // Never joined with text before: that may be the end of a body that is jumped over.
    if !bytes.isEmpty { code.append(.text(from: start, to: Int32(literals.count))) }
  }

  private mutating func refer(_ reference: Reference) -> Int32 {
    references.append(reference)
    return Int32(references.count - 1)
  }

  private mutating func layout(_ name: String, _ blocks: [Node], _ indent: Int32, _ at: Int, _ names: inout Names) {
    var given: [(name: String, at: Int)] = []
    for case .block(let block) in blocks { given.append((block.name, block.at)) }
    let reference = refer(Reference(kind: .layout, name: name, at: at, blocks: given))
    let start = code.count
    code.append(.layout(reference: reference, indent: indent, end: 0, at: Int32(at)))
    var bodies: [BlockBody] = []
    for case .block(let block) in blocks {
      let from = here
      flatten(block.body, &names)
      bodies.append(BlockBody(name: names.number(block.name), at: Int32(block.at), from: from, to: here))
    }
    references[Int(reference)].bodies = bodies
    code[start] = .layout(reference: reference, indent: indent, end: here, at: Int32(at))
  }
}
