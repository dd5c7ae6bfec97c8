/// A type that a template can show. A page's struct names its parts: `var templateValue: Value { ["title": title] }`.
public protocol ValueConvertible {
  /// What the template sees.
  var templateValue: Value { get }
}

extension Value: ValueConvertible {
  /// The value itself.
  public var templateValue: Self { self }
}

extension String: ValueConvertible {
  /// Text, escaped where it is written.
  public var templateValue: Value { .text(self) }
}

extension Substring: ValueConvertible {
  /// Text, escaped where it is written.
  public var templateValue: Value { .text(String(self)) }
}

extension Int: ValueConvertible {
  /// A number, written in decimal digits without grouping.
  public var templateValue: Value { .int(Int64(self)) }
}

extension Int64: ValueConvertible {
  /// A number, written in decimal digits without grouping.
  public var templateValue: Value { .int(self) }
}

extension Bool: ValueConvertible {
  /// What decides a section.
  public var templateValue: Value { .bool(self) }
}

extension HTML: ValueConvertible {
  /// Markup, written as it is.
  public var templateValue: Value { .html(self) }
}

extension Link: ValueConvertible {
  /// A checked URL.
  public var templateValue: Value { .link(self) }
}

extension Optional: ValueConvertible where Wrapped: ValueConvertible {
  /// `nil` is `.null`: a known name with nothing to show.
  @inlinable public var templateValue: Value {
    switch self {
    case .some(let value): value.templateValue
    case .none: .null
    }
  }
}

extension Array: ValueConvertible where Element: ValueConvertible {
  /// A list, in order.
  @inlinable public var templateValue: Value {
    // Not `map(\.templateValue)`: in code that is not specialized the key path is made anew for each list and walked for each element.
    .list(map { $0.templateValue })
  }
}

extension Value: ExpressibleByDictionaryLiteral {
  /// An object of the named values, in the order written.
  public init(dictionaryLiteral elements: (StaticString, any ValueConvertible)...) {
    // Read in place through a pointer: the subscript of an array or a buffer hands out a copy of the pair, box and all.
    let entries = elements.withUnsafeBufferPointer { pairs in
      [Object.Entry](unsafeUninitializedCapacity: pairs.count) { entries, count in
        guard let pair = pairs.baseAddress, let entry = entries.baseAddress else { return }
        while count < pairs.count {
          (entry + count).initialize(to: Object.Entry(key: FixedName(pair[count].0), value: pair[count].1.templateValue))
          count += 1
        }
      }
    }
    self = .object(Object(entries: entries))
  }
}

extension Value {
  /// An object of values that are made already, in the order written: for what a page has hundreds of, since it needs no box for each value.
  public static func object(_ pairs: KeyValuePairs<StaticString, Self>) -> Self {
    .object(Object(entries: pairs.map { Object.Entry(key: FixedName($0.key), value: $0.value) }))
  }
}

extension Value: ExpressibleByArrayLiteral {
  /// A list of the values, of any kinds.
  public init(arrayLiteral elements: any ValueConvertible...) {
    self = .list(elements.map(\.templateValue))
  }
}

extension Value: ExpressibleByStringInterpolation {
  /// Text.
  public init(stringLiteral value: String) {
    self = .text(value)
  }
}

extension Value: ExpressibleByIntegerLiteral {
  /// A number.
  public init(integerLiteral value: Int64) {
    self = .int(value)
  }
}

extension Value: ExpressibleByBooleanLiteral {
  /// What decides a section.
  public init(booleanLiteral value: Bool) {
    self = .bool(value)
  }
}
