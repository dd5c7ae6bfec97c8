import CSV

/// A column of the lists of coaches in User Metrics, and of their exports.
public enum CoachColumn: String, Sendable, CaseIterable, Hashable {
  case name, state, clients, capacity, sessions
  case rating = "average-rating"
  case nps
  case nextSession = "next-session"

  /// What the list of a kind offers beside the name.
  public static func offered(_ kind: CoachList.Kind) -> [CoachColumn] {
    switch kind {
    case .platform: [.clients, .sessions, .rating, .nps]
    case .organization: [.state, .clients, .capacity, .sessions, .rating, .nps, .nextSession]
    }
  }

  /// What is shown unless others are chosen.
  public static func standard(_ kind: CoachList.Kind) -> [CoachColumn] {
    switch kind {
    case .platform: offered(.platform)
    case .organization: [.clients, .capacity, .sessions, .rating, .nextSession]
    }
  }

  /// The heading; the reference's where it has the column.
  public var header: String {
    switch self {
    case .name: "Name"
    case .state: "State"
    case .clients: "Number of clients vs total"
    case .capacity: "Capacity"
    case .sessions: "Total Sessions"
    case .rating: "Average Session Rating"
    case .nps: "NPS"
    case .nextSession: "Next Session"
    }
  }

  /// Whether the column holds numbers.
  public var isNumber: Bool { ![.name, .state, .nextSession].contains(self) }

  /// The cell of a coach.
  public func value(of coach: ListedCoach) -> LearnerValue {
    switch self {
    case .name: .text(coach.name)
    case .state: .text(coach.state.label)
    case .clients: .of(coach.clientsNow, coach.clientsEver)
    case .capacity: coach.capacity.map { .of(coach.clientsNow, $0) } ?? .text("No limit")
    case .sessions: .number(coach.sessions)
    case .rating: coach.rating.map { .hundredths($0) } ?? .none
    case .nps: coach.nps.map { .number($0) } ?? .none
    case .nextSession: coach.nextSession.isEmpty ? .none : .moment(coach.nextSession)
    }
  }
}

extension CoachColumn: ListColumn {
  func write(_ coach: ListedCoach, to writer: inout CSVWriter) { value(of: coach).write(to: &writer) }
}

/// A coach as a row of User Metrics: what somebody has done in one organization.
public struct ListedCoach: Sendable, Equatable {
  /// The coach, with the name and the account's email.
  public let id: Int64, name: String, email: String
  /// How far the coach is.
  public let state: Coach.State
  /// Learners of the organization now, and ever; completed sessions with them.
  public let clientsNow: Int, clientsEver: Int, sessions: Int
  /// How many sessions of the organization are rated, and what the ratings add up to.
  public let ratings: Int, ratingSum: Int
  /// Whether more than one learner of the organization has rated.
  public let hasSeveralRaters: Bool
  /// How many learners at once; nil for no limit.
  public let capacity: Int?
  /// When the next session of the organization begins; empty for none.
  public let nextSession: String
  /// Answers on the scale of 0 to 10 in all organizations, those of 9 and 10, and those of 0 to 6.
  public let npsAnswers: Int, npsPromoters: Int, npsDetractors: Int

  /// The mean rating in hundredths; nil unless more than one learner has rated (reference, "Average Session Rating").
  public var rating: Int? {
    hasSeveralRaters && ratings > 0 ? (ratingSum * 200 + ratings) / (2 * ratings) : nil
  }

  /// From −100 to 100; nil without an answer.
  public var nps: Int? {
    guard npsAnswers > 0 else { return nil }
    let difference = npsPromoters - npsDetractors
    return difference.signum() * ((abs(difference) * 200 + npsAnswers) / (2 * npsAnswers))
  }
}

extension ListedCoach: Listed {}
