import Database
import Domain
import HTTPServer
import Templates

/// A checked file with one page of its rows, and how its confirmation stands.
struct UploadRows<Draft: CheckedUpload> {
  typealias Outcome = Draft.Outcome

  let draft: Draft
  let run: RunningUploads.State
  let state: ListState
  let outcome: Outcome?
  let counts: [Outcome: Int]
  let page: ListPage<UploadLine<Outcome>>
  let format: Format
  let script: Value

  /// Reads a draft of the viewer's own.
  ///
  /// - Parameters:
  ///   - own: what this process is at, as asked before the snapshot was taken.
  /// - Throws: `Failure.notFound`.
  init(_ context: Context, _ scope: OrganizationScope, at path: Path, own: WorkStep??, in connection: any Connection) throws {
    draft = try Draft.find(context.draftID, scope: scope, in: connection)
    run = try context.site.uploads.state(of: draft, own: own, at: context.now, in: connection)
    let query = context.request.method == "GET" ? context.request.query : Form()
    state = ListState(path, query: query, knowing: ["outcome", "size", "page"])
    outcome = state.value("outcome").flatMap { Outcome(rawValue: $0.uppercased()) }
    counts = try draft.counts(in: connection)
    page = try draft.rows(outcome, counts: counts, request: state.request, in: connection)
    (format, script) = (context.format, context.site.assets.script("uploads"))
  }

  func count(_ outcome: Outcome) -> Int { counts[outcome] ?? 0 }
  var total: Int { counts.values.reduce(0, +) }

  /// The refusal of a confirmation that nobody waited for.
  var refusal: UploadRun.Refusal? {
    if case .ended(.refused(let refusal)) = run, !draft.isDone { refusal } else { nil }
  }

  var isRunning: Bool { if case .running = run { true } else { false } }

  /// What the template reads of it, beside what is its own.
  ///
  /// - Parameters:
  ///   - doing: what is being done, where somebody is at it.
  ///   - again: where a mended file is uploaded.
  func values(note: String, doing: String, rejected: Path, again: Path, removal: Path) -> Value {
    let errors = Int64(count(.error))
    var said: String?
    if case .ended(.done(let sentence)) = run, draft.isDone { said = sentence }
    return [
      "note": note, "said": said, "isDone": draft.isDone, "running": running(doing),
      "rejectedLink": errors == 0 ? nil : rejected, "rejectedLabel": rejectedLabel, "againLink": again, "removeLink": removal,
      "removeLabel": draft.isDone ? "Delete this list" : "Discard",
    ]
  }

  var rejectedLabel: String { "Download \(format.plural(Int64(count(.error)), "rejected row", "rejected rows"))" }

  private func running(_ doing: String) -> Value? {
    guard case .running(let step) = run else { return nil }
    return [
      "title": doing,
      "words": step.map { "Step \($0.number) of \($0.count): \($0.words)." } ?? "It is about to begin.",
      "done": String((step?.number ?? 1) - 1), "steps": String(step?.count ?? 1), "lookLink": state.path, "script": script,
    ]
  }

  /// What to say of a file that waits to be confirmed.
  var openNote: String {
    let kept = "The file is kept until \(format.date(draft.keptUntil))."
    let errors = count(.error)
    if errors == 0 { return "Nothing has been written yet. \(kept)" }
    return "Nothing has been written yet. \(kept) Mend the \(format.plural(Int64(errors), "row", "rows")) below, or go on without "
      + (errors == 1 ? "it." : "them.")
  }

  func tile(_ outcome: Outcome, _ label: String) -> Tile {
    Tile(
      label: label, value: format.number(count(outcome)),
      link: count(outcome) == 0 ? nil : state.path.with(query: [("outcome", outcome.rawValue.lowercased())]))
  }

  var errorTile: Tile { tile(.error, count(.error) == 1 ? "Row needs mending" : "Rows need mending") }

  /// The rows as a list.
  ///
  /// - Parameters:
  ///   - words: what becomes of a row, and the tone of it.
  ///   - columns: those after the first, which is the person, and the line; before what happens.
  func listing(
    _ first: String, _ columns: [String], head: (UploadLine<Outcome>) -> Cell, cells: (UploadLine<Outcome>) -> [Cell],
    words: (Outcome) -> (String, Badge.Tone)
  ) -> Listing {
    let all = Menu.Item(label: "All rows", link: state.without("outcome", "page").link, isCurrent: outcome == nil)
    let items = Outcome.allCases.filter { count($0) > 0 }.map { each in
      Menu.Item(
        label: words(each).0, note: format.plural(Int64(count(each)), "row", "rows"),
        link: state.with("outcome", each.rawValue.lowercased()).link, isCurrent: outcome == each)
    }
    let table = Table(
      label: "Rows of the file",
      columns: [TableColumn(label: first), TableColumn(label: "Line", isNumber: true)] + columns.map { TableColumn(label: $0) }
        + [TableColumn(label: draft.isDone ? "What happened" : "What will happen")],
      rows: page.rows.map { row in
        let (label, tone) = words(row.outcome)
        let what = Cell(badges: [Badge(label: label, tone: tone, why: row.reason.isEmpty ? nil : row.reason)])
        return Table.Row(cells: [head(row), .number(format.number(row.number))] + cells(row) + [what])
      })
    return Listing(
      status: Menu(label: "Show:", value: outcome.map { words($0).0 } ?? "All rows", items: [all] + items),
      count: Listing.count(page.total, of: total, "row", "rows", format), table: page.rows.isEmpty ? nil : table,
      empty: page.rows.isEmpty
        ? Empty(
          isFiltered: true, title: "No such row", text: "No row of the file has this outcome.",
          action: LinkModel(label: "Show all rows", link: state.path)) : nil,
      pager: Pager(page, state: state, format: format))
  }
}
