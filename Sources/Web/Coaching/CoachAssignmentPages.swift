import Domain
import HTTPServer
import Templates

/// Gives learners to one of an organization's own coaches: a list of them, and a page that says who has a coach already.
enum CoachAssignmentPages {
  /// The parameter of ticked boxes: an engagement's id.
  static let parameter = "engagement"

  /// GET /o/{slug}/user-metrics/organization-coaches/{coach}/learners
  static func list(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let id = context.coachID
    let assignment = try CoachAssignment(to: id, scope: scope, now: context.now)
    let view = AssignmentView(scope.organization.slug, id, context.request.query)
    let page = try context.read { connection in
      AssignmentPage(
        context: context, scope: scope, view: view,
        coach: try CoachProfile.find(id, .organization, scope: scope, now: context.now, in: connection),
        page: try assignment.page(view.filter, sort: view.sorting, request: view.state.request, in: connection),
        whole: try assignment.total(in: connection))
    }
    let coach = page.coach.coach
    guard coach.state != .deactivated else {
      return try context.redirect(
        to: .organizationCoach(scope.organization.slug, id), saying: .info("\(coach.name) is deactivated. Reactivate the coach first."))
    }
    return try context.render(
      "coaching/list", Page("Assign learners", in: [coach.name], note: page.page.note, at: .organizationCoaches),
      ["heading": page.heading, "notices": [Value](), "tabs": page.tabs, "listing": page.listing])
  }

  /// GET /o/{slug}/user-metrics/organization-coaches/{coach}/assignment?engagement=… or ?all=1 with the list's filter
  static func ask(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try page(context, scope, context.request.query)
  }

