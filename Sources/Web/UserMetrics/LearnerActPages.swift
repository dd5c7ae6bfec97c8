import Database
import Domain
import HTTPServer
import Templates

/// Acts on one or many learners, each after a page that says how many and what follows, and undoing them.
enum LearnerActPages {
  typealias Handler = @Sendable (Context, OrganizationScope) throws -> Response

  /// GET /o/{slug}/user-metrics/learners/{act}?engagement=… or ?all=1 with the list's filter
  static func ask(_ kind: LearnerAct.Kind) -> Handler {
    { context, scope in
      let query = context.request.query
      let choice = LearnerActChoice(context, scope, query)
      guard let selection = choice.selection else { return try choice.nothing() }
      return try page(context, scope, kind, choice, selection, query)
    }
  }

  /// POST /o/{slug}/user-metrics/learners/{act}
  static func perform(_ kind: LearnerAct.Kind) -> Handler {
    { context, scope in
      let form = try context.form()
      let choice = LearnerActChoice(context, scope, form)
      guard let selection = choice.selection else { return try choice.nothing() }
      do {
        let act = try LearnerAct(kind, form, scope, at: context.now)
        let done = try LearnerActs(scope, at: context.now).perform(
          act, on: selection, askedAt: form[LearnerActPage.askedParameter].flatMap { Moment($0) }, in: context.site.database)
        return try context.redirect(to: choice.backLink, saying: message(kind, done, context.format))
      } catch let failure as Failure where failure.code == .conflict && failure.fields.isEmpty {
        return try context.redirect(to: choice.backLink, saying: .info(failure.sentence))
      } catch let failure as Failure where !failure.fields.isEmpty {
        return try page(context, scope, kind, choice, selection, form, failure)
      }
    }
  }

  /// GET /o/{slug}/user-metrics/learners/restoration: what was done in the past minutes, each with the button that undoes it.
  static func recent(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let bars = try context.read { try undoBars(context, scope, back: .learners(scope.organization.slug), in: $0) }
    return try context.render(
      "usermetrics/recent", Page("Undo", in: ["Learners"], at: .learners),
      [
        "heading": Page.heading(
          up: LinkModel(label: "Learners", link: .learners(scope.organization.slug)),
          lede: "What was done to learners in the past ten minutes"),
        "undo": bars, "nothing": bars.isEmpty,
      ])
  }

  /// POST /o/{slug}/user-metrics/learners/restoration
  static func restore(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let form = try context.form()
    let id = form["act"].flatMap { Int64($0) } ?? 0
    let back = context.destination(form[LearnerActChoice.backParameter]) ?? .learners(scope.organization.slug)
    do {
      let undone = try LearnerActs(scope, at: context.now).undo(id, in: context.site.database)
      let format = context.format
      let left =
        undone.left == 0
        ? "" : " \(format.plural(Int64(undone.left), "was", "were")) changed since and \(undone.left == 1 ? "stays" : "stay") so."
      return try context.redirect(
        to: back,
        saying: undone.restored > 0
          ? .done("\(format.plural(Int64(undone.restored), "learner is", "learners are")) as before.\(left)")
          : .info("Nothing was undone.\(left)"))
    } catch let failure as Failure where failure.code == .conflict {
      return try context.redirect(to: back, saying: .info(failure.sentence))
    }
  }

  /// What the Learners page shows above its list: each act of the past minutes with the button that undoes it and leads to `back`.
  static func undoBars(_ context: Context, _ scope: OrganizationScope, back: Path, in connection: any Connection) throws -> [Value] {
    let format = context.format
    return try LearnerActs(scope, at: context.now).undoable(in: connection).map { act in
      let who = act.by.isEmpty ? "" : " by \(act.by)"
      return [
        "text":
          "\(act.kind.report(act.engagements, format))\(who), \(format.ago(act.at)). It can be undone until \(format.time(act.until)).",
        "action": Path.learnerRestoration(scope.organization.slug), "act": String(act.id), "back": back.text,
        "label": act.kind.report(act.engagements, format),
      ]
    }
  }

  private static func message(_ kind: LearnerAct.Kind, _ done: LearnerActs.Done, _ format: Format) -> FlashMessage {
    if done.isRepeated { return .done("That was done already.") }
    if done.changed == 0 { return .info("Nothing was changed: it applies to none of those selected.") }
    let left = done.left == 0 ? "" : " \(format.plural(Int64(done.left), "was", "were")) left as \(done.left == 1 ? "it is" : "they are")."
    return .done("\(kind.report(done.changed, format)).\(left)")
  }

