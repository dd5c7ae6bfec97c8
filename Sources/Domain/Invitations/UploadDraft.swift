import CSV
public import Database

/// A file of people to invite.
public struct UploadDraft: CheckedUpload {
  /// What will happen, or has happened, to a row. The words sort as the page lists them.
  public enum Outcome: String, UploadOutcome {
    /// Cannot be taken; the reason says why.
    case error = "ERROR"
    /// Invited to this program already; left alone.
    case invited = "INVITED"
    /// A member already; left alone.
    case member = "MEMBER"
    /// New to the program.
    case new = "NEW"
    /// Was removed, and is invited again.
    case returns = "RETURNS"

    /// Whether the row is invited.
    public var isInvited: Bool { self == .new || self == .returns }
  }

  /// Invitations.
  public static let kind = Upload.Kind.invitations
  /// Its row.
  public let upload: Upload
  /// The program and contract to invite to, by id.
  public var program: Int64 { upload.program }
  /// The contract to invite under, by id.
  public var contract: Int64 { upload.contract }
  /// The program's slug, as addresses have it.
  public var programSlug: String { upload.programSlug }
  /// Whether its invitations were mailed; only a confirmed one knows.
  public var wasSent: Bool { upload.result == UploadDraft.sent }

  /// A file of people to invite by its row.
  public init(_ upload: Upload) { self.upload = upload }

  /// What `result` holds of a confirmed draft.
  static let sent = "{\"sent\":true}", notSent = "{\"sent\":false}"

  /// Writes the rows that were not taken as a CSV that can be mended and uploaded again, with line and reason behind each.
  public func writeRejected(in connection: any Connection, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
    try writeRejected(BulkInvitation.headers, "name, email, external_id", in: connection, to: sink) { row, writer in
      for column in 2..<5 { writer.text(row.text(column)) }
    }
  }
}
