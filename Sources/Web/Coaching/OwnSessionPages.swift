import Domain
import HTTPServer
import Templates

/// A coach's sessions, and what became of one.
enum OwnSessionPages {
  /// GET /coach/{coach}/sessions
  static func list(_ context: Context, _ scope: CoachScope) throws -> Response {
    let id = scope.coach.id
    let state = ListState(.coachSessions(id), query: context.request.query, knowing: ["tab", "size", "page"])
    let tab = state.value("tab").flatMap(CoachSessionTab.init(rawValue:)) ?? .upcoming
    let (page, counts) = try context.read { connection in
      (
        try scope.sessions(tab, request: state.request, at: context.now, in: connection),
        try CoachSessionTab.allCases.map { try scope.count($0, at: context.now, in: connection) }
      )
    }
    let format = context.format
    let tabs = zip(CoachSessionTab.allCases, counts).map { item, count -> Value in
      [
        "label": item.label, "count": format.number(count),
        "link": Path.coachSessions(id).with(query: [("tab", item == .upcoming ? "" : item.rawValue)]), "current": item == tab,
      ]
    }
    let empty = Empty(
      isFiltered: false, title: tab.none,
      text: tab == .upcoming ? "Schedule one into a free slot of your calendar." : "Nothing is to be done here.",
      action: tab == .upcoming ? LinkModel(label: "Schedule a session", link: .newSession(id)) : nil)
    let listing = Listing(
      count: Listing.count(page.total, of: nil, "session", "sessions", format),
      table: page.rows.isEmpty ? nil : .sessions(page.rows, of: scope.coach, context: context, withLearner: true),
      empty: page.rows.isEmpty ? empty : nil, pager: Pager(page, state: state, format: format))
    return try context.render(
      "coaching/own-list",
      Page("Sessions", note: [tab.label.lowercased(), page.note].compactMap(\.self).joined(separator: ", "), at: .coaching(.sessions)),
      [
        "heading": Page.heading(
          lede: "Times in \(format.zone(at: context.now))", primary: LinkModel(label: "Schedule a session", link: .newSession(id))),
        "tabs": ["name": "Sessions", "items": Value.list(tabs)] as Value, "listing": listing,
      ])
  }

  /// GET /coach/{coach}/sessions/{session}
  static func show(_ context: Context, _ scope: CoachScope) throws -> Response {
    let session = try find(context, scope)
    return try page(context, scope, session, SessionOutcomeDraft(session, of: scope))
  }

