import Domain
import HTTPServer
import Templates

/// The page that says what an act will do, as its template reads it; before that, the page that asks for what must be known.
struct LearnerActPage: ValueConvertible {
  let format: Format
  let slug: String
  let now: Moment
  let kind: LearnerAct.Kind
  /// Nil as long as it is not known.
  let act: LearnerAct?
  let form: Form
  let choice: LearnerActChoice
  let outlook: LearnerActs.Outlook?
  /// Every coach at work, and those whom a search finds; nil without a search.
  let coaches: [CoachChoice]
  let found: [CoachChoice]?
  /// The first of those who were chosen one by one.
  let learners: [Learner]
  let failure: Failure?

  private var count: Int { outlook?.applies ?? 0 }
  private var many: String { format.plural(Int64(count), "learner", "learners") }

  var title: String {
    guard outlook != nil else { return kind == .coach ? "Change coach" : "Extend engagements" }
    switch kind {
    case .coach: return "Change the coach of \(many)?"
    case .note: return "Add a note to \(many)"
    case .remeasurement: return "Open remeasurement for \(many)?"
    default: return "\(kind.label) \(many)?"
    }
  }

  var heading: Value {
    Page.heading(
      up: LinkModel(label: "Learners", link: choice.backLink),
      lede: choice.single == nil ? nil : learners.first.map { $0.name.isEmpty ? $0.email : "\($0.name), \($0.email)" })
  }

  var templateValue: Value {
    [
      "errors": ErrorSummary(failure), "method": outlook == nil ? "get" : "post", "posts": outlook != nil,
      "action": Path.learnerAct(slug, kind), "kept": choice.kept + settled, "lines": lines, "left": left, "find": find, "fields": fields,
      "sessions": sessions, "button": button, "critical": kind == .deactivation, "back": choice.backLink,
    ]
  }

  private var button: String? {
    if outlook == nil { return "Continue" }
    if count == 0 { return nil }
    switch kind {
    case .note: return "Add note"
    case .coach: return "Change coach of \(many)"
    case .remeasurement: return "Open remeasurement for \(many)"
    default: return "\(kind.label) \(many)"
    }
  }

  /// The parameter that says when the page was shown, by which a form that is sent twice is known.
  static let askedParameter = "asked"

  /// What was settled on the page before, and when this one was shown.
  private var settled: [Hidden] { outlook == nil ? [] : answers + [Hidden(name: LearnerActPage.askedParameter, value: now.text)] }

  private var answers: [Hidden] {
    switch act {
    case .extend?: ["days", "until"].compactMap { name in form[name].map { Hidden(name: name, value: $0) } }
    case .changeCoach(let coach)?: [Hidden(name: "coach-id", value: String(coach))]
    default: []
    }
  }

  private var fields: [FormControl] {
    let faults = failure?.fields ?? []
    switch kind {
    case .note:
      return count == 0
        ? []
        : [
          FormControl(
            "note", "Note", .area(rows: 5), value: form["note"] ?? "", hint: "For administrators; learners do not see it.", required: true,
            faults: faults)
        ]
    case .extending where act == nil:
      return [
        FormControl(
          "days", "Days to add", .input(type: "text"), value: form["days"] ?? "", hint: "To each one’s own end, in digits.", faults: faults),
        FormControl(
          "until", "Or a last day for all", .input(type: "date"), value: form["until"] ?? "", hint: "Through its last minute.",
          faults: faults),
      ]
    case .coach where act == nil:
      let options = (found ?? coaches).prefix(LearnerActPage.mostCoaches)
        .map { FormControl.Option(String($0.id), $0.name, note: note(on: $0)) }
      return [
        FormControl("coach-id", "Coach", .radios(options), value: form["coach-id"] ?? "", hint: hint, required: true, faults: faults)
      ]
    default: return []
    }
  }

  /// How many coaches are listed at once; with more there is a search.
  private static let mostCoaches = 25
  /// The parameters of the search: its text, and its button.
  private static let findParameter = "find"
  static let findingParameter = "finding"

  /// Whom a search for a coach wants.
  static func wanted(_ form: Form) -> String { String((form[findParameter] ?? "").prefix(500)) }

  private var hint: String {
    if coaches.isEmpty { return "There is no active coach yet." }
    let known = found ?? coaches
    if known.isEmpty { return "No active coach has that in the name or email." }
    if known.count <= LearnerActPage.mostCoaches { return "Learners are those of this organization." }
    return "The first \(LearnerActPage.mostCoaches) of \(format.number(known.count)) by name; search to see others."
  }

  private var find: Value? {
    guard kind == .coach, act == nil, coaches.count > LearnerActPage.mostCoaches else { return nil }
    return ["value": LearnerActPage.wanted(form), "name": LearnerActPage.findParameter, "button": LearnerActPage.findingParameter]
  }

