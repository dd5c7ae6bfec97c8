import Database

/// What the Learners page reads of an engagement, by one definition from which it is kept and checked (product.md 5).
enum EngagementRow {
  /// The row of each engagement as it should be at a moment.
  static func figure(_ extent: EngagementExtent, at now: Moment) -> Figure {
    Figure(
      table: "engagement_rows", keys: ["organization_id", "engagement_id"], columns: columns,
      expected: { _ in expected(extent, at: now) })
  }

  static let columns: [Column] = [
    "stage", "group_id", "coach_id", "assigned_coach_id", "profile", "self_assessment", "feedback_invited", "feedback_answered",
    "feedback_completed", "survey", "coach_changed", "sessions_completed", "sessions_remaining", "late_cancels", "manager_sessions",
    "ratings", "rating_sum", "coaching_plan", "plan_feedback", "focus_areas", "focus_selected", "remeasurement", "remeasurement_opened",
    "remeasurement_completed", "goals", "goals_achieved", "goals_assessed", "nps", "self_remeasurement", "second_feedback_completed",
    "remeasurement_survey", "impact_report", "launched_at", "first_login_at", "ends_at", "first_session_at", "last_session_at",
    "next_session_at", "last_late_cancel_at", "paused_at", "unpaused_at", "deactivated_at", "extended_at", "due_at", "search_key",
    "email_key", "coach_key", "assigned_key", "focus_key", "note_key",
  ]

  /// The columns that come out of the sums as they are.
  private static let plain: SQL = SQL.join(
    columns.filter { !["stage", "remeasurement_completed", "due_at"].contains($0.word) }.map { "z.\($0.sql)" }, ", ")

  /// The stage is the last to be known: it takes the remeasurement's tasks, which take the sums.
  private static func expected(_ extent: EngagementExtent, at now: Moment) -> SQL {
    let remeasured: SQL = """
      CASE WHEN y.remeasurement = 1 AND y.self_remeasurement = 1 AND y.second_feedback_completed = 1
        AND y.second_feedback_invited >= y.minimum_invited AND y.goals_assessed = 1 AND y.remeasurement_survey = 1 THEN 1 ELSE 0 END
      """
    let stage: SQL = """
      CASE WHEN z.deactivated_at <> '' THEN 5 WHEN z.paused_at > z.unpaused_at THEN 4
        WHEN z.ends_at <= \(now.text) OR z.remeasurement_completed = 1
          OR (z.remeasurement = 0 AND z.sessions_remaining = 0 AND z.sessions_scheduled = 0) THEN 6
        WHEN z.remeasurement_opened = 1 THEN 3 WHEN z.sessions_completed > 0 THEN 2 ELSE 1 END
      """
    return """
      SELECT z.organization_id AS organization_id, z.engagement_id AS engagement_id, CAST(\(stage) AS SMALLINT) AS stage, \(plain),
        CAST(z.remeasurement_completed AS SMALLINT) AS remeasurement_completed, \(earliest("z.next_end", "z.next_opening", "z.next_session_at")) AS due_at
      FROM (SELECT y.*, \(remeasured) AS remeasurement_completed FROM (\(sums(extent, at: now))) y) z
      """
  }

  private static func earliest(_ a: SQL, _ b: SQL, _ c: SQL) -> SQL {
    SQL(sqlite: "min(\(a), \(b), \(c))", postgres: "least(\(a), \(b), \(c))")
  }

  private static func truth(_ condition: SQL, _ name: SQL) -> SQL {
    "CAST(CASE WHEN \(condition) THEN 1 ELSE 0 END AS SMALLINT) AS \(name)"
  }

