import Domain
import HTTPServer
import Templates

/// Sends invitations again or takes them back, each after a page that says how many and what will happen.
enum InvitationActPages {
  /// GET /o/{slug}/programs/{program}/invitations/resend?person=… or ?all=1 with the list's filter
  static func askToResend(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try ask(context, scope) { choice, outlook in
      let format = context.format
      let (mailed, late) = (outlook.open - outlook.tooRecent, outlook.tooRecent)
      var lines = [
        "\(format.plural(Int64(mailed), "person gets", "people get")) the invitation again. The link then works for \(outlook.days) days."
      ]
      if late > 0 {
        lines.append(
          "\(format.plural(Int64(late), "was", "were")) mailed less than \(hours(outlook.hours, format)) ago and will not be mailed now.")
      }
      return ActModel(
        title: "Resend \(format.plural(Int64(mailed), "invitation", "invitations"))?", lines: lines + closed(outlook, format),
        action: .resend(scope.organization.slug, choice.program.slug), choice: choice,
        button: mailed == 0 ? nil : "Resend \(format.plural(Int64(mailed), "invitation", "invitations"))", isCritical: false)
    }
  }

  /// POST /o/{slug}/programs/{program}/invitations/resend
  static func resend(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let choice = try InvitationChoice(context, scope, context.form())
    let changes = InvitationChanges(scope, of: choice.program, at: context.now)
    guard let selection = choice.selection else { return try choice.nothing(context) }
    let (result, terms) = try context.site.database.write(organization: scope.organization.id, patience: .seconds(30)) { tx in
      let outlook = try changes.outlook(.people([]), in: tx)
      return (try changes.resend(selection, in: tx), outlook)
    }
    let format = context.format
    var parts = ["\(format.number(result.queued)) queued"]
    if result.tooRecent > 0 {
      parts.append(
        "\(format.plural(Int64(result.tooRecent), "was", "were")) mailed less than \(hours(terms.hours, format)) ago")
    }
    if result.closed > 0 { parts.append("\(format.plural(Int64(result.closed), "is", "are")) no longer open") }
    let text = parts.joined(separator: ", ") + "."
    return try context.redirect(to: choice.backLink, saying: result.queued > 0 ? .done(text) : .info(text))
  }

  /// GET /o/{slug}/programs/{program}/invitations/revocation?person=… or ?all=1 with the list's filter
  static func askToRevoke(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try ask(context, scope) { choice, outlook in
      let format = context.format
      let what = format.plural(Int64(outlook.open), "invitation", "invitations")
      return ActModel(
        title: "Revoke \(what)?",
        lines: [
          outlook.open == 1
            ? "The link stops working at once, and a mail that still waits is not sent. Whoever never joined leaves the program and its reports."
            : "The links stop working at once, and mails that still wait are not sent. Whoever never joined leaves the program and its reports.",
          "This cannot be undone, but everybody can be invited again.",
        ] + closed(outlook, format), action: .revocation(scope.organization.slug, choice.program.slug), choice: choice,
        button: outlook.open == 0 ? nil : "Revoke \(what)", isCritical: true)
    }
  }

  /// POST /o/{slug}/programs/{program}/invitations/revocation
  static func revoke(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let choice = try InvitationChoice(context, scope, context.form())
    guard let selection = choice.selection else { return try choice.nothing(context) }
    let revoked = try InvitationChanges(scope, of: choice.program, at: context.now).revoke(selection, in: context.site.database)
    let text = "\(context.format.plural(Int64(revoked), "invitation was", "invitations were")) revoked."
    return try context.redirect(to: choice.backLink, saying: revoked > 0 ? .done(text) : .info(text))
  }

  private static func ask(
    _ context: Context, _ scope: OrganizationScope, _ model: (InvitationChoice, InvitationChanges.Outlook) -> ActModel
  ) throws -> Response {
    let choice = try InvitationChoice(context, scope, context.request.query)
    guard let selection = choice.selection else { return try choice.nothing(context) }
    let outlook = try context.read { try InvitationChanges(scope, of: choice.program, at: context.now).outlook(selection, in: $0) }
    let act = model(choice, outlook)
    return try context.render("shared/act", Page(act.title, in: [choice.program.name], at: .programs), ["act": act])
  }

  private static func hours(_ hours: Int, _ format: Format) -> String { format.plural(Int64(hours), "hour", "hours") }

  private static func closed(_ outlook: InvitationChanges.Outlook, _ format: Format) -> [String] {
    let closed = Int64(outlook.selected - outlook.open)
    return closed == 0
      ? [] : ["\(format.plural(closed, "selected invitation is", "selected invitations are")) no longer open and left alone."]
  }
}

/// Which invitations an address or a form means.
struct InvitationChoice {
  let program: Program
  private let organization: String
  private let view: InvitationView
  private let people: [Int64]
  private let isAll: Bool

  init(_ context: Context, _ scope: OrganizationScope, _ form: Form) throws {
    program = try context.read { try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: $0) }
    organization = scope.organization.slug
    view = InvitationView(.invitations(organization, program.slug), form)
    people = form.all("person").compactMap { Int64($0) }
    isAll = form[Selection.allParameter] == "1"
  }

  /// Nil where nothing was ticked.
  var selection: InvitationSelection? { isAll ? .matching(view.filter) : people.isEmpty ? nil : .people(people) }

  /// The list as it was, or the one invitation that is meant.
  var backLink: Path {
    !isAll && people.count == 1 && view.state.parameters.isEmpty ? .invitation(organization, program.slug, people[0]) : view.state.link
  }

  /// What the form on the page carries on.
  var kept: [Hidden] {
    view.state.kept(except: [])
      + (isAll ? [Hidden(name: Selection.allParameter, value: "1")] : people.map { Hidden(name: "person", value: String($0)) })
  }

  func nothing(_ context: Context) throws -> Response {
    try context.redirect(to: view.state.link, saying: .info("Nothing was selected. Tick the invitations first."))
  }
}

private struct ActModel: ValueConvertible {
  let title: String, lines: [String], action: Path, choice: InvitationChoice, button: String?, isCritical: Bool

  var templateValue: Value {
    [
      "lines": lines, "action": action, "kept": choice.kept, "button": button, "critical": isCritical, "backLink": choice.backLink,
      "programName": choice.program.name,
    ]
  }
}
