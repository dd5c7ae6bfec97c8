import CSV
import Domain
import HTTPServer
import Templates

/// A form that brings a file of people to be checked.
struct UploadForm {
  /// Its other fields.
  let form: Form
  private let part: Multipart.Part?

  /// - Throws: `HTTPError` for a body that is no such form.
  init(_ context: Context) throws {
    let parts = try context.request.multipart()
    (form, part) = (try parts.form(), parts["file"])
  }

  /// Hands over the file and what the uploader calls it.
  ///
  /// - Throws: `Failure` of code `invalid`, field `file`, where none was chosen.
  func check(_ body: (consuming CSVFile, String) throws -> Int64) throws -> Int64 {
    guard let part, let name = part.filename, !name.isEmpty else { throw Failure.noFile }
    var offset = 0
    let file = CSVFile(encoding: form["encoding"] == "windows-1252" ? .windows1252 : .unicode) { buffer in
      let count = try part.read(at: offset, into: buffer)
      offset += count
      return count
    }
    return try body(file, name)
  }

  /// What both pages on which a file is chosen show.
  ///
  /// - Parameters:
  ///   - drafts: those that wait to be confirmed, with what to say of each and where it is.
  static func model<Draft: CheckedUpload>(
    _ context: Context, action: Path, cancel: Path, template: Path, headers: [String], failure: Failure?, encoding: String?,
    drafts: [Draft], note: (Draft) -> String, link: (Draft) -> Path
  ) -> Value {
    let format = context.format
    let items: [Value] = drafts.map { draft in
      let kept = "\(note(draft)), kept until \(format.date(draft.keptUntil))"
      return ["name": draft.fileName, "note": kept, "link": link(draft)]
    }
    return [
      "errors": ErrorSummary(failure), "error": failure?.fields.first { $0.name == "file" }?.sentence, "action": action,
      "templateLink": template, "headers": headers, "isWindows": encoding == "windows-1252",
      "drafts": items.isEmpty ? nil : ["items": items] as Value, "cancelLink": cancel, "script": context.site.assets.script("uploads"),
      "largest": String(Limits().upload), "tooLarge": "The file is larger than 100 MB. Split it into several.",
    ]
  }
}
