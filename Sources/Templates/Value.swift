import Synchronization

/// What a template can be given: a tree of values that are ready to be shown.
///
/// Write objects as dictionary literals, `["title": title, "rows": rows]`. The keys are `StaticString`s kept in the order
/// they are written; when a key is written twice the first one counts.
public enum Value: Sendable {
  /// Known, but nothing: writes nothing, and is false to a section.
  case null
  /// Writes `true` or `false`; decides sections.
  case bool(Bool)
  /// Writes its decimal digits; always true to a section, zero included.
  case int(Int64)
  /// Writes its characters, escaped; an empty one is false to a section.
  case text(String)
  /// Writes its bytes as they are, outside of attributes only; an empty one is false to a section.
  case html(HTML)
  /// Writes a checked URL, escaped; the only value that `href`, `src`, `action` and their like accept.
  case link(Link)
  /// Repeats a section; an empty one is false.
  case list([Self])
  /// Names values; a section enters it.
  case object(Object)

  /// Ordered names and their values.
  public struct Object: Sendable {
    struct Entry: Sendable {
      let key: FixedName
      // Within the type the bare name may mean what a dictionary literal takes, as this type is written as one.
      let value: Templates.Value
    }
    var entries: [Entry]
  }

  /// An object of named values that are made at run time, for the tests of the specification. Names are kept for ever.
  static func object(named values: [(String, Self)]) -> Self {
    .object(Object(entries: values.map { Object.Entry(key: FixedName(interning: $0.0), value: $0.1) }))
  }

  /// Both objects in one: a name that both have is this one's. Anything but two objects gives this value unchanged.
  public func adding(_ more: Self) -> Self {
    guard case .object(let mine) = self, case .object(let others) = more else { return self }
    return .object(Object(entries: mine.entries + others.entries))
  }

  /// Whether a section shows its body (and an inverted one does not).
  var isTrue: Bool {
    switch self {
    case .null: false
    case .bool(let truth): truth
    case .int, .object, .link: true
    case .text(let text): !text.isEmpty
    case .html(let html): !html.text.isEmpty
    case .list(let list): !list.isEmpty
    }
  }
}

/// The name of a value: bytes that live as long as the program, so that keys are compared by address first.
struct FixedName: @unchecked Sendable {
  let start: UnsafePointer<UInt8>
  let count: Int

  init(_ name: StaticString) {
    guard name.hasPointerRepresentation else {
      self.init(interning: String(describing: name))
      return
    }
    self.init(start: name.utf8Start, count: name.utf8CodeUnitCount)
  }

  init(interning name: String) {
    self = FixedName.interned.withLock { known in
      if let key = known[name] { return key }
      let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: name.utf8.count + 1)
      _ = bytes.initialize(from: name.utf8)
      let key = FixedName(start: UnsafePointer(bytes.baseAddress.unsafelyUnwrapped), count: name.utf8.count)
      known[name] = key
      return key
    }
  }

  private init(start: UnsafePointer<UInt8>, count: Int) {
    self.start = start
    self.count = count
  }

  private static let interned = Mutex<[String: FixedName]>([:])
}
