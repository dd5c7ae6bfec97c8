import Domain
import Foundation
import HTTPServer
import Templates

/// Making an organization, and a program of one: the account team's pages.
enum SetUpPages {
  /// GET /organizations/new
  static func newOrganization(_ context: Context, _ viewer: Viewer) throws -> Response {
    var facts = OrganizationFacts()
    facts.timeZone = "UTC"
    return try organizationPage(context, slug: "", facts)
  }

  /// POST /organizations/new
  static func createOrganization(_ context: Context, _ viewer: Viewer) throws -> Response {
    let form = try context.form()
    let slug = form["slug"] ?? ""
    var facts = OrganizationFacts()
    (facts.name, facts.timeZone, facts.country) = (form["name"] ?? "", form["time-zone"] ?? "", form["country"] ?? "")
    (facts.sizeBand, facts.industry) = (form["size-band"] ?? "", form["industry"] ?? "")
    do {
      let made = try Organization.create(slug: slug, facts, by: viewer.accountID, at: context.now, in: context.site.database)
      return try context.redirect(
        to: .home(made.slug), saying: .done("The organization \(made.name) is made. Next: its first program, then a contract."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try organizationPage(context, slug: slug, facts, failure: failure)
    }
  }

  /// GET /o/{slug}/programs/new
  static func newProgram(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try programPage(context, scope, slug: "", name: "")
  }

  /// POST /o/{slug}/programs/new
  static func createProgram(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let form = try context.form()
    let (slug, name) = (form["slug"] ?? "", form["name"] ?? "")
    do {
      let made = try Program.create(slug: slug, name: name, scope: scope, at: context.now, in: context.site.database)
      return try context.redirect(
        to: .program(scope.organization.slug, made.slug),
        saying: .done("The program \(made.name) is made. Next: a contract, under which people are invited."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try programPage(context, scope, slug: slug, name: name, failure: failure)
    }
  }

  private static let slugHint =
    "Part of every address: lower-case letters a–z, digits and single hyphens between them. It never changes."

  private static func organizationPage(
    _ context: Context, slug: String, _ facts: OrganizationFacts, failure: Failure? = nil
  ) throws -> Response {
    let faults = failure?.fields ?? []
    let form = FormModel(
      action: .newOrganization, failure: failure,
      fields: [
        FormControl("name", "Name", .input(type: "text"), value: facts.name, required: true, faults: faults),
        FormControl("slug", "Slug", .input(type: "text"), value: slug, hint: slugHint, required: true, faults: faults),
        TimeZones.control(facts.timeZone, faults: faults),
      ] + FormControl.customer(country: facts.country, sizeBand: facts.sizeBand, industry: facts.industry, faults),
      button: "Make organization", cancel: LinkModel(label: "Cancel", link: .organizations))
    return try page(
      context, Page("New organization", at: .organizations, hasErrors: failure != nil),
      up: LinkModel(label: "Organizations", link: .organizations),
      form)
  }

  private static func programPage(
    _ context: Context, _ scope: OrganizationScope, slug: String, name: String, failure: Failure? = nil
  ) throws -> Response {
    let faults = failure?.fields ?? []
    let programs = Path.programs(scope.organization.slug)
    let form = FormModel(
      action: .newProgram(scope.organization.slug), failure: failure,
      fields: [
        FormControl("name", "Name", .input(type: "text"), value: name, required: true, faults: faults),
        FormControl("slug", "Slug", .input(type: "text"), value: slug, hint: slugHint, required: true, faults: faults),
      ],
      button: "Make program", cancel: LinkModel(label: "Cancel", link: programs))
    return try page(
      context, Page("New program", at: .programs, hasErrors: failure != nil), up: LinkModel(label: "Programs", link: programs), form)
  }

  private static func page(_ context: Context, _ page: Page, up: LinkModel, _ form: FormModel) throws -> Response {
    try context.render(
      "shared/form-page", page, ["heading": Page.heading(up: up), "form": form], status: form.failure == nil ? 200 : 422)
  }
}

extension FormControl {
  /// The facts by which an organization is compared with others.
  static func customer(country: String, sizeBand: String, industry: String, _ faults: [Failure.Field]) -> [FormControl] {
    let bands = OrganizationFacts.sizeBands
    // What is no band is shown all the same, beside its fault.
    let options =
      [Option("", "Not said")] + ((bands.contains(sizeBand) || sizeBand.isEmpty ? [] : [sizeBand]) + bands).map { Option($0, $0) }
    let hint = "Benchmarks compare organizations by it; may be empty."
    return [
      FormControl(
        "country", "Country", .input(type: "text", autocomplete: "country-name"), value: country, hint: hint, faults: faults),
      FormControl("size-band", "Number of employees", .select(options), value: sizeBand, hint: hint, faults: faults),
      FormControl("industry", "Industry", .input(type: "text"), value: industry, hint: hint, faults: faults),
    ]
  }
}

/// The time zones to choose from.
enum TimeZones {
  private static let names = ["UTC"] + TimeZone.knownTimeZoneIdentifiers.filter { Organization.isTimeZone($0) }.sorted()

  static func control(
    _ chosen: String, hint: String = "Every time on screen is in this zone; files say UTC.", faults: [Failure.Field]
  ) -> FormControl {
    let options = names.contains(chosen) || chosen.isEmpty ? names : [chosen] + names
    return FormControl(
      "time-zone", "Time zone", .select(options.map { FormControl.Option($0, $0.replacing("_", with: " ")) }), value: chosen,
      hint: hint, faults: faults)
  }
}

extension Path {
  /// The page that makes an organization.
  public static let newOrganization = Path(["organizations", "new"])
  /// The page that makes a program.
  public static func newProgram(_ organization: String) -> Path { Path(["o", organization, "programs", "new"]) }
}
