public import Domain
public import Templates

/// One field of a form as a page shows it. A form page is a function of what was typed and what is wrong with it; GET passes neither.
public struct FormField: ValueConvertible, Sendable {
  /// What the browser lets the user type.
  public enum Kind: String, Sendable {
    /// Any line of text.
    case text
    /// An email address.
    case email
    /// A password, which is never sent back into the page.
    case password
  }

  let name: String
  let label: String
  let kind: Kind
  let value: String
  let hint: String?
  let autocomplete: String?
  let error: String?
  let isRequired: Bool

  /// A field, required unless it says otherwise.
  ///
  /// - Parameters:
  ///   - name: its name in the form; the element's id is `field-` and the name.
  ///   - value: what was typed; a password's is dropped.
  ///   - autocomplete: the token of the HTML standard, section 4.10.18.7 (WCAG 2.2, 1.3.5).
  ///   - faults: all faults of the form; the field shows the first that is its own.
  public init(
    _ name: String, _ label: String, kind: Kind = .text, value: String = "", hint: String? = nil, autocomplete: String? = nil,
    isRequired: Bool = true, faults: [Failure.Field] = []
  ) {
    self.isRequired = isRequired
    (self.name, self.label, self.kind, self.hint, self.autocomplete) = (name, label, kind, hint, autocomplete)
    self.value = kind == .password ? "" : value
    error = faults.first { $0.name == name }?.sentence
  }

  /// The keys of `shared/field`.
  public var templateValue: Value {
    [
      "id": "field-" + name, "name": name, "label": label, "type": kind.rawValue, "value": value, "hint": hint, "error": error,
      "autocomplete": autocomplete, "required": isRequired,
    ]
  }
}

/// The summary above a form that was refused: every fault, leading to its field.
public struct ErrorSummary: ValueConvertible, Sendable {
  private let failure: Failure

  /// Nil without a failure.
  public init?(_ failure: Failure?) {
    guard let failure else { return nil }
    self.failure = failure
  }

  /// The keys of `shared/error-summary`.
  public var templateValue: Value {
    let items: [Value] =
      failure.fields.isEmpty
      ? [["message": failure.sentence, "link": Value.null]]
      : failure.fields.map { ["message": $0.sentence, "link": Path.fragment("field-" + $0.name)] }
    return ["title": "There is a problem", "items": Value.list(items)]
  }
}
