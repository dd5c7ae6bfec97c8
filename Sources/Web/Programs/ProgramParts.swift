import Charts
import Domain
import Templates

/// What Home and the pages of a program show alike.
struct ProgramParts {
  let context: Context
  let slug: String
  var format: Format { context.format }

  init(_ context: Context, _ scope: OrganizationScope) {
    self.context = context
    slug = scope.organization.slug
  }

  /// The head of a program's pages with its tabs.
  func heading(_ program: Program, current: ProgramTab, menus: [Menu], export: LinkModel? = nil) -> Value {
    [
      "name": program.name, "lede": program.tagline.isEmpty ? "/" + program.slug : program.tagline,
      "programsLink": Path.programs(slug), "menus": menus, "export": export,
      "tabs": [
        ProgramTab.Model(label: "Main", count: nil, link: .program(slug, program.slug), isCurrent: current == .main),
        ProgramTab.Model(
          label: "Members", count: format.number(program.funnel.joined), link: .members(slug, program.slug), isCurrent: current == .members),
        ProgramTab.Model(
          label: "Invitations", count: format.number(program.openInvitations), link: .invitations(slug, program.slug),
          isCurrent: current == .invitations),
        ProgramTab.Model(label: "Settings", count: nil, link: .programSettings(slug, program.slug), isCurrent: current == .settings),
      ],
    ]
  }

  /// A cell with the program's funnel in small.
  func miniFunnel(_ program: Program) -> Cell {
    let funnel = program.funnel
    let title =
      "\(program.name): \(format.number(funnel.invited)) invited, \(format.number(funnel.joined)) joined, "
      + "\(format.number(funnel.enrolled)) enrolled, \(format.number(funnel.completed)) completed"
    let stages = [funnel.invited, funnel.joined, funnel.enrolled, funnel.completed]
    return Cell(graphic: HTML(trusted: MiniFunnel(title: title, stages: stages).svg))
  }

  /// A cell with everybody who is invited or a member; it leads to the invitations that are open.
  func invited(_ program: Program) -> Cell {
    let link = program.openInvitations == 0 ? nil : Path.invitations(slug, program.slug).with(query: [("state", "open")])
    return .number(format.number(program.funnel.invited), link: link)
  }

  /// The heading of `licensesLeft`.
  static let licensesLeftColumn = TableColumn(
    label: "Licenses left", isNumber: true,
    definition: Definition(
      id: "define-licenses-left", title: "Licenses left",
      text: "What the program’s contracts still hold: memberships, or enrollments where it says so. "
        + "“12 left” on amber: less than 5% remains. “3 over” on red: more is taken than was bought."))

  /// What is left of a program's contracts. Many admins look here first, so what runs out says so.
  func licensesLeft(_ contracts: [Contract]) -> Cell {
    if contracts.isEmpty { return Cell(isNumber: true, text: "—") }
    if contracts.contains(where: { $0.kind == .unlimited }) { return .number("Unlimited") }
    let left = contracts.reduce(0) { $0 + max(0, $1.left ?? 0) }
    let over = contracts.reduce(0) { $0 + max(0, -($1.left ?? 0)) }
    let bought = contracts.reduce(0) { $0 + ($1.quantity ?? 0) }
    let unit = contracts.allSatisfy { $0.kind == .enrollments } ? " enrollments" : ""
    if over > 0 && left == 0 {
      return Cell(isNumber: true, badges: [Badge(label: "\(format.number(over)) over", tone: .critical, why: nil)])
    }
    if left * 20 < bought {
      return Cell(isNumber: true, badges: [Badge(label: "\(format.number(left)) left", tone: .caution, why: nil)])
    }
    return .number(format.number(left) + unit)
  }

  /// The downloads of the two reports.
  func reports(of program: Program? = nil) -> Menu {
    let query = program.map { [("program", $0.slug)] } ?? []
    return Menu(
      label: "Reports",
      items: [
        Menu.Item(label: "Usage report", note: "CSV, a row per enrollment", link: Path.usageReport(slug).with(query: query)),
        Menu.Item(label: "Membership report", note: "CSV, a row per membership", link: Path.membershipReport(slug).with(query: query)),
      ])
  }
}

/// The pages of a program.
enum ProgramTab {
  case main, members, invitations, settings

  struct Model: ValueConvertible {
    let label: String, count: String?, link: Path, isCurrent: Bool
    var templateValue: Value { ["label": label, "count": count, "link": link, "current": isCurrent] }
  }
}
