import Domain
import HTTPServer
import Templates

/// A coach's learners, and what a coach may know of one.
enum OwnLearnerPages {
  private typealias Key = CoachScope.LearnerKey

  /// GET /coach/{coach}/learners
  static func list(_ context: Context, _ scope: CoachScope) throws -> Response {
    let coach = scope.coach
    let state = ListState(.coachLearners(coach.id), query: context.request.query, knowing: ["tab", "q", "sort", "size", "page"])
    let tab = state.value("tab").flatMap(CoachLearnerTab.init(rawValue:)) ?? .current
    // Learners from before are sorted by name only: any other order would tell how they go on with another coach.
    let asked = state.sorting(Sorting(Key.name, descending: false))
    let sorting = tab == .current || asked.key == .name ? asked : Sorting(Key.name, descending: false)
    func column(_ label: String, _ key: Key) -> TableColumn {
      tab == .current ? state.sortable(label, key, by: sorting) : TableColumn(label: label)
    }
    let (page, counts) = try context.read { connection in
      (
        try scope.learners(tab, search: state.value("q") ?? "", sort: sorting, request: state.request, in: connection),
        try CoachLearnerTab.allCases.map { try scope.count($0, in: connection) }
      )
    }
    let format = context.format
    let tabs = zip(CoachLearnerTab.allCases, counts).map { item, count -> Value in
      [
        "label": item == .current ? "Now" : "Before", "count": format.number(count),
        "link": Path.coachLearners(coach.id).with(query: [("tab", item == .current ? "" : item.rawValue)]), "current": item == tab,
      ]
    }
    let all = counts[tab == .current ? 0 : 1]
    let columns = [
      state.sortable("Learner", Key.name, by: sorting), column("Stage", .stage), TableColumn(label: "Sessions", isNumber: true),
      TableColumn(label: "Last session"), column("Next session", .next), column("Ends", .ends),
    ]
    let rows = page.rows.map { learner in
      let isHandedOver = !learner.isOwn
      return Table.Row(cells: [
        .head(
          learner.name, scope.organization == nil ? "\(learner.email), \(learner.organization)" : learner.email,
          link: .coachLearner(coach.id, learner.id)),
        Cell(badges: [isHandedOver ? Badge(label: "With another coach", tone: .neutral, why: nil) : learner.stage.badge]),
        .number(learner.sessions),
        .time(learner.lastSessionAt, format.time(Moment(learner.lastSessionAt))),
        .time(learner.nextSessionAt, format.time(Moment(learner.nextSessionAt))),
        .time(learner.endsAt, format.date(Moment(learner.endsAt))),
      ])
    }
    let empty =
      all > 0
      ? Empty(
        isFiltered: true, title: "No learner matches", text: "Nothing contains “\(state.value("q") ?? "")”.",
        action: LinkModel(label: "Show all learners", link: state.without("q", "page").link))
      : Empty(
        isFiltered: false, title: tab == .current ? "No learners yet" : "No learners from before",
        text: tab == .current
          ? "An administrator gives learners to you." : "Learners whose coaching is over, or who have another coach, are listed here.",
        action: nil)
    let listing = Listing(
      search: all > 0 ? state.search(label: "Search by name or email") : nil,
      count: Listing.count(page.total, of: all, "learner", "learners", format),
      table: rows.isEmpty ? nil : Table(label: "Learners", columns: columns, rows: rows), empty: rows.isEmpty ? empty : nil,
      pager: Pager(page, state: state, format: format))
    return try context.render(
      "coaching/own-list", Page("My learners", note: tab == .current ? page.note : "before", at: .coaching(.learners)),
      [
        "heading": Page.heading(lede: "Whom you coach, and whom you have coached. Times in \(coach.timeZone)"),
        "tabs": ["name": "Learners", "items": Value.list(tabs)] as Value, "listing": listing,
      ])
  }

