import Database

/// What the Members page may be narrowed to.
public struct MemberFilter: Sendable, Equatable {
  /// A state a member may be in; they overlap.
  public enum Status: String, Sendable, CaseIterable {
    /// A current enrollment and no course activity in this program for 30 days (product.md 2).
    case inactive
    /// Missed a deadline or failed an assessment in a current enrollment.
    case atRisk = "at-risk"
    /// Joined and never enrolled.
    case noEnrollments = "no-enrollments"
    /// Enrolled, without a completion.
    case enrolledWithoutCompletion = "enrolled-without-completion"
    /// At least one completion.
    case completed
  }

  /// A text in name or email.
  public var search = ""
  /// Contracts, any of them; none for all.
  public var contracts: [Int64] = []
  /// Statuses, any of them; none for all.
  public var statuses: [Status] = []
  /// A text in the value of an attribute, all of them.
  public var attributes: [Attribute: String] = [:]

  /// Every member.
  public init() {}

  /// Days without activity after which a member with a current enrollment is inactive.
  public static let inactiveDays: Int64 = 30

  /// The condition on `memberships m`; nil when nothing is asked for.
  func condition(program: Int64, organization: Int64, now: Moment, in connection: any Connection) throws -> SQL? {
    var all: [SQL] = []
    let wanted = search.folded
    if !wanted.isEmpty { all.append(SQL.containsFolded("m.search_key", wanted)) }
    if !contracts.isEmpty {
      all.append(
        """
        (m.contract_id IN (\(list: contracts)) OR m.user_id IN
          (SELECT mc.user_id FROM membership_contracts mc WHERE mc.contract_id IN (\(list: contracts)) AND mc.program_id = \(program)))
        """)
    }
    if !statuses.isEmpty { all.append("(" + SQL.join(statuses.map { MemberFilter.condition($0, now: now) }, " OR ") + ")") }
    all += try Attribute.conditions(attributes, alias: "m", organization: organization, in: connection)
    return all.isEmpty ? nil : SQL.join(all, " AND ")
  }

  // The unary plus keeps SQLite from taking an index of the sort orders for a filter: half of all members through an index, each looked up
  // in the table, costs twice as much as reading the table once.
  static func condition(_ status: Status, now: Moment) -> SQL {
    switch status {
    case .inactive: "m.idle_since <= \(now.adding(days: -inactiveDays).text)"
    case .atRisk: "(m.missed_at <= \(now.text) OR m.failed_at <= \(now.text))"
    case .noEnrollments: "+m.enrollments = 0"
    case .enrolledWithoutCompletion: "(+m.enrollments > 0 AND +m.completions = 0)"
    case .completed: "+m.completions > 0"
    }
  }
}

extension Attribute {
  /// A condition for each attribute that is asked for, on the table with that alias.
  static func conditions(
    _ wanted: [Attribute: String], alias: SQL, organization: Int64, in connection: any Connection
  ) throws -> [SQL] {
    try Attribute.allCases.compactMap { attribute in
      guard let text = wanted[attribute], !text.folded.isEmpty else { return nil }
      let ids = try AttributeValues.matching(text, of: attribute, organization: organization, in: connection)
      return "\(alias).\(attribute.column) IN (\(list: ids))"
    }
  }
}

extension SQL {
  /// True where a folded text occurs in a folded column. Search keys hold a line feed between name and email, which no search text has.
  ///
  /// SQLite's LIKE compiles its pattern once and is more than twice as fast as `instr`, which measures characters as it goes.
  static func containsFolded(_ column: SQL, _ text: String) -> SQL {
    var pattern = "%"
    for character in text {
      if character == "%" || character == "_" || character == "\\" { pattern += "\\" }
      pattern.append(character)
    }
    pattern += "%"
    return SQL(sqlite: "\(column) LIKE \(pattern) ESCAPE '\\'", postgres: "strpos(\(column), \(text)) > 0")
  }
}
