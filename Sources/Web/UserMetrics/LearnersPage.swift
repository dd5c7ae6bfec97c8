import Domain
import Templates

/// The Learners page as its template reads it.
struct LearnersPage: ValueConvertible {
  let context: Context
  let scope: OrganizationScope
  let view: LearnerView
  /// Nil where the address cannot be read.
  let page: ListPage<Learner>?
  let counts: [Stage: Int]
  let choices: LearnerChoices
  let saved: [SavedView]
  /// The acts of the past minutes, each with the button that undoes it.
  let undo: [Value]

  private var slug: String { scope.organization.slug }
  private var format: Format { context.format }
  private var rows: [Learner] { page?.rows ?? [] }
  /// All of the organization, and all of the tab.
  private var whole: Int { counts.values.reduce(0, +) }
  private var inTab: Int { view.filter.stage.map { counts[$0] ?? 0 } ?? whole }

  var note: String? {
    let parts = [view.filter.stage?.label, page?.note].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  var heading: Value {
    Page.heading(
      lede: "Coaching engagement and progress, stage by stage",
      actions: rows.isEmpty ? [] : [LinkModel(label: "Export", link: view.state.link(to: .learnersExportChoice(slug)))],
      primary: addLearners)
  }

  private var addLearners: LinkModel { LinkModel(label: "Add learners", link: .addLearners(slug)) }

  var templateValue: Value { ["errors": errors, "tabs": tabs, "views": views, "moreUndo": moreUndo] }

  /// The latest acts, so that the list stays in sight; a page of its own has all of them.
  var shownUndo: [Value] { Array(undo.prefix(LearnersPage.mostUndo)) }
  private static let mostUndo = 2

  private var moreUndo: LinkModel? {
    let more = undo.count - LearnersPage.mostUndo
    if more <= 0 { return nil }
    return LinkModel(label: "\(format.plural(Int64(more), "more act", "more acts")) can be undone", link: .learnerRestoration(slug))
  }

  private var errors: Value? {
    if view.faults.isEmpty { return nil }
    return [
      "title": "There is a problem",
      "items": Value.list(view.faults.map { ["message": $0.sentence, "link": Path.fragment("filter-" + $0.name)] }),
    ]
  }

  private var tabs: [Value] {
    func tab(_ stage: Stage?, _ label: String, _ count: Int) -> Value {
      [
        "label": label, "count": format.number(count), "link": view.state.with("stage", stage?.word).link,
        "current": view.filter.stage == stage,
      ]
    }
    return [tab(nil, "All", whole)] + Stage.allCases.map { tab($0, $0.label, counts[$0] ?? 0) }
  }

  /// The saved views, and the way to save this one, unless it is the list as it stands anyway.
  private var views: Value? {
    let here = view.state.without("page")
    let current = saved.first { $0.state(scope.organization).link == here.link }
    let canSave = !here.parameters.isEmpty && current == nil && view.faults.isEmpty
    if saved.isEmpty && !canSave { return nil }
    return [
      "items": Value.list(
        saved.map {
          [
            "label": $0.name, "link": $0.state(scope.organization).link, "current": $0.id == current?.id,
            "note": ($0.isShared ? "shared" : nil) as String?,
          ]
        }),
      "save": canSave ? here.whole(at: .newLearnerView(slug)) : nil,
      "manage": saved.isEmpty ? nil : Path.learnerViews(slug),
    ]
  }

  var listing: Listing {
    var chooser = view.state.chooser(shown: Array(view.columns.dropFirst()), label: \.header)
    chooser.items.removeAll { $0.value == LearnerColumn.name.rawValue }
    chooser.always = [LearnerColumn.name.header]
    return Listing(
      search: view.state.search(label: "Search by name or email"), filters: filters,
      count: page.map { Listing.count($0.total, of: inTab, "learner", "learners", format) } ?? "", chooser: chooser, tags: tags,
      selection: page.flatMap { rows.isEmpty ? nil : view.state.selection(total: $0.total, acts: acts, format: format) },
      table: rows.isEmpty ? nil : table, empty: rows.isEmpty ? empty : nil,
      pager: page.flatMap { Pager($0, state: view.state, format: format) })
  }

  private var acts: [Selection.Act] { LearnerActs.offered(slug, in: view.filter.stage) }

  private var filters: FilterForm {
    let state = view.state
    let names = ["group", "coach", "from", "to"]
    func checks(_ name: String, _ legend: String, _ known: [LearnerChoices.Choice], _ chosen: [Int64]) -> FilterForm.Group? {
      if known.isEmpty { return nil }
      return FilterForm.Group(
        legend: legend,
        checks: known.map { .init(name: name, value: String($0.id), label: $0.name, isChecked: chosen.contains($0.id)) })
    }
    func day(_ name: String, _ label: String) -> FilterForm.Text {
      let error = view.faults.first { $0.name == name }?.sentence
      return .init(
        name: name, label: label, value: state.value(name) ?? "", suggestions: [], type: error == nil ? "date" : "text", error: error)
    }
    let launched = FilterForm.Group(
      legend: "Launched (days in the time zone \(scope.organization.timeZone))",
      texts: [day("from", "From"), day("to", "To, this day included")])
    let groups = [
      checks("group", "Group", choices.groups, view.filter.groups), checks("coach", "Coach", choices.coaches, view.filter.coaches),
    ]
    let isDated = state.value("from") != nil || state.value("to") != nil
    return FilterForm(
      action: state.path, active: view.filter.groups.count + view.filter.coaches.count + (isDated ? 1 : 0),
      clearLink: names.reduce(state) { $0.without($1) }.at(page: 1).link, kept: state.kept(except: names),
      groups: groups.compactMap(\.self) + [launched], isOpen: !view.faults.isEmpty)
  }

  private var tags: Listing.Tags? {
    let items = view.tags(choices, format)
    return items.isEmpty ? nil : Listing.Tags(clearLink: filters.clearLinkWithoutSearch(view.state), items: items)
  }

  private var table: Table {
    Table(
      label: "Learners", isSelectable: true,
      columns: view.columns.map { column in
        view.state.sortable(
          column.header, column, by: view.sorting, number: column.isNumber,
          definition: Definition(id: "define-\(column.rawValue)", title: column.header, text: column.definition))
      },
      rows: rows.map { learner in
        Table.Row(
          cells: view.columns.map { cell(of: $0, learner) },
          box: SelectionBox(
            name: LearnerActChoice.parameter, value: String(learner.id), label: learner.name.isEmpty ? learner.email : learner.name,
            isChecked: view.selectsPage))
      })
  }

  private func cell(of column: LearnerColumn, _ learner: Learner) -> Cell {
    let value = column.value(of: learner)
    switch (column, value) {
    case (.name, _): return .head(learner.name, learner.email, link: .learner(slug, learner.id))
    case (.stage, _): return Cell(badges: [learner.stage.badge])
    case (.feedbackCompleted, .yesNo(let isComplete)):
      return Cell(badges: [Badge(label: isComplete ? "Complete" : "Open", tone: isComplete ? .positive : .neutral, why: nil)])
    case (.lateCancels, .number(let count)) where count > 0:
      return Cell(isNumber: true, badges: [Badge(label: format.number(count), tone: count > 1 ? .critical : .caution, why: nil)])
    default: return value.cell(isNumber: column.isNumber, format)
    }
  }

  private var empty: Empty {
    if page == nil {
      return Empty(
        isFiltered: true, title: "The days of launch cannot be used", text: "Mend them in the filters, or remove them, to see learners.",
        action: LinkModel(label: "Remove the days", link: view.state.without("from", "to", "page").link))
    }
    if whole == 0 {
      return Empty(
        isFiltered: false, title: "No learners yet",
        text: "Add the first here. Those of another system come with an import; whoever runs this installation types:",
        command: "provost import engagements FILE --organization \(slug)", action: addLearners)
    }
    if let stage = view.filter.stage, inTab == 0 {
      return Empty(
        isFiltered: true, title: "Nobody is in \(stage.label)",
        text: "The other tabs hold \(format.plural(Int64(whole), "learner", "learners")).",
        action: LinkModel(label: "Show all learners", link: view.state.path))
    }
    return Empty(
      isFiltered: true, title: "No learner matches",
      text: "Change or remove a filter to see more of the \(format.plural(Int64(inTab), "learner", "learners")) here.",
      action: LinkModel(label: "Show all learners", link: view.state.path))
  }
}

extension LearnerValue {
  /// The cell of a table.
  func cell(isNumber: Bool, _ format: Format) -> Cell {
    switch self {
    case .none: isNumber ? .number("—") : .text("")
    case .text(let text): .text(text)
    case .number(let number): .number(format.number(number))
    case .of(let part, let all): .number("\(format.number(part)) of \(format.number(all))")
    case .hundredths(let value): .number(LearnerValue.decimal(value))
    case .percent(let value): .number("\(value)%")
    case .moment(let text): .time(text, format.date(Moment(text)))
    case .yesNo(let value): Cell(mark: Mark(isYes: value))
    }
  }
}
