import HTTPServer

extension Routes {
  /// Coaches in User Metrics: the platform's who have worked with an organization, and its own.
  mutating func addCoachMetrics() {
    let platform = "/user-metrics/platform-coaches"
    organization("GET", platform, PlatformCoachPages.list)
    organization("GET", platform + ".csv", slow: true, PlatformCoachPages.export)
    organization("GET", platform + "/:coach", PlatformCoachPages.show)
    let own = "/user-metrics/organization-coaches"
    organization("GET", own, OrganizationCoachPages.list)
    organization("GET", own + ".csv", slow: true, OrganizationCoachPages.export)
    organization("GET", own + "/:coach", OrganizationCoachPages.show)
    organization("GET", own + "/:coach/deactivation", CoachDeparturePages.askDeactivation)
    organization("POST", own + "/:coach/deactivation", slow: true, CoachDeparturePages.deactivate)
    organization("GET", own + "/:coach/reactivation", CoachDeparturePages.askReactivation)
    organization("POST", own + "/:coach/reactivation", slow: true, CoachDeparturePages.reactivate)
    organization("GET", own + "/:coach/learners", CoachAssignmentPages.list)
    organization("GET", own + "/:coach/assignment", CoachAssignmentPages.ask)
    organization("POST", own + "/:coach/assignment", slow: true, CoachAssignmentPages.assign)
    addSessions(own, SessionTransferPages(kind: .organization))
    addSessions(platform, SessionTransferPages(kind: .platform))
  }

  private mutating func addSessions(_ coaches: String, _ pages: SessionTransferPages) {
    let sessions = coaches + "/:coach/sessions"
    organization("GET", sessions, pages.list)
    organization("GET", sessions + "/:session/transfer", pages.askToMove)
    organization("POST", sessions + "/:session/transfer", slow: true, pages.move)
    organization("GET", sessions + "/:session/cancellation", pages.askToCancel)
    organization("POST", sessions + "/:session/cancellation", slow: true, pages.cancel)
  }
}
