import Domain
import Templates

/// What can be done to rows that are ticked, or to all that match: a GET form that leads to a page on which the act is confirmed.
struct Selection: ValueConvertible {
  struct Act: ValueConvertible {
    let label: String, link: Path
    var templateValue: Value { ["label": label, "link": link] }
  }
  /// The same page with every box ticked, for whoever has no scripts.
  let pageLink: Path
  /// "All 1,209 that match"
  let all: String
  /// The state of the list, by which all that match are known again.
  let kept: [Hidden]
  let acts: [Act]

  var templateValue: Value { ["pageLink": pageLink, "all": all, "kept": kept, "acts": acts] }

  /// The parameter by which an address asks for ticked boxes, and the one by which a form means all that match.
  static let pageParameter = "select", allParameter = "all"
}

/// The box at the start of a row.
struct SelectionBox: ValueConvertible {
  let name: String, value: String, label: String, isChecked: Bool
  var templateValue: Value { ["name": name, "value": value, "label": label, "checked": isChecked] }
}

extension ListState {
  /// The bar of acts for a list with that many matches.
  func selection(total: Int, acts: [Selection.Act], format: Format) -> Selection {
    Selection(
      pageLink: path.with(query: parameters + [(Selection.pageParameter, "page")]), all: "All \(format.number(total)) that match",
      kept: kept(except: []), acts: acts)
  }
}
