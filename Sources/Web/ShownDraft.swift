import Foundation
import HTTPServer

/// What an edit form was shown with, sent back with it. Of a field that was left alone the present value is kept, which somebody else may have saved in
/// between; only what was changed is written.
enum ShownDraft {
  /// The hidden field that holds it.
  static let parameter = "shown"

  /// What the hidden field says.
  static func text(_ draft: some Encodable) throws -> String { String(decoding: try JSONEncoder().encode(draft), as: UTF8.self) }

  /// What is meant by a form that was sent.
  ///
  /// - Parameters:
  ///   - typed: everything that its fields say.
  ///   - present: what is saved now.
  static func merge<Draft: Codable>(_ typed: Draft, from form: Form, onto present: Draft) throws -> Draft {
    guard let text = form[parameter], let shown = fields(of: Data(text.utf8)) else { return typed }
    guard var meant = fields(of: try JSONEncoder().encode(typed)), let saved = fields(of: try JSONEncoder().encode(present)) else {
      return typed
    }
    for (name, value) in meant {
      if let was = shown[name], let now = saved[name], alike(value, was) { meant[name] = now }
    }
    return try JSONDecoder().decode(Draft.self, from: JSONSerialization.data(withJSONObject: meant))
  }

  /// Nil for what is no object, as when somebody else than the page wrote the field.
  private static func fields(of data: Data) -> [String: Any]? {
    do {
      return try JSONSerialization.jsonObject(with: data) as? [String: Any]
    } catch {
      return nil
    }
  }

  /// Browsers send other line ends than they were given.
  private static func alike(_ typed: Any, _ shown: Any) -> Bool {
    if let typed = typed as? String, let shown = shown as? String {
      return typed.replacing("\r\n", with: "\n") == shown.replacing("\r\n", with: "\n")
    }
    return (typed as? NSObject) == (shown as? NSObject)
  }
}
