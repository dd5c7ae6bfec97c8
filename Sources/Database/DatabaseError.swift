/// What a database refused, and why.
///
/// `description` is fit for a log: it holds the statement's text and never a parameter's value.
public struct DatabaseError: Error, CustomStringConvertible, Sendable {
  /// What a caller can act on.
  public enum Kind: Sendable, Hashable {
    /// A row with this key exists.
    case unique
    /// A row that is referred to does not exist, or one that is needed would go.
    case foreignKey
    /// A column must have a value.
    case notNull
    /// A CHECK refused the value.
    case check
    /// The wait for a connection or a lock took too long.
    case busy
    /// The engine asks to run the transaction again: serialization failure or deadlock.
    case serialization
    /// There is no connection to the server, or it was lost.
    case connection
    /// The disk is full.
    case full
    /// The file is damaged or is no database.
    case corrupt
    /// The file cannot be opened or written, or the statement writes where only reading is allowed.
    case readOnly
    /// Anything else: a fault in the statement or in the program.
    case other
  }

  /// What a caller can act on.
  public let kind: Kind
  /// The engine's own code: a result code of SQLite or an SQLSTATE of PostgreSQL; a word where this library refused.
  public let code: String
  /// The engine's sentence, without the values that PostgreSQL quotes in it.
  public let message: String
  /// The statement's text, with `$1` for each value.
  public let sql: String?
  /// The connection broke while COMMIT was under way: nobody knows whether the transaction holds, so it is not run again.
  var outcomeUnknown = false

  init(_ kind: Kind, code: String, _ message: String, sql: String? = nil) {
    self.kind = kind
    self.code = code
    self.message = message
    self.sql = sql
  }

  /// Kind, code, sentence and the beginning of the statement.
  public var description: String {
    let statement = sql.map { $0.utf8.count > 500 ? " in: \($0.prefix(500))…" : " in: \($0)" }
    return "\(kind) [\(code)] \(message)" + (statement ?? "")
  }
}

extension DatabaseError {
  static let nestedWrite = DatabaseError(
    .other, code: "nested", "write was called inside write on the same thread: pass the connection on instead")
  static let closed = DatabaseError(.connection, code: "closed", "the database is closed")
  static let loading = DatabaseError(.other, code: "loading", "no other statement can run while load is being fed")
}

/// What is wrong with a row that is to be loaded; alike for both engines.
enum LoadFault {
  static func cell(_ cell: Int, row: Int, _ reason: String) -> DatabaseError {
    DatabaseError(.other, code: "load", "cell \(cell) of row \(row) \(reason)")
  }

  static func width(_ width: Int, row: Int, expected: Int) -> DatabaseError {
    DatabaseError(.other, code: "load", "row \(row) has \(width) cells where \(expected) belong")
  }

  static func open(row: Int) -> DatabaseError { DatabaseError(.other, code: "load", "row \(row) was not ended") }
}
