import Domain
import HTTPServer
import Templates

/// Deactivates and reactivates an organization's own coach, each after a page that says what follows.
enum CoachDeparturePages {
  /// GET /o/{slug}/user-metrics/organization-coaches/{coach}/deactivation
  static func askDeactivation(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let (profile, departure) = try context.read { connection in
      let profile = try CoachProfile.find(context.coachID, .organization, scope: scope, now: context.now, in: connection)
      return (profile, try CoachDeparture.look(profile, scope: scope, now: context.now, in: connection))
    }
    let coach = profile.coach
    let signIns = departure.endsSignIns ? try context.site.sessions.count(account: coach.accountID) : 0
    let isOver = coach.state == .deactivated
    let path = Path.organizationCoach(scope.organization.slug, coach.id, "deactivation")
    let format = context.format
    var act = CoachActPage(
      action: path, lines: isOver ? ["\(coach.name) is deactivated already."] : lines(coach.name, departure, signIns, scope, format),
      button: isOver ? nil : "Deactivate \(coach.name)", isCritical: true, back: .organizationCoach(scope.organization.slug, coach.id))
    if !isOver, departure.sessions > 0 {
      let sessions = format.plural(Int64(departure.sessions), "session is scheduled and needs", "sessions are scheduled and need")
      act.lists = [
        .init(
          "\(sessions) another coach. Next you are shown where to move or cancel \(departure.sessions == 1 ? "it" : "them"):",
          departure.next.map { ($0.learner, ", \(format.time(Moment($0.startsAt)))") }, of: departure.sessions, format)
      ]
    }
    return try page(context, scope, coach, "Deactivate \(coach.name)?", act)
  }

  private static func lines(
    _ name: String, _ departure: CoachDeparture, _ signIns: Int, _ scope: OrganizationScope, _ format: Format
  ) -> [String] {
    let learners = format.plural(Int64(departure.learners), "learner is", "learners are")
    return [
      "\(name) can no longer sign in as a coach of \(scope.organization.name), and nobody can book a session with \(name).",
      signIns == 0 ? "No open sign-in ends." : "\(format.plural(Int64(signIns), "open sign-in ends", "open sign-ins end")) at once.",
      departure.learners == 0
        ? "No learner is left without a coach."
        : "\(learners) left without a coach who is at work, until another one is assigned.",
    ] + (departure.sessions == 0 ? ["No session is scheduled."] : []) + ["You can reactivate \(name) at any time."]
  }

  /// POST /o/{slug}/user-metrics/organization-coaches/{coach}/deactivation
  static func deactivate(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let id = context.coachID
    try Coach.deactivate(id: id, of: SetUpOwner(scope), at: context.now, in: context.site.database)
    let (name, ahead) = try context.read { connection in
      (
        try CoachProfile.find(id, .organization, scope: scope, now: context.now, in: connection).coach.name,
        try CoachSessions(of: id, scope: scope, now: context.now).ahead(in: connection)
      )
    }
    let slug = scope.organization.slug
    return try context.redirect(
      to: ahead > 0 ? .organizationCoach(slug, id, "sessions") : .organizationCoach(slug, id), saying: .done("\(name) is deactivated."))
  }

  /// GET /o/{slug}/user-metrics/organization-coaches/{coach}/reactivation
  static func askReactivation(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let slug = scope.organization.slug
    let profile = try context.read {
      try CoachProfile.find(context.coachID, .organization, scope: scope, now: context.now, in: $0)
    }
    let coach = profile.coach
    let isAtWork = coach.state != .deactivated
    let learners = profile.figures.clientsNow
    let act = CoachActPage(
      action: .organizationCoach(slug, coach.id, "reactivation"),
      lines: isAtWork
        ? ["\(coach.name) is at work already."]
        : [
          "\(coach.name) can sign in again with the password of before, and sessions can be booked.",
          learners == 0
            ? "No learner is assigned; those who got another coach keep that one."
            : "\(context.format.plural(Int64(learners), "learner still has", "learners still have")) \(coach.name) as coach.",
        ], button: isAtWork ? nil : "Reactivate \(coach.name)", back: .organizationCoach(slug, coach.id))
    return try page(context, scope, coach, "Reactivate \(coach.name)?", act)
  }

  /// POST /o/{slug}/user-metrics/organization-coaches/{coach}/reactivation
  static func reactivate(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let id = context.coachID
    try Coach.reactivate(id: id, of: SetUpOwner(scope), at: context.now, in: context.site.database)
    let coach = try context.read { try CoachProfile.find(id, .organization, scope: scope, now: context.now, in: $0).coach }
    return try context.redirect(
      to: .organizationCoach(scope.organization.slug, id),
      saying: .done(coach.state == .onboarding ? "\(coach.name) is onboarding again." : "\(coach.name) is active again."))
  }

  private static func page(
    _ context: Context, _ scope: OrganizationScope, _ coach: Coach, _ title: String, _ act: CoachActPage
  ) throws -> Response {
    try context.render(
      "coaching/act", Page(title, in: ["Organization coaches"], at: .organizationCoaches),
      ["heading": Page.heading(up: LinkModel(label: coach.name, link: act.back), lede: coach.email), "act": act])
  }
}
