import Database
import Domain
import HTTPServer
import Templates

/// Coaches as the account team makes them: an organization's own, or the platform's.
struct CoachSetUpPages {
  private typealias Key = Coach.Key

  let side: SetUpSide

  private func parts(_ context: Context) -> SetUpParts { SetUpParts(context, .coaches, side.slug) }

  /// GET …/coaching/coaches
  func list(_ context: Context) throws -> Response {
    let state = parts(context).state()
    let sorting = state.sorting(Sorting(Key.name, descending: false))
    let list = try context.read {
      try Coach.list(of: side.owner, search: state.value("q") ?? "", sort: sorting, request: state.request, in: $0)
    }
    let columns = [
      state.sortable("Coach", Key.name, by: sorting), state.sortable("State", .state, by: sorting), TableColumn(label: "Languages"),
      TableColumn(label: "Time zone"), TableColumn(label: "Session", isNumber: true),
      state.sortable("Capacity", .capacity, by: sorting, number: true),
    ]
    let words = SetUpParts.Words(
      lede: side.scope == nil ? "The platform’s coaches, who serve several organizations" : "The organization’s own coaches",
      search: "Search by name, email or language",
      noneYet: side.scope == nil ? "A coach of the platform may coach learners of every organization." : "A coach signs in by email.")
    let format = context.format
    return try parts(context).list(list, state, words, mayMake: true, columns: columns) { coach in
      var badge = Cell(text: nil)
      badge.badges = [coach.badge]
      return [
        .head(coach.name, coach.email, link: .setUp(.coaches, side.slug, coach.id)), badge, .text(coach.languages), .text(coach.timeZone),
        .number("\(coach.sessionMinutes) min"), .number(coach.capacity.map { format.number($0) } ?? "No limit"),
      ]
    }
  }

  /// GET …/coaching/coaches.csv
  func export(_ context: Context) throws -> Response {
    let state = parts(context).state(["q", "sort"])
    let sorting = state.sorting(Sorting(Key.name, descending: false))
    let (database, owner) = (context.site.database, side.owner)
    return Download.csv(context, named: "coaches-\(side.slug ?? "platform")") { sink in
      try database.export { try Coach.write(of: owner, search: state.value("q") ?? "", sort: sorting, in: $0, to: sink) }
    }
  }

  /// GET …/coaching/coaches/{id}
  func show(_ context: Context) throws -> Response { try page(context) }

  /// POST …/coaching/coaches/{id}/link: the page with a link that sets a password, which is shown this once.
  func makeLink(_ context: Context) throws -> Response {
    let site = context.site
    let token = try Coach.link(id: context.setUpID, of: side.owner, clock: site.clock, key: site.key, in: site.database)
    return try page(context, link: site.settings.publicURL.address(of: .setPassword(token)))
  }

  /// POST …/coaching/coaches/{id}/photo
  func savePhoto(_ context: Context) throws -> Response {
    let multipart = try context.request.multipart()
    do {
      guard let part = multipart["photo"], part.filename?.isEmpty == false else {
        throw Failure(.invalid, "Choose a photo.", fields: [.init("photo", "Choose a photo.")])
      }
      if part.size > CoachPhoto.largest { throw CoachPhoto.tooLarge }
      try CoachPhoto.save(
        part.bytes(limit: CoachPhoto.largest), of: context.setUpID, side.owner, at: context.now, in: context.site.database)
      return try parts(context).back(to: context.setUpID, saying: "The photo is saved.")
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try page(context, failure: failure)
    }
  }

  /// POST …/coaching/coaches/{id}/photo/removal
  func removePhoto(_ context: Context) throws -> Response {
    try CoachPhoto.remove(of: context.setUpID, side.owner, at: context.now, in: context.site.database)
    return try parts(context).back(to: context.setUpID, saying: "The coach has no photo any more.")
  }

  private func page(_ context: Context, link: String? = nil, failure: Failure? = nil) throws -> Response {
    let model = try context.read { connection in
      let coach = try Coach.find(id: context.setUpID, of: side.owner, in: connection)
      return CoachSetUpPage(
        slug: side.slug, coach: coach, hours: try coach.hours(in: connection), learners: try coach.learners(in: connection),
        ahead: try coach.ahead(of: context.now, in: connection), link: link, failure: failure, format: context.format)
    }
    return try context.render(
      "accountteam/coach", Page(model.coach.name, in: ["Coaches"], at: .setUp(.coaches), hasErrors: failure != nil),
      ["heading": model.heading, "coach": model], status: failure == nil ? 200 : 422)
  }

