import Foundation
import Testing

@testable import Domain

/// What a text may hold that people type or send, and the last day there is.
@Suite struct PrintableTests {
  @Test(arguments: ["Zoë, \"x\"", "王伟", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 Wales", "e\u{301}", ""])
  func whatPeopleWriteIsPrintable(_ text: String) {
    #expect(text.isPrintable())
  }

  @Test(arguments: ["a\u{7}b", "a\nb", "\u{1b}[2J", "e" + String(repeating: "\u{301}", count: 200)])
  func whatNobodyWritesIsNot(_ text: String) {
    #expect(!text.isPrintable())
  }

  @Test func linesArePrintableWhereTheyMayBe() {
    #expect("a\nb".isPrintable(lines: true) && !"a\tb\nc".isPrintable(lines: true))
  }

  /// 9999-12-31, as many write "no end", sorts after every other moment in every zone.
  @Test(arguments: ["America/New_York", "UTC", "Pacific/Auckland"]) func theLastDayEndsLast(_ name: String) throws {
    let (zone, day) = (try #require(TimeZone(identifier: name)), try #require(CivilDate("9999-12-31")))
    #expect(day.end(in: zone).text == "9999-12-31T23:59:59.999Z" && day.beginning(in: zone) < day.end(in: zone))
    #expect(CivilDate("2026-03-01")?.end(in: zone).text.count == 24)
  }

  @Test(arguments: [
    ("https://meet.example.com/room", true), ("https://user:pw@evil.example/", false), ("https://a\\b", false), ("https://", false),
    ("https://meet.example.com/@team", true),
  ])
  func aMeetingLinkShowsWhereItLeads(_ link: String, _ isFit: Bool) {
    #expect(CoachDraft.isAddress(link) == isFit)
  }
}
