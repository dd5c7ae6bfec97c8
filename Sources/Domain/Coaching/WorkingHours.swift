/// When a coach works in a week, in the coach's own zone. As one text: `Mon-Fri 09:00-12:00, 13:00-17:00; Sat 10:00-12:00`; of a day:
/// `09:00-12:00, 13:00-17:00`.
public struct WorkingHours: Sendable, Equatable {
  /// A stretch of work on one day.
  public struct Span: Sendable, Hashable, Comparable {
    /// 1 is Monday, 7 Sunday.
    public let weekday: Int64
    /// Minutes from midnight; the end is not part of it, and at most 1440.
    public let startsMinute: Int64, endsMinute: Int64

    /// By day, then by start.
    public static func < (a: Span, b: Span) -> Bool {
      (a.weekday, a.startsMinute, a.endsMinute) < (b.weekday, b.startsMinute, b.endsMinute)
    }
  }

  /// The weekdays in English, Monday first, as screens and files name them.
  public static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

  /// The stretches from Monday morning on; none overlaps another.
  public let spans: [Span]

  /// No hours.
  public init() { spans = [] }

  /// Stretches that do not overlap, in any order.
  init(spans: [Span]) { self.spans = spans.sorted() }

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
        guard let range = WorkingHours.range(time), range.starts < range.ends else { throw WorkingHours.refusal(time) }
        return range
      }
      for day in days {
        guard let weekdays = WorkingHours.weekdays(day) else { throw WorkingHours.refusal(day) }
        for weekday in weekdays {
          spans += hours.map { Span(weekday: weekday, startsMinute: $0.starts, endsMinute: $0.ends) }
        }
      }
    }
    self.init(spans: spans)
    if let (span, _) = WorkingHours.overlap(self.spans) {
      throw Failure(.invalid, "Working hours on \(WorkingHours.name(span.weekday)) overlap.")
    }
  }

  /// As it is read: days with the same hours that follow each other stand together.
  public var text: String {
    var parts: [(first: Int64, last: Int64, times: String)] = []
    for weekday in 1...7 as ClosedRange<Int64> {
      let times = text(day: Int(weekday) - 1)
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

  /// A weekday's stretches as they are typed, from 0 for Monday: `09:00-12:00, 13:00-17:00`; empty for none.
  public func text(day: Int) -> String {
    spans.filter { $0.weekday == Int64(day) + 1 }.map {
      "\(WorkingHours.clock($0.startsMinute))-\(WorkingHours.clock($0.endsMinute))"
    }.joined(separator: ", ")
  }

  /// What is wrong with a weekday's hours.
  struct Fault: Error {
    let sentence: String
  }

  /// Reads what `text(day:)` writes, with any blanks and also with a long dash; `day` is 0 for Monday.
  ///
  /// - Returns: the stretches in order, or the sentence that says what is wrong.
  static func read(_ text: String, day: Int) -> Result<[Span], Fault> {
    var spans: [Span] = []
    for part in text.replacing("–", with: "-").split(separator: ",").map({ $0.trimmingBlanks() }) where !part.isEmpty {
      guard let range = WorkingHours.range(part) else {
        return .failure(Fault(sentence: "\"\(part.prefix(60))\" is no span such as 09:00-12:00."))
      }
      guard range.starts < range.ends else { return .failure(Fault(sentence: "\"\(part.prefix(60))\" ends before it begins.")) }
      spans.append(Span(weekday: Int64(day) + 1, startsMinute: range.starts, endsMinute: range.ends))
    }
    spans.sort()
    if let (_, next) = overlap(spans) { return .failure(Fault(sentence: "Two spans overlap at \(clock(next.startsMinute)).")) }
    return .success(spans)
  }

  private static func overlap(_ spans: [Span]) -> (Span, Span)? {
    zip(spans, spans.dropFirst()).first { $0.weekday == $1.weekday && $1.startsMinute < $0.endsMinute }
  }

  private static func name(_ weekday: Int64) -> String { String(weekdays[Int(weekday) - 1].prefix(3)) }

  /// `09:00` for minutes from midnight.
  static func clock(_ minute: Int64) -> String {
    let (hour, rest) = (minute / 60, minute % 60)
    return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
  }

  /// `Mon` or `Mon-Fri`, also over the end of the week; nil for anything else.
  private static func weekdays(_ token: Substring) -> [Int64]? {
    let ends = token.split(separator: "-", omittingEmptySubsequences: false).map { name in
      weekdays.firstIndex { name.count >= 3 && ($0.lowercased().hasPrefix(name.lowercased())) }
    }
    guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil else { return nil }
    let length = (last - first + 7) % 7
    return (0...length).map { Int64((first + $0) % 7 + 1) }
  }

  /// `09:00-17:00` as minutes from midnight, whichever of the two comes first; a day begins at 00:00 and ends at 24:00.
  private static func range(_ text: some StringProtocol) -> (starts: Int64, ends: Int64)? {
    let ends = String(text).split(separator: "-", omittingEmptySubsequences: false).map { minute($0.trimmingBlanks()) }
    guard ends.count == 2, let start = ends[0], let end = ends[1], start < 1440, end > 0 else { return nil }
    return (start, end)
  }

  /// `09:00`, `9:00` or `24:00`.
  static func minute(_ text: some StringProtocol) -> Int64? {
    let parts = String(text).split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2, let hour = DraftFaults.number(parts[0]),
      let minute = DraftFaults.number(parts[1]), minute < 60, hour * 60 + minute <= 1440
    else { return nil }
    return hour * 60 + minute
  }

  private static func refusal(_ part: some StringProtocol) -> Failure {
    let shown = part.trimmingBlanks().prefix(60)
    return Failure(.invalid, "\"\(shown)\" is not working hours such as Mon-Fri 09:00-17:00; Sat 10:00-12:00.")
  }
}
