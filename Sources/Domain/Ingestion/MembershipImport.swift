import CSV
import Database

/// A membership report: who is invited to, a member of or removed from a program (reference, "Membership Report").
///
/// State and times are taken as given, since they are another system's history. Counts and last activity follow from enrollments; what the report says
/// of them is kept for the check.
final class MembershipImport: ImportSteps {
  private let people = PeopleStage(headers: ReportColumns.membership)
  private let programs = ProgramStage()
  private let contracts = ContractStage()
  /// How many memberships are made or changed.
  private var moving: Int64 = 0
  let tables: [StaticString] = ["accounts", "users", "memberships", "membership_contracts"]

  private enum Place {
    static let program = 3, slug = 4, enrolled = 5, completed = 6, state = 7, joined = 8, invited = 9, activity = 10, contracts = 11
  }

  var declarations: SQL {
    """
    \(PeopleStage.declarations), program BIGINT, given_enrollments BIGINT, given_completions BIGINT, state TEXT,
    joined_at TEXT, invited_at TEXT, given_last_activity_at TEXT, contracts BIGINT
    """
  }

  var columns: [StaticString] {
    PeopleStage.columns + [
      "program", "given_enrollments", "given_completions", "state", "joined_at", "invited_at", "given_last_activity_at", "contracts",
    ]
  }

  func stage(_ row: borrowing CSVRow, _ cells: CellReader, _ sink: any RowSink) {
    people.stage(row, cells, sink)
    let slug = cells.key(row, Place.slug)
    if !slug.isEmpty, let fault = ProgramStage.fault(inSlug: slug) { cells.refuse(row[Place.slug].column, fault) }
    sink.int(programs.number(slug: slug, name: cells.text(row[Place.program])))
    sink.int(orNull: cells.count(row, Place.enrolled))
    sink.int(orNull: cells.count(row, Place.completed))
    sink.text(state(row, cells))
    cells.moment(row, Place.joined, to: sink)
    cells.moment(row, Place.invited, to: sink)
    cells.moment(row, Place.activity, to: sink)
    let cell = CellReader.trimmed(cells.text(row[Place.contracts]))
    do {
      sink.int(orNull: try contracts.cell(cell))
    } catch {
      cells.refuse(row[Place.contracts].column, error.reason)
      sink.null()
    }
  }

  private func state(_ row: borrowing CSVRow, _ cells: CellReader) -> String {
    let field = row[Place.state]
    let bytes = CellReader.trimmed(field.bytes)
    if CellReader.matches(bytes, "member") { return "MEMBER" }
    if CellReader.matches(bytes, "invited") { return "INVITED" }
    if CellReader.matches(bytes, "deleted_member") { return "DELETED_MEMBER" }
    cells.refuse(field.column, "\(CellReader.shown(bytes)) is none of INVITED, MEMBER and DELETED_MEMBER")
    return ""
  }

  func load(_ context: ImportContext) throws {
    try people.load(context)
    try programs.load(context)
    try contracts.load(context)
    try contracts.loadCells(context)
  }

  func check(_ context: ImportContext) throws {
    try people.gather(context)
    try people.check(context)
    try programs.check(context, namePlace: context.place(Place.program))
    // A program that was removed takes nobody in any more; what it had comes back as it was exported.
    try context.connection.run(
      """
      INSERT INTO import_faults (line, place, reason)
      SELECT r.line, \(context.place(Place.state)), 'the program ' || g.slug || ' was removed, so its memberships can only be DELETED_MEMBER'
      FROM import_rows r JOIN import_programs g ON g.ref = r.program AND g.is_removed = 1 WHERE r.state IN ('INVITED', 'MEMBER')
      """)
    try context.connection.run(
      """
      INSERT INTO import_faults (line, place, reason)
      SELECT r.line, \(context.place(1)), 'lines ' || x.first || ' and ' || x.last || ' are both for ' || r.email || ' in this program'
      FROM (SELECT email_key, program, MIN(line) AS first, MAX(line) AS last FROM import_rows GROUP BY email_key, program
        HAVING COUNT(*) > 1) x
      JOIN import_rows r ON r.email_key = x.email_key AND r.program = x.program
      """)
  }

