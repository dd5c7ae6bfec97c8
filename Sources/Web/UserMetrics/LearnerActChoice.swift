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
  private let view: LearnerView
  private let engagements: [Int64]
  private let isAll: Bool
  private let back: Path?

  init(_ context: Context, _ scope: OrganizationScope, _ form: Form) {
    self.context = context
    view = LearnerView(.learners(scope.organization.slug), form, of: scope.organization)
    engagements = form.all(LearnerActChoice.parameter).compactMap { Int64($0) }
    isAll = form[Selection.allParameter] == "1"
    back = context.destination(form[LearnerActChoice.backParameter])
  }

  /// Nil where nothing was ticked, and where the filter cannot be read: an act must never be about more than what was meant.
  var selection: LearnerSelection? {
    if isAll { return view.faults.isEmpty ? .matching(view.filter) : nil }
    return engagements.isEmpty ? nil : .engagements(engagements)
  }

  /// The first of those that were chosen one by one; none where all that match were.
  func first(_ count: Int) -> [Int64] { isAll ? [] : Array(engagements.prefix(count)) }

  /// The only engagement that was ticked.
  var single: Int64? { !isAll && engagements.count == 1 ? engagements.first : nil }

  var backLink: Path { back ?? view.state.link }

  /// What a form on the way carries on.
  var kept: [Hidden] {
    view.state.kept(except: [])
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
  /// What can be done to the learners that are ticked on a list, in the order of use; on the tab of a stage, to those of the stage.
  static func offered(_ organization: String, in stage: Stage?) -> [Selection.Act] {
    kinds.filter { kind in stage.map { kind.isOffered(in: $0) } ?? true }.map {
      Selection.Act(label: $0.label, link: .learnerAct(organization, $0))
    }
  }

  /// What can be done to one engagement in that stage, from a page of its own to which each leads back.
  static func menu(_ organization: String, engagement: Int64, stage: Stage, back: Path) -> Menu {
    Menu(
      label: "Actions",
      items: kinds.filter { $0.isOffered(in: stage) }.map { .init(label: $0.label, link: link($0, organization, engagement, back)) })
  }

  /// The page of one act on one engagement.
  static func link(_ kind: LearnerAct.Kind, _ organization: String, _ engagement: Int64, _ back: Path) -> Path {
    Path.learnerAct(organization, kind).with(query: [
      (LearnerActChoice.parameter, String(engagement)), (LearnerActChoice.backParameter, back.text),
    ])
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
