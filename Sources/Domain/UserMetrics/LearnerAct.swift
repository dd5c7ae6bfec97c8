/// What administrators do to engagements, to one or to many at once.
public enum LearnerAct: Sendable, Equatable {
  /// Ends the engagement and the person's sign-in to the organization.
  case deactivate
  /// Takes a deactivation back.
  case reactivate
  /// Keeps the learner from coaching; courses stay open.
  case pause
  /// Ends a pause and moves the end by it.
  case unpause
  /// Moves the end.
  case extend(Extension)
  /// Gives the learners to the coach with that id.
  case changeCoach(Int64)
  /// Adds a note for administrators.
  case note(String)
  /// Opens remeasurement before its day, or where it has none.
  case openRemeasurement

  /// How far an end is moved.
  public enum Extension: Sendable, Equatable {
    /// By so many days of 24 hours.
    case days(Int64)
    /// To a moment, the same for everybody.
    case until(Moment)
  }

  /// An act without what was typed for it, by the word that stands in addresses and in `engagement_acts`.
  public enum Kind: String, Sendable, CaseIterable {
    case deactivation, reactivation, pause, resumption, extending = "extension", coach, note, remeasurement
  }

  /// What kind it is.
  public var kind: Kind {
    switch self {
    case .deactivate: .deactivation
    case .reactivate: .reactivation
    case .pause: .pause
    case .unpause: .resumption
    case .extend: .extending
    case .changeCoach: .coach
    case .note: .note
    case .openRemeasurement: .remeasurement
    }
  }

  /// The most that an engagement is extended by, in days.
  public static let mostDays: Int64 = 3650
  /// The longest note, in characters.
  public static let longestNote = 4000

  /// Reads how far to extend: a number of days, or a last day, through its last minute where the organization is.
  ///
  /// - Throws: `Failure` of code `invalid`, fields `days` and `until`.
  public static func extending(days: String, until: String, in organization: Organization, at now: Moment) throws -> LearnerAct {
    func fault(_ field: String, _ sentence: String) -> Failure { Failure(.invalid, sentence, fields: [.init(field, sentence)]) }
    let (days, until) = (String(days.trimmingBlanks()), String(until.trimmingBlanks()))
    if days.isEmpty == until.isEmpty { throw fault("days", "Give either a number of days or a last day.") }
    if until.isEmpty {
      guard let number = Int64(days), (1...mostDays).contains(number) else {
        throw fault("days", "Days must be a whole number from 1 to \(mostDays).")
      }
      return .extend(.days(number))
    }
    guard let day = CivilDate(until) else { throw fault("until", "The last day must be a date such as 2026-11-30.") }
    let end = day.end(in: organization.zone)
    if end <= now { throw fault("until", "The last day must not be over.") }
    return .extend(.until(end))
  }

  /// Reads a note.
  ///
  /// - Throws: `Failure` of code `invalid`, field `note`.
  public static func noting(_ text: String) throws -> LearnerAct {
    let text = String(text.replacing("\r\n", with: "\n").trimmingBlanks())
    if text.isEmpty || text.count > longestNote || !text.isPrintable(lines: true) {
      let sentence = text.isEmpty ? "Write the note." : "A note has at most \(longestNote) characters, all of them printable."
      throw Failure(.invalid, sentence, fields: [.init("note", sentence)])
    }
    return .note(text)
  }
}

/// Which engagements an act is about.
public enum LearnerSelection: Sendable, Equatable {
  /// These, by id.
  case engagements([Int64])
  /// All that match.
  case matching(LearnerFilter)
}
