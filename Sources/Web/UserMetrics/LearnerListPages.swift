import Database
import Domain
import HTTPServer
import Templates

/// The coaching learners of an organization, and their export.
enum LearnerListPages {
  /// GET /o/{slug}/user-metrics/learners
  static func list(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let view = LearnerView(.learners(scope.organization.slug), context.request.query, of: scope.organization)
    let list = try LearnerList(scope: scope)
    let page = try context.read { connection in
      let counts = try list.counts(in: connection)
      // What cannot be read is said and not passed over, so nothing is listed that was not asked for.
      let found =
        view.faults.isEmpty
        ? try list.page(
          view.filter, sort: view.sorting, request: view.state.request, showing: view.columns, counts: counts, in: connection) : nil
      return LearnersPage(
        context: context, scope: scope, view: view, page: found, counts: counts,
        choices: try LearnerChoices.load(view.filter, scope: scope, in: connection),
        saved: try SavedView.all(of: .learners, scope: scope, in: connection),
        undo: try LearnerActPages.undoBars(context, scope, back: view.state.link, in: connection))
    }
    return try context.render(
      "usermetrics/learners", Page("Learners", note: page.note, at: .learners, hasErrors: !view.faults.isEmpty),
      ["heading": page.heading, "undo": page.shownUndo, "learners": page, "listing": page.listing], status: view.faults.isEmpty ? 200 : 422)
  }

  /// GET /o/{slug}/user-metrics/learners/export
  static func choose(_ context: Context, _ scope: OrganizationScope) throws -> Response { try choice(context, scope) }

  /// GET /o/{slug}/user-metrics/learners.csv: the learners that match, of all pages, with the columns chosen.
  static func export(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let slug = scope.organization.slug
    let view = LearnerView(.learners(slug), context.request.query, of: scope.organization)
    if context.request.query[LearnerExportPage.chosenParameter] != nil, view.state.columns([LearnerColumn]()).isEmpty {
      let sentence = "Tick at least one column."
      return try choice(context, scope, Failure(.invalid, sentence, fields: [.init("columns", sentence)]))
    }
    guard view.faults.isEmpty else { throw Failure(.invalid, view.faults.map(\.sentence).joined(separator: " ")) }
    let list = try LearnerList(scope: scope)
    let database = context.site.database
    return Download.csv(context, named: "learners-\(slug)") { sink in
      try database.export {
        try list.write(view.filter, sort: view.sorting, columns: view.exported, bom: true, in: $0, to: sink)
      }
    }
  }

  private static func choice(_ context: Context, _ scope: OrganizationScope, _ failure: Failure? = nil) throws -> Response {
    let view = LearnerView(.learners(scope.organization.slug), context.request.query, of: scope.organization)
    guard view.faults.isEmpty else { throw Failure(.invalid, view.faults.map(\.sentence).joined(separator: " ")) }
    let list = try LearnerList(scope: scope)
    let page = try context.read { connection in
      LearnerExportPage(
        context: context, scope: scope, view: view,
        total: try list.page(view.filter, sort: view.sorting, request: PageRequest(size: 20), showing: [], in: connection).total,
        choices: try LearnerChoices.load(view.filter, scope: scope, in: connection), failure: failure)
    }
    return try context.render(
      "usermetrics/export", Page("Export learners", in: ["Learners"], at: .learners, hasErrors: failure != nil),
      ["heading": page.heading, "export": page], status: failure == nil ? 200 : 422)
  }
}

/// The page on which groups and columns of an export are chosen, as its template reads it.
struct LearnerExportPage: ValueConvertible {
  /// Tells a form that was sent without any column from an address without columns, which means all.
  static let chosenParameter = "chosen"

  let context: Context
  let scope: OrganizationScope
  let view: LearnerView
  let total: Int
  let choices: LearnerChoices
  let failure: Failure?

  private var slug: String { scope.organization.slug }
  private var all: Path { view.state.link(to: .learnersExportChoice(slug)) }

  var heading: Value {
    Page.heading(
      up: LinkModel(label: "Learners", link: view.state.link),
      lede: "\(context.format.plural(Int64(total), "learner is", "learners are")) in the list that you came from")
  }

  var templateValue: Value {
    [
      "errors": ErrorSummary(failure), "action": Path.learnersExport(slug), "cancel": view.state.link,
      "kept": view.state.kept(except: ["group", "columns", "size"]) + [Hidden(name: LearnerExportPage.chosenParameter, value: "1")],
      "facts": facts, "groups": choices.groups.isEmpty ? nil : groups, "error": failure?.fields.first?.sentence, "items": items,
      "presets": presets,
    ]
  }

  /// The filters that stay as they are on the list.
  private var facts: [Value] {
    var facts = [("Stage", view.filter.stage?.label ?? "All")]
    facts += view.tags(choices, context.format).filter { $0.name != "Group" }.map { ($0.name, $0.value) }
    facts.append(("Sorted by", view.sorting.key.header + (view.sorting.descending ? ", last first" : "")))
    return facts.map { ["label": $0.0, "value": $0.1] }
  }

  private var groups: FormControl {
    FormControl(
      "group", "Groups", .checks(choices.groups.map { .init(String($0.id), $0.name) }), values: view.state.values("group"),
      hint: "Learners of these groups only. None ticked means all groups.", faults: [])
  }

  /// Those ticked, in their order, then the others in the order of the reference.
  private var items: [ColumnChooser.Item] {
    let ticked: [LearnerColumn]
    if failure != nil {
      ticked = []
    } else if view.state.values("columns").isEmpty {
      ticked = LearnerColumn.reference
    } else {
      ticked = view.exported.contains(.name) ? view.exported : view.columns
    }
    return ticked.map { .init(value: $0.rawValue, label: $0.header, isChecked: true) }
      + LearnerColumn.allCases.filter { !ticked.contains($0) }.map { .init(value: $0.rawValue, label: $0.header, isChecked: false) }
  }

  private var presets: [LinkModel] {
    let without = view.state.without("columns", "page", "size")
    let listed = without.parameters + view.columns.map { (name: "columns", value: $0.rawValue) }
    return [
      LinkModel(
        label: "Tick the \(LearnerColumn.reference.count) standard columns", link: without.link(to: .learnersExportChoice(slug))),
      LinkModel(
        label: "Tick the \(view.columns.count) columns of the list", link: Path.learnersExportChoice(slug).with(query: listed)),
    ]
  }
}
