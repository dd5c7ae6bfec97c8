import Database
import Domain
import HTTPServer
import Templates

/// The saved views of the Learners page: keeping one, all of them, deleting one.
enum SavedViewPages {
  /// GET /o/{slug}/user-metrics/learners/views
  static func list(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let page = try context.read { connection in
      SavedViewsPage(
        context: context, scope: scope, views: try SavedView.all(of: .learners, scope: scope, in: connection),
        choices: try LearnerChoices.load(LearnerFilter(), scope: scope, in: connection))
    }
    return try context.render(
      "usermetrics/views", Page("Saved views", in: ["Learners"], at: .learners), ["heading": page.heading, "listing": page.listing])
  }

  /// GET /o/{slug}/user-metrics/learners/views/new: the view is the query, with the Learners page's own parameters.
  static func new(_ context: Context, _ scope: OrganizationScope) throws -> Response { try form(context, scope, name: "", shared: false) }

  /// POST /o/{slug}/user-metrics/learners/views/new
  static func create(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let form = try context.form()
    let (name, shared) = (form["name"] ?? "", form["visibility"] == "shared")
    let view = try view(context, scope)
    do {
      try SavedView.save(
        named: name, query: view.query, shared: shared, of: .learners, scope: scope, at: context.now, in: context.site.database)
      return try context.redirect(to: view.state.without("page").link, saying: .done("The view “\(name)” is saved."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try self.form(context, scope, name: name, shared: shared, failure)
    }
  }

  /// GET /o/{slug}/user-metrics/learners/views/{view}/removal
  static func ask(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let slug = scope.organization.slug
    let view = try context.read { try SavedView.find(context.viewID, of: .learners, scope: scope, in: $0) }
    let whose = view.isOwn ? "your own" : "made by \(view.owner)"
    return try context.render(
      "shared/confirm-page", Page("Delete the view “\(view.name)”?", in: ["Learners"], at: .learners),
      [
        "heading": Page.heading(up: LinkModel(label: "Saved views", link: .learnerViews(slug))),
        "confirm": [
          "fault": nil as String?,
          "texts": [
            view.isShared
              ? "This one view, \(whose), is shared: it goes for every administrator of the organization."
              : "This one view, \(whose), goes. Nobody else sees it.", "Learners and their data stay as they are.",
          ], "action": Path.learnerViewRemoval(slug, view.id), "button": "Delete view", "critical": true,
          "cancel": Path.learnerViews(slug),
        ] as Value,
      ])
  }

  /// POST /o/{slug}/user-metrics/learners/views/{view}/removal
  static func remove(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let view = try SavedView.remove(context.viewID, of: .learners, scope: scope, at: context.now, in: context.site.database)
    return try context.redirect(to: .learnerViews(scope.organization.slug), saying: .done("The view “\(view.name)” is deleted."))
  }

  /// - Throws: `Failure` of code `invalid` where the view's own dates cannot be read.
  private static func view(_ context: Context, _ scope: OrganizationScope) throws -> LearnerView {
    let view = LearnerView(.learners(scope.organization.slug), context.request.query, of: scope.organization)
    guard view.faults.isEmpty else { throw Failure(.invalid, view.faults.map(\.sentence).joined(separator: " ")) }
    return view
  }

  private static func form(
    _ context: Context, _ scope: OrganizationScope, name: String, shared: Bool, _ failure: Failure? = nil
  ) throws -> Response {
    let view = try view(context, scope)
    let choices = try context.read { try LearnerChoices.load(view.filter, scope: scope, in: $0) }
    let faults = failure?.fields ?? []
    let fields = [
      FormControl("name", "Name", .input(type: "text", autocomplete: "off"), value: name, required: true, faults: faults),
      FormControl(
        "visibility", "Who sees it",
        .radios([
          .init("private", "Only you"),
          .init("shared", "All administrators of \(scope.organization.name)", note: "Any of them may delete it."),
        ]), value: shared ? "shared" : "private", faults: faults),
    ]
    let form = FormModel(
      action: view.state.whole(at: .newLearnerView(scope.organization.slug)), failure: failure, fields: fields, button: "Save view",
      cancel: LinkModel(label: "Cancel", link: view.state.link))
    return try context.render(
      "shared/form-page", Page("Save this view", in: ["Learners"], at: .learners, hasErrors: failure != nil),
      [
        "heading": Page.heading(
          up: LinkModel(label: "Learners", link: view.state.link), lede: "It holds: " + view.words(choices, context.format)),
        "form": form,
      ], status: failure == nil ? 200 : 422)
  }
}

extension SavedView {
  /// The list as the view keeps it, made again from what the list knows: nothing else of what is kept gets into an address.
  func state(_ organization: Organization) -> ListState { view(organization).state.without("page") }

  fileprivate func view(_ organization: Organization) -> LearnerView {
    let kept: Form
    do {
      kept = try Form(urlEncoded: query.utf8)
    } catch {
      // What cannot be read leads to the whole list.
      kept = Form()
    }
    return LearnerView(.learners(organization.slug), kept, of: organization)
  }
}

extension LearnerView {
  /// `Steady State; Group: Emerging leaders; sorted by Coach name; 15 columns`
  fileprivate func words(_ choices: LearnerChoices, _ format: Format) -> String {
    var parts = [filter.stage?.label ?? "All stages"]
    parts += tags(choices, format).map { "\($0.name): \($0.value)" }
    parts.append("sorted by \(sorting.key.header)" + (sorting.descending ? ", last first" : ""))
    parts.append(format.plural(Int64(columns.count), "column", "columns"))
    return parts.joined(separator: "; ")
  }
}

extension Context {
  /// The saved view of the address; 0, which none has, for anything that is no number.
  fileprivate var viewID: Int64 { request.parameters["view"].flatMap { Int64($0) } ?? 0 }
}

/// The saved views, as their page's template reads them.
private struct SavedViewsPage {
  let context: Context
  let scope: OrganizationScope
  let views: [SavedView]
  let choices: LearnerChoices

  private var slug: String { scope.organization.slug }

  var heading: Value {
    Page.heading(
      up: LinkModel(label: "Learners", link: .learners(slug)), lede: "Your own views of the learners, and those that others share",
      total: context.format.number(views.count))
  }

  var listing: Listing {
    Listing(
      count: Listing.count(views.count, of: nil, "view", "views", context.format), table: views.isEmpty ? nil : table,
      empty: views.isEmpty
        ? Empty(
          isFiltered: false, title: "No saved views yet",
          text: "Filter, sort or choose columns on the Learners page, then choose “Save this view”.",
          action: LinkModel(label: "Learners", link: .learners(slug)))
        : nil)
  }

  private var table: Table {
    let format = context.format
    return Table(
      label: "Saved views", columns: ["View", "Who sees it", "Made by", "Made", "What it holds", "Delete"].map { TableColumn(label: $0) },
      rows: views.map { view in
        Table.Row(cells: [
          .head(view.name, nil, link: view.state(scope.organization).link),
          Cell(badges: [Badge(label: view.isShared ? "Shared" : "Private", tone: view.isShared ? .info : .neutral, why: nil)]),
          .text(view.isOwn ? "You" : view.owner), .time(view.createdAt, format.date(Moment(view.createdAt))),
          .text(view.view(scope.organization).words(choices, format)), Cell(text: "Delete", link: .learnerViewRemoval(slug, view.id)),
        ])
      })
  }
}
