import CSV
import Database
import Domain
import HTTPServer
import Templates

/// Adding learners to coaching: the group and the way in, then the form.
enum AddLearnersPages {
  /// GET /o/{slug}/user-metrics/learners/new?group=…&way=…
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let options = try context.read { try AddingOptions(scope: scope, in: $0) }
    let query = context.request.query
    guard let group = options.groups.first(where: { String($0.id) == query["group"] }), let way = AddingWay(query), query["choose"] == nil
    else {
      return try choose(context, scope, options, query)
    }
    return try page(context, scope, AddLearnersForm(way: way, draft: EngagementDraft(group), form: query), options)
  }

  /// POST /o/{slug}/user-metrics/learners/new
  static func create(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let form = AddLearnersForm(try context.form())
    do {
      let adding = try LearnerAdding(scope, at: context.now)
      let count: Int
      if form.way == .one {
        _ = try adding.add(form.person, form.draft, in: context.site.database)
        count = 1
      } else {
        count = try adding.add(form.people, form.draft, in: context.site.database)
      }
      return try context.redirect(to: .learners(scope.organization.slug), saying: .done(added(count, context.format)))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try page(context, scope, form, context.read { try AddingOptions(scope: scope, in: $0) }, failure)
    }
  }

  static func added(_ count: Int, _ format: Format) -> String {
    "\(format.plural(Int64(count), "learner was", "learners were")) added to coaching."
  }

  /// POST /o/{slug}/user-metrics/learners/new/people: the same form with whom a search finds. Nothing is written.
  static func search(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try page(context, scope, AddLearnersForm(try context.form()), context.read { try AddingOptions(scope: scope, in: $0) })
  }

  /// POST /o/{slug}/user-metrics/learners/new/file: checks the file and leads to its rows. Nobody is added yet.
  static func check(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let upload = try UploadForm(context)
    let form = AddLearnersForm(upload.form, way: .file)
    do {
      let bulk = try LearnersInBulk(scope, in: context.site.database, clock: context.site.clock)
      try bulk.check(form.draft)
      let draft = try upload.check { try bulk.check($0, named: $1, form.draft) }
      return try context.redirect(to: .learnerUpload(scope.organization.slug, draft))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try page(context, scope, form, context.read { try AddingOptions(scope: scope, in: $0) }, failure)
    }
  }

  /// GET /o/{slug}/user-metrics/learners/new/template.csv
  static func template(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    Response.download(filename: "learners-template.csv", contentType: "text/csv; charset=utf-8") { spool in
      var writer = CSVWriter(bom: true) { try spool.write($0) }
      for header in LearnersInBulk.headers { writer.text(header) }
      try writer.endRow()
      try writer.finish()
    }
  }

  private static func choose(_ context: Context, _ scope: OrganizationScope, _ options: AddingOptions, _ query: Form) throws -> Response {
    let slug = scope.organization.slug
    let isKnown = options.groups.contains { String($0.id) == query["group"] }
    let isAsked = (query["group"] != nil || query["way"] != nil) && query["choose"] == nil
    let failure =
      isAsked && !isKnown
      ? Failure(.invalid, "Choose a group.", fields: [.init("group", "Choose a group from the list.")]) : nil
    let details = AddingDetails(options: options, format: context.format)
    let ways = FormControl(
      "way", "Learners",
      .radios(AddingWay.allCases.map { .init($0.rawValue, $0.label, note: $0.note) }), value: (AddingWay(query) ?? .users).rawValue,
      faults: [])
    let groups = FormControl(
      "group", "Group", .radios(options.groups.map { .init(String($0.id), $0.name, note: $0.description.isEmpty ? nil : $0.description) }),
      value: query["group"] ?? (options.groups.count == 1 ? options.groups.first.map { String($0.id) } ?? "" : ""),
      hint: "It sets what the form begins with.", required: true, faults: failure?.fields ?? [])
    return try context.render(
      "usermetrics/add-choose", Page("Add learners", in: ["Learners"], at: .learners, hasErrors: failure != nil),
      [
        "heading": Page.heading(up: LinkModel(label: "Learners", link: .learners(slug)), lede: "First the group, and the way in"),
        "choose": [
          "errors": ErrorSummary(failure), "action": Path.addLearners(slug), "group": groups, "way": ways, "details": details.groups,
          "any": !options.groups.isEmpty, "cancel": Path.learners(slug), "contact": contact(context),
        ] as Value,
      ], status: failure == nil ? 200 : 422)
  }

  /// The account team's address.
  private static func contact(_ context: Context) -> Value? {
    context.site.settings.supportEmail.map { address in
      ["address": address, "link": Link(checking: "mailto:" + address).map(Value.link) ?? .null]
    }
  }

  private static func page(
    _ context: Context, _ scope: OrganizationScope, _ form: AddLearnersForm, _ options: AddingOptions, _ failure: Failure? = nil
  ) throws -> Response {
    let slug = scope.organization.slug
    guard let group = options.group(form.draft.group) else {
      return try choose(context, scope, options, form.form)
    }
    let page = try context.read { connection in
      var found: ListPage<LearnerCandidates.Person>?
      var chosen: [LearnerCandidates.Person] = []
      if form.way == .users {
        let candidates = try LearnerCandidates(scope, at: context.now)
        found = try candidates.page(form.search, number: form.pageNumber, in: connection)
        chosen = try candidates.people(form.people, in: connection)
      }
      let uploads = form.way == .file ? try LearnerUpload.open(scope: scope, in: connection) : []
      return AddLearnersPage(
        context: context, slug: slug, group: group, form: form, options: options, found: found, chosen: chosen, uploads: uploads,
        failure: failure)
    }
    return try context.render(
      "usermetrics/add", Page("Add learners", in: ["Learners"], at: .learners, hasErrors: failure != nil),
      ["heading": page.heading, "add": page],
      status: failure == nil ? 200 : 422)
  }
}
