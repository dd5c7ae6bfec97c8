import Database

extension LearnerColumn {
  /// How a list of engagements is put in the column's order, whether or not that is shown.
  func sortKey(organization: Int64, in connection: any Connection) throws -> SortKey {
    func number(_ column: SQL) -> SortKey { SortKey(column: column, kind: .number) }
    func moment(_ column: SQL) -> SortKey { SortKey(column: column, kind: .moment) }
    func indexed(_ column: Column, _ kind: SortKey.Kind) -> SortKey {
      SortKey(column: "r.\(column.sql)", kind: kind, isIndexed: true, counted: column)
    }
    /// What a learner without remeasurement has no answer to comes before No.
    func remeasured(_ column: SQL) -> SortKey { number("(CASE WHEN r.remeasurement = 0 THEN -1 ELSE \(column) END)") }
    switch self {
    case .name: return indexed("search_key", .text)
    case .email: return indexed("email_key", .text)
    case .dateLaunched: return indexed("launched_at", .moment)
    case .engagementEnd: return indexed("ends_at", .moment)
    case .coachName: return indexed("coach_key", .text)
    case .lastSession: return indexed("last_session_at", .moment)
    case .nextSession: return indexed("next_session_at", .moment)
    case .stage: return indexed("stage", .number)
    case .firstLogIn: return moment("r.first_login_at")
    case .profile: return number("r.profile")
    case .selfAssessment: return number("r.self_assessment")
    // By how many have answered, then by how many were asked; 100,000 is more than anybody may invite.
    case .feedbackInvited: return number("(r.feedback_answered * 100000 + r.feedback_invited)")
    case .feedbackCompleted: return number("r.feedback_completed")
    case .survey: return number("r.survey")
    case .coachAssigned: return .ranked("r.assigned_coach_id", try Ranks.coaches(organization: organization, in: connection))
    case .coachChanged: return number("r.coach_changed")
    case .sessionsCompleted: return number("r.sessions_completed")
    case .sessionsRemaining: return number("r.sessions_remaining")
    case .lateCancels: return number("r.late_cancels")
    case .managerSessions: return number("r.manager_sessions")
    case .averageRating: return number("(CASE WHEN r.ratings = 0 THEN -1 ELSE r.rating_sum * 10000 / r.ratings END)")
    case .totalRatings: return number("r.ratings")
    case .coachingPlan, .coachingPlanComplete: return number("r.coaching_plan")
    case .planFeedback: return number("r.plan_feedback")
    case .focusAreaCount: return number("r.focus_areas")
    case .focusArea: return indexed("focus_key", .text)
    case .remeasurementOpened: return remeasured("r.remeasurement_opened")
    case .remeasurementCompleted: return remeasured("r.remeasurement_completed")
    case .goalPercentage:
      return remeasured("CASE WHEN r.goals_assessed = 0 OR r.goals = 0 THEN -1 ELSE r.goals_achieved * 10000 / r.goals END")
    case .nps: return number("r.nps")
    case .notes: return indexed("note_key", .text)
    case .lastLateCancel: return moment("r.last_late_cancel_at")
    case .focusAreasSelected: return number("r.focus_selected")
    case .selfRemeasurement: return remeasured("r.self_remeasurement")
    case .secondFeedbackCompleted: return remeasured("r.second_feedback_completed")
    case .goalCompletion: return remeasured("r.goals_assessed")
    case .remeasurementSurvey: return remeasured("r.remeasurement_survey")
    case .impactReport: return remeasured("r.impact_report")
    case .paused: return moment("r.paused_at")
    case .unpaused: return moment("r.unpaused_at")
    case .deactivated: return moment("r.deactivated_at")
    case .firstSession: return moment("r.first_session_at")
    case .extended: return moment("r.extended_at")
    case .group: return .ranked("r.group_id", try Ranks.groups(organization: organization, in: connection))
    }
  }
}
