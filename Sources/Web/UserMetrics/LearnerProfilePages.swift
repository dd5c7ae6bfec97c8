import Domain
import HTTPServer
import Templates

/// A learner's coaching: one engagement.
enum LearnerProfilePages {
  /// GET /o/{slug}/user-metrics/learners/{engagement}
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let id = context.request.parameters["engagement"].flatMap { Int64($0) } ?? 0
    let profile = try context.read { try LearnerProfile.find(id: id, scope: scope, now: context.now, in: $0) }
    let page = LearnerProfilePage(context: context, scope: scope, profile: profile)
    return try context.render(
      "usermetrics/learner", Page(page.name, in: ["Learners"], at: .learners), ["heading": page.heading, "learner": page])
  }
}

/// A learner's profile as its template reads it.
struct LearnerProfilePage: ValueConvertible {
  let context: Context
  let scope: OrganizationScope
  let profile: LearnerProfile

  var learner: Learner { profile.learner }
  var slug: String { scope.organization.slug }
  var format: Format { context.format }
  var name: String { learner.name.isEmpty ? learner.email : learner.name }

  var heading: Value {
    Page.heading(
      up: LinkModel(label: "Learners", link: .learners(slug)), lede: learner.name.isEmpty ? nil : learner.email,
      actions: [LinkModel(label: "Profile in Users", link: .user(slug, learner.userID))], menu: menu)
  }

  private var here: Path { .learner(slug, learner.id) }
  private var menu: Menu { LearnerActs.menu(slug, engagement: learner.id, stage: learner.stage, back: here) }

  var templateValue: Value {
    [
      "badges": [learner.stage.badge], "noteLink": LearnerActs.link(.note, slug, learner.id, here), "facts": facts, "tiles": tiles,
      "timeline": timeline, "tasks": tasks,
      "upcoming": profile.upcoming.isEmpty ? nil : sessions(profile.upcoming, "Sessions to come"),
      "past": profile.past.isEmpty ? nil : sessions(profile.past, "Past sessions"), "sessionsNote": sessionsNote, "rounds": rounds,
      "areas": areas, "goals": profile.goals.isEmpty ? nil : goals, "plan": plan, "notes": notes, "terms": terms,
      "others": profile.others.isEmpty ? nil : Table.engagements(profile.others, "Other engagements", slug, format),
      "programs": programs, "courses": courses, "userLink": Path.user(slug, learner.userID),
    ]
  }

  private func date(_ moment: String) -> String { format.date(Moment(moment)) }

  private var facts: [Value] {
    LearnerProfilePage.facts([
      ("Group", learner.group), ("Coach", learner.coach), ("Launched", date(profile.facts.launchedAt)),
      ("Ends", date(profile.facts.endsAt)),
      ("NPS", profile.facts.npsAnswers > 0 ? "Answered" : "Not answered"),
    ])
  }

  private static func facts(_ facts: [(String, String)]) -> [Value] {
    facts.map { ["label": $0.0, "value": $0.1.isEmpty ? "—" : $0.1] }
  }

  private var tiles: [Tile] {
    func tile(_ column: LearnerColumn, _ label: String, _ value: String, unit: String? = nil, why: String) -> Tile {
      Tile(
        label: label, value: value, unit: unit, why: why,
        definition: Definition(id: "define-\(column.rawValue)", title: column.header, text: column.definition))
    }
    func text(_ column: LearnerColumn) -> String { column.value(of: learner).cell(isNumber: true, format).text ?? "—" }
    let (round, terms) = (profile.rounds[0], profile.terms)
    let isRated = column(.averageRating) != .none
    return [
      tile(
        .sessionsCompleted, "Sessions completed", format.number(learner.sessionsCompleted), unit: "of \(format.number(terms.sessions))",
        why:
          "\(format.number(learner.sessionsRemaining)) remaining, late cancels: \(text(.lateCancels)), with the manager: \(text(.managerSessions))"
      ),
      tile(
        .averageRating, "Average rating", text(.averageRating), unit: isRated ? "of 5" : nil,
        why: isRated ? "rated sessions: \(text(.totalRatings))" : "no session is rated yet"),
      tile(
        .feedbackInvited, "360° feedback", format.number(round.answered), unit: "of \(format.number(round.invited)) answered",
        why: "at least \(format.number(terms.minimumInvited)) to invite, \(format.number(terms.minimumAnswered)) to answer"),
      tile(.nextSession, "Next session", text(.nextSession), why: "last session: \(text(.lastSession))"),
    ]
  }

