public import Database

/// What was bought, and how much of it is left.
public struct Contract: Sendable, Equatable {
  /// What a contract counts.
  public enum Kind: String, Sendable, CaseIterable {
    case unlimited = "UNLIMITED"
    case memberships = "MEMBERSHIPS"
    case enrollments = "ENROLLMENTS"
  }

  /// The moment at which a membership takes a license.
  public enum Occupation: String, Sendable, CaseIterable {
    case joining = "JOINING"
    case firstEnrollment = "ENROLLMENT"
    case invitation = "INVITATION"
  }

  /// The row's id.
  public let id: Int64
  /// The name, unique in the organization.
  public let name: String
  /// What it counts.
  public let kind: Kind
  /// How many were bought; nil for unlimited.
  public let quantity: Int?
  /// How many are taken. An import of history is never refused, so this may exceed the quantity.
  public let used: Int
  /// First and last moment as text; empty where none was agreed.
  public let startsAt: String, endsAt: String

  /// When a license is occupied.
  public let occupiedOn: Occupation
  /// Open invitations under it, and members with an enrollment.
  public let openInvitations: Int, utilized: Int
  /// When a joining was last refused for want of a place, as text; empty for never since there were places.
  public let refusedAt: String

  /// What is left, negative where more is taken than was bought; nil for unlimited.
  public var left: Int? { quantity.map { $0 - used } }

  static let columns: SQL = """
    c.id, c.name, c.kind, c.quantity, c.used, c.starts_at, c.ends_at, c.occupied_on, c.open_invitations, c.utilized,
    c.refused_at
    """

  init(_ row: borrowing Row, from column: Int = 0) {
    (id, name) = (row.int(column), row.text(column + 1))
    kind = Kind(rawValue: row.text(column + 2)) ?? .unlimited
    quantity = row.intOrNil(column + 3).map(Int.init)
    used = Int(row.int(column + 4))
    (startsAt, endsAt) = (row.text(column + 5), row.text(column + 6))
    occupiedOn = Occupation(rawValue: row.text(column + 7)) ?? .joining
    (openInvitations, utilized) = (Int(row.int(column + 8)), Int(row.int(column + 9)))
    refusedAt = row.text(column + 10)
  }

  /// The contracts of each of these programs, by start date and name.
  public static func of(programs: [Int64], in connection: any Connection) throws -> [Int64: [Contract]] {
    var result: [Int64: [Contract]] = [:]
    try connection.rows(
      """
      SELECT pc.program_id, \(columns) FROM program_contracts pc JOIN contracts c ON c.id = pc.contract_id
      WHERE pc.program_id IN (\(list: programs)) ORDER BY c.starts_at, c.name, c.id
      """
    ) { row in
      result[row.int(0), default: []].append(Contract(row, from: 1))
      return true
    }
    return result
  }

  /// Every contract of the organization that a program within reach uses, by name; for filters.
  public static func all(scope: OrganizationScope, in connection: any Connection) throws -> [Contract] {
    try connection.all(
      """
      SELECT \(columns) FROM contracts c
      WHERE c.organization_id = \(scope.organization.id)
        AND EXISTS (SELECT 1 FROM program_contracts pc WHERE pc.contract_id = c.id AND \(scope.condition(program: "pc.program_id")))
      ORDER BY c.name, c.id LIMIT 500
      """
    ) { Contract($0) }
  }
}
