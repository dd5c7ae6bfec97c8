import Domain
import Templates

/// The Users page as its template reads it.
struct UsersPage {
  let context: Context
  let scope: OrganizationScope
  let view: UserView
  let page: ListPage<User>
  let whole: Int
  let contracts: [Contract]
  let suggestions: [Attribute: [String]]

  private static let filterNames = ["program", "program_name", "contract"] + Attribute.allCases.map(\.rawValue)

  var heading: Value {
    [
      "total": context.format.number(whole), "lede": "Everybody this organization has invited or imported",
      "menus": [Menu.invite(scope.organization.slug)],
      "attributes": LinkModel(label: "Add learner attributes", link: .attributes(scope.organization.slug)),
      "export": page.total == 0 ? nil : LinkModel(label: "Export", link: view.state.link(to: .usersExport(scope.organization.slug))),
    ]
  }

  var listing: Listing {
    let format = context.format
    return Listing(
      status: status, search: view.state.search(label: "Search by name or email"), filters: filters,
      count: Listing.count(page.total, of: whole, "person", "people", format),
      chooser: view.state.chooser(shown: view.columns, label: \.label), tags: tags, table: page.rows.isEmpty ? nil : table(format),
      empty: page.rows.isEmpty ? empty : nil, pager: Pager(page, state: view.state, format: format))
  }

  private static let statuses: [(status: UserFilter.Status, label: String, note: String)] = [
    (.joined, "Joined a program", "member of at least one program"), (.everyone, "Everybody", "all people of the organization"),
    (.invited, "Invited", "an invitation is open"), (.enrolled, "Enrolled", "a member who enrolled in a course"),
    (.active, "Active", "course activity in the past 30 days"),
    (.inactive, "Inactive for 30 days", "a current enrollment, no activity for 30 days"),
    (.longTermInactive, "Inactive for 90 days", "ever enrolled, no activity for 90 days"),
    (.completed, "Completed", "completed at least one course"),
  ]

  private var status: Menu {
    Menu(
      label: "Learner activity:", value: UsersPage.statuses.first { $0.status == view.filter.status }?.label,
      items: UsersPage.statuses.map { entry in
        Menu.Item(
          label: entry.label, note: entry.note, link: view.state.with("status", entry.status == .joined ? nil : entry.status.rawValue).link,
          isCurrent: entry.status == view.filter.status)
      })
  }

  private var filters: FilterForm {
    let state = view.state
    let name = view.filter.programName
    let active = view.filter.programs.count + (name.isEmpty ? 0 : 1) + view.filter.contracts.count + view.filter.attributes.count
    var groups: [FilterForm.Group] = []
    let programs = view.programs
    if !programs.offered.isEmpty {
      let byName = FilterForm.Text(name: "program_name", label: "Others, by a part of the name", value: name, suggestions: [])
      groups.append(
        FilterForm.Group(
          legend: "Program",
          checks: programs.offered.map {
            FilterForm.Check(name: "program", value: $0.slug, label: $0.name, isChecked: view.filter.programs.contains($0.id))
          },
          texts: programs.hasMore || !name.isEmpty ? [byName] : []))
    }
    if !contracts.isEmpty { groups.append(contracts.filterGroup(chosen: view.filter.contracts)) }
    groups.append(Attribute.filterGroup(view.filter.attributes, suggestions))
    return FilterForm(
      action: state.path, active: active, clearLink: UsersPage.filterNames.reduce(state) { $0.without($1) }.at(page: 1).link,
      kept: state.kept(except: UsersPage.filterNames), groups: groups)
  }

  private var tags: Listing.Tags? {
    let state = view.state
    var items: [Listing.Tag] = []
    for slug in state.values("program") {
      items.append(state.tag("Program", view.programs.offered.first { $0.slug == slug }?.name ?? slug, parameter: "program", raw: slug))
    }
    if let name = state.value("program_name") { items.append(state.tag("Program name", name, parameter: "program_name", raw: name)) }
    items += state.tags(contracts: contracts, attributes: view.filter.attributes)
    return items.isEmpty ? nil : Listing.Tags(clearLink: filters.clearLinkWithoutSearch(state), items: items)
  }

  private func table(_ format: Format) -> Table {
    Table(
      label: "Users",
      columns: [view.state.sortable("Name", .name, by: view.sorting)]
        + view.columns.map { column in
          column.isSortable
            ? view.state.sortable(column.label, .column(column), by: view.sorting, number: column.isNumber)
            : TableColumn(label: column.label)
        },
      rows: page.rows.map { user in
        Table.Row(
          cells: [.head(user.name, user.email, link: .user(scope.organization.slug, user.id))]
            + view.columns.map { cell(of: $0, user, format) })
      })
  }

  private func cell(of column: UserColumn, _ user: User, _ format: Format) -> Cell {
    switch column {
    case .status: Cell(badges: user.standings.map(\.badge))
    case .programs: .number(format.number(user.memberPrograms))
    case .enrollments: .number(format.number(user.enrollments))
    case .completions: .number(format.number(user.completions))
    case .lastActivity: .time(user.lastActivityAt, format.ago(Moment(user.lastActivityAt)))
    case .externalID: .text(user.externalID)
    case .attribute(let attribute): .text(user.attributes[attribute] ?? "")
    }
  }

  private var empty: Empty {
    whole == 0
      ? Empty.untilImport("Nobody is here yet", "People", slug: scope.organization.slug)
      : Empty(
        isFiltered: true, title: "Nobody matches",
        text:
          "Choose another learner activity, or remove a filter, to see more of the \(context.format.plural(Int64(whole), "person", "people")).",
        action: LinkModel(label: "Show everybody", link: view.state.path.with(query: [("status", "everyone")])))
  }
}
