extension LearnerProfile {
  /// What was said of an engagement. Moments are texts, empty for never.
  public struct Facts: Sendable, Equatable {
    /// How far the coaching plan is.
    public enum Plan: String, Sendable {
      /// As the database keeps it.
      case none = "NONE", begun = "BEGUN", complete = "COMPLETE"
    }

    /// Access, and what the learner has done.
    public let launchedAt: String, firstLoginAt: String, profileAt: String, selfAssessmentAt: String, surveyAt: String
    /// The tasks of the remeasurement, and when it opens or has opened.
    public let remeasurementOpensAt: String, selfRemeasurementAt: String, goalsAssessedAt: String, remeasurementSurveyAt: String
    /// What administrators did.
    public let pausedAt: String, unpausedAt: String, deactivatedAt: String, extendedAt: String
    /// When the engagement ends or has ended.
    public let endsAt: String
    /// The coaching plan, and whether the manager was asked for feedback on it.
    public let plan: Plan, hasPlanFeedback: Bool
    /// How many answers on the scale of 0 to 10 there are.
    public let npsAnswers: Int
  }

  /// The terms of an engagement.
  public struct Terms: Sendable, Equatable {
    /// The group, the purchase, the 360° assessment and the survey by name; the last two may be empty.
    public let group: String, purchase: String, assessment: String, survey: String
    /// The sessions that the purchase gives each learner, whether late cancels count as used, and when it expires; empty for never.
    public let sessions: Int, lateCancelsCount: Bool, expiresAt: String
    /// The duration in days, and the bounds of 360° invitations.
    public let days: Int, minimumInvited: Int, minimumAnswered: Int, maximumInvited: Int
    /// Whether the learner is remeasured, and how many days before the end that opens by itself; nil where an administrator opens it.
    public let remeasures: Bool, remeasurementDays: Int?
    /// Whether the coach's meeting links are used.
    public let meetingLinks: Bool
    /// The default language, as a tag such as `en`.
    public let language: String
  }

  /// A session with a coach.
  public struct Session: Sendable, Equatable {
    /// How it stands.
    public enum State: String, Sendable {
      /// As the database keeps it.
      case scheduled = "SCHEDULED", completed = "COMPLETED", canceled = "CANCELED", lateCanceled = "LATE_CANCELED", missed = "MISSED"
    }

    /// When it begins and ends, as text.
    public let startsAt: String, endsAt: String
    /// The coach's name.
    public let coach: String
    /// How it stands.
    public let state: State
    /// Whether the learner's manager was there.
    public let managerAttended: Bool
    /// What the learner gave, 1 to 5.
    public let rating: Int?
  }

  /// One round of 360° feedback.
  public struct Round: Sendable, Equatable {
    /// Who was asked; without the answers, which are nobody's but the learner's.
    public struct Person: Sendable, Equatable {
      /// The name, or the email where no name was given; and how they know the learner.
      public let name: String, relation: String
      /// Moments as text, empty for not.
      public let answeredAt: String, removedAt: String
    }

    /// Everybody invited and not removed, those of them who have answered, and those removed.
    public let invited: Int, answered: Int, removed: Int
    /// At most `mostRows`, in the order of the invitations.
    public let people: [Person]
  }

  /// A skill that the engagement concentrates on.
  public struct FocusArea: Sendable, Equatable {
    /// The skill's name.
    public let name: String
    /// Whether the learner chose it; otherwise an administrator gave it.
    public let isChosen: Bool
  }

  /// A goal of the learner.
  public struct Goal: Sendable, Equatable {
    /// Its words.
    public let text: String
    /// What the learner said of it at the remeasurement.
    public let isAchieved: Bool
  }

  /// What an administrator noted.
  public struct Note: Sendable, Equatable {
    /// Its words.
    public let text: String
    /// Who wrote it, and when, as text.
    public let author: String, at: String
  }

  /// A coach of the engagement, from when on.
  public struct CoachSpell: Sendable, Equatable {
    /// The coach's name, and the moment as text.
    public let name: String, assignedAt: String
  }
}
