import CSV
public import Database

/// A column of the Users page and of its export, besides name and email.
public enum UserColumn: String, CaseIterable, Sendable {
  case status, programs, enrollments, completions
  case lastActivity = "last-activity"
  case externalID = "external-id"
  case managerName = "manager-name"
  case managerEmail = "manager-email"
  case jobTitle = "job-title"
  case jobType = "job-type"
  case businessUnit = "business-unit"
  case businessUnit2 = "business-unit-2"
  case locationCity = "location-city"
  case locationCountry = "location-country"
  case locationRegion = "location-region"

  /// What is shown unless others are chosen.
  public static let standard: [UserColumn] = [.status, .programs, .enrollments, .completions, .lastActivity, .businessUnit]

  /// The attribute that the column shows, if it shows one.
  public var attribute: Attribute? { Attribute(rawValue: rawValue.replacing("-", with: "_")) }

  /// The heading on the page.
  public var label: String {
    switch self {
    case .status: "Status"
    case .programs: "Programs"
    case .enrollments: "Enrollments"
    case .completions: "Completions"
    case .lastActivity: "Last activity"
    case .externalID: "External ID"
    default: attribute?.label ?? rawValue
    }
  }

  /// The heading in an export.
  var header: String { attribute?.header ?? label }

  /// What the column sorts by; nil where it does not sort.
  public var key: UserList.Key? {
    switch self {
    case .programs: .programs
    case .enrollments: .enrollments
    case .completions: .completions
    case .lastActivity: .lastActivity
    default: nil
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
    default: writer.text(attribute.flatMap { user.attributes[$0] } ?? "")
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

extension UserColumn: ListColumn {}

extension UserList {
  /// Writes the people who match as CSV with a byte order mark: name, email and the columns, in the order of the list.
  public func write(
    _ filter: UserFilter, sort: Sorting<Key>, columns: [UserColumn], in connection: any Connection,
    to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try ListExport(columns: columns).write(query(filter, sort: sort, in: connection), in: connection, to: sink) {
      try users($0, filter: filter, in: connection)
    }
  }
}
