import CSV
import Database

/// The people of a report: name, email, External ID and attributes, which a report states in full, so that an empty cell empties.
///
/// A file without columns for attributes says nothing of them; nor does it say, by leaving an External ID empty, that there is none.
final class PeopleStage {
  /// Declarations and names of the columns of `import_rows` that hold a person.
  static let declarations: SQL =
    """
    email_key TEXT, email TEXT, name TEXT, search_key TEXT, external_id TEXT, person_hash BIGINT,
    \(SQL.join(Figure.attributes.map { "\($0.sql) BIGINT" }, ", "))
    """
  static let columns: [StaticString] =
    ["email_key", "email", "name", "search_key", "external_id", "person_hash"] + Figure.attributes.map(\.name)

  /// Whether somebody who is there differs, so that what memberships repeat of people moves. Known once prepared.
  var differ = false
  /// How many people of the organization were erased when the others were looked up.
  var erased: Int64 = 0
  private var reader = EmailReader()
  private var values = Interner()
  private var attributes: [Attribute] = []
  /// Which attributes any row has.
  private(set) var used: Set<Int> = []
  private var scratch: [UInt8] = []
  private var numbers: [Int] = []
  private let name: Int, email: Int, externalID: Int, firstAttribute: Int
  /// Whether the file states people in full.
  let statesAll: Bool

  /// - Parameter headers: the kind's columns; attributes stand together.
  init(headers: [String]) {
    func index(_ header: String) -> Int { headers.firstIndex { $0.lowercased() == header.lowercased() } ?? 0 }
    (name, email, externalID) = (index("Name"), index("Email"), index("External ID"))
    firstAttribute = index(Attribute.managerName.header)
    statesAll = firstAttribute > 0
  }

  /// Writes the cells of a person.
  func stage(_ row: borrowing CSVRow, _ cells: CellReader, _ sink: any RowSink) {
    let emailField = row[email]
    let address = CellReader.trimmed(emailField.unguardedBytes)
    if let fault = reader.read(address) { cells.refuse(emailField.column, fault) }
    let name = cells.name(row, name)
    reader.fold(name: name)
    let external = CellReader.trimmed(cells.text(row[externalID]))
    reader.key.withUnsafeBytes { sink.text($0) }
    sink.text(address)
    sink.text(name)
    reader.searchKey.withUnsafeBytes { sink.text($0) }
    if external.isEmpty { sink.null() } else { sink.text(external) }
    numbers.removeAll(keepingCapacity: true)
    var hash = Interner.hash(external, seed: UInt64(Interner.hash(name)))
    for index in 0..<9 {
      let number = statesAll ? number(cells.text(row[firstAttribute + index]), index) : 0
      numbers.append(number)
      hash = (hash ^ number) &* 0x100_0000_01b3
    }
    sink.int(Int64(hash))
    for number in numbers { if number > 0 { sink.int(Int64(number)) } else { sink.null() } }
  }

  /// Numbers an attribute's value; 0 for none.
  private func number(_ text: UnsafeRawBufferPointer, _ index: Int) -> Int {
    if text.isEmpty { return 0 }
    scratch.removeAll(keepingCapacity: true)
    scratch.append(UInt8(index))
    scratch.append(contentsOf: text)
    let number = scratch.withUnsafeBytes { values.number(of: $0) }
    if number > attributes.count {
      attributes.append(Attribute.allCases[index])
      used.insert(index)
    }
    return number
  }

