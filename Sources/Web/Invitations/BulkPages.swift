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
    let parts = try context.request.multipart()
    let form = try parts.form()
    let steps = try context.read { try InvitingSteps(.bulk, form, scope, at: context.now, in: $0) }
    guard let program = steps.program, let contract = steps.contract else {
      return try context.redirect(to: steps.way.path(scope.organization.slug).with(query: steps.chosen))
    }
    do {
      guard let part = parts["file"], let name = part.filename, !name.isEmpty else {
        throw Failure(.invalid, "Choose a file.", fields: [.init("file", "Choose a file.")])
      }
      var offset = 0
      let file = CSVFile(encoding: form["encoding"] == "windows-1252" ? .windows1252 : .unicode) { buffer in
        let count = try part.read(at: offset, into: buffer)
        offset += count
        return count
      }
      let bulk = BulkInvitation(scope, in: context.site.database, clock: context.site.clock)
      return try context.redirect(
        to: .draft(scope.organization.slug, try bulk.check(file, named: name, program: program, contract: contract)))
    } catch let failure as Failure where failure.code == .invalid || failure.code == .conflict {
      return try page(context, scope, steps, failure, encoding: form["encoding"])
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
    let open = try context.read { try UploadDraft.open(scope: scope, in: $0) }
    let drafts: [Value] = open.map { draft in
      [
        "name": draft.fileName, "note": "\(draft.programSlug), checked \(format.ago(Moment(draft.createdAt)))",
        "link": Path.draft(slug, draft.id),
      ]
    }
    return try context.render(
      "invitations/bulk", Page(steps.way.title, in: [program.name], at: .programs, hasErrors: failure != nil),
      [
        "bulk": [
          "lede": "\(program.name) · \(contract.line(format))", "steps": steps.steps(current: 3), "errors": ErrorSummary(failure),
          "error": failure?.fields.first { $0.name == "file" }?.sentence, "action": steps.way.path(slug),
          "kept": steps.chosen.map { Hidden(name: $0.name, value: $0.value) }, "templateLink": Path.bulkTemplate(slug),
          "headers": BulkInvitation.headers, "isWindows": encoding == "windows-1252",
          "drafts": drafts.isEmpty ? nil : ["items": drafts] as Value,
          "cancelLink": Path.invitations(slug, program.slug),
        ] as Value
      ], status: failure == nil ? 200 : 422)
  }
}
