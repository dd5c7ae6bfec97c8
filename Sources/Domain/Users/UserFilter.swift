import Database

/// What the Users page may be narrowed to (product.md 3.3 and 5).
public struct UserFilter: Sendable, Equatable {
  /// Learner-activity status. They overlap, each by its own definition within the program filter.
  public enum Status: String, Sendable, CaseIterable {
    /// Everybody the organization knows.
    case everyone
    /// At least one open invitation.
    case invited
    /// A member of a program.
    case joined
    /// A member with an enrollment.
    case enrolled
    /// A member with course activity in the past 30 days.
    case active
    /// A current enrollment, no activity for 30 days.
    case inactive = "inactive-30"
    /// Ever enrolled, no activity for 90 days.
    case longTermInactive = "inactive-90"
    /// A completion.
    case completed
  }

  /// Learner-activity status; the page opens on those who joined.
  public var status = Status.joined
  /// A text in name or email.
  public var search = ""
  /// Programs and contracts by id, any of them; none for all.
  public var programs: [Int64] = [], contracts: [Int64] = []
  /// A part of a program's name; whoever it fits counts as chosen, too.
  public var programName = ""
  /// A text in the value of an attribute, all of them.
  public var attributes: [Attribute: String] = [:]

  /// Everybody who joined.
  public init() {}

  /// Whether figures count only what lies in certain programs or contracts.
  var choosesMemberships: Bool { !programs.isEmpty || !contracts.isEmpty || !programName.folded.isEmpty }

  /// The rows to look at, with the columns of `users` under the alias `u`: the kept figures of the organization, or, where programs or
  /// contracts are chosen, the same figures over the memberships chosen.
  ///
  /// With `ids` the figures are added up for these people only.
  func source(organization: Int64, ids: [Int64]? = nil) -> SQL {
    if !choosesMemberships { return "users u" }
    // The unary plus leads SQLite through the programs chosen, whose memberships lie together, instead of through the organization's people.
    var chosen: SQL = "+m.organization_id = \(organization)"
    if let ids { chosen += " AND m.user_id IN (\(list: ids))" }
    let name = programName.folded
    if !name.isEmpty {
      chosen += """
         AND m.program_id IN (SELECT p.id FROM programs p WHERE p.organization_id = \(organization)
          AND (p.id IN (\(list: programs)) OR \(SQL.contains("p.name_key", name))))
        """
    } else if !programs.isEmpty {
      chosen += " AND m.program_id IN (\(list: programs))"
    }
    if !contracts.isEmpty {
      chosen += """
         AND m.program_id IN (SELECT pc.program_id FROM program_contracts pc WHERE pc.contract_id IN (\(list: contracts)))
          AND (m.contract_id IN (\(list: contracts)) OR (m.program_id, m.user_id) IN
            (SELECT mc.program_id, mc.user_id FROM membership_contracts mc WHERE mc.contract_id IN (\(list: contracts))))
        """
    }
    let member: SQL = "m.state = 'MEMBER'"
    // One program has one membership of a person: nothing to group, so that a page reads them as they lie.
    let isSingle = programs.count == 1 && name.isEmpty
    func total(_ value: SQL) -> SQL { isSingle ? value : "sum(\(value))" }
    func latest(_ value: SQL) -> SQL { isSingle ? value : "max(\(value))" }
    func ofMember(_ value: SQL, else other: SQL) -> SQL { "CASE WHEN \(member) THEN \(value) ELSE \(other) END" }
    let copies = SQL.join(Attribute.allCases.map { "\(latest("m.\($0.column)")) AS \($0.column)" }, ", ")
    let groups: SQL = isSingle ? "" : " GROUP BY m.organization_id, m.user_id"
    return """
      (SELECT m.organization_id, m.user_id AS id, \(latest("m.search_key")) AS search_key, \(latest("m.email_key")) AS email_key, \(copies),
        \(total("CASE WHEN m.state = 'INVITED' THEN 1 ELSE 0 END")) AS open_invitations,
        \(total(ofMember("1", else: "0"))) AS member_programs, \(latest(ofMember("1", else: "0"))) AS joined,
        \(total(ofMember("m.enrollments", else: "0"))) AS enrollments, \(total(ofMember("m.completions", else: "0"))) AS completions,
        \(latest(ofMember("m.last_activity_at", else: "''"))) AS last_activity_at,
        coalesce(\(latest("CASE WHEN \(member) AND m.idle_since < '9999' THEN m.idle_since END")), '9999') AS idle_since,
        coalesce(\(latest("CASE WHEN \(member) AND m.ever_idle_since < '9999' THEN m.ever_idle_since END")), '9999') AS ever_idle_since
        FROM memberships m WHERE \(chosen)\(groups)) u
      """
  }

  /// The condition beyond organization and `joined`; nil when nothing is asked for.
  func condition(organization: Int64, now: Moment, in connection: any Connection) throws -> SQL? {
    var all: [SQL] = []
    switch status {
    case .everyone, .joined: break
    case .invited: all.append("u.open_invitations > 0")
    case .enrolled: all.append("u.enrollments > 0")
    case .active:
      // Not by the index of that sort order, which would look up every row it finds.
      all.append("\(SQL(sqlite: "+u.last_activity_at", postgres: "u.last_activity_at")) > \(now.adding(days: -30).text)")
    case .inactive: all.append("u.idle_since <= \(now.adding(days: -30).text)")
    case .longTermInactive: all.append("u.ever_idle_since <= \(now.adding(days: -90).text)")
    case .completed: all.append("u.completions > 0")
    }
    let wanted = search.folded
    if !wanted.isEmpty { all.append(SQL.contains("u.search_key", wanted)) }
    all += try Attribute.conditions(attributes, alias: "u", organization: organization, in: connection)
    return all.isEmpty ? nil : SQL.join(all, " AND ")
  }

  /// Leaves out who was erased. Only where everybody is asked for can one of them match at all: they are neither members nor invited.
  func present(organization: Int64) -> SQL {
    choosesMemberships
      ? "u.id NOT IN (SELECT x.id FROM users x WHERE x.organization_id = \(organization) AND x.erased_at <> '')" : "u.erased_at = ''"
  }

  /// Whether only members can match.
  var isAboutMembers: Bool { status != .everyone && status != .invited }
}
