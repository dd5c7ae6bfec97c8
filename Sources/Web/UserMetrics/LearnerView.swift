import Domain
import HTTPServer

/// What the address of the Learners page asks for.
struct LearnerView {
  static let parameters = ["q", "stage", "group", "coach", "from", "to", "sort", "columns", "size", "page"]

  let state: ListState
  let filter: LearnerFilter
  let sorting: Sorting<LearnerColumn>
  /// The columns of the page: the name, which always comes first, then those asked for.
  let columns: [LearnerColumn]
  /// What is wrong with the dates, by the parameter.
  let faults: [Failure.Field]
  /// Whether the boxes of the page are to be ticked.
  let selectsPage: Bool

  /// - Parameter query: an address's, or a form's that carries the same parameters.
  init(_ path: Path, _ query: Form, of organization: Organization) {
    let state = ListState(path, query: query, knowing: LearnerView.parameters)
    var (filter, faults) = (LearnerFilter(), [Failure.Field]())
    filter.search = state.value("q") ?? ""
    filter.stage = state.value("stage").flatMap(Stage.init(word:))
    // Nothing has the id 0, which stands for anything that is no number.
    filter.groups = state.values("group").map { Int64($0) ?? 0 }
    filter.coaches = state.values("coach").map { Int64($0) ?? 0 }
    let (from, to) = (LearnerView.day("from", in: state, &faults), LearnerView.day("to", in: state, &faults))
    if let from, let to, to.daysSinceEpoch < from.daysSinceEpoch {
      faults.append(.init("to", "The last day of launch, \(to.text), comes before the first, \(from.text)."))
    }
    filter.launchedFrom = from?.beginning(in: organization.zone)
    filter.launchedBefore = to.map { CivilDate(daysSinceEpoch: $0.daysSinceEpoch + 1).beginning(in: organization.zone) }
    (self.state, self.filter, self.faults) = (state, filter, faults)
    sorting = state.sorting(Sorting(.name, descending: false))
    selectsPage = query[Selection.pageParameter] == "page"
    // On the tab of a stage everybody is in it.
    let standard = LearnerColumn.standard.filter { $0 != .stage || filter.stage == nil }
    columns = [.name] + state.columns(standard).filter { $0 != .name }
  }

  private static func day(_ name: String, in state: ListState, _ faults: inout [Failure.Field]) -> CivilDate? {
    guard let text = state.value(name) else { return nil }
    if let day = CivilDate(text), (1900...2200).contains(day.year) { return day }
    faults.append(.init(name, "“\(text)” is no day of launch. Write a day as 2026-03-31."))
    return nil
  }

  /// The columns of an export: exactly those asked for, in their order; without any, all of the reference.
  var exported: [LearnerColumn] { state.columns(LearnerColumn.reference) }

  /// The address's parameters beyond the page, as one query: what a saved view keeps.
  var query: String { state.without("page").link.text.split(separator: "?", maxSplits: 1).dropFirst().joined() }

  /// A removable tag for each filter.
  func tags(_ choices: LearnerChoices, _ format: Format) -> [Listing.Tag] {
    func named(_ parameter: String, _ name: String, _ known: [LearnerChoices.Choice]) -> [Listing.Tag] {
      state.values(parameter).map { raw in
        state.tag(name, known.first { String($0.id) == raw }?.name ?? "unknown", parameter: parameter, raw: raw)
      }
    }
    var tags = named("group", "Group", choices.groups) + named("coach", "Coach", choices.coaches)
    if let days = launchDays(format) { tags.append(.init(name: "Launched", value: days, link: state.without("from", "to", "page").link)) }
    if let text = state.value("q") { tags.append(state.tag("Search", text, parameter: "q", raw: text)) }
    return tags
  }

  /// `1 Mar 2026 – 30 Jun 2026`, as far as the days can be read.
  private func launchDays(_ format: Format) -> String? {
    let first = filter.launchedFrom.map { format.date($0) }
    let last = filter.launchedBefore.map { format.date(Moment(milliseconds: $0.milliseconds - 1)) }
    switch (first, last) {
    case (nil, nil): return nil
    case (let first?, nil): return "from \(first)"
    case (nil, let last?): return "to \(last)"
    case (let first?, let last?): return first == last ? first : "\(first) – \(last)"
    }
  }
}

extension Stage {
  /// The badge of the stage.
  var badge: Badge {
    switch self {
    case .onboarding, .remeasurement: Badge(label: label, tone: .info, why: nil)
    case .steadyState: Badge(label: label, tone: .positive, why: nil)
    case .paused: Badge(label: label, tone: .caution, why: nil)
    case .deactivated: Badge(label: label, tone: .critical, why: nil)
    case .completed: Badge(label: label, tone: .neutral, why: nil)
    }
  }
}
