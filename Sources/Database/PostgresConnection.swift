import CPostgres
import Glibc

/// One connection to a PostgreSQL server; used by one thread at a time.
final class PostgresConnection: EngineConnection {
  let dialect = Dialect.postgres
  var levels = TransactionLevels()
  private(set) var handle: OpaquePointer?
  private(set) var statements = PostgresStatements()
  var cursors = 0
  private var rendering = Rendering()
  private var parameters = PostgresParameters()
  let stopwatch: Stopwatch

  /// Connects. Throws `DatabaseError` of kind connection when the server cannot be reached or refuses.
  init(_ url: String, onSlowStatement: SlowStatementHook? = nil) throws {
    stopwatch = Stopwatch(hook: onSlowStatement)
    try PostgresConnection.check(url)
    // What stands before the URL is a default that the URL may override.
    let settings = [
      ("connect_timeout", "10"), ("tcp_user_timeout", "30000"), ("keepalives_idle", "30"), ("application_name", "provost"),
      ("dbname", url), ("client_encoding", "UTF8"),
    ]
    handle = PostgresConnection.connect(settings)
    guard let handle, PQstatus(handle) == CONNECTION_OK else {
      let reason = self.handle.map { String(cString: PQerrorMessage($0)) } ?? "out of memory"
      close()
      throw DatabaseError(.connection, code: "connect", PostgresConnection.line(reason))
    }
    PQsetNoticeProcessor(handle, { _, _ in }, nil)
    do {
      // Plans are made for the whole result of a cursor, and compiled code costs more than it saves in statements this short.
      try script(
        """
        SET standard_conforming_strings = on; SET bytea_output = 'hex'; SET extra_float_digits = 1; SET TIME ZONE 'UTC';
        SET cursor_tuple_fraction = 1; SET jit = off; SET default_transaction_isolation = 'read committed'
        """)
    } catch {
      close()
      throw error
    }
  }

  deinit { close() }

  /// libpq's own sentence about a URL may quote the password.
  private static func check(_ url: String) throws {
    let options = url.utf8.contains(0) ? nil : PQconninfoParse(url, nil)
    guard let options else { throw DatabaseError(.connection, code: "url", "the URL of the PostgreSQL database cannot be understood") }
    PQconninfoFree(options)
  }

  private static func connect(_ settings: [(String, String)]) -> OpaquePointer? {
    var words: [UnsafeMutablePointer<CChar>?] = settings.map { strdup($0.0) } + [nil]
    var values: [UnsafeMutablePointer<CChar>?] = settings.map { strdup($0.1) } + [nil]
    defer { for pointer in words + values { free(pointer) } }
    return words.withUnsafeMutableBufferPointer { words in
      values.withUnsafeMutableBufferPointer { values in
        words.withMemoryRebound(to: UnsafePointer<CChar>?.self) { words in
          values.withMemoryRebound(to: UnsafePointer<CChar>?.self) { values in
            PQconnectdbParams(words.baseAddress, values.baseAddress, 1)
          }
        }
      }
    }
  }

  // MARK: Statements

  func rows(_ sql: SQL, _ body: (borrowing Row) throws -> Bool) throws {
    let result = try execute(sql)
    defer { PQclear(result) }
    for row in 0..<PQntuples(result) {
      if try !body(Row(postgres: result, row)) { return }
    }
  }

  @discardableResult func run(_ sql: SQL) throws -> Int {
    let result = try execute(sql)
    defer { PQclear(result) }
    // A query's tag counts rows, too.
    return String(cString: PQcmdStatus(result)).hasPrefix("SELECT") ? 0 : PostgresConnection.count(result)
  }

  static func count(_ result: OpaquePointer) -> Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

  /// Runs a prepared statement; the caller clears the result.
  private func execute(_ sql: SQL) throws -> OpaquePointer {
    try render(sql)
    let key = PostgresStatements.Key(text: rendering.text, types: rendering.values.map(\.type))
    let started = stopwatch.start()
    let name = try statements.name(for: key) ?? prepare(key)
    let result = parameters.lend { count, _, values, lengths, formats in
      PQexecPrepared(handle, name, count, values, lengths, formats, 0)
    }
    stopwatch.stop(started, key.text.string)
    return try checked(result) { key.text.string }
  }

