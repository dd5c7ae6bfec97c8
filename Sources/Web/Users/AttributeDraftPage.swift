import Domain
import Templates

/// The page of a checked file of attributes as its template reads it.
struct AttributeDraftPage: ValueConvertible {
  let slug: String
  let rows: UploadRows<AttributeDraft>
  let failure: Failure?

  private var draft: AttributeDraft { rows.draft }
  private var format: Format { rows.format }

  var title: String { draft.isDone ? "Attributes from a file" : "Check the attributes" }

  var heading: Value {
    Page.heading(
      up: LinkModel(label: "Add learner attributes", link: .attributes(slug)),
      lede: "\(draft.fileName) · \(draft.attributes.map(\.label).joined(separator: ", "))",
      export: rows.count(.error) == 0 ? nil : LinkModel(label: rows.rejectedLabel, link: .rejectedAttributes(slug, draft.id)))
  }

  var templateValue: Value {
    let people = format.plural(Int64(rows.count(.change)), "person", "people")
    let confirm: Value = [
      "action": Path.attributeConfirmation(slug, draft.id), "any": rows.count(.change) > 0, "label": "Change \(people)",
      "why": "There is nothing to change in this file.",
    ]
    return rows.values(
      note: note, doing: "Changing \(people)", rejected: .rejectedAttributes(slug, draft.id), again: .attributes(slug),
      removal: .attributeRemoval(slug, draft.id)
    ).adding(["errors": ErrorSummary(failure), "confirm": draft.isDone || rows.isRunning ? nil : confirm, "terms": Value.null])
  }

  private var note: String {
    guard draft.isDone else { return rows.openNote }
    return "\(format.plural(Int64(rows.count(.change)), "person was", "people were")) changed on \(format.time(Moment(draft.doneAt)))."
  }

  var tiles: [Tile] {
    [
      rows.tile(.change, draft.isDone ? "Changed" : "Will be changed"), rows.tile(.same, "Have it all already, left alone"),
      rows.errorTile,
    ]
  }

  var listing: Listing {
    rows.listing(
      "Person", [], head: { .head($0.name, $0.email.isEmpty ? "—" : $0.email) }, cells: { _ in [] },
      words: { outcome in
        switch outcome {
        case .change: (draft.isDone ? "Changed" : "Change", .positive)
        case .same: ("Nothing to change", .neutral)
        case .error: (draft.isDone ? "Left out" : "Needs mending", .critical)
        }
      })
  }
}
