import Database

/// The lists of a person's export, each with the index that serves it: rows lie by program and user, and the person's programs lead to them.
extension PersonExport {
  var sections: [Section] { [person, roles, preferences] + places + learning + traces }

  private var organization: Int64 { scope.organization.id }
  private var mine: SQL { "organization_id = \(organization) AND user_id = \(user)" }

  private var person: Section {
    let values = SQL.join(
      Attribute.allCases.map { "(SELECT v.value FROM attribute_values v WHERE v.id = u.\($0.column))" }, ", ")
    return Section(
      name: "person",
      columns: [
        ("name", .text), ("email", .text), ("externalId", .text), ("knownSince", .moment), ("deactivatedAt", .moment),
      ] + Attribute.allCases.map { (name: $0.header, kind: Kind.text) },
      query: """
        SELECT u.name, u.email, u.external_id, u.created_at, u.deactivated_at, \(values) FROM users u
        WHERE u.organization_id = \(organization) AND u.id = \(user)
        """)
  }

  private var roles: Section {
    Section(
      name: "roles", columns: [("role", .text), ("program", .text), ("since", .moment)],
      query: """
        SELECT r.role, p.name, r.created_at FROM role_assignments r LEFT JOIN programs p ON p.id = r.program_id
        WHERE r.account_id = \(user) AND r.organization_id = \(organization) ORDER BY r.id
        """)
  }

  private var preferences: Section {
    Section(
      name: "emailPreferences", columns: [("announcements", .truth), ("changedAt", .moment)],
      query: "SELECT announcements, changed_at FROM email_preferences WHERE \(mine)")
  }

  private var places: [Section] {
    [
      Section(
        name: "memberships",
        columns: [
          ("program", .text), ("state", .text), ("contract", .text), ("invitedAt", .moment), ("joinedAt", .moment), ("removedAt", .moment),
          ("lastActivityAt", .moment), ("enrollments", .int), ("completions", .int),
        ],
        query: """
          SELECT p.slug, m.state, c.name, m.invited_at, m.joined_at, m.removed_at, m.last_activity_at, m.enrollments, m.completions
          FROM memberships m JOIN programs p ON p.id = m.program_id LEFT JOIN contracts c ON c.id = m.contract_id
          WHERE m.organization_id = \(organization) AND m.user_id = \(user) ORDER BY m.program_id
          """),
      Section(
        name: "furtherContracts", columns: [("program", .text), ("contract", .text)],
        query: """
          SELECT p.slug, c.name FROM membership_contracts x JOIN programs p ON p.id = x.program_id JOIN contracts c ON c.id = x.contract_id
          WHERE \(UserProfile.inPrograms("x", of: user, organization)) ORDER BY x.program_id, x.position, x.contract_id
          """),
      Section(
        name: "invitations",
        columns: [
          ("program", .text), ("state", .text), ("contract", .text), ("invitedAt", .moment), ("expiresAt", .moment), ("sends", .int),
          ("sentAt", .moment), ("openedAt", .moment), ("joinedAt", .moment), ("revokedAt", .moment), ("failure", .text),
          ("bounced", .truth),
        ],
        query: """
          SELECT p.slug, i.state, c.name, i.invited_at, i.expires_at, i.sends, i.sent_at, i.opened_at, i.joined_at, i.revoked_at, i.failure,
            i.bounced FROM invitations i JOIN programs p ON p.id = i.program_id LEFT JOIN contracts c ON c.id = i.contract_id
          WHERE i.organization_id = \(organization) AND i.user_id = \(user) ORDER BY i.program_id
          """),
    ]
  }