  /// POST /coach/{coach}/sessions/{session}/outcome
  static func mark(_ context: Context, _ scope: CoachScope) throws -> Response {
    let form = try context.form()
    var draft = SessionOutcomeDraft()
    (draft.outcome, draft.managerAttended) = (form["outcome"] ?? "", form["manager-attended"] == "yes")
    (draft.day, draft.time) = (form["canceled-day"] ?? "", form["canceled-time"] ?? "")
    let session = try find(context, scope)
    // The form of a rated one asks for the manager alone.
    if session.isRated, form["outcome"] == nil { draft.outcome = SessionOutcome.completed.rawValue }
    do {
      let state = try scope.mark(session.id, draft, at: context.now, in: context.site.database)
      return try context.redirect(
        to: .coachSession(scope.coach.id, session.id), saying: .done("The session is marked: \(state.badge.label.lowercased())."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try page(context, scope, session, draft, failure)
    }
  }

  private static func find(_ context: Context, _ scope: CoachScope) throws -> CoachSession {
    let id = context.request.parameters["session"].flatMap { Int64($0) } ?? 0
    return try context.read { try scope.session(id, in: $0) }
  }

  private static func page(
    _ context: Context, _ scope: CoachScope, _ session: CoachSession, _ draft: SessionOutcomeDraft, _ failure: Failure? = nil
  ) throws -> Response {
    let page = OwnSessionPage(context: context, scope: scope, session: session, draft: draft, failure: failure)
    return try context.render(
      "coaching/session", Page("Session with \(session.learner)", in: ["Sessions"], at: .coaching(.sessions), hasErrors: failure != nil),
      ["heading": page.heading, "session": page], status: failure == nil ? 200 : 422)
  }
}

/// A session's page as the template reads it.
private struct OwnSessionPage: ValueConvertible {
  let context: Context
  let scope: CoachScope
  let session: CoachSession
  let draft: SessionOutcomeDraft
  let failure: Failure?

  private var format: Format { context.format }
  private var id: Int64 { scope.coach.id }
  private var hasBegun: Bool { session.stretch.starts <= context.now }

  var heading: Value {
    Page.heading(up: LinkModel(label: "Sessions", link: .coachSessions(id)), lede: format.span(session.stretch))
  }

  var templateValue: Value {
    let theirs = Format(timeZone: session.timeZone, now: context.now)
    var facts: [(label: String, value: String)] = [
      ("Your time", "\(format.span(session.stretch)), \(format.zone(at: session.stretch.starts))"),
      ("\(session.organization)", "\(theirs.span(session.stretch)), \(theirs.zone(at: session.stretch.starts))"),
    ]
    if session.state == .completed { facts.append(("Manager attended", yesOrNo(session.managerAttended))) }
    if let canceled = Moment(session.canceledAt) {
      facts.append(("Canceled", "\(format.time(canceled)) by \(session.isCanceledByLearner ? "the learner" : "you")"))
    }
    return [
      "badges": [session.badge(at: context.now)], "facts": Value.list(facts.map { ["label": $0.label, "value": $0.value] }),
      "learner": LinkModel(label: session.learner, link: .coachLearner(id, session.engagementID)),
      "meeting": session.meetingLink.isEmpty ? nil : session.meetingLink, "errors": ErrorSummary(failure),
      "rated": session.isRated, "title": session.state == .scheduled ? (hasBegun ? "What became of it?" : "Cancel it") : "Correct it",
      "form": [
        "action": Path.sessionOutcome(id, session.id), "fields": session.isRated ? [manager(failure?.fields ?? [])] : fields,
        "button": hasBegun || session.state != .scheduled ? "Save" : "Cancel session",
        "critical": !hasBegun && session.state == .scheduled,
      ] as Value,
    ]
  }

  private func manager(_ faults: [Failure.Field]) -> FormControl {
    FormControl(
      "manager-attended", "Manager", .checks([FormControl.Option("yes", "The learner’s manager attended")]),
      values: draft.managerAttended ? ["yes"] : [], faults: faults)
  }

  /// Before the session begins it can only be canceled.
  private var fields: [FormControl] {
    let faults = failure?.fields ?? []
    let choices = SessionOutcome.allCases.filter { hasBegun || $0 == .canceledByLearner || $0 == .canceledByCoach }
    var fields = [
      FormControl(
        "outcome", "Outcome", .radios(choices.map { FormControl.Option($0.rawValue, $0.label) }), value: draft.outcome,
        hint: "Canceled by the learner less than 24 hours before the beginning is a late cancel; exactly 24 hours is not.", required: true,
        faults: faults)
    ]
    if hasBegun { fields.append(manager(faults)) }
    let isDayWrong = faults.contains { $0.name == "canceled-day" }
    fields += [
      FormControl(
        "canceled-day", "Day of the cancel", .input(type: isDayWrong ? "text" : "date"), value: draft.day,
        hint: hasBegun ? "Only for a canceled session." : "Only for a cancel that you learned of before; else empty for now.",
        faults: faults),
      FormControl(
        "canceled-time", "Time of the cancel", .input(type: "text"), value: draft.time,
        hint: "Such as 09:30, in your time zone \(scope.coach.timeZone).", faults: faults),
    ]
    return fields
  }
}

extension CoachSessionTab {
  /// As tabs say it.
  fileprivate var label: String {
    switch self {
    case .upcoming: "Upcoming"
    case .open: "To mark"
    case .past: "Past"
    }
  }

  fileprivate var none: String {
    switch self {
    case .upcoming: "No session ahead"
    case .open: "Every session is marked"
    case .past: "No past sessions"
    }
  }
}
