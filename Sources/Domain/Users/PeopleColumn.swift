import CSV

/// A column of a list of people, besides name and email: one of the list's own, or an attribute, which every list has.
///
/// Its raw value, which addresses hold, is the label in small letters and with hyphens: `last-activity`, `business-unit-2`.
public protocol PeopleColumn: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
  /// The columns of this list alone, in the order in which they are offered.
  static var own: [Self] { get }
  /// The column of an attribute.
  static func attribute(_ attribute: Attribute) -> Self
  /// The attribute that the column shows, if it shows one.
  var attribute: Attribute? { get }
  /// The heading on the page.
  var label: String { get }
  /// Whether the list can be sorted by it. The External ID cannot: nothing holds its order beside a program's members, and people look for one.
  var isSortable: Bool { get }
}

extension PeopleColumn {
  /// The list's own columns, then the attributes.
  public static var allCases: [Self] { own + Attribute.allCases.map { attribute($0) } }

  /// As addresses name the column.
  public var rawValue: String {
    String(decoding: label.lowercased().utf8.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
  }

  /// The column of that name; nil where there is none.
  public init?(rawValue: String) {
    guard let column = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = column
  }

  /// The heading in an export.
  var header: String { attribute?.header ?? label }
}

/// What a list of people is sorted by: name, email, or any of its columns.
public enum PeopleKey<Column: PeopleColumn>: RawRepresentable, Hashable, Sendable {
  case name, email
  case column(Column)

  /// As addresses name the key.
  public var rawValue: String {
    switch self {
    case .name: "name"
    case .email: "email"
    case .column(let column): column.rawValue
    }
  }

  /// The key of that name; nil where there is none.
  public init?(rawValue: String) {
    switch rawValue {
    case "name": self = .name
    case "email": self = .email
    default:
      guard let column = Column(rawValue: rawValue), column.isSortable else { return nil }
      self = .column(column)
    }
  }
}
