import Database

extension SessionStore {
  /// How many sign-ins of an account are open: neither ended nor run out nor void.
  public func count(account: Int64) throws -> Int {
    let bearer = try databases.main.read { connection in
      try connection.first("SELECT created_at, sessions_generation FROM accounts WHERE id = \(account) AND deactivated_at = ''") {
        Bearer(account: account, createdAt: $0.text(0), generation: $0.int(1))
      }
    }
    guard let bearer else { return 0 }
    let now = clock.now
    return try databases.store.read { connection in
      Int(
        try connection.scalar(
          """
          SELECT COUNT(*) FROM sessions WHERE account_id = \(account) AND account_created_at = \(bearer.createdAt)
            AND generation = \(bearer.generation) AND last_seen_at > \(now.adding(seconds: -SessionStore.idleSeconds).text)
            AND created_at > \(now.adding(seconds: -SessionStore.absoluteSeconds).text)
          """))
    }
  }
}
