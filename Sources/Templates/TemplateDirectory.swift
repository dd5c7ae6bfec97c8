import Glibc

/// A directory of template files.
struct TemplateDirectory: Sendable {
  let path: String

  /// How deep directories may stand in each other: symbolic links in a circle meet it.
  private static let maximumDepth = 16

  /// What tells that a file was changed.
  struct Stamp: Equatable {
    let seconds: Int
    let nanoseconds: Int
    let size: Int64
    let node: UInt64
  }

  init(_ path: String) {
    self.path = path
  }

  /// All template files, by path under the directory, sorted.
  func read() throws(TemplateError) -> [(file: String, text: [UInt8])] {
    var files: [(file: String, text: [UInt8])] = []
    for file in try stamps().keys.sorted() { files.append((file, try read(file))) }
    return files
  }

  /// The template files and when each was changed.
  func stamps() throws(TemplateError) -> [String: Stamp] {
    var found: [String: Stamp] = [:]
    try walk("", depth: 0, &found)
    return found
  }

  private func walk(_ under: String, depth: Int, _ found: inout [String: Stamp]) throws(TemplateError) {
    let full = under.isEmpty ? path : path + "/" + under
    guard depth < TemplateDirectory.maximumDepth else { throw TemplateError(file: full, "the directories of templates are too deep") }
    guard let directory = opendir(full) else {
      throw TemplateError(file: full, "the template directory cannot be read (\(String(cString: strerror(errno))))")
    }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      let file = under.isEmpty ? name : under + "/" + name
      var info = stat()
      // A file that went away between the two calls is not there.
      guard stat(path + "/" + file, &info) == 0 else { continue }
      if info.st_mode & S_IFMT == S_IFDIR {
        try walk(file, depth: depth + 1, &found)
      } else if name.hasSuffix(".html") || name.hasSuffix(".txt") {
        found[file] = Stamp(
          seconds: info.st_mtim.tv_sec, nanoseconds: info.st_mtim.tv_nsec, size: Int64(info.st_size), node: UInt64(info.st_ino))
      }
    }
  }

  private func read(_ file: String) throws(TemplateError) -> [UInt8] {
    func failure() -> TemplateError { TemplateError(file: file, "the file cannot be read (\(String(cString: strerror(errno))))") }
    let descriptor = open(path + "/" + file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count > 0 { bytes += chunk[..<count] } else if errno != EINTR { throw failure() }
    }
  }
}
