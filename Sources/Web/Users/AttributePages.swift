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
    let upload = try UploadForm(context)
    do {
      let draft = try upload.check { try attributes(context, scope).check($0, named: $1) }
      return try context.redirect(to: .attributeDraft(scope.organization.slug, draft))
    } catch let failure as Failure where failure.code == .invalid {
      return try page(context, scope, failure, encoding: upload.form["encoding"])
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
  static func draft(_ context: Context, _ scope: OrganizationScope) throws -> Response { try draftPage(context, scope) }

  /// POST /o/{slug}/users/attributes/{draft}/confirmation
  static func confirm(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let draft = try context.read { try AttributeDraft.find(context.draftID, scope: scope, in: $0) }
    let (attributes, format) = (try attributes(context, scope), context.format)
    return try context.confirm(
      draft, at: .attributeDraft(scope.organization.slug, draft.id), refused: { try draftPage(context, scope, refused: $0) }
    ) { listener in
      let done = try attributes.confirm(draft.id, listener: listener)
      return done.isRepeated ? .repeated : .done("\(format.plural(Int64(done.changed), "person has", "people have")) new attributes.")
    }
  }

  /// POST /o/{slug}/users/attributes/{draft}/removal
  static func discard(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let draft = try attributes(context, scope).discard(context.draftID)
    return try context.redirect(
      to: .attributes(scope.organization.slug),
      saying: .info(draft.isDone ? "The list was deleted. The attributes stay." : "The file was discarded. Nothing was changed."))
  }

  /// GET /o/{slug}/users/attributes/{draft}/rejected.csv
  static func rejected(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let draft = try context.read { try AttributeDraft.find(context.draftID, scope: scope, in: $0) }
    return try context.rejected(draft, named: "rejected-attributes")
  }

  private static func attributes(_ context: Context, _ scope: OrganizationScope) throws -> AttributeUpload {
    try AttributeUpload(scope, in: context.site.database, clock: context.site.clock)
  }

  private static func draftPage(_ context: Context, _ scope: OrganizationScope, refused: Failure? = nil) throws -> Response {
    let own = context.site.uploads.own(context.draftID)
    let slug = scope.organization.slug
    let page = try context.read { connection in
      let rows = try UploadRows<AttributeDraft>(context, scope, at: .attributeDraft(slug, context.draftID), own: own, in: connection)
      return AttributeDraftPage(slug: slug, rows: rows, failure: refused ?? rows.refusal?.failure)
    }
    return try context.render(
      "uploads/checked", Page(page.title, in: ["Users"], note: page.rows.page.note, at: .users, hasErrors: page.failure != nil),
      ["heading": page.heading, "upload": page, "tiles": page.tiles, "listing": page.listing], status: refused == nil ? 200 : 409)
  }

  private static func page(
    _ context: Context, _ scope: OrganizationScope, _ failure: Failure? = nil, encoding: String? = nil
  ) throws -> Response {
    let (slug, format) = (scope.organization.slug, context.format)
    let upload = UploadForm.model(
      context, action: .attributes(slug), cancel: .users(slug), template: .attributesTemplate(slug),
      headers: Attribute.allCases.map(\.header), failure: failure, encoding: encoding,
      drafts: try context.read { try AttributeDraft.open(scope: scope, in: $0) },
      note: { "checked \(format.ago(Moment($0.createdAt)))" }, link: { .attributeDraft(slug, $0.id) })
    return try context.render(
      "users/attributes", Page("Add learner attributes", in: ["Users"], at: .users, hasErrors: failure != nil),
      [
        "heading": Page.heading(
          up: LinkModel(label: "Users", link: .users(slug)), lede: "For everybody whom a CSV file names by email"),
        "upload": upload,
      ], status: failure == nil ? 200 : 422)
  }
}
