import ArgumentParser
import Database
import Domain

/// `provost migrate`
struct MigrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Bring the database to the version of this program.",
    discussion: "An SQLite file that holds data is copied first, beside itself.")

  @OptionGroup var common: CommonOptions

  @Flag(help: "Say which steps the database has; change nothing.")
  var status = false

  func run() throws {
    try common.openDatabaseForCommand { database, migrations in
      if status {
        for step in try database.migrationStatus(migrations) { print("\(step.appliedAt ?? "missing                 ")  \(step.name)") }
        return
      }
      let applied = try common.upgrade(database, migrations)
      // The tables of the store, which on PostgreSQL are made by whoever may make tables.
      try common.withSessions(of: database) { _ in }
      for name in applied { print("Applied \(name).") }
      if applied.isEmpty { print("Nothing to do: the database is up to date.") }
    }
  }
}
