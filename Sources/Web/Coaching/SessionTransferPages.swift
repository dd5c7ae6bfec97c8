import Domain
import HTTPServer
import Templates

/// The sessions of a coach with an organization's learners; those to come can be moved to another coach, or canceled.
struct SessionTransferPages {
  /// On which list the coach is; it leads the address as well.
  let kind: CoachList.Kind

  private var place: Page.Place { kind == .platform ? .platformCoaches : .organizationCoaches }
  private var listLabel: String { kind == .platform ? "Platform coaches" : "Organization coaches" }

  /// GET …/{coach}/sessions
  func list(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let id = context.coachID
    let view = CoachSessionsView(kind, scope.organization.slug, id, context.request.query)
    let page = try context.read { connection in
      let sessions = try CoachSessions(of: id, scope: scope, now: context.now)
      return CoachSessionsPage(
        context: context, scope: scope, view: view,
        profile: try CoachProfile.find(id, kind, scope: scope, now: context.now, in: connection),
        page: try sessions.page(
          areAhead: view.areAhead, search: view.state.value("q") ?? "", sort: view.sorting, request: view.state.request, in: connection),
        counts: try sessions.counts(in: connection))
    }
    return try context.render(
      "coaching/list", Page("Sessions", in: [page.profile.coach.name], note: page.note, at: place),
      ["heading": page.heading, "notices": page.notices, "tabs": page.tabs, "listing": page.listing])
  }

  /// GET …/{coach}/sessions/{session}/transfer
  func askToMove(_ context: Context, _ scope: OrganizationScope) throws -> Response { try page(context, scope, chosen: "") }

