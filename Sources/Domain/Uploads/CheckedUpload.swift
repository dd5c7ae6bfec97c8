import CSV
public import Database

/// What becomes of a row of a checked file.
public protocol UploadOutcome: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
  /// It cannot be taken; the reason says why.
  static var error: Self { get }
}

/// One row of a checked file.
public struct UploadLine<Outcome: UploadOutcome>: Sendable, Equatable {
  /// The line that it starts in, from 1.
  public let number: Int
  /// What becomes of it, and why, or in what, where that needs words.
  public let outcome: Outcome, reason: String
  /// The person's name, the email as given, and the External ID where the file has one.
  public let name: String, email: String, externalID: String
}

/// A file of people that was checked row by row, until it is confirmed or thrown away. It outlives sign-out and restart, and is kept for
/// `UploadPurge.days`.
public protocol CheckedUpload: Sendable, Equatable {
  /// What may become of a row.
  associatedtype Outcome: UploadOutcome
  /// What the file is for.
  static var kind: Upload.Kind { get }
  /// Its row.
  var upload: Upload { get }
  /// Reads what the row holds for this kind.
  init(_ upload: Upload) throws
  /// Writes the rows that were not taken as a CSV that can be mended and uploaded again, with line and reason behind each.
  func writeRejected(in connection: any Connection, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws
}

extension CheckedUpload {
  /// The row's id.
  public var id: Int64 { upload.id }
  /// What the uploader calls the file.
  public var fileName: String { upload.fileName }
  /// When it was checked; when it was confirmed, empty until then.
  public var createdAt: String { upload.createdAt }
  /// When it was confirmed, empty until then.
  public var doneAt: String { upload.doneAt }
  /// Whether it was confirmed.
  public var isDone: Bool { !doneAt.isEmpty }
  /// Until when it is kept; then it goes away.
  public var keptUntil: Moment? { Moment(isDone ? doneAt : createdAt)?.adding(days: UploadPurge.days) }

  /// Finds one of the viewer's own drafts.
  ///
  /// - Throws: `Failure.notFound`.
  public static func find(_ id: Int64, scope: OrganizationScope, in connection: any Connection) throws -> Self {
    try Self(Upload.find(kind, id, scope, in: connection))
  }

  /// The viewer's own drafts that wait to be confirmed, latest first.
  public static func open(scope: OrganizationScope, in connection: any Connection) throws -> [Self] {
    try Upload.open(kind, scope, in: connection).map { try Self($0) }
  }

  /// Throws one away: nobody finds it from now on, and its rows go in the background. What it was confirmed for stays.
  ///
  /// - Returns: the draft as it was.
  /// - Throws: `Failure.notFound`.
  static func discard(_ id: Int64, scope: OrganizationScope, at now: Moment, in database: any Database) throws -> Self {
    try database.write(organization: scope.organization.id, patience: .seconds(30)) { tx in
      let draft = try find(id, scope: scope, in: tx)
      try tx.run("UPDATE upload_drafts SET removed_at = \(now.text) WHERE id = \(draft.id)")
      return draft
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
  ) throws -> ListPage<UploadLine<Outcome>> {
    let narrowed: SQL = outcome.map { "r.draft_id = \(id) AND r.outcome = \($0.rawValue)" } ?? "r.draft_id = \(id)"
    let total = outcome.map { counts[$0] ?? 0 } ?? counts.values.reduce(0, +)
    let lines = try PagedQuery(
      source: "upload_rows r", id: "r.line", scope: narrowed, filter: nil, knownTotal: total,
      key: SortKey(column: "r.outcome", kind: .text, isIndexed: true), descending: false
    ).page(request, in: connection)
    var found: [Int64: UploadLine<Outcome>] = [:]
    let rows: SQL = "SELECT line, outcome, reason, name, email, external_id FROM upload_rows"
    try connection.rows("\(rows) WHERE draft_id = \(id) AND line IN (\(list: lines.rows))") { row in
      found[row.int(0)] = UploadLine(
        number: Int(row.int(0)), outcome: Outcome(rawValue: row.text(1)) ?? .error, reason: row.text(2), name: row.text(3),
        email: row.text(4), externalID: row.text(5))
      return true
    }
    return lines.map(lines.rows.compactMap { found[$0] })
  }

  /// Writes the rows that were not taken, with line and reason behind the cells.
  ///
  /// - Parameters:
  ///   - headers: the file's own.
  ///   - columns: where the cells come from; line and reason stand before them.
  ///   - put: writes the cells of a row.
  func writeRejected(
    _ headers: [String], _ columns: SQL, in connection: any Connection, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void,
    _ put: (borrowing Row, inout CSVWriter) throws -> Void
  ) throws {
    var writer = CSVWriter(bom: true, sink)
    for header in headers + ["Line", "Reason"] { writer.text(header) }
    try writer.endRow()
    try connection.stream(
      "SELECT line, reason, \(columns) FROM upload_rows WHERE draft_id = \(id) AND outcome = \(Outcome.error.rawValue) ORDER BY line"
    ) { row in
      try put(row, &writer)
      writer.number(row.int(0))
      writer.text(row.text(1))
      try writer.endRow()
      return true
    }
    try writer.finish()
  }
}
