import Database

/// What adds up over the memberships of a program, the people of an organization and the users of a contract.
extension Tally {
  /// Every tally. Each needs the figures of memberships and users to be right.
  static let all = [programs, days, contracts, organizations]

  /// The funnel of a program counts current memberships; its totals count everything since the beginning, removed members included.
  static let programs = Tally(
    table: "programs", keys: ["id"],
    columns: [
      "invited", "members", "removed_members", "enrolled", "completed", "enrollments", "completions", "timed_enrollments",
      "learning_seconds", "lessons", "ratings", "rating_sum",
    ], delta: "delta_programs", ownsRows: false,
    parts: [
      Part(columns: ["invited", "members", "removed_members", "enrolled", "completed", "enrollments", "completions"]) { extent in
        """
        SELECT m.program_id AS id, SUM(CASE WHEN m.state = 'INVITED' THEN 1 ELSE 0 END) AS invited,
          SUM(CASE WHEN m.state = 'MEMBER' THEN 1 ELSE 0 END) AS members,
          SUM(CASE WHEN m.state = 'DELETED_MEMBER' THEN 1 ELSE 0 END) AS removed_members,
          SUM(CASE WHEN m.state = 'MEMBER' AND m.enrollments > 0 THEN 1 ELSE 0 END) AS enrolled,
          SUM(CASE WHEN m.state = 'MEMBER' AND m.completions > 0 THEN 1 ELSE 0 END) AS completed,
          SUM(m.enrollments) AS enrollments, SUM(m.completions) AS completions
        FROM \(extent.rows(of: "memberships", as: "m")) GROUP BY m.program_id
        """
      },
      Part(columns: ["timed_enrollments", "learning_seconds"]) { extent in
        """
        SELECT e.program_id AS id, COUNT(e.learning_seconds) AS timed_enrollments, COALESCE(SUM(e.learning_seconds), 0) AS learning_seconds
        FROM \(extent.rows(of: "enrollments", as: "e")) GROUP BY e.program_id
        """
      },
      Part(columns: ["lessons"]) { extent in
        "SELECT l.program_id AS id, COUNT(*) AS lessons FROM \(extent.rows(of: "lesson_completions", as: "l")) GROUP BY l.program_id"
      },
      Part(columns: ["ratings", "rating_sum"]) { extent in
        """
        SELECT r.program_id AS id, COUNT(*) AS ratings, SUM(r.rating) AS rating_sum FROM \(extent.rows(of: "course_ratings", as: "r"))
        GROUP BY r.program_id
        """
      },
    ])

  /// What happened in a program on a UTC day. Learning time that came as a total without dates is in the totals, not in the days.
  static let days = Tally(
    table: "daily_totals", keys: ["organization_id", "day", "program_id"],
    columns: [
      "invitations", "joins", "first_enrollments", "first_completions", "enrollments", "completions", "learning_seconds", "lessons",
      "ratings", "rating_sum",
    ], delta: "delta_days", ownsRows: true,
    parts: [
      happening("invitations", "SELECT m.program_id, m.invited_at AS at, 1 AS n FROM", "memberships", "m", "WHERE m.invited_at <> ''"),
      happening("joins", "SELECT m.program_id, m.joined_at AS at, 1 AS n FROM", "memberships", "m", "WHERE m.joined_at <> ''"),
      happening(
        "first_enrollments", "SELECT e.program_id, MIN(e.enrolled_at) AS at, 1 AS n FROM", "enrollments", "e",
        "GROUP BY e.program_id, e.user_id"),
      happening(
        "first_completions", "SELECT e.program_id, MIN(e.completed_at) AS at, 1 AS n FROM", "enrollments", "e",
        "WHERE e.completed = 1 AND e.completed_at <> '' GROUP BY e.program_id, e.user_id"),
      happening("enrollments", "SELECT e.program_id, e.enrolled_at AS at, 1 AS n FROM", "enrollments", "e", ""),
      happening(
        "completions", "SELECT e.program_id, e.completed_at AS at, 1 AS n FROM", "enrollments", "e",
        "WHERE e.completed = 1 AND e.completed_at <> ''"),
      happening("learning_seconds", "SELECT l.program_id, l.began_at AS at, l.seconds AS n FROM", "learning_sessions", "l", ""),
      happening("lessons", "SELECT l.program_id, l.completed_at AS at, 1 AS n FROM", "lesson_completions", "l", ""),
      happening("ratings", "SELECT r.program_id, r.rated_at AS at, 1 AS n FROM", "course_ratings", "r", ""),
      happening("rating_sum", "SELECT r.program_id, r.rated_at AS at, r.rating AS n FROM", "course_ratings", "r", ""),
    ])

