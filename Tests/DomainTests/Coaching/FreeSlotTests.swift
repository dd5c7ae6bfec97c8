import Foundation
import Support
import Testing
import World

@testable import Domain

@Suite struct FreeSlotTests {
  private static let long = Moment(milliseconds: 0)

  private func schedule(
    _ zone: String, _ hours: String, minutes: Int64 = 60, off: [Stretch] = [], sessions: [(Stretch, LearnerProfile.Session.State)] = [],
    isActive: Bool = true
  ) throws -> CoachSchedule {
    CoachSchedule(
      zone: try #require(TimeZone(identifier: zone)), sessionMinutes: minutes, hours: try WorkingHours(hours),
      timeOff: off.map { CoachSchedule.TimeOff(id: 1, coachID: 1, stretch: $0, note: "") },
      sessions: sessions.map {
        CoachSchedule.Session(id: 1, coachID: 1, organizationID: 1, engagementID: 1, learner: "", stretch: $0.0, state: $0.1)
      }, isActive: isActive)
  }

  private func day(_ text: String, _ zone: String) throws -> Stretch {
    let (date, zone) = (try #require(CivilDate(text)), try #require(TimeZone(identifier: zone)))
    return Stretch(starts: date.beginning(in: zone), ends: date.adding(days: 1).beginning(in: zone))
  }

  private func starts(_ schedule: CoachSchedule, _ day: Stretch, at now: Moment = FreeSlotTests.long) -> [String] {
    schedule.freeSlots(in: day, at: now).map { String($0.starts.text.prefix(16)) }
  }

  @Test func hoursInTheGapAreNoneAndThoseAroundItShrink() throws {
    let zone = "America/New_York"
    let (spring, usual) = (try day("2024-03-10", zone), try day("2024-03-17", zone))
    #expect(try starts(schedule(zone, "Sun 02:00-03:00"), spring) == [])
    #expect(try starts(schedule(zone, "Sun 02:00-03:00"), usual) == ["2024-03-17T06:00"])
    // 1 EST, then 3 and 4 EDT.
    #expect(try starts(schedule(zone, "Sun 01:00-05:00"), spring) == ["2024-03-10T06:00", "2024-03-10T07:00", "2024-03-10T08:00"])
    // What begins in the gap begins after it.
    #expect(try starts(schedule(zone, "Sun 02:30-04:00"), spring) == ["2024-03-10T07:00"])
    #expect(try starts(schedule(zone, "Sun 02:30-03:30"), spring) == [])
    #expect(try starts(schedule(zone, "Sun 02:30-03:30", minutes: 30), spring) == ["2024-03-10T07:00"])
  }

  @Test func anHourThatComesTwiceIsWorkedTwice() throws {
    let zone = "America/New_York"
    let autumn = try day("2024-11-03", zone)
    #expect(
      try starts(schedule(zone, "Sun 01:00-03:00"), autumn) == ["2024-11-03T05:00", "2024-11-03T06:00", "2024-11-03T07:00"])
    // Half past one to two comes twice, with half an hour between: no hour fits in.
    #expect(try starts(schedule(zone, "Sun 01:30-02:00"), autumn) == [])
    #expect(try starts(schedule(zone, "Sun 01:30-02:00", minutes: 30), autumn) == ["2024-11-03T05:30", "2024-11-03T06:30"])
  }

