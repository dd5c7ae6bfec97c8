import CSV
public import Database

/// A column of the Members page and of its export, besides name and email.
public enum MemberColumn: PeopleColumn, ListColumn {
  case status, enrollments, completions, lastActivity, contract, joined, invited, externalID
  case attribute(Attribute)

  /// The columns that only this list has.
  public static let own: [MemberColumn] = [.status, .enrollments, .completions, .lastActivity, .contract, .joined, .invited, .externalID]

  /// What is shown unless others are chosen.
  public static let standard: [MemberColumn] = [.status, .enrollments, .completions, .lastActivity, .contract]

  /// The attribute that the column shows, if it shows one.
  public var attribute: Attribute? { if case .attribute(let attribute) = self { attribute } else { nil } }

  /// Whether the column holds numbers.
  public var isNumber: Bool { self == .enrollments || self == .completions }

  /// See `PeopleColumn`.
  public var isSortable: Bool { self != .externalID }

  /// The heading on the page.
  public var label: String {
    switch self {
    case .status: "Status"
    case .enrollments: "Enrollments"
    case .completions: "Completions"
    case .lastActivity: "Last activity"
    case .contract: "Contract"
    case .joined: "Joined"
    case .invited: "Invited"
    case .externalID: "External ID"
    case .attribute(let attribute): attribute.label
    }
  }

  func write(_ member: Member, to writer: inout CSVWriter) {
    switch self {
    case .status: writer.text(member.statusWords)
    case .enrollments: writer.number(Int64(member.enrollments))
    case .completions: writer.number(Int64(member.completions))
    case .lastActivity: writer.raw(member.lastActivityAt)
    case .contract: writer.text(member.contract)
    case .joined: writer.raw(member.joinedAt)
    case .invited: writer.raw(member.invitedAt)
    case .externalID: writer.text(member.externalID)
    case .attribute(let attribute): writer.text(member.attributes[attribute] ?? "")
    }
  }
}

extension Member {
  /// The badges in words, for an export.
  fileprivate var statusWords: String {
    [isInactive ? "Inactive" : nil, risks.isEmpty ? nil : "At risk"].compactMap(\.self).joined(separator: "; ")
  }
}

extension Member: Listed {}

extension MemberList {
  /// Writes the members that match as CSV with a byte order mark: name, email and the columns, in the order of the list.
  public func write(
    _ filter: MemberFilter, sort: Sorting<Key>, columns: [MemberColumn], in connection: any Connection,
    to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try ListExport(columns: columns).write(query(filter, sort: sort, in: connection), in: connection, to: sink) {
      try members($0, showing: columns, in: connection)
    }
  }
}
