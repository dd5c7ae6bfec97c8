import ArgumentParser
import Database
import Domain
import Foundation
import Secrets

/// What every subcommand takes: where the data is. A flag goes before the environment, the environment before the default.
struct CommonOptions: ParsableArguments {
  @Option(help: "The data folder. [PROVOST_DATA, default: ./data]")
  var data: String?

  @Option(help: "A PostgreSQL URL or the path of a SQLite file. [PROVOST_DATABASE, default: provost.sqlite in the data folder]")
  var database: String?

  @Option(help: ArgumentHelp("The folder that holds Templates, Migrations and Public. [PROVOST_RESOURCES]", visibility: .default))
  var resources: String?

  /// The settings of the environment.
  var environment: Environment { Environment() }

  /// The data folder.
  var dataFolder: String { data ?? environment[.data] ?? "./data" }

  /// What to open: a PostgreSQL URL, or the path of a SQLite file.
  var databaseLocation: String { database ?? environment[.database] ?? dataFolder + "/provost.sqlite" }

  /// The SQLite file that a setting names, which may lie outside the data folder; nil for the one in the data folder and for PostgreSQL.
  var fileElsewhere: String? { isPostgres ? nil : database ?? environment[.database] }

  /// Whether the database is a server of its own rather than a file.
  var isPostgres: Bool { databaseLocation.hasPrefix("postgres://") || databaseLocation.hasPrefix("postgresql://") }

  /// The program's clock: the machine's, or one that starts at PROVOST_CLOCK.
  ///
  /// - Throws: `CommandFailure` where that is not a moment.
  func clock() throws -> Clock {
    guard let text = environment[.clock] else { return .system }
    guard let moment = Moment(text) else {
      throw CommandFailure("PROVOST_CLOCK is \"\(text)\", which is not a moment such as 2015-06-28T00:00:00Z.")
    }
    return .starting(at: moment)
  }

  /// The key from which links and forms are signed: PROVOST_SECRET, else the file in the data folder.
  ///
  /// - Throws: `SecretsError.key`, whose description is a sentence for the terminal.
  func installationKey() throws -> InstallationKey {
    if let secret = environment[.secret] { return try InstallationKey(secret: secret) }
    try makeDataFolder()
    return try InstallationKey(directory: dataFolder)
  }

  /// Makes the data folder, open to its owner only, unless it is there.
  ///
  /// - Throws: `CommandFailure` where it cannot be made or written.
  func makeDataFolder() throws {
    var isFolder: ObjCBool = false
    if !FileManager.default.fileExists(atPath: dataFolder, isDirectory: &isFolder) {
      do {
        try FileManager.default.createDirectory(
          atPath: dataFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      } catch {
        throw CommandFailure("The data folder \(dataFolder) cannot be made. Give another one with --data, or make it writable.")
      }
    } else if !isFolder.boolValue {
      throw CommandFailure("The data folder \(dataFolder) is not a folder. Give another one with --data.")
    }
    guard access(dataFolder, W_OK | X_OK) == 0 else {
      throw CommandFailure("The data folder \(dataFolder) cannot be written. Give another one with --data, or make it writable.")
    }
  }
}
