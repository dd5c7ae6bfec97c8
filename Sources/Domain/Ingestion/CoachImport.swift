import CSV
import Database
import Foundation

/// Coaches with profile and working hours: the platform's and the organization's own. A coach is known by the email, among those of the same owner.
final class CoachImport: ImportSteps {
  static let headers = [
    "Name", "Email", "Platform Coach", "Time Zone", "Languages", "Biography", "Credentials", "Meeting Link", "Session Minutes", "Capacity",
    "Working Hours", "Deactivated",
  ]

  private enum Place {
    static let name = 0, email = 1, platform = 2, zone = 3, languages = 4, biography = 5, credentials = 6, link = 7, minutes = 8,
      capacity = 9
    static let hours = 10, deactivated = 11
  }

  /// What a row says of a coach, besides the hours; `import_rows` and `coaches` name these columns alike.
  private static let facts: [Column] = [
    "name", "name_key", "search_key", "time_zone", "languages", "biography", "credentials", "meeting_link", "session_minutes", "capacity",
    "deactivated_at",
  ]

  let tables: [StaticString] = ["accounts", "coaches", "coach_hours"]
  private var email = EmailReader()
  private var zones: [String: Bool] = ["UTC": true]
  /// The different cells of working hours, and what each says or why it cannot be read.
  private var hours = Interner()
  private var spans: [Result<[WorkingHours.Span], Failure>] = []

  let declarations: SQL =
    """
    email_key TEXT, email TEXT, name TEXT, name_key TEXT, search_key TEXT, platform SMALLINT, time_zone TEXT, languages TEXT, biography TEXT,
    credentials TEXT, meeting_link TEXT, session_minutes BIGINT, capacity BIGINT, hours BIGINT, deactivated_at TEXT, account_id BIGINT, coach_id BIGINT
    """
  let columns: [StaticString] = [
    "email_key", "email", "name", "name_key", "search_key", "platform", "time_zone", "languages", "biography", "credentials",
    "meeting_link",
    "session_minutes", "capacity", "hours", "deactivated_at",
  ]

  func stage(_ row: borrowing CSVRow, _ cells: CellReader, _ sink: any RowSink) {
    let address = CellReader.trimmed(row[Place.email].unguardedBytes)
    if let fault = email.read(address) { cells.refuse(row[Place.email].column, fault) }
    let name = cells.name(row, Place.name)
    email.fold(name: name)
    email.key.withUnsafeBytes { sink.text($0) }
    sink.text(address)
    sink.text(name)
    sink.text(String(decoding: name, as: UTF8.self).folded)
    email.searchKey.withUnsafeBytes { sink.text($0) }
    sink.int(cells.yesNo(row, Place.platform) == true ? 1 : 0)
    sink.text(zone(row, cells))
    sink.text(CellReader.trimmed(cells.text(row[Place.languages])))
    sink.text(cells.prose(row, Place.biography))
    sink.text(cells.prose(row, Place.credentials))
    let link = CellReader.trimmed(cells.text(row[Place.link]))
    if let fault = MeetingLink.fault(in: link) { cells.refuse(row[Place.link].column, fault) }
    sink.text(link)
    sink.int(cells.count(row, Place.minutes, within: 15...480) ?? 60)
    sink.int(orNull: cells.count(row, Place.capacity))
    sink.int(orNull: hours(row, cells))
    cells.moment(row, Place.deactivated, to: sink)
  }

  /// The zone by its name in the zone database; UTC for an empty cell.
  private func zone(_ row: borrowing CSVRow, _ cells: CellReader) -> String {
    let bytes = CellReader.trimmed(cells.text(row[Place.zone]))
    if bytes.isEmpty { return "UTC" }
    let name = String(decoding: bytes, as: UTF8.self)
    let isKnown = zones[name] ?? (TimeZone.knownTimeZoneIdentifiers.contains(name) && TimeZone(identifier: name) != nil)
    zones[name] = isKnown
    if !isKnown { cells.refuse(row[Place.zone].column, "\(CellReader.shown(bytes)) is not a time zone such as Europe/Berlin") }
    return name
  }

