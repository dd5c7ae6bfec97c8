import CPostgres

extension PostgresConnection {
  /// Pulls batches through a cursor. Stopping early closes the cursor; nothing is canceled, so nothing can hit a later statement.
  func stream(_ sql: SQL, _ body: (borrowing Row) throws -> Bool) throws {
    try levels.check()
    // A cursor lives in a transaction; a workbench may be outside of one.
    if levels.isEmpty { return try transaction(.read) { try $0.stream(sql, body) } }
    cursors += 1
    let name = "cursor\(cursors)"
    try declare(name, sql)
    do {
      try fetch(name, body)
    } catch {
      if levels.failure == nil { try script("CLOSE \(name)") }
      throw error
    }
    try levels.check()
    try script("CLOSE \(name)")
  }

  private func fetch(_ cursor: String, _ body: (borrowing Row) throws -> Bool) throws {
    var size = 100
    while true {
      try levels.check()
      let text = "FETCH \(size) FROM \(cursor)"
      let started = stopwatch.start()
      let result = try checked(PQexec(handle, text)) { text }
      defer { PQclear(result) }
      stopwatch.stop(started, text)
      let count = Int(PQntuples(result))
      for row in 0..<count {
        if try !body(Row(postgres: result, Int32(row))) { return }
      }
      if count < size { return }
      // A batch is about 512 KB, whatever the rows weigh.
      let weight = max(1, PQresultMemorySize(result) / count)
      size = min(max(524_288 / weight, 10), 10_000)
    }
  }

  private func declare(_ name: String, _ sql: SQL) throws {
    PQclear(try executeOnce(sql, prefix: "DECLARE \(name) NO SCROLL CURSOR FOR "))
  }
}
