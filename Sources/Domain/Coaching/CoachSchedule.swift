public import Database
public import Foundation

/// What a coach has in a stretch of time: working hours, time off, and sessions; and what is free.
public struct CoachSchedule: Sendable {
  /// Time off.
  public struct TimeOff: Sendable, Equatable {
    /// The row, and the coach, by id.
    public let id: Int64, coachID: Int64
    /// From when to when.
    public let stretch: Stretch
    /// A word for the coach; may be empty.
    public let note: String
  }

  /// A session that the coach has or has had; one that was canceled is none.
  public struct Session: Sendable, Equatable {
    /// The row, the coach, the organization and the engagement by id.
    public let id: Int64, coachID: Int64, organizationID: Int64, engagementID: Int64
    /// The learner's name.
    public let learner: String
    /// When.
    public let stretch: Stretch
    /// How it stands.
    public let state: LearnerProfile.Session.State
  }

  /// The coach's zone, in which the hours are.
  public let zone: TimeZone
  /// How long a session is.
  public let sessionMinutes: Int64
  /// The hours of every week.
  public let hours: WorkingHours
  /// Time off that touches the stretch or a slot that begins in it, by start; and such sessions, by start.
  public let timeOff: [TimeOff], sessions: [Session]
  /// Whether the coach works at all; who was deactivated offers nothing.
  public let isActive: Bool

  /// Sessions are looked for so many days before a stretch, since one may reach into it.
  private static let longestSession: Int64 = 1

  /// Loads what a coach has.
  ///
  /// Somebody who coaches for an organization and for the platform is one person: sessions and time off of either fill the calendar of both.
  public static func load(of coach: Coach, in stretch: Stretch, connection: any Connection) throws -> CoachSchedule {
    let rows: SQL = "SELECT k.id FROM coaches k WHERE k.account_id = \(coach.accountID)"
    // A slot that begins just before the end reaches over it, and may be taken there.
    let end = stretch.ends.adding(seconds: coach.sessionMinutes * 60).text
    let timeOff = try connection.all(
      """
      SELECT id, starts_at, ends_at, note, coach_id FROM coach_time_off WHERE coach_id IN (\(rows)) AND ends_at > \(stretch.starts.text)
        AND starts_at < \(end) ORDER BY starts_at, id
      """
    ) { row in
      Stretch(row.text(1), row.text(2)).map { TimeOff(id: row.int(0), coachID: row.int(4), stretch: $0, note: row.text(3)) }
    }
    let sessions = try connection.all(
      """
      SELECT s.id, s.coach_id, s.organization_id, s.engagement_id, u.name, u.email, s.starts_at, s.ends_at, s.state
      FROM coaching_sessions s JOIN users u ON u.organization_id = s.organization_id AND u.id = s.user_id
      WHERE s.coach_id IN (\(rows)) AND s.starts_at > \(stretch.starts.adding(days: -longestSession).text)
        AND s.starts_at < \(end) AND s.ends_at > \(stretch.starts.text) AND s.state IN ('SCHEDULED', 'COMPLETED', 'MISSED')
      ORDER BY s.starts_at, s.id
      """
    ) { row in
      Stretch(row.text(6), row.text(7)).map {
        Session(
          id: row.int(0), coachID: row.int(1), organizationID: row.int(2), engagementID: row.int(3),
          learner: row.text(4).isEmpty ? row.text(5) : row.text(4), stretch: $0,
          state: LearnerProfile.Session.State(rawValue: row.text(8)) ?? .scheduled)
      }
    }
    return CoachSchedule(
      zone: coach.zone, sessionMinutes: coach.sessionMinutes, hours: try coach.hours(in: connection), timeOff: timeOff.compactMap(\.self),
      sessions: sessions.compactMap(\.self), isActive: coach.deactivatedAt.isEmpty)
  }

  /// The working hours that begin on a day of the coach's zone in or touching the stretch, one stretch for each that the clocks do not tear.
  public func working(in stretch: Stretch) -> [Stretch] { hours.stretches(touching: stretch, in: zone) }

  /// The slots that begin in the stretch and can be booked: one session after the other from the beginning of each stretch of working hours, without
  /// those that time off or a scheduled session touches, and nothing that has begun.
  public func freeSlots(in stretch: Stretch, at now: Moment) -> [Stretch] {
    guard isActive else { return [] }
    let taken = timeOff.map(\.stretch) + sessions.filter { $0.state == .scheduled }.map(\.stretch)
    var slots: [Stretch] = []
    for work in working(in: stretch) {
      var start = work.starts
      while true {
        let slot = Stretch(starts: start, ends: start.adding(seconds: sessionMinutes * 60))
        guard slot.ends <= work.ends else { break }
        if start > now, stretch.contains(start), !taken.contains(where: { $0.overlaps(slot) }) { slots.append(slot) }
        start = slot.ends
      }
    }
    return slots
  }
}

extension Stretch {
  /// From two moments as the database keeps them; nil for anything else.
  init?(_ starts: String, _ ends: String) {
    guard let starts = Moment(starts), let ends = Moment(ends), starts < ends else { return nil }
    self.init(starts: starts, ends: ends)
  }
}

extension WorkingHours {
  /// The hours of a zone that begin on a day in or touching the stretch and overlap it, one stretch for each that the clocks do not tear, by start.
  func stretches(touching stretch: Stretch, in zone: TimeZone) -> [Stretch] {
    let first = CivilDate(of: stretch.starts, in: zone).daysSinceEpoch
    let last = CivilDate(of: stretch.ends, in: zone).daysSinceEpoch
    guard !spans.isEmpty, last - first <= 400 else { return [] }
    let clock = ZoneClock(zone, days: CivilDate(daysSinceEpoch: first), CivilDate(daysSinceEpoch: last))
    var found: [Stretch] = []
    for day in first...last {
      let date = CivilDate(daysSinceEpoch: day)
      for span in spans where span.weekday == date.weekday {
        found += clock.stretches(on: date, from: span.startsMinute, to: span.endsMinute).filter { $0.overlaps(stretch) }
      }
    }
    return found.sorted { $0.starts < $1.starts }
  }

  /// Whether the hours of a zone hold a whole stretch, be it over midnight or over a change of the clocks. Hours that join count as one.
  func hold(_ stretch: Stretch, in zone: TimeZone) -> Bool {
    var worked = stretch.starts
    for work in stretches(touching: stretch, in: zone) {
      if work.starts > worked { return false }
      worked = max(worked, work.ends)
    }
    return worked >= stretch.ends
  }
}

extension Coach {
  /// The zone of the working hours.
  public var zone: TimeZone { TimeZone(identifier: timeZone) ?? .gmt }
}

extension CivilDate {
  /// 1 is Monday, 7 Sunday.
  public var weekday: Int64 {
    // 1970-01-01 was a Thursday.
    let rest = (daysSinceEpoch + 3) % 7
    return (rest < 0 ? rest + 7 : rest) + 1
  }

  /// The Monday of the day's week.
  public var monday: CivilDate { CivilDate(daysSinceEpoch: daysSinceEpoch - weekday + 1) }

  /// The day so many days later, or earlier.
  public func adding(days: Int64) -> CivilDate { CivilDate(daysSinceEpoch: daysSinceEpoch + days) }
}
