import CSV
public import Database
import Foundation

/// A file of attributes by email.
public struct AttributeDraft: CheckedUpload {
  /// What will happen, or has happened, to a row. The words sort as the page lists them.
  public enum Outcome: String, UploadOutcome {
    /// Cannot be taken; the reason says why.
    case error = "ERROR"
    /// At least one attribute differs; the reason names them.
    case change = "SET"
    /// The person has all of it already.
    case same = "UNCHANGED"
  }

  /// Attributes.
  public static let kind = Upload.Kind.attributes
  /// Its row.
  public let upload: Upload
  /// The attributes that the file has columns for.
  public let attributes: [Attribute]

  /// A file of attributes by its row.
  ///
  /// - Throws: where the row's header cannot be read.
  public init(_ upload: Upload) throws {
    self.upload = upload
    attributes = try AttributeDraft.cells(upload.header).compactMap(Attribute.init(rawValue:))
  }

  /// Writes the rows that were not taken as a CSV that can be mended and uploaded again, with line and reason behind each.
  public func writeRejected(in connection: any Connection, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
    try writeRejected(
      [AttributeUpload.email] + attributes.map(\.header), "email, cells", in: connection, to: sink
    ) { row, writer in
      writer.text(row.text(2))
      for cell in try AttributeDraft.cells(row.text(3)) { writer.text(cell) }
    }
  }

  /// Reads a JSON array of texts.
  static func cells(_ text: String) throws -> [String] {
    text.isEmpty ? [] : try JSONDecoder().decode([String].self, from: Data(text.utf8))
  }

  /// Writes texts as a JSON array (RFC 8259).
  static func encoded(_ cells: [String]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: try encoder.encode(cells), as: UTF8.self)
  }
}
