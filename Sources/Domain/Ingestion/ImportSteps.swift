import CSV
import Database

/// What every part of an import knows.
struct ImportContext {
  let organization: Int64
  let connection: any Workbench
  /// For each column of the kind its place in the file, from 1.
  let places: [Int]
  /// The moment of the import.
  let at: Moment
  /// The same as text.
  let now: String

  init(organization: Int64, connection: any Workbench, places: [Int], at: Moment) {
    (self.organization, self.connection, self.places, self.at, now) = (organization, connection, places, at, at.text)
  }

  /// Runs `body`, which writes so many rows of users and memberships, in the way that is the fastest for them.
  func inBulk(_ rows: Int64, in tx: any Connection, _ body: () throws -> Void) throws {
    // Counting ends where it can no longer matter.
    let isMost =
      try rows >= ImportContext.many
      && tx.scalar("SELECT COUNT(*) FROM (SELECT 1 FROM memberships LIMIT \(2 * rows + 1)) m") <= 2 * rows
    guard isMost else { return try body() }
    // By these two a person's memberships are found, and they grow at their end.
    try tx.rebuildingIndexes(of: ["users", "memberships"], keeping: ["users_account", "memberships_user"], body)
  }

  /// From how many rows on a change is worth preparations, and tidying up behind it.
  static let many: Int64 = 2000

  /// The place of a column in the file, for a fault that is found between rows.
  func place(_ wanted: Int) -> Int64 { Int64(places[wanted]) }
}

/// One kind of import, step by step: stage the rows one at a time, check them against each other and the database, work out what differs, write that.
protocol ImportSteps: AnyObject {
  /// The declarations of the columns of `import_rows` between `line` and `fault`.
  var declarations: SQL { get }
  /// Their names.
  var columns: [StaticString] { get }
  /// Writes the cells of a row, one for each of `columns`; faults are noted in the reader.
  func stage(_ row: borrowing CSVRow, _ cells: CellReader, _ sink: any RowSink)
  /// Loads what was numbered while the rows were staged.
  func load(_ context: ImportContext) throws
  /// Adds what is wrong between rows, or between a row and the database, to `import_faults`. Called again after bad rows were taken out.
  func check(_ context: ImportContext) throws
  /// Finds what differs from the database, in temporary tables, and says so.
  func prepare(_ context: ImportContext) throws -> [ImportChange]
  /// The large tables that it writes into.
  var tables: [StaticString] { get }
  /// Writes what differs, with the figures that follow.
  func write(_ context: ImportContext, in tx: any Connection) throws
}

extension ImportSteps {
  var tables: [StaticString] { [] }
}

/// How many things of one sort an import makes or changes.
public struct ImportChange: Sendable, Equatable {
  /// The sort, in the plural, such as `memberships`.
  public let things: String
  /// How many there will be more, and how many differ.
  public let created: Int64, changed: Int64

  init(_ things: String, created: Int64, changed: Int64 = 0) { (self.things, self.created, self.changed) = (things, created, changed) }

  private static let singulars = [
    "universities": "university", "skills of courses": "skill of a course",
    "contracts of programs": "contract of a program", "further contracts of memberships": "further contract of a membership",
    "coaches": "coach",
  ]

  /// The sort, as it is said of a number of them.
  func word(_ number: Int64) -> String {
    number == 1 ? ImportChange.singulars[things] ?? String(things.dropLast()) : things
  }
}

extension ImportChange {
  /// Counts rows of a temporary table.
  static func count(_ things: String, created: SQL, changed: SQL? = nil, in connection: any Connection) throws -> ImportChange {
    ImportChange(things, created: try connection.scalar(created), changed: try changed.map { try connection.scalar($0) } ?? 0)
  }
}

extension SQL {
  /// A key that counts up by itself in a temporary table.
  static let counter = SQL(sqlite: "INTEGER PRIMARY KEY", postgres: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
  /// A key of integers that the caller gives.
  static let integerKey = SQL(sqlite: "INTEGER PRIMARY KEY", postgres: "BIGINT PRIMARY KEY")
  /// Stored in the order of the key where the engine can.
  static let clustered = SQL(sqlite: " WITHOUT ROWID", postgres: "")
  /// A join whose left side SQLite goes through first.
  static let lookup = SQL(sqlite: " CROSS JOIN ", postgres: " JOIN ")
}

extension Connection {
  /// Tells PostgreSQL's planner what is in a temporary table, and again once its rows have got their ids: where all it knows of are NULL, it expects that
  /// nothing joins, and goes through a whole table for each row of another. SQLite is led by the order of joins.
  func describe(_ table: StaticString) throws {
    if dialect == .postgres { try run("ANALYZE \(SQL(stringLiteral: table))") }
  }

  /// The same of a table of the database that this transaction has filled, where an organization may be new to the planner. No other transaction can
  /// describe the table until this one ends.
  func describe(_ table: StaticString, grownBy rows: Int) throws {
    if rows >= ImportContext.many { try describe(table) }
  }
}

/// What has changed between checking and writing, so that nothing may be written.
extension Failure {
  static let changedMeanwhile = Failure(
    .conflict, "Somebody changed the same people or programs while the file was being checked. Nothing was written; import it again.")
}
