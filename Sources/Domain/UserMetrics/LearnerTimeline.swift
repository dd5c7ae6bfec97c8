extension LearnerProfile {
  /// What happens in an engagement.
  public enum Step: Sendable, Equatable, CaseIterable {
    /// Access was given, first used, and the tasks of the beginning were done.
    case launched, coach, firstLogin, profile, selfAssessment, firstSession, survey
    /// What administrators did.
    case extended, paused, unpaused
    /// The remeasurement opened, and its tasks were done.
    case remeasurement, selfRemeasurement, goals, remeasurementSurvey
    /// It is over.
    case deactivated, end
  }

  /// Something that happened, or will by time alone.
  public struct Event: Sendable, Equatable {
    /// What.
    public let step: Step
    /// When, as text.
    public let at: String
    /// Whether that is still ahead.
    public let isAhead: Bool
    /// Who: a coach's name; else empty.
    public let detail: String
  }

  /// What happened and what will, in the order of time. Of an engagement that was deactivated nothing more is ahead.
  public func timeline(at now: Moment) -> [Event] {
    var events: [Event] = []
    func add(_ step: Step, _ at: String, _ detail: String = "") {
      let isAhead = at > now.text
      guard !at.isEmpty, !(isAhead && learner.stage == .deactivated) else { return }
      events.append(Event(step: step, at: at, isAhead: isAhead, detail: detail))
    }
    add(.launched, facts.launchedAt)
    for spell in coaches.reversed() { add(.coach, spell.assignedAt, spell.name) }
    add(.firstLogin, facts.firstLoginAt)
    add(.profile, facts.profileAt)
    add(.selfAssessment, facts.selfAssessmentAt)
    add(.firstSession, learner.moments.firstSession)
    add(.survey, facts.surveyAt)
    add(.extended, facts.extendedAt)
    add(.paused, facts.pausedAt)
    add(.unpaused, facts.unpausedAt)
    add(.remeasurement, facts.remeasurementOpensAt)
    add(.selfRemeasurement, facts.selfRemeasurementAt)
    add(.goals, facts.goalsAssessedAt)
    add(.remeasurementSurvey, facts.remeasurementSurveyAt)
    add(.deactivated, facts.deactivatedAt)
    add(.end, facts.endsAt)
    // Events of one moment stay in the order above.
    return events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }

  /// What a learner is to do.
  public enum Task: Sendable, Equatable {
    /// At the beginning.
    case profile, selfAssessment, feedback, survey, coachingPlan
    /// At the remeasurement.
    case selfRemeasurement, secondFeedback, goalCompletion, remeasurementSurvey
  }

  /// How a task stands.
  public struct TaskState: Sendable, Equatable {
    /// The task.
    public let task: Task
    /// Whether it is done, and when, as text; empty where that is not kept.
    public let isDone: Bool, at: String
  }

  /// The tasks of the beginning, in their order. With fewer people asked than the minimum the 360° stays open (product.md 5).
  public var tasks: [TaskState] {
    [
      TaskState(task: .profile, isDone: !facts.profileAt.isEmpty, at: facts.profileAt),
      TaskState(task: .selfAssessment, isDone: !facts.selfAssessmentAt.isEmpty, at: facts.selfAssessmentAt),
      TaskState(task: .feedback, isDone: learner.flags.feedbackCompleted && rounds[0].invited >= terms.minimumInvited, at: ""),
      TaskState(task: .survey, isDone: !facts.surveyAt.isEmpty, at: facts.surveyAt),
      TaskState(task: .coachingPlan, isDone: facts.plan == .complete, at: ""),
    ]
  }

  /// The four tasks of the remeasurement; none where the learner is not remeasured.
  public var remeasurementTasks: [TaskState] {
    guard terms.remeasures else { return [] }
    return [
      TaskState(task: .selfRemeasurement, isDone: !facts.selfRemeasurementAt.isEmpty, at: facts.selfRemeasurementAt),
      TaskState(task: .secondFeedback, isDone: learner.flags.secondFeedbackCompleted && rounds[1].invited >= terms.minimumInvited, at: ""),
      TaskState(task: .goalCompletion, isDone: !facts.goalsAssessedAt.isEmpty, at: facts.goalsAssessedAt),
      TaskState(task: .remeasurementSurvey, isDone: !facts.remeasurementSurveyAt.isEmpty, at: facts.remeasurementSurveyAt),
    ]
  }
}
