import Domain
import Templates

/// A field of a form beyond a line of text: as `shared/control` reads it.
struct FormControl: ValueConvertible {
  /// What the browser lets the user do.
  enum Kind {
    /// One line; `type` as in HTML, such as `date` or `color`.
    case input(type: String, autocomplete: String? = nil, list: [String] = [])
    /// Several lines.
    case area(rows: Int)
    /// One of a list.
    case select([Option])
    /// One of a few that are all to be seen.
    case radios([Option])
    /// Any of some.
    case checks([Option])
  }

  /// A choice.
  struct Option {
    let value: String, label: String
    var note: String?

    init(_ value: String, _ label: String, note: String? = nil) { (self.value, self.label, self.note) = (value, label, note) }
  }

  let name: String
  let label: String
  let kind: Kind
  /// What was typed or chosen.
  var values: [String] = []
  var hint: String?
  var isRequired = false
  /// Shown, but not to be changed; sent along all the same.
  var isFixed = false
  /// All faults of the form; the field shows the first that is its own.
  var faults: [Failure.Field] = []

  init(
    _ name: String, _ label: String, _ kind: Kind, value: String, hint: String? = nil, required: Bool = false, fixed: Bool = false,
    faults: [Failure.Field]
  ) {
    self.init(name, label, kind, values: [value], hint: hint, required: required, fixed: fixed, faults: faults)
  }

  init(
    _ name: String, _ label: String, _ kind: Kind, values: [String], hint: String? = nil, required: Bool = false, fixed: Bool = false,
    faults: [Failure.Field]
  ) {
    (self.name, self.label, self.kind, self.values, self.hint) = (name, label, kind, values, hint)
    (isRequired, isFixed, self.faults) = (required, fixed, faults)
  }

  var templateValue: Value {
    var parts: (input: Value, area: Value, select: Value, group: Value) = (.null, .null, .null, .null)
    switch kind {
    case .input(let type, let autocomplete, let list):
      parts.input = [
        "type": type, "autocomplete": autocomplete, "listID": list.isEmpty ? Value.null : .text("list-" + name), "suggestions": list,
      ]
    case .area(let rows): parts.area = ["rows": String(rows)]
    case .select(let options): parts.select = ["options": self.options(options)]
    case .radios(let options): parts.group = ["type": "radio", "options": self.options(options)]
    case .checks(let options): parts.group = ["type": "checkbox", "options": self.options(options)]
    }
    return [
      "id": "field-" + name, "name": name, "label": label, "value": values.first ?? "", "hint": hint,
      "error": faults.first { $0.name == name }?.sentence, "required": isRequired, "fixed": isFixed, "input": parts.input,
      "area": parts.area, "select": parts.select, "group": parts.group,
    ]
  }

  /// The first choice of a group carries the field's id, so that the summary of errors leads to it.
  private func options(_ options: [Option]) -> Value {
    .list(
      options.enumerated().map { index, option in
        [
          "optionID": index == 0 ? "field-" + name : "field-\(name)-\(index)", "optionValue": option.value, "optionLabel": option.label,
          "note": option.note, "chosen": values.contains(option.value), "locked": isFixed && !values.contains(option.value),
        ]
      })
  }
}

/// A form of a page: its faults, its fields, its button, and the way back.
struct FormModel: ValueConvertible {
  let action: Path
  var failure: Failure?
  let fields: [FormControl]
  let button: String
  let cancel: LinkModel?
  /// See `ShownDraft`; nil for a form that edits nothing.
  var shown: String?

  var templateValue: Value {
    ["action": action, "errors": ErrorSummary(failure), "fields": fields, "button": button, "cancel": cancel, "shown": shown]
  }
}

extension Page {
  /// The heading with the way up above it, as `shared/heading` reads it.
  static func heading(
    up: LinkModel? = nil, lede: String? = nil, total: String? = nil, actions: [LinkModel] = [], primary: LinkModel? = nil,
    export: LinkModel? = nil, menu: Menu? = nil
  ) -> Value {
    ["up": up, "lede": lede, "total": total, "actions": actions, "primary": primary, "export": export, "menu": menu]
  }
}
