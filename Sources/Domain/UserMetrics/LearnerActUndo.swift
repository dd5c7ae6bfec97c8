public import Database

extension LearnerActs {
  /// How long an act can be undone, in seconds.
  public static let undoSeconds: Int64 = 600

  /// An act of the past minutes that can be undone.
  public struct Undoable: Sendable, Equatable {
    /// The act, and what it was.
    public let id: Int64, kind: LearnerAct.Kind
    /// When it was, and until when it can be undone.
    public let at: Moment, until: Moment
    /// Who acted, and how many engagements were changed.
    public let by: String, engagements: Int
  }

  /// What came of undoing.
  public struct Undone: Sendable, Equatable {
    /// How many engagements are as before, and how many were changed since and stay as they are.
    public let restored: Int, left: Int
  }

  /// What can be undone now, latest first.
  public func undoable(in connection: any Connection) throws -> [Undoable] {
    try connection.all(
      """
      SELECT x.id, x.act, x.at, COALESCE(u.name, a.name, ''), x.engagements FROM engagement_acts x LEFT JOIN accounts a ON a.id = x.actor_id
      LEFT JOIN users u ON u.organization_id = x.organization_id AND u.id = x.actor_id
      WHERE x.organization_id = \(organization) AND x.at > \(now.adding(seconds: -LearnerActs.undoSeconds).text) AND x.undone_at = ''
      ORDER BY x.at DESC, x.id DESC LIMIT 50
      """
    ) { row in
      guard let kind = LearnerAct.Kind(rawValue: row.text(1)), let at = Moment(row.text(2)) else { return nil }
      return Undoable(
        id: row.int(0), kind: kind, at: at, until: at.adding(seconds: LearnerActs.undoSeconds), by: row.text(3),
        engagements: Int(row.int(4)))
    }.compactMap(\.self)
  }

  /// Undoes an act for every engagement that nobody has changed since.
  ///
  /// - Throws: `Failure`: `notFound`, `conflict` for an act that can no longer be undone, and where a coach has no place for learners who come back.
  public func undo(_ id: Int64, in database: any Database) throws -> Undone {
    try choosing(in: database) { tx in
      let found = try tx.first(
        "SELECT act, at, engagements FROM engagement_acts WHERE id = \(id) AND organization_id = \(organization)"
      ) { (kind: LearnerAct.Kind(rawValue: $0.text(0)), at: $0.text(1), count: Int($0.int(2))) }
      guard let found, let kind = found.kind else { throw Failure.notFound }
      // Of two who undo at once the second finds nothing to claim.
      let claimed = try tx.run(
        """
        UPDATE engagement_acts SET undone_at = \(now.text) WHERE id = \(id) AND undone_at = ''
          AND at > \(now.adding(seconds: -LearnerActs.undoSeconds).text)
        """)
      guard claimed > 0 else { throw Failure(.conflict, "This can no longer be undone.") }
      try tx.run(
        """
        INSERT INTO chosen (engagement_id, user_id) SELECT e.id, e.user_id FROM engagement_act_rows x
        \(.lookup) engagements e ON e.id = x.engagement_id
        \(.lookup) users u ON u.organization_id = e.organization_id AND u.id = e.user_id
        WHERE x.act_id = \(id) AND e.organization_id = \(organization) AND \(isAsLeft(kind)) ORDER BY e.id
        """)
      let count = Int(try tx.scalar("SELECT COUNT(*) FROM chosen"))
      if count > 0 {
        func carryOut() throws { try keeping(count, in: tx) { try restore(id, kind, found.at, in: tx) } }
        let earlier = LearnerAct.Column.coach.kept(in: "x.before")
        switch kind {
        case .coach: try withinCapacity(and: "SELECT \(earlier) FROM engagement_act_rows x WHERE x.act_id = \(id)", in: tx, carryOut)
        case .deactivation: try withinCapacity(in: tx, carryOut)
        default: try carryOut()
        }
        try audit(kind.deed + "_undone", id, count, [], in: tx)
      }
      return Undone(restored: count, left: found.count - count)
    }
  }

  /// Whether the engagement `e` of the person `u` is as the row `x` left it. Whatever else is noted, a note can go.
  private func isAsLeft(_ kind: LearnerAct.Kind) -> SQL {
    if kind == .note { return "u.erased_at = ''" }
    var conditions: [SQL] = [
      """
      u.erased_at = '' AND NOT EXISTS (SELECT 1 FROM engagement_act_rows o JOIN engagement_acts a ON a.id = o.act_id
        WHERE o.engagement_id = x.engagement_id AND o.act_id > x.act_id AND a.undone_at = '' AND a.act <> 'note')
      """
    ]
    conditions += kind.columns.map { "\($0.present) = \($0.kept(in: "x.after"))" }
    if kind == .reactivation { conditions.append("NOT \(LearnerActRules.isAdministrator("e.user_id", organization))") }
    return SQL.join(conditions, " AND ")
  }

