/// The names and values of a form or of a query, in order; a name may occur more than once.
public struct Form: Sendable, Equatable {
  /// One name with its value.
  public struct Pair: Sendable, Equatable {
    /// The decoded name.
    public let name: String
    /// The decoded value.
    public let value: String
  }

  /// Every pair in the order in which it was sent.
  public internal(set) var pairs: [Pair]

  /// A form of the pairs given.
  public init(_ pairs: [(String, String)] = []) {
    self.pairs = pairs.map { Pair(name: $0.0, value: $0.1) }
  }

  /// Decodes `application/x-www-form-urlencoded`, which is also how a query is written.
  ///
  /// - Throws: ``HTTPError`` 400 for a broken percent-encoding, bytes that are not UTF-8, NUL, or more than `maximum` pairs.
  public init(urlEncoded bytes: some Sequence<UInt8>, maximum: Int = 10_000) throws {
    var decoder = FormDecoder(maximum: maximum)
    for byte in bytes { try decoder.take(byte) }
    pairs = try decoder.finish()
  }

  /// The first value of `name`.
  public subscript(_ name: String) -> String? {
    pairs.first { $0.name == name }?.value
  }

  /// Every value of `name`, in order.
  public func all(_ name: String) -> [String] {
    pairs.filter { $0.name == name }.map(\.value)
  }
}

/// Decodes byte by byte, so that a form costs one pass and no copy.
private struct FormDecoder {
  private let maximum: Int
  private var pairs: [Form.Pair] = []
  private var name: [UInt8] = []
  private var value: [UInt8] = []
  private var inValue = false
  private var escape = Escape.none

  private enum Escape { case none, first, second(UInt8) }

  init(maximum: Int) {
    self.maximum = maximum
  }

  mutating func take(_ byte: UInt8) throws {
    switch escape {
    case .first:
      guard let high = hexValue(byte) else { throw HTTPError(400) }
      escape = .second(high)
      return
    case .second(let high):
      guard let low = hexValue(byte), high | low != 0 else { throw HTTPError(400) }
      escape = .none
      append(high << 4 | low)
      return
    case .none: break
    }
    switch byte {
    case 0: throw HTTPError(400)
    case UInt8(ascii: "%"): escape = .first
    case UInt8(ascii: "+"): append(32)
    case UInt8(ascii: "&"): try endPair()
    case UInt8(ascii: "=") where !inValue: inValue = true
    default: append(byte)
    }
  }

  mutating func finish() throws -> [Form.Pair] {
    guard case .none = escape else { throw HTTPError(400) }
    try endPair()
    return pairs
  }

  private mutating func append(_ byte: UInt8) {
    if inValue { value.append(byte) } else { name.append(byte) }
  }

  private mutating func endPair() throws {
    guard inValue || !name.isEmpty else { return }
    guard pairs.count < maximum, let nameText = String(validating: name, as: UTF8.self),
      let valueText = String(validating: value, as: UTF8.self)
    else { throw HTTPError(400) }
    pairs.append(Form.Pair(name: nameText, value: valueText))
    name.removeAll(keepingCapacity: true)
    value.removeAll(keepingCapacity: true)
    inValue = false
  }
}
