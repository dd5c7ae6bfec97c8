import Domain
import HTTPServer
import Templates

/// What a coach says of the own work: profile, photo, working hours.
enum OwnProfilePages {
  /// GET /coach/{coach}/profile
  static func show(_ context: Context, _ scope: CoachScope) throws -> Response {
    try profile(context, scope, CoachDraft(scope.coach, hours: WorkingHours()))
  }

  /// POST /coach/{coach}/profile
  static func save(_ context: Context, _ scope: CoachScope) throws -> Response {
    let form = try context.form()
    let draft = try ShownDraft.merge(CoachDraft(typed: form), from: form, onto: CoachDraft(scope.coach, hours: WorkingHours()))
    do {
      try scope.saveProfile(draft, at: context.now, in: context.site.database)
      return try context.redirect(to: .coachProfile(scope.coach.id), saying: .done("Your profile is saved."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try profile(context, scope, draft, failure)
    }
  }

  /// POST /coach/{coach}/profile/photo
  static func savePhoto(_ context: Context, _ scope: CoachScope) throws -> Response {
    let multipart = try context.request.multipart()
    do {
      guard let part = multipart["photo"], part.filename?.isEmpty == false else {
        throw Failure(.invalid, "Choose a photo.", fields: [.init("photo", "Choose a photo.")])
      }
      if part.size > CoachPhoto.largest { throw CoachPhoto.tooLarge }
      try scope.savePhoto(part.bytes(limit: CoachPhoto.largest), at: context.now, in: context.site.database)
      return try context.redirect(to: .coachProfile(scope.coach.id), saying: .done("Your photo is saved."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try profile(context, scope, CoachDraft(scope.coach, hours: WorkingHours()), failure)
    }
  }

  /// POST /coach/{coach}/profile/photo/removal
  static func removePhoto(_ context: Context, _ scope: CoachScope) throws -> Response {
    try scope.removePhoto(at: context.now, in: context.site.database)
    return try context.redirect(to: .coachProfile(scope.coach.id), saying: .done("You have no photo any more."))
  }

  private static func profile(_ context: Context, _ scope: CoachScope, _ draft: CoachDraft, _ failure: Failure? = nil) throws -> Response {
    let (coach, faults) = (scope.coach, failure?.fields ?? [])
    let form = CoachForm(draft: draft, isNew: false, faults: faults)
    let parts: [SetUpParts.Part] = [
      .init(title: "About you", fields: form.texts("What learners read of you before they meet you.", required: true)),
      .init(
        title: "Sessions", note: "A change is for sessions that are scheduled from now on; those that are scheduled stay as they are.",
        fields: form.sessions), form.zone,
    ]
    return try context.render(
      "coaching/own-profile", Page("Profile", at: .coaching(.profile), hasErrors: failure != nil),
      [
        "heading": Page.heading(lede: "What learners read of you. Name and email are the administrators’ to change."),
        "badges": [coach.badge],
        "form": [
          "action": Path.coachProfile(coach.id), "errors": ErrorSummary(failure), "parts": parts, "button": "Save profile",
          "cancel": Value.null, "shown": try ShownDraft.text(CoachDraft(coach, hours: WorkingHours())),
        ] as Value,
        "coach": [
          "name": coach.name, "email": coach.email,
          "photo": coach.photo.map { ["source": Path.file($0.fileName), "words": "Photo of \(coach.name)"] as Value },
          "photoAction": Path.coachProfile(coach.id, "photo"), "photoError": faults.first { $0.name == "photo" }?.sentence,
          "photoRemoval": Path.coachProfile(coach.id, "photo", "removal"),
        ] as Value,
      ], status: failure == nil ? 200 : 422)
  }

  /// GET /coach/{coach}/hours
  static func hours(_ context: Context, _ scope: CoachScope) throws -> Response {
    try hoursPage(context, scope, present(context, scope))
  }

  private static func present(_ context: Context, _ scope: CoachScope) throws -> CoachDraft {
    CoachDraft(scope.coach, hours: try context.read { try scope.coach.hours(in: $0) })
  }

  /// POST /coach/{coach}/hours
  static func saveHours(_ context: Context, _ scope: CoachScope) throws -> Response {
    let form = try context.form()
    let draft = try ShownDraft.merge(CoachDraft(typed: form), from: form, onto: present(context, scope))
    do {
      try scope.saveHours(draft.hours, at: context.now, in: context.site.database)
      return try context.redirect(to: .coachHours(scope.coach.id), saying: .done("Your working hours are saved."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try hoursPage(context, scope, draft, failure)
    }
  }

  private static func hoursPage(_ context: Context, _ scope: CoachScope, _ draft: CoachDraft, _ failure: Failure? = nil) throws -> Response
  {
    let coach = scope.coach
    let note =
      "Such as 09:00-12:00, 13:00-17:00; empty for a day off. Sessions of \(coach.sessionMinutes) minutes are offered one after the other "
      + "from the beginning of each span."
    return try context.render(
      "coaching/own-hours", Page("Working hours", at: .coaching(.hours), hasErrors: failure != nil),
      [
        "heading": Page.heading(lede: "Every week, in your time zone \(coach.timeZone), whatever the clocks do"),
        "form": [
          "action": Path.coachHours(coach.id), "errors": ErrorSummary(failure),
          "parts": [CoachForm(draft: draft, isNew: false, faults: failure?.fields ?? []).hours(note)], "button": "Save working hours",
          "cancel": Value.null, "shown": try ShownDraft.text(present(context, scope)),
        ] as Value,
      ], status: failure == nil ? 200 : 422)
  }
}