  private var learning: [Section] {
    [
      Section(
        name: "enrollments",
        columns: [
          ("program", .text), ("course", .text), ("courseId", .text), ("contract", .text), ("enrolledAt", .moment),
          ("classStartsAt", .moment),
          ("lastActivityAt", .moment), ("completedAt", .moment), ("leftAt", .moment), ("completed", .truth), ("verified", .truth),
          ("removed", .truth), ("progress", .decimal), ("learningSeconds", .int), ("grade", .decimal), ("source", .text),
        ],
        query: """
          SELECT p.slug, k.name, k.external_id, c.name, e.enrolled_at, e.class_starts_at, e.last_activity_at, e.completed_at, e.left_at,
            e.completed, e.verified, e.removed, e.progress, e.learning_seconds, e.grade, e.source
          FROM enrollments e JOIN programs p ON p.id = e.program_id JOIN courses k ON k.id = e.course_id
          LEFT JOIN contracts c ON c.id = e.contract_id
          WHERE \(UserProfile.inPrograms("e", of: user, organization)) ORDER BY e.program_id, e.course_id
          """),
      Section(
        name: "attempts",
        columns: [
          ("program", .text), ("course", .text), ("assessment", .text), ("assessmentId", .text), ("attemptedAt", .moment),
          ("score", .decimal), ("maximumScore", .decimal), ("passed", .truth),
        ],
        query: """
          SELECT p.slug, k.name, a.name, a.external_id, t.attempted_at, t.score, t.maximum_score, t.passed
          FROM assessment_attempts t JOIN programs p ON p.id = t.program_id JOIN assessments a ON a.id = t.assessment_id
          JOIN courses k ON k.id = a.course_id
          WHERE \(UserProfile.inPrograms("t", of: user, organization)) ORDER BY t.program_id, t.assessment_id, t.attempted_at
          """),
      Section(
        name: "ratings",
        columns: [("program", .text), ("course", .text), ("rating", .int), ("comment", .text), ("ratedAt", .moment)],
        query: """
          SELECT p.slug, k.name, r.rating, r.comment, r.rated_at FROM course_ratings r JOIN programs p ON p.id = r.program_id
          JOIN courses k ON k.id = r.course_id WHERE \(UserProfile.inPrograms("r", of: user, organization)) ORDER BY r.program_id, r.course_id
          """),
      Section(
        name: "lessons", columns: [("program", .text), ("course", .text), ("lesson", .text), ("completedAt", .moment)],
        query: """
          SELECT p.slug, k.name, s.name, l.completed_at FROM lesson_completions l JOIN programs p ON p.id = l.program_id
          JOIN lessons s ON s.id = l.lesson_id JOIN courses k ON k.id = s.course_id
          WHERE \(UserProfile.inPrograms("l", of: user, organization)) ORDER BY l.program_id, l.lesson_id
          """),
      Section(
        name: "learningSessions", columns: [("program", .text), ("course", .text), ("beganAt", .moment), ("seconds", .int)],
        query: """
          SELECT p.slug, k.name, l.began_at, l.seconds FROM learning_sessions l JOIN programs p ON p.id = l.program_id
          JOIN courses k ON k.id = l.course_id
          WHERE \(UserProfile.inPrograms("l", of: user, organization)) ORDER BY l.program_id, l.course_id, l.began_at
          """),
    ]
  }

  private var traces: [Section] {
    [
      Section(
        name: "emails",
        columns: [
          ("kind", .text), ("program", .text), ("recipient", .text), ("state", .text), ("createdAt", .moment), ("sentAt", .moment),
          ("failure", .text), ("subject", .text), ("text", .text),
        ],
        query: """
          SELECT o.kind, p.slug, o.recipient, o.state, o.created_at, o.sent_at, o.failure, s.subject, s.body_text
          FROM outbox o LEFT JOIN programs p ON p.id = o.program_id LEFT JOIN sent_mail s ON s.outbox_id = o.id
          WHERE o.organization_id = \(organization) AND o.user_id = \(user) ORDER BY o.id
          """),
      Section(
        name: "licenseMovements",
        columns: [("at", .moment), ("change", .int), ("reason", .text), ("contract", .text), ("program", .text)],
        query: """
          SELECT l.at, l.change, l.reason, c.name, p.slug FROM license_movements l
          JOIN contracts c ON c.id = l.contract_id AND c.organization_id = \(organization) LEFT JOIN programs p ON p.id = l.program_id
          WHERE l.user_id = \(user) ORDER BY l.id
          """),
      Section(
        name: "uploads",
        columns: [
          ("file", .text), ("uploadedAt", .moment), ("line", .int), ("outcome", .text), ("name", .text), ("email", .text),
          ("externalId", .text), ("cells", .text),
        ],
        query: """
          SELECT d.file_name, d.created_at, r.line, r.outcome, r.name, r.email, r.external_id, r.cells
          FROM upload_drafts d JOIN upload_rows r ON r.draft_id = d.id
          WHERE d.organization_id = \(organization) AND r.email_key = \(emailKey) ORDER BY d.id, r.line
          """),
      // What the person did to others is told without what was noted of them.
      Section(
        name: "auditEvents",
        columns: [("at", .moment), ("action", .text), ("byThePerson", .truth), ("noted", .text), ("value", .text)],
        query: """
          SELECT e.at, e.action, CASE WHEN e.actor_id = \(user) THEN 1 ELSE 0 END, v.name, v.value FROM audit_events e
          LEFT JOIN audit_values v ON v.event_id = e.id AND e.subject_kind IN ('user', 'account') AND e.subject_id = \(user)
          WHERE e.organization_id = \(organization) AND e.id IN (
            SELECT id FROM audit_events WHERE subject_kind IN ('user', 'account') AND subject_id = \(user)
            UNION SELECT id FROM audit_events WHERE actor_id = \(user)) ORDER BY e.id, v.name
          """),
    ]
  }
}
