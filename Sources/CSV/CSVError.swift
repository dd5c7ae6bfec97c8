/// Why a CSV file was refused, and where.
public struct CSVError: Error, Equatable, CustomStringConvertible {
  /// The kinds of faults.
  public enum Kind: Sendable {
    /// The file cannot be opened or read.
    case unreadable
    /// There is not one record.
    case empty
    /// A needed column is not in the header.
    case missingColumn
    /// A wanted column is in the header twice.
    case duplicateColumn
    /// A quote was opened and not closed before the limit of a field or the end of the file.
    case unclosedQuote
    /// Text stands between a closing quote and the next separator.
    case textAfterQuote
    /// A quote stands within a field that does not begin with one.
    case strayQuote
    /// Bytes that are not text in the file's encoding.
    case encoding
    /// A NUL character.
    case nul
    /// A field longer than the limit.
    case longField
    /// A record longer than the limit.
    case longRecord
    /// More fields in a record than the limit.
    case tooManyColumns
  }
  /// What is wrong.
  public let kind: Kind
  /// The line of the fault, from 1 (line ends within quotes count); for a quote the line it was opened in; 0 where no line is at fault.
  public let line: Int
  /// The field of the fault in its record, from 1; 0 where no field is at fault.
  public let column: Int
  /// One sentence for whoever mends the file, without the place.
  public let message: String

  /// The message with its place.
  public var description: String {
    if line == 0 { return message }
    return column == 0 ? "line \(line): \(message)" : "line \(line), column \(column): \(message)"
  }
}

/// What a reader accepts before it refuses a file.
public struct CSVLimits: Sendable {
  /// Bytes in one field, in UTF-8.
  public var field = 1 << 20
  /// Fields in one record.
  public var columns = 1_000
  /// Bytes in one record, in UTF-8: bounds the memory of a reader.
  public var record = 16 << 20

  /// The limits of 1 MiB a field, 1,000 fields and 16 MiB a record.
  public init() {}

  /// The limits as far as offsets in a record are counted.
  var clamped: CSVLimits {
    var limits = self
    limits.record = min(record, 1 << 30)
    return limits
  }
}
