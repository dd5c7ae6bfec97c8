import Database
import Domain
import HTTPServer
import Templates

/// The people of an organization, and their export.
enum UserPages {
  /// GET /o/{slug}/users
  static func list(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let page = try context.read { connection in
      let view = try UserView(context, scope, in: connection)
      let list = try UserList(scope: scope, now: context.now)
      return UsersPage(
        context: context, scope: scope, view: view,
        page: try list.page(view.filter, sort: view.sorting, request: view.state.request, showing: view.columns, in: connection),
        whole: try list.count(in: connection), contracts: try Contract.all(scope: scope, in: connection),
        suggestions: try AttributeValues.suggestions(scope: scope, in: connection))
    }
    return try context.render(
      "users/list", Page("Users", note: page.page.note, at: .users), ["users": page.heading, "listing": page.listing])
  }

  /// GET /o/{slug}/users.csv: exactly the people listed, all pages, with the columns shown.
  static func export(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let view = try context.read { try UserView(context, scope, in: $0) }
    let list = try UserList(scope: scope, now: context.now)
    let database = context.site.database
    return Download.csv(context, named: "users-\(scope.organization.slug)") { sink in
      try database.export { try list.write(view.filter, sort: view.sorting, columns: view.columns, in: $0, to: sink) }
    }
  }
}

/// What the address of the Users page asks for. Programs are named by slug there.
struct UserView {
  let state: ListState
  let filter: UserFilter
  let sorting: Sorting<UserList.Key>
  let columns: [UserColumn]
  let programs: ProgramChoice

  init(_ context: Context, _ scope: OrganizationScope, in connection: any Connection) throws {
    state = ListState(
      .users(scope.organization.slug), query: context.request.query,
      knowing: ["q", "status", "program", "program_name", "contract"] + Attribute.allCases.map(\.rawValue) + [
        "sort", "size", "columns", "page",
      ])
    var filter = UserFilter()
    filter.search = state.value("q") ?? ""
    filter.status = state.value("status").flatMap(UserFilter.Status.init(rawValue:)) ?? .joined
    programs = try ProgramChoice.load(slugs: state.values("program"), scope: scope, in: connection)
    filter.programs = programs.chosen
    filter.programName = state.value("program_name") ?? ""
    filter.contracts = state.values("contract").map { Int64($0) ?? 0 }
    for attribute in Attribute.allCases { filter.attributes[attribute] = state.value(attribute.rawValue) }
    self.filter = filter
    sorting = state.sorting(Sorting(.name, descending: false))
    columns = state.columns(UserColumn.standard)
  }
}

extension User.Standing {
  /// The badge on the page.
  var badge: Badge {
    switch self {
    case .completed: Badge(label: words, tone: .positive, why: nil)
    case .enrolled: Badge(label: words, tone: .info, why: nil)
    case .joined, .invited, .outside: Badge(label: words, tone: .neutral, why: nil)
    case .inactive, .longTermInactive: Badge(label: words, tone: .caution, why: nil)
    case .deactivated: Badge(label: words, tone: .critical, why: nil)
    }
  }
}
