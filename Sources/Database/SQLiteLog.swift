import CSQLite

extension SQLiteConnection {
  /// 64 MB of pages.
  static let longLog: Int32 = 16_384

  /// Moves the log into the file when it has 1,000 pages, as SQLite does by itself, without waiting for anybody.
  ///
  /// Under steady reading some reader always stands in the way and the log would grow without end; so from time to time the readers of old
  /// snapshots are waited for, briefly.
  func keepLogShort() {
    let me = Unmanaged.passUnretained(self).toOpaque()
    sqlite3_wal_hook(
      handle,
      { me, _, _, pages in
        guard let me, pages >= 1000 else { return SQLITE_OK }
        Unmanaged<SQLiteConnection>.fromOpaque(me).takeUnretainedValue().moveLog(pages)
        return SQLITE_OK
      }, me)
  }

  private func moveLog(_ pages: Int32) {
    if pages < SQLiteConnection.longLog { restart = SQLiteConnection.longLog }
    let waits = pages >= restart
    if waits { restart = pages + SQLiteConnection.longLog }
    sqlite3_busy_timeout(handle, waits ? 250 : 0)
    // Whether all of it could be moved makes no difference to the commit, which is in the log and safe.
    sqlite3_wal_checkpoint_v2(handle, "main", waits ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    sqlite3_busy_timeout(handle, SQLiteConnection.busyTimeout)
  }
}
