import CSV
public import Database

/// A file of people to invite that was checked row by row, until it is confirmed or thrown away. It outlives sign-out and restart.
public struct UploadDraft: Sendable, Equatable {
  /// What will happen, or has happened, to a row. The words sort as the page lists them.
  public enum Outcome: String, Sendable, CaseIterable {
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

  /// One row of the file.
  public struct Line: Sendable, Equatable {
    /// The line that it starts in, from 1.
    public let number: Int
    /// What becomes of it, and why where that needs words.
    public let outcome: Outcome, reason: String
    /// The cells, as given.
    public let name: String, email: String, externalID: String
  }

  /// The row's id.
  public let id: Int64
  /// The program and contract to invite to, by id.
  public let program: Int64, contract: Int64
  /// The program's slug, as addresses have it.
  public let programSlug: String
  /// What the uploader calls the file.
  public let fileName: String
  /// When it was checked; when it was confirmed, empty until then.
  public let createdAt: String, doneAt: String
  /// Whether its invitations were mailed; only a confirmed one knows.
  public let wasSent: Bool

  /// Whether it was confirmed.
  public var isDone: Bool { !doneAt.isEmpty }

  private init(_ row: borrowing Row) {
    (id, program, contract, programSlug) = (row.int(0), row.int(1), row.int(2), row.text(3))
    (fileName, createdAt, doneAt) = (row.text(4), row.text(5), row.text(6))
    wasSent = row.text(7) == UploadDraft.sent
  }

  /// What `result` holds of a confirmed draft.
  static let sent = "{\"sent\":true}", notSent = "{\"sent\":false}"

  private static let columns: SQL = "d.id, d.program_id, d.contract_id, p.slug, d.file_name, d.created_at, d.done_at, d.result"

  /// The viewer's own drafts of programs within reach: nobody finds another's.
  private static func own(_ scope: OrganizationScope) -> SQL {
    """
    FROM upload_drafts d JOIN programs p ON p.id = d.program_id AND p.organization_id = d.organization_id
    WHERE d.organization_id = \(scope.organization.id) AND d.account_id = \(scope.viewer.accountID) AND d.kind = 'INVITATIONS'
      AND \(scope.condition(program: "d.program_id"))
    """
  }

  /// Finds one of the viewer's own drafts.
  ///
  /// - Throws: `Failure.notFound`.
  public static func find(_ id: Int64, scope: OrganizationScope, in connection: any Connection) throws -> UploadDraft {
    guard let found = try connection.first("SELECT \(columns) \(own(scope)) AND d.id = \(id)", { UploadDraft($0) }) else {
      throw Failure.notFound
    }
    return found
  }

  /// The viewer's own drafts that wait to be confirmed, latest first. Nobody can be invited to a program that was removed.
  public static func open(scope: OrganizationScope, in connection: any Connection) throws -> [UploadDraft] {
    try connection.all("SELECT \(columns) \(own(scope)) AND d.state = 'CHECKED' AND p.removed_at = '' ORDER BY d.id DESC LIMIT 20") {
      UploadDraft($0)
    }
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
  ) throws -> ListPage<UploadDraft.Line> {
    let narrowed: SQL = outcome.map { "r.draft_id = \(id) AND r.outcome = \($0.rawValue)" } ?? "r.draft_id = \(id)"
    let total = outcome.map { counts[$0] ?? 0 } ?? counts.values.reduce(0, +)
    let lines = try PagedQuery(
      source: "upload_rows r", id: "r.line", scope: narrowed, filter: nil, knownTotal: total,
      key: SortKey(column: "r.outcome", kind: .text, isIndexed: true),
      descending: false
    ).page(request, in: connection)
    var found: [Int64: UploadDraft.Line] = [:]
    let rows: SQL = "SELECT line, outcome, reason, name, email, external_id FROM upload_rows"
    try connection.rows("\(rows) WHERE draft_id = \(id) AND line IN (\(list: lines.rows))") { row in
      found[row.int(0)] = UploadDraft.Line(
        number: Int(row.int(0)), outcome: Outcome(rawValue: row.text(1)) ?? .error, reason: row.text(2), name: row.text(3),
        email: row.text(4),
        externalID: row.text(5))
      return true
    }
    return lines.map(lines.rows.compactMap { found[$0] })
  }

  /// Writes the rows that were not taken as a CSV that can be mended and uploaded again, with line and reason behind each.
  public func writeRejected(in connection: any Connection, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
    var writer = CSVWriter(bom: true, sink)
    for header in BulkInvitation.headers + ["Line", "Reason"] { writer.text(header) }
    try writer.endRow()
    try connection.stream(
      "SELECT name, email, external_id, line, reason FROM upload_rows WHERE draft_id = \(id) AND outcome = 'ERROR' ORDER BY line"
    ) { row in
      for column in 0..<3 { writer.text(row.text(column)) }
      writer.number(row.int(3))
      writer.text(row.text(4))
      try writer.endRow()
      return true
    }
    try writer.finish()
  }
}
