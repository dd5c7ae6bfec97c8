import Domain
import HTTPServer
import Templates

/// A program's Settings page: what it is called, its address, its banner, and the way to its removal.
enum ProgramSettingsPages {
  /// GET /o/{slug}/programs/{program}/settings
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try page(context, scope, program(context, scope))
  }

  /// POST /o/{slug}/programs/{program}/settings
  static func save(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let (program, form) = (try program(context, scope), try context.form())
    var settings = ProgramSettings()
    (settings.name, settings.tagline) = (form["name"] ?? "", form["tagline"] ?? "")
    settings.enrollmentLimit = form["enrollment-limit"] ?? ""
    settings = try ShownDraft.merge(settings, from: form, onto: context.read { try ProgramSettings.load(of: program, in: $0) })
    do {
      try settings.save(of: program, scope: scope, at: context.now, in: context.site.database)
      return try back(context, scope, program, saying: "The settings are saved.")
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try page(context, scope, program, settings: settings, failure)
    }
  }

  /// POST /o/{slug}/programs/{program}/banner
  static func saveBanner(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let parts = try context.request.multipart()
    let (program, text) = (try program(context, scope), try parts.form()["banner-text"] ?? "")
    do {
      let part = parts["banner"].flatMap { $0.filename?.isEmpty == false ? $0 : nil }
      if let part, part.size > ProgramBanner.largest { throw ProgramBanner.tooLarge }
      let bytes = try part?.bytes(limit: ProgramBanner.largest)
      try ProgramBanner.save(bytes, text: text, of: program, scope: scope, at: context.now, in: context.site.database)
      return try back(context, scope, program, saying: "The banner is saved.")
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try page(context, scope, program, bannerText: text, failure)
    }
  }

  /// POST /o/{slug}/programs/{program}/banner/removal
  static func removeBanner(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let program = try program(context, scope)
    try ProgramBanner.remove(of: program, scope: scope, at: context.now, in: context.site.database)
    return try back(context, scope, program, saying: "The program has no banner any more.")
  }

  private static func program(_ context: Context, _ scope: OrganizationScope) throws -> Program {
    try context.read { try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: $0) }
  }

  private static func back(
    _ context: Context, _ scope: OrganizationScope, _ program: Program, saying text: String
  ) throws -> Response {
    try context.redirect(to: .programSettings(scope.organization.slug, program.slug), saying: .done(text))
  }

  /// - Parameters:
  ///   - settings: what was typed; nil for what the program has.
  ///   - bannerText: likewise.
  private static func page(
    _ context: Context, _ scope: OrganizationScope, _ program: Program, settings: ProgramSettings? = nil, bannerText: String? = nil,
    _ failure: Failure? = nil
  ) throws -> Response {
    let model = try context.read { connection in
      let present = try ProgramSettings.load(of: program, in: connection)
      return ProgramSettingsPage(
        context: context, scope: scope, program: program, settings: settings ?? present, shown: try ShownDraft.text(present),
        banner: try ProgramBanner.find(of: program, in: connection), bannerText: bannerText,
        hasOwnMessage: try !program.invitationMessage(in: connection).isEmpty, failure: failure)
    }
    return try context.render(
      "programs/settings", Page("Settings", in: [program.name], at: .programs, hasErrors: failure != nil),
      ["program": model.heading, "settings": model], status: failure == nil ? 200 : 422)
  }
}

private struct ProgramSettingsPage: ValueConvertible {
  let context: Context
  let scope: OrganizationScope
  let program: Program
  let settings: ProgramSettings
  let shown: String
  let banner: Picture?
  let bannerText: String?
  let hasOwnMessage: Bool
  let failure: Failure?

  private var slug: String { scope.organization.slug }
  private var faults: [Failure.Field] { failure?.fields ?? [] }

  var heading: Value { ProgramParts(context, scope).heading(program, current: .settings, menus: []) }

  var templateValue: Value {
    [
      "errors": ErrorSummary(failure), "action": Path.programSettings(slug, program.slug), "fields": fields, "shown": shown,
      "address": context.site.settings.publicURL.address(of: .learn(slug, program.slug)),
      "message": hasOwnMessage
        ? "Invitations to this program carry words of its own." : "Invitations to this program carry the organization’s message.",
      "messageLink": Path.invitationMessage(slug, program.slug),
      "bannerAction": Path.programBanner(slug, program.slug), "bannerFields": [bannerWords],
      "bannerError": faults.first { $0.name == "banner" }?.sentence, "picture": banner.map(PictureModel.init),
      "bannerRemoval": Path.programBannerRemoval(slug, program.slug),
      "removalLink": Path.programRemoval(slug, program.slug),
    ]
  }

  private var fields: [FormControl] {
    [
      FormControl("name", "Name", .input(type: "text"), value: settings.name, required: true, faults: faults),
      FormControl(
        "tagline", "Tagline", .input(type: "text"), value: settings.tagline,
        hint: "One line under the name, on the program’s own page and in invitations; may be empty.", faults: faults),
      FormControl(
        "enrollment-limit", "Courses a member may enroll in", .input(type: "text"), value: settings.enrollmentLimit,
        hint: "At most so many for each member, in digits; empty for no limit. Enrollments beyond a lower limit stay.", faults: faults),
    ]
  }

  private var bannerWords: FormControl {
    FormControl(
      "banner-text", "What the picture shows", .input(type: "text"), value: bannerText ?? banner?.text ?? "",
      hint: "For whoever cannot see it; empty where it only decorates.", faults: faults)
  }
}

/// A picture on a page.
struct PictureModel: ValueConvertible {
  private let picture: Picture

  init(_ picture: Picture) { self.picture = picture }

  var templateValue: Value {
    ["source": Path.file(picture.fileName), "words": picture.text, "width": "\(picture.width)", "height": "\(picture.height)"]
  }
}
