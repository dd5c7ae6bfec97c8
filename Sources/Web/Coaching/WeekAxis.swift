import Domain

/// The rows of a week's grid: the minutes of a day from top to bottom, the same for all days. An hour that a day of the week shows twice has a row of
/// its own, in which the other days have nothing.
struct WeekAxis {
  private let twice: (date: CivilDate, from: Int64, to: Int64)?
  /// The first and the last minute that are shown, whole hours.
  private(set) var first: Int64 = 9 * 60, last: Int64 = 17 * 60

  /// At least so many hours are shown.
  private static let fewest: Int64 = 6

  init(_ calendar: WeekCalendar) {
    let day = calendar.days.first { $0.change?.isSkipped == false }
    twice = day.flatMap { day in day.change.map { (date: day.date, from: $0.from, to: $0.to) } }
    // What fills half the day, as a day off does, makes no room for itself.
    let shown = calendar.days.flatMap(\.entries).filter { entry in
      if case .timeOff = entry.kind { entry.stretch.minutes < 12 * 60 } else { true }
    }
    let places = shown.compactMap { place($0.stretch, in: calendar) }
    guard let from = places.map(\.from).min(), let to = places.map(\.to).max() else { return }
    first = from / 60 * 60
    last = (to + 59) / 60 * 60
    if last - first < WeekAxis.fewest * 60 { last = min(first + WeekAxis.fewest * 60, end) }
    if last - first < WeekAxis.fewest * 60 { first = max(0, last - WeekAxis.fewest * 60) }
  }

  /// How much longer the axis is than a day; a whole number of hours, so that the lines stay on them.
  private var inserted: Int64 { twice.map { ($0.to - $0.from + 59) / 60 * 60 } ?? 0 }
  private var end: Int64 { 24 * 60 + inserted }

  private func place(_ reading: ZoneClock.Reading) -> Int64 {
    guard let twice else { return reading.minute }
    if reading.date == twice.date, reading.isSecond { return twice.to + reading.minute - twice.from }
    return place(minute: reading.minute)
  }

  private func place(minute: Int64) -> Int64 {
    guard let twice, minute >= twice.to else { return minute }
    return minute + inserted
  }

  private func place(_ stretch: Stretch, in calendar: WeekCalendar) -> (from: Int64, to: Int64)? {
    guard let start = calendar.clock.reading(stretch.starts), let end = calendar.clock.reading(stretch.lastMoment) else { return nil }
    let (from, to) = (place(start), place(end) + 1)
    return from < to ? (from, to) : nil
  }

  /// The classes that put something into its rows; empty for what cannot be placed.
  func classes(_ stretch: Stretch, in calendar: WeekCalendar) -> String {
    place(stretch, in: calendar).map { classes(from: $0.from, to: $0.to) } ?? ""
  }

  /// The same for a time of the clocks that no moment has; nil where it is not shown.
  func classes(skipped change: ZoneClock.Change) -> String? {
    let (from, to) = (place(minute: change.from), place(minute: change.to))
    return from < last && to > first ? classes(from: from, to: to) : nil
  }

  private func classes(from: Int64, to: Int64) -> String {
    let start = min(max(from, first), last - 15) - first
    let end = max(min(to, last), start + first + 15) - first
    let quarter = (end + 14) / 15
    return "from-\(start / 60) past-\(start % 60 / 15) to-\(quarter / 4) till-\(quarter % 4)"
  }

  /// The hours with their rows.
  var hours: [(label: String, classes: String)] {
    stride(from: first, to: last, by: 60).map { place in
      let isAgain = twice.map { place >= $0.to && place < $0.to + inserted } ?? false
      let minute = isAgain ? (twice.map { place - $0.to + $0.from } ?? 0) : place >= (twice?.to ?? Int64.max) ? place - inserted : place
      return (Format.clock(minute) + (isAgain ? " again" : ""), "from-\((place - first) / 60)")
    }
  }
}

extension Stretch {
  /// The last millisecond.
  var lastMoment: Moment { Moment(milliseconds: ends.milliseconds - 1) }
}