  /// POST …/{coach}/sessions/{session}/transfer
  func move(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let chosen = try context.form()["coach-id"] ?? ""
    do {
      let transfer = try SessionTransfer(from: context.coachID, scope: scope, now: context.now)
      let moved = try transfer.move(context.sessionID, to: Int64(chosen) ?? 0, in: context.site.database)
      let when = context.format.time(Moment(moved.session.startsAt))
      return try context.redirect(
        to: sessions(context, scope), saying: .done("The session of \(moved.session.learner), \(when), is with \(moved.to.name) now."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try page(context, scope, chosen: chosen, failure)
    }
  }

  private func page(
    _ context: Context, _ scope: OrganizationScope, chosen: String, _ failure: Failure? = nil
  ) throws -> Response {
    let (coach, session, choices) = try context.read { connection in
      let coach = try CoachProfile.find(context.coachID, kind, scope: scope, now: context.now, in: connection).coach
      let session = try CoachSessions(of: coach.id, scope: scope, now: context.now).find(context.sessionID, in: connection)
      let transfer = try SessionTransfer(from: coach.id, scope: scope, now: context.now)
      return (coach, session, try transfer.choices(for: session, in: connection))
    }
    // Why a coach of the platform cannot is other organizations' business.
    let (free, others) = (choices.filter { $0.obstacle == nil }, choices.filter { $0.obstacle != nil && $0.isOwn })
    let format = context.format
    var act = CoachActPage(
      failure: failure, action: path(context, scope, "transfer"),
      lines: [
        "\(session.learner) meets \(coach.name) on \(format.time(Moment(session.startsAt))). The session keeps its time.",
        free.isEmpty ? "No other coach whom the organization knows can take it." : "No email is sent: tell the learner and the new coach.",
      ], button: free.isEmpty ? nil : "Move session", back: sessions(context, scope))
    if !free.isEmpty || failure != nil {
      act.fields = [
        FormControl(
          "coach-id", "Who takes the session",
          .radios(
            free.map { choice in
              let there = "\(choice.startsThere) there (\(choice.timeZone.replacing("_", with: " ")))"
              return .init(String(choice.id), choice.name, note: choice.isOwn ? there : "Platform coach")
            }),
          value: chosen, hint: "Those who are free at that time.", required: true, faults: failure?.fields ?? [])
      ]
    }
    if !others.isEmpty {
      act.lists = [
        .init("Who cannot take it:", others.map { ($0.name, " \($0.obstacle?.words ?? "")") }, of: others.count, format)
      ]
    }
    return try context.render(
      "coaching/act",
      Page("Move a session of \(coach.name)", in: [listLabel], at: place, hasErrors: failure != nil),
      ["heading": Page.heading(up: LinkModel(label: "Sessions", link: act.back)), "act": act], status: failure == nil ? 200 : 422)
  }

  /// GET …/{coach}/sessions/{session}/cancellation
  func askToCancel(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let (coach, session) = try context.read { connection in
      let coach = try CoachProfile.find(context.coachID, kind, scope: scope, now: context.now, in: connection).coach
      return (coach, try CoachSessions(of: coach.id, scope: scope, now: context.now).find(context.sessionID, in: connection))
    }
    let act = CoachActPage(
      action: path(context, scope, "cancellation"),
      lines: [
        "The session of \(session.learner) with \(coach.name) on \(context.format.time(Moment(session.startsAt))) does not take place.",
        "It counts as canceled by the coach: it takes none of the learner’s sessions and is no late cancel.",
        "No email is sent: tell the learner. This cannot be undone.",
      ], button: "Cancel session", isCritical: true, back: sessions(context, scope))
    return try context.render(
      "coaching/act", Page("Cancel this session?", in: [coach.name], at: place),
      ["heading": Page.heading(up: LinkModel(label: "Sessions", link: act.back)), "act": act])
  }

  /// POST …/{coach}/sessions/{session}/cancellation
  func cancel(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let session = try SessionTransfer(from: context.coachID, scope: scope, now: context.now)
      .cancel(context.sessionID, in: context.site.database)
    return try context.redirect(
      to: sessions(context, scope),
      saying: .done("The session of \(session.learner), \(context.format.time(Moment(session.startsAt))), is canceled."))
  }

  private func sessions(_ context: Context, _ scope: OrganizationScope) -> Path {
    .listedCoach(kind, scope.organization.slug, context.coachID, ["sessions"])
  }

  private func path(_ context: Context, _ scope: OrganizationScope, _ act: String) -> Path {
    .listedCoach(kind, scope.organization.slug, context.coachID, ["sessions", String(context.sessionID), act])
  }
}

extension Context {
  /// The session of the address; 0, which none has, for anything that is no number.
  fileprivate var sessionID: Int64 { request.parameters["session"].flatMap { Int64($0) } ?? 0 }
}

/// What the address of a coach's sessions asks for.
struct CoachSessionsView {
  let state: ListState
  let areAhead: Bool
  let sorting: Sorting<CoachSessions.Key>

  let kind: CoachList.Kind

  init(_ kind: CoachList.Kind, _ slug: String, _ coach: Int64, _ query: Form) {
    self.kind = kind
    state = ListState(.listedCoach(kind, slug, coach, ["sessions"]), query: query, knowing: ["when", "q", "sort", "size", "page"])
    areAhead = state.value("when") != "past"
    sorting = state.sorting(Sorting(.start, descending: !areAhead))
  }
}

/// The sessions of a coach, as their template reads them.
private struct CoachSessionsPage {
  let context: Context
  let scope: OrganizationScope
  let view: CoachSessionsView
  let profile: CoachProfile
  let page: ListPage<CoachSessions.Entry>
  let counts: (ahead: Int, past: Int)

  private var slug: String { scope.organization.slug }
  private var format: Format { context.format }
  private var coach: Coach { profile.coach }

  var note: String? { ([view.areAhead ? "To come" : "Past"] + [page.note].compactMap(\.self)).joined(separator: ", ") }

  var heading: Value {
    Page.heading(
      up: LinkModel(label: coach.name, link: .listedCoach(view.kind, slug, coach.id)), lede: "With learners of \(scope.organization.name)")
  }

  /// What is still to be done after a coach was deactivated.
  var notices: [Value] {
    guard coach.state == .deactivated else { return [] }
    var notices: [Value] = []
    if counts.ahead > 0 {
      let sessions = format.plural(Int64(counts.ahead), "session needs", "sessions need")
      notices.append([
        "text": "\(coach.name) is deactivated: \(sessions) another coach. Move each one below, or cancel it.",
        "link": view.kind == .platform
          ? Path.platformCoach(slug, coach.id) : .organizationCoach(slug, coach.id, "reactivation"),
        "label": view.kind == .platform ? "About the coach" : "Reactivate the coach instead",
      ])
    }
    if profile.figures.clientsNow > 0 {
      let learners = format.plural(Int64(profile.figures.clientsNow), "learner has", "learners have")
      notices.append([
        "text": "\(learners) no coach at work.", "link": Path.learners(slug).with(query: [("coach", String(coach.id))]),
        "label": "Give them another coach",
      ])
    }
    return notices
  }

  var tabs: Tabs {
    func tab(_ label: String, _ count: Int, areAhead: Bool) -> Tabs.Item {
      // Each begins in its own order.
      Tabs.Item(
        label: label, count: format.number(count), link: view.state.without("sort").with("when", areAhead ? nil : "past").link,
        isCurrent: view.areAhead == areAhead)
    }
    return Tabs(name: "Sessions", items: [tab("To come", counts.ahead, areAhead: true), tab("Past", counts.past, areAhead: false)])
  }

  var listing: Listing {
    let (rows, whole) = (page.rows, view.areAhead ? counts.ahead : counts.past)
    return Listing(
      search: whole == 0 ? nil : view.state.search(label: "Search by learner"),
      count: Listing.count(page.total, of: whole, "session", "sessions", format), table: rows.isEmpty ? nil : table,
      empty: rows.isEmpty ? empty(whole) : nil, pager: Pager(page, state: view.state, format: format))
  }

  private typealias Key = CoachSessions.Key

  private var table: Table {
    let first = [
      view.state.sortable("Learner", Key.learner, by: view.sorting), view.state.sortable("Begins", .start, by: view.sorting),
      TableColumn(label: "Length", isNumber: true),
    ]
    let past = [
      view.state.sortable("State", Key.state, by: view.sorting), TableColumn(label: "Manager attended"),
      view.state.sortable("Rating", .rating, by: view.sorting, number: true),
    ]
    return Table(
      label: view.areAhead ? "Sessions to come" : "Past sessions",
      columns: first + (view.areAhead ? [TableColumn(label: "Actions")] : past), rows: page.rows.map { Table.Row(cells: cells($0)) })
  }

  private func cells(_ session: CoachSessions.Entry) -> [Cell] {
    let first: [Cell] = [
      .head(session.learner, nil, link: .learner(slug, session.engagement)),
      .time(session.startsAt, format.time(Moment(session.startsAt))), .number("\(session.minutes) min"),
    ]
    if view.areAhead {
      func link(_ label: String, _ act: String) -> LinkModel {
        LinkModel(label: label, link: .listedCoach(view.kind, slug, coach.id, ["sessions", String(session.id), act]))
      }
      return first + [Cell(links: [link("Move to another coach", "transfer"), link("Cancel", "cancellation")])]
    }
    let waits = session.state == .scheduled
    return first + [
      Cell(badges: [waits ? Badge(label: "Waits to be marked", tone: .caution, why: nil) : session.state.badge]),
      session.state == .completed ? Cell(mark: Mark(isYes: session.managerAttended)) : .text(""),
      .number(session.rating.map { "\($0)" } ?? "—"),
    ]
  }

  private func empty(_ whole: Int) -> Empty {
    if whole > 0 {
      return Empty(
        isFiltered: true, title: "No session matches", text: "No learner’s name or email contains “\(view.state.value("q") ?? "")”.",
        action: LinkModel(label: "Show all sessions", link: view.state.without("q", "page").link))
    }
    return Empty(
      isFiltered: false, title: view.areAhead ? "No session is to come" : "No session is over",
      text: view.areAhead ? "Sessions stand here once they are scheduled." : "Sessions stand here once they have begun.", action: nil)
  }
}

extension CoachSessions.Entry {
  /// How long the session is.
  fileprivate var minutes: Int64 {
    guard let start = Moment(startsAt), let end = Moment(endsAt) else { return 0 }
    return (end.milliseconds - start.milliseconds) / 60_000
  }
}
