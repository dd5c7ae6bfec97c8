import Database
import Glibc

/// Keeps the first rows of an order by a text while all of them pass by, and counts them all: a heap whose top is the last row still kept.
///
/// Most rows of a long list do not get in; such a row costs one comparison with a copy of the top's key, and no memory.
struct FirstRows {
  private struct Entry {
    var text: [UInt8]
    var id: Int64
  }

  private let limit: Int
  private let descending: Bool
  private var heap: [Entry] = []
  /// The key and id of the heap's top once the heap is full.
  private var topText: [UInt8] = []
  private var topID: Int64 = 0
  private var isFull = false
  /// How many rows have passed.
  private(set) var count = 0

  init(limit: Int, descending: Bool) {
    (self.limit, self.descending) = (limit, descending)
  }

  /// Takes a row of (id, key).
  mutating func take(_ row: borrowing Row) {
    count += 1
    guard let bytes = row.bytes(1) else { return }
    if isFull {
      let difference = topText.withUnsafeBytes { FirstRows.compare(bytes, $0) }
      if difference == 0 ? (row.int(0) < topID) == descending : (difference < 0) == descending { return }
    }
    insert(Entry(text: Array(bytes), id: row.int(0)))
  }

  /// The kept rows' ids in order.
  func sortedIDs() -> [Int64] { heap.sorted(by: precedes).map(\.id) }

  private mutating func insert(_ entry: Entry) {
    if isFull {
      heap[0] = entry
      sink()
    } else {
      heap.append(entry)
      rise()
    }
    guard heap.count == limit else { return }
    isFull = true
    (topText, topID) = (heap[0].text, heap[0].id)
  }

  private mutating func rise() {
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard precedes(heap[parent], heap[child]) else { return }
      heap.swapAt(parent, child)
      child = parent
    }
  }

  private mutating func sink() {
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < heap.count else { return }
      let right = left + 1
      let last = right < heap.count && precedes(heap[left], heap[right]) ? right : left
      guard precedes(heap[parent], heap[last]) else { return }
      heap.swapAt(parent, last)
      parent = last
    }
  }

  private func precedes(_ a: Entry, _ b: Entry) -> Bool {
    let difference = a.text.withUnsafeBytes { x in b.text.withUnsafeBytes { y in FirstRows.compare(x, y) } }
    if difference != 0 { return (difference < 0) != descending }
    return a.id != b.id && (a.id < b.id) != descending
  }

  /// Byte order, as both engines sort text.
  private static func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let common = min(a.count, b.count)
    if common > 0, let x = a.baseAddress, let y = b.baseAddress {
      let difference = memcmp(x, y, common)
      if difference != 0 { return Int(difference) }
    }
    return a.count - b.count
  }
}
