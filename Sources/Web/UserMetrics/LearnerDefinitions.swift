import Domain

extension LearnerColumn {
  /// What the column says, one click away from its heading (reference, "View learner status and data"; product.md 5).
  var definition: String {
    switch self {
    case .name: "The learner. The name leads to the learner’s profile."
    case .email: "The learner’s email, with which they sign in."
    case .dateLaunched: "The day on which the learner was given access to coaching."
    case .firstLogIn: "The day on which the learner first signed in to coaching."
    case .profile: "Whether the learner has set up their profile."
    case .selfAssessment: "Whether the learner has completed the self assessment."
    case .feedbackInvited:
      "How many have answered the 360° assessment, of all whom the learner has invited to it. People who were removed are left out."
    case .feedbackCompleted:
      "Complete when everybody invited to the 360° assessment has answered or was removed. With nobody invited it is open."
    case .survey: "Whether the learner has completed the survey of the first round."
    case .coachAssigned: "The coach at the learner’s first completed session; before that, the present coach."
    case .coachName: "The coach that the learner has now."
    case .coachChanged: "Whether the coach was ever replaced by another."
    case .engagementEnd:
      "The day on which the engagement ends. From then on the learner may sign in and read, but not book sessions or write to coaches."
    case .sessionsCompleted: "Sessions with a coach that took place."
    case .sessionsRemaining:
      "The sessions of the purchase that are not used yet. Late cancels use one up only where the purchase says so."
    case .lateCancels: "How often the learner canceled less than 24 hours before a session began. Exactly 24 hours before is not late."
    case .managerSessions: "Completed sessions that the learner’s manager attended as well."
    case .lastSession: "The day of the latest completed session."
    case .nextSession: "The day of the next session that is scheduled."
    case .averageRating: "The mean of what the learner gave completed sessions, from 1 to 5, to two decimals."
    case .totalRatings: "How many sessions the learner has rated."
    case .coachingPlan: "Whether the learner has a coaching plan, be it only begun."
    case .planFeedback: "Whether the learner’s manager was invited to give feedback on the coaching plan."
    case .focusAreaCount: "How many focus skills the engagement concentrates on."
    case .focusArea: "The focus skills by name, given by an administrator or chosen by the learner."
    case .remeasurementOpened: "Whether the learner can begin the tasks of the remeasurement. — where the learner is not remeasured."
    case .remeasurementCompleted:
      "Whether all tasks of the remeasurement are done: self, 360°, goals, survey. — where the learner is not remeasured."
    case .goalPercentage: "The share of the learner’s goals that they say, at the remeasurement, they have reached."
    case .nps: "Whether the learner has answered, from 0 to 10, how likely they are to recommend coaching."
    case .notes: "What administrators noted about the learner, oldest first."
    case .lastLateCancel: "The day of the learner’s latest cancelation less than 24 hours before a session."
    case .focusAreasSelected: "Whether the learner has chosen focus areas of their own."
    case .coachingPlanComplete: "Whether the learner has completed the coaching plan."
    case .selfRemeasurement: "Whether the learner has repeated the self assessment at the remeasurement."
    case .secondFeedbackCompleted:
      "Whether everybody invited to the second round of the 360° assessment has answered or was removed. With nobody invited it is No."
    case .goalCompletion: "Whether the learner has said, at the remeasurement, which goals were reached."
    case .remeasurementSurvey: "Whether the learner has completed the survey of the remeasurement."
    case .impactReport: "Yes once both rounds of the 360° assessment have the minimum of answers, so that their results can be compared."
    case .paused: "The day on which the learner was last paused."
    case .unpaused: "The day on which the learner got access again after being paused."
    case .deactivated: "The day on which the learner’s access was taken away."
    case .firstSession: "The day of the first completed session."
    case .extended: "The day on which the engagement was last extended."
    case .stage:
      "The first that applies: Deactivated, Paused, Completed, Remeasurement (once it is open), Steady State (first session completed), Onboarding."
    case .group: "The group in which the account team set the parameters of this engagement."
    }
  }
}
