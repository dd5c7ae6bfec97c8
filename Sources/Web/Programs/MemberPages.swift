import CSV
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
        .page(view.filter, sort: view.sorting, request: view.state.request, in: connection)
      let page = MembersPage(
        context: context, scope: scope, program: program, view: view, page: members,
        contracts: try Contract.of(programs: [program.id], in: connection)[program.id] ?? [],
        suggestions: try Attribute.suggestions(scope: scope, in: connection))
      return (page, program)
    }
    return try context.render(
      "programs/members", Page("Members", in: [program.name], note: page.page.note, at: .programs),
      ["program": page.heading, "listing": page.listing])
  }

  /// GET /o/{slug}/programs/{program}/members.csv: exactly the members listed, all pages, with the columns shown.
  static func export(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let program = try context.read { try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: $0) }
    let view = MemberView(.members(scope.organization.slug, program.slug), context.request.query)
    let list = MemberList(of: program, scope: scope, now: context.now)
    let database = context.site.database
    return Download.csv(context, named: "members-\(program.slug)") { writer in
      writer.text("Name")
      writer.text("Email")
      for column in view.columns { writer.text(column.header) }
      try writer.endRow()
      try database.export { connection in
        try list.all(view.filter, sort: view.sorting, in: connection) { members in
          for member in members {
            writer.text(member.name)
            writer.text(member.email)
            for column in view.columns { column.write(member, to: &writer) }
            try writer.endRow()
          }
        }
      }
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
    return Download.csv(context, named: "emails-\(category.rawValue)-\(program.slug)") { [filter] writer in
      writer.text("Name")
      writer.text("Email")
      try writer.endRow()
      try database.export { connection in
        try list.all(filter, sort: Sorting(.name, descending: false), in: connection) { members in
          for member in members {
            writer.text(member.name)
            writer.text(member.email)
            try writer.endRow()
          }
        }
      }
    }
  }
}

/// What the address of the Members page asks for.
struct MemberView {
  let state: ListState
  let filter: MemberFilter
  let sorting: Sorting<MemberList.Key>
  let columns: [MemberColumn]

  init(_ path: Path, _ query: Form) {
    state = ListState(
      path, query: query,
      knowing: ["q", "contract", "status"] + Attribute.allCases.map(\.rawValue) + ["sort", "size", "columns", "page"])
    var filter = MemberFilter()
    filter.search = state.value("q") ?? ""
    filter.contracts = state.values("contract").compactMap { Int64($0) }
    filter.statuses = state.values("status").compactMap(MemberFilter.Status.init(rawValue:))
    for attribute in Attribute.allCases { filter.attributes[attribute] = state.value(attribute.rawValue) }
    self.filter = filter
    sorting = state.sorting(Sorting(.name, descending: false))
    columns = state.columns(MemberColumn.standard)
  }
}

/// A column of the Members page besides name and email.
enum MemberColumn: String, CaseIterable, Sendable {
  case status, enrollments, completions
  case lastActivity = "last-activity"
  case contract, joined, invited
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

  static let standard: [MemberColumn] = [.status, .enrollments, .completions, .lastActivity, .contract]

  var attribute: Attribute? { Attribute(rawValue: rawValue.replacing("-", with: "_")) }

  var label: String {
    switch self {
    case .status: "Status"
    case .enrollments: "Enrollments"
    case .completions: "Completions"
    case .lastActivity: "Last activity"
    case .contract: "Contract"
    case .joined: "Joined"
    case .invited: "Invited"
    case .externalID: "External ID"
    default: attribute?.label ?? rawValue
    }
  }

  /// The heading in an export.
  var header: String { attribute?.header ?? label }

  var key: MemberList.Key? {
    switch self {
    case .enrollments: .enrollments
    case .completions: .completions
    case .lastActivity: .lastActivity
    case .joined: .joined
    case .invited: .invited
    default: nil
    }
  }

  func write(_ member: Member, to writer: inout CSVWriter) {
    switch self {
    case .status: writer.text(member.statusWords)
    case .enrollments: writer.number(Int64(member.enrollments))
    case .completions: writer.number(Int64(member.completions))
    case .lastActivity: writer.raw(member.lastActivityAt)
    case .contract: writer.text(member.contract)
    case .joined: writer.raw(member.joinedAt)
    case .invited: writer.raw(member.invitedAt)
    case .externalID: writer.text(member.externalID)
    default: writer.text(attribute.flatMap { member.attributes[$0] } ?? "")
    }
  }
}

extension Member {
  /// The badges in words, for an export.
  var statusWords: String { [isInactive ? "Inactive" : nil, risks.isEmpty ? nil : "At risk"].compactMap(\.self).joined(separator: "; ") }
}

extension Attribute {
  /// Suggestions for the filters of all nine attributes.
  static func suggestions(scope: OrganizationScope, in connection: any Connection) throws -> [Attribute: [String]] {
    var result: [Attribute: [String]] = [:]
    for attribute in allCases { result[attribute] = try AttributeValues.suggestions(attribute, scope: scope, in: connection) }
    return result
  }
}
