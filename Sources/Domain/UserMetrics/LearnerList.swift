public import Database

/// The coaching learners of an organization, an engagement a row: searched, filtered, sorted, page by page.
public struct LearnerList: Sendable {
  let scope: OrganizationScope

  /// The engagements of an organization.
  ///
  /// - Throws: `Failure.notFound` for a viewer who does not reach the whole organization.
  public init(scope: OrganizationScope) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    self.scope = scope
  }

  /// How many engagements are in each stage; stages without any are not there.
  public func counts(in connection: any Connection) throws -> [Stage: Int] {
    var counts: [Stage: Int] = [:]
    try connection.rows(
      "SELECT stage, engagements FROM engagement_totals WHERE organization_id = \(scope.organization.id) AND engagements > 0"
    ) { row in
      if let stage = Stage(rawValue: row.int(0)) { counts[stage] = Int(row.int(1)) }
      return true
    }
    return counts
  }

  /// One page, with the exact count. Learners carry focus areas and notes only where their columns are shown.
  ///
  /// - Parameter counts: the same as `counts(in:)`, where a caller has them already.
  public func page(
    _ filter: LearnerFilter, sort: Sorting<LearnerColumn>, request: PageRequest, showing columns: [LearnerColumn],
    counts: [Stage: Int]? = nil, in connection: any Connection
  ) throws -> ListPage<Learner> {
    let ids = try query(filter, sort: sort, counts: counts, in: connection).page(request, in: connection)
    return ids.map(try learners(ids.rows, showing: columns, in: connection))
  }

  /// The engagements that match, by id, in the order of the list.
  public func ids(_ filter: LearnerFilter, sort: Sorting<LearnerColumn>, in connection: any Connection) throws -> [Int64] {
    try query(filter, sort: sort, in: connection).ids(in: connection)
  }

  func query(
    _ filter: LearnerFilter, sort: Sorting<LearnerColumn>, counts: [Stage: Int]? = nil, in connection: any Connection
  ) throws -> PagedQuery {
    let organization = scope.organization.id
    let key = try sort.key.sortKey(organization: organization, in: connection)
    var bound: SQL = "r.organization_id = \(organization)"
    if filter.isWhole, let stage = filter.stage {
      // An index leads with the tab; a pass over everything does better without it.
      bound += key.isIndexed ? " AND r.stage = \(stage)" : " AND \(filter.stageColumn) = \(stage)"
    }
    var narrow = filter.isWhole ? PagedFilter() : filter.narrowing
    narrow.isInOrder = sort.key == .name && filter.isSearch
    let total: Int? =
      filter.isWhole
      ? try (counts ?? self.counts(in: connection)).filter { filter.stage == nil || $0.key == filter.stage }.values.reduce(0, +) : nil
    return PagedQuery(
      source: "engagement_rows r", id: "r.engagement_id", scope: bound, filter: narrow.condition, knownTotal: total, key: key,
      descending: sort.descending, isClustered: true, narrow: narrow.isEmpty ? nil : narrow,
      statistics: OrderStatistics(.engagements, of: organization, stage: filter.stage?.rawValue, by: key))
  }

  /// The engagements with these ids, in that order; those of other organizations are left out.
  public func learners(_ ids: [Int64], showing columns: [LearnerColumn], in connection: any Connection) throws -> [Learner] {
    if ids.isEmpty { return [] }
    let areas = columns.contains(.focusArea) ? try focusAreas(ids, in: connection) : [:]
    let notes = columns.contains(.notes) ? try notes(ids, in: connection) : [:]
    var found: [Int64: Learner] = [:]
    try connection.rows(
      """
      SELECT r.engagement_id, e.user_id, r.group_id, u.name, u.email, r.stage, g.name, c.name, a.name, r.coach_id,
        r.profile, r.self_assessment, r.feedback_completed, r.survey, r.coach_changed, r.plan_feedback, r.focus_selected, r.remeasurement,
        r.remeasurement_opened, r.remeasurement_completed, r.goals_assessed, r.nps, r.self_remeasurement, r.second_feedback_completed,
        r.remeasurement_survey, r.impact_report,
        r.feedback_invited, r.feedback_answered, r.sessions_completed, r.sessions_remaining, r.late_cancels, r.manager_sessions, r.ratings,
        r.rating_sum, r.coaching_plan, r.focus_areas, r.goals, r.goals_achieved,
        r.launched_at, r.first_login_at, r.ends_at, r.first_session_at, r.last_session_at, r.next_session_at, r.last_late_cancel_at,
        r.paused_at, r.unpaused_at, r.deactivated_at, r.extended_at
      FROM engagement_rows r JOIN engagements e ON e.id = r.engagement_id
      JOIN users u ON u.organization_id = e.organization_id AND u.id = e.user_id JOIN coaching_groups g ON g.id = r.group_id
      LEFT JOIN coaches c ON c.id = r.coach_id LEFT JOIN coaches a ON a.id = r.assigned_coach_id
      WHERE r.organization_id = \(scope.organization.id) AND r.engagement_id IN (\(list: ids))
      """
    ) { row in
      let id = row.int(0)
      found[id] = Learner(row, focusAreas: areas[id] ?? [], notes: notes[id] ?? [])
      return true
    }
    return ids.compactMap { found[$0] }
  }

  private func focusAreas(_ ids: [Int64], in connection: any Connection) throws -> [Int64: [String]] {
    try texts(
      """
      SELECT f.engagement_id, k.name FROM focus_areas f JOIN focus_skills k ON k.id = f.focus_skill_id
      WHERE f.engagement_id IN (\(list: ids)) ORDER BY f.engagement_id, k.name_key, k.id
      """, in: connection)
  }

  private func notes(_ ids: [Int64], in connection: any Connection) throws -> [Int64: [String]] {
    try texts(
      "SELECT engagement_id, text FROM engagement_notes WHERE engagement_id IN (\(list: ids)) ORDER BY engagement_id, at, id",
      in: connection)
  }

  private func texts(_ sql: SQL, in connection: any Connection) throws -> [Int64: [String]] {
    var texts: [Int64: [String]] = [:]
    try connection.rows(sql) { row in
      texts[row.int(0), default: []].append(row.text(1))
      return true
    }
    return texts
  }
}