  /// GET …/coaching/coaches/new
  func new(_ context: Context) throws -> Response {
    var draft = CoachDraft()
    draft.timeZone = side.scope?.organization.timeZone ?? "UTC"
    return try form(context, nil, draft)
  }

  /// POST …/coaching/coaches/new
  func create(_ context: Context) throws -> Response { try save(context, nil) }

  /// GET …/coaching/coaches/{id}/edit
  func edit(_ context: Context) throws -> Response {
    let coach = try find(context)
    return try form(context, coach, present(coach, context))
  }

  private func present(_ coach: Coach, _ context: Context) throws -> CoachDraft {
    CoachDraft(coach, hours: try context.read { try coach.hours(in: $0) })
  }

  /// POST …/coaching/coaches/{id}/edit
  func update(_ context: Context) throws -> Response { try save(context, find(context)) }

  private func find(_ context: Context) throws -> Coach {
    try context.read { try Coach.find(id: context.setUpID, of: side.owner, in: $0) }
  }

  private func save(_ context: Context, _ present: Coach?) throws -> Response {
    let typed = try context.form()
    var draft = CoachDraft(typed: typed)
    if let present {
      draft = try ShownDraft.merge(draft, from: typed, onto: self.present(present, context))
      draft.email = present.email
    }
    do {
      let outcome = try Coach.save(draft, id: present?.id, of: side.owner, at: context.now, in: context.site.database)
      return try parts(context).back(
        to: outcome.saved.id,
        saying: !outcome.saved.isNew
          ? "The coach is saved." : outcome.isNewAccount ? "The coach is made. Next: a link to set a password." : "The coach is made.")
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try form(context, present, draft, failure)
    }
  }

  private func form(_ context: Context, _ present: Coach?, _ draft: CoachDraft, _ failure: Failure? = nil) throws -> Response {
    let form = CoachForm(draft: draft, isNew: present == nil, faults: failure?.fields ?? [])
    return try parts(context).form(
      present.map { ($0.id, $0.name) }, form.parts, shown: try present.map { try self.present($0, context) }, failure)
  }

  /// GET …/coaching/coaches/{id}/deactivation
  func askDeactivation(_ context: Context) throws -> Response {
    let (coach, learners, sessions) = try context.read { connection in
      let coach = try Coach.find(id: context.setUpID, of: side.owner, in: connection)
      return (coach, try coach.learners(in: connection), try coach.sessionsAhead(of: context.now, in: connection))
    }
    let format = context.format
    let theirs =
      learners == 0 && sessions == 0
      ? "\(coach.name) has no learners now, and no session is scheduled."
      : "\(coach.name) has \(format.plural(learners, "learner", "learners")) now and \(format.plural(sessions, "scheduled session", "scheduled sessions")) "
        + "ahead. They stay until they are given to another coach: next you are shown where."
    return try confirm(
      context, coach, "Deactivate \(coach.name)?",
      [
        "\(coach.name) no longer works as a coach. Whoever has no other role can no longer sign in; open sessions end at once.", theirs,
        "You can reactivate the coach at any time.",
      ], button: "Deactivate", isCritical: true, act: "deactivation")
  }

  /// POST …/coaching/coaches/{id}/deactivation
  func deactivate(_ context: Context) throws -> Response {
    try Coach.deactivate(id: context.setUpID, of: side.owner, at: context.now, in: context.site.database)
    return try parts(context).back(to: context.setUpID, saying: "\(try find(context).name) is deactivated.")
  }

  /// GET …/coaching/coaches/{id}/reactivation
  func askReactivation(_ context: Context) throws -> Response {
    let coach = try find(context)
    return try confirm(
      context, coach, "Reactivate \(coach.name)?", ["\(coach.name) works as a coach and signs in again, with the password of before."],
      button: "Reactivate", isCritical: false, act: "reactivation")
  }

