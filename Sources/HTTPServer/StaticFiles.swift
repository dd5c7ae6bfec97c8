import COpenSSL
import Glibc

/// Files that are read once, when the server starts: no path of a request ever reaches the file system.
///
/// An address holds a hash over all contents, so that it changes whenever a file does and files may refer to each other by relative
/// addresses. Only under the right hash may a browser keep a file for ever; under another one, or none, it must ask again.
public final class StaticFiles: Sendable {
  private struct Asset: Sendable {
    let bytes: [UInt8]
    let contentType: String
    let tag: String
  }

  private struct Contents: Sendable {
    var assets: [String: Asset] = [:]
    var hash = ""
  }

  private let directory: String
  private let prefix: String
  private let joined: [(name: String, parts: [String])]
  private let contents: Monitor<Contents>

  /// Reads all files below `directory`, but those whose path has a segment beginning with a dot.
  ///
  /// - Parameters:
  ///   - prefix: where the files are mounted, such as `/assets`; the route is `prefix/*path`.
  ///   - joined: files that are made at the start out of others, in order, such as one style sheet of many.
  /// - Throws: ``FileError`` for a folder or file that cannot be read, ``ServerError`` for a part of a joined file that is not there.
  public init(directory: String, prefix: String, joined: [String: [String]] = [:]) throws {
    self.directory = directory
    self.prefix = prefix
    self.joined = joined.map { (name: $0.key, parts: $0.value) }
    contents = Monitor(Contents())
    try reload()
  }

  /// Reads the files again; if that fails, those that were read before stay.
  ///
  /// - Throws: as ``init(directory:prefix:joined:)``.
  public func reload() throws {
    var files: [String: [UInt8]] = [:]
    try Self.read(directory, "", &files)
    for (name, parts) in joined {
      files[name] = try parts.flatMap { part in
        guard let bytes = files[part] else { throw ServerError("\(name) is to be joined of \(part), which is not in \(directory)") }
        return bytes
      }
    }
    var hashes: [UInt8] = []
    var new = Contents()
    for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
      let hash = sha256(bytes)
      hashes += path.utf8
      hashes.append(0)
      hashes += hash
      new.assets[path] = Asset(bytes: bytes, contentType: contentType(of: path), tag: "\"\(hexText(hash.prefix(12)))\"")
    }
    new.hash = hexText(sha256(hashes).prefix(8))
    contents.withLock { $0 = new }
  }

  /// The address of a file, to be written into a page; nil if there is no such file.
  public func address(of path: String) -> String? {
    contents.withLock { $0.assets[path] == nil ? nil : "\(prefix)/\($0.hash)/\(path)" }
  }

  /// Answers `GET prefix/*path`, with `ETag` and `Range`.
  ///
  /// - Throws: ``HTTPError`` 404.
  public func respond(_ request: Request) throws -> Response {
    let skipped = prefix.split(separator: "/").count
    var segments = request.segments.dropFirst(skipped)
    let (asset, isCurrent): (Asset?, Bool) = contents.withLock { contents in
      if let asset = contents.assets[segments.joined(separator: "/")] { return (asset, false) }
      // The page that asks may be older than the files.
      guard let hash = segments.popFirst(), hash.utf8.count == contents.hash.utf8.count else { return (nil, false) }
      return (contents.assets[segments.joined(separator: "/")], hash == contents.hash)
    }
    guard let asset else { throw HTTPError(404) }
    let headers: Headers = [
      "Content-Type": asset.contentType, "ETag": asset.tag, "X-Content-Type-Options": "nosniff",
      "Cache-Control": isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
    ]
    return Response(headers: headers, body: .bytes(asset.bytes)).conditional(request)
  }

  private static func read(_ directory: String, _ path: String, _ files: inout [String: [UInt8]]) throws {
    let place = path.isEmpty ? directory : "\(directory)/\(path)"
    guard let stream = opendir(place) else { throw FileError("cannot read the folder \(place)", errno) }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      let child = path.isEmpty ? name : "\(path)/\(name)"
      var status = stat()
      guard lstat("\(directory)/\(child)", &status) == 0 else { throw FileError("cannot read \(directory)/\(child)", errno) }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try read(directory, child, &files)
      case S_IFREG:
        let file = try OpenFile(path: "\(directory)/\(child)")
        files[child] = try file.bytes(0..<file.size)
      default: break
      }
    }
  }
}

/// The type of a file by the end of its name.
func contentType(of path: String) -> String {
  switch path.split(separator: ".").last?.lowercased() {
  case "css": "text/css; charset=utf-8"
  case "js", "mjs": "text/javascript; charset=utf-8"
  case "html": "text/html; charset=utf-8"
  case "json": "application/json"
  case "webmanifest": "application/manifest+json"
  case "svg": "image/svg+xml"
  case "png": "image/png"
  case "jpg", "jpeg": "image/jpeg"
  case "webp": "image/webp"
  case "ico": "image/x-icon"
  case "woff2": "font/woff2"
  case "csv": "text/csv; charset=utf-8"
  case "txt": "text/plain; charset=utf-8"
  default: "application/octet-stream"
  }
}

private func sha256(_ bytes: [UInt8]) -> [UInt8] {
  var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
  SHA256(bytes, bytes.count, &digest)
  return digest
}

private func hexText(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
