import Database
import Domain
import HTTPServer
import Templates

/// A coach as an organization's administrators see the person, as its template reads it.
struct CoachProfilePage: ValueConvertible {
  let context: Context
  let scope: OrganizationScope
  let kind: CoachList.Kind
  let profile: CoachProfile
  let view: CoachLearnersView
  let counts: (now: Int, ever: Int)
  let page: ListPage<Learner>
  /// The sessions to come, the first of them by name; nil where the coach is the platform's.
  let sessions: (ahead: Int, next: [CoachSessions.Entry])?

  static func show(_ kind: CoachList.Kind, _ context: Context, _ scope: OrganizationScope) throws -> Response {
    let id = context.coachID
    let page = try context.read { connection in
      let profile = try CoachProfile.find(id, kind, scope: scope, now: context.now, in: connection)
      let view = CoachLearnersView(kind, scope.organization.slug, id, context.request.query)
      let learners = try CoachLearners(of: id, scope: scope)
      return CoachProfilePage(
        context: context, scope: scope, kind: kind, profile: profile, view: view, counts: try learners.counts(in: connection),
        page: try learners.page(
          onlyNow: view.onlyNow, search: view.state.value("q") ?? "", sort: view.sorting, request: view.state.request, in: connection),
        sessions: kind == .platform ? nil : try sessions(of: id, context, scope, in: connection))
    }
    let (list, place) = page.list
    return try context.render(
      "coaching/coach", Page(page.coach.name, in: [list], note: page.page.note, at: place),
      ["heading": page.heading, "coach": page, "tabs": page.tabs, "listing": page.listing])
  }

  private static func sessions(
    of coach: Int64, _ context: Context, _ scope: OrganizationScope, in connection: any Connection
  ) throws -> (ahead: Int, next: [CoachSessions.Entry]) {
    let sessions = try CoachSessions(of: coach, scope: scope, now: context.now)
    return (try sessions.ahead(in: connection), try sessions.next(mostSessions, in: connection))
  }

  private static let mostSessions = 5

  private var coach: Coach { profile.coach }
  private var figures: ListedCoach { profile.figures }
  private var slug: String { scope.organization.slug }
  private var format: Format { context.format }
  private var list: (label: String, place: Page.Place) {
    kind == .platform ? ("Platform coaches", .platformCoaches) : ("Organization coaches", .organizationCoaches)
  }

  private func link(_ label: String, _ act: String) -> LinkModel {
    LinkModel(label: label, link: .organizationCoach(slug, coach.id, act))
  }

  private var heading: Value {
    let up = LinkModel(label: list.label, link: kind == .platform ? .platformCoaches(slug) : .organizationCoaches(slug))
    if kind == .platform {
      return Page.heading(
        up: up, lede: coach.email, actions: [LinkModel(label: "Sessions", link: .platformCoach(slug, coach.id, "sessions"))])
    }
    let edit = scope.viewer.isAccountTeam ? [LinkModel(label: "Edit coach", link: .setUp(.coaches, slug, coach.id, "edit"))] : []
    if coach.state == .deactivated {
      return Page.heading(up: up, lede: coach.email, actions: edit + [link("Sessions", "sessions"), link("Reactivate", "reactivation")])
    }
    return Page.heading(
      up: up, lede: coach.email,
      actions: edit + [link("View availability", "availability"), link("Sessions", "sessions"), link("Deactivate", "deactivation")],
      primary: link("Assign learner", "learners"))
  }

  var templateValue: Value {
    [
      "photo": coach.photo.map { ["source": Path.file($0.fileName), "words": "Photo of \(coach.name)"] as Value },
      "initials": initials, "badges": [coach.badge], "biography": coach.biography.isEmpty ? nil : coach.biography,
      "facts": facts.map { ["label": $0.0, "value": $0.1.isEmpty ? "—" : $0.1] as Value }, "tiles": tiles,
      "desk": sessions.map { desk($0.ahead, $0.next) },
    ]
  }

  /// The first letters of the first and the last name.
  private var initials: String {
    let names = coach.name.split(separator: " ")
    return [names.first, names.count > 1 ? names.last : nil].compactMap { $0?.first.map(String.init) }.joined().uppercased()
  }

  private var facts: [(String, String)] {
    let own: [(String, String)] =
      kind == .platform
      ? []
      : [
        ("Time zone", coach.timeZone.replacing("_", with: " ")), ("Length of a session", "\(coach.sessionMinutes) minutes"),
        ("Meeting link", coach.meetingLink),
      ]
    return [("Languages", coach.languages), ("Credentials", coach.credentials)] + own
  }

