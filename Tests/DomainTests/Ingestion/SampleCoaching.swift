import Database
import Support
import World

@testable import Domain

/// A small coaching history in all five files, at the desk of an organization that has bought one license and has one group.
enum SampleCoaching {
  /// What a row says where a test does not care.
  static let plain: [ImportKind: [String: String]] = [
    .coaches: [
      "Name": "Ines Duarte", "Email": "ines@coaches.example", "Platform Coach": "Yes", "Time Zone": "Europe/Berlin",
      "Session Minutes": "60",
    ],
    .engagements: [
      "Name": "Ada Byron", "Email": "ada@example.org", "Group": "Emerging leaders", "Company Purchase": "Plan A",
      "Date Launched": "2026-01-05T09:00:00.000Z",
    ],
    .coachingSessions: [
      "Session ID": "S1", "Email": "ada@example.org", "Coach Email": "ines@coaches.example", "Start": "2026-02-02T09:00:00.000Z",
      "End": "2026-02-02T10:00:00.000Z", "State": "Completed",
    ],
    .feedbackInvitations: [
      "Email": "ada@example.org", "Round": "1", "Participant Email": "peer@example.org", "Invited": "2026-01-20T08:00:00.000Z",
    ],
    .npsResponses: ["Email": "ada@example.org", "Score": "9", "Answered": "2026-03-05T08:00:00.000Z"],
  ]

  static let coaches = SampleFile(
    .coaches,
    [
      [
        "Languages": "German, English", "Biography": "Led teams;\nnow coaches.", "Credentials": "Certified", "Capacity": "20",
        "Meeting Link": "https://meet.example.com/ines", "Working Hours": "Mon-Fri 09:00-12:00, 13:00-17:00; Sat 10:00-12:00",
      ],
      ["Name": "Mark Osei", "Email": "Mark@example.org", "Platform Coach": "No", "Session Minutes": "", "Time Zone": ""],
      ["Name": "Gone Coach", "Email": "gone@example.org", "Platform Coach": "No", "Deactivated": "2026-04-01T00:00:00Z"],
    ])

  static let engagements = SampleFile(
    .engagements,
    [
      [
        "External ID": "E1", "360 Assessment": "Leadership 360", "Survey": "Pulse", "First Log In": "2026-01-06T08:00:00.000Z",
        "Profile": "2026-01-07T08:00:00.000Z", "Self Assessment": "2026-01-08T08:00:00.000Z",
        "Survey Completed": "2026-01-09T08:00:00+01:00",
        "Coach Email": "INES@coaches.example", "Coaching Plan": "Begun", "Manager Feedback CP": "yes",
        "Focus Areas": "Listening; Delegation",
        "Goals": "Speak first; \"Hand over\", all", "Goals Achieved": "\"Hand over\", all", "Goals Assessed": "2026-05-20T08:00:00.000Z",
        "Admin Notes": "=Prefers mornings; not Mondays", "Minimum Answered": "2",
      ],
      [
        "External ID": "E1", "Date Launched": "2025-01-05", "Coach Email": "mark@example.org", "Focus Areas": "Listening",
        "Engagement End Date": "2025-07-01T00:00:00.000Z", "Engagement Extended Date": "2025-05-01T00:00:00.000Z",
      ],
      [
        "Name": "=Ben", "Email": "Ben@example.org", "Group": "New managers", "Remeasurement": "No", "Coach Email": "mark@example.org",
        "Duration": "200", "Minimum Invited": "1", "Minimum Answered": "1", "Maximum Invited": "9", "Coach Changed": "Yes",
      ],
      [
        "Name": "王伟", "Email": "wang@example.org", "Group": "New managers", "Paused Date": "2026-03-01T00:00:00.000Z",
        "Remeasurement Opened": "2026-06-20T00:00:00.000Z", "Coaching Plan": "COMPLETE",
      ],
    ])