  /// POST …/coaching/coaches/{id}/reactivation
  func reactivate(_ context: Context) throws -> Response {
    try Coach.reactivate(id: context.setUpID, of: side.owner, at: context.now, in: context.site.database)
    return try parts(context).back(to: context.setUpID, saying: "\(try find(context).name) is active again.")
  }

  private func confirm(
    _ context: Context, _ coach: Coach, _ title: String, _ texts: [String], button: String, isCritical: Bool, act: String
  ) throws -> Response {
    try parts(context).confirm(
      title, up: LinkModel(label: coach.name, link: .setUp(.coaches, side.slug, coach.id)), texts, button: button, isCritical: isCritical,
      action: .setUp(.coaches, side.slug, coach.id, act))
  }
}

extension Coach {
  /// How far the coach is, and why.
  var badge: Badge {
    switch state {
    case .active: Badge(label: state.label, tone: .positive, why: nil)
    case .onboarding: Badge(label: state.label, tone: .info, why: "Until a biography and working hours are saved.")
    case .deactivated: Badge(label: state.label, tone: .neutral, why: nil)
    }
  }
}

/// The page of a coach.
private struct CoachSetUpPage: ValueConvertible {
  let slug: String?
  let coach: Coach
  let hours: WorkingHours
  let learners: Int64
  let ahead: [Coach.Ahead]
  let link: String?
  let failure: Failure?
  let format: Format

  private func path(_ act: String) -> Path { .setUp(.coaches, slug, coach.id, act) }

  /// Where the sessions that are scheduled can be moved or canceled: in each organization with whose learners they are.
  private var sessions: Value {
    let theirs = "Each can be moved to another coach, or canceled, in the organization whose learner it is with."
    return [
      "note": coach.deactivatedAt.isEmpty ? theirs : "\(coach.name) is deactivated, so they need another coach. " + theirs,
      "items": Value.list(
        ahead.map { place in
          let link = Path.listedCoach(coach.isPlatform ? .platform : .organization, place.slug, coach.id, ["sessions"])
          return ["name": place.name, "link": link, "note": format.plural(place.sessions, "session", "sessions")]
        }),
    ]
  }

  var heading: Value {
    let isActive = coach.deactivatedAt.isEmpty
    return Page.heading(
      up: LinkModel(label: "Coaches", link: .setUp(.coaches, slug)), lede: coach.email,
      actions: (slug.map { [LinkModel(label: "Availability", link: .availability($0, coach.id))] } ?? []) + [
        LinkModel(label: "Edit coach", link: path("edit")),
        isActive
          ? LinkModel(label: "Deactivate", link: path("deactivation")) : LinkModel(label: "Reactivate", link: path("reactivation")),
      ])
  }

  var templateValue: Value {
    typealias Fact = SetUpParts.Details.Fact
    let facts = [
      Fact(label: "Languages", value: coach.languages), Fact(label: "Credentials", value: coach.credentials),
      Fact(label: "Meeting link", value: coach.meetingLink), Fact(label: "Session", value: "\(coach.sessionMinutes) minutes"),
      Fact(
        label: "Learners now", value: coach.capacity.map { "\(learners) of \($0)" } ?? format.number(learners)),
      Fact(label: "Sessions ahead", value: format.number(ahead.reduce(0) { $0 + $1.sessions })),
      Fact(label: "Time zone", value: coach.timeZone),
    ]
    let week = (0..<7).map { Fact(label: WorkingHours.weekdays[$0], value: hours.text(day: $0)) }
    return [
      "errors": ErrorSummary(failure), "badges": [coach.badge], "facts": facts, "week": week,
      "ahead": ahead.isEmpty ? nil : sessions, "biography": coach.biography.isEmpty ? nil : coach.biography,
      "photo": coach.photo.map { ["source": Path.file($0.fileName), "words": "Photo of \(coach.name)"] as Value },
      "photoAction": path("photo"), "photoError": failure?.fields.first { $0.name == "photo" }?.sentence,
      "photoRemoval": Path.setUp(.coaches, slug, coach.id, "photo", "removal"),
      "password": coach.hasPassword ? Value.null : ["link": link, "action": path("link")] as Value,
    ]
  }
}
