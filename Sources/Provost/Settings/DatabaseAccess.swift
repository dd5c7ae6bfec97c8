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
    let migrations = try Migrations(directory: findResources().migrations)
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

  /// Opens the store of sessions that belongs to an open database, for the time of `body`.
  ///
  /// - Throws: `CommandFailure` where it cannot be opened; whatever `body` throws.
  func withSessions<T>(
    of database: any Database, onSlowStatement: SlowStatementHook? = nil, _ body: (IdentityDatabase) throws -> T
  ) throws -> T {
    let migrations = try findResources().migrations
    let store = IdentityDatabase.storePath(beside: databaseLocation)
    let opened = try inSentences(about: isPostgres ? nil : store) {
      try IdentityDatabase.open(beside: database, migrations: migrations, onSlowStatement: onSlowStatement)
    }
    defer { opened.close() }
    return try body(opened)
  }

  /// Turns what the database, or the store of sessions, refuses into a sentence for the terminal.
  func inSentences<T>(about store: String? = nil, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as DatabaseError {
      if let store, error.kind == .corrupt {
        throw CommandFailure(
          "The file \(store) is damaged or no database. Delete it: then everybody signs in again, and nothing else is lost.")
      }
      throw CommandFailure(sentence(for: error, about: store ?? databaseName))
    }
  }

  /// A URL is named without its password.
  private var databaseName: String {
    guard isPostgres, let at = databaseLocation.lastIndex(of: "@") else { return databaseLocation }
    return "postgres://…" + databaseLocation[at...]
  }

  private func sentence(for error: DatabaseError, about name: String) -> String {
    switch error.kind {
    case .busy: "The database \(name) is being written by another process. Try again when that has finished."
    case .readOnly: "The database \(name) cannot be opened or written. Check the folder and its permissions."
    case .full: "The disk that holds the database \(name), or the folder for temporary files, is full. Make room, then try again."
    case .corrupt: "The file \(name) is damaged or no database. Restore a backup with \"provost restore FILE\"."
    case .connection: "The database \(name) cannot be reached: \(error.message)"
    default: "The database \(name) refused: \(error.message)" + (error.sql.map { " (\($0))" } ?? "")
    }
  }
}
