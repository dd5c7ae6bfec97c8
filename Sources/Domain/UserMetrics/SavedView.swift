public import Database

/// The state of a list under a name, for one administrator or for all who administer the organization.
///
/// It is kept as the query of an address. Whoever opens it reads the query as any other: parameters that the list does not know are dropped.
public struct SavedView: Sendable, Equatable {
  /// A list that can have saved views.
  public enum List: String, Sendable {
    /// The coaching learners.
    case learners
  }

  /// The row's id.
  public let id: Int64
  /// What its owner calls it; once among the owner's views of the list.
  public let name: String
  /// `stage=paused&sort=-email`
  public let query: String
  /// Whether every administrator of the organization sees it.
  public let isShared: Bool
  /// Whether it is the viewer's own.
  public let isOwn: Bool
  /// Who made it, and when, as text.
  public let owner: String, createdAt: String

  /// How many views of a list one administrator may keep, and how many characters a name and a query may have.
  public static let most = 50, longestName = 60, longestQuery = 4000

  /// The viewer's own views of a list and those that others share, by name; at most 200.
  ///
  /// - Throws: `Failure.notFound` for a viewer who does not reach the whole organization.
  public static func all(of list: List, scope: OrganizationScope, in connection: any Connection) throws -> [SavedView] {
    try select("v.list = \(list.rawValue)", scope: scope, in: connection)
  }

  /// One of `all`.
  ///
  /// - Throws: `Failure.notFound` also for another administrator's private view.
  public static func find(_ id: Int64, of list: List, scope: OrganizationScope, in connection: any Connection) throws -> SavedView {
    guard let view = try select("v.id = \(id) AND v.list = \(list.rawValue)", scope: scope, in: connection).first else {
      throw Failure.notFound
    }
    return view
  }

  private static func select(_ condition: SQL, scope: OrganizationScope, in connection: any Connection) throws -> [SavedView] {
    guard scope.reachesOrganization else { throw Failure.notFound }
    let (organization, viewer) = (scope.organization.id, scope.viewer.accountID)
    let views = try connection.all(
      """
      SELECT v.id, v.name, v.query, v.shared, v.account_id, COALESCE(u.name, a.name), v.created_at
      FROM saved_views v JOIN accounts a ON a.id = v.account_id
      LEFT JOIN users u ON u.organization_id = v.organization_id AND u.id = v.account_id
      WHERE v.organization_id = \(organization) AND (v.account_id = \(viewer) OR v.shared = 1) AND \(condition)
      ORDER BY v.name, v.id LIMIT 200
      """
    ) { row in
      SavedView(
        id: row.int(0), name: row.text(1), query: row.text(2), isShared: row.bool(3), isOwn: row.int(4) == viewer, owner: row.text(5),
        createdAt: row.text(6))
    }
    return views.sorted { ($0.name.folded, $0.id) < ($1.name.folded, $1.id) }
  }

  /// Keeps a list's state under a name.
  ///
  /// - Parameter query: what the list's own state wrote.
  /// - Throws: `Failure` of code `invalid` with the field `name`: none, too long, used already by the viewer, or one view too many.
  @discardableResult
  public static func save(
    named name: String, query: String, shared: Bool, of list: List, scope: OrganizationScope, at now: Moment, in database: any Database
  ) throws -> Int64 {
    guard scope.reachesOrganization else { throw Failure.notFound }
    let (organization, viewer, name) = (scope.organization.id, scope.viewer.accountID, String(name.trimmingBlanks()))
    func refuse(_ sentence: String) -> Failure { Failure(.invalid, sentence, fields: [.init("name", sentence)]) }
    guard (1...longestName).contains(name.count), name.isPrintable() else {
      throw refuse("The name must have between 1 and \(longestName) characters, all of them printable.")
    }
    guard query.utf8.count <= longestQuery else {
      throw refuse("This view holds too much to be saved. Choose fewer groups or columns first.")
    }
    return try database.write(organization: organization, patience: .seconds(30)) { tx in
      let names = try tx.all(
        """
        SELECT name FROM saved_views WHERE organization_id = \(organization) AND account_id = \(viewer) AND list = \(list.rawValue)
        """
      ) { $0.text(0) }
      if names.contains(where: { $0.folded == name.folded }) {
        throw refuse("You have a view “\(name)” already. Choose another name, or delete that view first.")
      }
      guard names.count < most else { throw refuse("You keep \(most) views of this list, which is as many as can be. Delete one first.") }
      let id = try tx.scalar(
        """
        INSERT INTO saved_views (organization_id, account_id, list, name, query, shared, created_at)
        VALUES (\(organization), \(viewer), \(list.rawValue), \(name), \(query), \(shared), \(now.text)) RETURNING id
        """)
      try AuditTrail.record(
        "view_saved", by: viewer, organization: organization, about: subject(id),
        values: [("list", list.rawValue), ("name", name), ("shared", shared ? "yes" : "no")], at: now, in: tx)
      return id
    }
  }

  /// Deletes a view: an own one, or one that somebody shares.
  ///
  /// - Returns: the view as it was.
  /// - Throws: `Failure.notFound` for a view that the viewer does not see.
  @discardableResult
  public static func remove(
    _ id: Int64, of list: List, scope: OrganizationScope, at now: Moment, in database: any Database
  ) throws -> SavedView {
    let organization = scope.organization.id
    return try database.write(organization: organization, patience: .seconds(30)) { tx in
      let view = try find(id, of: list, scope: scope, in: tx)
      try tx.run("DELETE FROM saved_views WHERE organization_id = \(organization) AND id = \(id)")
      try AuditTrail.record(
        "view_deleted", by: scope.viewer.accountID, organization: organization, about: subject(id),
        values: [("list", list.rawValue), ("name", view.name), ("shared", view.isShared ? "yes" : "no")], at: now, in: tx)
      return view
    }
  }

  private static func subject(_ id: Int64) -> AuditTrail.Subject { AuditTrail.Subject(kind: "saved_view", id: id) }

  /// Takes a person's views out of an organization: what only the person saw goes, what others use stays without the name.
  static func erase(_ user: Int64, as anonymous: Int64, organization: Int64, in tx: any Connection) throws {
    let theirs: SQL = "organization_id = \(organization) AND account_id = \(user)"
    try tx.run("DELETE FROM saved_views WHERE \(theirs) AND shared = 0")
    try tx.run("UPDATE saved_views SET account_id = \(anonymous) WHERE \(theirs)")
  }
}