  /// POST /o/{slug}/user-metrics/organization-coaches/{coach}/assignment
  static func assign(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let (form, id, slug) = (try context.form(), context.coachID, scope.organization.slug)
    let assignment = try CoachAssignment(to: id, scope: scope, now: context.now)
    let choice = try Choice(context, scope, form, assignment)
    if choice.engagements.isEmpty { return try choice.nothing(context) }
    do {
      let done = try assignment.assign(choice.engagements, in: context.site.database)
      let name = try context.read { try CoachProfile.find(id, .organization, scope: scope, now: context.now, in: $0).coach.name }
      let learners = context.format.plural(Int64(done.changed), "learner has", "learners have")
      return try context.redirect(
        to: .organizationCoach(slug, id),
        saying: done.changed == 0
          ? .info("Nothing was changed: those selected have \(name) already, or their coaching is over.")
          : .done("\(learners) \(name) as coach now. For ten minutes this can be undone on the Learners page."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try page(context, scope, form, failure)
    }
  }

  private static func page(
    _ context: Context, _ scope: OrganizationScope, _ form: Form, _ refusal: Failure? = nil
  ) throws -> Response {
    let assignment = try CoachAssignment(to: context.coachID, scope: scope, now: context.now)
    let choice = try Choice(context, scope, form, assignment)
    if choice.engagements.isEmpty { return try choice.nothing(context) }
    let outlook = try context.read { try assignment.outlook(choice.engagements, in: $0) }
    // The sentence with the places that are free is of this moment, whatever was refused a moment before.
    let failure = outlook.fault.map { Failure(.conflict, $0) } ?? refusal.map { Failure($0.code, $0.sentence) }
    let (name, count, format) = (outlook.coach.name, outlook.act.applies, context.format)
    let learners = format.plural(Int64(count), "learner", "learners")
    var act = CoachActPage(
      failure: failure, action: .organizationCoach(scope.organization.slug, context.coachID, "assignment"), kept: choice.kept,
      lines: failure == nil ? lines(outlook, format) : [], button: failure == nil && count > 0 ? "Assign \(learners)" : nil,
      back: choice.back)
    if count > 0 {
      act.lists.append(
        .init(
          "Who gets \(name) as coach:",
          outlook.learners.map { learner in
            let email = learner.name.isEmpty ? "" : ", \(learner.email)"
            return (learner.called, "\(email): " + (learner.coach.isEmpty ? "has no coach yet" : "\(learner.coach) is replaced"))
          }, of: count, format
        ))
    }
    if outlook.act.sessions > 0 {
      let sessions = format.plural(Int64(outlook.act.sessions), "session is", "sessions are")
      let (stay, them) = outlook.act.sessions == 1 ? ("stays", "it") : ("stay", "them")
      act.lists.append(
        .init(
          "\(sessions) scheduled with other coaches and \(stay) with them until somebody moves \(them):",
          outlook.act.nextSessions.map { ($0.learner, " with \($0.coach), \(format.time(Moment($0.startsAt)))") }, of: outlook.act.sessions,
          format))
    }
    return try context.render(
      "coaching/act",
      Page("Assign \(learners) to \(name)?", in: ["Organization coaches"], at: .organizationCoaches, hasErrors: failure != nil),
      ["heading": Page.heading(up: LinkModel(label: "Learners to assign", link: choice.back)), "act": act],
      status: failure == nil ? 200 : 422)
  }

  private static func lines(_ outlook: CoachAssignment.Outlook, _ format: Format) -> [String] {
    let (name, count) = (outlook.coach.name, outlook.act.applies)
    let left = outlook.act.selected - count
    let rest =
      left == 0
      ? []
      : [
        "\(format.plural(Int64(left), "of those selected is", "of those selected are")) left as \(left == 1 ? "it is" : "they are"): "
          + "\(name) is the coach already, or coaching is over."
      ]
    if count == 0 { return ["It applies to none of those selected."] + rest }
    let after = format.number(outlook.coach.learners + count) + (outlook.coach.capacity.map { " of \(format.number($0))" } ?? "")
    return [
      "\(name) has \(format.plural(Int64(outlook.coach.learners), "learner", "learners")) now, and \(after) after this.",
      outlook.replaced == 0
        ? "None of them has a coach now."
        : "\(format.number(outlook.replaced)) of them \(outlook.replaced == 1 ? "has a coach now, who is" : "have a coach now, who is") replaced; "
          + "“Coach changed” becomes Yes.",
    ] + rest + ["For ten minutes this can be undone on the Learners page."]
  }

  /// Whom an address or a form means: those ticked, or all that match the list's filter.
  private struct Choice {
    private let view: AssignmentView
    private let isAll: Bool
    let engagements: [Int64]

    init(_ context: Context, _ scope: OrganizationScope, _ form: Form, _ assignment: CoachAssignment) throws {
      view = AssignmentView(scope.organization.slug, context.coachID, form)
      isAll = form[Selection.allParameter] == "1"
      let filter = view.filter
      engagements =
        isAll
        ? try context.read { try assignment.ids(filter, in: $0) } : form.all(CoachAssignmentPages.parameter).compactMap { Int64($0) }
    }

    var back: Path { view.state.link }

    var kept: [Hidden] {
      view.state.kept(except: [])
        + (isAll
          ? [Hidden(name: Selection.allParameter, value: "1")]
          : engagements.map { Hidden(name: CoachAssignmentPages.parameter, value: String($0)) })
    }

    func nothing(_ context: Context) throws -> Response {
      try context.redirect(to: back, saying: .info("Nobody was selected. Tick the learners first."))
    }
  }
}

/// What the address of the list of learners to assign asks for.
struct AssignmentView {
  let state: ListState
  let filter: CoachAssignment.Filter
  let sorting: Sorting<LearnerColumn>

  init(_ slug: String, _ coach: Int64, _ query: Form) {
    state = ListState(
      .organizationCoach(slug, coach, "learners"), query: query, knowing: ["without", "q", "sort", "size", "page"])
    var filter = CoachAssignment.Filter()
    (filter.search, filter.withoutCoach) = (state.value("q") ?? "", state.value("without") == "coach")
    self.filter = filter
    sorting = state.sorting(Sorting(.name, descending: false))
  }
}

/// The list of learners to assign, as its template reads it.
private struct AssignmentPage {
  let context: Context
  let scope: OrganizationScope
  let view: AssignmentView
  let coach: CoachProfile
  let page: ListPage<Learner>
  /// All who could be assigned.
  let whole: Int

  private var slug: String { scope.organization.slug }
  private var format: Format { context.format }
  private var name: String { coach.coach.name }
  private var assignment: Path { .organizationCoach(slug, coach.coach.id, "assignment") }

  var heading: Value {
    let now = coach.figures.clientsNow
    let lede =
      coach.figures.capacity.map { most in
        "\(name) has \(format.number(now)) of \(format.plural(Int64(most), "learner", "learners")): "
          + "\(format.plural(Int64(max(0, most - now)), "place", "places")) free"
      } ?? "\(name) has \(format.plural(Int64(now), "learner", "learners")), and no limit"
    return Page.heading(up: LinkModel(label: name, link: .organizationCoach(slug, coach.coach.id)), lede: lede)
  }

  var tabs: Tabs {
    Tabs(
      name: "Learners",
      items: [
        .init(
          label: "All learners", count: format.number(whole), link: view.state.with("without", nil).link,
          isCurrent: !view.filter.withoutCoach),
        .init(
          label: "Without a coach at work", link: view.state.with("without", "coach").link, isCurrent: view.filter.withoutCoach),
      ])
  }

  var listing: Listing {
    let rows = page.rows
    return Listing(
      search: whole == 0 ? nil : view.state.search(label: "Search by name or email"),
      count: Listing.count(page.total, of: whole, "learner", "learners", format),
      selection: rows.isEmpty
        ? nil
        : view.state.selection(total: page.total, acts: [.init(label: "Assign to \(name)", link: assignment)], format: format),
      table: rows.isEmpty ? nil : table, empty: rows.isEmpty ? empty : nil, pager: Pager(page, state: view.state, format: format))
  }

  private static let columns: [LearnerColumn] = [.stage, .coachName, .group, .sessionsRemaining, .nextSession, .engagementEnd]

  private var table: Table {
    let selectsPage = context.request.query[Selection.pageParameter] == "page"
    return Table(
      label: "Learners to assign", isSelectable: true,
      columns: [view.state.sortable("Name", LearnerColumn.name, by: view.sorting)]
        + AssignmentPage.columns.map { view.state.sortable($0.header, $0, by: view.sorting, number: $0.isNumber) }
        + [TableColumn(label: "Assign")],
      rows: page.rows.map { learner in
        let one = view.state.kept(except: []).map { (name: $0.name, value: $0.value) }
        return Table.Row(
          cells: [.head(learner.name, learner.email, link: .learner(slug, learner.id))]
            + AssignmentPage.columns.map {
              $0 == .stage ? Cell(badges: [learner.stage.badge]) : $0.value(of: learner).cell(isNumber: $0.isNumber, format)
            } + [
              Cell(links: [
                LinkModel(label: "+ Assign", link: assignment.with(query: one + [(CoachAssignmentPages.parameter, String(learner.id))]))
              ])
            ],
          box: SelectionBox(
            name: CoachAssignmentPages.parameter, value: String(learner.id), label: learner.called, isChecked: selectsPage))
      })
  }

  private var empty: Empty {
    if whole == 0 {
      return Empty(
        isFiltered: false, title: "Nobody is left to assign",
        text: "Every learner whose coaching goes on has \(name) as coach, or there is none.",
        action: LinkModel(label: "Learners", link: .learners(slug)))
    }
    return Empty(
      isFiltered: true,
      title: view.filter.withoutCoach && view.filter.search.isEmpty ? "Everybody has a coach at work" : "No learner matches",
      text: "\(format.plural(Int64(whole), "learner", "learners")) could be assigned.",
      action: LinkModel(label: "Show all learners", link: view.state.path))
  }
}

extension Learner {
  /// The name; who has none is called by the email.
  var called: String { name.isEmpty ? email : name }
}
