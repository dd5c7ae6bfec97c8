import CSV
public import Database
import Foundation

/// A file of people to add to coaching.
public struct LearnerUpload: CheckedUpload {
  /// What will happen, or has happened, to a row. The words sort as the page lists them.
  public enum Outcome: String, UploadOutcome {
    /// Cannot be taken; the reason says why.
    case error = "ERROR"
    /// In coaching already; left alone.
    case engaged = "ENGAGED"
    /// Becomes a learner.
    case new = "NEW"
  }

  /// Learners.
  public static let kind = Upload.Kind.learners
  /// Its row.
  public let upload: Upload
  /// What the learners are added with.
  public let draft: EngagementDraft

  /// A file of learners by its row.
  ///
  /// - Throws: where the row's header cannot be read.
  public init(_ upload: Upload) throws {
    self.upload = upload
    draft = try JSONDecoder().decode(EngagementDraft.self, from: Data(upload.header.utf8))
  }

  /// Writes the rows that were not taken as a CSV that can be mended and uploaded again, with line and reason behind each.
  public func writeRejected(in connection: any Connection, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
    try writeRejected(BulkInvitation.headers, "name, email, external_id", in: connection, to: sink) { row, writer in
      for column in 2..<5 { writer.text(row.text(column)) }
    }
  }
}

extension EngagementDraft {
  var encoded: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }
}
