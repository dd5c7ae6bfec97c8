import Database
import Domain
import HTTPServer
import Templates

/// What an organization bought: the list of its contracts, and each with its ledger.
enum ContractPages {
  /// GET /o/{slug}/contracts
  static func list(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let state = ListState(.contracts(scope.organization.slug), query: context.request.query, knowing: ["q", "sort", "size", "page"])
    let sorting = state.sorting(Sorting(ContractList.Key.name, descending: false))
    let list = try context.read {
      try ContractList.find(search: state.value("q") ?? "", sort: sorting, request: state.request, scope: scope, in: $0)
    }
    let page = ContractListPage(context: context, scope: scope, state: state, sorting: sorting, list: list)
    return try context.render(
      "contracts/list", Page("Contracts", note: list.page.note, at: .contracts), ["heading": page.heading, "listing": page.listing])
  }

  /// GET /o/{slug}/contracts.csv: the contracts listed, all pages.
  static func export(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let state = ListState(.contracts(scope.organization.slug), query: context.request.query, knowing: ["q", "sort"])
    let sorting = state.sorting(Sorting(ContractList.Key.name, descending: false))
    let database = context.site.database
    return Download.csv(context, named: "contracts-\(scope.organization.slug)") { sink in
      try database.export { try ContractList.write(search: state.value("q") ?? "", sort: sorting, scope: scope, in: $0, to: sink) }
    }
  }

  /// GET /o/{slug}/contracts/{contract}
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let id = context.contractID
    let state = ListState(.contract(scope.organization.slug, id), query: context.request.query, knowing: ["size", "page"])
    let page = try context.read { connection in
      let contract = try Contract.find(id: id, scope: scope, in: connection)
      let ledger = Ledger(of: contract, scope: scope)
      return ContractPage(
        context: context, scope: scope, state: state, contract: contract, programs: try contract.programs(in: connection),
        page: try ledger.page(state.request, in: connection), sum: try ledger.sum(in: connection))
    }
    return try context.render(
      "contracts/contract", Page(page.contract.name, in: ["Contracts"], note: page.page.note, at: .contracts),
      ["heading": page.heading, "contract": page, "listing": page.listing])
  }

  /// GET /o/{slug}/contracts/{contract}/ledger.csv
  static func ledger(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let id = context.contractID
    let contract = try context.read { try Contract.find(id: id, scope: scope, in: $0) }
    let database = context.site.database
    return Download.csv(context, named: "ledger-\(scope.organization.slug)-\(contract.id)") { sink in
      try database.export { try Ledger(of: contract, scope: scope).write(in: $0, to: sink) }
    }
  }
}

extension Context {
  /// The contract of the address; 0, which no contract has, for anything that is no number.
  var contractID: Int64 { request.parameters["contract"].flatMap { Int64($0) } ?? 0 }
}

extension Contract.Kind {
  /// As screens name it.
  var label: String {
    switch self {
    case .unlimited: "Unlimited"
    case .memberships: "Memberships"
    case .enrollments: "Enrollments"
    }
  }
}

private struct ContractListPage {
  let context: Context
  let scope: OrganizationScope
  let state: ListState
  let sorting: Sorting<ContractList.Key>
  let list: ContractList

  private var slug: String { scope.organization.slug }

  var heading: Value {
    Page.heading(
      lede: "What was bought, how much of it is taken, and what is left", total: context.format.number(list.all),
      primary: scope.viewer.isAccountTeam ? LinkModel(label: "New contract", link: .newContract(slug)) : nil,
      export: list.page.total == 0 ? nil : LinkModel(label: "Export", link: state.link(to: .contractsExport(slug))))
  }

  var listing: Listing {
    let format = context.format
    return Listing(
      search: list.all > 0 ? state.search(label: "Search by contract or program") : nil,
      count: Listing.count(list.page.total, of: list.all, "contract", "contracts", format),
      table: list.page.rows.isEmpty ? nil : table(format), empty: list.page.rows.isEmpty ? empty : nil,
      pager: Pager(list.page, state: state, format: format))
  }

  private func table(_ format: Format) -> Table {
    func number(_ label: String, _ key: ContractList.Key, _ definition: String? = nil) -> TableColumn {
      state.sortable(
        label, key, by: sorting, number: true,
        definition: definition.map { Definition(id: "define-\(key.rawValue)", title: label, text: $0) })
    }
    return Table(
      label: "Contracts",
      columns: [
        state.sortable("Contract", .name, by: sorting), TableColumn(label: "Kind"), number("Bought", .bought),
        number("Occupied", .occupied, ContractWords.occupied), number("Utilized", .utilized, ContractWords.utilized),
        number("Open invitations", .invitations), number("Left", .left, ContractWords.left), state.sortable("Starts", .starts, by: sorting),
        state.sortable("Ends", .ends, by: sorting), TableColumn(label: "Programs"),
      ],
      rows: list.page.rows.map { row($0, format) })
  }

  private func row(_ entry: ContractList.Entry, _ format: Format) -> Table.Row {
    let contract = entry.contract
    return Table.Row(cells: [
      .head(contract.name, nil, link: .contract(slug, contract.id)), .text(contract.kind.label),
      .number(contract.quantity.map { format.number($0) } ?? "Unlimited"), .number(format.number(contract.used)),
      .number(contract.kind == .enrollments ? "—" : format.number(contract.utilized)), .number(format.number(contract.openInvitations)),
      contract.kind == .unlimited ? .number("Unlimited") : ProgramParts(context, scope).licensesLeft([contract]),
      .time(contract.startsAt, format.date(Moment(contract.startsAt))), .time(contract.endsAt, format.date(Moment(contract.endsAt))),
      .text(ContractWords.programs(entry.programs.map(\.name))),
    ])
  }

  private var empty: Empty {
    if list.all > 0 {
      return Empty(
        isFiltered: true, title: "No contract matches", text: "No contract or program contains “\(state.value("q") ?? "")”.",
        action: LinkModel(label: "Show all contracts", link: .contracts(slug)))
    }
    return Empty(
      isFiltered: false, title: "No contracts yet",
      text: scope.viewer.isAccountTeam
        ? "A contract says how many may join or enroll, and from when until when." : "The account team adds them when something is bought.",
      action: scope.viewer.isAccountTeam ? LinkModel(label: "New contract", link: .newContract(slug)) : nil)
  }
}

/// What figures of contracts mean, the same wherever they are shown.
enum ContractWords {
  static let bought = "What was agreed: how many people may be members at the same time, or how many sign-ups for courses there may be."
  static let occupied =
    "Licenses taken: members, from the moment at which the contract says that one is occupied until a removal can no longer be undone. "
    + "A contract of enrollments counts sign-ups for courses."
  static let utilized = "Members under the contract who have enrolled in a first course."
  static let left = "Bought minus occupied. “3 over” on red: an import of history took more than was bought."

  /// The first names of a list, and how many more there are.
  static func programs(_ names: [String]) -> String {
    names.count <= 3 ? names.joined(separator: ", ") : names.prefix(2).joined(separator: ", ") + " and \(names.count - 2) more"
  }

  /// When a license is occupied, as a part of a sentence.
  static func occupation(_ contract: Contract) -> String {
    if contract.kind == .enrollments { return "counts enrollments" }
    return switch contract.occupiedOn {
    case .joining: "a license is occupied on joining"
    case .firstEnrollment: "a license is occupied on the first enrollment"
    case .invitation: "a license is occupied on invitation"
    }
  }
}
