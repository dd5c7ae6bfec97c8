/// When a coach works in a week, in the coach's own zone: `Mon-Fri 09:00-12:00, 13:00-17:00; Sat 10:00-12:00`.
public struct WorkingHours: Sendable, Equatable {
  /// A stretch of work on one day.
  public struct Span: Sendable, Hashable, Comparable {
    /// 1 is Monday, 7 Sunday.
    public let weekday: Int64
    /// Minutes from midnight; the end is at most 1440.
    public let startsMinute: Int64, endsMinute: Int64

    /// By day, then by start.
    public static func < (a: Span, b: Span) -> Bool {
      (a.weekday, a.startsMinute, a.endsMinute) < (b.weekday, b.startsMinute, b.endsMinute)
    }
  }

  /// The stretches from Monday morning on; none overlaps another.
  public let spans: [Span]

  private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

  /// Reads hours as people write them: days, then times, then after a semicolon other days. An empty text is no hours.
  ///
  /// - Throws: `Failure` with code `invalid`, whose sentence says what cannot be read or what overlaps.
  public init(_ text: some StringProtocol) throws {
    var spans: [Span] = []
    for part in String(text).replacing("–", with: "-").split(separator: ";") {
      let tokens = part.split { $0 == "," || $0.isWhitespace }
      if tokens.isEmpty { continue }
      let days = tokens.prefix { $0.first?.isLetter == true }
      let times = tokens.dropFirst(days.count)
      guard !days.isEmpty, !times.isEmpty else { throw WorkingHours.refusal(part) }
      let hours = try times.map { time in
        guard let range = WorkingHours.range(time) else { throw WorkingHours.refusal(time) }
        return range
      }
      for day in days {
        guard let weekdays = WorkingHours.weekdays(day) else { throw WorkingHours.refusal(day) }
        for weekday in weekdays {
          spans += hours.map { Span(weekday: weekday, startsMinute: $0.lowerBound, endsMinute: $0.upperBound) }
        }
      }
    }
    spans.sort()
    for (a, b) in zip(spans, spans.dropFirst()) where a.weekday == b.weekday && b.startsMinute < a.endsMinute {
      throw Failure(.invalid, "Working hours on \(WorkingHours.name(a.weekday)) overlap.")
    }
    self.spans = spans
  }

  /// As it is read: days with the same hours that follow each other stand together.
  public var text: String {
    var parts: [(first: Int64, last: Int64, times: String)] = []
    for weekday in 1...7 as ClosedRange<Int64> {
      let times = spans.filter { $0.weekday == weekday }.map {
        "\(WorkingHours.clock($0.startsMinute))-\(WorkingHours.clock($0.endsMinute))"
      }.joined(separator: ", ")
      if times.isEmpty { continue }
      if let last = parts.last, last.last == weekday - 1, last.times == times {
        parts[parts.count - 1].last = weekday
      } else {
        parts.append((weekday, weekday, times))
      }
    }
    return parts.map { part in
      let days = WorkingHours.name(part.first) + (part.last > part.first ? "-" + WorkingHours.name(part.last) : "")
      return days + " " + part.times
    }.joined(separator: "; ")
  }

  private static func name(_ weekday: Int64) -> String { days[Int(weekday) - 1] }

  private static func clock(_ minute: Int64) -> String {
    let (hour, rest) = (minute / 60, minute % 60)
    return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
  }

  /// `Mon` or `Mon-Fri`, also over the end of the week; nil for anything else.
  private static func weekdays(_ token: Substring) -> [Int64]? {
    let ends = token.split(separator: "-", omittingEmptySubsequences: false).map { name in
      days.firstIndex { name.count >= 3 && name.lowercased().hasPrefix($0.lowercased()) }
    }
    guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil else { return nil }
    let length = (last - first + 7) % 7
    return (0...length).map { Int64((first + $0) % 7 + 1) }
  }

  /// `09:00-17:00` as minutes from midnight.
  private static func range(_ token: Substring) -> ClosedRange<Int64>? {
    let ends = token.split(separator: "-", omittingEmptySubsequences: false).map { time -> Int64? in
      let parts = time.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2, let hour = Int64(parts[0]),
        let minute = Int64(parts[1]),
        (0...24).contains(hour), (0...59).contains(minute), hour * 60 + minute <= 1440
      else { return nil }
      return hour * 60 + minute
    }
    guard ends.count == 2, let start = ends[0], let end = ends[1], start < end else { return nil }
    return start...end
  }

  private static func refusal(_ part: some StringProtocol) -> Failure {
    let shown = part.trimmingBlanks().prefix(60)
    return Failure(.invalid, "\"\(shown)\" is not working hours such as Mon-Fri 09:00-17:00; Sat 10:00-12:00.")
  }
}
