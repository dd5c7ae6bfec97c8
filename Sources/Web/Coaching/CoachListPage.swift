import Domain
import HTTPServer
import Templates

/// What the address of a list of coaches asks for.
struct CoachListView {
  let kind: CoachList.Kind
  let state: ListState
  /// The tab; nil for All. The platform's coaches have none.
  let tab: Coach.State?
  let sorting: Sorting<CoachColumn>
  let columns: [CoachColumn]

  init(_ kind: CoachList.Kind, _ slug: String, _ query: Form) {
    self.kind = kind
    let names = ["q", "sort", "columns", "size", "page"]
    state =
      kind == .platform
      ? ListState(.platformCoaches(slug), query: query, knowing: names)
      : ListState(.organizationCoaches(slug), query: query, knowing: ["state"] + names)
    tab = kind == .platform ? nil : state.value("state").map { Coach.State(rawValue: $0) } ?? .active
    sorting = state.sorting(Sorting(.name, descending: false))
    let offered = CoachColumn.offered(kind)
    let chosen = state.columns([CoachColumn]()).filter { offered.contains($0) }
    columns = chosen.isEmpty ? CoachColumn.standard(kind) : chosen
  }

  var search: String { state.value("q") ?? "" }

  /// The same list with another tab.
  func link(tab: Coach.State?) -> Path { state.with("state", tab == .active ? nil : tab?.rawValue ?? "all").link }
}

/// A list of coaches as its template reads it.
struct CoachListPage {
  let context: Context
  let scope: OrganizationScope
  let view: CoachListView
  let page: ListPage<ListedCoach>
  let counts: [Coach.State: Int]

  static func show(_ kind: CoachList.Kind, _ context: Context, _ scope: OrganizationScope) throws -> Response {
    let view = CoachListView(kind, scope.organization.slug, context.request.query)
    let list = try CoachList(kind, scope: scope, now: context.now)
    let page = try context.read { connection in
      CoachListPage(
        context: context, scope: scope, view: view,
        page: try list.page(view.tab, search: view.search, sort: view.sorting, request: view.state.request, in: connection),
        counts: try list.counts(in: connection))
    }
    let note = [kind == .platform ? nil : view.tab?.label ?? "All", page.page.note].compactMap(\.self).joined(separator: ", ")
    return try context.render(
      "coaching/list",
      Page(
        kind == .platform ? "Platform coaches" : "Organization coaches", note: note.isEmpty ? nil : note,
        at: kind == .platform ? .platformCoaches : .organizationCoaches),
      ["heading": page.heading, "notices": [Value](), "tabs": page.tabs, "listing": page.listing])
  }

  static func export(_ kind: CoachList.Kind, _ context: Context, _ scope: OrganizationScope, named name: String) throws -> Response {
    let view = CoachListView(kind, scope.organization.slug, context.request.query)
    let list = try CoachList(kind, scope: scope, now: context.now)
    let database = context.site.database
    return Download.csv(context, named: "\(name)-\(scope.organization.slug)") { sink in
      try database.export {
        try list.write(view.tab, search: view.search, sort: view.sorting, columns: view.columns, in: $0, to: sink)
      }
    }
  }

  private var slug: String { scope.organization.slug }
  private var format: Format { context.format }
  private var whole: Int { counts.values.reduce(0, +) }
  private var inTab: Int { view.tab.map { counts[$0] ?? 0 } ?? whole }
  private var isPlatform: Bool { view.kind == .platform }

  private var heading: Value {
    let new = scope.viewer.isAccountTeam && !isPlatform ? LinkModel(label: "New coach", link: .newSetUp(.coaches, slug)) : nil
    let file = isPlatform ? Path.platformCoachesExport(slug) : .organizationCoachesExport(slug)
    return Page.heading(
      lede: isPlatform
        ? "Coaches who serve several organizations and have worked with this one" : "The organization’s own coaches, and who is theirs",
      total: isPlatform ? format.number(whole) : nil, primary: new,
      export: page.total == 0 ? nil : LinkModel(label: "Export", link: view.state.link(to: file)))
  }

  private var tabs: Tabs? {
    if isPlatform { return nil }
    func tab(_ state: Coach.State?, _ label: String, _ count: Int) -> Tabs.Item {
      Tabs.Item(label: label, count: format.number(count), link: view.link(tab: state), isCurrent: view.tab == state)
    }
    return Tabs(name: "States", items: Coach.State.allCases.map { tab($0, $0.label, counts[$0] ?? 0) } + [tab(nil, "All", whole)])
  }

  private var listing: Listing {
    let rows = page.rows
    return Listing(
      search: whole == 0 ? nil : view.state.search(label: "Search by name or email"),
      count: Listing.count(page.total, of: inTab, "coach", "coaches", format), chooser: chooser, table: rows.isEmpty ? nil : table,
      empty: rows.isEmpty ? empty : nil, pager: Pager(page, state: view.state, format: format))
  }

