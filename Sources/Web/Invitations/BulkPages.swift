import CSV
import Domain
import HTTPServer
import Templates

/// Invites whom a file names: the page on which it is chosen, and its check.
enum BulkPages {
  /// GET /o/{slug}/invitations/bulk?program=…&contract=…
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let steps = try context.read { try InvitingSteps(.bulk, context.request.query, scope, at: context.now, in: $0) }
    if let choice = try steps.choice(context) { return choice }
    return try page(context, scope, steps)
  }

  /// POST /o/{slug}/invitations/bulk: checks the file and leads to its rows. Nobody is invited yet.
  static func check(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let upload = try UploadForm(context)
    let steps = try context.read { try InvitingSteps(.bulk, upload.form, scope, at: context.now, in: $0) }
    guard let program = steps.program, let contract = steps.contract else {
      return try context.redirect(to: steps.way.path(scope.organization.slug).with(query: steps.chosen))
    }
    do {
      let bulk = BulkInvitation(scope, in: context.site.database, clock: context.site.clock)
      let draft = try upload.check { try bulk.check($0, named: $1, program: program, contract: contract) }
      return try context.redirect(to: .draft(scope.organization.slug, draft))
    } catch let failure as Failure where failure.code == .invalid || failure.code == .conflict {
      return try page(context, scope, steps, failure, encoding: upload.form["encoding"])
    }
  }

  /// GET /o/{slug}/invitations/bulk/template.csv
  static func template(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    Response.download(filename: "invitations-template.csv", contentType: "text/csv; charset=utf-8") { spool in
      var writer = CSVWriter(bom: true) { try spool.write($0) }
      for header in BulkInvitation.headers { writer.text(header) }
      try writer.endRow()
      try writer.finish()
    }
  }

  private static func page(
    _ context: Context, _ scope: OrganizationScope, _ steps: InvitingSteps, _ failure: Failure? = nil, encoding: String? = nil
  ) throws -> Response {
    guard let program = steps.program, let contract = steps.contract else { throw Failure.notFound }
    let (format, slug) = (context.format, steps.organization)
    let upload = UploadForm.model(
      context, action: steps.way.path(slug), cancel: .invitations(slug, program.slug), template: .bulkTemplate(slug),
      headers: BulkInvitation.headers, failure: failure, encoding: encoding,
      drafts: try context.read { try UploadDraft.open(scope: scope, in: $0) },
      note: { "\($0.programSlug), checked \(format.ago(Moment($0.createdAt)))" }, link: { .draft(slug, $0.id) })
    return try context.render(
      "invitations/bulk", Page(steps.way.title, in: [program.name], at: .programs, hasErrors: failure != nil),
      [
        "bulk": upload.adding([
          "lede": "\(program.name) · \(contract.line(format))", "steps": steps.steps(current: 3),
          "kept": steps.chosen.map { Hidden(name: $0.name, value: $0.value) },
        ])
      ], status: failure == nil ? 200 : 422)
  }
}
