import Domain
import HTTPServer
import Templates

/// A checked file of people: its rows, what came of it once it was confirmed, and its end.
enum DraftPages {
  /// GET /o/{slug}/invitations/bulk/{draft}
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response { try page(context, scope) }

  /// POST /o/{slug}/invitations/bulk/{draft}/confirmation
  static func confirm(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let form = try context.form()
    let draft = try context.read { try UploadDraft.find(context.draftID, scope: scope, in: $0) }
    let (bulk, format) = (bulk(context, scope), context.format)
    let (sends, mayExceed) = (form["send"] == "1", form[Overbooking.field] == "1")
    return try context.confirm(
      draft, at: .draft(scope.organization.slug, draft.id), asked: ["send": sends ? "1" : "", Overbooking.field: mayExceed ? "1" : ""],
      refused: { try page(context, scope, refused: $0, form) }
    ) { listener in
      let done = try bulk.confirm(draft.id, sends: sends, mayExceed: mayExceed, listener: listener)
      if done.isRepeated { return .repeated }
      var text = "\(format.plural(Int64(done.invited), "invitation was", "invitations were")) \(sends ? "queued" : "created")."
      if done.changed > 0 {
        let rows = format.plural(Int64(done.changed), "row has", "rows have")
        text += " \(rows) changed since the check and \(done.changed == 1 ? "was" : "were") left out."
      }
      return .done(text)
    }
  }

  /// POST /o/{slug}/invitations/bulk/{draft}/removal
  static func discard(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let draft = try bulk(context, scope).discard(context.draftID)
    return try context.redirect(
      to: Path.bulkInvitation(scope.organization.slug).with(query: [("program", draft.programSlug), ("contract", String(draft.contract))]),
      saying: .info(draft.isDone ? "The list was deleted. Its invitations stay." : "The file was discarded. Nobody was invited."))
  }

  /// GET /o/{slug}/invitations/bulk/{draft}/rejected.csv
  static func rejected(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let draft = try context.read { try UploadDraft.find(context.draftID, scope: scope, in: $0) }
    return try context.rejected(draft, named: "rejected-\(draft.programSlug)")
  }

  private static func bulk(_ context: Context, _ scope: OrganizationScope) -> BulkInvitation {
    BulkInvitation(scope, in: context.site.database, clock: context.site.clock)
  }

  private static func page(
    _ context: Context, _ scope: OrganizationScope, refused: Failure? = nil, _ form: Form? = nil
  ) throws -> Response {
    let own = context.site.uploads.own(context.draftID)
    let slug = scope.organization.slug
    let page = try context.read { connection in
      let rows = try UploadRows<UploadDraft>(context, scope, at: .draft(slug, context.draftID), own: own, in: connection)
      let draft = rows.draft
      let program = try Program.find(slug: draft.programSlug, scope: scope, in: connection)
      let contract = try Contract.of(programs: [program.id], in: connection)[program.id]?.first { $0.id == draft.contract }
      let wanted = rows.count(.new) + rows.count(.returns)
      let asked = rows.refusal.map { Form($0.asked.map { ($0.key, $0.value) }) }
      return DraftPage(
        slug: slug, rows: rows, program: program, contract: contract,
        overbooking: draft.isDone ? nil : try Overbooking(of: draft.contract, by: wanted, in: connection),
        form: form ?? asked ?? Form([("send", "1")]), failure: refused ?? rows.refusal?.failure)
    }
    return try context.render(
      "invitations/draft",
      Page(page.title, in: [page.program.name], note: page.rows.page.note, at: .programs, hasErrors: page.failure != nil),
      ["draft": page, "tiles": page.tiles, "listing": page.listing], status: refused == nil ? 200 : 409)
  }
}
