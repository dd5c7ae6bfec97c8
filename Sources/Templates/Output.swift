/// The bytes of a page while it is written: a buffer that grows, and the escaping of HTML done on bytes.
struct Output: ~Copyable {
  private var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = max(capacity, 1024)
    start = .allocate(capacity: self.capacity)
  }

  deinit {
    start.deallocate()
  }

  /// What was written.
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if capacity - count < more { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let wider = max(capacity * 2, count + more)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: wider)
    moved.update(from: start, count: count)
    start.deallocate()
    start = moved
    capacity = wider
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let base = bytes.baseAddress else { return }
    reserve(bytes.count)
    (start + count).update(from: base, count: bytes.count)
    count += bytes.count
  }

  @inline(__always)
  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  @inline(__always)
  mutating func appendEscaped(_ text: String) {
    var text = text
    text.withUTF8 { appendEscaped($0) }
  }

  mutating func append(_ number: Int64) {
    reserve(20)
    var rest = number.magnitude
    if number < 0 {
      start[count] = UInt8(ascii: "-")
      count += 1
    }
    let first = count
    repeat {
      start[count] = UInt8(truncatingIfNeeded: 48 + rest % 10)
      count += 1
      rest /= 10
    } while rest > 0
    var digits = UnsafeMutableBufferPointer(start: start + first, count: count - first)
    digits.reverse()
  }

  /// Writes `& < > " '` as character references, which is enough between tags and in quoted attribute values (HTML standard,
  /// 13.1.2.3 and 13.1.4). Looks at eight bytes at a time while it copies; text with none of the five is the common case.
  private mutating func appendEscaped(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let base = bytes.baseAddress else { return }
    let length = bytes.count
    reserve(length + 8)
    let source = UnsafeRawPointer(base)
    let target = UnsafeMutableRawPointer(start + count)
    var index = 0
    while index &+ 8 <= length {
      let word = source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      if Output.hasSpecial(word) { break }
      target.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
      index &+= 8
    }
    while index < length, Output.reference(base[index]).count == 0 {
      target.storeBytes(of: base[index], toByteOffset: index, as: UInt8.self)
      index &+= 1
    }
    count &+= index
    if index < length { escapeRest(UnsafeBufferPointer(rebasing: bytes[index...])) }
  }

  @inline(never)
  private mutating func escapeRest(_ bytes: UnsafeBufferPointer<UInt8>) {
    reserve(bytes.count * 6)
    for byte in bytes {
      let name = Output.reference(byte)
      if name.count == 0 {
        start[count] = byte
        count &+= 1
      } else {
        (start + count).update(from: name.start, count: name.count)
        count &+= name.count
      }
    }
  }

  /// Whether one of eight bytes is `&`, `<`, `>`, `"` or `'`. A byte is zero after XOR exactly where it equals the pattern.
  @inline(__always)
  private static func hasSpecial(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    @inline(__always) func zeros(_ value: UInt64) -> UInt64 { (value &- ones) & ~value }
    // `&` and `'` differ in the last bit, `<` and `>` in the second: each pair is tested at once.
    let found =
      zeros((word | ones) ^ (ones &* 0x27)) | zeros((word | (ones &* 2)) ^ (ones &* 0x3E)) | zeros(word ^ (ones &* 0x22))
    return found & (ones &* 0x80) != 0
  }

  @inline(__always)
  private static func reference(_ byte: UInt8) -> (start: UnsafePointer<UInt8>, count: Int) {
    let name: StaticString =
      switch byte {
      case UInt8(ascii: "&"): "&amp;"
      case UInt8(ascii: "<"): "&lt;"
      case UInt8(ascii: ">"): "&gt;"
      case UInt8(ascii: "\""): "&quot;"
      case UInt8(ascii: "'"): "&#39;"
      default: ""
      }
    return (name.utf8Start, name.utf8CodeUnitCount)
  }
}
