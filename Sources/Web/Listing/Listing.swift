import Domain
import Templates

/// A list as `shared/listing` reads it: toolbar, tags, table or empty state, pager.
struct Listing: ValueConvertible {
  struct Search: ValueConvertible {
    let action: Path, label: String, value: String, kept: [Hidden]
    var templateValue: Value { ["action": action, "label": label, "value": value, "kept": kept] }
  }
  struct Tag: ValueConvertible {
    let name: String, value: String, link: Path
    var templateValue: Value { ["name": name, "value": value, "link": link] }
  }
  struct Tags: ValueConvertible {
    let clearLink: Path, items: [Tag]
    var templateValue: Value { ["clearLink": clearLink, "items": items] }
  }

  var status: Menu?
  var search: Search?
  var filters: FilterForm?
  let count: String
  var chooser: ColumnChooser?
  var tags: Tags?
  var selection: Selection?
  var table: Table?
  var empty: Empty?
  var pager: Pager?

  var templateValue: Value {
    [
      "status": status, "search": search, "filters": filters, "count": count, "chooser": chooser, "tags": tags, "selection": selection,
      "table": table,
      "empty": empty, "pager": pager,
    ]
  }

  /// "1,088 members", or "214 of 980 members" for a part of a known whole.
  static func count(_ total: Int, of whole: Int?, _ one: String, _ many: String, _ format: Format) -> String {
    guard let whole, whole != total else { return format.plural(Int64(total), one, many) }
    return "\(format.number(total)) of \(format.plural(Int64(whole), one, many))"
  }
}

/// The filters of a list: boxes to tick and texts to type.
struct FilterForm: ValueConvertible {
  struct Check: ValueConvertible {
    let name: String, value: String, label: String
    var note: String?
    let isChecked: Bool
    var templateValue: Value {
      ["id": "\(name)-\(value)", "name": name, "value": value, "label": label, "note": note, "checked": isChecked]
    }
  }
  struct Text: ValueConvertible {
    let name: String, label: String, value: String, suggestions: [String]
    /// As in HTML, such as `date`; and what is wrong with the value.
    var type = "text"
    var error: String?
    var templateValue: Value {
      [
        "id": "filter-\(name)", "name": name, "label": label, "value": value, "type": type, "error": error,
        "listID": suggestions.isEmpty ? Value.null : .text("values-\(name)"), "suggestions": suggestions,
      ]
    }
  }
  struct Group: ValueConvertible {
    let legend: String
    var checks: [Check] = []
    var texts: [Text] = []
    var templateValue: Value { ["legend": legend, "wide": !texts.isEmpty, "checks": checks, "texts": texts] }
  }
  let action: Path, active: Int, clearLink: Path, kept: [Hidden], groups: [Group]
  /// Whether it lies open, as where something in it is wrong.
  var isOpen = false
  var templateValue: Value {
    [
      "action": action, "active": active == 0 ? Value.null : .text(String(active)), "clearLink": clearLink, "kept": kept,
      "groups": groups, "open": isOpen,
    ]
  }
}

/// Which columns are shown.
struct ColumnChooser: ValueConvertible {
  struct Item: ValueConvertible {
    let value: String, label: String, isChecked: Bool
    var templateValue: Value { ["value": value, "label": label, "checked": isChecked] }
  }
  let action: Path, resetLink: Path, kept: [Hidden]
  var items: [Item]
  /// Columns that stand first whatever is chosen.
  var always: [String] = []
  var templateValue: Value {
    [
      "action": action, "shown": "\(items.count { $0.isChecked } + always.count) of \(items.count + always.count)", "ordered": true,
      "resetLink": resetLink, "kept": kept, "items": items, "always": always.isEmpty ? nil : always.joined(separator: ", "),
    ]
  }
}

extension ListState {
  /// The columns asked for, in the order asked for; the standard ones where none is.
  func columns<Column: RawRepresentable & CaseIterable & Equatable>(_ standard: [Column]) -> [Column] where Column.RawValue == String {
    var chosen: [Column] = []
    for column in values("columns").compactMap(Column.init(rawValue:)) where !chosen.contains(column) { chosen.append(column) }
    return chosen.isEmpty ? standard : chosen
  }

  /// The chooser for a list's columns: those shown first, in their order, then the others.
  func chooser<Column: RawRepresentable & CaseIterable & Equatable>(
    shown: [Column], label: (Column) -> String
  ) -> ColumnChooser where Column.RawValue == String {
    let items =
      shown.map { ColumnChooser.Item(value: $0.rawValue, label: label($0), isChecked: true) }
      + Column.allCases.filter { !shown.contains($0) }.map {
        ColumnChooser.Item(value: $0.rawValue, label: label($0), isChecked: false)
      }
    return ColumnChooser(
      action: path, resetLink: without("columns").at(page: 1).link, kept: kept(except: ["columns"]), items: items)
  }

  /// A heading that sorts by a key: ascending first, then the other way round.
  func sortable<Key: RawRepresentable & Equatable & Sendable>(
    _ label: String, _ key: Key, by sorting: Sorting<Key>, number: Bool = false, definition: Definition? = nil
  ) -> TableColumn where Key.RawValue == String {
    let isCurrent = sorting.key == key
    let next = isCurrent ? !sorting.descending : number
    return TableColumn(
      label: label, isNumber: number, sortLink: with("sort", (next ? "-" : "") + key.rawValue).link,
      direction: isCurrent ? (sorting.descending ? "descending" : "ascending") : nil, definition: definition)
  }

  func search(label: String) -> Listing.Search {
    Listing.Search(action: path, label: label, value: value("q") ?? "", kept: kept(except: ["q"]))
  }

  func tag(_ name: String, _ value: String, parameter: String, raw: String) -> Listing.Tag {
    Listing.Tag(name: name, value: value, link: without(parameter, value: raw).link)
  }
}
