import Database

/// A column of the Learners page: the 43 of the reference in its order, then those that only the page offers.
public enum LearnerColumn: String, Sendable, CaseIterable, Hashable {
  case name, email
  case dateLaunched = "date-launched"
  case firstLogIn = "first-log-in"
  case profile
  case selfAssessment = "self-assessment"
  case feedbackInvited = "360-invited"
  case feedbackCompleted = "360-completed"
  case survey
  case coachAssigned = "coach-assigned"
  case coachName = "coach-name"
  case coachChanged = "coach-changed"
  case engagementEnd = "engagement-end"
  case sessionsCompleted = "sessions-completed"
  case sessionsRemaining = "sessions-remaining"
  case lateCancels = "late-cancels"
  case managerSessions = "manager-sessions"
  case lastSession = "last-session"
  case nextSession = "next-session"
  case averageRating = "average-rating"
  case totalRatings = "total-ratings"
  case coachingPlan = "coaching-plan"
  case planFeedback = "manager-feedback"
  case focusAreaCount = "focus-area-count"
  case focusArea = "focus-area"
  case remeasurementOpened = "remeasurement-opened"
  case remeasurementCompleted = "remeasurement-completed"
  case goalPercentage = "goal-percentage"
  case nps
  case notes
  case lastLateCancel = "last-late-cancel"
  case focusAreasSelected = "focus-areas-selected"
  case coachingPlanComplete = "coaching-plan-complete"
  case selfRemeasurement = "self-remeasurement"
  case secondFeedbackCompleted = "360-remeasurement-completed"
  case goalCompletion = "goal-completion"
  case remeasurementSurvey = "remeasurement-survey"
  case impactReport = "impact-report"
  case paused, unpaused, deactivated
  case firstSession = "first-session"
  case extended
  // Beyond the reference, for the page alone.
  case stage, group

  /// The 43 columns of the reference, in its order.
  public static let reference: [LearnerColumn] = allCases.filter { $0 != .stage && $0 != .group }

  /// What is shown unless others are chosen.
  public static let standard: [LearnerColumn] = [
    .name, .stage, .dateLaunched, .profile, .selfAssessment, .feedbackInvited, .feedbackCompleted, .coachName, .sessionsCompleted,
    .sessionsRemaining, .lateCancels, .lastSession, .nextSession, .engagementEnd,
  ]

  /// The heading, as the reference has it but for its misprints (product.md 5).
  public var header: String {
    switch self {
    case .name: "Name"
    case .email: "Email"
    case .dateLaunched: "Date Launched"
    case .firstLogIn: "First Log In"
    case .profile: "Profile"
    case .selfAssessment: "Self Assessment"
    case .feedbackInvited: "360° Invited"
    case .feedbackCompleted: "360° Completed"
    case .survey: "Survey"
    case .coachAssigned: "Coach assigned"
    case .coachName: "Coach name"
    case .coachChanged: "Coach changed"
    case .engagementEnd: "Engagement End Date"
    case .sessionsCompleted: "# of Sessions Completed"
    case .sessionsRemaining: "# of Sessions Remaining"
    case .lateCancels: "# late cancels"
    case .managerSessions: "# Manager Sessions Complete"
    case .lastSession: "Date of last session"
    case .nextSession: "Date of next session"
    case .averageRating: "Avg Session Rating (out of 5)"
    case .totalRatings: "Total session rating"
    case .coachingPlan: "Coaching Plan"
    case .planFeedback: "Manager Feedback CP"
    case .focusAreaCount: "# of Focus Areas"
    case .focusArea: "Focus Area"
    case .remeasurementOpened: "Remeasurement opened"
    case .remeasurementCompleted: "Remeasurement completed"
    case .goalPercentage: "Goal completion percentage"
    case .nps: "NPS"
    case .notes: "Admin Notes"
    case .lastLateCancel: "Last Date Late Cancel"
    case .focusAreasSelected: "Focus Areas Selected"
    case .coachingPlanComplete: "Coaching Plan Complete"
    case .selfRemeasurement: "Self Remeasurement"
    case .secondFeedbackCompleted: "360 Remeasurement Completed"
    case .goalCompletion: "Goal Completion"
    case .remeasurementSurvey: "Remeasurement Survey"
    case .impactReport: "Impact Report Generated"
    case .paused: "Paused Date"
    case .unpaused: "Date Unpause"
    case .deactivated: "Date Deactivated"
    case .firstSession: "First Session Completed"
    case .extended: "Engagement Extended Date"
    case .stage: "Stage"
    case .group: "Group"
    }
  }

