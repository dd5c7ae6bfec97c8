/// What a text for many people may leave open, written `{{first_name}}`.
public enum Placeholder: String, Sendable, CaseIterable {
  case firstName = "first_name"
  case fullName = "full_name"
  case programName = "program_name"
  case organizationName = "organization_name"

  /// As a text holds it.
  public var text: String { "{{\(rawValue)}}" }

  /// What is wrong with the placeholders of a text: the first that is not known or not closed; nil when nothing is.
  public static func fault(in text: String) -> String? {
    var rest = text[...]
    while let start = rest.firstRange(of: "{{") {
      rest = rest[start.upperBound...]
      guard let end = rest.firstRange(of: "}}") else { return "A placeholder begins with {{ and does not end: write }} after its name." }
      let name = rest[..<end.lowerBound]
      if Placeholder(rawValue: String(name)) == nil {
        let known = allCases.map(\.text).joined(separator: ", ")
        return "There is no placeholder {{\(name.prefix(40))}}. Use one of these: \(known)."
      }
      rest = rest[end.upperBound...]
    }
    return nil
  }

  /// The text with each placeholder replaced by its value; values are not looked into again.
  public static func fill(_ text: String, _ value: (Placeholder) -> String) -> String {
    var (result, rest) = ("", text[...])
    while let start = rest.firstRange(of: "{{") {
      guard let end = rest[start.upperBound...].firstRange(of: "}}") else { break }
      result += rest[..<start.lowerBound]
      let name = rest[start.upperBound..<end.lowerBound]
      result += Placeholder(rawValue: String(name)).map(value) ?? String(rest[start.lowerBound..<end.upperBound])
      rest = rest[end.upperBound...]
    }
    return result + rest
  }
}
