import CSV
public import Database
import Foundation

/// A file of attributes that was checked row by row, until it is confirmed or thrown away. It outlives sign-out and restart.
public struct AttributeDraft: Sendable, Equatable {
  /// What will happen, or has happened, to a row. The words sort as the page lists them.
  public enum Outcome: String, Sendable, CaseIterable {
    /// Cannot be taken; the reason says why.
    case error = "ERROR"
    /// At least one attribute differs; the reason names them.
    case change = "SET"
    /// The person has all of it already.
    case same = "UNCHANGED"
  }

  /// One row of the file.
  public struct Line: Sendable, Equatable {
    /// The line that it starts in, from 1.
    public let number: Int
    /// What becomes of it; what differs, or why it cannot be taken.
    public let outcome: Outcome, reason: String
    /// The person's name in the organization, where the email is known, and the email as given.
    public let name: String, email: String
  }

  /// The row's id.
  public let id: Int64
  /// What the uploader calls the file.
  public let fileName: String
  /// The attributes that the file has columns for.
  public let attributes: [Attribute]
  /// When it was checked; when it was confirmed, empty until then.
  public let createdAt: String, doneAt: String

  /// Whether it was confirmed.
  public var isDone: Bool { !doneAt.isEmpty }

  /// The viewer's own drafts: nobody finds another's.
  private static func own(_ scope: OrganizationScope) -> SQL {
    """
    FROM upload_drafts d WHERE d.organization_id = \(scope.organization.id) AND d.account_id = \(scope.viewer.accountID)
      AND d.kind = 'ATTRIBUTES'
    """
  }

  private static func draft(_ row: borrowing Row) throws -> AttributeDraft {
    AttributeDraft(
      id: row.int(0), fileName: row.text(1), attributes: try cells(row.text(2)).compactMap(Attribute.init(rawValue:)),
      createdAt: row.text(3),
      doneAt: row.text(4))
  }

  /// Finds one of the viewer's own drafts.
  ///
  /// - Throws: `Failure.notFound`.
  public static func find(_ id: Int64, scope: OrganizationScope, in connection: any Connection) throws -> AttributeDraft {
    let query: SQL = "SELECT d.id, d.file_name, d.header, d.created_at, d.done_at \(own(scope)) AND d.id = \(id)"
    guard scope.reachesOrganization, let found = try connection.first(query, { try draft($0) }) else { throw Failure.notFound }
    return found
  }

  /// The viewer's own drafts that wait to be confirmed, latest first.
  public static func open(scope: OrganizationScope, in connection: any Connection) throws -> [AttributeDraft] {
    try connection.all(
      "SELECT d.id, d.file_name, d.header, d.created_at, d.done_at \(own(scope)) AND d.state = 'CHECKED' ORDER BY d.id DESC LIMIT 20"
    ) { try draft($0) }
  }

  /// How many rows have each outcome; outcomes without a row are not there.
  public func counts(in connection: any Connection) throws -> [Outcome: Int] {
    var counts: [Outcome: Int] = [:]
    try connection.rows("SELECT outcome, COUNT(*) FROM upload_rows WHERE draft_id = \(id) GROUP BY outcome") { row in
      if let outcome = Outcome(rawValue: row.text(0)) { counts[outcome] = Int(row.int(1)) }
      return true
    }
    return counts
  }

  /// One page of the rows, those that need mending first, then by outcome and line.
  ///
  /// - Parameter counts: what `counts` gave.
  public func rows(
    _ outcome: Outcome?, counts: [Outcome: Int], request: PageRequest, in connection: any Connection
  ) throws -> ListPage<Line> {
    let narrowed: SQL = outcome.map { "r.draft_id = \(id) AND r.outcome = \($0.rawValue)" } ?? "r.draft_id = \(id)"
    let total = outcome.map { counts[$0] ?? 0 } ?? counts.values.reduce(0, +)
    let lines = try PagedQuery(
      source: "upload_rows r", id: "r.line", scope: narrowed, filter: nil, knownTotal: total,
      key: SortKey(column: "r.outcome", kind: .text, isIndexed: true), descending: false
    ).page(request, in: connection)
    var found: [Int64: Line] = [:]
    let rows: SQL = "SELECT line, outcome, reason, name, email FROM upload_rows"
    try connection.rows("\(rows) WHERE draft_id = \(id) AND line IN (\(list: lines.rows))") { row in
      found[row.int(0)] = Line(
        number: Int(row.int(0)), outcome: Outcome(rawValue: row.text(1)) ?? .error, reason: row.text(2), name: row.text(3),
        email: row.text(4))
      return true
    }
    return lines.map(lines.rows.compactMap { found[$0] })
  }

  /// Writes the rows that were not taken as a CSV that can be mended and uploaded again, with line and reason behind each.
  public func writeRejected(in connection: any Connection, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
    var writer = CSVWriter(bom: true, sink)
    for header in [AttributeUpload.email] + attributes.map(\.header) + ["Line", "Reason"] { writer.text(header) }
    try writer.endRow()
    try connection.stream(
      "SELECT email, cells, line, reason FROM upload_rows WHERE draft_id = \(id) AND outcome = \(Outcome.error.rawValue) ORDER BY line"
    ) { row in
      writer.text(row.text(0))
      for cell in try AttributeDraft.cells(row.text(1)) { writer.text(cell) }
      writer.number(row.int(2))
      writer.text(row.text(3))
      try writer.endRow()
      return true
    }
    try writer.finish()
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
