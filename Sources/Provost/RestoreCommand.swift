import ArgumentParser
import Database
import Domain
import Foundation

/// `provost restore FILE`
struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Put a backup in place of the database.",
    discussion:
      "The server must be stopped. The file is checked first, and the database that it replaces is kept beside it. Everybody signs in again."
  )

  @OptionGroup var common: CommonOptions

  @Argument(help: "The backup.", completion: .file())
  var file: String

  func run() throws {
    if common.isPostgres {
      throw CommandFailure("The database is PostgreSQL: restore it with \"pg_restore --clean --dbname=URL \(file)\".")
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) else { throw CommandFailure("There is no file \(file).") }
    guard !isFolder.boolValue, access(file, R_OK) == 0 else {
      throw CommandFailure("\(file) is \(isFolder.boolValue ? "a folder" : "not readable"). Name a file that \"provost backup\" wrote.")
    }
    try common.makeDataFolder()
    let lock = try FolderLock(folder: common.dataFolder, file: common.fileElsewhere)
    try withExtendedLifetime(lock) { try restore(to: common.databaseLocation) }
  }

  private func restore(to target: String) throws {
    let partial = "\(target).restoring"
    remove(partial)
    do {
      try copy(file, to: partial)
      // A file that was copied together with its log has its last commits there.
      if FileManager.default.fileExists(atPath: file + "-wal") { try copy(file + "-wal", to: partial + "-wal") }
      try verify(partial)
      let kept = try keep(target)
      try keepSessions(of: target, as: kept)
      guard rename(partial, target) == 0 else { throw CommandFailure("\(target) cannot be written. Check the folder and its permissions.") }
      print("Restored \(file)." + (kept.map { " The database before it is \($0)." } ?? ""))
    } catch {
      remove(partial)
      throw error
    }
  }

  private func copy(_ from: String, to target: String) throws {
    try FileWriting.replacing(target) { output in
      let source = try FileHandle(forReadingFrom: URL(fileURLWithPath: from))
      defer { source.closeFile() }
      while let chunk = try source.read(upToCount: 1 << 20), !chunk.isEmpty { try chunk.withUnsafeBytes { try output.write($0) } }
    }
  }

  private func remove(_ database: String) { for suffix in ["", "-wal", "-shm"] { unlink(database + suffix) } }

  /// Makes sure that a file is a sound database of this program.
  private func verify(_ path: String) throws {
    let migrations = try Migrations(directory: common.findResources().migrations)
    do {
      let database = try openDatabase(path)
      // Closing folds what stands in the log into the file.
      defer { database.close() }
      if try database.migrationStatus(migrations).allSatisfy({ $0.appliedAt == nil }) {
        throw CommandFailure("\(file) is no database of this program. Nothing was changed.")
      }
      if let problem = try database.integrityProblems().first {
        throw CommandFailure("\(file) is damaged: \(problem). Nothing was changed.")
      }
    } catch let error as DatabaseError {
      throw CommandFailure("\(file) is damaged or no database: \(error.message). Nothing was changed.")
    }
  }

  /// Moves the present database aside; returns its new name, or nil where there was none.
  private func keep(_ target: String) throws -> String? {
    guard FileManager.default.fileExists(atPath: target) else { return nil }
    let moment = Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)).text
    let kept = "\(target).before-restore-" + moment.filter { $0.isNumber }.prefix(14)
    do {
      // Opening and closing folds the log into the file. One that is damaged is kept as it is.
      try openDatabase(target).close()
    } catch is DatabaseError {
      complain("\(target) could not be opened; it is kept as it is.")
    }
    try move(target, to: kept)
    return kept
  }

  /// Sessions that were opened on another state of the database open nothing any more. They stay with the database that they belong to.
  private func keepSessions(of target: String, as kept: String?) throws {
    let store = IdentityDatabase.storePath(beside: target)
    guard let kept else { return remove(store) }
    try move(store, to: IdentityDatabase.storePath(beside: kept))
  }

  private func move(_ database: String, to other: String) throws {
    // The log goes first: without it the file is older, but with another file's log it would be damaged.
    for suffix in ["-wal", "-shm", ""] where FileManager.default.fileExists(atPath: database + suffix) {
      guard rename(database + suffix, other + suffix) == 0 else {
        throw CommandFailure("\(database + suffix) cannot be moved. Check the folder and its permissions.")
      }
    }
  }
}
