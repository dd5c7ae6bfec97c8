public import Database

/// A session that is to be scheduled: what stands in its way, and where it would take place (product.md 5).
public struct Booking: Sendable {
  /// The engagement.
  public let engagementID: Int64
  /// The learner's name, and the organization's with its zone.
  public let learner: String, organization: String, timeZone: String
  /// Whether the coach's meeting link is used; otherwise the learner's own is needed.
  public let usesCoachLink: Bool
  /// The coach's link; empty for none.
  public let coachLink: String
  /// When the engagement ends: no session may end later.
  public let endsAt: Moment
  /// Sessions of the purchase, those that are used, and those that are scheduled and not yet marked.
  public let sessions: Int64, used: Int64, scheduled: Int64
  /// Why no session can be scheduled at all; nil where one can.
  public let obstacle: String?

  let userID: Int64, organizationID: Int64

  /// How many could still be scheduled.
  public var left: Int64 { max(0, sessions - used - scheduled) }

  /// What there is to know before a session of an engagement is scheduled.
  ///
  /// - Throws: `Failure.notFound` for an engagement that is not the coach's now.
  public static func find(_ engagement: Int64, scope: CoachScope, at now: Moment, in connection: any Connection) throws -> Booking {
    let coach = scope.coach
    let found = try connection.first(
      """
      SELECT e.user_id, e.organization_id, u.name, u.email, o.name, o.time_zone, e.meeting_links, e.ends_at, p.sessions, p.late_cancels_count,
        e.deactivated_at, e.paused_at, e.unpaused_at, u.deactivated_at,
        (SELECT COUNT(*) FROM coaching_sessions s WHERE s.engagement_id = e.id AND s.state = 'COMPLETED'),
        (SELECT COUNT(*) FROM coaching_sessions s WHERE s.engagement_id = e.id AND s.state = 'LATE_CANCELED'),
        (SELECT COUNT(*) FROM coaching_sessions s WHERE s.engagement_id = e.id AND s.state = 'SCHEDULED'),
        (SELECT r.remeasurement_completed FROM engagement_rows r WHERE r.organization_id = e.organization_id AND r.engagement_id = e.id)
      FROM engagements e JOIN users u ON u.organization_id = e.organization_id AND u.id = e.user_id
      JOIN organizations o ON o.id = e.organization_id JOIN company_purchases p ON p.id = e.company_purchase_id
      WHERE e.id = \(engagement) AND e.coach_id = \(coach.id)
      """
    ) { row -> Booking? in
      guard let ends = Moment(row.text(7)) else { return nil }
      let name = row.text(2).isEmpty ? row.text(3) : row.text(2)
      let (sessions, used) = (row.int(8), row.int(14) + (row.bool(9) ? row.int(15) : 0))
      let obstacle = Booking.obstacle(
        name, coach, ends: ends, isDeactivated: !row.text(10).isEmpty || !row.text(13).isEmpty, isPaused: row.text(11) > row.text(12),
        isRemeasured: row.int(17) == 1, usesCoachLink: row.bool(6), counts: (sessions, used, row.int(16)), at: now)
      return Booking(
        engagementID: engagement, learner: name, organization: row.text(4), timeZone: row.text(5), usesCoachLink: row.bool(6),
        coachLink: coach.meetingLink, endsAt: ends, sessions: sessions, used: used, scheduled: row.int(16), obstacle: obstacle,
        userID: row.int(0), organizationID: row.int(1))
    }
    guard let booking = found ?? nil else { throw Failure.notFound }
    return booking
  }

  private static func obstacle(
    _ name: String, _ coach: Coach, ends: Moment, isDeactivated: Bool, isPaused: Bool, isRemeasured: Bool, usesCoachLink: Bool,
    counts: (sessions: Int64, used: Int64, scheduled: Int64), at now: Moment
  ) -> String? {
    if !coach.deactivatedAt.isEmpty { return "\(coach.name) is deactivated, so no session can be scheduled." }
    if isDeactivated { return "The coaching of \(name) is deactivated, so no session can be scheduled." }
    if isPaused { return "The coaching of \(name) is paused. Sessions can be scheduled again once an administrator ends the pause." }
    if ends <= now { return "The coaching of \(name) has ended, so no session can be scheduled." }
    if isRemeasured { return "The coaching of \(name) is completed: everything of the remeasurement is done." }
    guard counts.used + counts.scheduled < counts.sessions else {
      return "\(name) has no session left: of \(counts.sessions), \(counts.used) are used and \(counts.scheduled) are scheduled."
    }
    if usesCoachLink, coach.meetingLink.isEmpty {
      return "Sessions with \(name) take place at your meeting link, and your profile has none. Save one in your profile first."
    }
    return nil
  }

