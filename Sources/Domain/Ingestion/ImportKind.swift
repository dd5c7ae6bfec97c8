/// What a file says: one of the reports of another system, or the course catalog behind them.
public enum ImportKind: String, Sendable, CaseIterable {
  /// Courses with partner and skill; a course that teaches several skills has a row for each.
  case courses
  /// The assessments of courses as programs offer them.
  case assessments
  /// Who is invited to, a member of or removed from a program.
  case membershipReport = "membership-report"
  /// Who is enrolled in which course, and how far.
  case usageReport = "usage-report"
  /// Attempts at assessments.
  case assessmentAttempts = "assessment-attempts"
  /// Coaches with profile and working hours, the platform's and the organization's own.
  case coaches
  /// Who is coached in which group, by whom, and how far.
  case engagements
  /// Sessions of learners with coaches.
  case coachingSessions = "coaching-sessions"
  /// Who was invited to learners' 360° assessments.
  case feedbackInvitations = "feedback-invitations"
  /// Learners' answers to how likely they are to recommend coaching.
  case npsResponses = "nps-responses"

  /// The columns that the file must have, in any order and case.
  public var headers: [String] {
    switch self {
    case .courses: CourseImport.headers
    case .assessments: AssessmentImport.headers
    case .membershipReport: ReportColumns.membership
    case .usageReport: ReportColumns.usage
    case .assessmentAttempts: AttemptImport.headers
    case .coaches: CoachImport.headers
    case .engagements: EngagementImport.headers
    case .coachingSessions: SessionImport.headers
    case .feedbackInvitations: FeedbackImport.headers
    case .npsResponses: NPSImport.headers
    }
  }
}
