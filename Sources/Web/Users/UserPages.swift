import CSV
import Domain
import HTTPServer
import Templates

/// The people of an organization, and their export.
enum UserPages {
  /// GET /o/{slug}/users
  static func list(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let page = try context.read { connection in
      let programs = try Program.all(scope: scope, in: connection)
      let view = UserView(.users(scope.organization.slug), context.request.query, programs: programs)
      let list = try UserList(scope: scope, now: context.now)
      return UsersPage(
        context: context, scope: scope, view: view,
        page: try list.page(view.filter, sort: view.sorting, request: view.state.request, in: connection),
        whole: try list.count(in: connection), programs: programs, contracts: try Contract.all(scope: scope, in: connection),
        suggestions: try Attribute.suggestions(scope: scope, in: connection))
    }
    return try context.render("users/list", Page("Users", note: page.page.note, at: .users), ["users": page.heading, "listing": page.listing])
  }

  /// GET /o/{slug}/users.csv: exactly the people listed, all pages, with the columns shown.
  static func export(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let programs = try context.read { try Program.all(scope: scope, in: $0) }
    let view = UserView(.users(scope.organization.slug), context.request.query, programs: programs)
    let list = try UserList(scope: scope, now: context.now)
    let database = context.site.database
    return Download.csv(context, named: "users-\(scope.organization.slug)") { writer in
      writer.text("Name")
      writer.text("Email")
      for column in view.columns { writer.text(column.header) }
      try writer.endRow()
      try database.export { connection in
        try list.all(view.filter, sort: view.sorting, in: connection) { users in
          for user in users {
            writer.text(user.name)
            writer.text(user.email)
            for column in view.columns { column.write(user, to: &writer) }
            try writer.endRow()
          }
        }
      }
    }
  }
}

/// What the address of the Users page asks for. Programs are named by slug there.
struct UserView {
  let state: ListState
  let filter: UserFilter
  let sorting: Sorting<UserList.Key>
  let columns: [UserColumn]

  init(_ path: Path, _ query: Form, programs: [Program]) {
    state = ListState(
      path, query: query,
      knowing: ["q", "status", "program", "contract"] + Attribute.allCases.map(\.rawValue) + ["sort", "size", "columns", "page"])
    var filter = UserFilter()
    filter.search = state.value("q") ?? ""
    filter.status = state.value("status").flatMap(UserFilter.Status.init(rawValue:)) ?? .joined
    let slugs = state.values("program")
    filter.programs = slugs.map { slug in programs.first { $0.slug == slug }?.id ?? 0 }
    filter.contracts = state.values("contract").map { Int64($0) ?? 0 }
    for attribute in Attribute.allCases { filter.attributes[attribute] = state.value(attribute.rawValue) }
    self.filter = filter
    sorting = state.sorting(Sorting(.name, descending: false))
    columns = state.columns(UserColumn.standard)
  }
}

/// A column of the Users page besides name and email.
enum UserColumn: String, CaseIterable, Sendable {
  case status, programs, enrollments, completions
  case lastActivity = "last-activity"
  case externalID = "external-id"
  case managerName = "manager-name"
  case managerEmail = "manager-email"
  case jobTitle = "job-title"
  case jobType = "job-type"
  case businessUnit = "business-unit"
  case businessUnit2 = "business-unit-2"
  case locationCity = "location-city"
  case locationCountry = "location-country"
  case locationRegion = "location-region"

  static let standard: [UserColumn] = [.status, .programs, .enrollments, .completions, .lastActivity, .businessUnit]

  var attribute: Attribute? { Attribute(rawValue: rawValue.replacing("-", with: "_")) }

  var label: String {
    switch self {
    case .status: "Status"
    case .programs: "Programs"
    case .enrollments: "Enrollments"
    case .completions: "Completions"
    case .lastActivity: "Last activity"
    case .externalID: "External ID"
    default: attribute?.label ?? rawValue
    }
  }

  /// The heading in an export.
  var header: String { attribute?.header ?? label }

  var key: UserList.Key? {
    switch self {
    case .programs: .programs
    case .enrollments: .enrollments
    case .completions: .completions
    case .lastActivity: .lastActivity
    default: nil
    }
  }

  func write(_ user: User, to writer: inout CSVWriter) {
    switch self {
    case .status: writer.text(user.statuses.map(\.label).joined(separator: "; "))
    case .programs: writer.number(Int64(user.memberPrograms))
    case .enrollments: writer.number(Int64(user.enrollments))
    case .completions: writer.number(Int64(user.completions))
    case .lastActivity: writer.raw(user.lastActivityAt)
    case .externalID: writer.text(user.externalID)
    default: writer.text(attribute.flatMap { user.attributes[$0] } ?? "")
    }
  }
}

extension User {
  /// How far the person has come, and what keeps them from going on.
  var statuses: [Badge] {
    var badges: [Badge] = []
    if completions > 0 {
      badges.append(Badge(label: "Completed", tone: .positive, why: nil))
    } else if enrollments > 0 {
      badges.append(Badge(label: "Enrolled", tone: .info, why: nil))
    } else if memberPrograms > 0 {
      badges.append(Badge(label: "Joined", tone: .neutral, why: nil))
    } else if openInvitations > 0 {
      badges.append(Badge(label: "Invited", tone: .neutral, why: nil))
    } else {
      badges.append(Badge(label: "Not a member", tone: .neutral, why: nil))
    }
    if isLongTermInactive {
      badges.append(Badge(label: "Inactive 90 days", tone: .caution, why: nil))
    } else if isInactive {
      badges.append(Badge(label: "Inactive 30 days", tone: .caution, why: nil))
    }
    if isDeactivated { badges.append(Badge(label: "Deactivated", tone: .critical, why: nil)) }
    return badges
  }
}
