import Database
import Domain
import HTTPServer
import Templates

/// A coach's week.
enum CoachCalendarPages {
  /// GET /coach: leads to the coach that the viewer is.
  static func enter(_ context: Context, _ viewer: Viewer) throws -> Response {
    guard let coach = viewer.coaches.first else { throw Failure(.forbidden, "Your role does not include this page.") }
    return try context.redirect(to: .coach(coach))
  }

  /// GET /coach/{coach}
  static func show(_ context: Context, _ scope: CoachScope) throws -> Response {
    let coach = scope.coach
    let (view, calendar) = try context.read { connection in
      let view = WeekView(context, at: .coach(coach.id), zones: try zones(scope, in: connection))
      return (
        view, try WeekCalendar.load(of: coach, week: view.day, in: view.zone, at: context.now, connection: connection)
      )
    }
    let week = view.week(
      calendar, free: { Path.newSession(coach.id).with(query: [("start", $0.starts.text), ("zone", view.timeZone)]) },
      session: { session in
        // A session that the same person has for somebody else leads to that coach's pages.
        let learner = scope.learner(of: session)
        return (learner ?? CoachCalendarPages.unnamed, learner == nil ? nil : Path.coachSession(session.coachID, session.id))
      }, timeOff: { $0.note })
    return try context.render(
      "coaching/calendar", Page("Calendar", note: Format.days(calendar.monday, calendar.monday.adding(days: 6)), at: .coaching(.calendar)),
      ["heading": heading(scope), "notice": notice(scope), "week": week])
  }

  /// What a session is called whose learner is not named.
  static let unnamed = "Another session"

  /// The coach's own zone first, then those of the learners.
  static func zones(_ scope: CoachScope, in connection: any Connection) throws -> [WeekView.Zone] {
    var zones: [WeekView.Zone] = [("Your time", scope.coach.timeZone)]
    for zone in try scope.zones(in: connection) { zones.append((zone.name, zone.timeZone)) }
    return zones
  }

  private static func heading(_ scope: CoachScope) -> Value {
    Page.heading(
      lede: "Your working hours, free slots and sessions", actions: [LinkModel(label: "Add time off", link: .timeOff(scope.coach.id))],
      primary: LinkModel(label: "Schedule a session", link: .newSession(scope.coach.id)))
  }

  /// What an onboarding coach has yet to do.
  private static func notice(_ scope: CoachScope) -> Value? {
    guard scope.coach.state == .onboarding else { return nil }
    let id = scope.coach.id
    var links: [LinkModel] = []
    if scope.coach.profileSavedAt.isEmpty { links.append(LinkModel(label: "Write your profile", link: .coachProfile(id))) }
    if scope.coach.hoursSavedAt.isEmpty { links.append(LinkModel(label: "Set your working hours", link: .coachHours(id))) }
    return ["text": "You are nearly there: learners can be given to you once this is done.", "links": links]
  }
}
