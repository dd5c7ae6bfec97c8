import Domain
import HTTPServer
import Templates

/// The list of organizations, from which the account team enters one.
enum OrganizationPages {
  /// GET /organizations
  static func list(_ context: Context, _ viewer: Viewer) throws -> Response {
    let state = ListState(.organizations, query: context.request.query, knowing: ["q", "sort", "size", "page"])
    let sorting = state.sorting(Sorting(OrganizationList.Key.name, descending: false))
    let list = try context.read {
      try OrganizationList.find(for: viewer, search: state.value("q") ?? "", sort: sorting, request: state.request, in: $0)
    }
    let page = OrganizationListPage(list: list, state: state, sorting: sorting, format: context.format)
    return try context.render(
      "accountteam/organizations", Page("Organizations", note: list.page.note, at: .organizations),
      ["heading": page.heading(viewer), "listing": page.listing])
  }
}

private struct OrganizationListPage {
  let list: OrganizationList
  let state: ListState
  let sorting: Sorting<OrganizationList.Key>
  let format: Format

  func heading(_ viewer: Viewer) -> Value {
    Page.heading(
      lede: "Enter one to work in it; a bar says where you are until you leave.", total: format.number(list.all),
      primary: viewer.isAccountTeam ? LinkModel(label: "New organization", link: .newOrganization) : nil)
  }

  var listing: Listing {
    let isEmpty = list.page.rows.isEmpty
    return Listing(
      search: list.all > 0 ? state.search(label: "Search by name or address") : nil,
      count: Listing.count(list.page.total, of: list.all, "organization", "organizations", format), table: isEmpty ? nil : table,
      empty: isEmpty ? empty : nil, pager: Pager(list.page, state: state, format: format))
  }

  private var table: Table {
    Table(
      label: "Organizations",
      columns: [
        state.sortable("Organization", .name, by: sorting), state.sortable("Programs", .programs, by: sorting, number: true),
        state.sortable("Members", .members, by: sorting, number: true), TableColumn(label: "Time zone"),
      ],
      rows: list.page.rows.map { entry in
        let organization = entry.organization
        return Table.Row(cells: [
          .head(organization.name, "/" + organization.slug, link: .home(organization.slug)), .number(format.number(entry.programs)),
          .number(format.number(entry.members)), .text(organization.timeZone),
        ])
      })
  }

  private var empty: Empty {
    list.all > 0
      ? Empty(
        isFiltered: true, title: "No organization matches", text: "No name or address contains “\(state.value("q") ?? "")”.",
        action: LinkModel(label: "Show all organizations", link: .organizations))
      : Empty(
        isFiltered: false, title: "No organizations yet",
        text: "The account team makes the first one.", action: nil)
  }
}