  static let sessions = SampleFile(
    .coachingSessions,
    [
      ["Rating": "5", "Comment": "'=good", "Manager Attended": "Yes"],
      [
        "Session ID": "S2", "Start": "2026-02-16T09:00:00.000Z", "End": "2026-02-16T10:00:00.000Z", "State": "Late Canceled",
        "Canceled": "2026-02-15T09:00:00.001Z", "Canceled By": "Learner",
      ],
      [
        "Session ID": "S3", "Start": "2026-06-03T09:00:00.000Z", "End": "2026-06-03T10:00:00.000Z", "State": "Scheduled",
        "Meeting Link": "https://meet.example.com/s3",
      ],
      [
        "Session ID": "S4", "Start": "2025-02-01T09:00:00.000Z", "End": "2025-02-01T10:00:00.000Z", "Coach Email": "mark@example.org",
        "Rating": "3",
      ],
      [
        "Session ID": "S5", "Start": "2026-03-01T09:00:00.000Z", "End": "2026-03-01T10:00:00.000Z", "Coach Email": "mark@example.org",
        "Rating": "4",
      ],
      ["Session ID": "S6", "Email": "BEN@example.org", "Coach Email": "mark@example.org", "State": "Missed"],
      [
        "Session ID": "S7", "Email": "ben@example.org", "Coach Email": "mark@example.org", "State": "Canceled",
        "Canceled": "2026-02-01T09:00:00.000Z", "Canceled By": "Learner",
      ],
      [
        "Session ID": "S8", "Email": "ben@example.org", "Coach Email": "mark@example.org", "State": "Canceled",
        "Canceled": "2026-02-02T08:00:00.000Z", "Canceled By": "Coach",
      ],
    ])

  static let invitations = SampleFile(
    .feedbackInvitations,
    [
      ["Participant Name": "Pia Peer", "Relation": "Peer", "Answered": "2026-01-22T08:00:00.000Z"],
      ["Participant Email": "Boss@example.org", "Relation": "Manager", "Removed": "2026-01-22T08:00:00.000Z"],
      ["Participant Email": "third@example.org"],
      ["Round": "2", "Invited": "2026-05-01T08:00:00.000Z", "Answered": "2026-05-02T08:00:00.000Z"],
      ["Invited": "2025-01-20T08:00:00.000Z"],
    ])

  static let answers = SampleFile(
    .npsResponses,
    [
      ["Comment": "Ja, \"gern\""], ["Score": "3", "Answered": "2026-02-10T08:00:00.000Z"],
      ["Score": "10", "Answered": "2025-03-05T08:00:00.000Z"],
      ["Email": "ben@example.org", "Score": "6"],
    ])

  static let all: [(ImportKind, SampleFile)] = [
    (.coaches, coaches), (.engagements, engagements), (.coachingSessions, sessions), (.feedbackInvitations, invitations),
    (.npsResponses, answers),
  ]
}

extension ImportDesk {
  /// Runs `body` at a desk of an organization that the account team has set up for coaching.
  static func withCoaching(_ engine: Dialect, _ body: (ImportDesk) throws -> Void) throws {
    try ImportDesk.with(engine) { desk in
      let (organization, now) = (desk.organization, ImportDesk.now.text)
      try desk.database.write(organization: organization) { tx in
        try tx.run("INSERT INTO feedback_assessments (name, created_at) VALUES ('Leadership 360', \(now))")
        try tx.run("INSERT INTO surveys (organization_id, name, created_at) VALUES (\(organization), 'Pulse', \(now))")
        try tx.run(
          """
          INSERT INTO company_purchases (organization_id, name, licenses, sessions, late_cancels_count, created_at)
          VALUES (\(organization), 'Plan A', 1, 12, 1, \(now)), (\(organization), 'Plan B', 5, 6, 0, \(now))
          """)
        try tx.run(
          """
          INSERT INTO coaching_groups (organization_id, name, remeasurement_days, minimum_invited, minimum_answered, maximum_invited, created_at)
          VALUES (\(organization), 'Emerging leaders', 30, 4, 3, 12, \(now))
          """)
      }
      try body(desk)
    }
  }