  private func prepare(_ key: PostgresStatements.Key) throws -> String {
    if let old = statements.makeRoom() { try script("DEALLOCATE \(old)") }
    let name = statements.newName()
    let text = key.text.string
    let types = parameters.types
    PQclear(try checked(PQprepare(handle, name, text, Int32(types.count), types)) { text })
    statements.insert(key, name)
    return name
  }

  /// Runs a statement once, without preparing it; the caller clears the result.
  func executeOnce(_ sql: SQL, prefix: String) throws -> OpaquePointer {
    try render(sql, prefix: prefix)
    let text = rendering.text.string
    let started = stopwatch.start()
    let result = parameters.lend { count, types, values, lengths, formats in
      PQexecParams(handle, text, count, types, values, lengths, formats, 0)
    }
    stopwatch.stop(started, text)
    return try checked(result) { text }
  }

  private func render(_ sql: SQL, prefix: String = "") throws {
    try levels.check()
    do {
      try rendering.render(sql, .postgres, prefix: prefix)
    } catch let error as DatabaseError {
      levels.fail(error)
      throw error
    }
    parameters.set(rendering.values)
  }

  func script(_ text: String) throws {
    let result = PQexec(handle, text)
    // A migration may have nothing but comments for this engine.
    if PQresultStatus(result) == PGRES_EMPTY_QUERY { return PQclear(result) }
    PQclear(try checked(result) { text })
  }

  /// Runs text outside of a transaction, on which nothing depends.
  func attempt(_ text: String) { PQclear(PQexec(handle, text)) }

  func savepoint<T>(_ body: () throws -> T) throws -> T { try nested(body) }

  func rebuildingIndexes<T>(of tables: [StaticString], keeping: [StaticString], _ body: () throws -> T) throws -> T { try body() }

  // MARK: Transactions

  var isReusable: Bool {
    guard let handle else { return false }
    return levels.isEmpty && PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE
  }

  func begin(_ mode: TransactionMode) throws {
    switch mode {
    case .read:
      try script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    case .write(let key, let wait):
      // One round trip: the statements of one message run in order and stop at the first that fails.
      try script(
        """
        BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = \(max(1, wait.milliseconds));
        SELECT pg_advisory_xact_lock(\(key)); SET LOCAL lock_timeout = 0
        """)
    }
  }

  func commit() throws {
    let result = PQexec(handle, "COMMIT")
    defer { PQclear(result) }
    guard let result, PQresultStatus(result) == PGRES_COMMAND_OK else {
      var error = failure(result) { "COMMIT" }
      error.outcomeUnknown = error.kind == .connection
      throw error
    }
    // The server answers COMMIT of a failed transaction with ROLLBACK and calls that a success.
    guard String(cString: PQcmdStatus(result)) == "COMMIT" else {
      throw DatabaseError(.other, code: "25P02", "the transaction had failed and was rolled back", sql: "COMMIT")
    }
  }

  func rollback() {
    guard let handle, PQstatus(handle) == CONNECTION_OK, PQtransactionStatus(handle) != PQTRANS_IDLE else { return }
    // When this fails the connection is not reusable, and closing it rolls back.
    PQclear(PQexec(handle, "ROLLBACK"))
  }

  func close() {
    statements.removeAll()
    PQfinish(handle)
    handle = nil
  }

  // MARK: Errors

  /// The result, or the failure it reports.
  func checked(_ result: OpaquePointer?, _ sql: () -> String) throws -> OpaquePointer {
    let status = PQresultStatus(result)
    guard let result, status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_COPY_IN else {
      defer { PQclear(result) }
      throw record(failure(result, sql))
    }
    return result
  }

  func record(_ error: DatabaseError) -> DatabaseError {
    // A changed table invalidates results that a prepared statement promises; prepared again, the statement works.
    if error.code == "0A000", error.kind == .serialization { statements.removeAll() }
    if error.kind == .connection { levels.failAll(error) } else { levels.fail(error) }
    return error
  }
}
