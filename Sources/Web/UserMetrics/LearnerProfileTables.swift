import Domain
import Templates

extension LearnerProfilePage {
  func sessions(_ sessions: [LearnerProfile.Session], _ label: String) -> Table {
    Table(
      label: label,
      columns: [
        TableColumn(label: "Session"), TableColumn(label: "State"), TableColumn(label: "Coach"), TableColumn(label: "Manager attended"),
        TableColumn(label: "Rating", isNumber: true),
      ],
      rows: sessions.map { session in
        let isLate = session.state == .scheduled && session.startsAt <= context.now.text
        return Table.Row(cells: [
          .head(format.time(Moment(session.startsAt)), length(session)),
          Cell(badges: [isLate ? Badge(label: "Waits to be marked", tone: .caution, why: nil) : session.state.badge]), .text(session.coach),
          session.state == .completed ? Cell(mark: Mark(isYes: session.managerAttended)) : .text(""),
          .number(session.rating.map { "\($0)" } ?? "—"),
        ])
      })
  }

  private func length(_ session: LearnerProfile.Session) -> String? {
    guard let start = Moment(session.startsAt), let end = Moment(session.endsAt) else { return nil }
    return format.plural((end.milliseconds - start.milliseconds) / 60_000, "minute", "minutes")
  }

  var sessionsNote: String {
    let shown = profile.upcoming.count + profile.past.count
    return profile.sessions > shown
      ? "\(format.number(shown)) of \(format.number(profile.sessions))" : format.plural(Int64(profile.sessions), "session", "sessions")
  }

  /// The second round stands there once it is open or somebody is asked.
  var rounds: [Value] {
    profile.rounds.enumerated().compactMap { index, round -> Value? in
      if index == 1, round.people.isEmpty, !profile.terms.remeasures { return nil }
      let title = index == 0 ? "360° feedback" : "360° feedback at the remeasurement"
      let removed = round.removed == 0 ? "" : ", \(format.number(round.removed)) removed"
      return [
        "title": title, "note": "\(format.number(round.answered)) of \(format.number(round.invited)) answered\(removed)",
        "table": round.people.isEmpty ? nil : people(round, title),
      ]
    }
  }

  private func people(_ round: LearnerProfile.Round, _ label: String) -> Table {
    Table(
      label: label, columns: ["Who was asked", "Relation", "State", "Answered"].map { TableColumn(label: $0) },
      rows: round.people.map { person in
        let state =
          !person.removedAt.isEmpty
          ? Badge(label: "Removed", tone: .neutral, why: nil)
          : person.answeredAt.isEmpty ? Badge(label: "Waiting", tone: .info, why: nil) : Badge(label: "Answered", tone: .positive, why: nil)
        return Table.Row(cells: [
          .head(person.name, nil), .text(person.relation), Cell(badges: [state]),
          .time(person.answeredAt, format.date(Moment(person.answeredAt))),
        ])
      })
  }

  var goals: Table {
    let isAssessed = !profile.facts.goalsAssessedAt.isEmpty
    return Table(
      label: "Goals", columns: ["Goal", "Result"].map { TableColumn(label: $0) },
      rows: profile.goals.map { goal in
        let result =
          goal.isAchieved
          ? Badge(label: "Reached", tone: .positive, why: nil) : Badge(label: isAssessed ? "Not reached" : "Open", tone: .neutral, why: nil)
        return Table.Row(cells: [.head(goal.text, nil), Cell(badges: [result])])
      })
  }

  /// How many programs and courses stand beside the coaching; the page in Users holds all.
  private static let most = 10

  var programs: [Value] {
    profile.person.memberships.prefix(LearnerProfilePage.most).map { membership in
      let state = membership.state == "MEMBER" ? "member" : membership.state == "INVITED" ? "invited" : "removed"
      let counts =
        "\(format.plural(Int64(membership.enrollments), "enrollment", "enrollments")), \(format.number(membership.completions)) completed"
      return ["label": membership.programName, "link": Path.program(slug, membership.programSlug), "note": "\(state) · \(counts)"]
    }
  }

  var courses: [Value] {
    profile.person.enrollments.prefix(LearnerProfilePage.most).map { course in
      let state =
        course.isCompleted
        ? "completed \(format.date(Moment(course.completedAt)))"
        : course.hasLeft ? "left" : course.progress.map { "\(format.decimal($0, places: 0))% done" } ?? "enrolled"
      return ["label": course.course, "note": "\(course.program) · \(state)"]
    }
  }
}

extension Table {
  /// Engagements of one person, each leading to its profile.
  static func engagements(_ learners: [Learner], _ label: String, _ slug: String, _ format: Format) -> Table {
    let columns: [LearnerColumn] = [.stage, .coachName, .dateLaunched, .engagementEnd, .sessionsCompleted, .sessionsRemaining]
    return Table(
      label: label,
      columns: [TableColumn(label: "Group")] + columns.map { TableColumn(label: $0.header, isNumber: $0.isNumber) },
      rows: learners.map { learner in
        Table.Row(
          cells: [.head(learner.group, nil, link: .learner(slug, learner.id)), Cell(badges: [learner.stage.badge])]
            + columns.dropFirst().map { $0.value(of: learner).cell(isNumber: $0.isNumber, format) })
      })
  }
}

extension LearnerProfile.Session.State {
  var badge: Badge {
    switch self {
    case .scheduled: Badge(label: "Scheduled", tone: .info, why: nil)
    case .completed: Badge(label: "Completed", tone: .positive, why: nil)
    case .canceled: Badge(label: "Canceled", tone: .neutral, why: nil)
    case .lateCanceled: Badge(label: "Canceled late", tone: .caution, why: nil)
    case .missed: Badge(label: "Missed", tone: .critical, why: nil)
    }
  }
}

extension LearnerProfile.Facts.Plan {
  var words: String {
    switch self {
    case .none: "No coaching plan yet"
    case .begun: "The coaching plan is begun"
    case .complete: "The coaching plan is complete"
    }
  }
}

extension LearnerProfile.Task {
  var label: String {
    switch self {
    case .profile: "Set up the profile"
    case .selfAssessment: "Self assessment"
    case .feedback: "360° feedback"
    case .survey: "Survey"
    case .coachingPlan: "Coaching plan"
    case .selfRemeasurement: "Self assessment again"
    case .secondFeedback: "360° feedback again"
    case .goalCompletion: "Goals reached or not"
    case .remeasurementSurvey: "Survey again"
    }
  }
}

extension LearnerProfile.Event {
  /// What happened, or will.
  var words: String {
    switch step {
    case .launched: "Launched: access was given"
    case .coach: "Coach: \(detail)"
    case .firstLogin: "First login"
    case .profile: "Profile set up"
    case .selfAssessment: "Self assessment completed"
    case .firstSession: "First session completed"
    case .survey: "Survey completed"
    case .extended: "Extended"
    case .paused: "Paused"
    case .unpaused: "Unpaused"
    case .remeasurement: isAhead ? "Remeasurement opens" : "Remeasurement opened"
    case .selfRemeasurement: "Self assessment completed again"
    case .goals: "Goals assessed"
    case .remeasurementSurvey: "Survey completed again"
    case .deactivated: "Deactivated"
    case .end: isAhead ? "Engagement ends" : "Engagement ended"
    }
  }
}
