import Foundation

/// Keeps a second `serve` out of a data folder, and out of a database file that lies elsewhere. The locks go with the process, however it ends.
struct FolderLock: ~Copyable {
  private let descriptors: [Int32]

  /// - Parameter file: the SQLite file, where `--database` names one; it is locked by a file of its own beside it.
  /// - Throws: `CommandFailure` when another process holds a lock or its file cannot be made.
  init(folder: String, file: String? = nil) throws {
    let inFolder = try FolderLock.take(
      folder + "/provost.lock",
      held: "Another \"provost serve\" uses the data folder \(folder). Stop it, or give this one another folder with --data.")
    guard let file else {
      descriptors = [inFolder]
      return
    }
    do {
      let atFile = try FolderLock.take(
        file + ".lock", held: "Another \"provost serve\" uses the database \(file). Stop it, or name another one with --database.")
      descriptors = [inFolder, atFile]
    } catch {
      close(inFolder)
      throw error
    }
  }

  private static func take(_ path: String, held: String) throws -> Int32 {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CommandFailure("The file \(path) cannot be made. Make its folder writable.") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw CommandFailure(held)
    }
    return descriptor
  }

  deinit { for descriptor in descriptors { close(descriptor) } }
}
