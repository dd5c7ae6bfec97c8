import Database

/// Over which rows a figure is worked out.
enum Extent {
  /// All of the installation.
  case everything
  /// All memberships of these programs.
  case programs([Int64])
  /// The memberships and users that stand in the temporary tables of `Touched`.
  case touched
  /// Some memberships of one program and their users.
  case few(FewMembers)

  /// A FROM item: the rows of a table that has `program_id` and `user_id`.
  func rows(of table: SQL, as alias: SQL) -> SQL {
    switch self {
    case .everything: "\(table) \(alias)"
    case .programs(let ids): "(SELECT * FROM \(table) WHERE program_id IN (\(list: ids))) \(alias)"
    case .few(let members):
      "(SELECT * FROM \(table) WHERE program_id = \(members.program) AND user_id IN (\(list: members.users))) \(alias)"
    case .touched:
      // SQLite keeps the order of a CROSS JOIN: from the touched rows into the big table, never the other way around.
      SQL(sqlite: "touched_memberships t CROSS JOIN \(table) \(alias)", postgres: "touched_memberships t JOIN \(table) \(alias)")
        + " ON \(alias).program_id = t.program_id AND \(alias).user_id = t.user_id"
    }
  }

  /// A FROM item: rows of `users`. Programs do not narrow it.
  func users(as alias: SQL) -> SQL {
    switch self {
    case .everything, .programs: "users \(alias)"
    case .few(let members):
      "(SELECT * FROM users WHERE organization_id = \(members.organization) AND id IN (\(list: members.users))) \(alias)"
    case .touched:
      SQL(sqlite: "touched_users t CROSS JOIN users \(alias)", postgres: "touched_users t JOIN users \(alias)")
        + " ON \(alias).organization_id = t.organization_id AND \(alias).id = t.user_id"
    }
  }
}