  func prepare(_ context: ImportContext) throws -> [ImportChange] {
    let connection = context.connection
    var changes = [try people.prepare(context), try programs.prepare(context)]
    changes.append(
      try contracts.prepare(
        context,
        pairs: """
          SELECT DISTINCT r.program, c.contract FROM (SELECT DISTINCT program, contracts FROM import_rows WHERE contracts IS NOT NULL) r
          JOIN import_cells c ON c.cell = r.contracts
          """))
    try prepareMemberships(context)
    try people.countNew("SELECT person, state FROM import_memberships", context)
    let memberships = try ImportChange.count(
      "memberships", created: "SELECT COUNT(*) FROM import_memberships WHERE is_new = 1",
      changed: "SELECT COUNT(*) FROM import_memberships WHERE is_new = 0", in: connection)
    moving = memberships.created + memberships.changed
    changes.append(memberships)
    changes.append(try prepareFurtherContracts(context))
    changes.append(try contracts.newPairs(context))
    try Touched.prepare(in: connection)
    try people.touch(context)
    try touchMemberships(context, in: connection)
    return changes
  }

  /// The memberships that are new or differ, in the order of their key.
  private func prepareMemberships(_ context: ImportContext) throws {
    let connection = context.connection
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_memberships (program BIGINT NOT NULL, person BIGINT NOT NULL, is_new SMALLINT NOT NULL, state TEXT NOT NULL,
        contract BIGINT, joined_at TEXT NOT NULL, invited_at TEXT NOT NULL, given_enrollments BIGINT, given_completions BIGINT,
        given_last_activity_at TEXT NOT NULL, PRIMARY KEY (program, person))\(.clustered)
      """)
    try connection.run(
      """
      INSERT INTO import_memberships (program, person, is_new, state, contract, joined_at, invited_at, given_enrollments, given_completions,
        given_last_activity_at)
      SELECT r.program, p.person, CASE WHEN m.user_id IS NULL THEN 1 ELSE 0 END, r.state, h.contract, r.joined_at, r.invited_at,
        r.given_enrollments, r.given_completions, r.given_last_activity_at
      FROM import_rows r \(.lookup) import_people p ON p.email_key = r.email_key \(.lookup) import_programs g ON g.ref = r.program
      LEFT JOIN import_holders h ON h.cell = r.contracts LEFT JOIN import_contracts c ON c.ref = h.contract
      LEFT JOIN memberships m ON m.program_id = g.id AND m.user_id = p.account_id
      WHERE m.user_id IS NULL OR m.state <> r.state OR m.joined_at <> r.joined_at OR m.invited_at <> r.invited_at
        OR m.contract_id IS DISTINCT FROM c.id OR (h.contract IS NOT NULL AND c.id IS NULL)
        OR m.given_enrollments IS DISTINCT FROM r.given_enrollments OR m.given_completions IS DISTINCT FROM r.given_completions
        OR m.given_last_activity_at IS DISTINCT FROM r.given_last_activity_at
      ORDER BY r.program, p.person
      """)
    try connection.describe("import_memberships")
  }

  /// Contracts beyond the one that holds the license: those that lack or stand elsewhere, and those that are no longer given.
  private func prepareFurtherContracts(_ context: ImportContext) throws -> ImportChange {
    let connection = context.connection
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_further (program BIGINT NOT NULL, person BIGINT NOT NULL, contract BIGINT NOT NULL, position BIGINT NOT NULL,
        PRIMARY KEY (program, person, contract))\(.clustered)
      """)
    try connection.run(
      "CREATE TEMPORARY TABLE import_surplus (program_id BIGINT NOT NULL, user_id BIGINT NOT NULL, contract_id BIGINT NOT NULL)")
    let isGiven = try connection.scalar("SELECT COUNT(*) FROM import_cells WHERE holds = 0") > 0
    let isThere =
      try connection.scalar(
        "SELECT COUNT(*) FROM import_programs g WHERE EXISTS (SELECT 1 FROM membership_contracts k WHERE k.program_id = g.id)") > 0
    if isGiven || isThere { try compareFurtherContracts(connection) }
    return try .count(
      "further contracts of memberships", created: "SELECT COUNT(*) FROM import_further", changed: "SELECT COUNT(*) FROM import_surplus",
      in: connection)
  }

  private func compareFurtherContracts(_ connection: any Connection) throws {
    try connection.run(
      """
      INSERT INTO import_further (program, person, contract, position)
      SELECT r.program, p.person, x.contract, x.position FROM import_rows r JOIN import_cells x ON x.cell = r.contracts AND x.holds = 0
      JOIN import_people p ON p.email_key = r.email_key ORDER BY r.program, p.person, x.contract
      """)
    try connection.run(
      """
      INSERT INTO import_surplus (program_id, user_id, contract_id)
      SELECT k.program_id, k.user_id, k.contract_id FROM import_programs g
      \(.lookup) membership_contracts k ON k.program_id = g.id
      JOIN import_people p ON p.account_id = k.user_id JOIN import_rows r ON r.email_key = p.email_key AND r.program = g.ref
      WHERE NOT EXISTS (SELECT 1 FROM import_further x JOIN import_contracts c ON c.ref = x.contract
        WHERE x.program = g.ref AND x.person = p.person AND c.id = k.contract_id)
      """)
    try connection.run(
      """
      DELETE FROM import_further WHERE EXISTS (
        SELECT 1 FROM import_programs g JOIN import_people p ON p.person = import_further.person
        JOIN import_contracts c ON c.ref = import_further.contract
        JOIN membership_contracts k ON k.program_id = g.id AND k.user_id = p.account_id AND k.contract_id = c.id
        WHERE g.ref = import_further.program AND k.position = import_further.position)
      """)
  }

  func write(_ context: ImportContext, in tx: any Connection) throws {
    let parts: FigureParts = people.differ ? [.enrollments, .risk, .copies, .tallies] : [.enrollments, .risk, .tallies]
    try Touched.note(parts, in: tx)
    try programs.write(context, in: tx)
    try contracts.write(context, in: tx)
    try context.inBulk(moving, in: tx) {
      try people.write(context, in: tx)
      try writeMemberships(context, in: tx)
      try writeFurtherContracts(in: tx)
      // New memberships have no enrollments yet, and new users were written with their counts: only the sums move.
      try Touched.settleRows(parts, in: tx)
    }
    try people.touchNew(context, in: tx)
    try touchNewMemberships(in: tx)
    try Touched.settleSums(parts, in: tx)
    try Licenses.noteTouched(by: AuditTrail.commandLine, at: context.now, in: tx)
    try writeInvitations(context, in: tx)
  }

  /// Notes the memberships and users that are there and will change.
  private func touchMemberships(_ context: ImportContext, in connection: any Connection) throws {
    try connection.run(
      """
      INSERT INTO touched_memberships (program_id, user_id) SELECT g.id, p.account_id FROM import_memberships x
      \(.lookup) import_people p ON p.person = x.person \(.lookup) import_programs g ON g.ref = x.program
      WHERE x.is_new = 0 ON CONFLICT (program_id, user_id) DO NOTHING
      """)
    try connection.run(
      """
      INSERT INTO touched_users (organization_id, user_id) SELECT \(context.organization), p.account_id FROM import_memberships x
      \(.lookup) import_people p ON p.person = x.person WHERE p.is_new = 0 ON CONFLICT (organization_id, user_id) DO NOTHING
      """)
  }

  /// Adds the memberships that have come into being.
  private func touchNewMemberships(in tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO touched_memberships (program_id, user_id) SELECT g.id, p.account_id FROM import_memberships x
      \(.lookup) import_people p ON p.person = x.person \(.lookup) import_programs g ON g.ref = x.program
      WHERE x.is_new = 1 ON CONFLICT (program_id, user_id) DO NOTHING
      """)
  }

  private func writeMemberships(_ context: ImportContext, in tx: any Connection) throws {
    let attributes = SQL.join(Figure.attributes.map(\.sql), ", ")
    let written = try tx.run(
      """
      INSERT INTO memberships (program_id, user_id, organization_id, state, contract_id, invited_at, joined_at, given_enrollments,
        given_completions, given_last_activity_at, search_key, email_key, \(attributes))
      SELECT g.id, p.account_id, \(context.organization), x.state, c.id, x.invited_at, x.joined_at, x.given_enrollments,
        x.given_completions, x.given_last_activity_at, u.search_key, u.email_key, \(SQL.join(Figure.attributes.map { "u.\($0.sql)" }, ", "))
      FROM import_memberships x \(.lookup) import_people p ON p.person = x.person \(.lookup) import_programs g ON g.ref = x.program
      \(.lookup) users u ON u.organization_id = \(context.organization) AND u.id = p.account_id
      LEFT JOIN import_contracts c ON c.ref = x.contract WHERE 1 = 1
      ON CONFLICT (program_id, user_id) DO UPDATE SET state = excluded.state, contract_id = excluded.contract_id,
        invited_at = excluded.invited_at, joined_at = excluded.joined_at, given_enrollments = excluded.given_enrollments,
        given_completions = excluded.given_completions, given_last_activity_at = excluded.given_last_activity_at,
        removed_at = CASE WHEN excluded.state = 'DELETED_MEMBER' THEN memberships.removed_at ELSE '' END,
        release_at = CASE WHEN excluded.state = 'DELETED_MEMBER' THEN memberships.release_at ELSE '' END
      """)
    try tx.describe("memberships", grownBy: written)
  }

  /// Whoever is invited stands on the Invitations page; whoever joined elsewhere needs no invitation any more.
  private func writeInvitations(_ context: ImportContext, in tx: any Connection) throws {
    let given: SQL = """
      FROM import_memberships x \(.lookup) import_people p ON p.person = x.person \(.lookup) import_programs g ON g.ref = x.program
      """
    try tx.run(
      """
      INSERT INTO invitations (program_id, user_id, organization_id, state, contract_id, invited_at, search_key, email_key)
      SELECT m.program_id, m.user_id, m.organization_id, 'CREATED', m.contract_id, m.invited_at, m.search_key, m.email_key
      \(given) \(.lookup) memberships m ON m.program_id = g.id AND m.user_id = p.account_id WHERE x.state = 'INVITED'
      ON CONFLICT (program_id, user_id) DO UPDATE SET contract_id = excluded.contract_id, invited_at = excluded.invited_at,
        state = CASE WHEN invitations.state IN ('JOINED', 'REVOKED') THEN 'CREATED' ELSE invitations.state END,
        generation = invitations.generation + CASE WHEN invitations.state IN ('JOINED', 'REVOKED') THEN 1 ELSE 0 END
      """)
    try tx.run(
      """
      UPDATE invitations SET state = 'JOINED', joined_at = x.joined_at FROM (
        SELECT g.id AS program, p.account_id AS account, x.joined_at AS joined_at \(given) WHERE x.state <> 'INVITED' AND x.is_new = 0) x
      WHERE invitations.program_id = x.program AND invitations.user_id = x.account AND invitations.state NOT IN ('JOINED', 'REVOKED')
      """)
  }

  private func writeFurtherContracts(in tx: any Connection) throws {
    try tx.run(
      """
      DELETE FROM membership_contracts WHERE (program_id, user_id, contract_id) IN (SELECT program_id, user_id, contract_id FROM import_surplus)
      """)
    try tx.run(
      """
      INSERT INTO membership_contracts (program_id, user_id, contract_id, position)
      SELECT g.id, p.account_id, c.id, x.position FROM import_further x JOIN import_people p ON p.person = x.person
      JOIN import_programs g ON g.ref = x.program JOIN import_contracts c ON c.ref = x.contract WHERE 1 = 1
      ON CONFLICT (program_id, user_id, contract_id) DO UPDATE SET position = excluded.position
      """)
  }
}

extension RowSink {
  /// An integer, or NULL.
  func int(orNull value: Int64?) { if let value { int(value) } else { null() } }

  /// A float, or NULL.
  func double(orNull value: Double?) { if let value { double(value) } else { null() } }

  /// 1, 0, or NULL.
  func truth(orNull value: Bool?) { if let value { int(value ? 1 : 0) } else { null() } }
}
