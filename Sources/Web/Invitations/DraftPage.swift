import Domain
import HTTPServer
import Templates

/// The page of a checked file as its template reads it.
struct DraftPage: ValueConvertible {
  let context: Context
  let slug: String
  let draft: UploadDraft
  let program: Program
  let contract: Contract?
  let state: ListState
  let outcome: UploadDraft.Outcome?
  let counts: [UploadDraft.Outcome: Int]
  let page: ListPage<UploadDraft.Line>
  let overbooking: Overbooking?
  let form: Form
  let failure: Failure?

  var title: String { draft.isDone ? "Invited from a file" : "Invite from a file" }
  private var format: Format { context.format }
  private func count(_ outcome: UploadDraft.Outcome) -> Int { counts[outcome] ?? 0 }
  private var invited: Int { count(.new) + count(.returns) }
  private var total: Int { counts.values.reduce(0, +) }

  var templateValue: Value {
    let names = ["Program", "Contract", "File", "Check", "Done"]
    let current = draft.isDone ? 5 : 4
    return [
      "lede": "\(program.name) · \(contract?.line(format) ?? "contract no longer there") · \(draft.fileName)",
      "steps": Value.list(
        names.enumerated().map { index, label in
          [
            "number": String(index + 1), "label": label, "done": index + 1 < current, "current": index + 1 == current, "link": Value.null,
          ]
        }),
      "errors": ErrorSummary(failure), "note": note, "rejectedLink": count(.error) == 0 ? nil : Path.draftRejected(slug, draft.id),
      "rejectedLabel": "Download \(format.plural(Int64(count(.error)), "rejected row", "rejected rows"))",
      "confirm": draft.isDone ? nil : confirm, "removeLink": Path.draftRemoval(slug, draft.id),
      "removeLabel": draft.isDone ? "Delete this list" : "Discard",
      "listLink": draft.isDone ? Path.invitations(slug, program.slug) : nil,
      "againLink": Path.bulkInvitation(slug).with(query: [("program", program.slug), ("contract", String(draft.contract))]),
    ]
  }

  private var note: String {
    if draft.isDone {
      return "\(format.plural(Int64(invited), "person was", "people were")) invited on \(format.time(Moment(draft.doneAt)))"
        + (draft.wasSent ? "." : ", without mail.")
    }
    if count(.error) == 0 { return "Nothing has been written yet." }
    return "Nothing has been written yet. Mend the \(format.plural(Int64(count(.error)), "row", "rows")) below, or go on without "
      + (count(.error) == 1 ? "it." : "them.")
  }

  private var confirm: Value {
    let exceed = failure?.fields.first { $0.name == Overbooking.field }
    let people = format.plural(Int64(invited), "person", "people")
    return [
      "action": Path.draftConfirmation(slug, draft.id), "send": form["send"] == "1", "any": invited > 0,
      "previewLink": Path.invitationPreview(slug, program.slug),
      "sendLabel": "Invite \(people)", "createLabel": "Create \(format.plural(Int64(invited), "invitation", "invitations")) without mail",
      "exceed": overbooking.map { over in
        ["sentence": over.sentence, "error": exceed?.sentence, "checked": form[Overbooking.field] == "1"] as Value
      },
    ]
  }

  var tiles: [Tile] {
    func tile(_ outcome: UploadDraft.Outcome, _ label: String) -> Tile {
      Tile(
        label: label, value: format.number(count(outcome)),
        link: count(outcome) == 0 ? nil : state.path.with(query: [("outcome", outcome.rawValue.lowercased())]))
    }
    var tiles = [tile(.new, draft.isDone ? "Invited" : "Will be invited")]
    if count(.returns) > 0 { tiles.append(tile(.returns, draft.isDone ? "Invited again" : "Removed before, will be invited again")) }
    tiles += [
      tile(.invited, "Already invited, left alone"), tile(.member, "Already members, left alone"),
      tile(.error, count(.error) == 1 ? "Row needs mending" : "Rows need mending"),
    ]
    return tiles
  }

  var listing: Listing {
    let all = Menu.Item(label: "All rows", link: state.without("outcome", "page").link, isCurrent: outcome == nil)
    let items = UploadDraft.Outcome.allCases.filter { count($0) > 0 }.map { each in
      Menu.Item(
        label: words(each), note: format.plural(Int64(count(each)), "row", "rows"),
        link: state.with("outcome", each.rawValue.lowercased()).link, isCurrent: outcome == each)
    }
    return Listing(
      status: Menu(label: "Show:", value: outcome.map(words) ?? "All rows", items: [all] + items),
      count: Listing.count(page.total, of: total, "row", "rows", format), table: page.rows.isEmpty ? nil : table,
      empty: page.rows.isEmpty
        ? Empty(
          isFiltered: true, title: "No such row", text: "No row of the file has this outcome.",
          action: LinkModel(label: "Show all rows", link: state.path)) : nil,
      pager: Pager(page, state: state, format: format))
  }

  private var table: Table {
    Table(
      label: "Rows of the file",
      columns: [
        TableColumn(label: "Full name"), TableColumn(label: "Line", isNumber: true), TableColumn(label: "Email"),
        TableColumn(label: "External ID"),
        TableColumn(label: draft.isDone ? "What happened" : "What will happen"),
      ],
      rows: page.rows.map { row in
        Table.Row(cells: [
          .head(row.name.isEmpty ? "—" : row.name, nil), .number(format.number(row.number)), .text(row.email), .text(row.externalID),
          Cell(badges: [Badge(label: words(row.outcome), tone: DraftPage.tone(row.outcome), why: row.reason.isEmpty ? nil : row.reason)]),
        ])
      })
  }

  private func words(_ outcome: UploadDraft.Outcome) -> String {
    switch outcome {
    case .new: draft.isDone ? "Invited" : "Invite"
    case .returns: draft.isDone ? "Invited again" : "Invite again"
    case .invited: "Already invited"
    case .member: "Already a member"
    case .error: draft.isDone ? "Left out" : "Needs mending"
    }
  }

  private static func tone(_ outcome: UploadDraft.Outcome) -> Badge.Tone {
    switch outcome {
    case .new, .returns: .positive
    case .invited, .member: .neutral
    case .error: .critical
    }
  }
}