  private var tiles: [Tile] {
    func tile(_ column: CoachColumn, _ label: String, _ value: String, unit: String? = nil, why: String) -> Tile {
      Tile(
        label: label, value: value, unit: unit, why: why,
        definition: Definition(id: "define-\(column.rawValue)", title: column.header, text: column.definition))
    }
    let free = figures.capacity.map { max(0, $0 - figures.clientsNow) }
    return [
      kind == .platform
        ? tile(
          .clients, "Learners now", format.number(figures.clientsNow), unit: "of \(format.number(figures.clientsEver)) in total",
          why: "of this organization")
        : tile(
          .capacity, "Learners now", format.number(figures.clientsNow), unit: figures.capacity.map { "of \(format.number($0))" },
          why: (free.map { "\(format.plural(Int64($0), "place", "places")) free" } ?? "no limit")
            + ", \(format.number(figures.clientsEver)) in total"),
      tile(.sessions, "Sessions", format.number(figures.sessions), why: "completed with learners of this organization"),
      tile(
        .rating, "Average rating", figures.rating.map { LearnerValue.decimal($0) } ?? "—", unit: figures.rating == nil ? nil : "of 5",
        why: figures.rating == nil
          ? "shown once more than one learner has rated" : "rated sessions: \(format.number(figures.ratings))"),
      tile(
        .nps, "NPS", figures.nps.map { format.number($0) } ?? "—",
        why: figures.nps == nil
          ? "nobody has answered yet" : "\(format.plural(Int64(figures.npsAnswers), "answer", "answers")) in all organizations"),
    ]
  }

  /// What only an organization's own coach has here: sessions to come, and working hours.
  private func desk(_ ahead: Int, _ next: [CoachSessions.Entry]) -> Value {
    [
      "note": ahead > next.count ? "The next \(next.count) of \(format.number(ahead))" : nil,
      "all": Path.organizationCoach(slug, coach.id, "sessions"),
      "next": Value.list(
        next.map {
          ["label": $0.learner, "link": Path.learner(slug, $0.engagement), "time": $0.startsAt, "note": format.time(Moment($0.startsAt))]
        }),
      "zone": coach.timeZone.replacing("_", with: " "),
      "week": Value.list(profile.week.map { ["label": $0.day, "value": $0.hours.isEmpty ? "—" : $0.hours] }),
    ]
  }

  private var tabs: Tabs {
    func tab(_ label: String, _ count: Int, onlyNow: Bool) -> Tabs.Item {
      Tabs.Item(
        label: label, count: format.number(count), link: view.state.with("learners", onlyNow ? nil : "ever").link,
        isCurrent: view.onlyNow == onlyNow)
    }
    return Tabs(
      name: "Learners of the coach",
      items: [tab("Learners now", counts.now, onlyNow: true), tab("All so far", counts.ever, onlyNow: false)])
  }

  private var listing: Listing {
    let (rows, whole) = (page.rows, view.onlyNow ? counts.now : counts.ever)
    return Listing(
      search: whole == 0 ? nil : view.state.search(label: "Search by name or email"),
      count: Listing.count(page.total, of: whole, "learner", "learners", format), table: rows.isEmpty ? nil : table,
      empty: rows.isEmpty ? empty(whole) : nil, pager: Pager(page, state: view.state, format: format))
  }

  private static let columns: [LearnerColumn] = [.stage, .dateLaunched, .sessionsCompleted, .lastSession, .nextSession, .engagementEnd]

  private var table: Table {
    Table(
      label: "Learners of \(coach.name)",
      columns: [view.state.sortable("Name", LearnerColumn.name, by: view.sorting)]
        + (view.onlyNow ? [] : [view.state.sortable("Coach now", LearnerColumn.coachName, by: view.sorting)])
        + CoachProfilePage.columns.map { view.state.sortable($0.header, $0, by: view.sorting, number: $0.isNumber) },
      rows: page.rows.map { learner in
        Table.Row(
          cells: [.head(learner.name, learner.email, link: .learner(slug, learner.id))] + (view.onlyNow ? [] : [.text(learner.coach)])
            + CoachProfilePage.columns.map {
              $0 == .stage ? Cell(badges: [learner.stage.badge]) : $0.value(of: learner).cell(isNumber: $0.isNumber, format)
            })
      })
  }

  private func empty(_ whole: Int) -> Empty {
    if whole > 0 {
      return Empty(
        isFiltered: true, title: "No learner matches", text: "Nobody’s name or email contains “\(view.state.value("q") ?? "")”.",
        action: LinkModel(label: "Show all learners of the coach", link: view.state.without("q", "page").link))
    }
    let isOpen = kind == .organization && coach.state != .deactivated
    return Empty(
      isFiltered: false, title: view.onlyNow ? "No learners now" : "No learners yet",
      text: counts.ever > 0
        ? "Those of before stand under All so far." : "\(coach.name) has had no learner of this organization\(isOpen ? " yet." : ".")",
      action: isOpen ? link("Assign learner", "learners") : nil)
  }
}

/// What the address of a coach's page asks for: which of the coach's learners.
struct CoachLearnersView {
  let state: ListState
  let onlyNow: Bool
  let sorting: Sorting<LearnerColumn>

  init(_ kind: CoachList.Kind, _ slug: String, _ coach: Int64, _ query: Form) {
    state = ListState(
      kind == .platform ? .platformCoach(slug, coach) : .organizationCoach(slug, coach), query: query,
      knowing: ["learners", "q", "sort", "size", "page"])
    onlyNow = state.value("learners") != "ever"
    sorting = state.sorting(Sorting(.name, descending: false))
  }
}
