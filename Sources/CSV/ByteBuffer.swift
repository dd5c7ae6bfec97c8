/// Bytes that grow at the end and are taken away from the front.
struct ByteBuffer: ~Copyable {
  private(set) var start: UnsafeMutablePointer<UInt8>
  private(set) var end = 0
  private var capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    start = .allocate(capacity: capacity)
  }

  deinit {
    start.deallocate()
  }

  /// Makes room for more bytes.
  mutating func reserve(_ more: Int) {
    guard capacity - end < more else { return }
    capacity = max(capacity * 2, end + more)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    moved.update(from: start, count: end)
    start.deallocate()
    start = moved
  }

  /// Takes away the first bytes.
  mutating func drop(_ count: Int) {
    if count == 0 { return }
    start.update(from: start + count, count: end - count)
    end -= count
  }

  /// Adds bytes; there must be room for them.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    UnsafeMutableRawPointer(start + end).copyMemory(from: base, byteCount: bytes.count)
    end += bytes.count
  }

  /// Adds a character in UTF-8; there must be room for it.
  mutating func append(scalar: UInt32) {
    func put(_ value: UInt32) {
      start[end] = UInt8(truncatingIfNeeded: value)
      end += 1
    }
    switch scalar {
    case ..<0x80:
      put(scalar)
    case ..<0x800:
      put(0xC0 | scalar >> 6)
      put(0x80 | scalar & 0x3F)
    case ..<0x10000:
      put(0xE0 | scalar >> 12)
      put(0x80 | scalar >> 6 & 0x3F)
      put(0x80 | scalar & 0x3F)
    default:
      put(0xF0 | scalar >> 18)
      put(0x80 | scalar >> 12 & 0x3F)
      put(0x80 | scalar >> 6 & 0x3F)
      put(0x80 | scalar & 0x3F)
    }
  }
}
