import Foundation
import Testing

@testable import Templates

/// One test of the official Mustache specification.
struct SpecificationCase: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let template: String
  let partials: [String: String]?
  let expected: String
  let data: Data
  var file = ""

  var testDescription: String { "\(file): \(name)" }

  /// What a test's data may hold.
  enum Data: Decodable, Sendable {
    case null, bool(Bool), int(Int64), text(String), list([Data]), object([String: Data])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let bool = try? container.decode(Bool.self) {
        self = .bool(bool)
      } else if let int = try? container.decode(Int64.self) {
        self = .int(int)
      } else if let double = try? container.decode(Double.self) {
        self = .text("\(double)")
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let list = try? container.decode([Data].self) {
        self = .list(list)
      } else {
        self = .object(try container.decode([String: Data].self))
      }
    }

    var value: Value {
      switch self {
      case .null: .null
      case .bool(let bool): .bool(bool)
      case .int(let int): .int(int)
      case .text(let text): .text(text)
      case .list(let list): .list(list.map(\.value))
      case .object(let members): .object(named: members.map { ($0.key, $0.value.value) })
      }
    }
  }

  enum CodingKeys: CodingKey { case name, template, partials, expected, data }

  /// What the specification asks for and strict templates refuse, in words of our own.
  private static let own = [
    SpecificationCase(
      name: "unescaped", template: "{{{x}}}{{& x }}{{x}}", partials: nil, expected: "&&&amp;", data: .object(["x": .text("&")])),
    SpecificationCase(
      name: "nothing is nothing", template: "[{{x.y}}{{#x}}{{/x}}{{>x}}]", partials: nil, expected: "[]", data: .object([:])),
    SpecificationCase(
      name: "blocks reach all layouts", template: "{{<a}}{{$x}}1{{/x}}{{/a}}",
      partials: ["a": "{{<b}}{{$x}}2{{/x}}{{/b}}", "b": "{{$x}}3{{/x}}"],
      expected: "1", data: .object([:])),
  ]

  /// The tests of all files in the folder that `MUSTACHE_SPEC` names, after our own. Set-delimiters are not part of what the
  /// engine does.
  static let all: [SpecificationCase] = {
    struct File: Decodable { let tests: [SpecificationCase] }
    guard let folder = ProcessInfo.processInfo.environment["MUSTACHE_SPEC"], !folder.isEmpty else { return own }
    do {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      return try own
        + names.filter { $0.hasSuffix(".json") && $0 != "delimiters.json" }.flatMap { name in
          let bytes = try Foundation.Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
          return try JSONDecoder().decode(File.self, from: bytes).tests.map { test in
            var test = test
            test.file = name
            return test
          }
        }
    } catch {
      Issue.record("MUSTACHE_SPEC names a folder that cannot be read: \(error)")
      return own
    }
  }()
}

@Suite struct SpecificationTests {
  @Test(arguments: SpecificationCase.all) func specification(_ test: SpecificationCase) throws {
    let partials = (test.partials ?? [:]).map { (file: $0.key + ".html", text: Array($0.value.utf8)) }
    let set = try TemplateSet(sources: partials + [(file: "the test.html", text: Array(test.template.utf8))], strict: false)
    #expect(String(decoding: try set.render("the test", test.data.value), as: UTF8.self) == test.expected)
  }
}
