import Templates

// What templates/shared/ reads, one struct a partial; every text is ready to be shown.

/// What a figure or a column means, one click away from it.
struct Definition: ValueConvertible {
  let id: String, title: String, text: String
  var templateValue: Value { ["id": id, "title": title, "text": text] }
}

/// A short word with a tone; the word says what the color repeats.
struct Badge: ValueConvertible {
  enum Tone: String { case neutral, positive, caution, critical, info }
  let label: String, tone: Tone, why: String?
  var templateValue: Value { ["label": label, "tone": tone.rawValue, "why": why.templateValue] }
}

/// Yes or No as a sign, with the word for whoever hears the page.
struct Mark: ValueConvertible {
  let isYes: Bool
  var templateValue: Value { ["yes": isYes, "sign": isYes ? "✓" : "–", "word": isYes ? "Yes" : "No"] }
}

/// A heading of a table; with a link it sorts.
struct TableColumn: ValueConvertible {
  var label: String
  var isNumber = false
  var sortLink: Path?
  var direction: String?
  var definition: Definition?
  var templateValue: Value {
    ["label": label, "number": isNumber, "sortLink": sortLink, "direction": direction, "definition": definition]
  }
}

/// A cell of a table. "—" stands for nothing.
struct Cell: ValueConvertible {
  struct Head: ValueConvertible {
    let primary: String, secondary: String?, link: Path?
    var templateValue: Value {
      ["primary": primary, "secondary": secondary.templateValue, "link": link.templateValue]
    }
  }
  var head: Head?
  var isNumber = false
  var text: String?
  var link: Path?
  var time: String?
  var badges: [Badge] = []
  var graphic: HTML?
  var mark: Mark?
  /// What can be done with the row.
  var links: [LinkModel] = []

  static func head(_ primary: String, _ secondary: String?, link: Path? = nil) -> Cell {
    // Who has no name is called by the second line.
    if primary.isEmpty, let secondary { return Cell(head: Head(primary: secondary, secondary: nil, link: link)) }
    return Cell(head: Head(primary: primary, secondary: secondary, link: link))
  }
  static func text(_ text: String) -> Cell { Cell(text: text.isEmpty ? "—" : text) }
  static func number(_ text: String, link: Path? = nil) -> Cell { Cell(isNumber: true, text: text, link: link) }
  /// A moment, with its text as people read it.
  static func time(_ moment: String, _ text: String) -> Cell {
    Cell(text: moment.isEmpty ? "—" : text, time: moment.isEmpty ? nil : moment)
  }

  // A page has hundreds of cells. What is a value already need not be put into a box first.
  var templateValue: Value {
    .object([
      "head": head.templateValue, "number": isNumber.templateValue, "text": text.templateValue, "link": link.templateValue,
      "time": time.templateValue, "badges": badges.templateValue, "graphic": graphic.templateValue, "mark": mark.templateValue,
      "links": links.templateValue,
    ])
  }
}

/// A table with its accessible name; short ones can be filtered in place.
struct Table: ValueConvertible {
  struct Row: ValueConvertible {
    let cells: [Cell]
    /// The box that selects the row, in a table whose rows can be selected.
    var box: SelectionBox?
    var templateValue: Value { ["cells": cells.templateValue, "box": box] }
  }
  let label: String
  var filterID: String?
  var filterLabel: String?
  /// Whether its rows have boxes.
  var isSelectable = false
  let columns: [TableColumn]
  let rows: [Row]
  var templateValue: Value {
    [
      "label": label, "filterID": filterID, "filterLabel": filterLabel, "selectable": isSelectable, "columns": columns,
      "rows": rows.templateValue,
    ]
  }
}

/// A choice of links behind a button.
struct Menu: ValueConvertible {
  struct Item: ValueConvertible {
    let label: String
    var note: String?
    let link: Path
    var isCurrent = false
    var templateValue: Value { ["label": label, "note": note, "link": link, "current": isCurrent] }
  }
  let label: String
  var value: String?
  /// The main action of its page.
  var isPrimary = false
  let items: [Item]
  var templateValue: Value { ["label": label, "value": value, "primary": isPrimary, "items": items] }
}

/// A button that goes somewhere.
struct LinkModel: ValueConvertible {
  let label: String, link: Path
  var templateValue: Value { ["label": label, "link": link] }
}

/// What stands in place of a table without rows: nothing matches, or nothing is there yet.
struct Empty: ValueConvertible {
  let isFiltered: Bool, title: String, text: String
  /// What to type in a terminal.
  var command: String?
  let action: LinkModel?
  var templateValue: Value {
    ["filtered": isFiltered, "title": title, "text": text, "command": command, "action": action]
  }

  /// An organization without data; `what` comes with its first import.
  static func untilImport(_ title: String, _ what: String, slug: String) -> Empty {
    Empty(
      isFiltered: false, title: title, text: "\(what) come with the first import. Whoever runs this installation types:",
      command: "provost import membership-report FILE --organization \(slug)", action: nil)
  }
}

/// A figure on a card, with its change, its line, its definition, or the reason why there is none.
struct Tile: ValueConvertible {
  struct Delta: ValueConvertible {
    let change: String, tone: Badge.Tone, note: String
    var templateValue: Value { ["change": change, "tone": tone.rawValue, "note": note] }
  }
  struct Quote: ValueConvertible {
    let text: String, source: String
    var templateValue: Value { ["text": text, "source": source] }
  }
  let label: String, value: String
  var unit: String?
  var link: Path?
  var graphic: HTML?
  var delta: Delta?
  var why: String?
  var quotes: [Quote] = []
  var definition: Definition?
  var templateValue: Value {
    [
      "label": label, "value": value, "unit": unit, "link": link, "graphic": graphic, "delta": delta, "why": why,
      "quotes": quotes.isEmpty ? Value.null : ["items": quotes] as Value, "definition": definition,
    ]
  }
}

/// The stages from invitation to completion with the drop between them.
struct FunnelModel: ValueConvertible {
  struct Stage: ValueConvertible {
    let label: String, value: String, share: String?, link: Path?, graphic: HTML, drop: Drop?, definition: Definition?
    /// What mends the drop that comes next.
    var action: LinkModel?
    var templateValue: Value {
      [
        "label": label, "value": value, "share": share, "link": link, "graphic": graphic, "drop": drop, "definition": definition,
        "action": action,
      ]
    }
  }
  struct Drop: ValueConvertible {
    let text: String, link: Path?
    var templateValue: Value { ["text": text, "link": link] }
  }
  let title: String, note: String, stages: [Stage]
  var templateValue: Value { ["title": title, "note": note, "stages": stages] }
}
