import Database
import Domain
import HTTPServer
import Templates

/// How far somebody is who invites: first the program, then one of its contracts, then the person or the file. The address holds what was chosen.
struct InvitingSteps {
  /// Which of the two ways to invite.
  enum Way: Sendable {
    case one, bulk

    func path(_ organization: String) -> Path { self == .one ? .newInvitation(organization) : .bulkInvitation(organization) }
    /// What comes after the contract.
    var last: [String] { self == .one ? ["Person"] : ["File", "Check", "Done"] }
    var title: String { self == .one ? "Invite one person" : "Invite from a file" }
  }

  let way: Way
  let organization: String
  /// Nil until it is chosen.
  let program: Program?
  /// Nil until it is chosen; one that has not begun or has ended cannot be.
  let contract: Contract?
  /// What there is to choose from, of the step that comes next.
  let programs: ListPage<Program>?
  let contracts: [Contract]
  /// How many programs are within reach, and the list of them as asked for.
  let reach: Int
  let state: ListState

  /// Takes what an address or a form has chosen; what there is only one of is chosen by itself.
  init(_ way: Way, _ chosen: Form, _ scope: OrganizationScope, at now: Moment, in connection: any Connection) throws {
    self.way = way
    organization = scope.organization.slug
    state = ListState(way.path(organization), query: chosen, knowing: ["q", "page"])
    reach = try Program.count(scope: scope, in: connection)
    var program = try chosen["program"].flatMap { $0.isEmpty ? nil : try Program.find(slug: $0, scope: scope, in: connection) }
    if program == nil && reach == 1 { program = try Program.all(scope: scope, limit: 1, in: connection).first }
    self.program = program
    programs =
      program != nil
      ? nil
      : try Program.page(
        search: state.value("q") ?? "", sort: Sorting(.name, descending: false),
        request: PageRequest(number: state.request.number, size: 100),
        scope: scope, in: connection)
    contracts = try program.map { try Contract.of(programs: [$0.id], in: connection)[$0.id] ?? [] } ?? []
    let usable = contracts.filter { $0.refusal(at: now) == nil }
    contract = usable.first { String($0.id) == chosen["contract"] } ?? (usable.count == 1 && contracts.count == 1 ? usable[0] : nil)
  }

  /// What the address of a step carries.
  var chosen: [(name: String, value: String)] {
    [("program", program?.slug ?? ""), ("contract", contract.map { String($0.id) } ?? "")]
  }

  /// The steps with how far one is; `current` counts from 1.
  func steps(current: Int) -> Value {
    let path = way.path(organization)
    return .list(
      (["Program", "Contract"] + way.last).enumerated().map { index, label in
        let link: Path? =
          index + 1 >= current || current > 3
          ? nil : index == 0 ? (reach > 1 ? path : nil) : index == 1 && contracts.count > 1 ? path.with(query: [chosen[0]]) : nil
        return ["number": String(index + 1), "label": label, "done": index + 1 < current, "current": index + 1 == current, "link": link]
      })
  }

  /// The page on which the next step is chosen; nil where both are.
  func choice(_ context: Context) throws -> Response? {
    if program != nil && contract != nil { return nil }
    let format = context.format
    let listing = program == nil ? choosingProgram(format) : choosingContract(context.now, format)
    return try context.render(
      "invitations/choose", Page(way.title, in: [program?.name].compactMap(\.self), at: .programs),
      [
        "choose": [
          "lede": program.map { "\($0.name): choose the contract that gives the place" } ?? "Choose the program first",
          "steps": steps(current: program == nil ? 1 : 2),
        ] as Value, "listing": listing,
      ])
  }

