/// The header fields of a response, in order. Names are compared without regard to case.
///
/// Nothing is checked here: a field whose name is not a token, whose value has a control character, or that belongs to the server
/// (`Content-Length`, `Transfer-Encoding`, `Connection`, `Date`), is refused when the response is sent, and becomes a 500.
public struct Headers: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  /// One field.
  public struct Field: Sendable, Equatable {
    /// The field's name.
    public var name: String
    /// The field's value.
    public var value: String
  }

  /// All fields in the order in which they are sent.
  public private(set) var fields: [Field] = []

  /// No fields.
  public init() {}

  /// The fields given, each added.
  public init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements { add(name, value) }
  }

  /// The first value of `name`; setting replaces all of them, and nil removes them.
  public subscript(_ name: String) -> String? {
    get { fields.first { sameName($0.name, name) }?.value }
    set {
      fields.removeAll { sameName($0.name, name) }
      if let newValue { fields.append(Field(name: name, value: newValue)) }
    }
  }

  /// Adds a field and keeps those of the same name, as `Set-Cookie` needs.
  public mutating func add(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }

  /// Adds all fields of `other`.
  public mutating func append(_ other: Headers) {
    fields += other.fields
  }

  /// Every value of `name`.
  public func all(_ name: String) -> [String] {
    fields.filter { sameName($0.name, name) }.map(\.value)
  }

  /// Writes the fields, refusing what could end a field early or contradict the server's own.
  func serialize(into out: inout [UInt8]) throws {
    for field in fields {
      guard !field.name.isEmpty, field.name.utf8.allSatisfy(isTokenByte) else {
        throw BadResponse(description: "a header field has a name that is not a token")
      }
      guard !isServerField(field.name) else {
        throw BadResponse(description: "the header field \(field.name) belongs to the server")
      }
      out += field.name.utf8
      out.append(UInt8(ascii: ":"))
      out.append(UInt8(ascii: " "))
      guard field.value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 }) else {
        throw BadResponse(description: "the header field \(field.name) has a control character in its value")
      }
      out += field.value.utf8
      out.append(13)
      out.append(10)
    }
  }

  private func isServerField(_ name: String) -> Bool {
    switch name.utf8.count {
    case 4: sameName(name, "Date")
    case 10: sameName(name, "Connection") || sameName(name, "Keep-Alive")
    case 14: sameName(name, "Content-Length")
    case 17: sameName(name, "Transfer-Encoding")
    default: false
    }
  }
}

/// Whether two field names are the same but for the case of ASCII letters.
func sameName(_ a: String, _ b: String) -> Bool {
  a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).allSatisfy { lowercase($0) == lowercase($1) }
}