  /// An engagement with what was said of it, and the sums over its sessions, invitations, areas, goals and answers.
  private static func sums(_ extent: EngagementExtent, at now: Moment) -> SQL {
    let used: SQL = "COALESCE(s.completed, 0) + CASE WHEN p.late_cancels_count = 1 THEN COALESCE(s.late, 0) ELSE 0 END"
    let bothRounds: SQL = "COALESCE(f.answered_1, 0) >= e.minimum_answered AND COALESCE(f.answered_2, 0) >= e.minimum_answered"
    return """
      SELECT e.organization_id AS organization_id, e.id AS engagement_id, e.group_id AS group_id, COALESCE(e.coach_id, 0) AS coach_id,
        COALESCE(a.id, e.coach_id, 0) AS assigned_coach_id, \(truth("e.profile_set_up_at <> ''", "profile")),
        \(truth("e.self_assessment_at <> ''", "self_assessment")), COALESCE(f.invited_1, 0) AS feedback_invited,
        COALESCE(f.answered_1, 0) AS feedback_answered, \(truth("f.asked_1 > 0 AND f.open_1 = 0", "feedback_completed")),
        \(truth("e.survey_at <> ''", "survey")), e.coach_changed AS coach_changed, COALESCE(s.completed, 0) AS sessions_completed,
        CASE WHEN p.sessions > \(used) THEN p.sessions - (\(used)) ELSE 0 END AS sessions_remaining, COALESCE(s.late, 0) AS late_cancels,
        COALESCE(s.manager, 0) AS manager_sessions, COALESCE(s.ratings, 0) AS ratings, COALESCE(s.rating_sum, 0) AS rating_sum,
        CAST(CASE e.coaching_plan WHEN 'COMPLETE' THEN 2 WHEN 'BEGUN' THEN 1 ELSE 0 END AS SMALLINT) AS coaching_plan,
        e.plan_feedback_invited AS plan_feedback, COALESCE(k.areas, 0) AS focus_areas, \(truth("k.chosen > 0", "focus_selected")),
        e.remeasurement AS remeasurement,
        \(truth("e.remeasurement = 1 AND e.remeasurement_opens_at <= \(now.text)", "remeasurement_opened")),
        COALESCE(g.goals, 0) AS goals, COALESCE(g.achieved, 0) AS goals_achieved, \(truth("e.goals_assessed_at <> ''", "goals_assessed")),
        \(truth("n.answers > 0", "nps")), \(truth("e.self_remeasurement_at <> ''", "self_remeasurement")),
        \(truth("f.asked_2 > 0 AND f.open_2 = 0", "second_feedback_completed")), COALESCE(f.invited_2, 0) AS second_feedback_invited,
        \(truth("e.remeasurement_survey_at <> ''", "remeasurement_survey")),
        \(truth("e.remeasurement = 1 AND f.asked_1 > 0 AND f.asked_2 > 0 AND \(bothRounds)", "impact_report")),
        e.launched_at AS launched_at, e.first_login_at AS first_login_at, e.ends_at AS ends_at,
        COALESCE(s.first_at, '') AS first_session_at, COALESCE(s.last_at, '') AS last_session_at, COALESCE(s.next_at, '9999') AS next_session_at,
        COALESCE(s.late_at, '') AS last_late_cancel_at, e.paused_at AS paused_at, e.unpaused_at AS unpaused_at,
        e.deactivated_at AS deactivated_at, e.extended_at AS extended_at, u.search_key AS search_key, u.email_key AS email_key,
        COALESCE(c.name_key, '') AS coach_key, COALESCE(a.name_key, c.name_key, '') AS assigned_key, COALESCE(k.first_key, '') AS focus_key,
        COALESCE((SELECT x.note_key FROM engagement_notes x WHERE x.engagement_id = e.id ORDER BY x.at DESC, x.id DESC LIMIT 1), '') AS note_key,
        e.minimum_invited AS minimum_invited, COALESCE(s.scheduled, 0) AS sessions_scheduled,
        CASE WHEN e.ends_at > \(now.text) THEN e.ends_at ELSE '9999' END AS next_end,
        CASE WHEN e.remeasurement = 1 AND e.remeasurement_opens_at > \(now.text) THEN e.remeasurement_opens_at ELSE '9999' END AS next_opening
      FROM \(extent.engagements(as: "e")) JOIN users u ON u.organization_id = e.organization_id AND u.id = e.user_id
      JOIN company_purchases p ON p.id = e.company_purchase_id LEFT JOIN coaches c ON c.id = e.coach_id
      LEFT JOIN coaches a ON a.id = (SELECT x.coach_id FROM coaching_sessions x WHERE x.engagement_id = e.id AND x.state = 'COMPLETED'
        ORDER BY x.starts_at, x.id LIMIT 1)
      LEFT JOIN (\(sessions(extent, at: now))) s ON s.engagement_id = e.id
      LEFT JOIN (\(feedback(extent))) f ON f.engagement_id = e.id
      LEFT JOIN (SELECT o.engagement_id, COUNT(*) AS areas, SUM(o.chosen) AS chosen, MIN(h.name_key) AS first_key
        FROM \(extent.rows(of: "focus_areas", as: "o")) JOIN focus_skills h ON h.id = o.focus_skill_id GROUP BY o.engagement_id) k
        ON k.engagement_id = e.id
      LEFT JOIN (SELECT o.engagement_id, COUNT(*) AS goals, SUM(o.achieved) AS achieved FROM \(extent.rows(of: "goals", as: "o"))
        GROUP BY o.engagement_id) g ON g.engagement_id = e.id
      LEFT JOIN (SELECT o.engagement_id, COUNT(*) AS answers FROM \(extent.rows(of: "nps_responses", as: "o")) GROUP BY o.engagement_id) n
        ON n.engagement_id = e.id
      """
  }

