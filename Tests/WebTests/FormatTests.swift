import Domain
import Testing

@testable import Web

@Suite struct FormatTests {
  private let now = Moment(milliseconds: 1_719_568_800_000)  // 2024-06-28T10:00:00Z, 12:00 in Berlin
  private var berlin: Format { Format(timeZone: "Europe/Berlin", now: now) }

  @Test func numbersAreGrouped() {
    #expect(berlin.number(0) == "0")
    #expect(berlin.number(999) == "999")
    #expect(berlin.number(1088) == "1,088")
    #expect(berlin.number(-1_234_567) == "−1,234,567")
    #expect(berlin.number(Int64.min) == "−9,223,372,036,854,775,808")
    #expect(berlin.change(262) == "+262")
    #expect(berlin.change(0) == "0")
    #expect(berlin.plural(1, "member", "members") == "1 member")
    #expect(berlin.plural(0, "member", "members") == "0 members")
  }

  @Test func decimalsAreRounded() {
    #expect(berlin.decimal(4.66) == "4.7")
    #expect(berlin.decimal(1234.5, places: 2) == "1,234.50")
    #expect(berlin.decimal(-0.04) == "0.0")
    #expect(berlin.decimal(-2.5, places: 0) == "−3")
    #expect(berlin.decimal(.nan) == "—")
    #expect(berlin.decimal(1e300) == "—")
  }

  @Test func sharesNeverClaimAllOrNothing() {
    #expect(berlin.percent(29, of: 41) == "71%")
    #expect(berlin.percent(0, of: 5) == "0%")
    #expect(berlin.percent(1, of: 1000) == "<1%")
    #expect(berlin.percent(999, of: 1000) == ">99%")
    #expect(berlin.percent(5, of: 5) == "100%")
    #expect(berlin.percent(0, of: 0) == "—")
  }

  @Test func timesStandInTheZoneAlsoAroundItsChanges() throws {
    #expect(berlin.date(Moment("2024-01-21T23:30:00Z")) == "22 Jan 2024")
    #expect(berlin.longDate(Moment("2024-01-22T12:00:00Z")) == "22 January 2024")
    #expect(berlin.time(Moment("2024-03-31T00:59:00Z")) == "31 Mar 2024, 01:59")
    #expect(berlin.time(Moment("2024-03-31T01:00:00Z")) == "31 Mar 2024, 03:00")
    #expect(berlin.time(Moment("1969-12-31T22:59:59.500Z")) == "31 Dec 1969, 23:59")
    #expect(berlin.date(nil) == "—")
    #expect(Format(timeZone: "Nowhere/Else", now: now).time(now) == "28 Jun 2024, 10:00")
  }

  @Test func agesCountDaysOfTheZonesCalendar() {
    #expect(berlin.ago(now.adding(seconds: -59)) == "just now")
    #expect(berlin.ago(now.adding(seconds: -60)) == "1 minute ago")
    #expect(berlin.ago(now.adding(seconds: -11 * 3600)) == "11 hours ago")
    #expect(berlin.ago(now.adding(seconds: -12 * 3600 - 60)) == "yesterday")
    #expect(berlin.ago(now.adding(days: -2)) == "2 days ago")
    #expect(berlin.ago(now.adding(days: -30)) == "29 May 2024")
    #expect(berlin.ago(now.adding(days: 1)) == "29 Jun 2024")
  }

  @Test func stretchesAreSaidWithTheirDays() throws {
    func stretch(_ starts: String, _ ends: String) throws -> Stretch {
      Stretch(starts: try #require(Moment(starts)), ends: try #require(Moment(ends)))
    }
    #expect(try berlin.span(stretch("2024-07-01T12:00:00Z", "2024-07-01T13:00:00Z")) == "Mon 1 Jul 2024, 14:00–15:00")
    #expect(try berlin.span(stretch("2024-07-01T21:00:00Z", "2024-07-01T22:00:00Z")) == "Mon 1 Jul 2024, 23:00–24:00")
    #expect(
      try berlin.span(stretch("2024-07-01T21:30:00Z", "2024-07-01T22:30:00Z")) == "Mon 1 Jul 2024, 23:30 – Tue 2 Jul 2024, 00:30")
    #expect(try berlin.timeOff(stretch("2024-07-01T22:00:00Z", "2024-07-02T22:00:00Z")) == "Tue 2 Jul 2024")
    #expect(try berlin.timeOff(stretch("2024-10-25T22:00:00Z", "2024-10-28T23:00:00Z")) == "26–28 October 2024")
    #expect(try berlin.timeOff(stretch("2024-07-01T08:00:00Z", "2024-07-01T22:00:00Z")) == "Mon 1 Jul 2024, 10:00–24:00")
    let (summer, winter) = (try #require(Moment("2024-07-01T00:00:00Z")), try #require(Moment("2024-12-01T00:00:00Z")))
    #expect(berlin.zone(at: summer) == "Europe/Berlin (UTC+2)" && berlin.zone(at: winter) == "Europe/Berlin (UTC+1)")
    #expect(Format(timeZone: "Australia/Lord_Howe", now: now).zone(at: summer) == "Australia/Lord Howe (UTC+10:30)")
    #expect(Format(timeZone: "America/St_Johns", now: now).zone(at: winter) == "America/St Johns (UTC−3:30)")
    #expect(Format(timeZone: "UTC", now: now).zone(at: winter) == "UTC")
    let day = try #require(CivilDate("2024-12-30"))
    #expect(Format.days(day, day.adding(days: 6)) == "30 December 2024 – 5 January 2025" && Format.weekday(day) == "Monday")
  }
}
