import Database
import Domain
import HTTPServer
import Templates

/// A program's Members page, its export, and the download of emails.
enum MemberPages {
  /// GET /o/{slug}/programs/{program}/members
  static func list(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let (page, program) = try context.read { connection in
      let program = try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: connection)
      let view = MemberView(.members(scope.organization.slug, program.slug), context.request.query)
      let members = try MemberList(of: program, scope: scope, now: context.now)
        .page(view.filter, sort: view.sorting, request: view.state.request, showing: view.columns, in: connection)
      let undoable = try Removal(scope, from: program, at: context.now).undoable(in: connection)
      let page = MembersPage(
        context: context, scope: scope, program: program, view: view, page: members,
        contracts: try Contract.of(programs: [program.id], in: connection)[program.id] ?? [],
        suggestions: try AttributeValues.suggestions(scope: scope, in: connection), undoable: undoable)
      return (page, program)
    }
    return try context.render(
      "programs/members", Page("Members", in: [program.name], note: page.page.note, at: .programs),
      ["program": page.heading, "undo": page.undo, "listing": page.listing])
  }

  /// GET /o/{slug}/programs/{program}/members.csv: exactly the members listed, all pages, with the columns shown.
  static func export(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let program = try context.read { try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: $0) }
    let view = MemberView(.members(scope.organization.slug, program.slug), context.request.query)
    let list = MemberList(of: program, scope: scope, now: context.now)
    let database = context.site.database
    return Download.csv(context, named: "members-\(program.slug)") { sink in
      try database.export { try list.write(view.filter, sort: view.sorting, columns: view.columns, in: $0, to: sink) }
    }
  }

  /// GET /o/{slug}/programs/{program}/members/emails.csv?category=…: names and emails of one category.
  static func emails(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let program = try context.read { try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: $0) }
    let categories: [MemberFilter.Status] = [.noEnrollments, .enrolledWithoutCompletion, .completed]
    guard let category = categories.first(where: { $0.rawValue == context.request.query["category"] }) else {
      throw Failure(.invalid, "Choose one of the categories: \(categories.map(\.rawValue).joined(separator: ", ")).")
    }
    var filter = MemberFilter()
    filter.statuses = [category]
    let list = MemberList(of: program, scope: scope, now: context.now)
    let database = context.site.database
    return Download.csv(context, named: "emails-\(category.rawValue)-\(program.slug)") { [filter] sink in
      try database.export { try list.write(filter, sort: Sorting(.name, descending: false), columns: [], in: $0, to: sink) }
    }
  }
}

/// What the address of the Members page asks for.
struct MemberView {
  let state: ListState
  let filter: MemberFilter
  let sorting: Sorting<MemberList.Key>
  let columns: [MemberColumn]
  /// Whether the boxes of the page are to be ticked.
  let selectsPage: Bool

  /// - Parameter query: an address's, or a form's that carries the same parameters.
  init(_ path: Path, _ query: Form) {
    state = ListState(
      path, query: query,
      knowing: ["q", "contract", "status"] + Attribute.allCases.map(\.rawValue) + ["sort", "size", "columns", "page"])
    var filter = MemberFilter()
    filter.search = state.value("q") ?? ""
    filter.contracts = state.values("contract").map { Int64($0) ?? 0 }
    filter.statuses = state.values("status").compactMap(MemberFilter.Status.init(rawValue:))
    for attribute in Attribute.allCases { filter.attributes[attribute] = state.value(attribute.rawValue) }
    self.filter = filter
    sorting = state.sorting(Sorting(.name, descending: false))
    columns = state.columns(MemberColumn.standard)
    selectsPage = query[Selection.pageParameter] == "page"
  }
}
