import Database

/// A figure that is not what it should be.
public struct Difference: Sendable, Equatable, CustomStringConvertible {
  /// The table and the row in it, such as `memberships program_id 3 user_id 17`.
  public let row: String
  /// The column.
  public let column: String
  /// What it is, and what it should be; "nothing" for NULL.
  public let found: String, expected: String

  /// One line for the reader.
  public var description: String { "\(row): \(column) is \(found), should be \(expected)" }

  /// The columns of a row of keys and pairs that differ.
  static func each(
    in row: borrowing Row, table: Column, keys: [Column], columns: [Column], _ report: (Difference) throws -> Void
  ) throws {
    let place = table.word + keys.indices.map { " \(keys[$0].word) \(row.text($0))" }.joined()
    for (index, column) in columns.enumerated() {
      let at = keys.count + 2 * index
      let (found, expected) = (row.textOrNil(at), row.textOrNil(at + 1))
      if found != expected {
        try report(Difference(row: place, column: column.word, found: shown(found), expected: shown(expected)))
      }
    }
  }

  private static func shown(_ value: String?) -> String { value.map { $0.isEmpty ? "empty" : $0 } ?? "nothing" }
}
