/// Which engine answers.
public enum Dialect: Sendable, Hashable {
  /// The embedded engine, one file.
  case sqlite
  /// A server, for an organization that outgrows one machine.
  case postgres
}

/// An SQL statement, or a part of one, with the values that belong to it.
///
/// It is written as a literal: `"SELECT name FROM users WHERE id = \(id)"` binds `id` and never splices it into the text.
/// A String that was built at run time cannot become SQL: no initializer takes one. One text serves both engines; where they
/// differ, `SQL(sqlite:postgres:)` says so.
///
/// An integer is `int8` to PostgreSQL, so an argument of a function that takes `int4` (`substr`, `lpad`) needs a CAST.
public struct SQL: ExpressibleByStringInterpolation, Sendable {
  indirect enum Part: Sendable {
    case text(StaticString)
    case value(SQLValue)
    case dialect(sqlite: [Part], postgres: [Part])
  }

  private(set) var parts: [Part]

  init(parts: [Part]) { self.parts = parts }

  /// SQL without values.
  public init(stringLiteral value: StaticString) { parts = [.text(value)] }

  /// SQL with values and fragments.
  public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

  /// SQL that the two engines spell differently.
  public init(sqlite: SQL, postgres: SQL) { parts = [.dialect(sqlite: sqlite.parts, postgres: postgres.parts)] }

  /// Takes the literal apart; only literals and typed values get in.
  public struct StringInterpolation: StringInterpolationProtocol {
    var parts: [Part] = []

    /// Prepares for `interpolationCount` values.
    public init(literalCapacity: Int, interpolationCount: Int) { parts.reserveCapacity(interpolationCount * 2 + 1) }

    /// A piece of the literal between two interpolations.
    public mutating func appendLiteral(_ literal: StaticString) {
      if literal.utf8CodeUnitCount > 0 { parts.append(.text(literal)) }
    }

    /// `\(value)` binds the value.
    public mutating func appendInterpolation<T: Bindable>(_ value: T) { parts.append(.value(value.sqlValue)) }

    /// `\(value)` binds the value, or NULL of its type.
    public mutating func appendInterpolation<T: Bindable>(_ value: T?) { parts.append(.value(value.sqlValue)) }

    /// `\(fragment)` puts SQL and its values in place.
    public mutating func appendInterpolation(_ fragment: SQL) { parts += fragment.parts }

    /// `id IN (\(list: ids))`: each value is bound. An empty list matches nothing, and under NOT IN everything.
    ///
    /// At most 16,384 values; more belong into a temporary table. The number of values is rounded up to a power of two by
    /// repeating the last one, so that lists of all lengths share few statements.
    public mutating func appendInterpolation<S: Sequence>(list values: S) where S.Element: Bindable {
      var last: Part?
      var count = 0
      for value in values {
        if count > 0 { parts.append(.text(", ")) }
        let part = Part.value(value.sqlValue)
        parts.append(part)
        last = part
        count += 1
      }
      guard let last else {
        parts += SQL.nothing(of: S.Element.sqlType).parts
        return
      }
      while count & (count - 1) != 0 {
        parts.append(.text(", "))
        parts.append(last)
        count += 1
      }
    }
  }

  /// An empty set with a type, since PostgreSQL compares no number with an untyped NULL out of a SELECT.
  private static func nothing(of type: SQLType) -> SQL {
    switch type {
    case .int: "SELECT CAST(NULL AS BIGINT) WHERE 1 = 0"
    case .double: "SELECT CAST(NULL AS DOUBLE PRECISION) WHERE 1 = 0"
    case .text: "SELECT CAST(NULL AS TEXT) WHERE 1 = 0"
    case .blob:
      SQL(sqlite: "SELECT CAST(NULL AS BLOB) WHERE 1 = 0", postgres: "SELECT CAST(NULL AS BYTEA) WHERE 1 = 0")
    }
  }

  /// One after the other; the caller provides the space between.
  public static func + (left: SQL, right: SQL) -> SQL { SQL(parts: left.parts + right.parts) }

  /// Appends in place.
  public static func += (left: inout SQL, right: SQL) { left.parts += right.parts }

  /// The list with the separator between its elements, or `empty` when there are none.
  public static func join(_ list: [SQL], _ separator: SQL, empty: SQL = "") -> SQL {
    guard var result = list.first else { return empty }
    for element in list.dropFirst() {
      result += separator
      result += element
    }
    return result
  }
}

extension SQL {
  /// True where `text` occurs in `column`, byte for byte; both sides are folded by the caller. An empty text occurs everywhere.
  public static func contains(_ column: SQL, _ text: String) -> SQL {
    SQL(sqlite: "contains(\(column), \(text))", postgres: "strpos(\(column), \(text)) > 0")
  }
}
