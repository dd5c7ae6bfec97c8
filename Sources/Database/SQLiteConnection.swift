import CSQLite
import Glibc

/// One connection to an SQLite file; used by one thread at a time.
final class SQLiteConnection: EngineConnection {
  /// What a connection is for; it decides what it may do and how much it caches.
  enum Role {
    case writer, reader, exporter, workbench

    var writes: Bool { self == .writer || self == .workbench }

    var cacheKilobytes: Int {
      switch self {
      case .writer: 65_536
      case .reader: 32_768
      // Sorting takes as much again, and the temporary tables have a cache of their own.
      case .workbench: 24_576
      // A scan uses a page once.
      case .exporter: 8192
      }
    }
  }

  static let busyTimeout: Int32 = 5000
  let dialect = Dialect.sqlite
  let handle: OpaquePointer
  var levels = TransactionLevels()
  private(set) var statements = SQLiteStatements()
  private var rendering = Rendering()
  let stopwatch: Stopwatch
  private var isOpen = true
  /// Statements that are being stepped through.
  private var stepping = 0
  /// Pages in the log at which readers are waited for, so that the log can start over.
  var restart = SQLiteConnection.longLog
  /// Pages in the log from which a commit moves them into the file.
  var shortLog: Int32 = 1000
  /// Does so in place of a workbench.
  var mover: LogMover?
  let role: Role

  /// Opens the file, and creates it when a writer finds none.
  init(
    path: String, _ role: Role, _ durability: SQLiteDatabase.Durability = .everyCommit, immutable: Bool = false,
    onSlowStatement: SlowStatementHook? = nil
  ) throws {
    guard !path.isEmpty, path != ":memory:", !path.utf8.contains(0) else {
      throw DatabaseError(.other, code: "path", "a database needs the path of a file")
    }
    csqlite_configure()
    self.role = role
    stopwatch = Stopwatch(hook: onSlowStatement)
    var flags = SQLITE_OPEN_NOMUTEX | (role.writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY)
    // A plain path may begin with "file:", which this build of SQLite takes for a URI.
    var name = path.hasPrefix("file:") ? "./" + path : path
    if immutable {
      flags |= SQLITE_OPEN_URI
      name = "file:" + SQLiteConnection.escaped(path) + "?immutable=1"
    }
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(name, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      let reason = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(opened)
      throw DatabaseError(.readOnly, code: "\(code)", "cannot open \(path): \(reason)")
    }
    handle = opened
    do { try prepare(durability, path) } catch {
      close()
      throw error
    }
  }

  deinit { close() }

