import CSV
public import Database

/// A column of the Users page and of its export, besides name and email.
public enum UserColumn: PeopleColumn, ListColumn {
  case status, programs, enrollments, completions, lastActivity, externalID
  case attribute(Attribute)

  /// The columns that only this list has.
  public static let own: [UserColumn] = [.status, .programs, .enrollments, .completions, .lastActivity, .externalID]

  /// What is shown unless others are chosen.
  public static let standard: [UserColumn] = [
    .status, .programs, .enrollments, .completions, .lastActivity, .attribute(.businessUnit),
  ]

  /// The attribute that the column shows, if it shows one.
  public var attribute: Attribute? { if case .attribute(let attribute) = self { attribute } else { nil } }

  /// Whether the column holds numbers.
  public var isNumber: Bool { [.programs, .enrollments, .completions].contains(self) }

  /// See `PeopleColumn`.
  public var isSortable: Bool { self != .externalID }

  /// The heading on the page.
  public var label: String {
    switch self {
    case .status: "Status"
    case .programs: "Programs"
    case .enrollments: "Enrollments"
    case .completions: "Completions"
    case .lastActivity: "Last activity"
    case .externalID: "External ID"
    case .attribute(let attribute): attribute.label
    }
  }

  func write(_ user: User, to writer: inout CSVWriter) {
    switch self {
    case .status: writer.text(user.standings.map(\.words).joined(separator: "; "))
    case .programs: writer.number(Int64(user.memberPrograms))
    case .enrollments: writer.number(Int64(user.enrollments))
    case .completions: writer.number(Int64(user.completions))
    case .lastActivity: writer.raw(user.lastActivityAt)
    case .externalID: writer.text(user.externalID)
    case .attribute(let attribute): writer.text(user.attributes[attribute] ?? "")
    }
  }
}

extension User {
  /// How far a person has come, and what keeps them from going on.
  public enum Standing: Sendable, Equatable {
    case completed, enrolled, joined, invited, outside, inactive, longTermInactive, deactivated

    /// As pages and exports say it.
    public var words: String {
      switch self {
      case .completed: "Completed"
      case .enrolled: "Enrolled"
      case .joined: "Joined"
      case .invited: "Invited"
      case .outside: "Not a member"
      case .inactive: "Inactive 30 days"
      case .longTermInactive: "Inactive 90 days"
      case .deactivated: "Deactivated"
      }
    }
  }

  /// The furthest stage first, then what is amiss.
  public var standings: [Standing] {
    var standings: [Standing] = [
      completions > 0 ? .completed : enrollments > 0 ? .enrolled : memberPrograms > 0 ? .joined : openInvitations > 0 ? .invited : .outside
    ]
    if isLongTermInactive { standings.append(.longTermInactive) } else if isInactive { standings.append(.inactive) }
    if isDeactivated { standings.append(.deactivated) }
    return standings
  }
}

extension User: Listed {}

extension UserList {
  /// Writes the people who match as CSV with a byte order mark: name, email and the columns, in the order of the list.
  public func write(
    _ filter: UserFilter, sort: Sorting<Key>, columns: [UserColumn], in connection: any Connection,
    to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try ListExport(columns: columns).write(query(filter, sort: sort, in: connection), in: connection, to: sink) {
      try users($0, filter: filter, showing: columns, in: connection)
    }
  }
}
