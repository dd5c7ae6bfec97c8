import Glibc

/// A database that many threads use at once.
///
/// All calls block the thread. A closure gets a connection that is good until it returns and must not be kept.
public protocol Database: AnyObject, Sendable {
  /// Which engine answers.
  var dialect: Dialect { get }

  /// Runs `body` on one snapshot, read only. Throws `DatabaseError` of kind busy when no connection came free in time.
  func read<T>(_ body: (any Connection) throws -> T) throws -> T

  /// Runs `body` in a transaction that is alone for the organization (0: what belongs to the installation), and commits it.
  ///
  /// After a deadlock, a serialization failure or a lost connection `body` runs again, up to five times, so it must be repeatable. A call inside
  /// another one on the same thread is refused.
  ///
  /// - Parameter patience: how long to wait for the writers before this one, then `DatabaseError` of kind busy; nil for 10 s.
  @discardableResult func write<T>(organization: Int64, patience: Duration?, _ body: (any Connection) throws -> T) throws -> T

  /// Like `read`, on one of a few connections that are kept for long results, so that pages never wait for them.
  func export<T>(_ body: (any Connection) throws -> T) throws -> T

  /// Runs `body` with a connection of its own for bulk work with temporary tables.
  func workbench<T>(_ body: (any Workbench) throws -> T) throws -> T

  /// Applies what is missing, each migration in a transaction of its own, and returns the names of those applied now.
  ///
  /// Throws `MigrationError` when the database does not belong to these migrations, and `DatabaseError` when one fails; that one leaves nothing.
  func migrate(_ migrations: Migrations) throws -> [String]

  /// Each migration with the time at which it was applied, in order. Throws like `migrate`.
  func migrationStatus(_ migrations: Migrations) throws -> [MigrationStatus]

  /// What is damaged, one sentence each; empty when all is well.
  func integrityProblems() throws -> [String]

  /// Writes a consistent copy to a file while others read and write; the file appears whole or not at all. SQLite only.
  func backup(to path: String) throws

  /// Waits a moment for what is under way and closes all connections. Later calls throw.
  func close()
}

extension Database {
  /// `write` with the usual patience of 10 s.
  @discardableResult public func write<T>(organization: Int64, _ body: (any Connection) throws -> T) throws -> T {
    try write(organization: organization, patience: nil, body)
  }
}

/// Told of each statement that kept the engine busy for 100 ms or longer: its text, without values, and the time.
public typealias SlowStatementHook = @Sendable (_ sql: String, _ duration: Duration) -> Void

/// Opens the database that `location` names: a URL that begins with `postgres://` or `postgresql://`, else the path of an SQLite file.
///
/// Throws `DatabaseError` when it cannot be opened or is not fit (see `PostgresDatabase`).
public func openDatabase(_ location: String, onSlowStatement: SlowStatementHook? = nil) throws -> any Database {
  if location.hasPrefix("postgres://") || location.hasPrefix("postgresql://") {
    return try PostgresDatabase(location, onSlowStatement: onSlowStatement)
  }
  if let colon = location.firstRange(of: "://") {
    throw DatabaseError(
      .other, code: "location",
      "no engine is called \"\(location[..<colon.lowerBound])\": give a postgres:// URL or the path of a file")
  }
  // Reading is computing here: more readers than processors only take turns.
  return try SQLiteDatabase(path: location, readers: max(4, sysconf(Int32(_SC_NPROCESSORS_ONLN))), onSlowStatement: onSlowStatement)
}

/// How long calls wait unless they say otherwise.
enum Waits {
  static let connection = Duration.seconds(10)
  static let write = Duration.seconds(10)
  static let export = Duration.seconds(30)
  static let workbench = Duration.seconds(30)
  static let migration = Duration.seconds(300)
  static let close = Duration.seconds(5)
}

/// Reports statements that take long.
struct Stopwatch {
  static let threshold = Duration.milliseconds(100)
  let hook: SlowStatementHook?

  func start() -> ContinuousClock.Instant? { hook == nil ? nil : ContinuousClock.now }

  func stop(_ start: ContinuousClock.Instant?, _ sql: @autoclosure () -> String) {
    guard let hook, let start else { return }
    let duration = ContinuousClock.now - start
    if duration >= Stopwatch.threshold { hook(sql(), duration) }
  }
}

/// Runs `body` again after a failure of these kinds, up to five times and until the deadline, with a growing and random pause.
func repeating<T>(_ kinds: Set<DatabaseError.Kind>, until deadline: Deadline, _ body: () throws -> T) throws -> T {
  var attempt = 1
  while true {
    do {
      return try body()
    } catch let error as DatabaseError
      where attempt < 6 && kinds.contains(error.kind) && !error.outcomeUnknown && error.code != DatabaseError.closed.code
      && deadline.remaining > .zero
    {
      usleep(UInt32.random(in: 2_000...(10_000 << UInt32(attempt))))
      attempt += 1
    }
  }
}
