import Glibc

/// Writes a file under another name and gives it its own when it is whole and on the disk.
package enum FileWriting {
  /// Where the bytes go.
  package struct Output {
    fileprivate let descriptor: Int32
    fileprivate let path: String

    /// Writes all of the bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws { try FileWriting.write(bytes, to: descriptor, path) }
  }

  /// Runs `body` and puts what it wrote in place of the file, if there was one. When it throws, the file stays as it was.
  ///
  /// - Throws: what `body` throws; `Failure` when the file cannot be written.
  package static func replacing(_ path: String, _ body: (Output) throws -> Void) throws {
    let partial = "\(path).\(getpid()).partial"
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw refusal(path) }
    do {
      try body(Output(descriptor: descriptor, path: path))
      if fsync(descriptor) != 0 { throw refusal(path) }
      close(descriptor)
      if rename(partial, path) != 0 { throw refusal(path) }
    } catch {
      close(descriptor)
      unlink(partial)
      throw error
    }
  }

  /// Writes all of the bytes to an open file.
  package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw refusal(path)
      }
      rest = rest.dropFirst(count)
    }
  }

  private static func refusal(_ path: String) -> Failure {
    Failure(.conflict, "\(path) cannot be written: \(String(cString: strerror(errno))).")
  }
}
