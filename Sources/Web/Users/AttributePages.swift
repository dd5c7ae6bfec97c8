import CSV
import Domain
import HTTPServer
import Templates

/// "Add learner attributes": a file of attributes by email, which is checked, shown and then confirmed.
enum AttributePages {
  /// GET /o/{slug}/users/attributes
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response { try page(context, scope) }

  /// POST /o/{slug}/users/attributes: checks the file and leads to its rows. Nothing is changed yet.
  static func check(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let parts = try context.request.multipart()
    let form = try parts.form()
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
      return try context.redirect(to: .attributeDraft(scope.organization.slug, try upload(context, scope).check(file, named: name)))
    } catch let failure as Failure where failure.code == .invalid {
      return try page(context, scope, failure, encoding: form["encoding"])
    }
  }

  /// GET /o/{slug}/users/attributes/template.csv
  static func template(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    Response.download(filename: "attributes-template.csv", contentType: "text/csv; charset=utf-8") { spool in
      var writer = CSVWriter(bom: true) { try spool.write($0) }
      for header in [AttributeUpload.email] + Attribute.allCases.map(\.header) { writer.text(header) }
      try writer.endRow()
      try writer.finish()
    }
  }

  /// GET /o/{slug}/users/attributes/{draft}
  static func draft(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let page = try context.read { connection in
      let draft = try AttributeDraft.find(id(context), scope: scope, in: connection)
      let counts = try draft.counts(in: connection)
      let state = ListState(
        .attributeDraft(scope.organization.slug, draft.id), query: context.request.query, knowing: ["outcome", "size", "page"])
      let outcome = state.value("outcome").flatMap { AttributeDraft.Outcome(rawValue: $0.uppercased()) }
      return AttributeDraftPage(
        context: context, slug: scope.organization.slug, draft: draft, state: state, outcome: outcome, counts: counts,
        page: try draft.rows(outcome, counts: counts, request: state.request, in: connection))
    }
    return try context.render(
      "users/attributes-draft", Page(page.title, in: ["Users"], note: page.page.note, at: .users),
      ["heading": page.heading, "draft": page, "tiles": page.tiles, "listing": page.listing])
  }

  /// POST /o/{slug}/users/attributes/{draft}/confirmation
  static func confirm(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let done = try upload(context, scope).confirm(id(context))
    let people = context.format.plural(Int64(done.changed), "person has", "people have")
    return try context.redirect(
      to: .attributeDraft(scope.organization.slug, id(context)),
      saying: done.isRepeated ? .info("This file was confirmed before. Nothing more was done.") : .done("\(people) new attributes."))
  }

  /// POST /o/{slug}/users/attributes/{draft}/removal
  static func discard(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let draft = try context.read { try AttributeDraft.find(id(context), scope: scope, in: $0) }
    try upload(context, scope).discard(draft.id)
    return try context.redirect(
      to: .attributes(scope.organization.slug),
      saying: .info(draft.isDone ? "The list was deleted. The attributes stay." : "The file was discarded. Nothing was changed."))
  }

  /// GET /o/{slug}/users/attributes/{draft}/rejected.csv
  static func rejected(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let draft = try context.read { try AttributeDraft.find(id(context), scope: scope, in: $0) }
    let database = context.site.database
    return Download.csv(context, named: "rejected-attributes") { sink in try database.export { try draft.writeRejected(in: $0, to: sink) } }
  }

  private static func id(_ context: Context) -> Int64 { Int64(context.request.parameters["draft"] ?? "") ?? 0 }

  private static func upload(_ context: Context, _ scope: OrganizationScope) throws -> AttributeUpload {
    try AttributeUpload(scope, in: context.site.database, clock: context.site.clock)
  }

  private static func page(
    _ context: Context, _ scope: OrganizationScope, _ failure: Failure? = nil, encoding: String? = nil
  ) throws -> Response {
    let (slug, format) = (scope.organization.slug, context.format)
    let drafts: [Value] = try context.read { try AttributeDraft.open(scope: scope, in: $0) }.map { draft in
      [
        "name": draft.fileName, "note": "checked \(format.ago(Moment(draft.createdAt)))", "link": Path.attributeDraft(slug, draft.id),
      ]
    }
    return try context.render(
      "users/attributes", Page("Add learner attributes", in: ["Users"], at: .users, hasErrors: failure != nil),
      [
        "heading": Page.heading(
          up: LinkModel(label: "Users", link: .users(slug)), lede: "For everybody whom a CSV file names by email"),
        "upload": [
          "errors": ErrorSummary(failure), "error": failure?.fields.first { $0.name == "file" }?.sentence, "action": Path.attributes(slug),
          "templateLink": Path.attributesTemplate(slug), "headers": Attribute.allCases.map(\.header),
          "isWindows": encoding == "windows-1252", "drafts": drafts.isEmpty ? nil : ["items": drafts] as Value,
          "cancelLink": Path.users(slug),
        ] as Value,
      ], status: failure == nil ? 200 : 422)
  }
}
