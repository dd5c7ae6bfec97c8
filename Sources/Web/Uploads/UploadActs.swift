import Domain
import HTTPServer

/// What is done with a checked file, whatever it is for.
extension Context {
  /// The draft that the address names.
  var draftID: Int64 { Int64(request.parameters["draft"] ?? "") ?? 0 }

  /// Confirms a draft and leads to its page, which tells how it goes on where that takes long.
  ///
  /// - Parameters:
  ///   - work: confirms it and says what came of it; called on a thread of its own.
  ///   - refused: shows the page with the reason.
  func confirm(
    _ draft: some CheckedUpload, at path: Path, asked: [String: String] = [:], refused: (Failure) throws -> Response,
    _ work: @escaping @Sendable (WorkListener) throws -> FlashMessage
  ) throws -> Response {
    if draft.isDone { return try redirect(to: path, saying: .repeated) }
    do {
      return try redirect(to: path, saying: try site.uploads.run(draft.id, asked: asked, work))
    } catch let failure as Failure where failure.code == .conflict {
      return try refused(failure)
    }
  }

  /// A draft's rows that were not taken, to be mended.
  func rejected(_ draft: some CheckedUpload, named name: String) throws -> Response {
    let database = site.database
    return Download.csv(self, named: name) { sink in try database.export { try draft.writeRejected(in: $0, to: sink) } }
  }
}

extension FlashMessage {
  /// What is said to whoever confirms a file for the second time.
  static let repeated = FlashMessage.info("This file was confirmed before. Nothing more was done.")
}
