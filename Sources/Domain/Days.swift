public import Foundation

// Administrators name days; a day begins and ends where the organization is.
extension CivilDate {
  /// Reads `2026-11-22`. Nil where the text is anything else or names no real day.
  public init?(_ text: String) {
    guard text.utf8.count == 10, let moment = Moment(text) else { return nil }
    self.init(daysSinceEpoch: moment.milliseconds / 86_400_000)
    guard self.text == text else { return nil }
  }

  /// The day on which a moment falls in a zone.
  public init(of moment: Moment, in zone: TimeZone) {
    let seconds = Double(moment.milliseconds) / 1000
    let shifted = seconds.rounded(.down) + Double(zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds)))
    self.init(daysSinceEpoch: Int64((shifted / 86_400).rounded(.down)))
  }

  /// The day's first moment in a zone. Where clocks skip midnight, it is the first moment after it.
  public func beginning(in zone: TimeZone) -> Moment {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    // Noon is in the day whatever the clocks do at its ends.
    let noon = Double(daysSinceEpoch * 86_400 + 43_200)
    let date = Date(timeIntervalSince1970: noon - Double(zone.secondsFromGMT(for: Date(timeIntervalSince1970: noon))))
    return min(Moment(milliseconds: Int64(calendar.startOfDay(for: date).timeIntervalSince1970 * 1000)), .last)
  }

  /// The day's last millisecond in a zone; at most `Moment.last`, so that 9999-12-31, as people write it for no end, is the end of all days everywhere.
  public func end(in zone: TimeZone) -> Moment {
    let next = CivilDate(daysSinceEpoch: daysSinceEpoch + 1)
    return next.year > 9999 ? .last : Moment(milliseconds: next.beginning(in: zone).milliseconds - 1)
  }
}

extension Organization {
  /// The zone of its pages.
  public var zone: TimeZone { TimeZone(identifier: timeZone) ?? .gmt }
}
