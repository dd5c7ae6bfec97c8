public import Database

/// What became of a session.
public enum SessionOutcome: String, Sendable, CaseIterable {
  /// It took place.
  case completed
  /// The learner did not come.
  case missed
  /// It was called off, by the learner or by the coach.
  case canceledByLearner = "canceled-by-learner", canceledByCoach = "canceled-by-coach"

  /// As forms say it.
  public var label: String {
    switch self {
    case .completed: "Completed"
    case .missed: "Missed: the learner did not come"
    case .canceledByLearner: "Canceled by the learner"
    case .canceledByCoach: "Canceled by me"
    }
  }

  /// A learner's cancel within so many seconds of the start is late; exactly so many before it is not (product.md 5).
  public static let lateSeconds: Int64 = 24 * 3600

  /// How a session stands that begins at a moment and was canceled at another; without a cancel that does not matter.
  public func state(start: Moment, canceled: Moment) -> LearnerProfile.Session.State {
    switch self {
    case .completed: .completed
    case .missed: .missed
    case .canceledByLearner: canceled > start.adding(seconds: -SessionOutcome.lateSeconds) ? .lateCanceled : .canceled
    case .canceledByCoach: .canceled
    }
  }
}

/// What is typed of a session's outcome.
public struct SessionOutcomeDraft: Sendable, Equatable {
  /// The outcome by its word; empty for none.
  public var outcome = ""
  /// Whether the learner's manager was there.
  public var managerAttended = false
  /// When it was canceled, in the coach's zone: `2026-11-23` and `09:30`; both empty for now.
  public var day = "", time = ""

  /// Nothing typed yet.
  public init() {}

  /// What is known of a session of the coach: nothing of one that is scheduled still.
  public init(_ session: CoachSession, of scope: CoachScope) {
    switch session.state {
    case .scheduled: break
    case .completed: outcome = SessionOutcome.completed.rawValue
    case .missed: outcome = SessionOutcome.missed.rawValue
    case .canceled, .lateCanceled:
      outcome = (session.isCanceledByLearner ? SessionOutcome.canceledByLearner : .canceledByCoach).rawValue
    }
    managerAttended = session.managerAttended
    guard let canceled = Moment(session.canceledAt) else { return }
    let date = CivilDate(of: canceled, in: scope.coach.zone)
    guard let reading = ZoneClock(scope.coach.zone, days: date, date).reading(canceled) else { return }
    (day, time) = (reading.date.text, WorkingHours.clock(reading.minute))
  }

  /// What is meant.
  ///
  /// - Throws: `Failure` of code `invalid` with the faulty field `outcome`, `manager-attended`, `canceled-day` or `canceled-time`.
  fileprivate func checked(
    _ session: CoachSession, in scope: CoachScope, at now: Moment
  ) throws -> (outcome: SessionOutcome, canceled: Moment?) {
    var faults = DraftFaults()
    guard let outcome = SessionOutcome(rawValue: outcome) else {
      faults.add("outcome", "Say what became of the session.")
      try faults.refuse()
      throw Failure.notFound
    }
    switch outcome {
    case .completed, .missed:
      faults.require(session.stretch.starts <= now, "outcome", "The session has not begun yet. Until then it can only be canceled.")
      faults.require(
        outcome == .completed || !managerAttended, "manager-attended", "A manager can attend only a session that took place.")
      try faults.refuse()
      return (outcome, nil)
    case .canceledByLearner, .canceledByCoach:
      faults.require(!managerAttended, "manager-attended", "A manager can attend only a session that took place.")
      if let unchanged = momentKept(of: session, in: scope) {
        try faults.refuse()
        return (outcome, unchanged)
      }
      let canceled = moment(in: scope, at: now, &faults)
      if let canceled {
        faults.require(canceled <= now, "canceled-day", "This is in the future. Leave both fields empty for now.")
        faults.require(
          canceled < session.stretch.starts, "canceled-day",
          "A session is canceled before it begins. Say when, or mark it as missed.")
      }
      try faults.refuse()
      return (outcome, canceled)
    }
  }

  /// When the session was canceled already, to the millisecond, as long as nobody types another minute.
  private func momentKept(of session: CoachSession, in scope: CoachScope) -> Moment? {
    let known = SessionOutcomeDraft(session, of: scope)
    guard !known.day.isEmpty, day.trimmingBlanks() == known.day, time.trimmingBlanks() == known.time else { return nil }
    return Moment(session.canceledAt)
  }

