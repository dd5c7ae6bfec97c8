public import Database
public import Foundation

/// A coach's week from Monday to Sunday as the clocks of a zone show it: the coach's own, or the one of whoever looks.
public struct WeekCalendar: Sendable {
  /// Something in a day. What reaches over midnight stands in both days, each with its part.
  public struct Entry: Sendable, Equatable {
    /// What it is.
    public enum Kind: Sendable, Equatable {
      /// Working hours.
      case hours
      /// A slot that can be booked.
      case free
      /// A session.
      case session(CoachSchedule.Session)
      /// Time off.
      case timeOff(CoachSchedule.TimeOff)
    }
    /// What, and when within the day.
    public let kind: Kind, stretch: Stretch
    /// The whole of it.
    public let whole: Stretch
  }

  /// A day from midnight to midnight.
  public struct Day: Sendable {
    /// The day, and when it begins and ends: 23, 24 or 25 hours, or whatever the clocks make of it.
    public let date: CivilDate, stretch: Stretch
    /// By start; working hours before what is in them.
    public let entries: [Entry]
    /// Where the clocks are put forward or back.
    public let change: ZoneClock.Change?
  }

  /// Monday to Sunday.
  public let days: [Day]
  /// The zone of the days.
  public let zone: TimeZone
  /// What clocks show at a moment of the week.
  public let clock: ZoneClock

  /// The first day.
  public var monday: CivilDate { days[0].date }

  /// The stretch from the beginning of a Monday to the end of its Sunday.
  static func stretch(from monday: CivilDate, in zone: TimeZone) -> Stretch {
    Stretch(starts: monday.beginning(in: zone), ends: monday.adding(days: 7).beginning(in: zone))
  }

  /// Loads the week of a coach that a day lies in.
  ///
  /// - Parameter until: slots that end later are left out, as the end of an engagement demands.
  public static func load(
    of coach: Coach, week day: CivilDate, in zone: TimeZone, at now: Moment, until: Moment? = nil, connection: any Connection
  ) throws -> WeekCalendar {
    let schedule = try CoachSchedule.load(of: coach, in: stretch(from: day.monday, in: zone), connection: connection)
    return WeekCalendar(schedule, week: day, in: zone, at: now, until: until)
  }

  /// Whether something can be booked.
  public var hasFreeSlots: Bool { days.contains { day in day.entries.contains { if case .free = $0.kind { true } else { false } } } }

  /// The week of a schedule that a day lies in.
  init(_ schedule: CoachSchedule, week day: CivilDate, in zone: TimeZone, at now: Moment, until: Moment? = nil) {
    let monday = day.monday
    let week = WeekCalendar.stretch(from: monday, in: zone)
    let clock = ZoneClock(zone, days: monday, monday.adding(days: 6))
    var all: [Entry] = []
    func add(_ kind: Entry.Kind, _ whole: Stretch) { all.append(Entry(kind: kind, stretch: whole, whole: whole)) }
    for work in schedule.working(in: week) { add(.hours, work) }
    for off in schedule.timeOff { add(.timeOff(off), off.stretch) }
    for slot in schedule.freeSlots(in: week, at: now) where slot.ends <= until ?? slot.ends { add(.free, slot) }
    for session in schedule.sessions { add(.session(session), session.stretch) }
    var days: [Day] = []
    for number in 0..<7 as Range<Int64> {
      let date = monday.adding(days: number)
      let midnights = (date.beginning(in: zone), date.adding(days: 1).beginning(in: zone))
      let day = Stretch(starts: midnights.0, ends: max(midnights.0, midnights.1))
      let parts = all.compactMap { entry in
        entry.whole.clipped(to: day).map { Entry(kind: entry.kind, stretch: $0, whole: entry.whole) }
      }
      // What begins together stays in the order above: hours lie under what is in them.
      let entries = parts.enumerated().sorted { a, b in
        (a.element.stretch.starts, a.offset) < (b.element.stretch.starts, b.offset)
      }
      days.append(Day(date: date, stretch: day, entries: entries.map(\.element), change: clock.change(on: date)))
    }
    self.days = days
    (self.zone, self.clock) = (zone, clock)
  }
}
