public import Database

/// A coach whom learners can be given to: the platform's, or one of the organization's own.
public struct CoachChoice: Sendable, Equatable {
  /// The coach.
  public let id: Int64, name: String
  /// Whether the organization's own, else the platform's.
  public let isOwn: Bool
  /// Whether no longer at work.
  public let isDeactivated: Bool
  /// How many learners at once; nil for no limit. And how many there are of this organization.
  public let capacity: Int?, learners: Int
  /// How many there are over all organizations. Of a platform coach that is nobody's to know.
  private let everywhere: Int

  /// How many more there may be; nil for no limit.
  public var places: Int? { capacity.map { max(0, $0 - everywhere) } }

  private static func coaches(_ condition: SQL, _ scope: OrganizationScope, in connection: any Connection) throws -> [CoachChoice] {
    try connection.all(
      """
      SELECT c.id, c.name, c.organization_id, c.deactivated_at, c.capacity,
        COALESCE((SELECT t.clients_now FROM coach_totals t WHERE t.organization_id = \(scope.organization.id) AND t.coach_id = c.id), 0),
        COALESCE((SELECT SUM(t.clients_now) FROM coach_totals t WHERE t.coach_id = c.id), 0)
      FROM coaches c WHERE c.organization_id IN (0, \(scope.organization.id)) AND \(condition) ORDER BY c.name_key, c.id
      """
    ) { row in
      CoachChoice(
        id: row.int(0), name: row.text(1), isOwn: row.int(2) != 0, isDeactivated: !row.text(3).isEmpty,
        capacity: row.intOrNil(4).map(Int.init), learners: Int(row.int(5)), everywhere: Int(row.int(6)))
    }
  }

  /// Everybody who is at work and whose name or email has the text, by name.
  public static func all(
    matching text: String = "", scope: OrganizationScope, in connection: any Connection
  ) throws -> [CoachChoice] {
    guard scope.reachesOrganization else { throw Failure.notFound }
    let (wanted, atWork): (String, SQL) = (text.folded, "c.deactivated_at = ''")
    return try coaches(wanted.isEmpty ? atWork : "\(atWork) AND \(.contains("c.search_key", wanted))", scope, in: connection)
  }

  /// One of them, deactivated or not.
  ///
  /// - Throws: `Failure` of code `invalid`, field `coach-id`, for whoever is nobody's coach here.
  public static func find(_ id: Int64, scope: OrganizationScope, in connection: any Connection) throws -> CoachChoice {
    guard scope.reachesOrganization else { throw Failure.notFound }
    if let coach = try coaches("c.id = \(id)", scope, in: connection).first { return coach }
    throw Failure(.invalid, "Choose a coach.", fields: [.init("coach-id", "Choose a coach.")])
  }

  /// Lets other transactions that give learners to the coach wait for this one: a platform coach has learners in several organizations, each of which
  /// has a writer of its own.
  static func hold(_ id: Int64, scope: OrganizationScope, in tx: any Connection) throws {
    try tx.run("UPDATE coaches SET bookings = bookings + 1 WHERE id = \(id) AND organization_id IN (0, \(scope.organization.id))")
  }

  /// The coaches with a capacity whom a condition on `coaches c` finds, by id, with their learners over all organizations.
  static func loads(_ condition: SQL, in tx: any Connection) throws -> [(id: Int64, name: String, capacity: Int64, learners: Int64)] {
    try tx.all(
      """
      SELECT c.id, c.name, c.capacity, (SELECT COALESCE(SUM(t.clients_now), 0) FROM coach_totals t WHERE t.coach_id = c.id)
      FROM coaches c WHERE c.capacity IS NOT NULL AND (\(condition)) ORDER BY c.id
      """
    ) { (id: $0.int(0), name: $0.text(1), capacity: $0.int(2), learners: $0.int(3)) }
  }

  /// Why the coach cannot take so many more learners; nil where it is possible.
  public func fault(more count: Int) -> String? {
    if isDeactivated { return "\(name) is deactivated. Choose another coach." }
    guard let capacity, everywhere + count > capacity else { return nil }
    guard isOwn else {
      return "\(name) cannot take \(count) more \(count == 1 ? "learner" : "learners") now. Choose another coach, or ask the account team."
    }
    return
      "\(name) takes up to \(capacity) \(capacity == 1 ? "learner" : "learners") at once and has \(learners) now, so \(count) more cannot be assigned."
  }

  /// - Throws: `Failure` of code `conflict`, field `coach-id`.
  func refuse(more count: Int) throws {
    if let fault = fault(more: count) { throw Failure(.conflict, fault, fields: [.init("coach-id", fault)]) }
  }
}