  private func moment(in scope: CoachScope, at now: Moment, _ faults: inout DraftFaults) -> Moment? {
    let (day, time) = (String(day.trimmingBlanks()), time.trimmingBlanks())
    if day.isEmpty, time.isEmpty { return now }
    guard let date = CivilDate(day) else {
      faults.add("canceled-day", "Say the day as year, month and day, such as 2026-11-23.")
      return nil
    }
    guard let minute = WorkingHours.minute(time),
      let moment = ZoneClock(scope.coach.zone, days: date, date).moment(on: date, minute: minute)
    else {
      faults.add("canceled-time", "Say the time in hours and minutes, such as 09:30.")
      return nil
    }
    return moment
  }
}

extension CoachScope {
  /// Marks what became of a session, or corrects it. One that the learner has rated took place; only whether the manager was there can change.
  ///
  /// - Throws: `Failure`: `notFound` for a session of another coach; `conflict` for one that is rated, and with the field `outcome` for one that was
  ///   called off or missed and cannot have taken place; `invalid` as the draft says.
  @discardableResult
  public func mark(
    _ id: Int64, _ draft: SessionOutcomeDraft, at now: Moment, in database: any Database
  ) throws -> LearnerProfile.Session.State {
    let organization = try database.read { try session(id, in: $0).organizationID }
    return try database.write(organization: organization, patience: .seconds(30)) { tx in
      let session = try self.session(id, in: tx)
      if session.isRated, draft.outcome != SessionOutcome.completed.rawValue {
        throw Failure(.conflict, "The learner has rated this session, so it stays completed.")
      }
      let (outcome, canceled) = try draft.checked(session, in: self, at: now)
      if outcome == .completed, session.state != .scheduled, session.state != .completed { try requireRoom(for: session, in: tx) }
      let state = outcome.state(start: session.stretch.starts, canceled: canceled ?? now)
      let by = outcome == .canceledByLearner ? "LEARNER" : outcome == .canceledByCoach ? "COACH" : ""
      try EngagementFigures.keeping(learners: [session.userID], of: organization, at: now, in: tx) {
        try tx.run(
          """
          UPDATE coaching_sessions SET state = \(state.rawValue), canceled_at = \(canceled?.text ?? ""), canceled_by = \(by),
            manager_attended = \(draft.managerAttended) WHERE id = \(id) AND coach_id = \(coach.id)
          """)
      }
      try record(
        "session_marked", about: .init(kind: "coaching_session", id: id), session.stretch, of: organization,
        values: [("state", state.rawValue), ("manager_attended", draft.managerAttended ? "yes" : "no")], at: now, in: tx)
      return state
    }
  }

  /// Refuses that a session took place which gave its time and its place in the purchase back, where somebody else has them now.
  private func requireRoom(for session: CoachSession, in tx: any Connection) throws {
    func refusal(_ sentence: String) -> Failure { Failure(.conflict, sentence, fields: [.init("outcome", sentence)]) }
    // A booking that is under way sees it, or is seen by it.
    try Booking.beAlone(with: coach, in: tx)
    let others = try CoachSchedule.load(of: coach, in: session.stretch, connection: tx).sessions.filter { $0.id != session.id }
    if others.contains(where: { ($0.state == .scheduled || $0.state == .completed) && $0.stretch.overlaps(session.stretch) }) {
      throw refusal("You have another session at this time. Correct that one first.")
    }
    let theirs = try tx.scalar(
      """
      SELECT COUNT(*) FROM coaching_sessions WHERE engagement_id = \(session.engagementID) AND id <> \(session.id)
        AND state IN ('SCHEDULED', 'COMPLETED') AND starts_at < \(session.stretch.ends.text) AND ends_at > \(session.stretch.starts.text)
      """)
    if theirs > 0 { throw refusal("\(session.learner) has another session at this time, which has to be corrected first.") }
    let purchase = try tx.first(
      """
      SELECT p.sessions, p.late_cancels_count, (SELECT COUNT(*) FROM coaching_sessions s WHERE s.engagement_id = e.id
        AND (s.state IN ('SCHEDULED', 'COMPLETED') OR s.state = 'LATE_CANCELED' AND p.late_cancels_count = 1))
      FROM engagements e JOIN company_purchases p ON p.id = e.company_purchase_id WHERE e.id = \(session.engagementID)
      """
    ) { (sessions: $0.int(0), lateCancelsCount: $0.bool(1), taken: $0.int(2)) }
    // A late cancel that counts takes a session of the purchase already.
    guard let found = purchase, !(session.state == .lateCanceled && found.lateCancelsCount) else { return }
    if found.taken >= found.sessions {
      throw refusal("\(session.learner) has no session left: of \(found.sessions), \(found.taken) are used or scheduled.")
    }
  }
}
