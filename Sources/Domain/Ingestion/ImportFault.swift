import CSV
import Database

/// What is wrong with a row, and where.
public struct ImportFault: Sendable, Equatable, CustomStringConvertible {
  /// The line in which the row starts, from 1; 0 where the whole file is at fault.
  public let line: Int64
  /// The place of the field in the row, from 1; 0 where no field is at fault.
  public let column: Int64
  /// The column's name in the file; empty where there is none.
  public let header: String
  /// What is wrong.
  public let reason: String

  init(line: Int64, column: Int64, header: String, reason: String) {
    (self.line, self.column, self.header, self.reason) = (line, column, header, reason)
  }

  /// A fault that ends the reading of a file.
  init(_ error: CSVError, names: [String]) {
    let isNamed = error.column >= 1 && error.column <= names.count
    self.init(line: Int64(error.line), column: Int64(error.column), header: isNamed ? names[error.column - 1] : "", reason: error.message)
  }

  /// One line for the reader.
  public var description: String {
    if line == 0 { return reason }
    if column == 0 { return "line \(line): \(reason)" }
    return "line \(line), column \(column)\(header.isEmpty ? "" : " (\(header))"): \(reason)"
  }
}

/// The faults of a file while it is being imported, in `import_faults`. A row's own faults stand there together, with 0 for their place.
struct ImportFaults {
  let connection: any Workbench
  /// All names in the file, in its order.
  let names: [String]

  static func prepare(_ connection: any Connection) throws {
    try connection.run("CREATE TEMPORARY TABLE import_faults (line BIGINT NOT NULL, place BIGINT NOT NULL, reason TEXT NOT NULL)")
  }

  /// Takes the rows with faults of their own out of `import_rows`, so that what is looked at between rows is readable.
  func collect() throws {
    try connection.run(
      "INSERT INTO import_faults (line, place, reason) SELECT line, 0, fault FROM import_rows WHERE fault IS NOT NULL")
    try connection.run("DELETE FROM import_rows WHERE fault IS NOT NULL")
  }

  /// Takes out every row with a fault; returns how many that were.
  func dropRows() throws -> Int {
    try connection.run("DELETE FROM import_rows WHERE line IN (SELECT line FROM import_faults)")
  }

  /// How many rows are bad.
  func badRows() throws -> Int64 {
    try connection.scalar("SELECT COUNT(*) FROM (SELECT line FROM import_faults GROUP BY line) b")
  }

  /// The lines of the bad rows, in order.
  func badLines() throws -> [Int64] {
    var lines: [Int64] = []
    try connection.stream("SELECT line FROM import_faults GROUP BY line ORDER BY line") { row in
      lines.append(row.int(0))
      return true
    }
    return lines
  }

  /// The first faults, by line and place.
  func first(_ limit: Int) throws -> [ImportFault] { try faults("1 = 1", limit: limit) }

  /// The faults of the rows between two lines, both included.
  func between(_ low: Int64, _ high: Int64) throws -> [ImportFault] {
    try faults("line >= \(low) AND line <= \(high)", limit: .max)
  }

  private func faults(_ condition: SQL, limit: Int) throws -> [ImportFault] {
    var found: [ImportFault] = []
    try connection.stream("SELECT line, place, reason FROM import_faults WHERE \(condition) ORDER BY line, place, reason") { row in
      if row.int(1) > 0 {
        found.append(fault(row.int(0), row.int(1), row.text(2)))
      } else {
        for part in row.text(2).split(separator: "\u{1e}") {
          let pieces = part.split(separator: "\u{1f}", maxSplits: 1)
          found.append(fault(row.int(0), pieces.first.flatMap { Int64($0) } ?? 0, pieces.count > 1 ? String(pieces[1]) : ""))
        }
      }
      return found.count < limit
    }
    return found.count > limit ? Array(found.prefix(limit)) : found
  }

  private func fault(_ line: Int64, _ column: Int64, _ reason: String) -> ImportFault {
    let header = column >= 1 && column <= Int64(names.count) ? names[Int(column) - 1] : ""
    return ImportFault(line: line, column: column, header: header, reason: reason)
  }
}
