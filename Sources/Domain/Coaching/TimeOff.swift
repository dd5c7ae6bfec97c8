public import Database
import Foundation

/// What is typed of time off: days and, where it is part of a day, times in the coach's zone.
public struct TimeOffDraft: Sendable, Equatable {
  /// `2026-11-23`, the last day included.
  public var from = "", to = ""
  /// `09:30`; empty for the whole day.
  public var fromTime = "", toTime = ""
  /// A word for the coach.
  public var note = ""

  /// Nothing typed yet.
  public init() {}

  /// The stretch that is meant.
  ///
  /// - Throws: `Failure` of code `invalid` with the faulty fields `from`, `from-time`, `to`, `to-time`, `note`.
  func checked(in zone: TimeZone, at now: Moment) throws -> (stretch: Stretch, note: String) {
    var faults = DraftFaults()
    let note = DraftFaults.tidied(note)
    faults.text(note, "note", "The note", most: 200)
    func day(_ text: String, _ field: String) -> CivilDate? {
      let date = CivilDate(String(text.trimmingBlanks()))
      faults.require(date != nil, field, "Say the day as year, month and day, such as 2026-11-23.")
      return date
    }
    func minute(_ text: String, _ field: String, otherwise whole: Int64) -> Int64? {
      let text = text.trimmingBlanks()
      if text.isEmpty { return whole }
      let minute = WorkingHours.minute(text)
      faults.require(minute != nil, field, "Say the time in hours and minutes, such as 09:30.")
      return minute
    }
    let (first, last) = (day(from, "from"), day(to, "to"))
    let (starts, ends) = (minute(fromTime, "from-time", otherwise: 0), minute(toTime, "to-time", otherwise: 1440))
    guard let first, let last, let starts, let ends else { throw try fault(faults) }
    if last.daysSinceEpoch - first.daysSinceEpoch > 366 { faults.add("to", "Time off may be at most a year long.") }
    try faults.refuse()
    let clock = ZoneClock(zone, days: first, last)
    guard let begin = clock.moment(on: first, minute: starts), let end = clock.moment(on: last, minute: ends), begin < end else {
      faults.add("to", "It would end before it begins.")
      throw try fault(faults)
    }
    faults.require(end > now, "to", "It is over already.")
    try faults.refuse()
    return (Stretch(starts: begin, ends: end), note)
  }

  private func fault(_ faults: DraftFaults) throws -> Failure {
    try faults.refuse()
    return Failure(.invalid, "This is no time off.")
  }
}

extension CoachScope {
  /// How much of what is ahead is listed at most.
  public static let mostTimeOff = 200

  private var coaches: SQL { "SELECT k.id FROM coaches k WHERE k.account_id = \(coach.accountID)" }

  private static func timeOff(_ row: borrowing Row) -> CoachSchedule.TimeOff? {
    guard let stretch = Stretch(row.text(1), row.text(2)) else { return nil }
    return CoachSchedule.TimeOff(id: row.int(0), coachID: row.int(4), stretch: stretch, note: row.text(3))
  }

  /// Time off that is not over, by start.
  public func timeOff(at now: Moment, in connection: any Connection) throws -> [CoachSchedule.TimeOff] {
    try connection.all(
      """
      SELECT id, starts_at, ends_at, note, coach_id FROM coach_time_off WHERE coach_id IN (\(coaches)) AND ends_at > \(now.text)
      ORDER BY starts_at, id LIMIT \(CoachScope.mostTimeOff)
      """
    ) { CoachScope.timeOff($0) }
    .compactMap(\.self)
  }

  /// One of the coach's.
  ///
  /// - Throws: `Failure.notFound`.
  public func timeOff(id: Int64, in connection: any Connection) throws -> CoachSchedule.TimeOff {
    let found = try connection.first(
      "SELECT id, starts_at, ends_at, note, coach_id FROM coach_time_off WHERE coach_id IN (\(coaches)) AND id = \(id)"
    ) { CoachScope.timeOff($0) }
    guard let timeOff = found ?? nil else { throw Failure.notFound }
    return timeOff
  }

  /// Adds time off. Sessions that are scheduled in it stay.
  ///
  /// - Returns: how many of them there are.
  /// - Throws: `Failure` of code `invalid` with the faulty fields of `TimeOffDraft`.
  public func addTimeOff(_ draft: TimeOffDraft, at now: Moment, in database: any Database) throws -> Int {
    let (stretch, note) = try draft.checked(in: coach.zone, at: now)
    return try database.write(organization: organization?.id ?? 0, patience: .seconds(30)) { tx in
      // A booking that is under way sees it, or is seen by it.
      try Booking.beAlone(with: coach, in: tx)
      let id = try tx.scalar(
        """
        INSERT INTO coach_time_off (coach_id, starts_at, ends_at, note)
        VALUES (\(coach.id), \(stretch.starts.text), \(stretch.ends.text), \(note)) RETURNING id
        """)
      try record("time_off_added", about: .init(kind: "coach_time_off", id: id), stretch, at: now, in: tx)
      let schedule = try CoachSchedule.load(of: coach, in: stretch, connection: tx)
      return schedule.sessions.count { $0.state == .scheduled && $0.stretch.overlaps(stretch) }
    }
  }

  /// Takes time off back.
  ///
  /// - Throws: `Failure.notFound`.
  public func removeTimeOff(id: Int64, at now: Moment, in database: any Database) throws {
    try database.write(organization: organization?.id ?? 0, patience: .seconds(30)) { tx in
      let present = try timeOff(id: id, in: tx)
      try tx.run("DELETE FROM coach_time_off WHERE id = \(id)")
      try record("time_off_removed", about: .init(kind: "coach_time_off", id: id), present.stretch, at: now, in: tx)
    }
  }

  func record(
    _ action: String, about subject: AuditTrail.Subject, _ stretch: Stretch, of organization: Int64? = nil,
    values: [(name: String, value: String)] = [], at now: Moment, in tx: any Connection
  ) throws {
    try AuditTrail.record(
      action, by: viewer.accountID, organization: organization ?? self.organization?.id ?? 0, about: subject,
      values: [("starts", stretch.starts.text), ("ends", stretch.ends.text)] + values, at: now, in: tx)
  }
}
