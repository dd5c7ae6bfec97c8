import Database

/// What adds up over the memberships of a program, the people of an organization and the users of a contract.
extension Tally {
  /// Every tally, an order in which each needs only those before it and the figures of memberships and users.
  static let all = [programs, days, contracts, organizations]

  /// The funnel of a program counts current memberships; its totals count everything since the beginning, removed members included.
  static let programs = Tally(
    table: "programs", keys: ["id"],
    columns: [
      "invited", "members", "removed_members", "enrolled", "completed", "enrollments", "completions", "timed_enrollments",
      "learning_seconds", "lessons", "ratings", "rating_sum",
    ], before: "before_programs", ownsRows: false,
    contributions: { extent in
      """
      SELECT id, SUM(invited) AS invited, SUM(members) AS members, SUM(removed_members) AS removed_members, SUM(enrolled) AS enrolled,
        SUM(completed) AS completed, SUM(enrollments) AS enrollments, SUM(completions) AS completions,
        SUM(timed_enrollments) AS timed_enrollments, SUM(learning_seconds) AS learning_seconds, SUM(lessons) AS lessons,
        SUM(ratings) AS ratings, SUM(rating_sum) AS rating_sum
      FROM (
        SELECT m.program_id AS id, SUM(CASE WHEN m.state = 'INVITED' THEN 1 ELSE 0 END) AS invited,
          SUM(CASE WHEN m.state = 'MEMBER' THEN 1 ELSE 0 END) AS members,
          SUM(CASE WHEN m.state = 'DELETED_MEMBER' THEN 1 ELSE 0 END) AS removed_members,
          SUM(CASE WHEN m.state = 'MEMBER' AND m.enrollments > 0 THEN 1 ELSE 0 END) AS enrolled,
          SUM(CASE WHEN m.state = 'MEMBER' AND m.completions > 0 THEN 1 ELSE 0 END) AS completed,
          SUM(m.enrollments) AS enrollments, SUM(m.completions) AS completions, 0 AS timed_enrollments, 0 AS learning_seconds,
          0 AS lessons, 0 AS ratings, 0 AS rating_sum
        FROM \(extent.rows(of: "memberships", as: "m")) GROUP BY m.program_id
        UNION ALL SELECT e.program_id, 0, 0, 0, 0, 0, 0, 0, COUNT(e.learning_seconds), COALESCE(SUM(e.learning_seconds), 0), 0, 0, 0
        FROM \(extent.rows(of: "enrollments", as: "e")) GROUP BY e.program_id
        UNION ALL SELECT l.program_id, 0, 0, 0, 0, 0, 0, 0, 0, 0, COUNT(*), 0, 0
        FROM \(extent.rows(of: "lesson_completions", as: "l")) GROUP BY l.program_id
        UNION ALL SELECT r.program_id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, COUNT(*), SUM(r.rating)
        FROM \(extent.rows(of: "course_ratings", as: "r")) GROUP BY r.program_id
      ) s GROUP BY id
      """
    })