  private func column(_ column: LearnerColumn) -> LearnerValue { column.value(of: learner) }

  private var timeline: [Value] {
    profile.timeline(at: context.now).map { event in
      [
        "time": event.at, "date": date(event.at), "label": event.words, "ahead": event.isAhead,
      ]
    }
  }

  private var tasks: [Value] {
    func list(_ title: String, _ note: String, _ tasks: [LearnerProfile.TaskState]) -> Value {
      [
        "title": title, "note": note,
        "items": Value.list(tasks.map { ["mark": Mark(isYes: $0.isDone), "label": $0.task.label, "detail": detail(of: $0)] }),
      ]
    }
    let done = profile.tasks.count(where: \.isDone)
    let lists = [list("Tasks of the beginning", "\(done) of \(profile.tasks.count) done", profile.tasks)]
    let again = profile.remeasurementTasks
    if again.isEmpty { return lists + [["title": "Remeasurement", "note": "This learner is not remeasured", "items": [Value]()]] }
    let opens = profile.facts.remeasurementOpensAt
    let state =
      opens.isEmpty
      ? "not open; an administrator opens it"
      : opens > context.now.text ? "opens on \(date(opens))" : "\(again.count(where: \.isDone)) of \(again.count) done"
    return lists + [list("Tasks of the remeasurement", state, again)]
  }

  private func detail(of state: LearnerProfile.TaskState) -> String {
    if !state.at.isEmpty { return date(state.at) }
    func round(_ number: Int) -> String {
      let (round, terms) = (profile.rounds[number], profile.terms)
      return "\(round.invited) invited of at least \(terms.minimumInvited), \(round.answered) answered"
    }
    switch state.task {
    case .feedback: return round(0)
    case .secondFeedback: return round(1)
    case .coachingPlan: return profile.facts.plan.words
    default: return state.isDone ? "" : "open"
    }
  }

  private var plan: String {
    profile.facts.plan.words
      + (profile.facts.hasPlanFeedback ? "; the manager was asked for feedback" : "; the manager was not asked for feedback")
  }

  private var areas: [Value] {
    profile.focusAreas.map { ["label": $0.name, "note": $0.isChosen ? "chosen by the learner" : "given by an administrator"] }
  }

  private var notes: [Value] {
    profile.notes.map { note in
      ["text": note.text, "author": note.author.isEmpty ? "Import" : note.author, "time": note.at, "date": format.time(Moment(note.at))]
    }
  }

  private var terms: [Value] {
    let terms = profile.terms
    let remeasurement =
      !terms.remeasures
      ? "Off"
      : terms.remeasurementDays.map { "Opens \(format.plural(Int64($0), "day", "days")) before the end" } ?? "Opened by an administrator"
    return LearnerProfilePage.facts([
      ("Group", terms.group),
      (
        "Company purchase",
        terms.purchase + (terms.expiresAt.isEmpty ? "" : ", expires \(date(terms.expiresAt))")
          + (terms.lateCancelsCount ? ", late cancels count" : "")
      ),
      ("Sessions per learner", format.number(terms.sessions)), ("360° assessment", terms.assessment), ("Survey", terms.survey),
      ("Duration", format.plural(Int64(terms.days), "day", "days")), ("360°: at least to invite", format.number(terms.minimumInvited)),
      ("360°: at least to answer", format.number(terms.minimumAnswered)), ("360°: at most to invite", format.number(terms.maximumInvited)),
      ("Remeasurement", remeasurement), ("Meeting links", terms.meetingLinks ? "The coach’s" : "The learner’s own"),
      ("Default language", terms.language == "en" ? "English" : terms.language),
    ])
  }
}
