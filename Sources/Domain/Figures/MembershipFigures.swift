import Database

/// What stands on a membership and on a user beside their own facts.
extension Figure {
  /// A current enrollment is neither completed nor left nor removed (product.md 2).
  private static let current: SQL = "e.completed = 0 AND e.left_at = '' AND e.removed = 0"

  /// What idle days count from: the last activity in the program, or the latest enrollment where there is none.
  private static let idleBase: SQL = "CASE WHEN MAX(e.last_activity_at) <> '' THEN MAX(e.last_activity_at) ELSE MAX(e.enrolled_at) END"

  /// Enrollments of a membership, how many are current or completed, and since when it is idle.
  static let enrollments = Figure(
    table: "memberships", keys: ["program_id", "user_id"],
    columns: ["enrollments", "current_enrollments", "completions", "last_activity_at", "idle_since", "ever_idle_since"],
    expected: { extent in
      """
      SELECT m.program_id AS program_id, m.user_id AS user_id, COUNT(e.course_id) AS enrollments,
        SUM(CASE WHEN \(current) THEN 1 ELSE 0 END) AS current_enrollments,
        SUM(CASE WHEN e.completed = 1 THEN 1 ELSE 0 END) AS completions,
        COALESCE(MAX(e.last_activity_at), '') AS last_activity_at,
        CASE WHEN MAX(m.state) = 'MEMBER' AND SUM(CASE WHEN \(current) THEN 1 ELSE 0 END) > 0 THEN \(idleBase) ELSE '9999' END AS idle_since,
        CASE WHEN MAX(m.state) = 'MEMBER' AND COUNT(e.course_id) > 0 THEN \(idleBase) ELSE '9999' END AS ever_idle_since
      FROM \(extent.rows(of: "memberships", as: "m"))
      LEFT JOIN enrollments e ON e.program_id = m.program_id AND e.user_id = m.user_id
      GROUP BY m.program_id, m.user_id
      """
    })

  /// From when a member is at risk: a required assessment of a course with a current enrollment is due without an attempt, or the latest attempt
  /// at it is below the passing score. A deadline met late is not missed; an attempt without a score is attempted and not failed (product.md 5).
  static let risk = Figure(
    table: "memberships", keys: ["program_id", "user_id"], columns: ["missed_at", "failed_at"],
    expected: { extent in
      """
      SELECT m.program_id AS program_id, m.user_id AS user_id,
        COALESCE(MIN(CASE WHEN p.user_id IS NULL AND a.due_at <> '' THEN a.due_at END), '9999') AS missed_at,
        COALESCE(MIN(CASE WHEN p.score < a.passing_score THEN p.attempted_at END), '9999') AS failed_at
      FROM \(extent.rows(of: "memberships", as: "m"))
      LEFT JOIN enrollments e ON m.state = 'MEMBER' AND e.program_id = m.program_id AND e.user_id = m.user_id AND \(current)
      LEFT JOIN assessments a ON a.program_id = e.program_id AND a.course_id = e.course_id AND a.required = 1
      LEFT JOIN assessment_attempts p ON p.program_id = e.program_id AND p.user_id = e.user_id AND p.assessment_id = a.id
        AND NOT EXISTS (SELECT 1 FROM assessment_attempts later WHERE later.program_id = p.program_id AND later.user_id = p.user_id
          AND later.assessment_id = p.assessment_id AND later.attempted_at > p.attempted_at)
      GROUP BY m.program_id, m.user_id
      """
    })

  /// What a membership repeats of its user, so that the Members page reads one row.
  static let copies = Figure(
    table: "memberships", keys: ["program_id", "user_id"], columns: ["search_key", "email_key"] + attributes,
    expected: { extent in
      """
      SELECT m.program_id AS program_id, m.user_id AS user_id, u.search_key AS search_key, u.email_key AS email_key,
        \(SQL.join(attributes.map { "u.\($0.sql) AS \($0.sql)" }, ", "))
      FROM \(extent.rows(of: "memberships", as: "m")) JOIN users u ON u.organization_id = m.organization_id AND u.id = m.user_id
      """
    })

