import Foundation
import Testing

@testable import Templates

/// A directory of templates that goes away with the test.
private final class Directory {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("templates-\(UUID().uuidString)").path

  func write(_ file: String, _ text: String) throws {
    let target = URL(fileURLWithPath: path + "/" + file)
    try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: target)
  }

  func remove(_ file: String) throws {
    try FileManager.default.removeItem(atPath: path + "/" + file)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record(error) }
  }
}

@Suite struct DirectoryTests {
  @Test func allTemplatesOfADirectoryAreRead() throws {
    let directory = Directory()
    try directory.write("page.html", "\u{FEFF}{{>shared/a/part}}")
    try directory.write("shared/a/part.html", String(repeating: "x", count: 40_000))
    try directory.write("mail/m.txt", "{{x}}")
    try directory.write(".hidden.html", "{{")
    try directory.write("notes.md", "{{")
    let set = try TemplateSet(directory: directory.path)
    #expect(set.names == ["mail/m.txt", "page", "shared/a/part"])
    #expect(try set.render("page", [:]).count == 40_000)
  }

  @Test func whatIsMissingOrWrongIsSaidInOneSentence() throws {
    let missing = #expect(throws: TemplateError.self) { _ = try TemplateSet(directory: "/nowhere/templates") }
    #expect(missing?.description == "/nowhere/templates: the template directory cannot be read (No such file or directory)")
    let directory = Directory()
    try directory.write("a/page.html", "\n{{>gone}}")
    let error = #expect(throws: TemplateError.self) { _ = try TemplateSet(directory: directory.path) }
    #expect(error?.description == "a/page.html:2:1: there is no template 'gone'")
  }

  @Test func editedTemplatesArePickedUpWhenAskedFor() throws {
    let directory = Directory()
    try directory.write("page.html", "one")
    let fixed = try ReloadingTemplates(directory: directory.path, mode: .fixed)
    let reloading = try ReloadingTemplates(directory: directory.path, mode: .reload)
    func page(_ templates: ReloadingTemplates) throws -> String { String(decoding: try templates.render("page", [:]), as: UTF8.self) }
    #expect(try page(reloading) == "one")
    try directory.write("page.html", "three {{>part}}")
    #expect(throws: TemplateError.self) { _ = try page(reloading) }
    try directory.write("part.html", "parts")
    #expect(try page(reloading) == "three parts")
    try directory.write("page.html", "four")
    try directory.remove("part.html")
    #expect(try page(reloading) == "four")
    #expect(try reloading.current().names == ["page"])
    #expect(try page(fixed) == "one")
  }

  @Test func manyThreadsRenderAtOnce() throws {
    let directory = Directory()
    try directory.write("page.html", "{{#rows}}{{a}}{{b}}{{/rows}}")
    let templates = try ReloadingTemplates(directory: directory.path, mode: .reload)
    let expected = Array("1221".utf8)
    DispatchQueue.concurrentPerform(iterations: 200) { _ in
      let rows: [Value] = [["a": 1, "b": 2], ["b": 1, "a": 2]]
      do { #expect(try templates.render("page", ["rows": rows]) == expected) } catch { Issue.record(error) }
    }
  }
}