  /// What the sessions add up to. A session that is scheduled for the past waits to be marked, and is no next one.
  private static func sessions(_ extent: EngagementExtent, at now: Moment) -> SQL {
    func count(_ condition: SQL, _ name: SQL) -> SQL { "SUM(CASE WHEN \(condition) THEN 1 ELSE 0 END) AS \(name)" }
    return """
      SELECT o.engagement_id, \(count("o.state = 'COMPLETED'", "completed")), \(count("o.state = 'LATE_CANCELED'", "late")),
        \(count("o.state = 'COMPLETED' AND o.manager_attended = 1", "manager")), \(count("o.state = 'SCHEDULED'", "scheduled")),
        COUNT(o.rating) AS ratings, COALESCE(SUM(o.rating), 0) AS rating_sum,
        MIN(CASE WHEN o.state = 'COMPLETED' THEN o.starts_at END) AS first_at, MAX(CASE WHEN o.state = 'COMPLETED' THEN o.starts_at END) AS last_at,
        MIN(CASE WHEN o.state = 'SCHEDULED' AND o.starts_at > \(now.text) THEN o.starts_at END) AS next_at,
        MAX(CASE WHEN o.state = 'LATE_CANCELED' THEN CASE WHEN o.canceled_at <> '' THEN o.canceled_at ELSE o.starts_at END END) AS late_at
      FROM \(extent.rows(of: "coaching_sessions", as: "o")) GROUP BY o.engagement_id
      """
  }

  /// What the two rounds of 360° invitations add up to: asked counts everybody, invited leaves out those who were removed.
  private static func feedback(_ extent: EngagementExtent) -> SQL {
    func round(_ number: SQL, _ suffix: SQL) -> SQL {
      func count(_ condition: SQL, _ name: SQL) -> SQL {
        "SUM(CASE WHEN o.round = \(number) AND \(condition) THEN 1 ELSE 0 END) AS \(name)\(suffix)"
      }
      return SQL.join(
        [
          count("1 = 1", "asked"), count("o.removed_at = ''", "invited"), count("o.removed_at = '' AND o.answered_at <> ''", "answered"),
          count("o.removed_at = '' AND o.answered_at = ''", "open"),
        ], ", ")
    }
    return """
      SELECT o.engagement_id, \(round("1", "_1")), \(round("2", "_2")) FROM \(extent.rows(of: "feedback_invitations", as: "o"))
      GROUP BY o.engagement_id
      """
  }
}
