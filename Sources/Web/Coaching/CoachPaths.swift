import Domain

extension Path {
  /// A coach's calendar, the first of the own pages.
  public static func coach(_ coach: Int64) -> Path { Path(["coach", String(coach)]) }
  /// A coach's profile.
  public static func coachProfile(_ coach: Int64, _ act: String...) -> Path { Path(["coach", String(coach), "profile"] + act) }
  /// A coach's working hours.
  public static func coachHours(_ coach: Int64) -> Path { Path(["coach", String(coach), "hours"]) }
  /// A coach's time off.
  public static func timeOff(_ coach: Int64) -> Path { Path(["coach", String(coach), "time-off"]) }
  /// Asks whether time off is to be taken back, and does it.
  public static func timeOffRemoval(_ coach: Int64, _ id: Int64) -> Path {
    Path(["coach", String(coach), "time-off", String(id), "removal"])
  }
  /// A coach's learners.
  public static func coachLearners(_ coach: Int64) -> Path { Path(["coach", String(coach), "learners"]) }
  /// One of a coach's learners: an engagement.
  public static func coachLearner(_ coach: Int64, _ engagement: Int64) -> Path {
    Path(["coach", String(coach), "learners", String(engagement)])
  }
  /// A coach's sessions.
  public static func coachSessions(_ coach: Int64) -> Path { Path(["coach", String(coach), "sessions"]) }
  /// Schedules a session.
  public static func newSession(_ coach: Int64) -> Path { Path(["coach", String(coach), "sessions", "new"]) }
  /// One of a coach's sessions.
  public static func coachSession(_ coach: Int64, _ session: Int64) -> Path { Path(["coach", String(coach), "sessions", String(session)]) }
  /// Says what became of a session.
  public static func sessionOutcome(_ coach: Int64, _ session: Int64) -> Path {
    Path(["coach", String(coach), "sessions", String(session), "outcome"])
  }
  /// The profile of one of an organization's own coaches.
  public static func coachOfOrganization(_ organization: String, _ coach: Int64) -> Path {
    Path(["o", organization, "user-metrics", "organization-coaches", String(coach)])
  }
  /// The week of one of an organization's coaches, for its administrators.
  public static func availability(_ organization: String, _ coach: Int64) -> Path {
    Path(["o", organization, "user-metrics", "organization-coaches", String(coach), "availability"])
  }
}

/// The entries of a coach's navigation.
public enum CoachPlace: Sendable, CaseIterable {
  case calendar, sessions, learners, profile, hours, timeOff

  private var label: String {
    switch self {
    case .calendar: "Calendar"
    case .sessions: "Sessions"
    case .learners: "My learners"
    case .profile: "Profile"
    case .hours: "Working hours"
    case .timeOff: "Time off"
    }
  }

  /// A symbol of the icons.
  private var icon: String {
    switch self {
    case .calendar: "calendar"
    case .sessions: "survey"
    case .learners: "learners"
    case .profile: "coach"
    case .hours: "clock"
    case .timeOff: "leave"
    }
  }

  private func link(_ coach: Int64) -> Path {
    switch self {
    case .calendar: .coach(coach)
    case .sessions: .coachSessions(coach)
    case .learners: .coachLearners(coach)
    case .profile: .coachProfile(coach)
    case .hours: .coachHours(coach)
    case .timeOff: .timeOff(coach)
    }
  }

  typealias Entry = (label: String, link: Path, icon: String, place: Page.Place)

  /// On a coach's own pages all of them; elsewhere the way there. Who coaches for the platform and for an organization finds both.
  static func entries(_ context: Context) -> [Entry] {
    guard let viewer = context.session?.viewer else { return [] }
    var entries: [Entry] = []
    if let own = context.coach {
      entries = allCases.map { ($0.label, $0.link(own.coach.id), $0.icon, .coaching($0)) }
    }
    let others = viewer.grants.compactMap { grant -> Entry? in
      guard case .coach(let id, let organization) = grant, id != context.coach?.coach.id else { return nil }
      let isOnly = viewer.coaches.count == 1
      let label = isOnly ? "My coaching" : organization == 0 ? "Coaching, platform" : "Coaching, organization"
      return (label, .coach(id), "calendar", .otherCoaching)
    }
    if context.coach != nil, viewer.isAdministrator { entries.append(("Administration", .start, "home", .home)) }
    return entries + others
  }
}
