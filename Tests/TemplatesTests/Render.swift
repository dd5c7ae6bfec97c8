@testable import Templates

/// Renders the template `page` of a set given by file name.
func render(_ files: [String: String], _ value: Value = [:], strict: Bool = true) throws -> String {
  try render(compiled(files, strict: strict), value)
}

func render(_ set: TemplateSet, _ value: Value) throws -> String {
  String(decoding: try set.render("page", value), as: UTF8.self)
}

/// Renders one template.
func render(_ page: String, _ value: Value = [:]) throws -> String {
  try render(["page.html": page], value)
}

func compiled(_ files: [String: String], strict: Bool = true) throws(TemplateError) -> TemplateSet {
  try TemplateSet(sources: files.sorted { $0.key < $1.key }.map { (file: $0.key, text: Array($0.value.utf8)) }, strict: strict)
}

/// What a set is refused for, or else its page with a value; empty when nothing is refused.
func complaint(_ files: [String: String], _ value: Value = [:]) -> String {
  do {
    _ = try render(files, value)
    return ""
  } catch {
    return "\(error)"
  }
}
