import Domain
import HTTPServer
import Templates

/// The words that invitations to one program carry.
enum InvitationMessagePages {
  /// GET /o/{slug}/programs/{program}/invitations/message
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let (program, text) = try context.read { connection in
      let program = try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: connection)
      return (program, try program.invitationMessage(in: connection))
    }
    return try page(context, scope, program, text)
  }

  /// POST /o/{slug}/programs/{program}/invitations/message
  static func save(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let program = try context.read { try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: $0) }
    let text = try context.form()["invitation-message"] ?? ""
    do {
      try InvitationMessage.save(text, of: program, scope: scope, at: context.now, in: context.site.database)
      return try context.redirect(
        to: .invitationPreview(scope.organization.slug, program.slug),
        saying: .done("The message is saved. This is how invitations arrive."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try page(context, scope, program, text, failure)
    }
  }

  private static func page(
    _ context: Context, _ scope: OrganizationScope, _ program: Program, _ text: String, _ failure: Failure? = nil
  ) throws -> Response {
    let list = Path.invitations(scope.organization.slug, program.slug)
    let known = Placeholder.allCases.map(\.text).joined(separator: ", ")
    let form = FormModel(
      action: .invitationMessage(scope.organization.slug, program.slug), failure: failure,
      fields: [
        FormControl(
          "invitation-message", "Invitation message", .area(rows: 9), value: text,
          hint: "Plain text; empty for the organization’s own message. Placeholders: \(known).", faults: failure?.fields ?? [])
      ], button: "Save the message", cancel: LinkModel(label: "Cancel", link: list))
    return try context.render(
      "shared/form-page", Page("Invitation message", in: [program.name], at: .programs, hasErrors: failure != nil),
      ["heading": Page.heading(up: LinkModel(label: program.name, link: list)), "form": form], status: failure == nil ? 200 : 422)
  }
}
