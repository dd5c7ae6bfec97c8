import CLinux
import Glibc

/// Why a file could not be opened, read or written.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was tried, and what the system answered.
  public let description: String

  init(_ action: String, _ number: Int32) {
    description = "\(action): \(errorText(number))"
  }
}

/// A descriptor that is closed when nobody holds it any longer.
final class Descriptor: Sendable {
  let number: Int32

  init(_ number: Int32) {
    self.number = number
  }

  deinit {
    close(number)
  }
}

/// A file that is open for reading at any position, by any thread; it is closed when nobody holds it any longer.
public final class OpenFile: Sendable {
  private let handle: Descriptor
  /// How many bytes it had when it was opened, or has been given.
  public let size: Int

  var descriptor: Int32 { handle.number }

  init(_ handle: Descriptor, size: Int) {
    self.handle = handle
    self.size = size
  }

  /// Opens a regular file; a symbolic link is refused.
  ///
  /// - Throws: ``FileError``.
  public init(path: String) throws {
    let number = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard number >= 0 else { throw FileError("cannot open \(path)", errno) }
    handle = Descriptor(number)
    var status = stat()
    guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw FileError("cannot open \(path)", EINVAL) }
    size = Int(status.st_size)
  }

  /// Reads from `offset` into `buffer`; returns how many bytes, 0 at the end.
  ///
  /// - Throws: ``FileError``.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      if count >= 0 { return count }
      guard errno == EINTR else { throw FileError("cannot read a file", errno) }
    }
  }

  /// Reads a range of it.
  ///
  /// - Throws: ``FileError``, also when the file ends before the range does.
  public func bytes(_ range: Range<Int>) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      while count < range.count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count..<range.count])
        let read = try read(at: range.lowerBound + count, into: rest)
        guard read > 0 else { throw FileError("cannot read a file", EIO) }
        count += read
      }
    }
  }
}

/// Opens a file without a name in `directory`: nobody else can open it, and it is gone when it is closed.
///
/// - Throws: ``FileError``.
func openNamelessFile(in directory: String) throws -> Descriptor {
  var descriptor = open(directory, LINUX_O_TMPFILE | O_RDWR | O_CLOEXEC, 0o600)
  if descriptor < 0, errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL {
    // Some file systems cannot make a nameless file; then the name goes at once.
    var path = Array("\(directory)/.spool-XXXXXX".utf8CString)
    descriptor = mkstemp(&path)
    if descriptor >= 0 {
      unlink(path)
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
  }
  guard descriptor >= 0 else { throw FileError("cannot make a temporary file in \(directory)", errno) }
  return Descriptor(descriptor)
}

/// Writes all of `bytes` at `offset`.
///
/// - Throws: ``FileError``.
func writeAll(_ file: Descriptor, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
  var done = 0
  while done < bytes.count {
    let count = pwrite(file.number, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset + done))
    if count > 0 {
      done += count
    } else if count == 0 || errno != EINTR {
      throw FileError("cannot write a temporary file", count == 0 ? ENOSPC : errno)
    }
  }
}
