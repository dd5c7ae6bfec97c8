import Domain
import Templates

/// The Invitations page as its template reads it.
struct InvitationsPage {
  let context: Context
  let scope: OrganizationScope
  let program: Program
  let view: InvitationView
  let page: ListPage<Invitation>
  let whole: Int
  let contracts: [Contract]

  private var slug: String { scope.organization.slug }
  private static let filterNames = ["state", "contract"]

  var heading: Value {
    ProgramParts(context, scope).heading(
      program, current: .invitations, menus: [.invite(slug, to: program)],
      export: page.total == 0 ? nil : LinkModel(label: "Export", link: view.state.link(to: .invitationsExport(slug, program.slug))))
  }

  var listing: Listing {
    let format = context.format
    return Listing(
      search: view.state.search(label: "Search by name or email"), filters: filters,
      count: Listing.count(page.total, of: whole, "invitation", "invitations", format),
      chooser: view.state.chooser(shown: view.columns, label: \.label), tags: tags,
      selection: page.rows.isEmpty ? nil : view.state.selection(total: page.total, acts: acts, format: format),
      table: page.rows.isEmpty ? nil : table(format), empty: page.rows.isEmpty ? empty : nil,
      pager: Pager(page, state: view.state, format: format))
  }

  private var acts: [Selection.Act] {
    [
      Selection.Act(label: "Resend", link: .resend(slug, program.slug)),
      Selection.Act(label: "Revoke", link: .revocation(slug, program.slug)),
    ]
  }

  private static let statuses: [(status: InvitationFilter.Status, label: String, note: String)] = [
    (.open, "Open", "neither joined nor revoked"), (.created, "Created", "made, never mailed"), (.queued, "Queued", "in the outbox"),
    (.sent, "Sent", "a mail server took it"), (.failed, "Failed", "refused or bounced"), (.opened, "Opened", "the link was opened"),
    (.expired, "Expired", "open, its term is over"), (.joined, "Joined", ""), (.revoked, "Revoked", ""),
  ]

  private var filters: FilterForm {
    let state = view.state
    var groups = [
      FilterForm.Group(
        legend: "State",
        checks: InvitationsPage.statuses.map {
          FilterForm.Check(
            name: "state", value: $0.status.rawValue, label: $0.label, note: $0.note.isEmpty ? nil : $0.note,
            isChecked: view.filter.statuses.contains($0.status))
        })
    ]
    if !contracts.isEmpty { groups.append(contracts.filterGroup(chosen: view.filter.contracts)) }
    return FilterForm(
      action: state.path, active: view.filter.contracts.count + view.filter.statuses.count,
      clearLink: InvitationsPage.filterNames.reduce(state) { $0.without($1) }.at(page: 1).link,
      kept: state.kept(except: InvitationsPage.filterNames), groups: groups)
  }

  private var tags: Listing.Tags? {
    let state = view.state
    var items = view.filter.statuses.map { status in
      state.tag(
        "State", InvitationsPage.statuses.first { $0.status == status }?.label ?? status.rawValue, parameter: "state", raw: status.rawValue)
    }
    items += state.tags(contracts: contracts, attributes: [:])
    return items.isEmpty ? nil : Listing.Tags(clearLink: filters.clearLinkWithoutSearch(state), items: items)
  }

  private func table(_ format: Format) -> Table {
    Table(
      label: "Invitations to \(program.name)", isSelectable: true,
      columns: [view.state.sortable("Name", .name, by: view.sorting)]
        + view.columns.map { column in
          let definition = InvitationsPage.definitions[column].map {
            Definition(id: "define-\(column.rawValue)", title: column.label, text: $0)
          }
          guard let key = column.key else { return TableColumn(label: column.label, definition: definition) }
          return view.state.sortable(column.label, key, by: view.sorting, number: column == .sends, definition: definition)
        },
      rows: page.rows.map { invitation in
        Table.Row(
          cells: [.head(invitation.name, invitation.email, link: .invitation(slug, program.slug, invitation.userID))]
            + view.columns.map { cell(of: $0, invitation, format) },
          box: SelectionBox(
            name: "person", value: String(invitation.userID), label: invitation.name.isEmpty ? invitation.email : invitation.name,
            isChecked: view.selectsPage))
      })
  }

  private static let definitions: [InvitationColumn: String] = [
    .state:
      "Created: made, never mailed. Queued: in the outbox. Sent: a mail server took it. Failed or Bounced: it did not arrive. Opened: the link was "
      + "opened. Expired: still open, but its term is over; sending it again gives it a new one.",
    .sends: "How often a mail server took the invitation.",
  ]

  private func cell(of column: InvitationColumn, _ invitation: Invitation, _ format: Format) -> Cell {
    switch column {
    case .state: Cell(badges: [invitation.badge])
    case .invited: .time(invitation.invitedAt, format.date(Moment(invitation.invitedAt)))
    case .invitedBy: .text(invitation.invitedBy.isEmpty ? "Import" : invitation.invitedBy)
    case .sends: .number(format.number(invitation.sends))
    case .sent: .time(invitation.sentAt, format.ago(Moment(invitation.sentAt)))
    case .opened: .time(invitation.openedAt, format.ago(Moment(invitation.openedAt)))
    case .contract: .text(invitation.contract)
    case .expires: Moment(invitation.expiresAt).map { .time(invitation.expiresAt, format.date($0)) } ?? .text("")
    case .joined: .time(invitation.joinedAt, format.date(Moment(invitation.joinedAt)))
    case .externalID: .text(invitation.externalID)
    }
  }

  private var empty: Empty {
    whole == 0
      ? Empty(
        isFiltered: false, title: "Nobody has been invited yet", text: "Invite one person, or everybody whom a file names.",
        action: LinkModel(label: "Invite learners", link: Path.newInvitation(slug).with(query: [("program", program.slug)])))
      : Empty(
        isFiltered: true, title: "No invitation matches",
        text: "Change or remove a filter to see more of the \(context.format.plural(Int64(whole), "invitation", "invitations")).",
        action: LinkModel(label: "Show all invitations", link: view.state.path))
  }
}

extension Invitation {
  /// The state as a word with a tone, and what the mail server said.
  var badge: Badge {
    let tone: Badge.Tone =
      switch state {
      case .joined: .positive
      case .opened, .sent: .info
      case .expired: .caution
      case .failed: .critical
      case .created, .queued, .revoked: .neutral
      }
    return Badge(label: word, tone: tone, why: isFailed && !failure.isEmpty ? String(failure.prefix(45)) : nil)
  }
}

extension Menu {
  /// The two ways to invite.
  static func invite(_ slug: String, to program: Program? = nil) -> Menu {
    let query = program.map { [("program", $0.slug)] } ?? []
    return Menu(
      label: "Invite learners", isPrimary: true,
      items: [
        Menu.Item(label: "Invite one person", note: "name and email", link: Path.newInvitation(slug).with(query: query)),
        Menu.Item(label: "Invite from a file", note: "CSV, checked row by row first", link: Path.bulkInvitation(slug).with(query: query)),
      ]
        + (program.map {
          [Menu.Item(label: "Invitation message", note: "what the mail says", link: Path.invitationMessage(slug, $0.slug))]
        } ?? []))
  }
}