  private func hours(_ row: borrowing CSVRow, _ cells: CellReader) -> Int64? {
    let bytes = CellReader.trimmed(cells.text(row[Place.hours]))
    if bytes.isEmpty { return nil }
    let number = hours.number(of: bytes)
    if number > spans.count {
      do {
        spans.append(.success(try WorkingHours(String(decoding: bytes, as: UTF8.self)).spans))
      } catch {
        spans.append(.failure(error as? Failure ?? Failure(.invalid, "These hours cannot be read.")))
      }
    }
    if case .failure(let failure) = spans[number - 1] { cells.refuse(row[Place.hours].column, failure.sentence) }
    return Int64(number)
  }

  func load(_ context: ImportContext) throws {
    let connection = context.connection
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_hours (ref BIGINT NOT NULL, weekday SMALLINT NOT NULL, starts_minute BIGINT NOT NULL, ends_minute BIGINT NOT NULL,
        PRIMARY KEY (ref, weekday, starts_minute))\(.clustered)
      """)
    _ = try connection.load(into: "import_hours", columns: ["ref", "weekday", "starts_minute", "ends_minute"]) { sink in
      for (index, result) in spans.enumerated() {
        guard case .success(let spans) = result else { continue }
        for span in spans {
          for value in [Int64(index + 1), span.weekday, span.startsMinute, span.endsMinute] { sink.int(value) }
          try sink.endRow()
        }
      }
    }
    try connection.run("UPDATE import_rows SET account_id = (\(CoachImport.account))")
    try connection.run("UPDATE import_rows SET coach_id = (\(CoachImport.coach(context)))")
  }

  private static let account: SQL = "SELECT a.id FROM accounts a WHERE a.email_key = import_rows.email_key"

  private static func owner(_ context: ImportContext, _ row: SQL) -> SQL {
    "CASE WHEN \(row).platform = 1 THEN 0 ELSE CAST(\(context.organization) AS BIGINT) END"
  }

  private static func coach(_ context: ImportContext) -> SQL {
    "SELECT c.id FROM coaches c WHERE c.organization_id = \(owner(context, "import_rows")) AND c.account_id = import_rows.account_id"
  }

  func check(_ context: ImportContext) throws {
    try context.refuseFuture("deactivated_at", place: Place.deactivated)
    try context.refuseTwice(["email_key", "platform"], place: Place.email, "this coach")
  }

  /// The coaches that are new or differ.
  func prepare(_ context: ImportContext) throws -> [ImportChange] {
    let connection = context.connection
    let same: SQL = "k.coach_id = c.id AND k.weekday = h.weekday AND k.starts_minute = h.starts_minute AND k.ends_minute = h.ends_minute"
    let differing: [SQL] =
      CoachImport.facts.map { "c.\($0.sql) IS DISTINCT FROM r.\($0.sql)" } + [
        "(r.biography <> '' AND c.profile_saved_at = '')", "(r.hours IS NOT NULL AND c.hours_saved_at = '')",
        "EXISTS (SELECT 1 FROM import_hours h WHERE h.ref = r.hours AND NOT EXISTS (SELECT 1 FROM coach_hours k WHERE \(same)))",
        """
        EXISTS (SELECT 1 FROM coach_hours k WHERE k.coach_id = c.id AND NOT EXISTS (SELECT 1 FROM import_hours h WHERE h.ref = r.hours AND \(same)))
        """,
      ]
    try connection.run(
      "CREATE TEMPORARY TABLE import_changes (line \(.integerKey), is_new SMALLINT NOT NULL, is_renamed SMALLINT NOT NULL)")
    try connection.run(
      """
      INSERT INTO import_changes (line, is_new, is_renamed)
      SELECT r.line, CASE WHEN c.id IS NULL THEN 1 ELSE 0 END, CASE WHEN c.name_key <> r.name_key THEN 1 ELSE 0 END
      FROM import_rows r LEFT JOIN coaches c ON c.id = r.coach_id WHERE c.id IS NULL OR \(SQL.join(differing, " OR "))
      """)
    return [
      try .count(
        "coaches", created: "SELECT COUNT(*) FROM import_changes WHERE is_new = 1",
        changed: "SELECT COUNT(*) FROM import_changes WHERE is_new = 0", in: connection)
    ]
  }

  func write(_ context: ImportContext, in tx: any Connection) throws {
    let facts = SQL.join(CoachImport.facts.map(\.sql), ", ")
    let given: SQL = "import_changes x \(.lookup) import_rows r ON r.line = x.line"
    try tx.run(
      """
      INSERT INTO accounts (email, email_key, name, created_at)
      SELECT r.email, r.email_key, r.name, \(context.now) FROM \(given) WHERE r.account_id IS NULL ORDER BY r.line ON CONFLICT (email_key) DO NOTHING
      """)
    try tx.run("UPDATE import_rows SET account_id = (\(CoachImport.account)) WHERE account_id IS NULL")
    try tx.run(
      """
      INSERT INTO coaches (organization_id, account_id, \(facts), created_at)
      SELECT \(CoachImport.owner(context, "r")), r.account_id, \(SQL.join(CoachImport.facts.map { "r.\($0.sql)" }, ", ")), \(context.now)
      FROM \(given) WHERE x.is_new = 1 ORDER BY r.line
      """)
    try tx.run("UPDATE import_rows SET coach_id = (\(CoachImport.coach(context))) WHERE coach_id IS NULL")
    try tx.describe("import_rows")
    try tx.run(
      """
      UPDATE coaches SET \(SQL.join(CoachImport.facts.map { "\($0.sql) = n.\($0.sql)" }, ", ")),
        profile_saved_at = CASE WHEN coaches.profile_saved_at = '' AND n.biography <> '' THEN CAST(\(context.now) AS TEXT) ELSE coaches.profile_saved_at END,
        hours_saved_at = CASE WHEN coaches.hours_saved_at = '' AND n.hours IS NOT NULL THEN CAST(\(context.now) AS TEXT) ELSE coaches.hours_saved_at END
      FROM (SELECT r.* FROM \(given)) n WHERE coaches.id = n.coach_id
      """)
    try tx.run("DELETE FROM coach_hours WHERE coach_id IN (SELECT r.coach_id FROM \(given))")
    try tx.run(
      """
      INSERT INTO coach_hours (coach_id, weekday, starts_minute, ends_minute)
      SELECT r.coach_id, h.weekday, h.starts_minute, h.ends_minute FROM \(given) JOIN import_hours h ON h.ref = r.hours
      """)
    try settleNames("SELECT r.coach_id FROM \(given) WHERE x.is_renamed = 1", context, in: tx)
  }

  /// The Learners page repeats the names of coaches, a platform coach's in every organization.
  private func settleNames(_ renamed: SQL, _ context: ImportContext, in tx: any Connection) throws {
    guard try tx.scalar("SELECT COUNT(*) FROM (\(renamed)) n") > 0 else { return }
    try EngagementExtent.prepareTouched(in: tx)
    try EngagementExtent.touch(coaches: renamed, in: tx)
    try EngagementFigures.settleRows(.touched, at: context.at, in: tx)
  }
}

/// The address at which a coach and a learner meet.
enum MeetingLink {
  /// What is wrong with a link that people will follow; nil for an empty one and when nothing is.
  static func fault(in link: UnsafeRawBufferPointer) -> String? {
    if link.isEmpty { return nil }
    let text = String(decoding: link, as: UTF8.self)
    let rest = ["https://", "http://"].first { text.lowercased().hasPrefix($0) }.map { text.dropFirst($0.count) }
    // What stands before an @ is a name to sign in with, behind which the real host hides.
    let isFit =
      rest.map { rest in
        let host = rest.prefix { !"/?#".contains($0) }
        return !host.isEmpty && !host.contains("@") && !rest.contains { $0.isWhitespace || "<>\"\\".contains($0) }
      } ?? false
    return isFit ? nil : "\(CellReader.shown(link)) is not an address such as https://meet.example.com/room"
  }
}
