import Domain
import HTTPServer
import Templates

/// A program's Invitations page, its export, and the page of one invitation.
enum InvitationPages {
  /// GET /o/{slug}/programs/{program}/invitations
  static func list(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let page = try context.read { connection in
      let program = try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: connection)
      let view = InvitationView(.invitations(scope.organization.slug, program.slug), context.request.query)
      let list = InvitationList(of: program, scope: scope, now: context.now)
      let found = try list.page(view.filter, sort: view.sorting, request: view.state.request, in: connection)
      return InvitationsPage(
        context: context, scope: scope, program: program, view: view, page: found,
        whole: view.filter == InvitationFilter() ? found.total : try list.count(in: connection),
        contracts: try Contract.of(programs: [program.id], in: connection)[program.id] ?? [])
    }
    return try context.render(
      "invitations/list", Page("Invitations", in: [page.program.name], note: page.page.note, at: .programs),
      ["program": page.heading, "listing": page.listing])
  }

  /// GET /o/{slug}/programs/{program}/invitations.csv: exactly the invitations listed, all pages, with the columns shown.
  static func export(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let program = try context.read { try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: $0) }
    let view = InvitationView(.invitations(scope.organization.slug, program.slug), context.request.query)
    let list = InvitationList(of: program, scope: scope, now: context.now)
    let database = context.site.database
    return Download.csv(context, named: "invitations-\(program.slug)") { sink in
      try database.export { try list.write(view.filter, sort: view.sorting, columns: view.columns, in: $0, to: sink) }
    }
  }

  /// GET /o/{slug}/programs/{program}/invitations/{user}
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let (program, invitation) = try context.read { connection in
      let program = try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: connection)
      let user = Int64(context.request.parameters["user"] ?? "") ?? 0
      return (program, try InvitationList(of: program, scope: scope, now: context.now).find(user, in: connection))
    }
    let name = invitation.name.isEmpty ? invitation.email : invitation.name
    return try context.render(
      "invitations/show", Page(name, in: ["Invitations", program.name], at: .programs),
      ["invitation": InvitationPage(context: context, scope: scope, program: program, invitation: invitation)])
  }
}

/// What the address of the Invitations page asks for.
struct InvitationView {
  let state: ListState
  let filter: InvitationFilter
  let sorting: Sorting<InvitationList.Key>
  let columns: [InvitationColumn]
  /// Whether the boxes of the page are to be ticked.
  let selectsPage: Bool

  /// - Parameter query: an address's, or a form's that carries the same parameters.
  init(_ path: Path, _ query: Form) {
    state = ListState(path, query: query, knowing: ["q", "state", "contract", "sort", "size", "columns", "page"])
    var filter = InvitationFilter()
    filter.search = state.value("q") ?? ""
    filter.statuses = state.values("state").compactMap(InvitationFilter.Status.init(rawValue:))
    filter.contracts = state.values("contract").map { Int64($0) ?? 0 }
    self.filter = filter
    sorting = state.sorting(Sorting(.invited, descending: true))
    columns = state.columns(InvitationColumn.standard)
    selectsPage = query[Selection.pageParameter] == "page"
  }
}

/// One invitation as its template reads it.
private struct InvitationPage: ValueConvertible {
  let context: Context
  let scope: OrganizationScope
  let program: Program
  let invitation: Invitation

  private var person: [(name: String, value: String)] { [("person", String(invitation.userID))] }

  var templateValue: Value {
    let (slug, site) = (scope.organization.slug, context.site)
    // A link that is void is not shown: whoever gets it could do nothing with it.
    let isGood = invitation.isOpen && invitation.state != .expired
    let token = InvitationToken(program: program.id, user: invitation.userID, generation: invitation.generation, key: site.key)
    return [
      "programName": program.name, "backLink": Path.invitations(slug, program.slug), "badge": invitation.badge,
      "failure": invitation.isFailed && !invitation.failure.isEmpty ? invitation.failure : nil, "facts": facts,
      "address": isGood ? site.settings.publicURL.address(of: .join(token.text)) : nil,
      "void": isGood ? nil : void,
      "resendLink": invitation.isOpen ? Path.resend(slug, program.slug).with(query: person) : nil,
      "revokeLink": invitation.isOpen ? Path.revocation(slug, program.slug).with(query: person) : nil,
      "nextLink": Path.newInvitation(slug).with(query: [("program", program.slug)]),
    ]
  }

  private var void: String {
    switch invitation.state {
    case .joined: "The link was used: this person is a member."
    case .revoked: "The invitation was revoked, and its link with it."
    default: "The link has expired. Resend the invitation to give it a new term."
    }
  }

  private var facts: [Value] {
    let format = context.format
    func fact(_ label: String, _ text: String, _ time: String? = nil) -> Value { ["label": label, "text": text, "time": time] }
    func moment(_ label: String, _ text: String) -> Value? {
      Moment(text).map { fact(label, format.time($0), text) }
    }
    var facts = [fact("Email", invitation.email)]
    if !invitation.externalID.isEmpty { facts.append(fact("External ID", invitation.externalID)) }
    facts.append(fact("Contract", invitation.contract.isEmpty ? "—" : invitation.contract))
    facts += [moment("Invited", invitation.invitedAt)].compactMap(\.self)
    facts.append(fact("Invited by", invitation.invitedBy.isEmpty ? "Import" : invitation.invitedBy))
    facts.append(fact("Times sent", format.number(invitation.sends)))
    facts += [
      moment("In the outbox since", invitation.state == .queued ? invitation.queuedAt : ""), moment("Last sent", invitation.sentAt),
      moment("Opened", invitation.openedAt), moment("Joined", invitation.joinedAt), moment("Revoked", invitation.revokedAt),
      moment(invitation.state == .expired ? "Expired" : "Expires", invitation.isOpen ? invitation.expiresAt : ""),
    ].compactMap(\.self)
    return facts
  }
}
