import Domain
import HTTPServer
import Templates

/// Invites one person.
enum InvitingPages {
  /// GET /o/{slug}/invitations/new?program=…&contract=…
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let steps = try context.read { try InvitingSteps(.one, context.request.query, scope, at: context.now, in: $0) }
    if let choice = try steps.choice(context) { return choice }
    return try page(context, steps, Form([("send", "1")]))
  }

  /// POST /o/{slug}/invitations/new
  static func create(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let form = try context.form()
    let steps = try context.read { try InvitingSteps(.one, form, scope, at: context.now, in: $0) }
    guard let program = steps.program, let contract = steps.contract else {
      return try context.redirect(to: steps.way.path(scope.organization.slug).with(query: steps.chosen))
    }
    let inviting = Inviting(scope, to: program, under: contract, at: context.now)
    let person = Inviting.Person(name: form["name"] ?? "", email: form["email"] ?? "", externalID: form["external-id"] ?? "")
    let sends = form["send"] == "1"
    do {
      let user = try context.site.database.write(organization: scope.organization.id, patience: .seconds(30)) { tx in
        try inviting.invite(person, sends: sends, mayExceed: form[Overbooking.field] == "1", in: tx)
      }
      return try context.redirect(
        to: .invitation(scope.organization.slug, program.slug, user),
        saying: .done(
          sends ? "The invitation is on its way." : "The invitation was created. It was not sent: copy its link, or resend it later."))
    } catch let failure as Failure where failure.code == .invalid || failure.code == .conflict {
      return try page(context, steps, form, failure)
    }
  }

  private static func page(_ context: Context, _ steps: InvitingSteps, _ form: Form, _ failure: Failure? = nil) throws -> Response {
    guard let program = steps.program, let contract = steps.contract else { throw Failure.notFound }
    let faults = failure?.fields ?? []
    func value(_ name: String) -> String { form[name] ?? "" }
    let exceeds = faults.contains { $0.name == Overbooking.field } || form[Overbooking.field] == "1"
    return try context.render(
      "invitations/new", Page(steps.way.title, in: [program.name], at: .programs, hasErrors: failure != nil),
      [
        "new": [
          "lede": "\(program.name) · \(contract.line(context.format))", "steps": steps.steps(current: 3), "errors": ErrorSummary(failure),
          "action": steps.way.path(steps.organization), "kept": steps.chosen.map { Hidden(name: $0.name, value: $0.value) },
          "fields": [
            FormField("name", "Full name", value: value("name"), autocomplete: "off", faults: faults),
            FormField("email", "Email", kind: .email, value: value("email"), autocomplete: "off", faults: faults),
            FormField(
              "external-id", "External ID", value: value("external-id"), hint: "Optional: your own number for this person.",
              autocomplete: "off", isRequired: false, faults: faults),
          ], "send": form["send"] == "1",
          "exceed": exceeds
            ? [
              "error": faults.first { $0.name == Overbooking.field }?.sentence, "checked": form[Overbooking.field] == "1",
            ] as Value : nil,
          "previewLink": Path.invitationPreview(steps.organization, program.slug),
          "cancelLink": Path.invitations(steps.organization, program.slug),
        ] as Value
      ], status: failure == nil ? 200 : 422)
  }
}
