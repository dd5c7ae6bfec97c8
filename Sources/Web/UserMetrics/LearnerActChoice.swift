import Domain
import HTTPServer
import Templates

/// Which engagements an address or a form means: those ticked, or all that match the list's filter.
struct LearnerActChoice {
  /// The parameter of ticked boxes: an engagement's id.
  static let parameter = "engagement"
  /// The parameter by which a page asks to be led back to it.
  static let backParameter = "return"

  private let context: Context
  private let state: ListState
  private let engagements: [Int64]
  private let isAll: Bool
  private let back: Path?

  init(_ context: Context, _ scope: OrganizationScope, _ form: Form) {
    self.context = context
    state = ListState(
      .learners(scope.organization.slug), query: form,
      knowing: ["q", "stage", "group", "coach", "from", "to", "sort", "columns", "size", "page"])
    engagements = form.all(LearnerActChoice.parameter).compactMap { Int64($0) }
    isAll = form[Selection.allParameter] == "1"
    back = context.destination(form[LearnerActChoice.backParameter])
    filter = LearnerActChoice.filter(state, scope)
  }

  /// What the list is narrowed to.
  let filter: LearnerFilter

  private static func filter(_ state: ListState, _ scope: OrganizationScope) -> LearnerFilter {
    var filter = LearnerFilter()
    filter.stage = state.value("stage").flatMap(Stage.init(word:))
    filter.search = state.value("q") ?? ""
    filter.groups = state.values("group").map { Int64($0) ?? 0 }
    filter.coaches = state.values("coach").map { Int64($0) ?? 0 }
    func day(_ name: String) -> CivilDate? {
      guard let text = state.value(name) else { return nil }
      if let day = CivilDate(text) { return day }
      // It matches nobody, as no group has the id 0: an act must never be about more than what was meant.
      filter.groups = [0]
      return nil
    }
    let zone = scope.organization.zone
    filter.launchedFrom = day("from")?.beginning(in: zone)
    filter.launchedBefore = day("to").map { CivilDate(daysSinceEpoch: $0.daysSinceEpoch + 1).beginning(in: zone) }
    return filter
  }

  /// Nil where nothing was ticked.
  var selection: LearnerSelection? { isAll ? .matching(filter) : engagements.isEmpty ? nil : .engagements(engagements) }

  /// The only engagement that was ticked.
  var single: Int64? { !isAll && engagements.count == 1 ? engagements.first : nil }

  var backLink: Path { back ?? state.link }

  /// What a form on the way carries on.
  var kept: [Hidden] {
    state.kept(except: [])
      + (isAll
        ? [Hidden(name: Selection.allParameter, value: "1")]
        : engagements.map { Hidden(name: LearnerActChoice.parameter, value: String($0)) })
      + (back.map { [Hidden(name: LearnerActChoice.backParameter, value: $0.text)] } ?? [])
  }

  func nothing() throws -> Response {
    try context.redirect(to: backLink, saying: .info("Nobody was selected. Tick the learners first."))
  }
}

extension LearnerActs {
  /// What can be done to the learners that are ticked on a list, in the order of use.
  static func offered(_ organization: String) -> [Selection.Act] {
    LearnerActs.kinds.map { Selection.Act(label: $0.label, link: .learnerAct(organization, $0)) }
  }

  /// What can be done to one engagement in that stage, from a page of its own to which each leads back.
  static func links(_ organization: String, engagement: Int64, stage: Stage, back: Path) -> [LinkModel] {
    kinds.filter { $0.isOffered(in: stage) }.map { kind in
      LinkModel(
        label: kind.label,
        link: Path.learnerAct(organization, kind).with(query: [
          (LearnerActChoice.parameter, String(engagement)), (LearnerActChoice.backParameter, back.text),
        ]))
    }
  }

  private static let kinds: [LearnerAct.Kind] = [
    .note, .coach, .extending, .remeasurement, .pause, .resumption, .deactivation, .reactivation,
  ]
}

extension LearnerAct.Kind {
  /// As buttons call it.
  var label: String {
    switch self {
    case .deactivation: "Deactivate"
    case .reactivation: "Reactivate"
    case .pause: "Pause"
    case .resumption: "Unpause"
    case .extending: "Extend"
    case .coach: "Change coach"
    case .note: "Add note"
    case .remeasurement: "Open remeasurement"
    }
  }

  fileprivate func isOffered(in stage: Stage) -> Bool {
    switch self {
    case .note: true
    case .coach: stage.isCurrent
    case .extending, .deactivation: stage != .deactivated
    case .remeasurement: stage == .onboarding || stage == .steadyState
    case .pause: stage.isCurrent && stage != .paused
    case .resumption: stage == .paused
    case .reactivation: stage == .deactivated
    }
  }
}