  private func note(on coach: CoachChoice) -> String {
    let whose = coach.isOwn ? "Organization coach" : "Platform coach"
    let learners = format.plural(Int64(coach.learners), "learner", "learners")
    guard coach.isOwn else { return "\(whose), \(learners)\(coach.places == 0 ? ", takes no more now" : "")" }
    guard let capacity = coach.capacity else { return "\(whose), \(learners), no limit" }
    return "\(whose), \(format.number(coach.learners)) of \(format.number(capacity)) learners"
  }

  /// How many are named.
  static let mostNamed = 20

  private var lines: [String] {
    named + (outlook != nil && count == 0 ? ["It applies to none of those selected."] : consequences)
  }

  /// Who was chosen, where that was done one by one.
  private var named: [String] {
    guard let outlook, choice.single == nil, !learners.isEmpty else { return [] }
    let names = learners.map { $0.name.isEmpty ? $0.email : $0.name }.joined(separator: ", ")
    let more = outlook.selected - learners.count
    return ["Selected: \(names)\(more > 0 ? " and \(format.number(more)) more" : "")."]
  }

  private var consequences: [String] {
    let (they, can, their) = count == 1 ? ("This learner", "can", "the") : ("These learners", "can", "their")
    var lines: [String] = []
    switch kind {
    case .deactivation:
      lines = [
        "\(they) \(can) no longer use coaching or sign in to this organization, and whoever is signed in is signed out at once.",
        "Licenses stay used, and what was done stays.",
      ]
    case .reactivation: lines = ["\(they) \(can) sign in to this organization again, and coaching goes on where it was."]
    case .pause:
      lines = ["\(they) cannot use coaching until unpaused; courses stay open. When the pause ends, \(their) end date moves by it."]
    case .resumption:
      lines = [
        "\(they) \(can) use coaching again. The end date moves by the length of the pause, and so does a remeasurement that has not opened.",
        newEnds,
      ]
    case .extending:
      guard act != nil else { return ["An engagement cannot end after its company purchase expires."] }
      lines = [newEnds, "A remeasurement that opens by itself and has not opened moves with the end."]
    case .coach:
      guard case .changeCoach(let id)? = act, let coach = coaches.first(where: { $0.id == id }) else { return [] }
      let most = coach.isOwn ? coach.capacity : nil
      let after = format.number(coach.learners + count) + (most.map { " of \(format.number($0))" } ?? "")
      lines = [
        "\(coach.name) becomes \(their) coach, and then has \(after) learners.",
        "“Coach changed” becomes Yes for whoever has a coach now.",
      ]
    case .note: lines = []
    case .remeasurement: lines = ["\(they) \(can) begin with the tasks of remeasurement at once."]
    }
    return lines + ["For ten minutes this can be undone on the Learners page, for whoever was not changed since."]
  }

  private var newEnds: String {
    guard let outlook else { return "" }
    let (first, last) = (format.time(Moment(outlook.firstEnd)), format.time(Moment(outlook.lastEnd)))
    return first == last ? "The new end is \(last)." : "The new ends are from \(first) to \(last)."
  }

  /// How many of the selected stay as they are, and why.
  private var left: Value? {
    guard let outlook, outlook.selected > count else { return nil }
    let (left, selected) = (outlook.selected - count, format.number(outlook.selected))
    let title = "\(format.number(left)) of \(selected) selected " + (left == 1 ? "is left as it is:" : "are left as they are:")
    var items: [String] = []
    for obstacle in LearnerObstacle.allCases {
      guard let count = outlook.obstacles[obstacle] else { continue }
      items.append("\(format.number(count)) \(count == 1 ? obstacle.words.one : obstacle.words.many).")
      if obstacle == .beyondExpiry { items += outlook.expiries.map(sentence(on:)) }
    }
    return ["title": title, "items": items]
  }

  private func sentence(on expiry: LearnerActs.Expiry) -> String {
    let engagements = format.plural(Int64(expiry.engagements), "engagement", "engagements")
    return "“\(expiry.purchase)” expires on \(format.time(Moment(expiry.expiresAt))); \(engagements) under it would end as late as "
      + "\(format.time(Moment(expiry.latestEnd)))."
  }

  private var sessions: Value? {
    guard let outlook, outlook.sessions > 0 else { return nil }
    let sessions = format.plural(Int64(outlook.sessions), "coaching session is", "coaching sessions are")
    let (stay, them) = outlook.sessions == 1 ? ("stays", "it") : ("stay", "them")
    let why =
      kind == .coach
      ? "scheduled with other coaches and \(stay) with them until somebody moves \(them), on the coach’s page under Sessions"
      : "scheduled and \(stay) so until canceled, on the coach’s page under Sessions"
    return [
      "title": "\(sessions) \(why):",
      "items": outlook.nextSessions.map { "\($0.learner) with \($0.coach), \(format.time(Moment($0.startsAt)))" },
      "more": outlook.sessions > outlook.nextSessions.count
        ? "And \(format.number(outlook.sessions - outlook.nextSessions.count)) more." : nil,
    ]
  }
}
