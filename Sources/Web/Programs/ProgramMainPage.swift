import Charts
import Domain
import Templates

/// A program's Main page: its figures, its funnel over time, its licenses.
struct ProgramMainPage: ValueConvertible {
  let context: Context
  let scope: OrganizationScope
  let program: Program
  let recent: RecentActivity
  let months: [(month: String, totals: DailyTotals)]
  let contracts: [Contract]
  let comments: [HomeFigures.Comment]

  var heading: Value {
    let parts = ProgramParts(context, scope)
    return parts.heading(program, current: .main, menus: [parts.reports(of: program)])
  }

  var templateValue: Value {
    let format = context.format
    let tiles = FigureTiles(format: format, totals: program.totals, recent: recent, comments: comments)
    let members = Path.members(scope.organization.slug, program.slug)
    let funnel = FunnelParts(
      format: format, funnel: program.funnel,
      people: { status in
        switch status {
        case .joined: members
        case .enrolled: members.with(query: [("sort", "-enrollments")])
        case .completed: members.with(query: [("status", "completed")])
        default: nil
        }
      },
      counts: "Current members and open invitations",
      resend: program.openInvitations == 0
        ? nil
        : LinkModel(
          label: "Resend \(format.plural(Int64(program.openInvitations), "invitation", "invitations"))",
          link: Path.invitations(scope.organization.slug, program.slug).with(query: [("state", "open")])))
    return [
      "tiles": tiles.tiles, "funnel": program.funnel.invited == 0 ? nil : funnel.model, "trend": trend(format),
      "licenses": licenses(format),
    ]
  }

  /// Every month from the first to the present one with the sums so far; months without anything repeat the one before.
  private var sums: [(month: String, totals: DailyTotals)] {
    guard let first = months.first?.month, let year = Int(first.prefix(4)), let month = Int(first.suffix(2)) else { return [] }
    var result: [(String, DailyTotals)] = []
    var sum = DailyTotals()
    var (y, m, at) = (year, month, 0)
    let last = context.now.month
    while true {
      let name = "\(y)-" + (m < 10 ? "0\(m)" : "\(m)")
      if name > last || result.count >= 1200 { return result }
      if at < months.count, months[at].month == name {
        sum = sum + months[at].totals
        at += 1
      }
      result.append((name, sum))
      (y, m) = m == 12 ? (y + 1, 1) : (y, m + 1)
    }
  }

  private func trend(_ format: Format) -> Value {
    let sums = sums
    let definition = Definition(
      id: "define-trend", title: "Over time",
      text: "Everybody who was ever invited, joined, first enrolled or first completed a course by the end of the month. "
        + "People who were removed since are included, so the last values may exceed the funnel above.")
    guard !sums.isEmpty else {
      return [
        "title": "Over time", "note": "Month by month", "definition": definition, "graphic": Value.null, "table": Value.null,
        "why": "Nobody has been invited yet.",
      ]
    }
    func series(_ name: String, _ key: KeyPath<DailyTotals, Int>) -> LineChart.Series {
      LineChart.Series(name: name, values: sums.suffix(24).map { Double($0.totals[keyPath: key]) })
    }
    let chart = LineChart(
      title: "People by the end of each month", description: "The table below holds the same figures.",
      labels: sums.suffix(24).map { monthName($0.month) },
      series: [series("Joined", \.joins), series("Enrolled", \.firstEnrollments), series("Completed", \.firstCompletions)])
    let table = Table(
      label: "People by the end of each month",
      columns: [TableColumn(label: "Month")]
        + ["Invited", "Joined", "Enrolled", "Completed", "Enrollments", "Lessons"].map { TableColumn(label: $0, isNumber: true) },
      rows: sums.reversed().map { month, totals in
        Table.Row(
          cells: [.head(monthName(month), nil)]
            + [totals.invitations, totals.joins, totals.firstEnrollments, totals.firstCompletions, totals.enrollments, totals.lessons].map {
              .number(format.number($0))
            })
      })
    return [
      "title": "Over time", "note": "Sums by the end of each month", "definition": definition, "graphic": HTML(trusted: chart.svg),
      "table": table,
      "why": Value.null,
    ]
  }

  /// `Nov 2026` of `2026-11`.
  private func monthName(_ month: String) -> String {
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard let number = Int(month.suffix(2)), (1...12).contains(number) else { return month }
    return names[number - 1] + " " + month.prefix(4)
  }

  private func licenses(_ format: Format) -> Value {
    let definition = Definition(
      id: "define-licenses", title: "Licenses",
      text: "A license is one membership; it is occupied when the invited person joins, and free again on removal. "
        + "Contracts of enrollments count sign-ups for courses instead; a removal gives none back.")
    let table = Table(
      label: "Contracts",
      columns: [
        TableColumn(label: "Contract"), TableColumn(label: "Kind"), TableColumn(label: "Bought", isNumber: true),
        TableColumn(label: "Taken", isNumber: true), TableColumn(label: "Left", isNumber: true), TableColumn(label: "Starts"),
        TableColumn(label: "Ends"),
      ],
      rows: contracts.map { contract in
        Table.Row(cells: [
          .head(contract.name, nil, link: scope.reachesOrganization ? .contract(scope.organization.slug, contract.id) : nil),
          .text(contract.kind.label),
          .number(contract.quantity.map { format.number($0) } ?? "Unlimited"), .number(format.number(contract.used)),
          contract.kind == .unlimited ? .number("Unlimited") : ProgramParts(context, scope).licensesLeft([contract]),
          .time(contract.startsAt, format.date(Moment(contract.startsAt))), .time(contract.endsAt, format.date(Moment(contract.endsAt))),
        ])
      })
    return [
      "title": "Licenses", "note": "By contract", "definition": definition, "table": contracts.isEmpty ? Value.null : table.templateValue,
      "why": contracts.isEmpty ? "No contract belongs to this program." : nil,
    ]
  }
}
