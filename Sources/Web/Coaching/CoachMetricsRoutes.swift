import HTTPServer

extension Routes {
  /// Coaches in User Metrics: the platform's who have worked with an organization, and its own.
  mutating func addCoachMetrics() {
    organization("GET", "/user-metrics/platform-coaches", PlatformCoachPages.list)
    organization("GET", "/user-metrics/platform-coaches.csv", slow: true, PlatformCoachPages.export)
    organization("GET", "/user-metrics/platform-coaches/:coach", PlatformCoachPages.show)
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
    organization("GET", own + "/:coach/sessions", SessionTransferPages.list)
    organization("GET", own + "/:coach/sessions/:session/transfer", SessionTransferPages.askToMove)
    organization("POST", own + "/:coach/sessions/:session/transfer", slow: true, SessionTransferPages.move)
    organization("GET", own + "/:coach/sessions/:session/cancellation", SessionTransferPages.askToCancel)
    organization("POST", own + "/:coach/sessions/:session/cancellation", slow: true, SessionTransferPages.cancel)
  }
}
