/// One engagement on the Learners page: its learner, and every fact of the 43 columns (reference, "View learner status and data").
///
/// Moments are texts, empty for never.
public struct Learner: Sendable, Equatable {
  /// The engagement, the user, and the group by id.
  public let id: Int64, userID: Int64, groupID: Int64
  /// The learner.
  public let name: String, email: String
  /// Where the engagement is.
  public let stage: Stage
  /// The group's name.
  public let group: String
  /// The coach now, and the one at the first completed session, else now; empty without one.
  public let coach: String, assignedCoach: String
  /// The coach's id; nil without one.
  public let coachID: Int64?
  let flags: Flags
  let counts: Counts
  let moments: Moments
  /// The focus areas by name, and the administrators' notes, oldest first; only where their columns are shown.
  public let focusAreas: [String], notes: [String]

  /// What is or is not so.
  struct Flags: Sendable, Equatable {
    var profile = false, selfAssessment = false, feedbackCompleted = false, survey = false, coachChanged = false, planFeedback = false
    var focusSelected = false, remeasures = false, remeasurementOpened = false, remeasurementCompleted = false, goalsAssessed = false
    var nps = false, selfRemeasurement = false, secondFeedbackCompleted = false, remeasurementSurvey = false, impactReport = false
  }

  /// What is counted. `plan` is 0 for none, 1 begun, 2 complete.
  struct Counts: Sendable, Equatable {
    var invited = 0, answered = 0, completed = 0, remaining = 0, lateCancels = 0, managerSessions = 0, ratings = 0, ratingSum = 0, plan = 0
    var focusAreas = 0, goals = 0, goalsAchieved = 0
  }

  /// When something happened.
  struct Moments: Sendable, Equatable {
    var launched = "", firstLogin = "", ends = "", firstSession = "", lastSession = "", nextSession = "", lastLateCancel = ""
    var paused = "", unpaused = "", deactivated = "", extended = ""
  }

  /// When the engagement ends.
  public var endsAt: String { moments.ends }
  /// Sessions completed, and those left of the purchase's.
  public var sessionsCompleted: Int { counts.completed }
  /// See `sessionsCompleted`.
  public var sessionsRemaining: Int { counts.remaining }
}

/// A cell of the Learners page and of its export.
public enum LearnerValue: Sendable, Equatable {
  /// Nothing to say: "—" on the page, empty in a file.
  case none
  /// Text as it is.
  case text(String)
  /// A whole number.
  case number(Int)
  /// So many of so many.
  case of(Int, Int)
  /// Hundredths: 4.25 is 425.
  case hundredths(Int)
  /// Percent, whole.
  case percent(Int)
  /// A moment as text.
  case moment(String)
  /// Yes or No.
  case yesNo(Bool)
}
