import Database

extension DemoActivity {
  /// Writes everything that was imagined.
  func write(to connection: any Connection) throws {
    try writeMemberships(connection)
    try writeInvitations(connection)
    try writeEnrollments(connection)
    try writeLearning(connection)
    try writeAttempts(connection)
    try writeRatings(connection)
  }

  private var enrollments: some Sequence<(Membership, Enrollment)> {
    memberships.lazy.flatMap { membership in membership.enrollments.lazy.map { (membership, $0) } }
  }

  private func writeMemberships(_ connection: any Connection) throws {
    _ = try connection.load(
      into: "memberships",
      columns: [
        "program_id", "user_id", "organization_id", "state", "contract_id", "invited_at", "joined_at", "removed_at",
        "manager_name_id", "manager_email_id", "job_title_id", "job_type_id", "business_unit_id", "business_unit_2_id",
        "location_city_id", "location_country_id", "location_region_id", "search_key", "email_key",
      ]
    ) { sink in
      for membership in memberships {
        sink.int(membership.program.id)
        sink.int(membership.person.id)
        sink.int(organization)
        sink.text(membership.state)
        sink.int(membership.program.contract)
        sink.text(membership.invited.text)
        sink.text(membership.joined?.text ?? "")
        sink.text(membership.removed?.text ?? "")
        membership.person.write(to: sink)
        try sink.endRow()
      }
    }
  }

  private func writeEnrollments(_ connection: any Connection) throws {
    _ = try connection.load(
      into: "enrollments",
      columns: [
        "program_id", "user_id", "course_id", "contract_id", "enrolled_at", "class_starts_at", "last_activity_at", "completed_at",
        "completed", "verified", "removed", "progress", "learning_seconds", "grade", "source",
      ]
    ) { sink in
      for (membership, enrollment) in enrollments {
        sink.int(membership.program.id)
        sink.int(membership.person.id)
        sink.int(enrollment.course.id)
        sink.int(membership.program.contract)
        sink.text(enrollment.enrolled.text)
        sink.text(enrollment.course.classStarts.text)
        sink.text(enrollment.lastActivity?.text ?? "")
        sink.text(enrollment.completed?.text ?? "")
        sink.int(enrollment.completed == nil ? 0 : 1)
        sink.int(enrollment.verified ? 1 : 0)
        sink.int(enrollment.removed ? 1 : 0)
        sink.double(enrollment.progress)
        if let seconds = enrollment.seconds { sink.int(Int64(seconds)) } else { sink.null() }
        if let grade = enrollment.grade { sink.double(grade) } else { sink.null() }
        sink.text(enrollment.source)
        try sink.endRow()
      }
    }
  }

  private func writeLearning(_ connection: any Connection) throws {
    _ = try connection.load(into: "lesson_completions", columns: ["program_id", "user_id", "lesson_id", "completed_at"]) { sink in
      for (membership, enrollment) in enrollments {
        for lesson in enrollment.lessons {
          sink.int(membership.program.id)
          sink.int(membership.person.id)
          sink.int(lesson.id)
          sink.text(lesson.at.text)
          try sink.endRow()
        }
      }
    }
    _ = try connection.load(into: "learning_sessions", columns: ["program_id", "user_id", "course_id", "began_at", "seconds"]) { sink in
      for (membership, enrollment) in enrollments {
        for session in enrollment.sessions {
          sink.int(membership.program.id)
          sink.int(membership.person.id)
          sink.int(enrollment.course.id)
          sink.text(session.began.text)
          sink.int(Int64(session.seconds))
          try sink.endRow()
        }
      }
    }
  }

  private func writeAttempts(_ connection: any Connection) throws {
    _ = try connection.load(
      into: "assessment_attempts",
      columns: ["program_id", "user_id", "assessment_id", "attempted_at", "score", "maximum_score", "passed"]
    ) { sink in
      for (membership, enrollment) in enrollments {
        for attempt in enrollment.attempts {
          sink.int(membership.program.id)
          sink.int(membership.person.id)
          sink.int(attempt.assessment.id)
          sink.text(attempt.at.text)
          if let score = attempt.score { sink.double(score) } else { sink.null() }
          sink.double(100)
          if let score = attempt.score { sink.int(score >= 60 ? 1 : 0) } else { sink.null() }
          try sink.endRow()
        }
      }
    }
  }

  private func writeRatings(_ connection: any Connection) throws {
    _ = try connection.load(
      into: "course_ratings", columns: ["program_id", "user_id", "course_id", "organization_id", "rating", "comment", "rated_at"]
    ) { sink in
      for (membership, enrollment) in enrollments {
        guard let rating = enrollment.rating else { continue }
        sink.int(membership.program.id)
        sink.int(membership.person.id)
        sink.int(enrollment.course.id)
        sink.int(organization)
        sink.int(Int64(rating.stars))
        sink.text(rating.comment)
        sink.text(rating.at.text)
        try sink.endRow()
      }
    }
  }
}
