import Domain
import HTTPServer
import Templates

/// When a coach is away.
enum TimeOffPages {
  /// GET /coach/{coach}/time-off
  static func list(_ context: Context, _ scope: CoachScope) throws -> Response { try page(context, scope, TimeOffDraft()) }

  /// POST /coach/{coach}/time-off
  static func add(_ context: Context, _ scope: CoachScope) throws -> Response {
    let form = try context.form()
    var draft = TimeOffDraft()
    (draft.from, draft.fromTime) = (form["from"] ?? "", form["from-time"] ?? "")
    (draft.to, draft.toTime, draft.note) = (form["to"] ?? "", form["to-time"] ?? "", form["note"] ?? "")
    do {
      let sessions = try scope.addTimeOff(draft, at: context.now, in: context.site.database)
      let stay =
        sessions == 0
        ? "" : " \(context.format.plural(Int64(sessions), "session is", "sessions are")) scheduled in it and stay until you cancel them."
      return try context.redirect(to: .timeOff(scope.coach.id), saying: .done("The time off is added." + stay))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try page(context, scope, draft, failure)
    }
  }

  /// GET /coach/{coach}/time-off/{id}/removal
  static func askRemoval(_ context: Context, _ scope: CoachScope) throws -> Response {
    let id = context.setUpID
    let off = try context.read { try scope.timeOff(id: id, in: $0) }
    let up = LinkModel(label: "Time off", link: .timeOff(scope.coach.id))
    return try context.render(
      "shared/confirm-page", Page("Take this time off back?", in: ["Time off"], at: .coaching(.timeOff)),
      [
        "heading": Page.heading(up: up),
        "confirm": [
          "fault": Value.null,
          "texts": [
            context.format.timeOff(off.stretch) + (off.note.isEmpty ? "" : ": \(off.note)"),
            "Your working hours count again in this time, and slots in it can be booked.",
          ], "action": Path.timeOffRemoval(scope.coach.id, id), "button": "Take it back", "critical": false, "cancel": up.link,
        ] as Value,
      ])
  }

  /// POST /coach/{coach}/time-off/{id}/removal
  static func remove(_ context: Context, _ scope: CoachScope) throws -> Response {
    try scope.removeTimeOff(id: context.setUpID, at: context.now, in: context.site.database)
    return try context.redirect(to: .timeOff(scope.coach.id), saying: .done("The time off is taken back."))
  }

  private static func page(_ context: Context, _ scope: CoachScope, _ draft: TimeOffDraft, _ failure: Failure? = nil) throws -> Response {
    let (id, faults) = (scope.coach.id, failure?.fields ?? [])
    let ahead = try context.read { try scope.timeOff(at: context.now, in: $0) }
    let format = context.format
    func line(_ name: String, _ label: String, _ value: String, type: String = "text", hint: String? = nil, required: Bool = false)
      -> FormControl
    {
      FormControl(name, label, .input(type: type), value: value, hint: hint, required: required, faults: faults)
    }
    // A date that cannot be read would vanish from a field for dates.
    func day(_ name: String, _ label: String, _ value: String) -> FormControl {
      line(name, label, value, type: faults.contains { $0.name == name } ? "text" : "date", required: true)
    }
    let form: Value = [
      "action": Path.timeOff(id), "errors": ErrorSummary(failure),
      "parts": [
        SetUpParts.Part(
          title: "Add time off", note: "In your time zone \(scope.coach.timeZone). Nothing can be booked in it.",
          fields: [
            day("from", "First day", draft.from), day("to", "Last day", draft.to),
            line("from-time", "From", draft.fromTime, hint: "Such as 09:30; empty for the whole day."),
            line("to-time", "Until", draft.toTime, hint: "Such as 13:00; empty for the whole day."),
          ], isDense: true),
        SetUpParts.Part(
          title: "A word for yourself", fields: [line("note", "Note", draft.note, hint: "May be empty; administrators read it.")]),
      ], "button": "Add time off", "cancel": Value.null, "shown": Value.null,
    ]
    let items = ahead.map { off in
      [
        "when": format.timeOff(off.stretch), "note": off.note.isEmpty ? nil : off.note, "time": off.stretch.starts.text,
        "isNow": off.stretch.contains(context.now), "removal": Path.timeOffRemoval(id, off.id),
      ] as Value
    }
    return try context.render(
      "coaching/time-off", Page("Time off", at: .coaching(.timeOff), hasErrors: failure != nil),
      ["heading": Page.heading(lede: "When you are away, now and ahead"), "ahead": ["items": Value.list(items)] as Value, "form": form],
      status: failure == nil ? 200 : 422)
  }
}
