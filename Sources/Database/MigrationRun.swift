extension Migrations {
  private var table: SQL { SQL(stringLiteral: ledger) }

  private static let now = SQL(
    sqlite: "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
    postgres: "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")

  private struct Applied {
    let number: Int
    let name: String
    let checksum: String
    let at: String
  }

  /// Applies what is missing. What has been applied is read again inside each transaction, so that two processes share the work and
  /// neither repeats it.
  func apply(
    on connection: any EngineConnection, _ mode: TransactionMode, check: (any Connection) throws -> Void = { _ in }
  ) throws -> [String] {
    var names: [String] = []
    try connection.transaction(mode) { tx in
      if try !isPrepared(tx) {
        try Migrations.refuseForeign(tx)
        try tx.run(
          """
          CREATE TABLE IF NOT EXISTS \(table) (
            number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)
          """)
      }
      _ = try compare(tx)
    }
    for migration in list {
      try connection.transaction(mode) { tx in
        guard try !compare(tx).contains(where: { $0.number == migration.number }) else { return }
        try connection.script(Migrations.spell(migration, connection.dialect))
        try check(tx)
        try tx.run(
          """
          INSERT INTO \(table) (number, name, checksum, applied_at)
          VALUES (\(migration.number), \(migration.name), \(migration.checksum), \(Migrations.now))
          """)
        names.append(migration.name)
      }
    }
    return names
  }

  func status(on connection: any Connection) throws -> [MigrationStatus] {
    let applied = try isPrepared(connection) ? compare(connection) : []
    return list.map { migration in
      MigrationStatus(
        number: migration.number, name: migration.name,
        appliedAt: applied.first { $0.number == migration.number }?.at)
    }
  }

  private func isPrepared(_ connection: any Connection) throws -> Bool {
    let name = String(describing: ledger)
    return try connection.scalar(
      SQL(
        sqlite: "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = \(name)",
        postgres: "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = \(name)")) > 0
  }

  /// A file of another program must not get tables of ours by a slip in its path. A PostgreSQL schema may hold what extensions put there.
  private static func refuseForeign(_ connection: any Connection) throws {
    guard connection.dialect == .sqlite else { return }
    let stranger = try connection.first(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' LIMIT 1"
    ) {
      $0.text(0)
    }
    guard let stranger else { return }
    throw MigrationError("The file belongs to another program (it has the table \(stranger)): name another file.")
  }

  /// What has been applied. Throws `MigrationError` when that is not a beginning of this list.
  private func compare(_ connection: any Connection) throws -> [Applied] {
    let applied = try connection.all("SELECT number, name, checksum, applied_at FROM \(table) ORDER BY number") {
      Applied(number: Int($0.int(0)), name: $0.text(1), checksum: $0.text(2), at: $0.text(3))
    }
    guard let latest = applied.last else { return [] }
    if latest.number > list.last?.number ?? 0 {
      throw MigrationError(
        "The database belongs to a newer version of the program (it has the migration \(latest.name)): install that version or a later one."
      )
    }
    for one in applied {
      guard let mine = list.first(where: { $0.number == one.number }), mine.name == one.name else {
        throw MigrationError("The database has the migration \(one.name), which this program does not know.")
      }
      guard mine.checksum == one.checksum else {
        throw MigrationError("The migration \(one.name) was changed after it had been applied; a change needs a new file.")
      }
    }
    for mine in list where mine.number < latest.number && !applied.contains(where: { $0.number == mine.number }) {
      throw MigrationError("The migration \(mine.name) comes before \(latest.name), which was applied already; give it a later number.")
    }
    return applied
  }
}
