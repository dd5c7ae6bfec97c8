import Domain
import Templates

/// The page of a checked file of attributes as its template reads it.
struct AttributeDraftPage: ValueConvertible {
  let context: Context
  let slug: String
  let draft: AttributeDraft
  let state: ListState
  let outcome: AttributeDraft.Outcome?
  let counts: [AttributeDraft.Outcome: Int]
  let page: ListPage<AttributeDraft.Line>

  private var format: Format { context.format }
  private func count(_ outcome: AttributeDraft.Outcome) -> Int { counts[outcome] ?? 0 }
  private var rejectedLabel: String { "Download \(format.plural(Int64(count(.error)), "rejected row", "rejected rows"))" }
  private var rejectedLink: Path? { count(.error) == 0 ? nil : .rejectedAttributes(slug, draft.id) }

  var title: String { draft.isDone ? "Attributes from a file" : "Check the attributes" }

  var heading: Value {
    Page.heading(
      up: LinkModel(label: "Add learner attributes", link: .attributes(slug)),
      lede: "\(draft.fileName) · \(draft.attributes.map(\.label).joined(separator: ", "))",
      export: rejectedLink.map { LinkModel(label: rejectedLabel, link: $0) })
  }

  var templateValue: Value {
    [
      "note": note, "rejectedLink": rejectedLink, "rejectedLabel": rejectedLabel, "againLink": Path.attributes(slug),
      "isDone": draft.isDone,
      "confirm": draft.isDone
        ? nil
        : [
          "action": Path.attributeConfirmation(slug, draft.id), "any": count(.change) > 0,
          "label": "Change \(format.plural(Int64(count(.change)), "person", "people"))",
        ] as Value, "removeLink": Path.attributeRemoval(slug, draft.id), "removeLabel": draft.isDone ? "Delete this list" : "Discard",
    ]
  }

  private var note: String {
    let rows = format.plural(Int64(count(.error)), "row", "rows")
    if draft.isDone {
      return "\(format.plural(Int64(count(.change)), "person was", "people were")) changed on \(format.time(Moment(draft.doneAt)))."
    }
    return count(.error) == 0
      ? "Nothing has been written yet."
      : "Nothing has been written yet. Mend the \(rows) below, or go on without \(count(.error) == 1 ? "it" : "them")."
  }

  var tiles: [Tile] {
    func tile(_ outcome: AttributeDraft.Outcome, _ label: String) -> Tile {
      Tile(
        label: label, value: format.number(count(outcome)),
        link: count(outcome) == 0 ? nil : state.path.with(query: [("outcome", outcome.rawValue.lowercased())]))
    }
    return [
      tile(.change, draft.isDone ? "Changed" : "Will be changed"), tile(.same, "Have it all already, left alone"),
      tile(.error, count(.error) == 1 ? "Row needs mending" : "Rows need mending"),
    ]
  }

  var listing: Listing {
    let all = Menu.Item(label: "All rows", link: state.without("outcome", "page").link, isCurrent: outcome == nil)
    let items = AttributeDraft.Outcome.allCases.filter { count($0) > 0 }.map { each in
      Menu.Item(
        label: words(each), note: format.plural(Int64(count(each)), "row", "rows"),
        link: state.with("outcome", each.rawValue.lowercased()).link, isCurrent: outcome == each)
    }
    return Listing(
      status: Menu(label: "Show:", value: outcome.map(words) ?? "All rows", items: [all] + items),
      count: Listing.count(page.total, of: counts.values.reduce(0, +), "row", "rows", format), table: page.rows.isEmpty ? nil : table,
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
        TableColumn(label: "Person"), TableColumn(label: "Line", isNumber: true),
        TableColumn(label: draft.isDone ? "What happened" : "What will happen"),
      ],
      rows: page.rows.map { row in
        Table.Row(cells: [
          .head(row.name, row.email.isEmpty ? "—" : row.email), .number(format.number(row.number)),
          Cell(badges: [
            Badge(label: words(row.outcome), tone: AttributeDraftPage.tone(row.outcome), why: row.reason.isEmpty ? nil : row.reason)
          ]),
        ])
      })
  }

  private func words(_ outcome: AttributeDraft.Outcome) -> String {
    switch outcome {
    case .change: draft.isDone ? "Changed" : "Change"
    case .same: "Nothing to change"
    case .error: draft.isDone ? "Left out" : "Needs mending"
    }
  }

  private static func tone(_ outcome: AttributeDraft.Outcome) -> Badge.Tone {
    switch outcome {
    case .change: .positive
    case .same: .neutral
    case .error: .critical
    }
  }
}
