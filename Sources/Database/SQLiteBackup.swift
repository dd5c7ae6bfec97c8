import Glibc

extension SQLiteDatabase {
  /// See `Database.backup`. The file can be read by its owner only; one of that name is replaced.
  ///
  /// Throws `DatabaseError` of kind full when the disk is, and readOnly when the folder cannot be written.
  public func backup(to path: String) throws {
    try refuse(target: path)
    let partial = path + ".partial-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    let made = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard made >= 0 else { throw DatabaseError.file("cannot write", partial) }
    Glibc.close(made)
    do {
      let connection = try SQLiteConnection(path: self.path, .exporter)
      defer { connection.close() }
      try connection.run("VACUUM INTO \(partial)")
      try SQLiteDatabase.sync(partial, O_RDONLY)
      guard rename(partial, path) == 0 else { throw DatabaseError.file("cannot rename to", path) }
    } catch {
      unlink(partial)
      throw error
    }
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    try SQLiteDatabase.sync(folder, O_RDONLY | O_DIRECTORY)
  }

  /// A file that took the place of a database in use would be read together with the log of the one that was there, and both be lost.
  private func refuse(target path: String) throws {
    let isOwn = ["", "-wal", "-shm"].contains { SQLiteDatabase.isSame(path, self.path + $0) }
    guard isOwn || access(path + "-wal", F_OK) == 0 else { return }
    let why = isOwn ? "it is the database itself" : "it is a database in use"
    throw DatabaseError(.other, code: "backup", "cannot write the copy to \(path): \(why)")
  }

  private static func isSame(_ path: String, _ other: String) -> Bool {
    var (one, two) = (stat(), stat())
    return stat(path, &one) == 0 && stat(other, &two) == 0 && one.st_dev == two.st_dev && one.st_ino == two.st_ino
  }

  private static func sync(_ path: String, _ flags: Int32) throws {
    let descriptor = open(path, flags | O_CLOEXEC)
    guard descriptor >= 0 else { throw DatabaseError.file("cannot open", path) }
    defer { Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw DatabaseError.file("cannot sync", path) }
  }

  /// See `Database.integrityProblems`. Reads the whole file.
  public func integrityProblems() throws -> [String] {
    try export { try SQLiteDatabase.integrityProblems(on: $0) }
  }

  private static func integrityProblems(on connection: any Connection) throws -> [String] {
    var problems = try connection.all("PRAGMA integrity_check(100)") { $0.text(0) }.filter { $0 != "ok" }
    problems += try connection.all(
      "SELECT \"table\", COALESCE(parent, ''), COUNT(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2"
    ) { "\($0.int(2)) rows of \($0.text(0)) refer to a missing row of \($0.text(1))" }
    return problems
  }

  /// Why a file cannot be restored from, one sentence each; empty when it is a healthy database with migrations.
  ///
  /// The file and its folder stay as they are. Throws nothing: a file that cannot be opened is a problem, too.
  public static func problems(ofBackup path: String) -> [String] {
    guard access(path, F_OK) == 0 else { return ["\(path) does not exist"] }
    do {
      // A log beside the file holds commits that belong to it; without one nothing needs to be written beside it.
      let connection = try SQLiteConnection(path: path, .reader, immutable: access(path + "-wal", F_OK) != 0)
      defer { connection.close() }
      let hasMigrations = try connection.scalar("SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'")
      guard hasMigrations == 1, try connection.scalar("SELECT COUNT(*) FROM schema_migrations") > 0 else {
        return ["\(path) is no database of this program: it has no migrations"]
      }
      return try integrityProblems(on: connection)
    } catch let error as DatabaseError {
      return [error.message]
    } catch {
      return ["\(error)"]
    }
  }
}

extension DatabaseError {
  /// The last call of the system's that failed.
  static func file(_ what: String, _ path: String) -> DatabaseError {
    let number = errno
    let kind: Kind =
      switch number {
      case ENOSPC, EDQUOT: .full
      case EACCES, EPERM, EROFS, ENOENT, ENOTDIR: .readOnly
      default: .other
      }
    return DatabaseError(kind, code: "errno \(number)", "\(what) \(path): \(String(cString: strerror(number)))")
  }
}