  private static func page(
    _ context: Context, _ scope: OrganizationScope, _ kind: LearnerAct.Kind, _ choice: LearnerActChoice, _ selection: LearnerSelection,
    _ form: Form, _ refusal: Failure? = nil
  ) throws -> Response {
    var (act, failure): (LearnerAct?, Failure?) = (nil, refusal)
    if kind == .note {
      act = .note("")
    } else if !kind.isAsked(for: form) {
      do { act = try LearnerAct(kind, form, scope, at: context.now) } catch let fault as Failure where !fault.fields.isEmpty {
        failure = fault
      }
    }
    let page = try context.read { connection in
      let acts = try LearnerActs(scope, at: context.now)
      let coaches = kind == .coach ? try CoachChoice.all(scope: scope, in: connection) : []
      let found = act == nil ? LearnerActPage.wanted(form) : ""
      var outlook = try act.map { try acts.outlook($0, on: selection, in: connection) }
      if case .changeCoach(let id)? = act, failure == nil {
        failure = try coachFailure(id, outlook?.applies ?? 0, scope, in: connection)
      }
      if failure != nil && kind != .note { (act, outlook) = (nil, nil) }
      let learners = try LearnerList(scope: scope).learners(choice.first(LearnerActPage.mostNamed), showing: [], in: connection)
      return LearnerActPage(
        format: context.format, slug: scope.organization.slug, now: context.now, kind: kind, act: act, form: form, choice: choice,
        outlook: outlook,
        coaches: coaches, found: found.isEmpty ? nil : try CoachChoice.all(matching: found, scope: scope, in: connection),
        learners: learners,
        failure: failure)
    }
    return try context.render(
      "usermetrics/act", Page(page.title, in: ["Learners"], at: .learners, hasErrors: failure != nil),
      ["heading": page.heading, "act": page], status: failure == nil ? 200 : 422)
  }
}

extension LearnerActPages {
  /// Why learners cannot be given to a coach; nil where they can.
  private static func coachFailure(
    _ coach: Int64, _ count: Int, _ scope: OrganizationScope, in connection: any Connection
  ) throws -> Failure? {
    do {
      let fault = try CoachChoice.find(coach, scope: scope, in: connection).fault(more: count)
      return fault.map { Failure(.conflict, $0, fields: [.init("coach-id", $0)]) }
    } catch let failure as Failure where !failure.fields.isEmpty { return failure }
  }
}

extension LearnerAct {
  /// An act with what a form says of it.
  ///
  /// - Throws: `Failure` with the faulty fields.
  fileprivate init(_ kind: Kind, _ form: Form, _ scope: OrganizationScope, at now: Moment) throws {
    switch kind {
    case .deactivation: self = .deactivate
    case .reactivation: self = .reactivate
    case .pause: self = .pause
    case .resumption: self = .unpause
    case .remeasurement: self = .openRemeasurement
    case .extending:
      self = try .extending(days: form["days"] ?? "", until: form["until"] ?? "", in: scope.organization, at: now)
    case .note: self = try .noting(form["note"] ?? "")
    case .coach:
      guard let coach = form["coach-id"].flatMap({ Int64($0) }) else {
        throw Failure(.invalid, "Choose a coach.", fields: [.init("coach-id", "Choose a coach.")])
      }
      self = .changeCoach(coach)
    }
  }
}

extension LearnerAct.Kind {
  /// Whether the address says nothing yet of what must be known before the act can be looked at.
  fileprivate func isAsked(for form: Form) -> Bool {
    switch self {
    case .extending: form["days"] == nil && form["until"] == nil
    case .coach: form["coach-id"] == nil || form[LearnerActPage.findingParameter] != nil
    default: false
    }
  }

  /// `3 learners were paused`
  func report(_ count: Int, _ format: Format) -> String {
    let learners = format.plural(Int64(count), "learner", "learners")
    let was = count == 1 ? "was" : "were"
    switch self {
    case .deactivation: return "\(learners) \(was) deactivated"
    case .reactivation: return "\(learners) \(was) reactivated"
    case .pause: return "\(learners) \(was) paused"
    case .resumption: return "\(learners) \(was) unpaused"
    case .extending: return "\(learners) \(was) extended"
    case .coach: return "\(learners) \(was) given to a coach"
    case .note: return "\(learners) \(was) given a note"
    case .remeasurement: return "Remeasurement was opened for \(learners)"
    }
  }
}
