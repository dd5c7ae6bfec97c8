import CSQLite
import class Foundation.Thread
import Glibc

extension SQLiteDatabase {
  /// Moves the log of a database that keeps its commits `soon` into the file, on a connection of its own: the disk is waited for here, and no commit
  /// waits. Does nothing while the log is short.
  ///
  /// Throws `DatabaseError` when the file cannot be opened or written.
  public func moveLog() throws {
    var info = stat()
    guard stat(path + "-wal", &info) == 0, info.st_size > 1 << 20 else { return }
    try SQLiteConnection.moveLog(of: path, .soon)
  }
}

/// Moves the log of a large change into the file on a thread and a connection of its own: the change is in the log and safe, so whoever made it
/// need not wait until it has been copied.
final class LogMover: @unchecked Sendable {
  private let path: String
  private let lock = Lock()
  private let ended = Signal()
  private var isUnderWay = false
  private var isClosed = false

  init(path: String) { self.path = path }

  /// While it moves the log, nobody else can.
  var isMoving: Bool { lock.withLock { isUnderWay } }

  /// Begins, unless it is at it. Readers of old snapshots may keep it from moving all: whoever commits next sees to the rest.
  func start() {
    let begins = lock.withLock {
      if isUnderWay || isClosed { return false }
      isUnderWay = true
      return true
    }
    guard begins else { return }
    let thread = Thread { [self] in
      move()
      lock.withLock {
        isUnderWay = false
        ended.send()
      }
    }
    thread.name = "log"
    thread.start()
  }

  private func move() {
    do {
      try SQLiteConnection.moveLog(of: path, .everyCommit)
    } catch {
      // What cannot be moved now, on a full disk for instance, stays in the log, where the next commit finds it.
    }
  }

  /// Begins no more, and waits for the end.
  func close(until deadline: Deadline) {
    lock.withLock {
      isClosed = true
      while isUnderWay { guard ended.wait(holding: lock, until: deadline) else { return } }
    }
  }
}

extension SQLiteConnection {
  /// 64 MB of pages.
  static let longLog: Int32 = 16_384

  /// Moves the log into the file when it has 1,000 pages, as SQLite does by itself, without waiting for anybody.
  ///
  /// Under steady reading some reader always stands in the way and the log would grow without end; so from time to time the readers of old
  /// snapshots are waited for, briefly.
  func keepLogShort(_ durability: SQLiteDatabase.Durability) {
    // Whoever wants no commit to wait for the disk calls `SQLiteDatabase.moveLog` from time to time; this is for when nobody does.
    shortLog = durability == .soon ? SQLiteConnection.longLog : 1000
    let me = Unmanaged.passUnretained(self).toOpaque()
    sqlite3_wal_hook(
      handle,
      { me, _, _, pages in
        guard let me, pages >= 1000 else { return SQLITE_OK }
        let connection = Unmanaged<SQLiteConnection>.fromOpaque(me).takeUnretainedValue()
        if pages >= connection.shortLog { connection.moveLog(pages) }
        return SQLITE_OK
      }, me)
  }

  /// Moves what no reader stands in the way of, on a connection of its own.
  fileprivate static func moveLog(of path: String, _ durability: SQLiteDatabase.Durability) throws {
    let connection = try SQLiteConnection(path: path, .writer, durability)
    defer { connection.close() }
    sqlite3_wal_checkpoint_v2(connection.handle, "main", SQLITE_CHECKPOINT_PASSIVE, nil, nil)
  }

  private func moveLog(_ pages: Int32) {
    if let mover {
      if role == .workbench { return mover.start() }
      if mover.isMoving { return }
    }
    if pages < SQLiteConnection.longLog { restart = SQLiteConnection.longLog }
    let waits = pages >= restart
    if waits { restart = pages + SQLiteConnection.longLog }
    sqlite3_busy_timeout(handle, waits ? 250 : 0)
    // Whether all of it could be moved makes no difference to the commit, which is in the log and safe.
    sqlite3_wal_checkpoint_v2(handle, "main", waits ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    sqlite3_busy_timeout(handle, SQLiteConnection.busyTimeout)
  }
}