  /// All that the database says of the organization's coaching, by natural keys.
  func coaching() throws -> [String] {
    let learner: SQL = "u.email_key, e.launched_at"
    let engagement: SQL = "JOIN users u ON u.organization_id = e.organization_id AND u.id = e.user_id"
    let counters = SQL.join(EngagementRow.columns.filter { !$0.word.hasSuffix("_id") }.map { "r.\($0.sql)" }, ", ")
    let queries: [SQL] = [
      """
      SELECT 'coach', CASE WHEN c.organization_id = 0 THEN 'platform' ELSE 'own' END, a.email_key, c.name, c.name_key, c.search_key, c.biography,
        c.languages, c.credentials, c.time_zone, c.meeting_link, c.session_minutes, c.capacity, c.profile_saved_at, c.hours_saved_at,
        c.deactivated_at, c.nps_answers, c.nps_promoters, c.nps_detractors FROM coaches c JOIN accounts a ON a.id = c.account_id ORDER BY 3
      """,
      """
      SELECT 'hours', c.name, h.weekday, h.starts_minute, h.ends_minute FROM coach_hours h JOIN coaches c ON c.id = h.coach_id ORDER BY 2, 3, 4
      """,
      """
      SELECT 'learner', u.email, u.name, u.external_id, u.search_key, u.coaching_link, CASE WHEN m.user_id IS NULL THEN 'out' ELSE 'in' END
      FROM users u LEFT JOIN audience_members m ON m.user_id = u.id ORDER BY u.email_key
      """,
      "SELECT 'group', name, duration_days, minimum_invited, remeasurement FROM coaching_groups ORDER BY name",
      "SELECT 'skill', name, name_key FROM focus_skills ORDER BY name",
      "SELECT 'purchase', name, used FROM company_purchases ORDER BY name",
      """
      SELECT 'engagement', \(learner), g.name, p.name, f.name, s.name, c.name, e.ends_at, e.duration_days, e.minimum_invited, e.minimum_answered,
        e.maximum_invited, e.remeasurement, e.remeasurement_days, e.remeasurement_opens_at, e.coach_changed, e.coaching_plan, e.plan_feedback_invited
      FROM engagements e \(engagement) JOIN coaching_groups g ON g.id = e.group_id JOIN company_purchases p ON p.id = e.company_purchase_id
      LEFT JOIN feedback_assessments f ON f.id = e.feedback_assessment_id LEFT JOIN surveys s ON s.id = e.survey_id
      LEFT JOIN coaches c ON c.id = e.coach_id ORDER BY 2, 3
      """,
      "SELECT 'row', \(learner), \(counters) FROM engagements e \(engagement) JOIN engagement_rows r ON r.engagement_id = e.id ORDER BY 2, 3",
      """
      SELECT 'had', \(learner), c.name, k.assigned_at FROM engagement_coaches k JOIN engagements e ON e.id = k.engagement_id \(engagement)
      JOIN coaches c ON c.id = k.coach_id ORDER BY 2, 3, 4
      """,
      """
      SELECT 'area', \(learner), k.name, o.chosen FROM focus_areas o JOIN engagements e ON e.id = o.engagement_id \(engagement)
      JOIN focus_skills k ON k.id = o.focus_skill_id ORDER BY 2, 3, 4
      """,
      "SELECT 'goal', \(learner), o.text, o.achieved FROM goals o JOIN engagements e ON e.id = o.engagement_id \(engagement) ORDER BY 2, 3, 4",
      "SELECT 'note', \(learner), o.text, o.note_key FROM engagement_notes o JOIN engagements e ON e.id = o.engagement_id \(engagement) ORDER BY 2, 3, 4",
      """
      SELECT 'session', o.external_id, \(learner), c.name, o.starts_at, o.ends_at, o.state, o.canceled_at, o.canceled_by, o.manager_attended,
        o.rating, o.comment, o.meeting_link
      FROM coaching_sessions o JOIN engagements e ON e.id = o.engagement_id AND e.user_id = o.user_id \(engagement)
      JOIN coaches c ON c.id = o.coach_id ORDER BY 2
      """,
      """
      SELECT 'asked', \(learner), o.round, o.email_key, o.email, o.name, o.relation, o.invited_at, o.answered_at, o.removed_at
      FROM feedback_invitations o JOIN engagements e ON e.id = o.engagement_id \(engagement) ORDER BY 2, 3, 4, 5
      """,
      """
      SELECT 'nps', \(learner), c.name, o.score, o.comment, o.answered_at FROM nps_responses o JOIN engagements e ON e.id = o.engagement_id
      \(engagement) LEFT JOIN coaches c ON c.id = o.coach_id ORDER BY 2, 3, 7
      """,
      "SELECT 'tab', stage, engagements FROM engagement_totals WHERE engagements > 0 ORDER BY 2",
      """
      SELECT 'total', c.name, t.clients_now, t.clients_ever, t.sessions, t.ratings, t.rating_sum FROM coach_totals t JOIN coaches c ON c.id = t.coach_id
      ORDER BY 2
      """,
    ]
    return try database.read { connection in
      try queries.flatMap { query in
        try connection.all(query) { row in (0..<row.count).map { row.textOrNil($0) ?? "-" }.joined(separator: "|") }
      }
    }
  }
}
