import CPostgres
public import Database
import Glibc

/// A database that lives for one test.
///
/// `TestDatabase.engines` are the engines to test on: SQLite, and PostgreSQL when `PROVOST_TEST_POSTGRES` holds the URL of a server's database.
/// There each test gets a schema of its own, or a copy of a migrated database. `PROVOST_TEST_ENGINE` may name the only engine that is wanted.
public final class TestDatabase {
  /// The database itself.
  public let database: any Database
  /// What opens it once more: a path or a URL.
  public let location: String
  /// What was opened beside the database, by its type.
  private var companions: [ObjectIdentifier: (value: Any, close: () -> Void)] = [:]

  private init(_ database: any Database, _ location: String) {
    self.database = database
    self.location = location
  }

  /// For `@Test(arguments:)`.
  public static var engines: [Dialect] {
    if server == nil { return [.sqlite] }
    return environment("PROVOST_TEST_ENGINE") == "postgres" ? [.postgres] : [.sqlite, .postgres]
  }

  private static var server: String? { environment("PROVOST_TEST_POSTGRES") }

  /// Makes an empty database, runs `body` and takes the database away.
  public static func with<T>(
    _ engine: Dialect, onSlowStatement: SlowStatementHook? = nil, _ body: (TestDatabase) throws -> T
  ) throws -> T {
    switch engine {
    case .sqlite: try inFolder { try opened($0 + "/provost.sqlite", onSlowStatement, body) }
    case .postgres: try inSchema { try opened($0, onSlowStatement, body) }
    }
  }

  /// Like `with`, with the project's own migrations applied.
  public static func migrated<T>(_ engine: Dialect, _ body: (TestDatabase) throws -> T) throws -> T {
    switch engine {
    case .sqlite:
      try inFolder { folder in
        let path = folder + "/provost.sqlite"
        try write(template.get(), path)
        return try opened(path, nil, body)
      }
    case .postgres: try inCopy { try opened($0, nil, body) }
    }
  }

  /// The project's own migrations of a main database.
  public static func migrations() throws -> Migrations { try Migrations(directory: migrationsFolder) }

  /// What belongs to the database and is opened at the first call; it is closed before the database is.
  public func companion<T>(_ open: () throws -> T, close: @escaping (T) -> Void) rethrows -> T {
    if let made = companions[ObjectIdentifier(T.self)]?.value as? T { return made }
    let made = try open()
    companions[ObjectIdentifier(T.self)] = (made, { close(made) })
    return made
  }

  /// The folder of the project's own migrations.
  public static var migrationsFolder: String {
    // This file is Tests/Support/TestDatabase.swift.
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/") + "/Migrations"
  }

  private static func opened<T>(_ location: String, _ hook: SlowStatementHook?, _ body: (TestDatabase) throws -> T) throws -> T {
    let database = try openDatabase(location, onSlowStatement: hook)
    defer { database.close() }
    let test = TestDatabase(database, location)
    defer { for companion in test.companions.values { companion.close() } }
    return try body(test)
  }

  // MARK: SQLite

  /// The bytes of a migrated database, made once per run.
  private static let template: Result<[UInt8], any Error> = Result {
    try inFolder { folder in
      let database = try SQLiteDatabase(path: folder + "/template.sqlite")
      do {
        _ = try database.migrate(migrations())
      } catch {
        database.close()
        throw error
      }
      // The last connection to close moves the log into the file.
      database.close()
      return try read(folder + "/template.sqlite")
    }
  }

  /// Makes a folder in memory where the system has such a place, runs `body` with its path, and removes the folder with the files in it.
  public static func inFolder<T>(_ body: (String) throws -> T) throws -> T {
    let place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : environment("TMPDIR") ?? "/tmp"
    var name = Array((place + "/provost-test-XXXXXX").utf8CString)
    guard mkdtemp(&name) != nil else { throw TestDatabaseError("no folder can be made in \(place)") }
    let folder = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { remove(folder) }
    return try body(folder)
  }

  private static func remove(_ folder: String) {
    guard let listing = opendir(folder) else { return }
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { unlink(folder + "/" + name) }
    }
    closedir(listing)
    rmdir(folder)
  }

  private static func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw TestDatabaseError("cannot read \(path)") }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: ftell(file))
    rewind(file)
    guard fread(&bytes, 1, bytes.count, file) == bytes.count else { throw TestDatabaseError("cannot read \(path)") }
    return bytes
  }

  private static func write(_ bytes: [UInt8], _ path: String) throws {
    guard let file = fopen(path, "wb") else { throw TestDatabaseError("cannot write \(path)") }
    let count = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, count == bytes.count else { throw TestDatabaseError("cannot write \(path)") }
  }

  // MARK: PostgreSQL

  private static func inSchema<T>(_ body: (String) throws -> T) throws -> T {
    let schema = name()
    try administer("CREATE SCHEMA \(schema)")
    let result = Result { try body(url() + (url().contains("?") ? "&" : "?") + "options=-csearch_path%3D\(schema)") }
    try administer("DROP SCHEMA \(schema) CASCADE")
    return try result.get()
  }

  /// Copies the migrated database: a tenth of the time that the migrations take.
  private static func inCopy<T>(_ body: (String) throws -> T) throws -> T {
    let copy = name()
    try administer("CREATE DATABASE \(copy) TEMPLATE \(original.get()) STRATEGY FILE_COPY")
    let result = Result { try body(location(of: copy)) }
    try administer("DROP DATABASE \(copy) WITH (FORCE)")
    return try result.get()
  }

  /// The name of a migrated database, made once per run. It goes with the throw-away server.
  private static let original: Result<String, any Error> = Result {
    let original = name()
    try administer("CREATE DATABASE \(original)")
    let database = try PostgresDatabase(location(of: original), connections: 1)
    // Nobody may be connected to what is copied.
    defer { database.close() }
    _ = try database.migrate(migrations())
    return original
  }

  private static func location(of database: String) throws -> String {
    let url = try self.url()
    guard let end = url.lastIndex(of: "/") else { throw TestDatabaseError("PROVOST_TEST_POSTGRES names no database") }
    return url[...end] + database + (url[end...].firstIndex(of: "?").map { url[$0...] } ?? "")
  }

  private static func url() throws -> String {
    guard let server else { throw TestDatabaseError("PROVOST_TEST_POSTGRES is not set") }
    return server
  }

  /// Runs a statement that may stand in no transaction. The names in it are made here.
  private static func administer(_ statement: String) throws {
    let connection = PQconnectdb(try url())
    defer { PQfinish(connection) }
    let result = PQexec(connection, statement)
    defer { PQclear(result) }
    guard PQresultStatus(result) == PGRES_COMMAND_OK else {
      throw TestDatabaseError("\(statement): \(String(cString: PQerrorMessage(connection)))")
    }
  }

  private static func name() -> String { "test_\(getpid())_\(UInt64.random(in: 0 ... .max))" }

  private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

/// Why no database could be made.
public struct TestDatabaseError: Error, CustomStringConvertible {
  /// The reason.
  public let description: String

  init(_ description: String) { self.description = description }
}
