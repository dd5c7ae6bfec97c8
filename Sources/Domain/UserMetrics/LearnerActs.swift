public import Database

/// Acts on learners: looks at what one would do, does it to everybody at once, and keeps what each engagement was before.
public struct LearnerActs: Sendable {
  let scope: OrganizationScope
  let now: Moment

  /// Acts of a viewer who reaches the whole organization.
  ///
  /// - Throws: `Failure.notFound` for whoever does not.
  public init(_ scope: OrganizationScope, at now: Moment) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    (self.scope, self.now) = (scope, now)
  }

  var organization: Int64 { scope.organization.id }

  /// What came of an act.
  public struct Done: Sendable, Equatable {
    /// The act, by which it can be undone; 0 where nothing was changed.
    public let id: Int64
    /// How many engagements were changed, and how many of those selected were not.
    public let changed: Int, left: Int
    /// Whether the same had been done since the page was shown, so that nothing was left to do.
    public var isRepeated = false
  }

  func rules(_ act: LearnerAct, askedAt: Moment? = nil) -> LearnerActRules {
    LearnerActRules(act: act, organization: organization, actor: scope.viewer.accountID, now: now, askedAt: askedAt)
  }

  /// Conditions on `engagement_rows r`, to be asked one after the other; together they are the selection.
  func conditions(_ selection: LearnerSelection) -> [SQL] {
    let mine: SQL = "r.organization_id = \(organization)"
    switch selection {
    case .engagements(let ids):
      return InvitationSelection.parts(of: Set(ids).sorted()).map { "\(mine) AND r.engagement_id IN (\(list: $0))" }
    case .matching(let filter):
      return [filter.narrowing.condition.map { "\(mine) AND \($0)" } ?? mine]
    }
  }

  /// Does it to whichever of the selected it applies to, in one transaction and set-wise, since a selection may be everybody.
  ///
  /// - Parameter askedAt: when the page was shown that asked; what was done since then is not done again.
  /// - Throws: `Failure`: `conflict`, field `coach-id`, for a coach who is deactivated or has not the capacity; `conflict` where learners who come back
  ///   have a coach who is full.
  public func perform(
    _ act: LearnerAct, on selection: LearnerSelection, askedAt: Moment? = nil, in database: any Database
  ) throws -> Done {
    try choosing(in: database) { tx in
      let rules = rules(act, askedAt: askedAt)
      var selected = 0
      if case .changeCoach(let coach) = act { try CoachChoice.hold(coach, scope: scope, in: tx) }
      for condition in conditions(selection) {
        selected += Int(try tx.scalar("SELECT COUNT(*) FROM engagement_rows r WHERE \(condition)"))
        try tx.run(
          """
          INSERT INTO chosen (engagement_id, user_id) SELECT e.id, e.user_id FROM \(LearnerActRules.source)
          WHERE \(condition) AND \(rules.obstacle) = 0 ORDER BY e.id
          """)
      }
      let count = Int(try tx.scalar("SELECT COUNT(*) FROM chosen"))
      if case .changeCoach(let coach) = act { try CoachChoice.find(coach, scope: scope, in: tx).refuse(more: count) }
      guard count > 0 else { return Done(id: 0, changed: 0, left: selected, isRepeated: try isDone(selection, rules, in: tx)) }
      let id = try tx.scalar(
        """
        INSERT INTO engagement_acts (organization_id, actor_id, act, at, engagements)
        VALUES (\(organization), \(scope.viewer.accountID), \(act.kind.rawValue), \(now.text), \(Int64(count))) RETURNING id
        """)
      try note(id, act.kind, in: tx)
      func carryOut() throws { try keeping(count, in: tx) { try change(act, rules, id, in: tx) } }
      // Whoever comes back takes a place again; a coach's own learners are counted above.
      if [.reactivation, .extending].contains(act.kind) { try withinCapacity(in: tx, carryOut) } else { try carryOut() }
      try noteAfter(id, act.kind, in: tx)
      try audit(act.kind.deed, id, count, act.noted, in: tx)
      return Done(id: id, changed: count, left: selected - count)
    }
  }

  private func isDone(_ selection: LearnerSelection, _ rules: LearnerActRules, in tx: any Connection) throws -> Bool {
    guard rules.askedAt != nil else { return false }
    let isDone: SQL = "\(rules.obstacle) = \(SQL.number(LearnerObstacle.doneSince.rawValue))"
    return try conditions(selection).contains { condition in
      try tx.scalar("SELECT COUNT(*) FROM (SELECT 1 FROM \(LearnerActRules.source) WHERE \(condition) AND \(isDone) LIMIT 1) d") > 0
    }
  }

  /// Refuses a change by which a coach of the engagements chosen would get more learners than he takes. A coach who has too many already may lose some.
  ///
  /// - Parameter others: a query of further coaches by id, who get learners only by the change.
  func withinCapacity(and others: SQL = "SELECT 0", in tx: any Connection, _ change: () throws -> Void) throws {
    let theirs: SQL = """
      c.id IN (SELECT e.coach_id FROM chosen h JOIN engagements e ON e.id = h.engagement_id) OR c.id IN (\(others))
      """
    for coach in try CoachChoice.loads(theirs, in: tx) { try CoachChoice.hold(coach.id, scope: scope, in: tx) }
    let before = try CoachChoice.loads(theirs, in: tx)
    try change()
    if before.isEmpty { return }
    let after = try CoachChoice.loads(SQL.join(before.map { "c.id = \($0.id)" }, " OR "), in: tx)
    for (coach, was) in zip(after, before) where coach.learners > max(coach.capacity, was.learners) {
      throw Failure(
        .conflict,
        "\(coach.name) has no place for these learners any more, so nothing was changed. Give them another coach first, or ask for a larger capacity."
      )
    }
  }

  /// Fills the temporary table `chosen` and changes these engagements, in one transaction.
  func choosing<T>(in database: any Database, _ body: (any Connection) throws -> T) throws -> T {
    try database.workbench { bench in
      try bench.run("CREATE TEMPORARY TABLE chosen (engagement_id \(.integerKey), user_id BIGINT NOT NULL)")
      return try bench.write(organization: organization) { tx in
        try tx.run("DELETE FROM chosen")
        return try body(tx)
      }
    }
  }

  /// Keeps rows and counters through a change of the engagements chosen.
  func keeping(_ count: Int, in tx: any Connection, _ change: () throws -> Void) throws {
    try tx.describe("chosen")
    try EngagementFigures.keeping(
      learnersOf: "SELECT user_id FROM chosen", of: organization, rows: Int64(count), at: now, in: tx, change)
  }

  private func change(_ act: LearnerAct, _ rules: LearnerActRules, _ id: Int64, in tx: any Connection) throws {
    let theirs: SQL = "id IN (SELECT engagement_id FROM chosen)"
    switch act {
    case .deactivate:
      try tx.run("UPDATE engagements SET deactivated_at = \(now.text) WHERE \(theirs)")
      try endSignIns("SELECT user_id FROM chosen", in: tx)
    case .reactivate:
      try tx.run("UPDATE engagements SET deactivated_at = '' WHERE \(theirs)")
      try tx.run("UPDATE users SET deactivated_at = '' WHERE organization_id = \(organization) AND id IN (SELECT user_id FROM chosen)")
    case .pause: try tx.run("UPDATE engagements SET paused_at = \(now.text) WHERE \(theirs)")
    case .unpause:
      // What had not opened when the pause began has its day moved with the end.
      try tx.run(
        """
        UPDATE engagements AS e SET unpaused_at = \(now.text), ends_at = \(rules.newEnd), remeasurement_opens_at =
          CASE WHEN e.remeasurement_opens_at > e.paused_at AND e.remeasurement_opens_at <> '9999'
            THEN \(.moment("e.remeasurement_opens_at", movedBy: .seconds(from: "e.paused_at", to: "CAST(\(now.text) AS TEXT)")))
            ELSE e.remeasurement_opens_at END
        WHERE e.\(theirs)
        """)
    case .extend:
      try tx.run(
        """
        UPDATE engagements AS e SET extended_at = \(now.text), ends_at = \(rules.newEnd), remeasurement_opens_at =
          CASE WHEN e.remeasurement = 1 AND e.remeasurement_days IS NOT NULL AND e.remeasurement_opens_at > \(now.text)
            THEN \(.moment(rules.newEnd, movedBy: "(-86400 * e.remeasurement_days)")) ELSE e.remeasurement_opens_at END
        WHERE e.\(theirs)
        """)
    case .changeCoach(let coach):
      try tx.run(
        """
        UPDATE engagements SET coach_changed = CASE WHEN coach_id IS NULL THEN coach_changed ELSE 1 END, coach_id = \(coach) WHERE \(theirs)
        """)
      try tx.run(
        """
        INSERT INTO engagement_coaches (engagement_id, coach_id, organization_id, user_id, assigned_at)
        SELECT engagement_id, CAST(\(coach) AS BIGINT), CAST(\(organization) AS BIGINT), user_id, CAST(\(now.text) AS TEXT) FROM chosen
        WHERE 1 = 1 ORDER BY engagement_id ON CONFLICT (engagement_id, coach_id) DO NOTHING
        """)
    case .note(let text):
      try tx.run(
        """
        INSERT INTO engagement_notes (engagement_id, author_id, text, note_key, at, act_id)
        SELECT engagement_id, CAST(\(scope.viewer.accountID) AS BIGINT), CAST(\(text) AS TEXT), CAST(\(String(text.prefix(60)).folded) AS TEXT),
          CAST(\(now.text) AS TEXT), CAST(\(id) AS BIGINT) FROM chosen ORDER BY engagement_id
        """)
    case .openRemeasurement: try tx.run("UPDATE engagements SET remeasurement_opens_at = \(now.text) WHERE \(theirs)")
    }
  }

  /// Keeps people from signing in to the organization; their open sessions end with this transaction.
  func endSignIns(_ people: SQL, in tx: any Connection) throws {
    try tx.run(
      "UPDATE users SET deactivated_at = \(now.text) WHERE organization_id = \(organization) AND id IN (\(people)) AND deactivated_at = ''")
    try SessionStore.end(accounts: people, leaving: organization, in: tx)
  }

  /// An event for each person, so that it stands on the person's page, and one for the act.
  func audit(_ deed: String, _ act: Int64, _ count: Int, _ values: [(name: String, value: String)], in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO audit_events (organization_id, actor_id, action, subject_kind, subject_id, at)
      SELECT CAST(\(organization) AS BIGINT), CAST(\(scope.viewer.accountID) AS BIGINT), CAST(\("coaching_" + deed) AS TEXT), 'user', user_id,
        CAST(\(now.text) AS TEXT) FROM chosen ORDER BY engagement_id
      """)
    try AuditTrail.record(
      "learners_" + deed, by: scope.viewer.accountID, organization: organization, about: .init(kind: "engagement_act", id: act),
      values: [("learners", "\(count)")] + values, at: now, in: tx)
  }
}

extension LearnerAct {
  /// What the trail notes of the act beside its number: nothing that tells of a person.
  fileprivate var noted: [(name: String, value: String)] {
    switch self {
    case .extend(.days(let days)): [("days", "\(days)")]
    case .extend(.until(let moment)): [("until", moment.text)]
    case .changeCoach(let coach): [("coach_id", "\(coach)")]
    default: []
    }
  }
}

extension LearnerAct.Kind {
  /// As the trail calls it.
  var deed: String {
    switch self {
    case .deactivation: "deactivated"
    case .reactivation: "reactivated"
    case .pause: "paused"
    case .resumption: "unpaused"
    case .extending: "extended"
    case .coach: "given_coach"
    case .note: "noted"
    case .remeasurement: "opened_for_remeasurement"
    }
  }
}
