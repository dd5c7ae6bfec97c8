import CSV
public import Database

/// A column of the Invitations page and of its export, besides name and email.
public enum InvitationColumn: String, CaseIterable, Sendable {
  case state, invited
  case invitedBy = "invited-by"
  case sends, sent, opened, contract, expires, joined
  case externalID = "external-id"

  /// What is shown unless others are chosen.
  public static let standard: [InvitationColumn] = [.state, .invited, .invitedBy, .sends, .sent, .opened, .contract]

  /// The heading on the page and in an export.
  public var label: String {
    switch self {
    case .state: "State"
    case .invited: "Invited"
    case .invitedBy: "Invited by"
    case .sends: "Times sent"
    case .sent: "Last sent"
    case .opened: "Opened"
    case .contract: "Contract"
    case .expires: "Expires"
    case .joined: "Joined"
    case .externalID: "External ID"
    }
  }

  var header: String { label }

  /// What the column sorts by; nil where it does not sort.
  public var key: InvitationList.Key? { InvitationList.Key(rawValue: rawValue) }

  func write(_ invitation: Invitation, to writer: inout CSVWriter) {
    switch self {
    case .state: writer.text(invitation.words)
    case .invited: writer.raw(invitation.invitedAt)
    case .invitedBy: writer.text(invitation.invitedBy)
    case .sends: writer.number(Int64(invitation.sends))
    case .sent: writer.raw(invitation.sentAt)
    case .opened: writer.raw(invitation.openedAt)
    case .contract: writer.text(invitation.contract)
    case .expires: writer.raw(invitation.expiresAt.count > 4 ? invitation.expiresAt : "")
    case .joined: writer.raw(invitation.joinedAt)
    case .externalID: writer.text(invitation.externalID)
    }
  }
}

extension Invitation {
  /// The state in a word, and what the mail server said of one that failed.
  public var words: String { isFailed && !failure.isEmpty ? "\(word): \(failure)" : word }

  /// The state in a word.
  public var word: String {
    switch state {
    case .created: "Created"
    case .queued: "Queued"
    case .sent: "Sent"
    case .failed: isBounced ? "Bounced" : "Failed"
    case .opened: "Opened"
    case .joined: "Joined"
    case .revoked: "Revoked"
    case .expired: "Expired"
    }
  }

  /// Whether the last mail did not arrive.
  public var isFailed: Bool { state == .failed }
}

extension Invitation: Listed {}

extension InvitationColumn: ListColumn {}

extension InvitationList {
  /// Writes the invitations that match as CSV with a byte order mark: name, email and the columns, in the order of the list.
  public func write(
    _ filter: InvitationFilter, sort: Sorting<Key>, columns: [InvitationColumn], in connection: any Connection,
    to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try ListExport(columns: columns).write(query(filter, sort: sort), in: connection, to: sink) { try invitations($0, in: connection) }
  }
}
