import Domain
import HTTPServer
import Templates

/// The invitation to a program as it will arrive, before anybody gets it.
enum InvitationPreviewPages {
  /// GET /o/{slug}/programs/{program}/invitations/preview
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let (program, sent) = try example(context, scope)
    let slug = scope.organization.slug
    let view = MailView(sent, frame: .invitationExample(slug, program.slug), publicURL: context.site.settings.publicURL)
    var response = try context.render(
      "settings/email-kind", Page("Preview of the invitation", in: [program.name], at: .programs),
      [
        "heading": Page.heading(
          up: LinkModel(label: "Invitations", link: .invitations(slug, program.slug)),
          lede: "As it arrives, with an example of a reader and of a link"), "view": view,
      ])
    MailView.allowFrame(&response)
    return response
  }

  /// GET /o/{slug}/programs/{program}/invitations/preview/body
  static func body(_ context: Context, _ scope: OrganizationScope) throws -> Response { MailView.body(try example(context, scope).sent) }

  /// A mail to somebody who does not exist.
  private static func example(_ context: Context, _ scope: OrganizationScope) throws -> (program: Program, sent: SentMail) {
    let (program, facts) = try context.read { connection in
      let program = try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: connection)
      guard let (house, message) = try MailFacts.house(scope.organization.id, in: connection) else { throw Failure.notFound }
      var facts = MailFacts(
        .invitation, house: house, organization: scope.organization.id, user: 0, readerName: "Robin Reader", programSlug: program.slug,
        programName: program.name, tagline: program.tagline)
      let own = try program.invitationMessage(in: connection)
      // No invitation has these numbers, so that the link leads nowhere.
      facts.invitation = .init(
        program: 0, user: 0, generation: 0, message: own.isEmpty ? message : own, expiresAt: context.now.adding(days: 30),
        inviterName: scope.viewer.name, inviterEmail: scope.viewer.email)
      return (program, facts)
    }
    return (program, try context.site.renderer.render(facts))
  }
}