  /// Whether the column holds numbers.
  public var isNumber: Bool {
    switch self {
    case .feedbackInvited, .sessionsCompleted, .sessionsRemaining, .lateCancels, .managerSessions, .averageRating, .totalRatings,
      .focusAreaCount, .goalPercentage:
      true
    default: false
    }
  }

  /// The cell of a learner.
  public func value(of learner: Learner) -> LearnerValue {
    let (flags, counts, moments) = (learner.flags, learner.counts, learner.moments)
    func moment(_ text: String) -> LearnerValue { text.isEmpty ? .none : .moment(text) }
    func text(_ text: String) -> LearnerValue { text.isEmpty ? .none : .text(text) }
    /// What a learner without remeasurement has no answer to.
    func remeasured(_ value: LearnerValue) -> LearnerValue { flags.remeasures ? value : .none }
    switch self {
    case .name: return text(learner.name)
    case .email: return text(learner.email)
    case .dateLaunched: return moment(moments.launched)
    case .firstLogIn: return moment(moments.firstLogin)
    case .profile: return .yesNo(flags.profile)
    case .selfAssessment: return .yesNo(flags.selfAssessment)
    case .feedbackInvited: return .of(counts.answered, counts.invited)
    case .feedbackCompleted: return .yesNo(flags.feedbackCompleted)
    case .survey: return .yesNo(flags.survey)
    case .coachAssigned: return text(learner.assignedCoach)
    case .coachName: return text(learner.coach)
    case .coachChanged: return .yesNo(flags.coachChanged)
    case .engagementEnd: return moment(moments.ends)
    case .sessionsCompleted: return .number(counts.completed)
    case .sessionsRemaining: return .number(counts.remaining)
    case .lateCancels: return .number(counts.lateCancels)
    case .managerSessions: return .number(counts.managerSessions)
    case .lastSession: return moment(moments.lastSession)
    case .nextSession: return moment(moments.nextSession)
    case .averageRating:
      return counts.ratings == 0 ? .none : .hundredths((counts.ratingSum * 200 + counts.ratings) / (2 * counts.ratings))
    case .totalRatings: return .number(counts.ratings)
    case .coachingPlan: return .yesNo(counts.plan > 0)
    case .planFeedback: return .yesNo(flags.planFeedback)
    case .focusAreaCount: return .number(counts.focusAreas)
    case .focusArea: return text(learner.focusAreas.joined(separator: "; "))
    case .remeasurementOpened: return remeasured(.yesNo(flags.remeasurementOpened))
    case .remeasurementCompleted: return remeasured(.yesNo(flags.remeasurementCompleted))
    case .goalPercentage:
      let isKnown = flags.goalsAssessed && counts.goals > 0
      return remeasured(isKnown ? .percent((counts.goalsAchieved * 200 + counts.goals) / (2 * counts.goals)) : .none)
    case .nps: return .yesNo(flags.nps)
    case .notes: return text(learner.notes.joined(separator: "; "))
    case .lastLateCancel: return moment(moments.lastLateCancel)
    case .focusAreasSelected: return .yesNo(flags.focusSelected)
    case .coachingPlanComplete: return .yesNo(counts.plan == 2)
    case .selfRemeasurement: return remeasured(.yesNo(flags.selfRemeasurement))
    case .secondFeedbackCompleted: return remeasured(.yesNo(flags.secondFeedbackCompleted))
    case .goalCompletion: return remeasured(.yesNo(flags.goalsAssessed))
    case .remeasurementSurvey: return remeasured(.yesNo(flags.remeasurementSurvey))
    case .impactReport: return remeasured(.yesNo(flags.impactReport))
    case .paused: return moment(moments.paused)
    case .unpaused: return moment(moments.unpaused)
    case .deactivated: return moment(moments.deactivated)
    case .firstSession: return moment(moments.firstSession)
    case .extended: return moment(moments.extended)
    case .stage: return .text(learner.stage.label)
    case .group: return text(learner.group)
    }
  }
}