  private func prepare(_ durability: SQLiteDatabase.Durability, _ path: String) throws {
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, SQLiteConnection.busyTimeout)
    guard csqlite_harden(handle) == SQLITE_OK, SQLitePacking.install(on: handle) == SQLITE_OK else { throw failure(nil) }
    if role.writes {
      // A file that must not be written is opened for reading, silently.
      guard sqlite3_db_readonly(handle, "main") == 0 else { throw DatabaseError(.readOnly, code: "file", "\(path) cannot be written") }
      let mode = try first("PRAGMA journal_mode = WAL") { $0.text(0) }
      guard mode == "wal" else {
        throw DatabaseError(.readOnly, code: "wal", "\(path) cannot be kept in WAL mode; a network file system is not fit for it")
      }
    }
    try script(
      """
      PRAGMA synchronous = \(durability == .soon ? "NORMAL" : "FULL"); PRAGMA foreign_keys = ON;
      PRAGMA cache_size = -\(role.cacheKilobytes); PRAGMA mmap_size = 0;
      PRAGMA temp_store = FILE; PRAGMA journal_size_limit = 67108864;
      """)
    if role.writes { keepLogShort(durability) }
  }

  private static func escaped(_ path: String) -> String {
    path.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "%"), UInt8(ascii: "?"), UInt8(ascii: "#"):
        "%" + String(byte, radix: 16, uppercase: true)
      default: String(decoding: [byte], as: UTF8.self)
      }
    }.joined()
  }

  // MARK: Statements

  func rows(_ sql: SQL, _ body: (borrowing Row) throws -> Bool) throws {
    try execute(sql, timesFirstRowOnly: false, body)
  }

  func stream(_ sql: SQL, _ body: (borrowing Row) throws -> Bool) throws {
    try levels.check()
    // As on PostgreSQL, where a cursor lives in a transaction; a workbench may be outside of one.
    if levels.isEmpty { return try transaction(.read) { try $0.stream(sql, body) } }
    try execute(sql, timesFirstRowOnly: true, body)
  }

  @discardableResult func run(_ sql: SQL) throws -> Int {
    let before = sqlite3_total_changes64(handle)
    try execute(sql, timesFirstRowOnly: false) { _ in true }
    // The count of the last INSERT, UPDATE or DELETE stays when a statement of another kind follows.
    return sqlite3_total_changes64(handle) == before ? 0 : Int(sqlite3_changes64(handle))
  }

  private func execute(_ sql: SQL, timesFirstRowOnly: Bool, _ body: (borrowing Row) throws -> Bool) throws {
    try levels.check()
    do {
      try rendering.render(sql, .sqlite)
    } catch let error as DatabaseError {
      levels.fail(error)
      throw error
    }
    let text = rendering.text
    let (statement, isCached) = try statements.take(text, prepare: compile)
    defer { statements.release(statement, text, isCached: isCached) }
    try bind(statement)
    stepping += 1
    defer { stepping -= 1 }
    try step(statement, timesFirstRowOnly: timesFirstRowOnly, body)
  }

  private func step(_ statement: OpaquePointer, timesFirstRowOnly: Bool, _ body: (borrowing Row) throws -> Bool) throws {
    var started = stopwatch.start()
    var isWanted = true
    var thrown: (any Error)?
    while true {
      let code = sqlite3_step(statement)
      if code == SQLITE_DONE { break }
      guard code == SQLITE_ROW else { throw record(failure(statement)) }
      if timesFirstRowOnly {
        stopwatch.stop(started, String(cString: sqlite3_sql(statement)))
        started = nil
      }
      if isWanted {
        do { isWanted = try body(Row(sqlite: statement)) } catch {
          isWanted = false
          thrown = error
        }
      }
      // A statement that writes checks its foreign keys at its end, so it is always taken there.
      if !isWanted, sqlite3_stmt_readonly(statement) != 0 { break }
    }
    stopwatch.stop(started, String(cString: sqlite3_sql(statement)))
    if let thrown { throw thrown }
  }

  /// Compiles one statement; text after it is an error.
  func compile(_ text: StatementText) throws -> OpaquePointer {
    var statement: OpaquePointer?
    let (code, rest) = text.bytes.withUnsafeBytes { bytes in
      var tail: UnsafePointer<CChar>?
      let start = bytes.bindMemory(to: CChar.self).baseAddress
      let code = sqlite3_prepare_v3(handle, start, Int32(bytes.count), UInt32(SQLITE_PREPARE_PERSISTENT), &statement, &tail)
      let used = start.flatMap { start in tail.map { $0 - start } } ?? bytes.count
      return (code, text.bytes[used...])
    }
    guard code == SQLITE_OK else { throw record(failure(nil, text.string)) }
    guard let statement, rest.allSatisfy({ $0 == 32 || $0 == 10 || $0 == 13 || $0 == 9 || $0 == UInt8(ascii: ";") }) else {
      sqlite3_finalize(statement)
      throw record(DatabaseError(.other, code: "statement", "one statement at a time", sql: text.string))
    }
    return statement
  }

  private func bind(_ statement: OpaquePointer) throws {
    for (index, value) in rendering.values.enumerated() {
      guard SQLiteConnection.bind(statement, Int32(index + 1), value) == SQLITE_OK else { throw record(failure(statement)) }
    }
  }

  private static func bind(_ statement: OpaquePointer, _ at: Int32, _ value: SQLValue) -> Int32 {
    switch value {
    case .null: return sqlite3_bind_null(statement, at)
    case .int(let number): return sqlite3_bind_int64(statement, at, number)
    case .double(let number): return sqlite3_bind_double(statement, at, number)
    case .text(var text):
      return text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { csqlite_bind_text(statement, at, $0.baseAddress, Int32(clamping: $0.count)) }
      }
    case .blob(let bytes):
      // Without an address it would be NULL.
      if bytes.isEmpty { return sqlite3_bind_zeroblob(statement, at, 0) }
      return bytes.withUnsafeBytes { csqlite_bind_blob(statement, at, $0.baseAddress, Int32(clamping: $0.count)) }
    }
  }

  func script(_ text: String) throws {
    guard sqlite3_exec(handle, text, nil, nil, nil) == SQLITE_OK else { throw record(failure(nil, text)) }
  }

  func savepoint<T>(_ body: () throws -> T) throws -> T { try nested(body) }

  // MARK: Transactions

  var isReusable: Bool { isOpen && levels.isEmpty && sqlite3_get_autocommit(handle) != 0 }

  func begin(_ mode: TransactionMode) throws {
    guard stepping == 0 else { throw DatabaseError(.other, code: "nested", "no transaction can begin while rows are being read") }
    switch mode {
    case .read:
      try run("BEGIN")
    case .write(_, let wait):
      // Only another process, or a bulk import of this one, is met here: this process's writers queue before.
      sqlite3_busy_timeout(handle, max(1, wait.milliseconds))
      defer { sqlite3_busy_timeout(handle, SQLiteConnection.busyTimeout) }
      try run("BEGIN IMMEDIATE")
    }
  }

  func commit() throws { try run("COMMIT") }

  func rollback() {
    guard isOpen, sqlite3_get_autocommit(handle) == 0 else { return }
    // When this fails the connection is not reusable, and closing it rolls back.
    sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
  }

  func close() {
    guard isOpen else { return }
    isOpen = false
    statements.removeAll()
    sqlite3_close_v2(handle)
  }

  // MARK: Errors

  func record(_ error: DatabaseError) -> DatabaseError {
    if sqlite3_get_autocommit(handle) != 0 { levels.failAll(error) } else { levels.fail(error) }
    return error
  }

  func failure(_ statement: OpaquePointer?, _ text: String? = nil) -> DatabaseError {
    let code = sqlite3_extended_errcode(handle)
    let sql = statement.map { String(cString: sqlite3_sql($0)) } ?? text
    // A write that meets a quota or the limit of a file's size finds as little room as one on a full disk. At COMMIT the engine has cleaned up
    // before it tells, and the system's number may be lost by then; 778 is SQLITE_IOERR_WRITE, a macro that is not imported.
    let system = sqlite3_system_errno(handle)
    let isFull = code & 0xff == SQLITE_IOERR && [ENOSPC, EDQUOT, EFBIG].contains(system) || code == 778 && system != EIO
    return DatabaseError(isFull ? .full : SQLiteConnection.kind(code), code: "\(code)", String(cString: sqlite3_errmsg(handle)), sql: sql)
  }

  /// https://www.sqlite.org/rescode.html
  private static func kind(_ code: Int32) -> DatabaseError.Kind {
    switch code {
    case 2067, 1555, 2579: return .unique
    case 787: return .foreignKey
    case 1299: return .notNull
    case 275: return .check
    default: break
    }
    switch code & 0xff {
    case SQLITE_BUSY, SQLITE_LOCKED: return .busy
    case SQLITE_FULL: return .full
    case SQLITE_CORRUPT, SQLITE_NOTADB: return .corrupt
    case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: return .readOnly
    default: return .other
    }
  }
}
