import Database
import Domain
import Foundation
import HTTPServer
import Templates

/// Scheduling a session in three steps, each an address: the learner, a free slot, the confirmation.
enum SchedulePages {
  /// GET /coach/{coach}/sessions/new
  static func show(_ context: Context, _ scope: CoachScope) throws -> Response {
    let query = context.request.query
    guard let learner = query["learner"], !learner.isEmpty else { return try chooseLearner(context, scope) }
    let step = try SlotStep(context, scope, learner: learner)
    if let obstacle = step.booking.obstacle { return try refused(context, scope, step.booking, obstacle) }
    guard let text = query["start"], !text.isEmpty else { return try step.chooseSlot() }
    guard let start = Moment(text) else { return try step.chooseSlot(SlotStep.noSlot) }
    return try step.confirm(start)
  }

  /// POST /coach/{coach}/sessions/new
  static func create(_ context: Context, _ scope: CoachScope) throws -> Response {
    let form = try context.form()
    let step = try SlotStep(context, scope, learner: form["learner"] ?? "")
    guard let start = Moment(form["start"] ?? "") else { return try step.chooseSlot(SlotStep.noSlot) }
    let link = form["meeting-link"] ?? ""
    do {
      let id = try scope.schedule(step.booking.engagementID, at: start, link: link, now: context.now, in: context.site.database)
      return try context.redirect(to: .coachSession(scope.coach.id, id), saying: .done("The session is scheduled."))
    } catch let failure as Failure where failure.fields.contains(where: { $0.name == "meeting-link" }) {
      return try step.confirm(start, link: link, failure)
    } catch let failure as Failure where failure.fields.contains(where: { $0.name == "start" }) {
      return try step.chooseSlot(failure, near: start)
    } catch let failure as Failure where failure.code == .conflict {
      return try refused(context, scope, step.booking, failure.sentence, status: 409)
    }
  }

  private static func chooseLearner(_ context: Context, _ scope: CoachScope) throws -> Response {
    let learners = try context.read { try scope.choices(in: $0) }
    let kept = ["start", "week", "zone"].compactMap { name in
      context.request.query[name].map { Hidden(name: name, value: String($0.prefix(100))) }
    }
    let control = FormControl(
      "learner", "Learner",
      .select(
        learners.map { learner in
          FormControl.Option("\(learner.id)", learner.name + (scope.organization == nil ? ", \(learner.organization)" : ""))
        }), value: "", hint: "Those whom you coach now.", faults: [])
    let empty = Empty(
      isFiltered: false, title: "No learners to schedule with", text: "An administrator gives learners to you.",
      action: LinkModel(label: "Show my learners", link: .coachLearners(scope.coach.id)))
    return try page(
      context, scope, lede: "First, whom is it with?",
      choose: learners.isEmpty
        ? ["fields": [FormControl](), "action": Value.null, "kept": [Hidden](), "empty": empty]
        : ["fields": [control], "action": Path.newSession(scope.coach.id), "kept": kept, "empty": Value.null])
  }

  private static func refused(
    _ context: Context, _ scope: CoachScope, _ booking: Booking, _ sentence: String, status: Int = 200
  ) throws -> Response {
    let up = LinkModel(label: booking.learner, link: .coachLearner(scope.coach.id, booking.engagementID))
    return try context.render(
      "shared/confirm-page", Page("Schedule a session", in: [booking.learner], at: .coaching(.sessions)),
      [
        "heading": Page.heading(up: up),
        "confirm": [
          "fault": sentence, "texts": [String](), "action": Value.null, "button": "", "critical": false, "cancel": up.link,
        ] as Value,
      ], status: status)
  }

  fileprivate static func page(
    _ context: Context, _ scope: CoachScope, up: LinkModel? = nil, lede: String, choose: Value = .null, slots: Value = .null,
    confirm: Value = .null, failure: Failure? = nil
  ) throws -> Response {
    try context.render(
      "coaching/schedule", Page("Schedule a session", in: ["Sessions"], at: .coaching(.sessions), hasErrors: failure != nil),
      [
        "heading": Page.heading(up: up ?? LinkModel(label: "Sessions", link: .coachSessions(scope.coach.id)), lede: lede),
        "errors": ErrorSummary(failure), "choose": choose, "slots": slots, "confirm": confirm,
      ], status: failure?.code.status ?? 200)
  }
}

