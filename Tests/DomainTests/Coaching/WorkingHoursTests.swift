import Testing

@testable import Domain

@Suite struct WorkingHoursTests {
  @Test(arguments: [
    ("", ""), ("Mon-Fri 09:00-17:00; Sat 10:00-12:00", "Mon-Fri 09:00-17:00; Sat 10:00-12:00"),
    ("monday 9:00-12:00,13:00-17:00", "Mon 09:00-12:00, 13:00-17:00"),
    ("Mon, Wed, Fri 13:00-18:00", "Mon 13:00-18:00; Wed 13:00-18:00; Fri 13:00-18:00"),
    ("Sat–Mon 22:00–24:00", "Mon 22:00-24:00; Sat-Sun 22:00-24:00"), ("Tue 13:00-17:00; Tue 09:00-13:00;", "Tue 09:00-13:00, 13:00-17:00"),
  ])
  func hoursAreReadAndWritten(_ text: String, _ written: String) throws {
    let hours = try WorkingHours(text)
    #expect(hours.text == written)
    #expect(try WorkingHours(hours.text) == hours)
  }

  @Test func spansAreMinutesOfWeekdays() throws {
    let spans = try WorkingHours("Mon-Tue 09:30-10:00; Sun 00:00-24:00").spans
    #expect(spans.map(\.weekday) == [1, 2, 7])
    #expect(spans.map(\.startsMinute) == [570, 570, 0] && spans.map(\.endsMinute) == [600, 600, 1440])
  }

  @Test(arguments: [
    "Mon", "09:00-17:00", "Mon 17:00-09:00", "Mon 09:00-09:00", "Mon 09:00", "Mo 09:00-17:00", "Mon 09:00-24:01", "Mon 25:00-26:00",
    "Mon-Tue-Wed 09:00-17:00",
    "Mon 9-17", "Mon 09:00-17:00 Tue",
  ])
  func whatIsNoHoursIsRefused(_ text: String) {
    let failure = #expect(throws: Failure.self) { try WorkingHours(text) }
    #expect(failure?.sentence.contains("is not working hours such as Mon-Fri 09:00-17:00") == true)
  }

  @Test func hoursThatOverlapAreRefused() {
    let failure = #expect(throws: Failure.self) { try WorkingHours("Mon-Fri 09:00-17:00; Wed 16:59-18:00") }
    #expect(failure?.sentence == "Working hours on Wed overlap.")
  }
}
