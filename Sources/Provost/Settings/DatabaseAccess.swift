import Database
import Domain
import Foundation

extension CommonOptions {
  /// The folder of templates, migrations and assets.
  func findResources() throws -> Resources { try Resources.find(asked: resources ?? environment[.resources]) }

  /// Opens the database for the time of `body`. One that is empty gets its tables first.
  ///
  /// - Throws: `CommandFailure` where it cannot be opened, is of another version, or refuses; whatever `body` throws.
  func withDatabase<T>(onSlowStatement: SlowStatementHook? = nil, _ body: (any Database) throws -> T) throws -> T {
    try openDatabaseForCommand(onSlowStatement: onSlowStatement) { database, migrations in
      let status = try database.migrationStatus(migrations)
      let missing = status.filter { $0.appliedAt == nil }
      if missing.count == status.count {
        _ = try database.migrate(migrations)
      } else if !missing.isEmpty {
        throw CommandFailure("The database is of an earlier version. Run \"provost migrate\" with the same options first.")
      }
      return try body(database)
    }
  }

  /// Opens the database as it is, whatever its version, with the migrations of this program.
  func openDatabaseForCommand<T>(
    onSlowStatement: SlowStatementHook? = nil, _ body: (any Database, Migrations) throws -> T
  ) throws -> T {
    let migrations = try Migrations(directory: try findResources().migrations)
    if !isPostgres, database == nil, environment[.database] == nil { try makeDataFolder() }
    return try inSentences {
      let opened = try openDatabase(databaseLocation, onSlowStatement: onSlowStatement)
      defer { opened.close() }
      return try body(opened, migrations)
    }
  }

  /// Brings the tables up to date and returns the names of the migrations applied. An SQLite file that holds data is copied first, beside
  /// itself, so that the step can be undone.
  func upgrade(_ database: any Database, _ migrations: Migrations) throws -> [String] {
    let status = try database.migrationStatus(migrations)
    guard let next = status.first(where: { $0.appliedAt == nil }) else { return [] }
    if next.number != status.first?.number, database.dialect == .sqlite {
      try database.backup(to: databaseLocation + ".before-" + next.name)
    }
    return try database.migrate(migrations)
  }

  /// Turns what the database refuses into a sentence for the terminal.
  func inSentences<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw CommandFailure(sentence(for: error))
    }
  }

  /// A URL is named without its password.
  private var databaseName: String {
    guard isPostgres, let at = databaseLocation.lastIndex(of: "@") else { return databaseLocation }
    return "postgres://…" + databaseLocation[at...]
  }

  private func sentence(for error: DatabaseError) -> String {
    switch error.kind {
    case .busy: "The database \(databaseName) is being written by another process. Try again when that has finished."
    case .readOnly: "The database \(databaseName) cannot be opened or written. Check the folder and its permissions."
    case .full: "The disk that holds the database \(databaseName), or the folder for temporary files, is full. Make room, then try again."
    case .corrupt: "The file \(databaseName) is damaged or no database. Restore a backup with \"provost restore FILE\"."
    case .connection: "The database \(databaseName) cannot be reached: \(error.message)"
    default: "The database \(databaseName) refused: \(error.message)" + (error.sql.map { " (\($0))" } ?? "")
    }
  }
}
