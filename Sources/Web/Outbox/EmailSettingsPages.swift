import Database
import Domain
import HTTPServer
import Templates

/// Settings → Email: the kinds of mail, each with an example, and on or off where that makes sense.
enum EmailSettingsPages {
  /// GET /o/{slug}/settings/email
  static func list(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let slug = scope.organization.slug
    let muted = try context.read { try EmailKinds.muted(scope: scope, in: $0) }
    let kinds = MailKind.allCases.map { EmailKindModel(slug: slug, kind: $0, isMuted: muted.contains($0)) }
    return try context.render(
      "settings/email", Page("Email", in: ["Settings"], at: .settings),
      ["tabs": SettingsTab.all(slug, current: .email), "kinds": kinds])
  }

  /// GET /o/{slug}/settings/email/{kind}
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let slug = scope.organization.slug
    let kind = try context.mailKind()
    let sent = try example(kind, context, scope)
    let view = MailView(sent, frame: .emailExample(slug, kind.rawValue), publicURL: context.site.settings.publicURL)
    var response = try context.render(
      "settings/email-kind", Page(kind.label, in: ["Email", "Settings"], at: .settings),
      [
        "heading": Page.heading(
          up: LinkModel(label: "Email", link: .emailSettings(slug)), lede: "An example, written with this organization's settings"),
        "view": view,
      ])
    MailView.allowFrame(&response)
    return response
  }

  /// GET /o/{slug}/settings/email/{kind}/body
  static func body(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    MailView.body(try example(try context.mailKind(), context, scope))
  }

  /// POST /o/{slug}/settings/email/{kind}/switch
  static func set(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let kind = try context.mailKind()
    let muted = try context.form()["send"] != "yes"
    try context.site.database.write(organization: scope.organization.id, patience: .seconds(5)) { tx in
      try EmailKinds.set(kind, muted: muted, scope: scope, at: context.now, in: tx)
    }
    return try context.redirect(
      to: .emailSettings(scope.organization.slug),
      saying: .done("Emails of the kind \(kind.label) are \(muted ? "no longer sent" : "sent from now on")."))
  }

  /// A mail to somebody who does not exist, about the organization's first program.
  private static func example(_ kind: MailKind, _ context: Context, _ scope: OrganizationScope) throws -> SentMail {
    let facts: MailFacts = try context.read { connection in
      guard let (house, message) = try MailFacts.house(scope.organization.id, in: connection) else { throw Failure.notFound }
      let program = try Program.all(scope: scope, in: connection).first
      var facts = MailFacts(
        kind, house: house, organization: scope.organization.id, user: 0, readerName: "Robin Reader",
        programSlug: program?.slug ?? "example",
        programName: program?.name ?? "Example program", tagline: program?.tagline ?? "")
      switch kind {
      case .invitation:
        // No invitation has these numbers, so that the link leads nowhere.
        facts.invitation = .init(program: 0, user: 0, generation: 0, message: message, expiresAt: context.now.adding(days: 30))
      case .noPlacesLeft: facts.places = .init(contract: 0, name: "Example contract", quantity: 250, used: 250, openInvitations: 12)
      case .coachingWelcome:
        (facts.programSlug, facts.programName, facts.tagline) = ("", "", "")
        facts.coaching = .init(sessions: 12, endsAt: context.now.adding(days: 180))
      case .programWelcome, .programExit: break
      }
      return facts
    }
    return try context.site.renderer.render(facts)
  }
}

extension Context {
  fileprivate func mailKind() throws -> MailKind {
    guard let kind = request.parameters["kind"].flatMap(MailKind.init(rawValue:)) else { throw Failure.notFound }
    return kind
  }
}

extension MailKind {
  /// When it is sent, in a sentence.
  var occasion: String {
    switch self {
    case .invitation: "To whoever is invited to a program, and again when an invitation is resent."
    case .programWelcome: "To whoever joins a program."
    case .programExit: "To whoever is removed from a program, ten minutes later, unless the removal is undone."
    case .coachingWelcome: "To whoever is added to coaching."
    case .noPlacesLeft: "To administrators, when somebody could not join because a contract has no places left; once a day at most."
    }
  }
}

private struct EmailKindModel: ValueConvertible {
  let slug: String
  let kind: MailKind
  let isMuted: Bool

  var templateValue: Value {
    [
      "label": kind.label, "occasion": kind.occasion, "preview": Path.emailKind(slug, kind.rawValue),
      "badges": [
        kind.canBeMuted
          ? Badge(label: isMuted ? "Off" : "On", tone: isMuted ? .neutral : .positive, why: nil)
          : Badge(label: "Always sent", tone: .neutral, why: nil)
      ],
      "toggle": kind.canBeMuted
        ? [
          "link": Path.emailSwitch(slug, kind.rawValue), "send": isMuted ? "yes" : "no",
          "verb": isMuted ? "Turn on" : "Turn off",
        ] as Value : nil,
    ]
  }
}
