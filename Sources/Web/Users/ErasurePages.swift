import Database
import Domain
import HTTPServer
import Templates

/// What a person may ask of an organization: a copy of everything, and to be erased.
enum ErasurePages {
  /// GET /o/{slug}/users/{user}/data.json
  static func export(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let user = context.userID
    let export = try context.read { try PersonExport(of: user, scope: scope, now: context.now, in: $0) }
    let database = context.site.database
    return Download.json(context, named: "person-\(user)") { sink in
      try database.export { try export.write(in: $0, to: sink) }
    }
  }

  /// GET /o/{slug}/users/{user}/erasure
  static func ask(_ context: Context, _ scope: OrganizationScope) throws -> Response { try form(context, scope, typed: "") }

  /// POST /o/{slug}/users/{user}/erasure
  static func erase(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let typed = try context.form()[Erasure.field] ?? ""
    do {
      let id = try Erasure(scope, in: context.site.database, at: context.now).erase(context.userID, confirming: typed)
      return try context.redirect(
        to: .users(scope.organization.slug),
        saying: .done("The person is erased. Lists and reports say Erased person \(id) instead of the name."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try form(context, scope, typed: typed, failure)
    }
  }

  private static func form(
    _ context: Context, _ scope: OrganizationScope, typed: String, _ failure: Failure? = nil
  ) throws -> Response {
    let erasure = try Erasure(scope, in: context.site.database, at: context.now)
    let page = try context.read { connection in
      let profile = try UserProfile.find(id: context.userID, scope: scope, now: context.now, in: connection)
      return ErasurePage(
        context: context, scope: scope, profile: profile, extent: try erasure.extent(profile, in: connection),
        fault: try erasure.fault(profile.user.id, in: connection), typed: typed, failure: failure)
    }
    return try context.render(
      "users/erasure", Page("Erase \(page.profile.user.called)?", in: ["Users"], at: .users, hasErrors: failure != nil),
      ["heading": page.heading, "erasure": page], status: failure == nil ? 200 : 422)
  }
}

/// The page that asks whether a person is to be erased, as its template reads it.
private struct ErasurePage: ValueConvertible {
  let context: Context
  let scope: OrganizationScope
  let profile: UserProfile
  let extent: Erasure.Extent
  let fault: String?
  let typed: String
  let failure: Failure?

  private var back: LinkModel { LinkModel(label: profile.user.called, link: .user(scope.organization.slug, profile.user.id)) }
  var heading: Value { Page.heading(up: back, lede: profile.user.name.isEmpty ? nil : profile.user.email) }

  var templateValue: Value {
    let slug = scope.organization.slug
    let fields = [
      FormControl(
        Erasure.field, "Email of the person", .input(type: "text", autocomplete: "off"), value: typed,
        hint: "To confirm, type \(profile.user.email).", required: true, faults: failure?.fields ?? [])
    ]
    let form: Value = [
      "errors": ErrorSummary(failure), "goes": goes, "stays": stays, "export": Path.personExport(slug, profile.user.id),
      "action": Path.erasure(slug, profile.user.id), "button": "Erase for good", "back": back.link,
      "fields": fields,
    ]
    return ["fault": fault, "back": back.link, "form": fault == nil ? form : .null]
  }

  private func count(_ number: Int, _ one: String, _ many: String) -> String { context.format.plural(Int64(number), one, many) }

  private var goes: [String] {
    var goes = ["Name, email, External ID and all attributes, here and wherever lists and reports repeat them."]
    if extent.memberships > 0 {
      goes.append(
        "\(count(extent.memberships, "membership ends", "memberships end")) at once: the license is free, no exit email is sent, and there is no undo."
      )
    }
    if extent.invitations > 0 {
      goes.append("\(count(extent.invitations, "open invitation is", "open invitations are")) taken back; the link is void.")
    }
    if extent.mails > 0 {
      let waiting = extent.waiting == 0 ? "" : ", and \(count(extent.waiting, "email that waits is", "emails that wait are")) not sent"
      goes.append("Recipient, subject and text of \(count(extent.mails, "email", "emails"))\(waiting).")
    }
    if extent.comments > 0 { goes.append("The words of \(count(extent.comments, "rating", "ratings")).") }
    goes.append("The rows of uploaded files that name the person, and what the audit trail noted of the person’s name.")
    goes.append("Signing in to this organization: sessions that are open end at once.")
    return goes
  }

  private var stays: [String] {
    [
      "All totals and figures, now and in the past: what the person did counts on, under the name of an erased person with a number.",
      "\(count(extent.enrollments, "enrollment", "enrollments")) with grades, and \(count(extent.attempts, "attempt", "attempts")) at "
        + "assessments, as those of the erased person; ratings without their words.",
      "The license ledger and the audit trail, by numbers only.",
      "Emails and files that have already left this installation; they are out of reach.",
    ]
  }
}
