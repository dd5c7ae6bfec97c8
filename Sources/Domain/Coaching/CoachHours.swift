/// A coach's working hours: for each weekday some spans of minutes since midnight, in the coach's zone.
public struct CoachHours: Sendable, Equatable {
  /// A span of a day, in minutes from midnight; the end is not part of it.
  public struct Span: Sendable, Equatable {
    /// From 0 to 1439, and from 1 to 1440.
    public let starts: Int64, ends: Int64
  }

  /// The weekdays in English, Monday first, as screens and files name them.
  public static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

  /// The spans of each weekday from Monday on, in order.
  public private(set) var days: [[Span]] = Array(repeating: [], count: 7)

  /// No hours.
  public init() {}

  /// Whether there are none.
  public var isEmpty: Bool { days.allSatisfy(\.isEmpty) }

  mutating func add(weekday: Int, from start: Int64, to end: Int64) {
    if (1...7).contains(weekday) { days[weekday - 1].append(Span(starts: start, ends: end)) }
  }

  mutating func set(day: Int, _ spans: [Span]) { days[day] = spans }

  /// A weekday's spans as they are typed: `09:00-12:00, 13:00-17:00`; empty for none.
  public func text(day: Int) -> String {
    days[day].map { "\(CoachHours.time($0.starts))-\(CoachHours.time($0.ends))" }.joined(separator: ", ")
  }

  private static func time(_ minutes: Int64) -> String {
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return two(minutes / 60) + ":" + two(minutes % 60)
  }

  /// Reads what `text` writes, with any blanks and also with a long dash.
  ///
  /// - Returns: the spans in order, or the sentence that says what is wrong.
  static func read(_ text: String) -> Result<[Span], Fault> {
    var spans: [Span] = []
    for part in text.split(separator: ",").map({ $0.trimmingBlanks() }) where !part.isEmpty {
      let ends = part.split(whereSeparator: { $0 == "-" || $0 == "–" }).map { minutes($0.trimmingBlanks()) }
      guard ends.count == 2, let start = ends[0], let end = ends[1], start < 1440 else {
        return .failure(Fault("\"\(part)\" is no span such as 09:00-12:00."))
      }
      guard start < end else { return .failure(Fault("\"\(part)\" ends before it begins.")) }
      spans.append(Span(starts: start, ends: end))
    }
    spans.sort { $0.starts < $1.starts }
    for (one, next) in zip(spans, spans.dropFirst()) where next.starts < one.ends {
      return .failure(Fault("Two spans overlap at \(time(next.starts))."))
    }
    return .success(spans)
  }

  /// What is wrong with a weekday's spans.
  struct Fault: Error {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
  }

  /// `09:00`; 24:00 is the day's end.
  private static func minutes(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2, let hour = DraftFaults.number(parts[0]),
      let minute = DraftFaults.number(parts[1]), hour < 24 && minute < 60 || hour == 24 && minute == 0
    else { return nil }
    return hour * 60 + minute
  }
}
