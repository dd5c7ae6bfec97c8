/// The four kinds of value that both engines share.
public enum SQLType: Sendable, Hashable {
  /// A 64-bit integer: INTEGER on SQLite, `int8` on PostgreSQL.
  case int
  /// A 64-bit float: REAL on SQLite, `float8` on PostgreSQL.
  case double
  /// Text in UTF-8 without NUL.
  case text
  /// Bytes: BLOB on SQLite, `bytea` on PostgreSQL.
  case blob
}

/// A value to bind to a statement. NULL keeps its type, because PostgreSQL has to know it in CASE, VALUES and IS NULL.
public enum SQLValue: Sendable, Equatable {
  /// No value, of the given type.
  case null(SQLType)
  /// A 64-bit integer.
  case int(Int64)
  /// A 64-bit float; a statement refuses one that is not finite.
  case double(Double)
  /// Text; a statement refuses one that holds NUL.
  case text(String)
  /// Bytes.
  case blob([UInt8])

  var type: SQLType {
    switch self {
    case .null(let type): type
    case .int: .int
    case .double: .double
    case .text: .text
    case .blob: .blob
    }
  }
}

/// What can stand in `\( )` of an SQL literal.
///
/// An enumeration with a raw value that is `Bindable` needs only to declare the conformance.
public protocol Bindable {
  /// The type that the engine is told, also for NULL.
  static var sqlType: SQLType { get }
  /// The value as it is bound.
  var sqlValue: SQLValue { get }
}

extension Int: Bindable {
  /// `.int`
  public static var sqlType: SQLType { .int }
  /// The number as 64 bits.
  public var sqlValue: SQLValue { .int(Int64(self)) }
}

extension Int64: Bindable {
  /// `.int`
  public static var sqlType: SQLType { .int }
  /// The number itself.
  public var sqlValue: SQLValue { .int(self) }
}

extension Double: Bindable {
  /// `.double`
  public static var sqlType: SQLType { .double }
  /// The number itself.
  public var sqlValue: SQLValue { .double(self) }
}

extension Bool: Bindable {
  /// `.int`: truth is 0 or 1 in both engines.
  public static var sqlType: SQLType { .int }
  /// 1 for true, 0 for false.
  public var sqlValue: SQLValue { .int(self ? 1 : 0) }
}

extension String: Bindable {
  /// `.text`
  public static var sqlType: SQLType { .text }
  /// The text itself.
  public var sqlValue: SQLValue { .text(self) }
}

extension [UInt8]: Bindable {
  /// `.blob`
  public static var sqlType: SQLType { .blob }
  /// The bytes themselves.
  public var sqlValue: SQLValue { .blob(self) }
}

extension Optional: Bindable where Wrapped: Bindable {
  /// The type of the wrapped value.
  public static var sqlType: SQLType { Wrapped.sqlType }
  /// The wrapped value, or NULL of its type.
  public var sqlValue: SQLValue { self?.sqlValue ?? .null(Wrapped.sqlType) }
}

extension Bindable where Self: RawRepresentable, RawValue: Bindable {
  /// The type of the raw value.
  public static var sqlType: SQLType { RawValue.sqlType }
  /// The raw value.
  public var sqlValue: SQLValue { rawValue.sqlValue }
}