  /// What happened in a program on a UTC day. Learning time that came as a total without dates is in the totals, not in the days.
  static let days = Tally(
    table: "daily_totals", keys: ["organization_id", "day", "program_id"],
    columns: [
      "invitations", "joins", "first_enrollments", "first_completions", "enrollments", "completions", "learning_seconds", "lessons",
      "ratings", "rating_sum",
    ], before: "before_days", ownsRows: true,
    contributions: { extent in
      """
      SELECT g.organization_id AS organization_id, s.day AS day, s.program_id AS program_id, SUM(s.invitations) AS invitations,
        SUM(s.joins) AS joins, SUM(s.first_enrollments) AS first_enrollments, SUM(s.first_completions) AS first_completions,
        SUM(s.enrollments) AS enrollments, SUM(s.completions) AS completions, SUM(s.learning_seconds) AS learning_seconds,
        SUM(s.lessons) AS lessons, SUM(s.ratings) AS ratings, SUM(s.rating_sum) AS rating_sum
      FROM (
        SELECT m.program_id, substr(m.invited_at, 1, 10) AS day, COUNT(*) AS invitations, 0 AS joins, 0 AS first_enrollments,
          0 AS first_completions, 0 AS enrollments, 0 AS completions, 0 AS learning_seconds, 0 AS lessons, 0 AS ratings, 0 AS rating_sum
        FROM \(extent.rows(of: "memberships", as: "m")) WHERE m.invited_at <> '' GROUP BY 1, 2
        UNION ALL SELECT m.program_id, substr(m.joined_at, 1, 10), 0, COUNT(*), 0, 0, 0, 0, 0, 0, 0, 0
        FROM \(extent.rows(of: "memberships", as: "m")) WHERE m.joined_at <> '' GROUP BY 1, 2
        UNION ALL SELECT program_id, substr(at, 1, 10), 0, 0, COUNT(*), 0, 0, 0, 0, 0, 0, 0 FROM (
          SELECT e.program_id, MIN(e.enrolled_at) AS at FROM \(extent.rows(of: "enrollments", as: "e")) GROUP BY e.program_id, e.user_id
        ) f GROUP BY 1, 2
        UNION ALL SELECT program_id, substr(at, 1, 10), 0, 0, 0, COUNT(*), 0, 0, 0, 0, 0, 0 FROM (
          SELECT e.program_id, MIN(e.completed_at) AS at FROM \(extent.rows(of: "enrollments", as: "e"))
          WHERE e.completed = 1 AND e.completed_at <> '' GROUP BY e.program_id, e.user_id
        ) f GROUP BY 1, 2
        UNION ALL SELECT e.program_id, substr(e.enrolled_at, 1, 10), 0, 0, 0, 0, COUNT(*), 0, 0, 0, 0, 0
        FROM \(extent.rows(of: "enrollments", as: "e")) GROUP BY 1, 2
        UNION ALL SELECT e.program_id, substr(e.completed_at, 1, 10), 0, 0, 0, 0, 0, COUNT(*), 0, 0, 0, 0
        FROM \(extent.rows(of: "enrollments", as: "e")) WHERE e.completed = 1 AND e.completed_at <> '' GROUP BY 1, 2
        UNION ALL SELECT l.program_id, substr(l.began_at, 1, 10), 0, 0, 0, 0, 0, 0, SUM(l.seconds), 0, 0, 0
        FROM \(extent.rows(of: "learning_sessions", as: "l")) GROUP BY 1, 2
        UNION ALL SELECT l.program_id, substr(l.completed_at, 1, 10), 0, 0, 0, 0, 0, 0, 0, COUNT(*), 0, 0
        FROM \(extent.rows(of: "lesson_completions", as: "l")) GROUP BY 1, 2
        UNION ALL SELECT r.program_id, substr(r.rated_at, 1, 10), 0, 0, 0, 0, 0, 0, 0, 0, COUNT(*), SUM(r.rating)
        FROM \(extent.rows(of: "course_ratings", as: "r")) GROUP BY 1, 2
      ) s JOIN programs g ON g.id = s.program_id GROUP BY g.organization_id, s.day, s.program_id
      """
    })

  /// What a contract has given: licenses by the moment at which it says that one is occupied, or enrollments, of which a removal gives nothing back.
  static let contracts = Tally(
    table: "contracts", keys: ["id"], columns: ["used"], before: "before_contracts", ownsRows: false,
    contributions: { extent in
      """
      SELECT c.id AS id, SUM(s.used) AS used FROM (
        SELECT m.contract_id, 'MEMBERSHIPS' AS kind, c.occupied_on AS occupied_on, SUM(CASE
          WHEN m.state = 'MEMBER' AND (c.occupied_on <> 'ENROLLMENT' OR m.enrollments > 0) THEN 1
          WHEN m.state = 'INVITED' AND c.occupied_on = 'INVITATION' THEN 1 ELSE 0 END) AS used
        FROM \(extent.rows(of: "memberships", as: "m")) JOIN contracts c ON c.id = m.contract_id GROUP BY m.contract_id, c.occupied_on
        UNION ALL SELECT e.contract_id, 'ENROLLMENTS', '', COUNT(*) FROM \(extent.rows(of: "enrollments", as: "e"))
        WHERE e.contract_id IS NOT NULL GROUP BY e.contract_id
      ) s JOIN contracts c ON c.id = s.contract_id AND (c.kind = 'ENROLLMENTS') = (s.kind = 'ENROLLMENTS') GROUP BY c.id
      """
    })

  /// The people of an organization, a person once.
  static let organizations = Tally(
    table: "organizations", keys: ["id"],
    columns: ["people", "people_invited", "people_joined", "people_enrolled", "people_completed"], before: "before_organizations",
    ownsRows: false,
    contributions: { extent in
      """
      SELECT u.organization_id AS id, COUNT(*) AS people,
        SUM(CASE WHEN u.joined = 1 OR u.open_invitations > 0 THEN 1 ELSE 0 END) AS people_invited,
        SUM(CASE WHEN u.joined = 1 THEN 1 ELSE 0 END) AS people_joined,
        SUM(CASE WHEN u.joined = 1 AND u.enrollments > 0 THEN 1 ELSE 0 END) AS people_enrolled,
        SUM(CASE WHEN u.joined = 1 AND u.completions > 0 THEN 1 ELSE 0 END) AS people_completed
      FROM \(extent.users(as: "u")) GROUP BY u.organization_id
      """
    })
}
