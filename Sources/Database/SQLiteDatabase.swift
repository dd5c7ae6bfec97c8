/// An SQLite file: one writer and several readers, none of which waits for the other kind.
public final class SQLiteDatabase: Database, @unchecked Sendable {
  /// `.sqlite`
  public let dialect = Dialect.sqlite
  /// The file.
  public let path: String

  private let writer: Pool<SQLiteConnection>
  /// The order in which threads of this process write, bulk imports included.
  private let turn = Gate(places: 1)
  private let readers: Pool<SQLiteConnection>
  private let exporters: Pool<SQLiteConnection>
  private let workbenches = Gate(places: 4)
  private let writing = WritingThreads()
  let mover: LogMover
  private let onSlowStatement: SlowStatementHook?
  private let durability: Durability

  /// What a commit is sure of when it returns. The end of a process loses nothing either way.
  public enum Durability: Sendable {
    /// It is on the disk, also when the power fails at that moment.
    case everyCommit
    /// It is on the disk soon: the last moments before a loss of power may be missing, and no commit waits for the disk.
    case soon
  }

  /// Opens the file and creates it when there is none; its folder must exist.
  ///
  /// Throws `DatabaseError` of kind readOnly when it cannot be opened or written, and corrupt when it is no database.
  ///
  /// - Parameter readers: how many threads read at once.
  public init(path: String, readers: Int = 4, durability: Durability = .everyCommit, onSlowStatement: SlowStatementHook? = nil) throws {
    self.path = path
    self.durability = durability
    self.onSlowStatement = onSlowStatement
    let mover = LogMover(path: path)
    self.mover = mover
    let open: () throws -> SQLiteConnection = {
      let connection = try SQLiteConnection(path: path, .writer, durability, onSlowStatement: onSlowStatement)
      connection.mover = mover
      return connection
    }
    writer = Pool("the writer", limit: 1, make: open)
    self.readers = Pool("a reader", limit: max(1, readers)) {
      try SQLiteConnection(path: path, .reader, onSlowStatement: onSlowStatement)
    }
    exporters = Pool("an export", limit: 3) { try SQLiteConnection(path: path, .exporter, onSlowStatement: onSlowStatement) }
    // The writer comes first: it makes the file and sets WAL, which a reader cannot.
    writer.prime(try open())
  }

  /// See `Database.read`.
  public func read<T>(_ body: (any Connection) throws -> T) throws -> T {
    try readers.transaction(.read, until: Deadline(after: Waits.connection), body)
  }

  /// See `Database.write`. The organization makes no difference: the file has one writer.
  @discardableResult public func write<T>(organization: Int64, patience: Duration?, _ body: (any Connection) throws -> T) throws -> T {
    try taking(turn: Deadline(after: patience ?? Waits.write)) { deadline in
      try writer.transaction(.write(key: organization, wait: deadline.remaining), until: deadline, body)
    }
  }

  /// See `Database.export`.
  public func export<T>(_ body: (any Connection) throws -> T) throws -> T {
    try exporters.transaction(.read, until: Deadline(after: Waits.export), body)
  }

  /// See `Database.workbench`.
  public func workbench<T>(_ body: (any Workbench) throws -> T) throws -> T {
    try workbenches.enter(until: Deadline(after: Waits.workbench), "a workbench")
    defer { workbenches.leave() }
    let connection = try SQLiteConnection(path: path, .workbench, onSlowStatement: onSlowStatement)
    connection.mover = mover
    defer { connection.close() }
    try connection.prepareForTemporaryTables()
    return try body(SQLiteWorkbench(connection, self))
  }

  /// Runs `body` as the only writer of this process. A call inside another one on the same thread is refused.
  func taking<T>(turn deadline: Deadline, _ body: (Deadline) throws -> T) throws -> T {
    try writing.once {
      try turn.enter(until: deadline, "another writer")
      defer { turn.leave() }
      return try body(deadline)
    }
  }

  /// See `Database.migrate`.
  public func migrate(_ migrations: Migrations) throws -> [String] {
    let deadline = Deadline(after: Waits.migration)
    return try taking(turn: deadline) { _ in
      let connection = try SQLiteConnection(path: path, .writer, durability, onSlowStatement: onSlowStatement)
      defer { connection.close() }
      // A table that others refer to can be rebuilt only without this; each migration's end is checked instead.
      try connection.script("PRAGMA foreign_keys = OFF")
      return try migrations.apply(on: connection, .write(key: 0, wait: deadline.remaining)) { _ in
        try connection.refuseBrokenReferences("migration")
      }
    }
  }

  /// See `Database.migrationStatus`.
  public func migrationStatus(_ migrations: Migrations) throws -> [MigrationStatus] {
    try read { try migrations.status(on: $0) }
  }

  /// See `Database.close`.
  public func close() {
    let deadline = Deadline(after: Waits.close)
    _ = workbenches.close(until: deadline)
    readers.close(until: deadline)
    exporters.close(until: deadline)
    _ = turn.close(until: deadline)
    mover.close(until: deadline)
    // The last to close moves the log into the file, which a reader cannot.
    writer.close(until: deadline)
  }
}
