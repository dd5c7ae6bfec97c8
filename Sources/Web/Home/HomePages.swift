import Domain
import HTTPServer
import Templates

/// An organization's Home.
enum HomePages {
  /// GET /o/{slug}
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let (figures, programs, contracts) = try context.read { connection in
      let programs = try Program.all(scope: scope, in: connection)
      return (
        try HomeFigures.load(scope: scope, now: context.now, in: connection), programs,
        try Contract.of(programs: programs.map(\.id), in: connection)
      )
    }
    let home = HomePage(context: context, scope: scope, figures: figures, programs: programs, contracts: contracts)
    return try context.render("home/home", Page("Home", at: .home), ["home": home])
  }
}

private struct HomePage: ValueConvertible {
  let context: Context
  let scope: OrganizationScope
  let figures: HomeFigures
  let programs: [Program]
  let contracts: [Int64: [Contract]]

  var templateValue: Value {
    let format = context.format
    let parts = ProgramParts(context, scope)
    let since = Moment(figures.beganAt).map { "Everything since \(format.longDate($0)) · live" } ?? "Nothing has happened yet"
    let tiles = FigureTiles(format: format, totals: figures.totals, recent: figures.recent, comments: figures.comments)
    return [
      "lede": scope.reachesOrganization ? since : since + " · your programs",
      "notices": notices(format),
      "menus": programs.isEmpty ? [] : [parts.reports(), Menu.invite(scope.organization.slug)],
      "tiles": tiles.tiles,
      "funnel": figures.funnel.invited == 0 ? nil : funnel(format).model,
      "programs": programs.isEmpty ? nil : table(format, parts),
      "empty": programs.isEmpty
        ? Empty.untilImport("No programs yet", "Programs", slug: scope.organization.slug) : nil,
    ]
  }

  /// Contracts under which somebody could not join, until there are places again (product.md 5, "No license left at joining").
  private func notices(_ format: Format) -> Value {
    var full: [Int64: Contract] = [:]
    for contract in contracts.values.joined() where !contract.refusedAt.isEmpty && contract.left.map({ $0 <= 0 }) == true {
      full[contract.id] = contract
    }
    return .list(
      full.values.sorted { ($0.name, $0.id) < ($1.name, $1.id) }.map { contract in
        [
          "text": "No license is left under \(contract.name): somebody was refused \(format.ago(Moment(contract.refusedAt))).",
          "action": scope.reachesOrganization
            ? LinkModel(label: "See the contract", link: .contract(scope.organization.slug, contract.id)) : nil,
        ]
      })
  }

  private func funnel(_ format: Format) -> FunnelParts {
    let slug = scope.organization.slug
    return FunnelParts(
      format: format, funnel: figures.funnel,
      people: { status in
        scope.reachesOrganization ? Path.users(slug).with(query: [("status", status == .joined ? "" : status.rawValue)]) : nil
      },
      counts: scope.reachesOrganization
        ? "Current members and open invitations, each person once" : "Current memberships and open invitations",
      resend: resend(format))
  }

  /// Leads to the open invitations where one program has them all, else to the programs, whose open invitations each lead on.
  private func resend(_ format: Format) -> LinkModel? {
    let slug = scope.organization.slug
    let waiting = programs.filter { $0.openInvitations > 0 }
    let count = waiting.reduce(0) { $0 + $1.openInvitations }
    guard let first = waiting.first else { return nil }
    let link =
      waiting.count == 1
      ? Path.invitations(slug, first.slug).with(query: [("state", "open")]) : Path.programs(slug).with(query: [("sort", "-invited")])
    return LinkModel(label: "Resend \(format.plural(Int64(count), "invitation", "invitations"))", link: link)
  }

  private func table(_ format: Format, _ parts: ProgramParts) -> Table {
    let slug = scope.organization.slug
    return Table(
      label: "Programs", filterID: "programs-table", filterLabel: "Find a program",
      columns: [
        TableColumn(label: "Program"), TableColumn(label: "Invited", isNumber: true), TableColumn(label: "Members", isNumber: true),
        TableColumn(label: "Enrolled", isNumber: true), TableColumn(label: "Completed", isNumber: true), TableColumn(label: "Funnel"),
        ProgramParts.licensesLeftColumn,
      ],
      rows: programs.map { program in
        let funnel = program.funnel
        return Table.Row(cells: [
          .head(program.name, "/" + program.slug, link: .program(slug, program.slug)), parts.invited(program),
          .number(format.number(funnel.joined), link: .members(slug, program.slug)), .number(format.number(funnel.enrolled)),
          .number(format.number(funnel.completed)), parts.miniFunnel(program), parts.licensesLeft(contracts[program.id] ?? []),
        ])
      })
  }
}
