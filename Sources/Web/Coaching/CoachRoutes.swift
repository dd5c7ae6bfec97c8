import Domain

// The routes of a coach's own pages, and of what administrators see of a coach's week.
extension Routes {
  mutating func addCoachPages() {
    signedIn("GET", "/coach", CoachCalendarPages.enter)
    coach("GET", "/", CoachCalendarPages.show)
    coach("GET", "/profile", OwnProfilePages.show)
    coach("POST", "/profile", slow: true, OwnProfilePages.save)
    coach("POST", "/profile/photo", slow: true, upload: true, OwnProfilePages.savePhoto)
    coach("POST", "/profile/photo/removal", slow: true, OwnProfilePages.removePhoto)
    coach("GET", "/hours", OwnProfilePages.hours)
    coach("POST", "/hours", slow: true, OwnProfilePages.saveHours)
    coach("GET", "/time-off", TimeOffPages.list)
    coach("POST", "/time-off", slow: true, TimeOffPages.add)
    coach("GET", "/time-off/:id/removal", TimeOffPages.askRemoval)
    coach("POST", "/time-off/:id/removal", slow: true, TimeOffPages.remove)
    coach("GET", "/learners", OwnLearnerPages.list)
    coach("GET", "/learners/:engagement", OwnLearnerPages.show)
    coach("GET", "/sessions", OwnSessionPages.list)
    coach("GET", "/sessions/new", SchedulePages.show)
    coach("POST", "/sessions/new", slow: true, SchedulePages.create)
    coach("GET", "/sessions/:session", OwnSessionPages.show)
    coach("POST", "/sessions/:session/outcome", slow: true, OwnSessionPages.mark)
    organization("GET", "/user-metrics/organization-coaches/:coach/availability", AvailabilityPages.show)
  }
}