  /// The columns of `users` and `memberships` that hold attributes.
  static let attributes: [Column] = [
    "manager_name_id", "manager_email_id", "job_title_id", "job_type_id", "business_unit_id", "business_unit_2_id", "location_city_id",
    "location_country_id", "location_region_id",
  ]

  /// A person's memberships in one organization, added up. Enrollments count where the person is a member.
  static let people = Figure(
    table: "users", keys: ["organization_id", "id"],
    columns: [
      "joined", "open_invitations", "member_programs", "enrollments", "current_enrollments", "completions", "last_activity_at",
      "idle_since", "ever_idle_since",
    ],
    expected: { extent in
      func sum(_ column: SQL) -> SQL { "COALESCE(SUM(CASE WHEN m.state = 'MEMBER' THEN m.\(column) END), 0) AS \(column)" }
      func latest(_ column: SQL) -> SQL {
        "COALESCE(MAX(CASE WHEN m.state = 'MEMBER' AND m.\(column) <> '9999' THEN m.\(column) END), '9999') AS \(column)"
      }
      return """
        SELECT u.organization_id AS organization_id, u.id AS id,
          MAX(CASE WHEN m.state = 'MEMBER' THEN 1 ELSE 0 END) AS joined,
          SUM(CASE WHEN m.state = 'INVITED' THEN 1 ELSE 0 END) AS open_invitations,
          SUM(CASE WHEN m.state = 'MEMBER' THEN 1 ELSE 0 END) AS member_programs,
          \(sum("enrollments")), \(sum("current_enrollments")), \(sum("completions")),
          COALESCE(MAX(CASE WHEN m.state = 'MEMBER' THEN m.last_activity_at END), '') AS last_activity_at,
          \(latest("idle_since")), \(latest("ever_idle_since"))
        FROM \(extent.users(as: "u")) LEFT JOIN memberships m ON m.organization_id = u.organization_id AND m.user_id = u.id
        GROUP BY u.organization_id, u.id
        """
    })

  /// All mails of an organization, which the outbox never deletes. Whatever puts one there counts it (`Outbox.count`).
  static let mails = Figure(
    table: "organizations", keys: ["id"], columns: ["mails"],
    expected: { _ in
      """
      SELECT g.id AS id, COALESCE(x.mails, 0) AS mails FROM organizations g LEFT JOIN (
        SELECT o.organization_id, COUNT(*) AS mails FROM outbox o GROUP BY o.organization_id) x ON x.organization_id = g.id
      """
    })

  /// The earliest invitation, joining or enrollment of a program.
  static let beginnings = Figure(
    table: "programs", keys: ["id"], columns: ["began_at"],
    expected: { extent in
      let programs: SQL =
        switch extent {
        case .programs(let ids): "(SELECT id FROM programs WHERE id IN (\(list: ids)))"
        case .few(let members): "(SELECT id FROM programs WHERE id = \(members.program))"
        default: "programs"
        }
      return """
        SELECT p.id AS id, COALESCE(MIN(b.at), '') AS began_at FROM \(programs) p LEFT JOIN (
          SELECT m.program_id, MIN(CASE WHEN m.invited_at = '' OR (m.joined_at <> '' AND m.joined_at < m.invited_at) THEN
            CASE WHEN m.joined_at = '' THEN NULL ELSE m.joined_at END ELSE m.invited_at END) AS at
          FROM \(extent.rows(of: "memberships", as: "m")) GROUP BY m.program_id
          UNION ALL SELECT e.program_id, MIN(e.enrolled_at) AS at FROM \(extent.rows(of: "enrollments", as: "e")) GROUP BY e.program_id
        ) b ON b.program_id = p.id GROUP BY p.id
        """
    })
}