  func load(_ context: ImportContext) throws {
    let connection = context.connection
    try connection.run(
      "CREATE TEMPORARY TABLE import_values (ref \(.integerKey), attribute TEXT NOT NULL, value TEXT NOT NULL, id BIGINT)")
    _ = try connection.load(into: "import_values", columns: ["ref", "attribute", "value"]) { sink in
      for number in 0..<attributes.count {
        sink.int(Int64(number + 1))
        sink.text(attributes[number].rawValue)
        // The first character is the attribute's number.
        sink.text(String(values[number + 1].unicodeScalars.dropFirst()))
        try sink.endRow()
      }
    }
    try connection.run("UPDATE import_values SET id = \(PeopleStage.valueID(context))")
    try connection.describe("import_values")
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_keys (key \(.counter), email_key TEXT NOT NULL, email TEXT NOT NULL, line BIGINT NOT NULL,
        is_torn SMALLINT NOT NULL, account_id BIGINT)
      """)
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_people (person \(.counter), email_key TEXT NOT NULL UNIQUE, email TEXT NOT NULL, name TEXT NOT NULL,
        search_key TEXT NOT NULL, external_id TEXT, account_id BIGINT, is_new SMALLINT NOT NULL, differs SMALLINT NOT NULL DEFAULT 0,
        is_torn SMALLINT NOT NULL, \(SQL.join(Figure.attributes.map { "\($0.sql) BIGINT" }, ", ")))
      """)
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_conflicts (email_key TEXT NOT NULL, reason TEXT NOT NULL)
      """)
    try connection.run(
      """
      CREATE TEMPORARY TABLE import_person_counts (person \(.integerKey), joined SMALLINT NOT NULL, open_invitations BIGINT NOT NULL,
        member_programs BIGINT NOT NULL)
      """)
  }

  /// By how much the id of each value is more than its number, where that is the same for all; nil where it is not. Values that were made in one go
  /// have ids in their order, and adding is cheaper than nine look-ups for each person.
  static func distance(in connection: any Connection) throws -> Int64? {
    try connection.first("SELECT MIN(id - ref), MAX(id - ref), COUNT(*) - COUNT(id) FROM import_values") { row -> Int64? in
      row.int(2) == 0 && row.int(0) == row.int(1) ? row.intOrNil(0) : nil
    } ?? nil
  }

  private static func valueID(_ context: ImportContext) -> SQL {
    """
    (SELECT v.id FROM attribute_values v WHERE v.organization_id = \(context.organization) AND v.attribute = import_values.attribute
      AND v.value = import_values.value)
    """
  }

  /// Gathers the people in `import_people`, those who have an account first and in its order: new accounts come after all that exist, so a person's
  /// number sorts as the account's id will. An attribute's value is the id of the value, or less than 0 for one that has still to be made.
  func gather(_ context: ImportContext) throws {
    let connection = context.connection
    try connection.run("DELETE FROM import_keys")
    try connection.run("DELETE FROM import_people")
    // A narrow table in the order of the keys first, so that whole rows are never sorted.
    try connection.run(
      """
      INSERT INTO import_keys (email_key, email, line, is_torn, account_id)
      SELECT r.email_key, MIN(r.email), MIN(r.line), CASE WHEN MIN(r.person_hash) <> MAX(r.person_hash) THEN 1 ELSE 0 END,
        (SELECT a.id FROM accounts a WHERE a.email_key = r.email_key)
      FROM import_rows r GROUP BY r.email_key ORDER BY r.email_key
      """)
    try connection.describe("import_keys")
    let people = try people(context)
    try connection.run("\(people) WHERE f.account_id IS NOT NULL ORDER BY f.account_id")
    try connection.run("\(people) WHERE f.account_id IS NULL ORDER BY f.key")
    try connection.describe("import_people")
  }

  private func people(_ context: ImportContext) throws -> SQL {
    let attributes = Figure.attributes.enumerated().map { index, column in (column.sql, used.contains(index)) }
    let isNew = try context.connection.scalar("SELECT COUNT(*) FROM import_values WHERE id IS NOT NULL") == 0
    let known = try PeopleStage.distance(in: context.connection)
    let ids = attributes.map { column, isUsed -> SQL in
      if !isUsed { return "NULL" }
      if isNew { return "-r.\(column)" }
      if let known { return "r.\(column) + \(known)" }
      return "(SELECT COALESCE(v.id, -v.ref) FROM import_values v WHERE v.ref = r.\(column))"
    }
    return """
      INSERT INTO import_people (email_key, email, name, search_key, external_id, account_id, is_new, is_torn,
        \(SQL.join(attributes.map(\.0), ", ")))
      SELECT f.email_key, f.email, r.name, r.search_key, r.external_id, f.account_id, CASE WHEN u.id IS NULL THEN 1 ELSE 0 END, f.is_torn,
        \(SQL.join(ids, ", "))
      FROM import_keys f \(.lookup) import_rows r ON r.line = f.line
      LEFT JOIN users u ON u.organization_id = \(context.organization) AND u.id = f.account_id
      """
  }

  /// Finds people of whom the rows disagree, External IDs that two people would have, and External IDs that somebody else has.
  func check(_ context: ImportContext) throws {
    let connection = context.connection
    let place = context.place(externalID)
    if try connection.scalar("SELECT COUNT(*) FROM import_people WHERE is_torn = 1") > 0 {
      try checkTorn(context, "r.name", place: context.place(name), "names")
      try checkTorn(context, "COALESCE(r.external_id, '')", place: place, "External IDs")
      for (index, attribute) in Attribute.allCases.enumerated() where statesAll {
        try checkTorn(
          context, "COALESCE(r.\(attribute.column), 0)", place: context.place(firstAttribute + index),
          "values of \(attribute.header)")
      }
    }
    let keeping: SQL = statesAll ? "" : "OR q.external_id IS NULL"
    try connection.run("DELETE FROM import_conflicts")
    try connection.run(
      """
      INSERT INTO import_conflicts (email_key, reason)
      SELECT p.email_key, 'the External ID ' || x.external_id || ' is given to ' || x.first || ' and to ' || x.last
      FROM (SELECT external_id, MIN(email) AS first, MAX(email) AS last FROM import_people WHERE external_id IS NOT NULL
        GROUP BY external_id HAVING COUNT(*) > 1) x
      \(.lookup) import_people p ON p.external_id = x.external_id
      """)
    try connection.run(
      """
      INSERT INTO import_conflicts (email_key, reason)
      SELECT p.email_key, 'the External ID ' || p.external_id || ' belongs to ' || u.email
      FROM import_people p \(.lookup) users u ON u.organization_id = \(context.organization) AND u.external_id = p.external_id
        AND (p.account_id IS NULL OR u.id <> p.account_id)
      LEFT JOIN import_people q ON q.account_id = u.id WHERE q.person IS NULL OR q.external_id = u.external_id \(keeping)
      """)
    // Rows are looked for only where there is something to say of them: there may be a million.
    if try connection.scalar("SELECT COUNT(*) FROM import_conflicts") > 0 {
      try connection.run(
        """
        INSERT INTO import_faults (line, place, reason) SELECT r.line, \(place), c.reason FROM import_conflicts c
        JOIN import_rows r ON r.email_key = c.email_key
        """)
    }
  }

  private func checkTorn(_ context: ImportContext, _ value: SQL, place: Int64, _ words: String) throws {
    try context.connection.run(
      """
      INSERT INTO import_faults (line, place, reason)
      SELECT r.line, \(place), 'lines ' || x.first || ' to ' || x.last || ' give ' || x.email || \(" different " + words)
      FROM (SELECT r.email_key, MIN(r.email) AS email, MIN(r.line) AS first, MAX(r.line) AS last FROM import_rows r
        JOIN import_people p ON p.email_key = r.email_key AND p.is_torn = 1 GROUP BY r.email_key HAVING MIN(\(value)) <> MAX(\(value))) x
      JOIN import_rows r ON r.email_key = x.email_key
      """)
  }
}
