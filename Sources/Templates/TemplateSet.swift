/// All templates of a directory, compiled and checked; nothing in it changes after it is made.
///
/// The language is Mustache: variables `{{name}}`, `{{a.b}}`, `{{.}}`; sections `{{#name}}…{{/name}}` and `{{^name}}…{{/name}}`;
/// comments `{{! … }}`; partials `{{>shared/pager}}`; layouts `{{<layouts/page}}{{$main}}…{{/main}}{{/layouts/page}}`, whose
/// blocks are `{{$main}}default{{/main}}`. Files ending in `.html` are named by their path without that ending and escape what
/// they write; files ending in `.txt` keep the ending in their name and escape nothing.
///
/// It is strict: a name that has no value, a template or a block that does not exist, a block that belongs to another layout,
/// and a variable where escaping would not protect the page are errors with file, line and column.
public struct TemplateSet: Sendable {
  let programs: [Program]
  let strict: Bool
  private let numbers: [String: Int]
  private let valueNames: [[UInt8]]

  /// Reads all `*.html` and `*.txt` files in a directory and the directories under it.
  /// - Throws: `TemplateError` where the directory or a file cannot be read, a template is wrong, or one names another that
  ///   does not exist.
  public init(directory: String) throws(TemplateError) {
    try self.init(sources: TemplateDirectory(directory).read(), strict: true)
  }

  /// Compiles templates given by file name. Not `strict` is the specification's own behavior, for its tests.
  init(sources: [(file: String, text: [UInt8])], strict: Bool) throws(TemplateError) {
    var names = Names()
    var numbers: [String: Int32] = [:]
    for (number, source) in sources.enumerated() { numbers[TemplateSet.name(of: source.file)] = Int32(number) }
    var programs: [Program] = []
    for (file, text) in sources {
      guard String(validating: text, as: UTF8.self) != nil else { throw TemplateError(file: file, "the file is not UTF-8 text") }
      let text = text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
      let isHTML = !file.hasSuffix(".txt")
      let nodes = try Parser.parse(text, file: file, html: isHTML, strict: strict)
      let compiler = Compiler(nodes, names: &names, keepsIndentation: !strict || !isHTML)
      let name = TemplateSet.name(of: file)
      programs.append(Program(compiler, name: name, file: file, isHTML: isHTML, source: text, numbers: numbers))
    }
    self.programs = programs
    self.strict = strict
    self.numbers = numbers.mapValues { Int($0) }
    valueNames = names.all
    if strict { try checkReferences() }
  }

  private static func name(of file: String) -> String {
    file.hasSuffix(".html") ? String(file.dropLast(5)) : file
  }

  private func checkReferences() throws(TemplateError) {
    for program in programs {
      for (reference, target) in zip(program.references, program.targets) {
        guard target >= 0 else { throw program.fault(reference.at, "there is no template '\(reference.name)'") }
        let other = programs[Int(target)]
        guard other.isHTML == program.isHTML else {
          throw program.fault(reference.at, "'\(other.file)' cannot stand in '\(program.file)': one is HTML, the other plain text")
        }
        for block in reference.blocks where !other.offered.contains(block.name) {
          throw program.fault(block.at, "the layout '\(reference.name)' has no block '\(block.name)'")
        }
      }
    }
  }

  /// The names of all templates, sorted.
  public var names: [String] { numbers.keys.sorted() }

  /// The names of the templates that a template names as partial or layout, sorted; empty for a template that does not exist.
  public func references(of name: String) -> [String] {
    guard let number = numbers[name] else { return [] }
    return Set(programs[number].references.map(\.name)).sorted()
  }

  /// Renders a template to UTF-8.
  /// - Throws: `TemplateError` where there is no such template or the values do not fit it.
  public func render(_ name: String, _ value: Value) throws(TemplateError) -> [UInt8] {
    var bytes: [UInt8] = []
    try render(name, value, into: &bytes)
    return bytes
  }

  /// Renders a template to UTF-8 after the bytes that are there. Adds nothing when it throws.
  /// - Throws: `TemplateError` where there is no such template or the values do not fit it.
  public func render(_ name: String, _ value: Value, into bytes: inout [UInt8]) throws(TemplateError) {
    guard let number = numbers[name] else { throw TemplateError(file: name, "there is no such template") }
    var renderer = Renderer(self, value, capacity: 16_384)
    try renderer.run(programs[number])
    bytes.append(contentsOf: renderer.output.bytes)
  }

  var nameCount: Int { valueNames.count }

  func name(_ number: Int32) -> [UInt8] { valueNames[Int(number)] }
}
