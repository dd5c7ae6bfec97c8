import Foundation
import HTTPServer
public import Templates

/// The style sheet, the scripts and the icons, each under an address that changes with its content.
public struct Assets: Sendable {
  static let prefix = "/assets"
  private let files: StaticFiles
  private let reloads: Bool

  /// Reads the folder Public: `css/*.css`, joined in the order of their names, `js`, and the icons.
  ///
  /// - Parameter reloads: whether files are read again for each page, for whoever edits them.
  /// - Throws: `FileError` or `ServerError` with a sentence for the terminal.
  public init(directory: String, reloads: Bool = false) throws {
    self.reloads = reloads
    let sheets = try FileManager.default.contentsOfDirectory(atPath: directory + "/css").filter { $0.hasSuffix(".css") }.sorted()
    files = try StaticFiles(directory: directory, prefix: Assets.prefix, joined: ["css/provost.css": sheets.map { "css/" + $0 }])
  }

  /// Reads the files again, where that was asked for.
  func refresh() throws { if reloads { try files.reload() } }

  /// GET /assets/…
  func respond(_ request: Request) throws -> Response { try files.respond(request) }

  private func link(_ file: String, fragment: String = "") -> Value {
    files.address(of: file).flatMap { Link(checking: $0 + fragment) }.map(Value.link) ?? .null
  }

  /// A script of one page beside `app.js`.
  func script(_ name: String) -> Value { link("js/\(name).js") }

  /// A symbol of icons.svg.
  func icon(_ name: String) -> Value { link("icons.svg", fragment: "#" + name) }
}

extension Assets: ValueConvertible {
  /// What the layouts link to.
  public var templateValue: Value {
    ["style": link("css/provost.css"), "script": link("js/app.js"), "icons": link("icons.svg"), "mark": link("mark.svg")]
  }
}
