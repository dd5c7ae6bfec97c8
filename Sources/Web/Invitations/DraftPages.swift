import Domain
import HTTPServer
import Templates

/// A file that was checked: its rows with what will happen to each, and what came of it once it was confirmed.
enum DraftPages {
  /// GET /o/{slug}/invitations/bulk/{draft}
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response { try page(context, scope, Form([("send", "1")])) }

  /// POST /o/{slug}/invitations/bulk/{draft}/confirmation
  static func confirm(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let form = try context.form()
    let id = DraftPages.id(context)
    do {
      let sends = form["send"] == "1"
      let done = try bulk(context, scope).confirm(id, sends: sends, mayExceed: form[Overbooking.field] == "1")
      let format = context.format
      var text = "\(format.plural(Int64(done.invited), "invitation was", "invitations were")) \(sends ? "queued" : "created")."
      if done.changed > 0 {
        text +=
          " \(format.plural(Int64(done.changed), "row has", "rows have")) changed since the check and \(done.changed == 1 ? "was" : "were") left out."
      }
      return try context.redirect(
        to: .draft(scope.organization.slug, id),
        saying: done.isRepeated ? .info("This file was confirmed before. Nothing more was done.") : .done(text))
    } catch let failure as Failure where failure.code == .conflict {
      return try page(context, scope, form, failure)
    }
  }

  /// POST /o/{slug}/invitations/bulk/{draft}/removal
  static func discard(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let id = DraftPages.id(context)
    let draft = try context.read { try UploadDraft.find(id, scope: scope, in: $0) }
    try bulk(context, scope).discard(id)
    return try context.redirect(
      to: Path.bulkInvitation(scope.organization.slug).with(query: [("program", draft.programSlug), ("contract", String(draft.contract))]),
      saying: .info(draft.isDone ? "The list was deleted. Its invitations stay." : "The file was discarded. Nobody was invited."))
  }

  /// GET /o/{slug}/invitations/bulk/{draft}/rejected.csv
  static func rejected(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let draft = try context.read { try UploadDraft.find(id(context), scope: scope, in: $0) }
    let database = context.site.database
    return Download.csv(context, named: "rejected-\(draft.programSlug)") { sink in
      try database.export { try draft.writeRejected(in: $0, to: sink) }
    }
  }

  private static func id(_ context: Context) -> Int64 { Int64(context.request.parameters["draft"] ?? "") ?? 0 }

  private static func bulk(_ context: Context, _ scope: OrganizationScope) -> BulkInvitation {
    BulkInvitation(scope, in: context.site.database, clock: context.site.clock)
  }

  private static func page(_ context: Context, _ scope: OrganizationScope, _ form: Form, _ failure: Failure? = nil) throws -> Response {
    let query = context.request.method == "GET" ? context.request.query : Form()
    let page = try context.read { connection in
      let draft = try UploadDraft.find(id(context), scope: scope, in: connection)
      let program = try Program.find(slug: draft.programSlug, scope: scope, in: connection)
      let counts = try draft.counts(in: connection)
      let state = ListState(.draft(scope.organization.slug, draft.id), query: query, knowing: ["outcome", "size", "page"])
      let outcome = state.value("outcome").flatMap { UploadDraft.Outcome(rawValue: $0.uppercased()) }
      let contract = try Contract.of(programs: [program.id], in: connection)[program.id]?.first { $0.id == draft.contract }
      let wanted = (counts[.new] ?? 0) + (counts[.returns] ?? 0)
      return DraftPage(
        context: context, slug: scope.organization.slug, draft: draft, program: program, contract: contract, state: state, outcome: outcome,
        counts: counts, page: try draft.rows(outcome, counts: counts, request: state.request, in: connection),
        overbooking: draft.isDone ? nil : try Overbooking(of: draft.contract, by: wanted, in: connection), form: form, failure: failure)
    }
    return try context.render(
      "invitations/draft",
      Page(page.title, in: [page.program.name], note: page.page.note, at: .programs, hasErrors: failure != nil),
      ["draft": page, "tiles": page.tiles, "listing": page.listing], status: failure == nil ? 200 : 409)
  }
}
