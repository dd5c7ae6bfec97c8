public import Database
import Glibc

/// What signing in reads and writes: accounts, roles and the audit trail in the main database; sessions, failed sign-ins and events that wait
/// for the audit trail in the store.
///
/// An SQLite file has one writer, and an import holds it for as long as it writes. So the store is a second file there, and no sign-in, sign-out
/// or visit waits for an import. Nothing in it needs a backup: without it, everybody signs in again. On PostgreSQL the two are one database.
public struct IdentityDatabase: Sendable {
  /// Accounts, roles, the audit trail and all the rest.
  public let main: any Database
  /// Sessions, failed sign-ins and events that wait.
  public let store: any Database

  /// Two databases that are open and have their tables; one and the same where it holds both.
  public init(main: any Database, store: any Database) { (self.main, self.store) = (main, store) }

  /// Opens the store that belongs to a database whose migrations are all applied, and brings its tables up to date. It is closed with `close`.
  ///
  /// - Parameter migrations: the folder of all migrations; those of the store are a series of their own in its folder `sessions`.
  /// - Throws: `DatabaseError`, on SQLite about the file `storePath(beside:)`; `MigrationError`.
  public static func open(
    beside main: any Database, migrations: String, onSlowStatement: SlowStatementHook? = nil
  ) throws -> IdentityDatabase {
    let series = try Migrations(directory: migrations + "/sessions", ledger: "session_migrations")
    guard let file = main as? SQLiteDatabase else {
      _ = try main.migrate(series)
      return IdentityDatabase(main: main, store: main)
    }
    let path = storePath(beside: file.path)
    makeFile(path, like: file.path)
    // What is lost with the power is a sign-in to be repeated; a disk that an import keeps busy would hold each of them up for seconds.
    let store = try SQLiteDatabase(path: path, durability: .soon, onSlowStatement: onSlowStatement)
    do {
      _ = try store.migrate(series)
    } catch {
      store.close()
      throw error
    }
    return IdentityDatabase(main: main, store: store)
  }

  /// What has to be done from time to time while a server runs: events are moved on, and the store's log into its file.
  ///
  /// - Throws: `DatabaseError` other than busy.
  public func tidy(patience: Duration = .zero) throws {
    try deliverEvents(patience: patience)
    if !isOne, let store = store as? SQLiteDatabase { try store.moveLog() }
  }

  /// Closes the store; the main database belongs to whoever opened it.
  public func close() { if !isOne { store.close() } }

  /// Where the store of an SQLite file is: `provost-sessions.sqlite` beside `provost.sqlite`.
  public static func storePath(beside path: String) -> String {
    let suffix = ".sqlite"
    return (path.hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : path) + "-sessions" + suffix
  }

  /// Whether one transaction sees both.
  var isOne: Bool { main === store }

  /// The file is for whoever the database's own is for, and for its owner only until that is known. Opening it says what fails here.
  private static func makeFile(_ path: String, like sibling: String) {
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    defer { Glibc.close(descriptor) }
    var info = stat()
    if stat(sibling, &info) == 0 { _ = fchmod(descriptor, info.st_mode & 0o666) }
  }
}