extension Learner {
  /// A row of the select in `LearnerList.learners`.
  fileprivate init(_ row: borrowing Row, focusAreas: [String], notes: [String]) {
    (id, userID, groupID, name, email) = (row.int(0), row.int(1), row.int(2), row.text(3), row.text(4))
    stage = Stage(rawValue: row.int(5)) ?? .onboarding
    (group, coach, assignedCoach) = (row.text(6), row.text(7), row.text(8))
    coachID = row.int(9) == 0 ? nil : row.int(9)
    var (flags, counts, moments) = (Flags(), Counts(), Moments())
    (flags.profile, flags.selfAssessment, flags.feedbackCompleted, flags.survey) = (row.bool(10), row.bool(11), row.bool(12), row.bool(13))
    (flags.coachChanged, flags.planFeedback, flags.focusSelected, flags.remeasures) = (
      row.bool(14), row.bool(15), row.bool(16), row.bool(17)
    )
    (flags.remeasurementOpened, flags.remeasurementCompleted, flags.goalsAssessed) = (row.bool(18), row.bool(19), row.bool(20))
    (flags.nps, flags.selfRemeasurement, flags.secondFeedbackCompleted) = (row.bool(21), row.bool(22), row.bool(23))
    (flags.remeasurementSurvey, flags.impactReport) = (row.bool(24), row.bool(25))
    (counts.invited, counts.answered, counts.completed) = (Int(row.int(26)), Int(row.int(27)), Int(row.int(28)))
    (counts.remaining, counts.lateCancels, counts.managerSessions) = (Int(row.int(29)), Int(row.int(30)), Int(row.int(31)))
    (counts.ratings, counts.ratingSum, counts.plan) = (Int(row.int(32)), Int(row.int(33)), Int(row.int(34)))
    (counts.focusAreas, counts.goals, counts.goalsAchieved) = (Int(row.int(35)), Int(row.int(36)), Int(row.int(37)))
    (moments.launched, moments.firstLogin, moments.ends, moments.firstSession) = (row.text(38), row.text(39), row.text(40), row.text(41))
    (moments.lastSession, moments.nextSession, moments.lastLateCancel) = (row.text(42), row.text(43), row.text(44))
    if moments.nextSession == "9999" { moments.nextSession = "" }
    (moments.paused, moments.unpaused, moments.deactivated, moments.extended) = (row.text(45), row.text(46), row.text(47), row.text(48))
    (self.flags, self.counts, self.moments, self.focusAreas, self.notes) = (flags, counts, moments, focusAreas, notes)
  }
}