  /// A part of the days: each row that the query finds adds its `n` to the day of its `at`.
  private static func happening(_ column: Column, _ select: SQL, _ table: SQL, _ alias: SQL, _ rest: SQL) -> Part {
    Part(columns: [column]) { extent in
      """
      SELECT g.organization_id AS organization_id, d.day AS day, d.program_id AS program_id, d.n AS \(column.sql) FROM (
        SELECT h.program_id AS program_id, substr(h.at, 1, 10) AS day, SUM(h.n) AS n
        FROM (\(select) \(extent.rows(of: table, as: alias)) \(rest)) h GROUP BY h.program_id, substr(h.at, 1, 10)
      ) d JOIN programs g ON g.id = d.program_id
      """
    }
  }

  /// What a contract has given: licenses by the moment at which it says that one is occupied, until a removal can no longer be undone; or enrollments,
  /// of which a removal gives nothing back.
  static let contracts = Tally(
    table: "contracts", keys: ["id"], columns: ["used", "open_invitations", "utilized"], delta: "delta_contracts", ownsRows: false,
    parts: [
      Part(columns: ["used"]) { extent in
        """
        SELECT c.id AS id, SUM(CASE
          WHEN (m.state = 'MEMBER' OR m.release_at <> '') AND (c.occupied_on <> 'ENROLLMENT' OR m.enrollments > 0) THEN 1
          WHEN m.state = 'INVITED' AND c.occupied_on = 'INVITATION' THEN 1 ELSE 0 END) AS used
        FROM \(extent.rows(of: "memberships", as: "m")) JOIN contracts c ON c.id = m.contract_id AND c.kind <> 'ENROLLMENTS' GROUP BY c.id
        """
      },
      Part(columns: ["used"]) { extent in
        """
        SELECT e.contract_id AS id, COUNT(*) AS used FROM \(extent.rows(of: "enrollments", as: "e"))
        WHERE e.contract_id IN (SELECT id FROM contracts WHERE kind = 'ENROLLMENTS') GROUP BY e.contract_id
        """
      },
      Part(columns: ["open_invitations", "utilized"]) { extent in
        """
        SELECT m.contract_id AS id, SUM(CASE WHEN m.state = 'INVITED' THEN 1 ELSE 0 END) AS open_invitations,
          SUM(CASE WHEN m.state = 'MEMBER' AND m.enrollments > 0 THEN 1 ELSE 0 END) AS utilized
        FROM \(extent.rows(of: "memberships", as: "m")) WHERE m.contract_id IS NOT NULL GROUP BY m.contract_id
        """
      },
    ])

  /// The people of an organization, a person once. Whoever was erased is nobody's person.
  static let organizations = Tally(
    table: "organizations", keys: ["id"],
    columns: ["people", "people_invited", "people_joined", "people_enrolled", "people_completed"], delta: "delta_organizations",
    ownsRows: false,
    parts: [
      Part(columns: ["people", "people_invited", "people_joined", "people_enrolled", "people_completed"]) { extent in
        """
        SELECT u.organization_id AS id, SUM(CASE WHEN u.erased_at = '' THEN 1 ELSE 0 END) AS people,
          SUM(CASE WHEN u.joined = 1 OR u.open_invitations > 0 THEN 1 ELSE 0 END) AS people_invited,
          SUM(CASE WHEN u.joined = 1 THEN 1 ELSE 0 END) AS people_joined,
          SUM(CASE WHEN u.joined = 1 AND u.enrollments > 0 THEN 1 ELSE 0 END) AS people_enrolled,
          SUM(CASE WHEN u.joined = 1 AND u.completions > 0 THEN 1 ELSE 0 END) AS people_completed
        FROM \(extent.users(as: "u")) GROUP BY u.organization_id
        """
      }
    ])
}
