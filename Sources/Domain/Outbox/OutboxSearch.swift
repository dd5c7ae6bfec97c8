import Database

extension OutboxFilter {
  /// The people whom the text fits, by a column `id`: users by name and email, and administrators, who need not be users, by email.
  func people(_ wanted: String, organization: Int64) -> SQL {
    """
    SELECT u.id AS id FROM users u WHERE u.organization_id = \(organization) AND \(SQL.contains("u.search_key", wanted))
    UNION ALL SELECT r.account_id AS id FROM role_assignments r JOIN accounts a ON a.id = r.account_id
    WHERE r.organization_id = \(organization) AND \(SQL.contains("a.email_key", wanted))
    """
  }
}

extension OutboxList {
  /// A page of a search on SQLite, latest or earliest first. That engine would look each mail's person up in a tree; bits in memory answer at once,
  /// and the mails' index is read once, without a look at the mails.
  func searched(
    _ filter: OutboxFilter, _ wanted: String, descending: Bool, request: PageRequest, in connection: any Connection
  ) throws -> ListPage<Int64> {
    let organization = scope.organization.id
    let people = try connection.packed("SELECT packed(p.id) FROM (\(filter.people(wanted, organization: organization))) p") { IDSet($0) }
    var others = filter
    others.search = ""
    let condition: SQL = others.condition(organization: organization).map { " AND \($0)" } ?? ""
    var rows = NumberedRows(descending: descending)
    try connection.packed(
      "SELECT packed(o.id) FROM outbox o WHERE o.organization_id = \(organization)\(condition) AND among(\(people.bytes), o.user_id)"
    ) { ids in
      rows.reserve(ids.count)
      for id in ids { rows.append(id, key: id) }
    }
    let (number, range) = PagedQuery.range(request, total: rows.count)
    return ListPage(rows: rows.ids(range), total: rows.count, number: number, size: request.size)
  }
}
