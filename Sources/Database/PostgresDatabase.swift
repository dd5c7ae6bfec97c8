/// A PostgreSQL database: one writer per organization, in any number of processes.
public final class PostgresDatabase: Database, @unchecked Sendable {
  /// `.postgres`
  public let dialect = Dialect.postgres

  private let url: String
  private let readers: Pool<PostgresConnection>
  private let writers: Pool<PostgresConnection>
  private let exporters: Pool<PostgresConnection>
  private let workbenches = Gate(places: 4)
  /// This process's writers queue here and not on the server, so that those who wait hold no connection.
  private let turns = Gates()
  private let writing = WritingThreads()
  private let schema: Int64
  private let onSlowStatement: SlowStatementHook?

  /// Connects to check the database; the other connections are made when they are needed.
  ///
  /// Throws `DatabaseError` of kind connection when the server cannot be reached, and other when the database is not in UTF8 or sorts by the rules
  /// of a language instead of by code point.
  ///
  /// - Parameters:
  ///   - url: `postgres://user:password@host:port/database?option=value`, as libpq takes it.
  ///   - connections: how many threads read at once; half as many write, three export and four have a workbench.
  public init(_ url: String, connections: Int = 8, onSlowStatement: SlowStatementHook? = nil) throws {
    self.url = url
    self.onSlowStatement = onSlowStatement
    let connect = { try PostgresConnection(url, onSlowStatement: onSlowStatement) }
    readers = Pool("a connection", limit: max(1, connections), make: connect)
    writers = Pool("a connection", limit: max(1, connections / 2), make: connect)
    exporters = Pool("an export", limit: 3, make: connect)
    let first = try connect()
    try PostgresDatabase.check(first)
    // Installations that share a database, each in a schema, do not wait for each other.
    schema = try first.scalar("SELECT COALESCE((SELECT oid FROM pg_namespace WHERE nspname = current_schema()), 0)::BIGINT")
    readers.prime(first)
  }

  private static func check(_ connection: PostgresConnection) throws {
    let refusal = try connection.first(
      """
      SELECT pg_encoding_to_char(encoding), datcollate, COALESCE(to_jsonb(d)->>'datlocprovider', 'c'), COALESCE(to_jsonb(d)->>'datlocale', '')
      FROM pg_database d WHERE datname = current_database()
      """
    ) { row -> String? in
      let (encoding, collation, provider) = (row.text(0), row.text(1), row.text(2))
      if encoding != "UTF8" { return "encoding \(encoding)" }
      switch provider {
      case "c" where ["C", "POSIX", "C.UTF-8", "C.UTF8", "C.utf8"].contains(collation): return nil
      case "b" where row.text(3) == "C.UTF-8" || row.text(3) == "C": return nil
      case "c": return "collation \(collation)"
      default: return "a collation of ICU"
      }
    }
    guard let refusal = refusal ?? nil else { return }
    throw DatabaseError(
      .other, code: "locale",
      "the PostgreSQL database has \(refusal); create it with: CREATE DATABASE … ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0")
  }

  /// See `Database.read`.
  public func read<T>(_ body: (any Connection) throws -> T) throws -> T {
    try readers.transaction(.read, until: Deadline(after: Waits.connection), body)
  }

  /// See `Database.write`: READ COMMITTED under the organization's advisory lock.
  @discardableResult public func write<T>(organization: Int64, patience: Duration?, _ body: (any Connection) throws -> T) throws -> T {
    let deadline = Deadline(after: patience ?? Waits.write)
    return try taking(organization, deadline) { key in
      try repeating([.serialization, .connection], until: deadline) {
        try writers.transaction(.write(key: key, wait: deadline.remaining), until: deadline, body)
      }
    }
  }

  /// Runs `body` as the organization's only writer of this process. A call inside another one on the same thread is refused.
  func taking<T>(_ organization: Int64, _ deadline: Deadline, _ body: (Int64) throws -> T) throws -> T {
    try writing.once {
      try turns.alone(organization, until: deadline) { try body(schema << 32 ^ organization) }
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
    let connection = try PostgresConnection(url, onSlowStatement: onSlowStatement)
    defer { connection.close() }
    try connection.prepareForTemporaryTables()
    return try body(PostgresWorkbench(connection, self))
  }

  /// See `Database.migrate`.
  public func migrate(_ migrations: Migrations) throws -> [String] {
    let deadline = Deadline(after: Waits.migration)
    // A key that no organization has: identities count from 1.
    return try taking(-1, deadline) { key in
      let connection = try PostgresConnection(url, onSlowStatement: onSlowStatement)
      defer { connection.close() }
      return try migrations.apply(on: connection, .write(key: key, wait: deadline.remaining))
    }
  }

  /// See `Database.migrationStatus`.
  public func migrationStatus(_ migrations: Migrations) throws -> [MigrationStatus] {
    try read { try migrations.status(on: $0) }
  }

  /// See `Database.integrityProblems`. The server guards its own files; what can be wrong here is an index or a constraint that was never finished.
  public func integrityProblems() throws -> [String] {
    try export { connection in
      let indexes = try connection.all(
        """
        SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = current_schema() AND NOT (i.indisvalid AND i.indisready) ORDER BY 1
        """
      ) { "the index \($0.text(0)) is not valid" }
      let constraints = try connection.all(
        """
        SELECT k.conname FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
        WHERE n.nspname = current_schema() AND NOT k.convalidated ORDER BY 1
        """
      ) { "the constraint \($0.text(0)) is not validated" }
      return indexes + constraints
    }
  }

  /// Always throws: `pg_dump` writes a consistent copy, too.
  public func backup(to path: String) throws {
    throw DatabaseError(.other, code: "backup", "a PostgreSQL database is backed up with pg_dump")
  }

  /// See `Database.close`.
  public func close() {
    let deadline = Deadline(after: Waits.close)
    _ = workbenches.close(until: deadline)
    exporters.close(until: deadline)
    writers.close(until: deadline)
    readers.close(until: deadline)
  }
}
