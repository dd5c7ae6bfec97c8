import Domain
import HTTPServer
import Templates

/// A checked file of people to add to coaching: its rows, what came of it once it was confirmed, and its end.
enum LearnerUploadPages {
  /// GET /o/{slug}/user-metrics/learners/new/file/{draft}
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response { try page(context, scope) }

  /// POST /o/{slug}/user-metrics/learners/new/file/{draft}/confirmation
  static func confirm(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let upload = try context.read { try LearnerUpload.find(context.draftID, scope: scope, in: $0) }
    let (bulk, format) = (try bulk(context, scope), context.format)
    return try context.confirm(
      upload, at: .learnerUpload(scope.organization.slug, upload.id), refused: { try page(context, scope, refused: $0) }
    ) { listener in
      let done = try bulk.confirm(upload.id, listener: listener)
      if done.isRepeated { return .repeated }
      var text = AddLearnersPages.added(done.added, format)
      if done.changed > 0 {
        let rows = format.plural(Int64(done.changed), "row has", "rows have")
        text += " \(rows) changed since the check and \(done.changed == 1 ? "was" : "were") left out."
      }
      return .done(text)
    }
  }

  /// POST /o/{slug}/user-metrics/learners/new/file/{draft}/removal
  static func discard(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let upload = try bulk(context, scope).discard(context.draftID)
    return try context.redirect(
      to: LearnerUploadPage.again(scope.organization.slug, upload),
      saying: .info(upload.isDone ? "The list was deleted. The learners stay." : "The file was discarded. Nobody was added."))
  }

  /// GET /o/{slug}/user-metrics/learners/new/file/{draft}/rejected.csv
  static func rejected(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let upload = try context.read { try LearnerUpload.find(context.draftID, scope: scope, in: $0) }
    return try context.rejected(upload, named: "rejected-learners")
  }

  private static func bulk(_ context: Context, _ scope: OrganizationScope) throws -> LearnersInBulk {
    try LearnersInBulk(scope, in: context.site.database, clock: context.site.clock)
  }

  private static func page(_ context: Context, _ scope: OrganizationScope, refused: Failure? = nil) throws -> Response {
    let own = context.site.uploads.own(context.draftID)
    let slug = scope.organization.slug
    let page = try context.read { connection in
      let rows = try UploadRows<LearnerUpload>(context, scope, at: .learnerUpload(slug, context.draftID), own: own, in: connection)
      let options = try AddingOptions(scope: scope, in: connection)
      // What would be refused is said before anybody asks for it.
      let fault =
        rows.draft.isDone || rows.isRunning
        ? nil : try rows.draft.draft.fault(of: rows.count(.new), options, in: scope.organization, at: context.now)
      return LearnerUploadPage(
        slug: slug, rows: rows, options: options, now: context.now, fault: fault, failure: refused ?? rows.refusal?.failure ?? fault)
    }
    return try context.render(
      "uploads/checked", Page(page.title, in: ["Learners"], note: page.rows.page.note, at: .learners, hasErrors: page.failure != nil),
      ["heading": page.heading, "upload": page, "tiles": page.tiles, "listing": page.listing], status: refused == nil ? 200 : 409)
  }
}

/// The page of a checked file of learners as its template reads it.
struct LearnerUploadPage: ValueConvertible {
  let slug: String
  let rows: UploadRows<LearnerUpload>
  let options: AddingOptions
  let now: Moment
  /// Why they cannot be added as things stand.
  let fault: Failure?
  let failure: Failure?

  private var upload: LearnerUpload { rows.draft }
  private var format: Format { rows.format }

  var title: String { upload.isDone ? "Learners from a file" : "Check the learners" }

  /// Where a mended file is uploaded.
  static func again(_ slug: String, _ upload: LearnerUpload) -> Path {
    Path.addLearners(slug).with(query: [("group", String(upload.draft.group)), ("way", AddingWay.file.rawValue)])
  }

  var heading: Value {
    let group = options.group(upload.draft.group)?.name ?? "group no longer there"
    let purchase = options.purchase(upload.draft.purchase)
    let licenses = purchase.map { "\($0.name): \(AddingDetails(options: options, format: format).line($0))" } ?? "purchase no longer there"
    return Page.heading(
      up: LinkModel(label: "Add learners", link: LearnerUploadPage.again(slug, upload)),
      lede: "\(upload.fileName) · \(group) · \(licenses)",
      export: rows.count(.error) == 0 ? nil : LinkModel(label: rows.rejectedLabel, link: .rejectedLearners(slug, upload.id)))
  }

  var templateValue: Value {
    let learners = format.plural(Int64(rows.count(.new)), "learner", "learners")
    let confirm: Value = [
      "action": Path.learnerUploadConfirmation(slug, upload.id), "any": rows.count(.new) > 0 && fault == nil, "label": "Add \(learners)",
      "why": fault == nil
        ? "There is nobody to add in this file." : "\(learners) can be added once that is mended, or with other settings in a new upload.",
    ]
    return rows.values(
      note: note, doing: "Adding \(learners)", rejected: .rejectedLearners(slug, upload.id), again: LearnerUploadPage.again(slug, upload),
      removal: .learnerUploadRemoval(slug, upload.id)
    ).adding([
      "errors": summary, "confirm": upload.isDone || rows.isRunning ? nil : confirm, "terms": upload.isDone ? nil : terms,
    ])
  }

  /// What each of them gets, since that was decided on the page before.
  private var terms: Value {
    ["list": Value.list(AddingDetails(options: options, format: format).terms(upload.draft, at: now).map(\.templateValue))]
  }

  /// The faults are of fields on the page before.
  private var summary: ErrorSummary? { ErrorSummary(failure.map { Failure($0.code, $0.sentence) }) }

  private var note: String {
    guard upload.isDone else { return rows.openNote }
    return "\(AddLearnersPages.added(rows.count(.new), format).dropLast()) on \(format.time(Moment(upload.doneAt)))."
  }

  var tiles: [Tile] {
    [
      rows.tile(.new, upload.isDone ? "Added" : fault == nil ? "Will be added" : "To be added"),
      rows.tile(.engaged, "In coaching already, left alone"), rows.errorTile,
    ]
  }

  var listing: Listing {
    rows.listing(
      "Full name", ["Email", "External ID"], head: { .head($0.name.isEmpty ? "—" : $0.name, nil) },
      cells: { [.text($0.email), .text($0.externalID)] },
      words: { outcome in
        switch outcome {
        case .new: (upload.isDone ? "Added" : "Add", .positive)
        case .engaged: ("In coaching already", .neutral)
        case .error: (upload.isDone ? "Left out" : "Needs mending", .critical)
        }
      })
  }
}
