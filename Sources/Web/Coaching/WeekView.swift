import Domain
import Foundation
import HTTPServer
import Templates

/// Which week is looked at, and by which clock: as the address says it.
struct WeekView {
  /// A zone to choose, with whose it is.
  typealias Zone = (whose: String, timeZone: String)

  let context: Context
  let path: Path
  /// Parameters of the page beside week and zone.
  let kept: [ListState.Parameter]
  /// The first one holds unless the address says otherwise; each zone once.
  let zones: [Zone]
  /// What lies in the week where the address names none; now without it.
  let moment: Moment?

  init(_ context: Context, at path: Path, keeping kept: [ListState.Parameter] = [], zones: [Zone], showing moment: Moment? = nil) {
    (self.context, self.path, self.kept, self.moment) = (context, path, kept, moment)
    var known: Set<String> = []
    self.zones = zones.filter { known.insert($0.timeZone).inserted }
  }

  /// The zone by its name.
  var timeZone: String {
    let asked = context.request.query["zone"]
    return zones.first { $0.timeZone == asked }?.timeZone ?? zones.first?.timeZone ?? "UTC"
  }

  var zone: TimeZone { TimeZone(identifier: timeZone) ?? .gmt }

  var today: CivilDate { CivilDate(of: context.now, in: zone) }

  /// Weeks further away than ten years are nobody's business.
  private static let furthest: Int64 = 3653

  /// A day of the week.
  var day: CivilDate {
    let wanted = context.request.query["week"].flatMap { CivilDate($0) } ?? moment.map { CivilDate(of: $0, in: zone) } ?? today
    return abs(wanted.daysSinceEpoch - today.daysSinceEpoch) <= WeekView.furthest ? wanted : today
  }

  /// The page at another week or in another zone.
  func link(week: CivilDate?, zone: String?) -> Path {
    var query = kept
    if let week, week.monday != today.monday { query.append(("week", week.monday.text)) }
    if let zone, zone != zones.first?.timeZone { query.append(("zone", zone)) }
    return path.with(query: query)
  }

  /// What `coaching/week` reads.
  ///
  /// - Parameters:
  ///   - free: where a free slot leads; nil for nowhere.
  ///   - session: what a session is called, and where it leads.
  ///   - timeOff: the word for time off; empty for none.
  func week(
    _ calendar: WeekCalendar, free: @escaping (Stretch) -> Path?,
    session: @escaping (CoachSchedule.Session) -> (label: String, link: Path?), timeOff: @escaping (CoachSchedule.TimeOff) -> String
  ) -> Value {
    let axis = WeekAxis(calendar)
    let monday = calendar.monday
    let days = calendar.days.map {
      WeekDay($0, calendar, axis, isToday: $0.date == today, free: free, session: session, timeOff: timeOff).templateValue
    }
    let lengths = calendar.days.flatMap(\.entries).filter { entry in
      switch entry.kind {
      case .free, .session: true
      case .hours, .timeOff: false
      }
    }.map(\.whole.minutes)
    return [
      "title": Format.days(monday, monday.adding(days: 6)),
      "zoneNote": "Times in \(Format(timeZone: timeZone, now: context.now).zone(at: calendar.days[0].stretch.starts))",
      "previous": link(week: monday.adding(days: -7), zone: timeZone), "next": link(week: monday.adding(days: 7), zone: timeZone),
      "present": monday == today.monday ? Value.null : link(week: nil, zone: timeZone).templateValue,
      "zones": zones.count < 2
        ? Value.null
        : [
          "items": Value.list(
            zones.map { zone in
              [
                "whose": zone.whose, "zone": zone.timeZone.replacing("_", with: " "), "link": link(week: day, zone: zone.timeZone),
                "current": zone.timeZone == timeZone,
              ]
            })
        ] as Value,
      "fine": (lengths.min() ?? 60) < 30,
      "hours": Value.list(axis.hours.map { ["label": $0.label, "place": $0.classes] }), "days": Value.list(days),
    ]
  }
}

