import Foundation

/// A stretch of time: from a moment up to another, which is not part of it.
public struct Stretch: Sendable, Hashable {
  /// The first moment, and the one at which it is over.
  public let starts: Moment, ends: Moment

  /// A stretch between two moments, the earlier one first.
  public init(starts: Moment, ends: Moment) { (self.starts, self.ends) = (starts, ends) }

  /// How long it is, in whole minutes.
  public var minutes: Int64 { (ends.milliseconds - starts.milliseconds) / 60_000 }

  /// Whether a moment lies in it.
  public func contains(_ moment: Moment) -> Bool { starts <= moment && moment < ends }

  /// Whether the two have a moment in common; touching is not enough.
  public func overlaps(_ other: Stretch) -> Bool { starts < other.ends && other.starts < ends }

  /// What the two have in common; nil for nothing.
  func clipped(to other: Stretch) -> Stretch? {
    let (from, to) = (max(starts, other.starts), min(ends, other.ends))
    return from < to ? Stretch(starts: from, ends: to) : nil
  }
}

/// What the clocks of a zone show over some days, in pieces between which they are put forward or back.
///
/// A time that clocks skip stands for no moment, and one that they show twice for two: so every rule about local time is asked of the pieces, and
/// none has to know of daylight saving.
public struct ZoneClock: Sendable {
  /// A time over which clocks run evenly.
  struct Piece: Sendable {
    let stretch: Stretch
    /// What clocks show less UTC, in milliseconds.
    let offset: Int64
  }

  let pieces: [Piece]

  /// Twice within so many seconds no clock is put on.
  private static let step: Int64 = 6 * 3600

  /// The clocks of a zone over a stretch of whole seconds.
  init(_ zone: TimeZone, over stretch: Stretch) {
    func offset(_ second: Int64) -> Int64 { Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))) }
    func moment(_ second: Int64) -> Moment { Moment(milliseconds: second * 1000) }
    let end = stretch.ends.milliseconds / 1000
    var pieces: [Piece] = []
    var begin = stretch.starts.milliseconds / 1000
    var (at, present) = (begin, offset(begin))
    while at < end {
      let next = min(at + ZoneClock.step, end)
      let later = offset(next)
      if later != present {
        // The second at which the clocks change lies in (low, high].
        var (low, high) = (at, next)
        while high - low > 1 {
          let middle = low + (high - low) / 2
          if offset(middle) == present { low = middle } else { high = middle }
        }
        pieces.append(Piece(stretch: Stretch(starts: moment(begin), ends: moment(high)), offset: present * 1000))
        (begin, present) = (high, later)
      }
      at = next
    }
    if begin < end { pieces.append(Piece(stretch: Stretch(starts: moment(begin), ends: moment(end)), offset: present * 1000)) }
    self.pieces = pieces
  }

  /// The clocks of a zone over some of its days, the last one included, and a day on either side.
  init(_ zone: TimeZone, days first: CivilDate, _ last: CivilDate) {
    let (from, to) = (first.beginning(in: zone).adding(days: -1), last.beginning(in: zone).adding(days: 2))
    self.init(zone, over: Stretch(starts: from, ends: to))
  }

  /// Every moment at which clocks show a time of a day, given in minutes from its midnight: none for a time that is skipped, and two stretches for
  /// part of an hour that comes twice.
  func stretches(on date: CivilDate, from: Int64, to: Int64) -> [Stretch] {
    let midnight = date.daysSinceEpoch * 86_400_000
    var found: [Stretch] = []
    for piece in pieces {
      let (start, end) = (midnight + from * 60_000 - piece.offset, midnight + to * 60_000 - piece.offset)
      guard let part = Stretch(starts: Moment(milliseconds: start), ends: Moment(milliseconds: end)).clipped(to: piece.stretch) else {
        continue
      }
      if let last = found.last, last.ends == part.starts {
        found[found.count - 1] = Stretch(starts: last.starts, ends: part.ends)
      } else {
        found.append(part)
      }
    }
    return found
  }

  /// The moment at which clocks first show a time of a day; where they skip it, the moment at which they do.
  func moment(on date: CivilDate, minute: Int64) -> Moment? {
    stretches(on: date, from: minute, to: minute + 24 * 60).first?.starts
  }

  /// What clocks show at a moment.
  public struct Reading: Sendable, Hashable {
    /// The day, and the minutes since its midnight.
    public let date: CivilDate, minute: Int64
    /// Whether clocks show this time for the second time.
    public let isSecond: Bool
  }

  /// What clocks show at a moment of the stretch; nil beyond it.
  public func reading(_ moment: Moment) -> Reading? {
    guard let index = pieces.firstIndex(where: { $0.stretch.contains(moment) }) else { return nil }
    let local = moment.milliseconds + pieces[index].offset
    let date = CivilDate(daysSinceEpoch: local / 86_400_000 - (local % 86_400_000 < 0 ? 1 : 0))
    let isSecond = index > 0 && pieces[index - 1].stretch.ends.milliseconds + pieces[index - 1].offset > local
    return Reading(date: date, minute: (local - date.daysSinceEpoch * 86_400_000) / 60_000, isSecond: isSecond)
  }

  /// A time that clocks skip or show twice, in minutes since the midnight of the day.
  public struct Change: Sendable, Hashable {
    /// From when to when.
    public let from: Int64, to: Int64
    /// Whether clocks are put forward, so that the time is skipped.
    public let isSkipped: Bool
  }

  /// Where the clocks of a day are put forward or back; nil on most days.
  public func change(on date: CivilDate) -> Change? {
    let midnight = date.daysSinceEpoch * 86_400_000
    for (before, after) in zip(pieces, pieces.dropFirst()) {
      let (old, new) = (after.stretch.starts.milliseconds + before.offset, after.stretch.starts.milliseconds + after.offset)
      let (from, to) = ((min(old, new) - midnight) / 60_000, (max(old, new) - midnight) / 60_000)
      if from < 24 * 60, to > 0 { return Change(from: max(from, 0), to: min(to, 24 * 60), isSkipped: new > old) }
    }
    return nil
  }
}