  /// Makes the transaction the only one that books with a person, whichever organization it is in, until it ends.
  static func beAlone(with coach: Coach, in tx: any Connection) throws {
    try tx.run("UPDATE coaches SET bookings = bookings + 1 WHERE account_id = \(coach.accountID)")
  }
}

extension CoachScope {
  /// Schedules a session with a learner into a free slot.
  ///
  /// - Parameters:
  ///   - start: the beginning of a slot that `CoachSchedule.freeSlots` offers at this moment.
  ///   - link: the learner's own meeting link, where the coach's is not used.
  /// - Returns: the session's id.
  /// - Throws: `Failure`: `notFound` for an engagement that is not the coach's; `invalid` with the field `meeting-link`; `conflict` with the
  ///   sentence that says what stands in the way, with the field `start` where it is the slot.
  public func schedule(
    _ engagement: Int64, at start: Moment, link: String, now: Moment, in database: any Database
  ) throws -> Int64 {
    let organization = try database.read { try Booking.find(engagement, scope: self, at: now, in: $0).organizationID }
    return try database.write(organization: organization, patience: .seconds(30)) { tx in
      try Booking.beAlone(with: coach, in: tx)
      // As it is now that nobody else books: deactivation and hours may have changed since the page was shown.
      let scope = try CoachScope(
        viewer: viewer, coach: Coach.find(id: coach.id, of: SetUpOwner(self), in: tx), organization: self.organization)
      let booking = try Booking.find(engagement, scope: scope, at: now, in: tx)
      if let obstacle = booking.obstacle { throw Failure(.conflict, obstacle) }
      let link = try booking.link(DraftFaults.tidied(link))
      let slot = try scope.slot(at: start, for: booking, now: now, in: tx)
      var made: Int64?
      try EngagementFigures.keeping(learners: [booking.userID], of: organization, at: now, in: tx) {
        made = try tx.first(
          """
          INSERT INTO coaching_sessions (organization_id, engagement_id, user_id, coach_id, starts_at, ends_at, state, meeting_link)
          VALUES (\(organization), \(engagement), \(booking.userID), \(coach.id), \(slot.starts.text), \(slot.ends.text), 'SCHEDULED', \(link))
          ON CONFLICT DO NOTHING RETURNING id
          """
        ) { $0.int(0) }
      }
      guard let made else { throw CoachScope.taken }
      try record(
        "session_scheduled", about: .init(kind: "coaching_session", id: made), slot, of: organization, values: [("coach", coach.name)],
        at: now, in: tx)
      return made
    }
  }

  static let taken: Failure = {
    let sentence = "This slot is no longer free. Choose another one."
    return Failure(.conflict, sentence, fields: [.init("start", sentence)])
  }()

  /// The free slot that begins at a moment.
  private func slot(at start: Moment, for booking: Booking, now: Moment, in tx: any Connection) throws -> Stretch {
    func fault(_ sentence: String) -> Failure { Failure(.conflict, sentence, fields: [.init("start", sentence)]) }
    let length = coach.sessionMinutes * 60
    if start <= now { throw fault("This slot has begun already. Choose another one.") }
    if start.adding(seconds: length) > booking.endsAt { throw fault("The coaching of \(booking.learner) ends before this slot does.") }
    let around = Stretch(starts: start, ends: start.adding(seconds: length))
    let schedule = try CoachSchedule.load(of: coach, in: around, connection: tx)
    guard let slot = schedule.freeSlots(in: around, at: now).first(where: { $0.starts == start }) else { throw CoachScope.taken }
    let others = try tx.scalar(
      """
      SELECT COUNT(*) FROM coaching_sessions WHERE engagement_id = \(booking.engagementID) AND state = 'SCHEDULED'
        AND starts_at < \(slot.ends.text) AND ends_at > \(slot.starts.text)
      """)
    if others > 0 { throw fault("\(booking.learner) has another session at this time. Choose another slot.") }
    return slot
  }
}

extension Booking {
  /// Where the session takes place.
  fileprivate func link(_ typed: String) throws -> String {
    if usesCoachLink { return coachLink }
    guard CoachDraft.isAddress(typed) else {
      let sentence =
        typed.isEmpty
        ? "A session with \(learner) needs the learner’s own meeting link."
        : "The meeting link must begin with https:// and have at most 500 characters without blanks."
      throw Failure(.invalid, sentence, fields: [.init("meeting-link", sentence)])
    }
    return typed
  }
}