  private func restore(_ id: Int64, _ kind: LearnerAct.Kind, _ at: String, in tx: any Connection) throws {
    let kept: SQL =
      "(SELECT x.* FROM chosen c \(.lookup) engagement_act_rows x ON x.act_id = \(id) AND x.engagement_id = c.engagement_id) b"
    let own = kind.columns.filter { !$0.isOfUser }
    if !own.isEmpty {
      let changes = SQL.join(own.map { "\($0.name) = \($0.restored(from: "b.before"))" }, ", ")
      try tx.run("UPDATE engagements SET \(changes) FROM \(kept) WHERE engagements.id = b.engagement_id")
    }
    switch kind {
    case .deactivation:
      // Whoever could not sign in before stays so.
      try tx.run("UPDATE users SET deactivated_at = '' WHERE organization_id = \(organization) AND id IN (\(people(id, able: true)))")
    case .reactivation: try endSignIns(people(id, able: false), in: tx)
    case .note: try tx.run("DELETE FROM engagement_notes WHERE engagement_id IN (SELECT engagement_id FROM chosen) AND act_id = \(id)")
    case .coach:
      // A coach whom they had not had before, and with whom nothing was booked since, has not been theirs.
      try tx.run(
        """
        DELETE FROM engagement_coaches WHERE engagement_id IN (SELECT engagement_id FROM chosen) AND assigned_at = \(at)
          AND coach_id = (SELECT \(LearnerAct.Column.coach.kept(in: "x.after")) FROM engagement_act_rows x
            WHERE x.act_id = \(id) AND x.engagement_id = engagement_coaches.engagement_id)
          AND coach_id <> COALESCE((SELECT e.coach_id FROM engagements e WHERE e.id = engagement_coaches.engagement_id), 0)
          AND NOT EXISTS (SELECT 1 FROM coaching_sessions s
            WHERE s.engagement_id = engagement_coaches.engagement_id AND s.coach_id = engagement_coaches.coach_id)
        """)
    case .pause, .resumption, .extending, .remeasurement: break
    }
  }

  /// The people chosen who could, or could not, sign in before the act.
  private func people(_ act: Int64, able: Bool) -> SQL {
    let before = LearnerAct.Column.userDeactivated.kept(in: "x.before")
    let isAble: SQL = able ? "=" : "<>"
    return """
      SELECT c.user_id FROM chosen c JOIN engagement_act_rows x ON x.act_id = \(act) AND x.engagement_id = c.engagement_id
      WHERE \(before) \(isAble) ''
      """
  }

  /// Notes what the engagements chosen are before the act.
  func note(_ id: Int64, _ kind: LearnerAct.Kind, in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO engagement_act_rows (act_id, engagement_id, before, after)
      SELECT CAST(\(id) AS BIGINT), e.id, \(LearnerAct.Column.object(kind.columns)), '' FROM chosen c
      \(.lookup) engagements e ON e.id = c.engagement_id \(.lookup) users u ON u.organization_id = e.organization_id AND u.id = e.user_id
      ORDER BY e.id
      """)
  }

  /// Notes what they are after it.
  func noteAfter(_ id: Int64, _ kind: LearnerAct.Kind, in tx: any Connection) throws {
    try tx.run(
      """
      UPDATE engagement_act_rows SET after = (SELECT \(LearnerAct.Column.object(kind.columns)) FROM engagements e
        JOIN users u ON u.organization_id = e.organization_id AND u.id = e.user_id WHERE e.id = engagement_act_rows.engagement_id)
      WHERE act_id = \(id)
      """)
  }
}

extension LearnerAct {
  /// A column that an act changes, as `engagement_act_rows` keeps it.
  struct Column {
    /// What a column holds.
    enum Content { case moment, flag, reference }

    /// The key in the JSON, the column, and what that holds.
    let key: SQL, name: SQL
    var content = Content.moment
    /// Whether it is a column of `users`.
    var isOfUser = false

    static let coach = Column(key: "'coach_id'", name: "coach_id", content: .reference)
    static let coachChanged = Column(key: "'coach_changed'", name: "coach_changed", content: .flag)
    static let ends = Column(key: "'ends_at'", name: "ends_at")
    static let remeasurementOpens = Column(key: "'remeasurement_opens_at'", name: "remeasurement_opens_at")
    static let paused = Column(key: "'paused_at'", name: "paused_at")
    static let unpaused = Column(key: "'unpaused_at'", name: "unpaused_at")
    static let deactivated = Column(key: "'deactivated_at'", name: "deactivated_at")
    static let extended = Column(key: "'extended_at'", name: "extended_at")
    static let userDeactivated = Column(key: "'user_deactivated_at'", name: "deactivated_at", isOfUser: true)

    /// What it is now; no coach is 0.
    var present: SQL { isOfUser ? "u.\(name)" : content == .reference ? "COALESCE(e.\(name), 0)" : "e.\(name)" }

    /// What a JSON object has kept of it.
    func kept(in object: SQL) -> SQL {
      let text = SQL(sqlite: "(\(object) ->> \(key))", postgres: "(CAST(\(object) AS JSON) ->> \(key))")
      return content == .moment ? text : "CAST(\(text) AS BIGINT)"
    }

    /// The same for the column itself, where no coach is NULL.
    func restored(from object: SQL) -> SQL { content == .reference ? "NULLIF(\(kept(in: object)), 0)" : kept(in: object) }

    /// An object of columns (RFC 8259).
    static func object(_ columns: [Column]) -> SQL {
      let pairs = SQL.join(columns.map { "\($0.key), \($0.present)" }, ", ")
      return SQL(sqlite: "json_object(\(pairs))", postgres: "CAST(json_build_object(\(pairs)) AS TEXT)")
    }
  }
}

extension LearnerAct.Kind {
  /// What acts of the kind change.
  var columns: [LearnerAct.Column] {
    switch self {
    case .deactivation, .reactivation: [.deactivated, .userDeactivated]
    case .pause: [.paused]
    case .resumption: [.unpaused, .ends, .remeasurementOpens]
    case .extending: [.extended, .ends, .remeasurementOpens]
    case .coach: [.coach, .coachChanged]
    case .note: []
    case .remeasurement: [.remeasurementOpens]
    }
  }
}
