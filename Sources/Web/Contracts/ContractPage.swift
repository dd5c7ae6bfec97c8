import Domain
import Templates

/// A contract with its ledger.
struct ContractPage: ValueConvertible {
  let context: Context
  let scope: OrganizationScope
  let state: ListState
  let contract: Contract
  let programs: [Program]
  let page: ListPage<Ledger.Movement>
  let sum: Int

  private var slug: String { scope.organization.slug }

  var heading: Value {
    let format = context.format
    let term = [contract.startsAt, contract.endsAt].map { format.date(Moment($0)) }.joined(separator: " to ")
    return Page.heading(
      up: LinkModel(label: "Contracts", link: .contracts(slug)),
      lede: "\(contract.kind.label) · \(term) · \(ContractWords.occupation(contract))",
      actions: scope.viewer.isAccountTeam ? [LinkModel(label: "Edit contract", link: .editContract(slug, contract.id))] : [],
      export: page.total == 0 ? nil : LinkModel(label: "Export", link: .ledgerExport(slug, contract.id)))
  }

  var templateValue: Value {
    [
      "tiles": tiles(context.format),
      "programs": programs.map { LinkModel(label: $0.name + ($0.isRemoved ? " (removed)" : ""), link: .program(slug, $0.slug)) },
    ]
  }

  private func tiles(_ format: Format) -> [Tile] {
    func tile(_ label: String, _ value: String, why: String? = nil, _ definition: String? = nil) -> Tile {
      Tile(
        label: label, value: value, why: why,
        definition: definition.map { Definition(id: "define-\(label.prefix { $0 != " " }.lowercased())", title: label, text: $0) })
    }
    let unit = contract.kind == .enrollments ? "enrollments" : "licenses"
    let bought =
      contract.quantity.map { tile("Bought", format.number($0), why: "\(unit) in all", ContractWords.bought) }
      ?? tile("Bought", "Unlimited", why: "no limit was agreed", ContractWords.bought)
    let utilized = contract.kind == .enrollments ? nil : "\(format.number(contract.utilized)) utilized: enrolled in a first course"
    return [
      bought, tile("Occupied", format.number(contract.used), why: utilized, ContractWords.occupied),
      tile(
        "Open invitations", format.number(contract.openInvitations), why: "invited under this contract, not joined yet",
        "Who is invited takes a place when the contract says so; until then an invitation is a promise that may exceed the places."),
      left(format, tile),
    ]
  }

  private func left(_ format: Format, _ tile: (String, String, String?, String?) -> Tile) -> Tile {
    guard let left = contract.left else { return tile("Left", "Unlimited", nil, ContractWords.left) }
    if left < 0 { return tile("Left", "0", "\(format.number(-left)) over: more is taken than was bought", ContractWords.left) }
    return tile("Left", format.number(left), left == 0 ? "Nobody can join until there are more." : nil, ContractWords.left)
  }

  var listing: Listing {
    let format = context.format
    return Listing(
      count: Listing.count(page.total, of: nil, "movement", "movements", format) + " that add up to " + format.number(sum),
      table: page.rows.isEmpty ? nil : table(format), empty: page.rows.isEmpty ? empty : nil,
      pager: Pager(page, state: state, format: format))
  }

  private func table(_ format: Format) -> Table {
    Table(
      label: "Ledger of \(contract.name)",
      columns: [
        TableColumn(label: "Who"), TableColumn(label: "What happened"), TableColumn(label: "Program"), TableColumn(label: "By"),
        TableColumn(label: "When"), TableColumn(label: "Change", isNumber: true), TableColumn(label: "Sum", isNumber: true),
      ],
      rows: page.rows.map { movement in
        Table.Row(cells: [
          movement.person.map { .head($0.name, $0.email, link: .user(slug, $0.id)) } ?? .head("Many at once", nil),
          .text(movement.words), .text(movement.programName), .text(movement.actor),
          .time(movement.at, format.time(Moment(movement.at))), .number(format.change(Int64(movement.change))),
          .number(format.number(movement.sum)),
        ])
      })
  }

  private var empty: Empty {
    Empty(
      isFiltered: false, title: "Nothing has moved yet",
      text: contract.kind == .enrollments
        ? "Every enrollment under this contract will stand here." : "Every license that is taken or given back will stand here.",
      action: nil)
  }
}
