import Glibc

/// The bytes of a statement as a key; hashing and comparing go over memory and not element by element.
struct StatementText: Hashable {
  var bytes: [UInt8] = []

  static func == (left: StatementText, right: StatementText) -> Bool {
    left.bytes.count == right.bytes.count
      && left.bytes.withUnsafeBytes { a in
        right.bytes.withUnsafeBytes { b in
          guard let a = a.baseAddress, let b = b.baseAddress else { return true }
          return memcmp(a, b, left.bytes.count) == 0
        }
      }
  }

  func hash(into hasher: inout Hasher) {
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
  }

  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  mutating func append(number: Int) {
    if number >= 10 { append(number: number / 10) }
    bytes.append(UInt8(48 + number % 10))
  }

  var string: String { String(decoding: bytes, as: UTF8.self) }
}

/// An SQL value spelled for one engine. Its buffers are reused from statement to statement.
struct Rendering {
  /// PostgreSQL counts parameters in 16 bits and SQLite refuses more than this by default.
  static let parameterLimit = 32_766

  var text = StatementText()
  var values: [SQLValue] = []

  /// Spells the SQL and checks its values.
  ///
  /// Throws `DatabaseError` for text with NUL, a float that is not finite, and too many parameters.
  mutating func render(_ sql: SQL, _ dialect: Dialect, prefix: String = "") throws {
    text.bytes.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    text.bytes.append(contentsOf: prefix.utf8)
    append(sql.parts, dialect)
    if values.count > Rendering.parameterLimit {
      throw refusal("\(values.count) parameters are too many (at most \(Rendering.parameterLimit)): use a temporary table")
    }
    for (index, value) in values.enumerated() {
      switch value {
      case .text(let string) where string.utf8.contains(0): throw refusal("parameter \(index + 1) holds NUL")
      case .double(let number) where !number.isFinite: throw refusal("parameter \(index + 1) is not a finite number")
      default: break
      }
    }
  }

  private mutating func append(_ parts: [SQL.Part], _ dialect: Dialect) {
    for part in parts {
      switch part {
      case .text(let literal): text.append(literal)
      case .dialect(let sqlite, let postgres): append(dialect == .sqlite ? sqlite : postgres, dialect)
      case .value(let value):
        values.append(value)
        text.bytes.append(UInt8(ascii: "$"))
        text.append(number: values.count)
      }
    }
  }

  private func refusal(_ message: String) -> DatabaseError {
    DatabaseError(.other, code: "parameter", message, sql: text.string)
  }
}
