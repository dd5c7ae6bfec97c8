import Charts
import Domain
import HTTPServer
import Templates

/// The list of programs and a program's Main page.
enum ProgramPages {
  /// GET /o/{slug}/programs
  static func list(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let state = ListState(.programs(scope.organization.slug), query: context.request.query, knowing: ["q", "sort", "size", "page"])
    let sorting = state.sorting(Sorting(Program.Key.name, descending: false))
    let (page, contracts, whole) = try context.read { connection in
      let page = try Program.page(
        search: state.value("q") ?? "", sort: sorting, request: state.request, scope: scope, in: connection)
      let whole = state.value("q") == nil ? page.total : try Program.count(scope: scope, in: connection)
      return (page, try Contract.of(programs: page.rows.map(\.id), in: connection), whole)
    }
    let list = ProgramListPage(
      context: context, scope: scope, state: state, sorting: sorting, page: page, contracts: contracts, whole: whole)
    return try context.render(
      "programs/list", Page("Programs", note: page.note, at: .programs), ["heading": list.heading, "listing": list.listing])
  }

  /// GET /o/{slug}/programs.csv: the programs listed, all pages.
  static func export(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let state = ListState(.programs(scope.organization.slug), query: context.request.query, knowing: ["q", "sort"])
    let sorting = state.sorting(Sorting(Program.Key.name, descending: false))
    let database = context.site.database
    return Download.csv(context, named: "programs-\(scope.organization.slug)") { sink in
      try database.export { try Program.write(search: state.value("q") ?? "", sort: sorting, scope: scope, in: $0, to: sink) }
    }
  }

  /// GET /o/{slug}/programs/{program}
  static func main(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let main = try context.read { connection in
      let program = try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: connection)
      let days = try DailyTotals.days(of: program, through: context.now.day, in: connection)
      return ProgramMainPage(
        context: context, scope: scope, program: program, recent: RecentActivity(days: days, now: context.now),
        months: DailyTotals.months(of: days),
        contracts: try Contract.of(programs: [program.id], in: connection)[program.id] ?? [],
        comments: try HomeFigures.comments(of: program, now: context.now, in: connection))
    }
    return try context.render(
      "programs/main", Page("Main", in: [main.program.name], at: .programs), ["program": main.heading, "main": main])
  }
}

extension ListPage {
  /// What tells this page of the list from the others, for the document's title.
  var note: String? { count > 1 ? "page \(number) of \(count)" : nil }
}

private struct ProgramListPage {
  let context: Context
  let scope: OrganizationScope
  let state: ListState
  let sorting: Sorting<Program.Key>
  let page: ListPage<Program>
  let contracts: [Int64: [Contract]]
  let whole: Int

  var heading: Value {
    let slug = scope.organization.slug
    return Page.heading(
      lede: "What people learn, who has joined, and what is left of the licenses", total: context.format.number(whole),
      primary: scope.viewer.isAccountTeam ? LinkModel(label: "New program", link: .newProgram(slug)) : nil,
      export: page.total == 0 ? nil : LinkModel(label: "Export", link: state.link(to: .programsExport(slug))))
  }

  var listing: Listing {
    let format = context.format
    return Listing(
      search: state.search(label: "Search by name"),
      count: Listing.count(page.total, of: whole, "program", "programs", format), table: page.rows.isEmpty ? nil : table(format),
      empty: page.rows.isEmpty ? empty : nil, pager: Pager(page, state: state, format: format))
  }

  private func table(_ format: Format) -> Table {
    let parts = ProgramParts(context, scope)
    let slug = scope.organization.slug
    return Table(
      label: "Programs",
      columns: [
        state.sortable("Program", .name, by: sorting), state.sortable("Invited", .invited, by: sorting, number: true),
        state.sortable("Members", .joined, by: sorting, number: true), state.sortable("Enrolled", .enrolled, by: sorting, number: true),
        state.sortable("Completed", .completed, by: sorting, number: true),
        state.sortable("Enrollments", .enrollments, by: sorting, number: true), TableColumn(label: "Funnel"),
        ProgramParts.licensesLeftColumn,
      ],
      rows: page.rows.map { program in
        let funnel = program.funnel
        return Table.Row(cells: [
          .head(program.name, "/" + program.slug, link: .program(slug, program.slug)), parts.invited(program),
          .number(format.number(funnel.joined), link: .members(slug, program.slug)), .number(format.number(funnel.enrolled)),
          .number(format.number(funnel.completed)), .number(format.number(program.totals.enrollments)), parts.miniFunnel(program),
          parts.licensesLeft(contracts[program.id] ?? []),
        ])
      })
  }

  private var empty: Empty {
    whole > 0
      ? Empty(
        isFiltered: true, title: "No program matches", text: "No name contains “\(state.value("q") ?? "")”.",
        action: LinkModel(label: "Show all programs", link: .programs(scope.organization.slug)))
      : Empty.untilImport("No programs yet", "Programs", slug: scope.organization.slug)
  }
}
