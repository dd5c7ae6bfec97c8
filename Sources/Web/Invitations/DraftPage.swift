import Domain
import HTTPServer
import Templates

/// The page of a checked file as its template reads it.
struct DraftPage: ValueConvertible {
  let slug: String
  let rows: UploadRows<UploadDraft>
  let program: Program
  let contract: Contract?
  let overbooking: Overbooking?
  let form: Form
  let failure: Failure?

  private var draft: UploadDraft { rows.draft }
  private var format: Format { rows.format }
  private var invited: Int { rows.count(.new) + rows.count(.returns) }

  var title: String { draft.isDone ? "Invited from a file" : "Invite from a file" }

  var templateValue: Value {
    let names = ["Program", "Contract", "File", "Check", "Done"]
    let current = draft.isDone ? 5 : 4
    let people = format.plural(Int64(invited), "person", "people")
    return rows.values(
      note: note, doing: "Inviting \(people)", rejected: .draftRejected(slug, draft.id),
      again: Path.bulkInvitation(slug).with(query: [("program", program.slug), ("contract", String(draft.contract))]),
      removal: .draftRemoval(slug, draft.id)
    ).adding([
      "lede": "\(program.name) · \(contract?.line(format) ?? "contract no longer there") · \(draft.fileName)",
      "steps": Value.list(
        names.enumerated().map { index, label in
          [
            "number": String(index + 1), "label": label, "done": index + 1 < current, "current": index + 1 == current, "link": Value.null,
          ]
        }),
      "errors": ErrorSummary(failure), "confirm": draft.isDone || rows.isRunning ? nil : confirm(people),
      "listLink": draft.isDone ? Path.invitations(slug, program.slug) : nil,
    ])
  }

  private var note: String {
    guard draft.isDone else { return rows.openNote }
    return "\(format.plural(Int64(invited), "person was", "people were")) invited on \(format.time(Moment(draft.doneAt)))"
      + (draft.wasSent ? "." : ", without mail.")
  }

  private func confirm(_ people: String) -> Value {
    let exceed = failure?.fields.first { $0.name == Overbooking.field }
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
    var tiles = [rows.tile(.new, draft.isDone ? "Invited" : "Will be invited")]
    if rows.count(.returns) > 0 {
      tiles.append(rows.tile(.returns, draft.isDone ? "Invited again" : "Removed before, will be invited again"))
    }
    return tiles + [
      rows.tile(.invited, "Already invited, left alone"), rows.tile(.member, "Already members, left alone"), rows.errorTile,
    ]
  }

  var listing: Listing {
    rows.listing(
      "Full name", ["Email", "External ID"], head: { .head($0.name.isEmpty ? "—" : $0.name, nil) },
      cells: { [.text($0.email), .text($0.externalID)] },
      words: { outcome in
        switch outcome {
        case .new: (draft.isDone ? "Invited" : "Invite", .positive)
        case .returns: (draft.isDone ? "Invited again" : "Invite again", .positive)
        case .invited: ("Already invited", .neutral)
        case .member: ("Already a member", .neutral)
        case .error: (draft.isDone ? "Left out" : "Needs mending", .critical)
        }
      })
  }
}