/// The steps that have a learner.
private struct SlotStep {
  let context: Context
  let scope: CoachScope
  let booking: Booking

  init(_ context: Context, _ scope: CoachScope, learner: String) throws {
    (self.context, self.scope) = (context, scope)
    booking = try context.read { try Booking.find(Int64(learner) ?? 0, scope: scope, at: context.now, in: $0) }
  }

  private var path: Path { .newSession(scope.coach.id) }
  private var up: LinkModel { LinkModel(label: booking.learner, link: .coachLearner(scope.coach.id, booking.engagementID)) }

  /// How far a free slot is looked for.
  private static let weeksAhead: Int64 = 8

  static let noSlot = Failure(.invalid, "Choose a free slot.", fields: [.init("start", "Choose a free slot.")])

  func chooseSlot(_ failure: Failure? = nil, near start: Moment? = nil) throws -> Response {
    let learner = "\(booking.engagementID)"
    func view(_ moment: Moment?) -> WeekView {
      WeekView(
        context, at: path, keeping: [("learner", learner)],
        zones: [("Your time", scope.coach.timeZone), (booking.organization, booking.timeZone)], showing: moment)
    }
    func load(_ view: WeekView, _ connection: any Connection) throws -> WeekCalendar {
      try WeekCalendar.load(
        of: scope.coach, week: view.day, in: view.zone, at: context.now, until: booking.endsAt, connection: connection)
    }
    let (shown, calendar) = try context.read { connection in
      let first = view(start)
      let calendar = try load(first, connection)
      // Nobody asked for a week: it is the first one with something to choose.
      guard start == nil, context.request.query["week"] == nil, !calendar.hasFreeSlots else { return (first, calendar) }
      for weeks in 1...SlotStep.weeksAhead {
        let later = view(context.now.adding(days: 7 * weeks))
        let calendar = try load(later, connection)
        if calendar.hasFreeSlots { return (later, calendar) }
      }
      return (first, calendar)
    }
    let view = shown
    let week = view.week(
      calendar,
      free: { slot in
        path.with(query: [("learner", learner), ("start", slot.starts.text), ("week", calendar.monday.text), ("zone", view.timeZone)])
      }, session: { (scope.learner(of: $0) ?? CoachCalendarPages.unnamed, nil) }, timeOff: { $0.note })
    let format = context.format
    let left = format.plural(booking.left, "session", "sessions")
    return try SchedulePages.page(
      context, scope, up: up,
      lede:
        "With \(booking.learner): choose a free slot. \(left) left of \(booking.sessions) once those that are scheduled are over, until \(format.date(booking.endsAt)).",
      slots: ["week": week], failure: failure)
  }

  func confirm(_ start: Moment, link: String = "", _ failure: Failure? = nil) throws -> Response {
    let stretch = Stretch(starts: start, ends: start.adding(seconds: scope.coach.sessionMinutes * 60))
    let (mine, theirs) = (context.format, Format(timeZone: booking.timeZone, now: context.now))
    let facts = [
      ("Learner", booking.learner), ("Your time", "\(mine.span(stretch)), \(mine.zone(at: start))"),
      (booking.organization, "\(theirs.span(stretch)), \(theirs.zone(at: start))"),
      ("Left after this", "\(max(0, booking.left - 1)) of \(booking.sessions)"),
    ]
    let field = FormControl(
      "meeting-link", "The learner’s meeting link", .input(type: "text"), value: link,
      hint: "Begins with https://. \(booking.learner) uses a link of their own.", required: true, faults: failure?.fields ?? [])
    let fields = booking.usesCoachLink ? [] : [field]
    let back = path.with(query: [
      ("learner", "\(booking.engagementID)"), ("week", context.request.query["week"] ?? ""), ("zone", context.request.query["zone"] ?? ""),
    ])
    return try SchedulePages.page(
      context, scope, up: up, lede: "Please look again before it is scheduled.",
      confirm: [
        "action": path, "learner": "\(booking.engagementID)", "start": start.text, "cancel": back,
        "facts": Value.list(facts.map { ["label": $0.0, "value": $0.1] }), "fields": fields,
        "meeting": booking.usesCoachLink ? booking.coachLink : nil,
      ], failure: failure)
  }
}
