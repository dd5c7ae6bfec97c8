import Foundation

/// Keeps a second `serve` out of a data folder. The lock goes with the process, however it ends.
struct FolderLock: ~Copyable {
  private let descriptor: Int32

  /// - Throws: `CommandFailure` when another process holds the lock or the file cannot be made.
  init(folder: String) throws {
    let path = folder + "/provost.lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CommandFailure("The file \(path) cannot be made. Make the data folder writable.") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw CommandFailure(
        "Another \"provost serve\" uses the data folder \(folder). Stop it, or give this one another folder with --data.")
    }
  }

  deinit { close(descriptor) }
}