  private func choosingProgram(_ format: Format) -> Listing {
    let rows = programs?.rows ?? []
    let table = Table(
      label: "Programs", filterID: rows.count > 5 && programs?.count == 1 ? "choose-program" : nil, filterLabel: "Find a program",
      columns: [
        TableColumn(label: "Program"), TableColumn(label: "Open invitations", isNumber: true),
        TableColumn(label: "Members", isNumber: true),
      ],
      rows: rows.map { program in
        Table.Row(cells: [
          .head(program.name, "/" + program.slug, link: way.path(organization).with(query: [("program", program.slug)])),
          .number(format.number(program.openInvitations)), .number(format.number(program.funnel.joined)),
        ])
      })
    return Listing(
      search: reach > 100 ? state.search(label: "Search by name") : nil,
      count: Listing.count(programs?.total ?? 0, of: reach, "program", "programs", format), table: rows.isEmpty ? nil : table,
      empty: !rows.isEmpty
        ? nil
        : reach == 0
          ? Empty.untilImport("No programs yet", "Programs", slug: organization)
          : Empty(
            isFiltered: true, title: "No program matches", text: "No name contains “\(state.value("q") ?? "")”.",
            action: LinkModel(label: "Show all programs", link: way.path(organization))),
      pager: programs.flatMap { $0.count > 1 ? Pager($0, state: state, format: format) : nil })
  }

  private func choosingContract(_ now: Moment, _ format: Format) -> Listing {
    let table = Table(
      label: "Contracts",
      columns: [
        TableColumn(label: "Contract"), TableColumn(label: "Kind"), TableColumn(label: "Left", isNumber: true),
        TableColumn(label: "Open invitations", isNumber: true), TableColumn(label: "Starts"), TableColumn(label: "Ends"),
        TableColumn(label: "Can be used"),
      ],
      rows: contracts.map { contract in
        let isOver = contract.refusal(at: now) != nil
        let link = way.path(organization).with(query: [chosen[0], ("contract", String(contract.id))])
        let badge =
          isOver
          ? Badge(label: contract.startsAt > now.text ? "Not begun" : "Ended", tone: .caution, why: nil)
          : Badge(label: "Yes", tone: .positive, why: nil)
        return Table.Row(cells: [
          .head(contract.name, nil, link: isOver ? nil : link), .text(contract.kindWords), .number(contract.leftWords(format)),
          .number(format.number(contract.openInvitations)), .time(contract.startsAt, format.date(Moment(contract.startsAt))),
          .time(contract.endsAt, format.date(Moment(contract.endsAt))), Cell(badges: [badge]),
        ])
      })
    return Listing(
      count: format.plural(Int64(contracts.count), "contract", "contracts"), table: contracts.isEmpty ? nil : table,
      empty: contracts.isEmpty
        ? Empty(
          isFiltered: false, title: "No contract belongs to this program",
          text: "A contract says how many people may join and until when. Whoever runs this installation adds one.", action: nil)
        : nil)
  }
}

extension Contract {
  /// The kind in a word.
  var kindWords: String {
    switch kind {
    case .unlimited: "Unlimited"
    case .memberships: "Memberships"
    case .enrollments: "Enrollments"
    }
  }

  /// What is left of what was bought: "12 of 100".
  func leftWords(_ format: Format) -> String {
    guard let left, let quantity else { return "Unlimited" }
    return "\(format.number(max(0, left))) of \(format.number(quantity))"
  }

  /// Everything that a choice is made by, in a line: "Year 3 · 12 of 100 memberships left · 1 Jan 2026 to 31 Dec 2026".
  func line(_ format: Format) -> String {
    var parts = [name, kind == .unlimited ? "unlimited" : "\(leftWords(format)) \(kindWords.lowercased()) left"]
    let (starts, ends) = (format.date(Moment(startsAt)), format.date(Moment(endsAt)))
    if !startsAt.isEmpty && !endsAt.isEmpty {
      parts.append("\(starts) to \(ends)")
    } else if !endsAt.isEmpty {
      parts.append("until \(ends)")
    } else if !startsAt.isEmpty {
      parts.append("since \(starts)")
    }
    return parts.joined(separator: " · ")
  }
}
