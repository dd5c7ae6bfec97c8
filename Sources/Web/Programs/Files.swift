import Domain
import HTTPServer

/// Uploaded pictures. An address holds the digest of the content, so that a browser may keep it for ever; the type is the one that the content was
/// found to be, never one that an uploader chose.
struct Files: Sendable {
  let site: Site

  init(_ site: Site) { self.site = site }

  /// GET /files/:file
  func respond(_ request: Request) throws -> Response {
    let name = request.parameters["file"] ?? ""
    guard let found = try site.database.read({ try Picture.content(of: name, in: $0) }) else { throw HTTPError(404) }
    var response = Response(200, headers: Headers(), body: .bytes(found.bytes))
    response.headers["Content-Type"] = found.format.mediaType
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
  }
}

extension Path {
  /// An uploaded picture, by the end of its address.
  static func file(_ name: String) -> Path { Path(["files", name]) }
}
