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

    /// Whether enrollments and completions alone tell.
    var isAboutCounts: Bool { self != .inactive && self != .atRisk }
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

  /// Whether nothing but a text is looked for.
  var isSearch: Bool { !search.folded.isEmpty && contracts.isEmpty && statuses.isEmpty && attributes.values.allSatisfy(\.folded.isEmpty) }

  /// Days without activity after which a member with a current enrollment is inactive.
  public static let inactiveDays: Int64 = 30

  /// What is asked of `memberships m`: names and statuses are found in indexes of their own, the rest in the narrow one.
  func narrowing(program: Int64, organization: Int64, now: Moment, in connection: any Connection) throws -> PagedFilter {
    var filter = PagedFilter()
    let wanted = search.folded
    if !wanted.isEmpty { filter.elsewhere.append([SQL.contains("m.search_key", wanted)]) }
    if !contracts.isEmpty {
      filter.here.append(
        """
        (m.contract_id IN (\(list: contracts)) OR m.user_id IN
          (SELECT mc.user_id FROM membership_contracts mc WHERE mc.contract_id IN (\(list: contracts)) AND mc.program_id = \(program)))
        """)
    }
    filter.here += try Attribute.conditions(attributes, alias: "m", organization: organization, in: connection)
    if !statuses.isEmpty {
      // A pass over the narrow index that is made anyway answers these as well.
      let isHere = !filter.here.isEmpty && statuses.allSatisfy(\.isAboutCounts)
      let conditions = statuses.flatMap { MemberFilter.conditions($0, now: now, isHere: isHere) }
      if isHere { filter.here.append("(\(SQL.join(conditions, " OR ")))") } else { filter.elsewhere.append(conditions) }
    }
    return filter
  }

  /// Who is in the status: any of these, each answered by an index. Those of the risks hold only whom they can ever concern, which SQLite sees by the
  /// second part.
  static func conditions(_ status: Status, now: Moment, isHere: Bool = false) -> [SQL] {
    // The unary plus leads SQLite to the narrow index, which holds both, instead of an order's.
    func counted(_ column: SQL, here: Bool) -> SQL { here ? SQL(sqlite: "+\(column)", postgres: column) : column }
    let (enrollments, completions) = (counted("m.enrollments", here: isHere), counted("m.completions", here: isHere))
    switch status {
    case .inactive: return ["(m.idle_since <= \(now.adding(days: -inactiveDays).text) AND m.idle_since < '9999')"]
    case .atRisk:
      return ["(m.missed_at <= \(now.text) AND m.missed_at < '9999')", "(m.failed_at <= \(now.text) AND m.failed_at < '9999')"]
    case .noEnrollments: return ["\(enrollments) = 0"]
    case .enrolledWithoutCompletion:
      return ["(\(counted("m.enrollments", here: true)) > 0 AND \(counted("m.completions", here: true)) = 0)"]
    case .completed: return ["\(completions) > 0"]
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
      let column: SQL = "\(alias).\(attribute.column)"
      // A list in the statement is looked up by its hash; of a long one that would have to be the statement's own.
      let few: SQL = "\(column) IN (\(list: ids.prefix(1000)))"
      let many: SQL =
        "\(column) IN (SELECT CAST(v AS BIGINT) FROM unnest(string_to_array(\(ids.map(String.init).joined(separator: ",")), ',')) v)"
      return SQL(sqlite: "among(\(IDSet(ids).bytes), \(column))", postgres: ids.count <= 1000 ? few : many)
    }
  }
}
