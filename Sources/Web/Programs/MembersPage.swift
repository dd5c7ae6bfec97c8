import Domain
import Templates

/// The Members page as its template reads it.
struct MembersPage {
  let context: Context
  let scope: OrganizationScope
  let program: Program
  let view: MemberView
  let page: ListPage<Member>
  let contracts: [Contract]
  let suggestions: [Attribute: [String]]
  let undoable: [Removal.Undoable]

  private var slug: String { scope.organization.slug }

  var heading: Value {
    let emails = Path.memberEmails(slug, program.slug)
    func category(_ status: MemberFilter.Status, _ label: String) -> Menu.Item {
      Menu.Item(label: label, link: emails.with(query: [("category", status.rawValue)]))
    }
    let menu = Menu(
      label: "Download emails",
      items: [
        category(.noEnrollments, "No enrollments"), category(.enrolledWithoutCompletion, "Enrolled with no completions"),
        category(.completed, "Completed at least 1 course"),
      ])
    return ProgramParts(context, scope).heading(
      program, current: .members, menus: program.funnel.joined == 0 ? [] : [menu],
      export: page.total == 0 ? nil : LinkModel(label: "Export", link: view.state.link(to: .membersExport(slug, program.slug))))
  }

  var listing: Listing {
    let format = context.format
    return Listing(
      search: view.state.search(label: "Search by name or email"), filters: filters,
      count: Listing.count(page.total, of: program.funnel.joined, "member", "members", format),
      chooser: view.state.chooser(shown: view.columns, label: \.label), tags: tags,
      selection: page.rows.isEmpty ? nil : view.state.selection(total: page.total, acts: acts, format: format),
      table: page.rows.isEmpty ? nil : table(format),
      empty: page.rows.isEmpty ? empty : nil, pager: Pager(page, state: view.state, format: format))
  }

  private var acts: [Selection.Act] { [Selection.Act(label: "Remove", link: .memberRemoval(slug, program.slug))] }

  /// What was removed a moment ago, each with the button that undoes it.
  var undo: [Value] {
    undoable.map { removal in
      let who = removal.by.isEmpty ? "" : " by \(removal.by)"
      return [
        "text":
          "\(context.format.plural(Int64(removal.people), "member was", "members were")) removed\(who), \(context.format.ago(removal.removedAt)). "
          + "It can be undone until \(context.format.time(removal.until)).",
        "action": Path.memberRestoration(slug, program.slug), "moment": removal.removedAt.text,
      ]
    }
  }

  private static let statuses: [(status: MemberFilter.Status, label: String, note: String)] = [
    (.inactive, "Inactive", "enrolled, no activity for 30 days"), (.atRisk, "At risk", "missed a deadline or failed an assessment"),
    (.noEnrollments, "No enrollments", "joined, never enrolled"), (.enrolledWithoutCompletion, "Enrolled, nothing completed", ""),
    (.completed, "Completed a course", ""),
  ]

  private var filters: FilterForm {
    let state = view.state
    let names = ["contract", "status"] + Attribute.allCases.map(\.rawValue)
    let active = view.filter.contracts.count + view.filter.statuses.count + view.filter.attributes.count
    let cleared = names.reduce(state) { $0.without($1) }.at(page: 1)
    var groups = [
      FilterForm.Group(
        legend: "Status",
        checks: MembersPage.statuses.map {
          FilterForm.Check(
            name: "status", value: $0.status.rawValue, label: $0.label, note: $0.note.isEmpty ? nil : $0.note,
            isChecked: view.filter.statuses.contains($0.status))
        })
    ]
    if !contracts.isEmpty { groups.append(contracts.filterGroup(chosen: view.filter.contracts)) }
    groups.append(Attribute.filterGroup(view.filter.attributes, suggestions))
    return FilterForm(
      action: state.path, active: active, clearLink: cleared.link, kept: state.kept(except: names), groups: groups)
  }