/// A day of the week as the template reads it.
private struct WeekDay {
  let day: WeekCalendar.Day
  let calendar: WeekCalendar
  let axis: WeekAxis
  let isToday: Bool
  let free: (Stretch) -> Path?
  let session: (CoachSchedule.Session) -> (label: String, link: Path?)
  let timeOff: (CoachSchedule.TimeOff) -> String

  init(
    _ day: WeekCalendar.Day, _ calendar: WeekCalendar, _ axis: WeekAxis, isToday: Bool, free: @escaping (Stretch) -> Path?,
    session: @escaping (CoachSchedule.Session) -> (label: String, link: Path?), timeOff: @escaping (CoachSchedule.TimeOff) -> String
  ) {
    (self.day, self.calendar, self.axis, self.isToday) = (day, calendar, axis, isToday)
    (self.free, self.session, self.timeOff) = (free, session, timeOff)
  }

  var templateValue: Value {
    var entries = day.entries.enumerated().map { entry($0.element, isBeside: isBeside($0.offset)) }
    if let change = day.change, change.isSkipped, let place = axis.classes(skipped: change) {
      entries.insert(
        item("skipped", place, "\(Format.clock(change.from))–\(Format.clock(change.to))", "Skipped", "The clocks go forward", nil), at: 0)
    }
    let slots = day.entries.count { if case .free = $0.kind { true } else { false } }
    return [
      "id": "day-" + day.date.text, "name": Format.weekday(day.date), "date": Format.shortDay(day.date), "time": day.date.text,
      "today": isToday, "note": note, "slots": slots == 0 ? "No free slot" : slots == 1 ? "1 free slot" : "\(slots) free slots",
      "entries": Value.list(entries), "empty": entries.isEmpty,
    ]
  }

  /// What a day is like whose clocks change.
  private var note: String? {
    day.change.map { change in
      let hours = Double(day.stretch.minutes) / 60
      let length = hours == hours.rounded() ? "\(Int(hours))" : "\(hours)"
      let times = "\(Format.clock(change.from))–\(Format.clock(change.to))"
      return change.isSkipped
        ? "\(times) is skipped: the day has \(length) hours." : "\(times) comes twice: the day has \(length) hours."
    }
  }

  /// Two sessions at one time stand side by side.
  private func isBeside(_ index: Int) -> Bool {
    guard case .session = day.entries[index].kind else { return false }
    return day.entries[..<index].contains { other in
      if case .session = other.kind { other.stretch.overlaps(day.entries[index].stretch) } else { false }
    }
  }

  private func entry(_ entry: WeekCalendar.Entry, isBeside: Bool) -> Value {
    let (place, time) = (axis.classes(entry.stretch, in: calendar), times(entry))
    switch entry.kind {
    case .hours: return item("hours", place, time, "Working hours", "", nil)
    case .free: return item("free", place, time, "Free", "", free(entry.whole))
    case .timeOff(let off): return item("off", place, time, "Time off", timeOff(off), nil)
    case .session(let booked):
      let (label, link) = session(booked)
      let words =
        switch booked.state {
        case .completed: "Completed"
        case .missed: "Missed"
        default: "Session"
        }
      let kind = booked.state == .scheduled ? "booked" : "over"
      return item(kind + (isBeside ? " beside" : ""), place, time, words, label, link)
    }
  }

  private func item(_ kind: String, _ place: String, _ time: String, _ words: String, _ detail: String, _ link: Path?) -> Value {
    [
      "kind": kind, "place": place, "time": time, "words": words, "detail": detail.isEmpty ? nil : detail, "link": link,
    ]
  }

  private func times(_ entry: WeekCalendar.Entry) -> String {
    guard let start = calendar.clock.reading(entry.stretch.starts), let end = calendar.clock.reading(entry.stretch.lastMoment) else {
      return ""
    }
    if entry.stretch == day.stretch { return "All day" }
    func clock(_ minute: Int64, _ isSecond: Bool) -> String { Format.clock(minute) + (isSecond ? " again" : "") }
    return "\(clock(start.minute, start.isSecond))–\(clock(end.minute + 1, end.isSecond && !start.isSecond))"
  }
}
