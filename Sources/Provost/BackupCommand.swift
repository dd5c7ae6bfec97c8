import ArgumentParser
import Database
import Domain
import Foundation

/// `provost backup FILE`
struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copy the database to a file, while the server runs.")

  @OptionGroup var common: CommonOptions

  @Argument(help: "The file to write. It appears whole or not at all.", completion: .file())
  var file: String

  func run() throws {
    if common.isPostgres {
      throw CommandFailure("The database is PostgreSQL: back it up with \"pg_dump --format=custom --file=\(file) URL\".")
    }
    guard FileManager.default.fileExists(atPath: common.databaseLocation) else {
      throw CommandFailure("There is no database at \(common.databaseLocation). Name its folder with --data.")
    }
    try common.withDatabase { database in
      do {
        try database.backup(to: file)
      } catch let error as DatabaseError where error.kind == .full {
        throw CommandFailure("The disk that holds \(file) is full. Make room, or name a file on another disk.")
      } catch let error as DatabaseError where error.kind == .readOnly || error.kind == .other {
        throw CommandFailure("No backup was written: \(error.message). Name another file.")
      }
    }
    print("Wrote \(file).")
  }
}
