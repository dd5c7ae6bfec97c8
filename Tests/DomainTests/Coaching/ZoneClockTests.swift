import Foundation
import Support
import Testing
import World

@testable import Domain

/// Local time over both changes of the clocks, in four zones; one of them changes by half an hour.
@Suite struct ZoneClockTests {
  struct Change: Sendable, CustomTestStringConvertible {
    let zone: String, day: String, hours: Double
    /// Minutes of the day that are skipped or come twice, and the moment at which the clocks change.
    let from: Int64, to: Int64, isSkipped: Bool, at: String

    var testDescription: String { "\(zone) \(day)" }
    var timeZone: TimeZone { TimeZone(identifier: zone) ?? .gmt }
    var date: CivilDate { CivilDate(day) ?? CivilDate(daysSinceEpoch: 0) }
  }

  static let changes = [
    Change(zone: "America/New_York", day: "2024-03-10", hours: 23, from: 120, to: 180, isSkipped: true, at: "2024-03-10T07:00:00Z"),
    Change(zone: "America/New_York", day: "2024-11-03", hours: 25, from: 60, to: 120, isSkipped: false, at: "2024-11-03T06:00:00Z"),
    Change(zone: "Europe/Berlin", day: "2024-03-31", hours: 23, from: 120, to: 180, isSkipped: true, at: "2024-03-31T01:00:00Z"),
    Change(zone: "Europe/Berlin", day: "2024-10-27", hours: 25, from: 120, to: 180, isSkipped: false, at: "2024-10-27T01:00:00Z"),
    Change(zone: "Australia/Lord_Howe", day: "2024-10-06", hours: 23.5, from: 120, to: 150, isSkipped: true, at: "2024-10-05T15:30:00Z"),
    Change(zone: "Australia/Lord_Howe", day: "2024-04-07", hours: 24.5, from: 90, to: 120, isSkipped: false, at: "2024-04-06T15:00:00Z"),
    Change(zone: "Pacific/Auckland", day: "2024-09-29", hours: 23, from: 120, to: 180, isSkipped: true, at: "2024-09-28T14:00:00Z"),
    Change(zone: "Pacific/Auckland", day: "2024-04-07", hours: 25, from: 120, to: 180, isSkipped: false, at: "2024-04-06T14:00:00Z"),
  ]

  @Test(arguments: changes) func theChangeIsFoundToTheSecond(_ change: Change) throws {
    let clock = ZoneClock(change.timeZone, days: change.date, change.date)
    let found = try #require(clock.change(on: change.date))
    #expect(found == ZoneClock.Change(from: change.from, to: change.to, isSkipped: change.isSkipped))
    #expect(clock.pieces.count == 2 && clock.pieces[1].stretch.starts == Moment(change.at))
    for other in [-1, 1] as [Int64] { #expect(clock.change(on: change.date.adding(days: other)) == nil) }
  }

  @Test(arguments: changes) func aSkippedTimeIsNoMomentAndARepeatedOneTwo(_ change: Change) throws {
    let clock = ZoneClock(change.timeZone, days: change.date, change.date)
    let at = try #require(Moment(change.at))
    let found = clock.stretches(on: change.date, from: change.from, to: change.to)
    let length = (change.to - change.from) * 60
    if change.isSkipped {
      #expect(found == [])
      // Whatever is to begin in the gap begins when it is over.
      #expect(clock.moment(on: change.date, minute: change.from + 1) == at)
      #expect(
        clock.stretches(on: change.date, from: change.from + 15, to: change.to + 60) == [
          Stretch(starts: at, ends: at.adding(seconds: 3600))
        ])
    } else {
      // The two lie side by side, so they are one stretch of twice the length.
      #expect(found == [Stretch(starts: at.adding(seconds: -length), ends: at.adding(seconds: length))])
      #expect(clock.moment(on: change.date, minute: change.from) == at.adding(seconds: -length))
      // Part of it comes twice, with a break between.
      let parts = clock.stretches(on: change.date, from: change.from + 15, to: change.to)
      #expect(parts.map(\.minutes) == [length / 60 - 15, length / 60 - 15] && parts[1].starts == at.adding(seconds: 15 * 60))
      #expect(clock.reading(at.adding(seconds: -60))?.isSecond == false)
      #expect(clock.reading(at) == ZoneClock.Reading(date: change.date, minute: change.from, isSecond: true))
      #expect(clock.reading(at.adding(seconds: length)) == ZoneClock.Reading(date: change.date, minute: change.to, isSecond: false))
    }
  }

  /// Each quarter of an hour of the days around the change is read, and found again by what was read.
  @Test(arguments: changes) func everyMomentIsFoundByItsReading(_ change: Change) throws {
    let (first, last) = (change.date.adding(days: -1), change.date.adding(days: 1))
    let clock = ZoneClock(change.timeZone, days: first, last)
    var (at, readings): (Moment, Set<ZoneClock.Reading>) = (first.beginning(in: change.timeZone), [])
    let end = last.adding(days: 1).beginning(in: change.timeZone)
    while at < end {
      let reading = try #require(clock.reading(at))
      #expect(readings.insert(reading).inserted, "\(at)")
      let seconds = Double(at.milliseconds) / 1000
      let local = Int64(seconds) + Int64(change.timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds)))
      #expect(reading.date.daysSinceEpoch * 1440 + reading.minute == local / 60)
      let found = clock.stretches(on: reading.date, from: reading.minute, to: reading.minute + 15)
      #expect(found.contains { $0.contains(at) })
      #expect(reading.isSecond == (clock.moment(on: reading.date, minute: reading.minute) != at), "\(at)")
      at = at.adding(seconds: 900)
    }
  }

  @Test(arguments: changes) func theDayIsAsLongAsItIs(_ change: Change) throws {
    let schedule = CoachSchedule(
      zone: change.timeZone, sessionMinutes: 60, hours: try WorkingHours("Mon-Sun 00:00-24:00"), timeOff: [], sessions: [], isActive: true)
    let calendar = WeekCalendar(schedule, week: change.date, in: change.timeZone, at: Moment(milliseconds: 0))
    #expect(calendar.monday.weekday == 1 && calendar.days.map(\.date.weekday) == [1, 2, 3, 4, 5, 6, 7])
    for day in calendar.days {
      #expect(Double(day.stretch.minutes) / 60 == (day.date == change.date ? change.hours : 24), "\(day.date.text)")
      // Whoever works all day works as long as the day is.
      let hours = day.entries.filter { $0.kind == .hours }
      #expect(hours.map(\.stretch) == [day.stretch], "\(day.date.text)")
    }
    for (day, next) in zip(calendar.days, calendar.days.dropFirst()) { #expect(day.stretch.ends == next.stretch.starts) }
  }
}