  private var chooser: ColumnChooser {
    let offered = CoachColumn.offered(view.kind).map(\.rawValue)
    var chooser = view.state.chooser(shown: view.columns, label: \.header)
    chooser.items.removeAll { !offered.contains($0.value) }
    chooser.always = [CoachColumn.name.header]
    return chooser
  }

  private var table: Table {
    let columns = view.columns.map { column in
      view.state.sortable(
        column.header, column, by: view.sorting, number: column.isNumber,
        definition: Definition(id: "define-\(column.rawValue)", title: column.header, text: column.definition))
    }
    return Table(
      label: isPlatform ? "Platform coaches" : "Organization coaches",
      columns: [view.state.sortable("Name", CoachColumn.name, by: view.sorting)] + columns
        + (isPlatform ? [] : [TableColumn(label: "Actions")]),
      rows: page.rows.map { coach in
        let link = isPlatform ? Path.platformCoach(slug, coach.id) : .organizationCoach(slug, coach.id)
        return Table.Row(
          cells: [.head(coach.name, coach.email, link: link)] + view.columns.map { coach.cell(of: $0, format) }
            + (isPlatform ? [] : [Cell(links: coach.acts(slug))]))
      })
  }

  private var empty: Empty {
    let search = view.search
    if whole == 0 {
      return isPlatform
        ? Empty(
          isFiltered: false, title: "No platform coach has worked with this organization yet",
          text: "A coach of the platform stands here from the first learner on.",
          action: LinkModel(label: "Learners", link: .learners(slug)))
        : Empty(
          isFiltered: false, title: "No coaches yet", text: "The account team adds an organization’s own coaches; they sign in by email.",
          action: scope.viewer.isAccountTeam ? LinkModel(label: "New coach", link: .newSetUp(.coaches, slug)) : nil)
    }
    if let tab = view.tab, inTab == 0 {
      return Empty(
        isFiltered: true, title: "No coach is \(tab.label.lowercased())",
        text: "The other tabs hold \(format.plural(Int64(whole), "coach", "coaches")).",
        action: LinkModel(label: "Show all coaches", link: view.link(tab: nil)))
    }
    return Empty(
      isFiltered: true, title: "No coach matches", text: "Nobody’s name or email contains “\(search)”.",
      action: LinkModel(
        label: "Show all coaches", link: isPlatform ? view.state.path : view.state.without("q", "page").with("state", "all").link))
  }
}

extension ListedCoach {
  /// The cell of a column.
  func cell(of column: CoachColumn, _ format: Format) -> Cell {
    switch (column, column.value(of: self)) {
    case (.state, _): Cell(badges: [state.badge])
    case (.capacity, .of(let now, let most)) where now >= most:
      Cell(isNumber: true, badges: [Badge(label: "\(format.number(now)) of \(format.number(most))", tone: .caution, why: "full")])
    case (.capacity, .text(let text)): .number(text)
    case (.nextSession, .moment(let moment)): .time(moment, format.time(Moment(moment)))
    case (_, let value): value.cell(isNumber: column.isNumber, format)
    }
  }

  /// What can be done with an organization's own coach.
  fileprivate func acts(_ slug: String) -> [LinkModel] {
    func link(_ label: String, _ act: String) -> LinkModel { LinkModel(label: label, link: .organizationCoach(slug, id, act)) }
    let profile = LinkModel(label: "Profile", link: .organizationCoach(slug, id))
    return state == .deactivated
      ? [profile, link("Sessions", "sessions"), link("Reactivate", "reactivation")]
      : [profile, link("Assign learner", "learners"), link("Availability", "availability"), link("Deactivate", "deactivation")]
  }
}

extension CoachColumn {
  /// What the column says, one click away from its heading (reference, "User Metrics"; product.md 5).
  var definition: String {
    switch self {
    case .name: "The coach. The name leads to the profile."
    case .state:
      "Onboarding until profile and working hours are saved; Deactivated once an administrator has said so; otherwise Active."
    case .clients: "How many learners of this organization the coach works with now, of how many in total."
    case .capacity: "How many learners the coach has now, of how many at once there may be. It sorts by the places that are free."
    case .sessions: "Completed sessions with learners of this organization."
    case .rating:
      "The mean of what this organization’s learners gave sessions, from 1 to 5, to two decimals. — unless more than one learner has rated."
    case .nps:
      "Of all answers about the coach, in all organizations, the percentage of 9 and 10 minus the percentage of 0 to 6: from −100 to 100."
    case .nextSession: "When the next session that is scheduled with a learner of this organization begins."
    }
  }
}

extension Coach.State {
  /// The badge of the state.
  var badge: Badge {
    switch self {
    case .active: Badge(label: label, tone: .positive, why: nil)
    case .onboarding: Badge(label: label, tone: .info, why: nil)
    case .deactivated: Badge(label: label, tone: .neutral, why: nil)
    }
  }
}
