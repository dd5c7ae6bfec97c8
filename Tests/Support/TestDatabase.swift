public import Database
public import Domain
import Glibc

/// A database that lives for one test.
///
/// `TestDatabase.engines` are the engines to test on: SQLite always, PostgreSQL when `PROVOST_TEST_POSTGRES` holds the URL of a server's database,
/// in which each test gets a schema of its own.
public final class TestDatabase {
  /// The database itself.
  public let database: any Database
  /// What opens it once more: a path or a URL.
  public let location: String
  private var opened: IdentityDatabase?

  private init(_ database: any Database, _ location: String) {
    self.database = database
    self.location = location
  }

  /// For `@Test(arguments:)`.
  public static var engines: [Dialect] { server == nil ? [.sqlite] : [.sqlite, .postgres] }

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
    case .postgres:
      try with(engine) { test in
        _ = try test.database.migrate(migrations())
        return try body(test)
      }
    }
  }

  /// The project's own migrations of a main database.
  public static func migrations() throws -> Migrations { try Migrations(directory: migrationsFolder) }

  /// The database with the store of its sessions, which is opened at the first call and taken away with the database.
  public func identity() throws -> IdentityDatabase {
    if let opened { return opened }
    let new = try IdentityDatabase.open(beside: database, migrations: TestDatabase.migrationsFolder)
    opened = new
    return new
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
    defer { test.opened?.close() }
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
    guard let server else { throw TestDatabaseError("PROVOST_TEST_POSTGRES is not set") }
    let admin = try PostgresDatabase(server, connections: 1)
    defer { admin.close() }
    let schema = "test_\(getpid())_\(UInt64.random(in: 0 ... .max))"
    try alter(admin, schema, "DO $do$ BEGIN EXECUTE format('CREATE SCHEMA %I', current_setting('test.schema')); END $do$")
    let result = Result { try body(server + (server.contains("?") ? "&" : "?") + "options=-csearch_path%3D\(schema)") }
    try alter(admin, schema, "DO $do$ BEGIN EXECUTE format('DROP SCHEMA %I CASCADE', current_setting('test.schema')); END $do$")
    return try result.get()
  }

  private static func alter(_ database: any Database, _ schema: String, _ statement: SQL) throws {
    try database.write(organization: 0) { tx in
      try tx.run("SELECT set_config('test.schema', \(schema), true)")
      try tx.run(statement)
    }
  }

  private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

/// Why no database could be made.
public struct TestDatabaseError: Error, CustomStringConvertible {
  /// The reason.
  public let description: String

  init(_ description: String) { self.description = description }
}
