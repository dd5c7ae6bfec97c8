import Database

/// Over which engagements something is worked out.
enum EngagementExtent {
  /// All of the installation whose rows time alone has not made wrong at that moment.
  case settled(at: Moment)
  /// These, by id.
  case some([Int64])
  /// Those in the temporary table `touched_engagements (engagement_id)`.
  case touched

  /// Makes the temporary table of `touched`, or empties it.
  static func prepareTouched(in connection: any Connection) throws {
    try connection.run(
      SQL(
        sqlite: "CREATE TEMPORARY TABLE IF NOT EXISTS touched_engagements (engagement_id INTEGER PRIMARY KEY)",
        postgres: "CREATE TEMPORARY TABLE IF NOT EXISTS touched_engagements (engagement_id BIGINT PRIMARY KEY)"))
    try connection.run("DELETE FROM touched_engagements")
  }

  /// A FROM item: the engagements themselves.
  func engagements(as alias: SQL) -> SQL {
    switch self {
    case .settled(let now):
      """
      (SELECT y.* FROM engagements y JOIN engagement_rows w ON w.organization_id = y.organization_id AND w.engagement_id = y.id
        AND w.due_at > \(now.text)) \(alias)
      """
    case .some(let ids): "(SELECT * FROM engagements WHERE id IN (\(list: ids))) \(alias)"
    case .touched: joined("engagements", alias, "\(alias).id")
    }
  }

  /// A FROM item: the rows of a table that has `engagement_id`.
  func rows(of table: SQL, as alias: SQL) -> SQL {
    switch self {
    case .settled: "\(table) \(alias)"
    case .some(let ids): "(SELECT * FROM \(table) WHERE engagement_id IN (\(list: ids))) \(alias)"
    case .touched: joined(table, alias, "\(alias).engagement_id")
    }
  }

  /// SQLite keeps the order of a CROSS JOIN: from what is touched into the big table, never the other way around.
  private func joined(_ table: SQL, _ alias: SQL, _ id: SQL) -> SQL {
    SQL(sqlite: "touched_engagements t CROSS JOIN \(table) \(alias)", postgres: "touched_engagements t JOIN \(table) \(alias)")
      + " ON \(id) = t.engagement_id"
  }
}
