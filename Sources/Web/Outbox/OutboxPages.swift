import Database
import Domain
import HTTPServer
import Templates

/// The mails of an organization: the list, and its export.
enum OutboxPages {
  /// GET /o/{slug}/outbox
  static func list(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let view = OutboxView(.outbox(scope.organization.slug), context.request.query)
    let list = try OutboxList(scope: scope)
    let page = try context.read { connection in
      OutboxPage(
        context: context, scope: scope, view: view,
        page: try list.page(view.filter, sort: view.sorting, request: view.state.request, in: connection),
        whole: try list.count(in: connection), person: try view.filter.person.flatMap { try list.name(of: $0, in: connection) })
    }
    return try context.render(
      "outbox/list", Page("Outbox", in: ["Settings"], note: page.page.note, at: .settings),
      [
        "heading": page.heading, "tabs": SettingsTab.all(scope.organization.slug, current: .outbox), "notice": page.notice,
        "listing": page.listing,
      ])
  }

  /// GET /o/{slug}/outbox.csv: the mails listed, all pages.
  static func export(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let view = OutboxView(.outbox(scope.organization.slug), context.request.query)
    let list = try OutboxList(scope: scope)
    let database = context.site.database
    return Download.csv(context, named: "outbox-\(scope.organization.slug)") { sink in
      try database.export { try list.write(view.filter, sort: view.sorting, in: $0, to: sink) }
    }
  }
}

/// What the address of the Outbox page asks for.
struct OutboxView {
  let state: ListState
  let filter: OutboxFilter
  let sorting: Sorting<OutboxList.Key>

  init(_ path: Path, _ query: Form) {
    let state = ListState(path, query: query, knowing: ["q", "person", "state", "kind", "sort", "size", "page"])
    var filter = OutboxFilter()
    filter.search = state.value("q") ?? ""
    // Nobody has the id 0, which stands for anything that is no number.
    filter.person = state.value("person").map { Int64($0) ?? 0 }
    filter.states = OutboxMail.State.offered.filter { state.values("state").contains($0.rawValue.lowercased()) }
    filter.kinds = MailKind.allCases.filter { state.values("kind").contains($0.rawValue) }
    (self.state, self.filter) = (state, filter)
    sorting = state.sorting(Sorting(.created, descending: true))
  }
}

extension OutboxMail.State {
  /// What the list can be narrowed to; a mail that is being sent waits until it was.
  static let offered: [OutboxMail.State] = [.waiting, .sent, .failed, .dropped]

  var badge: Badge {
    switch self {
    case .waiting, .sending: Badge(label: words, tone: .info, why: nil)
    case .sent: Badge(label: words, tone: .positive, why: nil)
    case .failed: Badge(label: words, tone: .critical, why: nil)
    case .dropped: Badge(label: words, tone: .neutral, why: nil)
    }
  }
}

/// The Outbox page as its template reads it.
struct OutboxPage {
  let context: Context
  let scope: OrganizationScope
  let view: OutboxView
  let page: ListPage<OutboxMail>
  let whole: Int
  /// What the person is called whose mails alone are listed.
  let person: String?

  private var slug: String { scope.organization.slug }

  var heading: Value {
    Page.heading(
      lede: "Every email to this organization's people, as it was or will be sent", total: context.format.number(whole),
      export: page.total == 0 ? nil : LinkModel(label: "Export", link: view.state.link(to: .outboxExport(slug))))
  }

  /// What to know where nothing is sent.
  var notice: Value? {
    guard context.site.settings.mailServer == nil else { return nil }
    return [
      "text":
        "No mail server is set, so nothing is sent. Open an email to see it as it would arrive; its links work. Emails that wait are sent once "
        + "whoever runs this installation sets PROVOST_SMTP_URL."
    ]
  }

  var listing: Listing {
    let format = context.format
    return Listing(
      search: view.state.search(label: "Search by name or email"), filters: filters,
      count: Listing.count(page.total, of: whole, "email", "emails", format), tags: tags, table: page.rows.isEmpty ? nil : table(format),
      empty: page.rows.isEmpty ? empty : nil, pager: Pager(page, state: view.state, format: format))
  }

  private var filters: FilterForm {
    let state = view.state
    return FilterForm(
      action: state.path, active: view.filter.states.count + view.filter.kinds.count,
      clearLink: state.without("state", "kind").at(page: 1).link, kept: state.kept(except: ["state", "kind"]),
      groups: [
        FilterForm.Group(
          legend: "State",
          checks: OutboxMail.State.offered.map {
            FilterForm.Check(name: "state", value: $0.rawValue.lowercased(), label: $0.words, isChecked: view.filter.states.contains($0))
          }),
        FilterForm.Group(
          legend: "Kind",
          checks: MailKind.allCases.map {
            FilterForm.Check(name: "kind", value: $0.rawValue, label: $0.label, isChecked: view.filter.kinds.contains($0))
          }),
      ])
  }

  private var tags: Listing.Tags? {
    let state = view.state
    var items = view.filter.states.map { state.tag("State", $0.words, parameter: "state", raw: $0.rawValue.lowercased()) }
    items += view.filter.kinds.map { state.tag("Kind", $0.label, parameter: "kind", raw: $0.rawValue) }
    if let raw = state.value("person") { items.append(state.tag("Person", person ?? "Nobody", parameter: "person", raw: raw)) }
    if let text = state.value("q") { items.append(state.tag("Search", text, parameter: "q", raw: text)) }
    return items.isEmpty ? nil : Listing.Tags(clearLink: filters.clearLinkWithoutSearch(state), items: items)
  }

  private func table(_ format: Format) -> Table {
    Table(
      label: "Emails",
      columns: [
        view.state.sortable("Recipient", .recipient, by: view.sorting), TableColumn(label: "State"), TableColumn(label: "Kind"),
        TableColumn(label: "Program"), view.state.sortable("Created", .created, by: view.sorting), TableColumn(label: "Sent"),
      ],
      rows: page.rows.map { mail in
        var badge = mail.state.badge
        if mail.state != .sent, !mail.failure.isEmpty { badge = Badge(label: badge.label, tone: badge.tone, why: mail.failure) }
        return Table.Row(cells: [
          .head(mail.name, mail.item.recipient, link: .mail(slug, mail.id)), Cell(badges: [badge]), .text(mail.item.kind.label),
          .text(mail.programName), .time(mail.item.createdAt.text, format.time(mail.item.createdAt)),
          .time(mail.sentAt?.text ?? "", format.time(mail.sentAt)),
        ])
      })
  }

  private var empty: Empty {
    whole == 0
      ? Empty(
        isFiltered: false, title: "No email yet", text: "Invitations, welcomes and everything else that is sent to people appear here.",
        action: nil)
      : Empty(
        isFiltered: true, title: "No email matches",
        text: "Remove a filter to see more of the \(context.format.plural(Int64(whole), "email", "emails")).",
        action: LinkModel(label: "Show all emails", link: view.state.path))
  }
}
