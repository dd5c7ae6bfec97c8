import Domain
import HTTPServer
import Templates

/// The week of one of an organization's own coaches, as its administrators see it.
enum AvailabilityPages {
  /// GET /o/{slug}/user-metrics/organization-coaches/{coach}/availability
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let id = context.request.parameters["coach"].flatMap { Int64($0) } ?? 0
    let organization = scope.organization
    let path = Path.availability(organization.slug, id)
    let (coach, view, calendar) = try context.read { connection in
      let coach = try Coach.find(id: id, of: SetUpOwner(scope), in: connection)
      let view = WeekView(context, at: path, zones: [(organization.name, organization.timeZone), (coach.name, coach.timeZone)])
      return (
        coach, view, try WeekCalendar.load(of: coach, week: view.day, in: view.zone, at: context.now, connection: connection)
      )
    }
    // A coach may also work for the platform: whom for, and what is noted there, is nobody's business here.
    let week = view.week(
      calendar, free: { _ in nil },
      session: { session in
        guard session.organizationID == organization.id else { return ("Busy", nil) }
        return (session.learner, Path.learner(organization.slug, session.engagementID))
      }, timeOff: { $0.coachID == coach.id ? $0.note : "" })
    let notice: Value? =
      coach.deactivatedAt.isEmpty
      ? nil : ["text": "\(coach.name) is deactivated: no slot is offered until the coach is reactivated.", "links": [LinkModel]()]
    return try context.render(
      "coaching/calendar",
      Page(
        "Availability", in: [coach.name, "Organization coaches"], note: Format.days(calendar.monday, calendar.monday.adding(days: 6)),
        at: .organizationCoaches),
      [
        "heading": Page.heading(
          up: LinkModel(label: coach.name, link: .coachOfOrganization(organization.slug, id)),
          lede: "\(coach.name): working hours, free slots and sessions"), "notice": notice, "week": week,
      ])
  }
}