  @Test func halfAnHourIsSkippedAndRepeatedOnLordHowe() throws {
    let zone = "Australia/Lord_Howe"
    // 1:00 to 2:00 at +10:30, then 2:30 to 4:00 at +11.
    #expect(
      try starts(schedule(zone, "Sun 01:00-04:00", minutes: 30), day("2024-10-06", zone)) == [
        "2024-10-05T14:30", "2024-10-05T15:00", "2024-10-05T15:30", "2024-10-05T16:00", "2024-10-05T16:30",
      ])
    #expect(
      try starts(schedule(zone, "Sun 01:00-02:30", minutes: 60), day("2024-04-07", zone)) == ["2024-04-06T14:00", "2024-04-06T15:00"])
  }

  @Test func timeOffAndSessionsTakeWhatTheyTouch() throws {
    let zone = "Europe/Berlin"
    let friday = try day("2024-06-28", zone)
    func at(_ hour: Int64, _ minute: Int64 = 0) -> Moment { friday.starts.adding(seconds: hour * 3600 + minute * 60) }
    let hours = "Mon-Fri 09:00-13:00"
    func free(_ schedule: CoachSchedule, at now: Moment = FreeSlotTests.long) -> [Int64] {
      schedule.freeSlots(in: friday, at: now).map { ($0.starts.milliseconds - friday.starts.milliseconds) / 3_600_000 }
    }
    #expect(try free(schedule(zone, hours)) == [9, 10, 11, 12])
    #expect(try free(schedule(zone, hours, off: [Stretch(starts: at(9, 59), ends: at(10, 1))])) == [11, 12])
    // Touching is not overlapping.
    #expect(
      try free(schedule(zone, hours, off: [Stretch(starts: at(8), ends: at(9)), Stretch(starts: at(12), ends: at(20))])) == [9, 10, 11])
    let session = Stretch(starts: at(10, 30), ends: at(11, 30))
    #expect(try free(schedule(zone, hours, sessions: [(session, .scheduled)])) == [9, 12])
    // What is over takes nothing, and neither does what did not take place.
    #expect(try free(schedule(zone, hours, sessions: [(session, .completed), (session, .missed)])) == [9, 10, 11, 12])
    // A slot that begins now has begun.
    #expect(try free(schedule(zone, hours), at: at(10)) == [11, 12])
    #expect(try free(schedule(zone, hours), at: at(9, 59)) == [10, 11, 12])
    #expect(try free(schedule(zone, hours, isActive: false)) == [])
    #expect(try free(schedule(zone, "")) == [])
    // What is left of a span that is shorter than a session is not offered.
    #expect(try free(schedule(zone, "Fri 09:00-10:30, 11:00-11:59")) == [9])
  }

  /// Over both changes in each zone, for hours and lengths of every kind: each slot lies within the hours by the coach's clock, none overlaps another,
  /// the working minutes are those that clocks show, and a day's slots are the same from wherever one looks.
  @Test(arguments: ZoneClockTests.changes, [15, 45, 60, 90] as [Int64])
  func everySlotIsWithinTheHoursAndNoTwoOverlap(_ change: ZoneClockTests.Change, _ minutes: Int64) throws {
    for text in [
      "Mon-Sun 00:00-24:00", "Sat-Sun 00:00-02:15, 02:15-02:45, 02:45-24:00", "Mon-Sun 01:30-03:30, 22:00-24:00", "Sun 01:45-02:20",
      "Mon-Fri 09:00-12:00, 13:00-17:00; Sun 02:30-02:40",
    ] {
      let schedule = try self.schedule(change.zone, text, minutes: minutes)
      let week = WeekCalendar.stretch(from: change.date.monday, in: change.timeZone)
      let slots = schedule.freeSlots(in: week, at: FreeSlotTests.long)
      func works(_ moment: Moment) -> Bool {
        let seconds = moment.milliseconds / 1000
        let local = seconds + Int64(change.timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
        let date = CivilDate(daysSinceEpoch: local / 86_400)
        let minute = local % 86_400 / 60
        return schedule.hours.spans.contains { $0.weekday == date.weekday && $0.startsMinute <= minute && minute < $0.endsMinute }
      }
      let strays = slots.filter { slot in
        slot.minutes != minutes || !works(slot.ends.adding(seconds: -1))
          || stride(from: 0, to: minutes, by: 5).contains { !works(slot.starts.adding(seconds: $0 * 60)) }
      }
      #expect(strays == [], "\(text)")
      #expect(zip(slots, slots.dropFirst()).allSatisfy { $0.ends <= $1.starts }, "\(text)")
      let worked = stride(from: week.starts.milliseconds, to: week.ends.milliseconds, by: 300_000).count {
        works(Moment(milliseconds: $0))
      }
      #expect(schedule.working(in: week).reduce(0) { $0 + $1.minutes } == worked * 5, "\(text)")
      // Day by day, and by another zone's days, the same slots.
      for zone in [change.zone, "Asia/Tokyo"] {
        let other = try #require(TimeZone(identifier: zone))
        let days = (-2...9).flatMap { number -> [Stretch] in
          let date = change.date.monday.adding(days: Int64(number))
          return schedule.freeSlots(
            in: Stretch(starts: date.beginning(in: other), ends: date.adding(days: 1).beginning(in: other)), at: FreeSlotTests.long)
        }
        #expect(days.filter { week.contains($0.starts) } == slots, "\(text) by \(zone)")
      }
    }
  }

  @Test func aWeekIsSeenByWhoeverLooks() throws {
    // Nine to five in New York is three in the afternoon to eleven at night in Berlin, but an hour earlier while only America has changed its clocks.
    let coach = try schedule("America/New_York", "Mon-Fri 09:00-17:00", off: [])
    let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
    for (day, first) in [("2024-03-05", 15 * 60), ("2024-03-12", 14 * 60), ("2024-04-02", 15 * 60)] as [(String, Int64)] {
      let calendar = WeekCalendar(coach, week: try #require(CivilDate(day)), in: berlin, at: FreeSlotTests.long)
      let tuesday = try #require(calendar.days.first { $0.date.text == day })
      let hours = try #require(tuesday.entries.first { $0.kind == .hours })
      #expect(calendar.clock.reading(hours.stretch.starts)?.minute == first, "\(day)")
      #expect(tuesday.entries.count { $0.kind == .free } == 8)
    }
    // What reaches over midnight stands in both days.
    let tokyo = try #require(TimeZone(identifier: "Asia/Tokyo"))
    let week = WeekCalendar(coach, week: try #require(CivilDate("2024-06-26")), in: tokyo, at: FreeSlotTests.long)
    let (tuesday, wednesday) = (week.days[1], week.days[2])
    let late = try #require(tuesday.entries.last { $0.kind == .hours })
    #expect(late.stretch.ends == tuesday.stretch.ends && wednesday.entries.first?.whole == late.whole)
    #expect(wednesday.entries.first?.stretch.starts == wednesday.stretch.starts)
  }

  @Test func slotsAfterTheEndOfAnEngagementAreLeftOut() throws {
    let coach = try schedule("Europe/Berlin", "Mon-Fri 09:00-17:00")
    let end = try #require(Moment("2024-06-27T12:30:00Z"))
    let calendar = WeekCalendar(coach, week: try #require(CivilDate("2024-06-28")), in: coach.zone, at: FreeSlotTests.long, until: end)
    let slots = calendar.days.flatMap(\.entries).filter { $0.kind == .free }
    // Thursday until two in the afternoon.
    #expect(slots.count == 3 * 8 + 5 && slots.allSatisfy { $0.whole.ends <= end })
  }
}
