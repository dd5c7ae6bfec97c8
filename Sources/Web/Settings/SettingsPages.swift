import Domain
import HTTPServer
import Templates

/// An organization's settings.
enum SettingsPages {
  /// GET /o/{slug}/settings
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try page(context, scope, try context.read { try OrganizationSettings.load(scope: scope, in: $0) })
  }

  /// POST /o/{slug}/settings
  static func save(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let form = try context.form()
    var settings = OrganizationSettings()
    (settings.name, settings.timeZone, settings.brandColor) = (form["name"] ?? "", form["time-zone"] ?? "", form["brand-color"] ?? "")
    (settings.senderName, settings.postalAddress) = (form["sender-name"] ?? "", form["postal-address"] ?? "")
    (settings.country, settings.sizeBand, settings.industry) = (form["country"] ?? "", form["size-band"] ?? "", form["industry"] ?? "")
    settings.invitationMessage = form["invitation-message"] ?? ""
    (settings.invitationDays, settings.resendHours) = (form["invitation-days"] ?? "", form["resend-hours"] ?? "")
    let present = try context.read { try OrganizationSettings.load(scope: scope, in: $0) }
    settings = try ShownDraft.merge(settings, from: form, onto: present)
    do {
      try settings.save(scope: scope, at: context.now, in: context.site.database)
      return try context.redirect(to: .settings(scope.organization.slug), saying: .done("The settings are saved."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try page(context, scope, settings, failure)
    }
  }

  private static func page(
    _ context: Context, _ scope: OrganizationScope, _ settings: OrganizationSettings, _ failure: Failure? = nil
  ) throws -> Response {
    let present = try context.read { try OrganizationSettings.load(scope: scope, in: $0) }
    let model = SettingsModel(
      scope: scope, settings: settings, shown: try ShownDraft.text(present), failure: failure, format: context.format)
    return try context.render(
      "settings/settings", Page("Settings", at: .settings, hasErrors: failure != nil),
      ["settings": model, "tabs": SettingsTab.all(scope.organization.slug, current: .general)], status: failure == nil ? 200 : 422)
  }
}

/// The pages of the settings; more than one stand as tabs above each.
enum SettingsTab {
  case general, email, outbox

  static func all(_ slug: String, current: SettingsTab) -> Value {
    let tabs: [(tab: SettingsTab, label: String, link: Path)] = [
      (.general, "General", .settings(slug)), (.email, "Email", .emailSettings(slug)), (.outbox, "Outbox", .outbox(slug)),
    ]
    return ["items": Value.list(tabs.map { ["label": $0.label, "link": $0.link, "current": $0.tab == current] })]
  }
}

extension Path {
  /// An organization's settings.
  public static func settings(_ organization: String) -> Path { Path(["o", organization, "settings"]) }
}

private struct SettingsModel: ValueConvertible {
  let scope: OrganizationScope
  let settings: OrganizationSettings
  let shown: String
  let failure: Failure?
  let format: Format

  var templateValue: Value {
    [
      "errors": ErrorSummary(failure), "action": Path.settings(scope.organization.slug), "general": general, "brand": brand,
      "shades": shades, "invitations": invitations, "shown": shown,
    ]
  }

  private var faults: [Failure.Field] { failure?.fields ?? [] }

  private var general: [FormControl] {
    [
      FormControl("name", "Name", .input(type: "text"), value: settings.name, required: true, faults: faults),
      TimeZones.control(settings.timeZone, faults: faults),
    ] + FormControl.customer(country: settings.country, sizeBand: settings.sizeBand, industry: settings.industry, faults)
  }

  private var brand: [FormControl] {
    [
      FormControl(
        "brand-color", "Brand color", .input(type: "text"), value: settings.brandColor,
        hint: "Such as #2b4dc4; empty for the product’s own. Where it could not be read, a near shade is used.", faults: faults),
      FormControl(
        "sender-name", "Sender’s name", .input(type: "text"), value: settings.senderName,
        hint: "Whom mails are from; empty for the organization’s name.", faults: faults),
      FormControl(
        "postal-address", "Postal address", .area(rows: 3), value: settings.postalAddress, hint: "Stands at the foot of each mail.",
        faults: faults),
    ]
  }

  private var invitations: [FormControl] {
    let known = Placeholder.allCases.map(\.text).joined(separator: ", ")
    return [
      FormControl(
        "invitation-message", "Invitation message", .area(rows: 7), value: settings.invitationMessage,
        hint: "Plain text that an invitation says, unless a program has words of its own. Placeholders: \(known).", faults: faults),
      FormControl(
        "invitation-days", "An invitation stays open, in days", .input(type: "text"), value: settings.invitationDays,
        hint: "From 1 to 365.",
        required: true, faults: faults),
      FormControl(
        "resend-hours", "Between two mails of one invitation, in hours", .input(type: "text"), value: settings.resendHours,
        hint: "From 0 to 720. Whoever was mailed later than that ago is left out when invitations are sent again.", required: true,
        faults: faults),
    ]
  }

  /// What becomes of the color in each appearance, with the ratios (WCAG 2.2, 1.4.3 and 1.4.11).
  private var shades: Value? {
    guard let color = Color(settings.brandColor) else { return nil }
    let shades = BrandShades(color)
    return [
      "color": color.description,
      "looks": Value.list([look("Light", color, shades.light), look("Dark", color, shades.dark)]),
    ]
  }

  private func look(_ name: String, _ color: Color, _ look: BrandShades.Appearance) -> Value {
    func ratio(_ a: Color, _ b: Color) -> String { format.decimal((a.contrast(with: b) * 10).rounded(.down) / 10) + ":1" }
    let isKept = look.accent == color && look.text == color
    return [
      "name": name, "surface": look.surface.description, "accent": look.accent.description, "letters": look.letters.description,
      "text": look.text.description,
      "sentence":
        "\(color) on \(look.surface) has a contrast of \(ratio(color, look.surface)). "
        + (isKept ? "It is used as it is" : "Buttons use \(look.accent) (\(ratio(look.accent, look.surface))), text and links \(look.text)")
        + " (text \(ratio(look.text, look.surface)), letters on buttons \(ratio(look.letters, look.accent))).",
    ]
  }
}
