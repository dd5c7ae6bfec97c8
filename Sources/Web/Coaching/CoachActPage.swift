import Domain
import Templates

/// A page that asks before something is done with a coach, as its template reads it.
struct CoachActPage: ValueConvertible {
  /// Things named one by one, and how many more there are.
  struct Named: ValueConvertible {
    /// Names may be written from right to left, so each stands apart from what is said of it.
    typealias Item = (who: String, what: String)
    let title: String, items: [Item]
    var more: String?
    var templateValue: Value {
      ["title": title, "items": Value.list(items.map { ["who": $0.who, "what": $0.what] }), "more": more]
    }

    /// - Parameter total: how many there are in all.
    init(_ title: String, _ items: [Item], of total: Int, _ format: Format) {
      (self.title, self.items) = (title, items)
      if total > items.count { more = "And \(format.number(total - items.count)) more." }
    }
  }

  var failure: Failure?
  let action: Path
  var kept: [Hidden] = []
  var lines: [String] = []
  var fields: [FormControl] = []
  var lists: [Named] = []
  /// Nil where nothing can be done.
  let button: String?
  var isCritical = false
  let back: Path

  var templateValue: Value {
    [
      "errors": ErrorSummary(failure), "action": action, "kept": kept, "lines": lines, "fields": fields, "lists": lists, "button": button,
      "critical": isCritical, "back": back,
    ]
  }
}

/// Ways to look at a list, each with its count.
struct Tabs: ValueConvertible {
  struct Item: ValueConvertible {
    let label: String
    var count: String?
    let link: Path, isCurrent: Bool
    var templateValue: Value { ["label": label, "count": count, "link": link, "current": isCurrent] }
  }
  let name: String, items: [Item]
  var templateValue: Value { ["name": name, "items": items] }
}
