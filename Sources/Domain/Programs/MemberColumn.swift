import CSV
public import Database

/// A column of the Members page and of its export, besides name and email.
public enum MemberColumn: String, CaseIterable, Sendable {
  case status, enrollments, completions
  case lastActivity = "last-activity"
  case contract, joined, invited
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
  public static let standard: [MemberColumn] = [.status, .enrollments, .completions, .lastActivity, .contract]

  /// The attribute that the column shows, if it shows one.
  public var attribute: Attribute? { Attribute(rawValue: rawValue.replacing("-", with: "_")) }

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
    default: attribute?.label ?? rawValue
    }
  }

  /// The heading in an export.
  var header: String { attribute?.header ?? label }

  /// What the column sorts by; nil where it does not sort.
  public var key: MemberList.Key? {
    switch self {
    case .enrollments: .enrollments
    case .completions: .completions
    case .lastActivity: .lastActivity
    case .joined: .joined
    case .invited: .invited
    default: nil
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
    default: writer.text(attribute.flatMap { member.attributes[$0] } ?? "")
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

extension MemberColumn: ListColumn {}

extension MemberList {
  /// Writes the members that match as CSV with a byte order mark: name, email and the columns, in the order of the list.
  public func write(
    _ filter: MemberFilter, sort: Sorting<Key>, columns: [MemberColumn], in connection: any Connection,
    to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try ListExport(columns: columns).write(query(filter, sort: sort, in: connection), in: connection, to: sink) {
      try members($0, in: connection)
    }
  }
}
