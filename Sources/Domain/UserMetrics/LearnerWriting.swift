import Database

/// Writes the engagements of people who become learners, set by set, with all that follows: license, audience, link, welcome, trail.
struct LearnerWriting {
  let scope: OrganizationScope
  let now: Moment

  private var organization: Int64 { scope.organization.id }

  /// Makes the temporary table of whom to add, `adding (user_id)`.
  static func prepare(in bench: any Workbench) throws {
    try bench.run("CREATE TEMPORARY TABLE adding (user_id \(.integerKey))")
  }

  /// Whether the user of that id has an engagement that is current, or one of this very moment.
  func isEngaged(_ user: SQL) -> SQL {
    """
    EXISTS (SELECT 1 FROM engagements y JOIN engagement_rows w ON w.organization_id = y.organization_id AND w.engagement_id = y.id
      WHERE y.organization_id = \(organization) AND y.user_id = \(user) AND (\(Stage.isCurrent("w.stage")) OR y.launched_at = \(now.text)))
    """
  }

  /// Writes them. The people must be users of the organization, and neither deactivated nor engaged.
  ///
  /// - Returns: how many there are.
  /// - Throws: `Failure` with the faulty fields, `conflict` for too few licenses.
  func write(_ draft: EngagementDraft, in tx: any Connection) throws -> Int {
    try tx.describe("adding")
    let count = Int(try tx.scalar("SELECT COUNT(*) FROM adding"))
    guard count > 0 else { return 0 }
    let terms = try draft.checked(AddingOptions(scope: scope, in: tx), learners: count, in: scope.organization, at: now)
    try EngagementFigures.keeping(learnersOf: "SELECT user_id FROM adding", of: organization, rows: Int64(count), at: now, in: tx) {
      try writeEngagements(terms, in: tx)
    }
    try CoachingAudience.enter("SELECT user_id FROM adding", of: organization, at: now, in: tx)
    try welcome(in: tx)
    try audit(terms, count, in: tx)
    return count
  }

  private func writeEngagements(_ terms: EngagementTerms, in tx: any Connection) throws {
    func text(_ value: String) -> SQL { "CAST(\(value) AS TEXT)" }
    func number(_ value: Int64?) -> SQL { "CAST(\(value) AS BIGINT)" }
    func flag(_ value: Bool) -> SQL { "CAST(\(value) AS SMALLINT)" }
    let opens = terms.opening(at: now)?.text ?? "9999"
    try tx.run(
      """
      INSERT INTO engagements (organization_id, user_id, group_id, company_purchase_id, feedback_assessment_id, survey_id, launched_at, ends_at,
        duration_days, minimum_invited, minimum_answered, maximum_invited, remeasurement, remeasurement_days, remeasurement_opens_at, meeting_links,
        language, added_by, created_at)
      SELECT \(number(organization)), a.user_id, \(number(terms.group.id)), \(number(terms.purchase.id)), \(number(terms.assessment)),
        \(number(terms.survey)), \(text(now.text)), \(text(terms.end(at: now).text)), \(number(terms.days)), \(number(terms.participants.invited)),
        \(number(terms.participants.answered)), \(number(terms.participants.most)), \(flag(terms.remeasurement)), \(number(terms.remeasurementDays)),
        \(text(opens)), \(flag(terms.meetingLinks)), \(text(terms.language)), \(number(scope.viewer.accountID)), \(text(now.text))
      FROM adding a ORDER BY a.user_id
      """)
    for skill in terms.skills {
      try tx.run(
        "INSERT INTO focus_areas (engagement_id, focus_skill_id) SELECT e.id, \(number(skill)) FROM \(added) ORDER BY e.id")
    }
  }

  /// The engagements that were just made.
  private var added: SQL {
    "adding a \(.lookup) engagements e ON e.organization_id = \(organization) AND e.user_id = a.user_id AND e.launched_at = \(now.text)"
  }

  private func welcome(in tx: any Connection) throws {
    let kind = MailKind.coachingWelcome.rawValue
    let mails = try tx.run(
      """
      INSERT INTO outbox (organization_id, kind, user_id, recipient, details, message_id, due_at, created_at)
      SELECT e.organization_id, CAST(\(kind) AS TEXT), u.id, u.email, '{"engagement":"' || CAST(e.id AS TEXT) || '"}', \(Outbox.newMessageID),
        CAST(\(now.text) AS TEXT), CAST(\(now.text) AS TEXT)
      FROM \(added) \(.lookup) users u ON u.organization_id = e.organization_id AND u.id = e.user_id
      WHERE NOT EXISTS (SELECT 1 FROM muted_emails q WHERE q.organization_id = \(organization) AND q.kind = \(kind)) ORDER BY u.id
      """)
    try Outbox.count(mails, organization: organization, in: tx)
  }

  private func audit(_ terms: EngagementTerms, _ count: Int, in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO audit_events (organization_id, actor_id, action, subject_kind, subject_id, at)
      SELECT CAST(\(organization) AS BIGINT), CAST(\(scope.viewer.accountID) AS BIGINT), 'coaching_added', 'user', user_id, CAST(\(now.text) AS TEXT)
      FROM adding ORDER BY user_id
      """)
    try AuditTrail.record(
      "learners_added", by: scope.viewer.accountID, organization: organization, about: .init(kind: "coaching_group", id: terms.group.id),
      values: [("learners", "\(count)"), ("group", terms.group.name), ("purchase", terms.purchase.name)], at: now, in: tx)
  }
}