  /// GET /coach/{coach}/learners/{engagement}
  static func show(_ context: Context, _ scope: CoachScope) throws -> Response {
    let id = context.request.parameters["engagement"].flatMap { Int64($0) } ?? 0
    let profile = try context.read { try scope.learner(id, at: context.now, in: $0) }
    let page = OwnLearnerPage(context: context, coach: scope.coach, profile: profile)
    return try context.render(
      "coaching/own-learner", Page(profile.learner.name, in: ["My learners"], at: .coaching(.learners)),
      ["heading": page.heading, "learner": page])
  }
}

/// A learner's page as the template reads it.
private struct OwnLearnerPage: ValueConvertible {
  let context: Context
  let coach: Coach
  let profile: CoachLearnerProfile

  private var format: Format { context.format }
  private var learner: CoachLearner { profile.learner }

  var heading: Value {
    Page.heading(
      up: LinkModel(label: "My learners", link: .coachLearners(coach.id)), lede: "\(learner.email), \(learner.organization)",
      primary: learner.isOwn && profile.obstacle == nil
        ? LinkModel(label: "Schedule a session", link: .newSession(coach.id).with(query: [("learner", "\(learner.id)")])) : nil)
  }

  var templateValue: Value {
    func date(_ text: String) -> String { format.date(Moment(text)) }
    var facts: [(String, String)] = [("Launched", date(learner.launchedAt))]
    if learner.isOwn { facts.append(("Ends", date(learner.endsAt))) }
    facts += [
      (learner.isOwn ? "Sessions completed" : "Sessions completed with you", learner.sessions),
      ("Last session with you", format.time(Moment(learner.lastSessionAt))),
      ("Next session with you", format.time(Moment(learner.nextSessionAt))),
    ]
    return [
      "badges": [learner.isOwn ? learner.stage.badge : Badge(label: "With another coach", tone: .neutral, why: nil)],
      "facts": Value.list(facts.map { ["label": $0.0, "value": $0.1] }), "obstacle": profile.obstacle,
      "sessions": profile.sessions.isEmpty ? nil : Table.sessions(profile.sessions, of: coach, context: context, withLearner: false),
      "own": learner.isOwn
        ? [
          "goals": goals,
          "areas": Value.list(
            profile.focusAreas.map { ["label": $0.name, "note": $0.isChosen ? "chosen by the learner" : "given by an administrator"] }),
        ] as Value : Value.null,
    ]
  }

  private var goals: Table? {
    if profile.goals.isEmpty { return nil }
    return Table(
      label: "Goals", columns: ["Goal", "Result"].map { TableColumn(label: $0) },
      rows: profile.goals.map { goal in
        Table.Row(cells: [
          .head(goal.text, nil),
          Cell(badges: [
            goal.isAchieved ? Badge(label: "Reached", tone: .positive, why: nil) : Badge(label: "Open", tone: .neutral, why: nil)
          ]),
        ])
      })
  }
}

extension CoachLearner {
  /// `3 of 12`; where another coach has taken over, `3`.
  fileprivate var sessions: String { remaining.map { "\(completed) of \(completed + $0)" } ?? "\(completed)" }
}

extension Table {
  /// A coach's sessions, each leading to its page.
  static func sessions(_ sessions: [CoachSession], of coach: Coach, context: Context, withLearner: Bool) -> Table {
    Table(
      label: "Sessions",
      columns: ([TableColumn(label: "Session")] + (withLearner ? [TableColumn(label: "Learner"), TableColumn(label: "Organization")] : []))
        + [TableColumn(label: "State"), TableColumn(label: "Manager attended")],
      rows: sessions.map { session in
        let who: [Cell] = withLearner ? [.text(session.learner), .text(session.organization)] : []
        return Table.Row(
          cells: [.head(context.format.span(session.stretch), nil, link: .coachSession(coach.id, session.id))] + who + [
            Cell(badges: [session.badge(at: context.now)]),
            session.state == .completed ? Cell(mark: Mark(isYes: session.managerAttended)) : .text(""),
          ])
      })
  }
}

extension CoachSession {
  /// How the session stands.
  func badge(at now: Moment) -> Badge {
    waitsToBeMarked(at: now) ? Badge(label: "Waits to be marked", tone: .caution, why: nil) : state.badge
  }
}