  private var tags: Listing.Tags? {
    var items: [Listing.Tag] = []
    let state = view.state
    for status in view.filter.statuses {
      let label = MembersPage.statuses.first { $0.status == status }?.label ?? status.rawValue
      items.append(state.tag("Status", label, parameter: "status", raw: status.rawValue))
    }
    items += state.tags(contracts: contracts, attributes: view.filter.attributes)
    return items.isEmpty ? nil : Listing.Tags(clearLink: filters.clearLinkWithoutSearch(state), items: items)
  }

  private func table(_ format: Format) -> Table {
    Table(
      label: "Members of \(program.name)", isSelectable: true,
      columns: [view.state.sortable("Name", .name, by: view.sorting)] + view.columns.map(heading(of:)),
      rows: page.rows.map { member in
        Table.Row(
          cells: [.head(member.name, member.email, link: scope.reachesOrganization ? .user(slug, member.userID) : nil)]
            + view.columns.map { cell(of: $0, member, format) },
          box: SelectionBox(
            name: "person", value: String(member.userID), label: member.name.isEmpty ? member.email : member.name,
            isChecked: view.selectsPage))
      })
  }

  private func heading(of column: MemberColumn) -> TableColumn {
    let definition = MembersPage.definitions[column].map { Definition(id: "define-\(column.rawValue)", title: column.label, text: $0) }
    return view.state.sortable(column.label, .column(column), by: view.sorting, number: column.isNumber, definition: definition)
  }

  private static let definitions: [MemberColumn: String] = [
    .status:
      "Inactive: a current enrollment, and the last activity in this program, or the enrollment if there is none, is 30 days or longer ago. "
      + "At risk: in a current enrollment a required assessment is past due without an attempt, or its latest attempt is below the passing score. "
      + "The worst one is named; +3 stands for three more.",
    .enrollments: "Courses of this program that the member has signed up for.",
    .completions: "Courses of which the member has completed all graded assessments.",
    .lastActivity: "When the member last did something in a course of this program.",
    .contract: "The contract that holds the member’s license.",
  ]

  private func cell(of column: MemberColumn, _ member: Member, _ format: Format) -> Cell {
    func time(_ text: String, _ write: (Moment?) -> String) -> Cell { .time(text, write(Moment(text))) }
    switch column {
    case .status: return badges(member, format)
    case .enrollments: return .number(format.number(member.enrollments))
    case .completions: return .number(format.number(member.completions))
    case .lastActivity: return time(member.lastActivityAt, format.ago)
    case .contract: return .text(member.contract)
    case .joined: return time(member.joinedAt, format.date)
    case .invited: return time(member.invitedAt, format.date)
    case .externalID: return .text(member.externalID)
    case .attribute(let attribute): return .text(member.attributes[attribute] ?? "")
    }
  }

  private func badges(_ member: Member, _ format: Format) -> Cell {
    var badges: [Badge] = []
    if let risk = member.risks.first {
      let more = member.risks.count > 1 ? "\u{A0}+\(member.risks.count - 1)" : ""
      badges.append(Badge(label: "At risk", tone: .critical, why: risk.sentence + more))
    }
    if member.isInactive {
      let since = Moment(member.lastActivityAt).map { "for \(format.days(since: $0))" } ?? "since enrolling"
      badges.append(Badge(label: "Inactive \(since)", tone: .caution, why: nil))
    }
    return badges.isEmpty ? .text("") : Cell(badges: badges)
  }

  private var empty: Empty {
    if program.funnel.joined == 0 {
      return Empty(
        isFiltered: false, title: "Nobody has joined yet",
        text: program.funnel.invited == 0
          ? "Members come with an import of the membership report."
          : "\(context.format.plural(Int64(program.funnel.invited), "invitation is", "invitations are")) open.",
        action: nil)
    }
    return Empty(
      isFiltered: true, title: "No member matches",
      text: "Change or remove a filter to see more of the \(context.format.plural(Int64(program.funnel.joined), "member", "members")).",
      action: LinkModel(label: "Show all members", link: view.state.path))
  }
}

extension Risk {
  /// `Missed: Final exam (Pricing and Value)`
  var sentence: String {
    switch self {
    case .missed(let assessment, let course, _): "Missed: \(assessment) (\(course))"
    case .failed(let assessment, let course, _): "Failed: \(assessment) (\(course))"
    }
  }
}
