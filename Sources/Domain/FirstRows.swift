import Database

/// Keeps the first rows of an order while all of them pass by, and counts them all: a heap whose top is the last row still kept.
///
/// A row that does not get in costs one comparison and no memory.
struct FirstRows {
  private struct Entry {
    var number: Int64
    var text: [UInt8]
    var id: Int64
  }

  private let limit: Int
  private let isText: Bool
  private let descending: Bool
  private var heap: [Entry] = []
  /// How many rows have passed.
  private(set) var count = 0

  init(limit: Int, isText: Bool, descending: Bool) {
    (self.limit, self.isText, self.descending) = (limit, isText, descending)
  }

  /// Takes a row of (id, key).
  mutating func take(_ row: borrowing Row) {
    count += 1
    let id = row.int(0)
    if isText {
      guard let bytes = row.bytes(1) else { return }
      if heap.count == limit, let top = heap.first, !FirstRows.order(bytes, id, top, descending) { return }
      insert(Entry(number: 0, text: Array(bytes), id: id))
    } else {
      let number = row.int(1)
      if heap.count == limit, let top = heap.first {
        let before = number == top.number ? (id < top.id) != descending : (number < top.number) != descending
        if !before { return }
      }
      insert(Entry(number: number, text: [], id: id))
    }
  }

  /// The kept rows' ids in order.
  func sortedIDs() -> [Int64] { heap.sorted(by: precedes).map(\.id) }

  private mutating func insert(_ entry: Entry) {
    if heap.count < limit {
      heap.append(entry)
      var child = heap.count - 1
      while child > 0 {
        let parent = (child - 1) / 2
        guard precedes(heap[parent], heap[child]) else { break }
        heap.swapAt(parent, child)
        child = parent
      }
      return
    }
    heap[0] = entry
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < heap.count else { break }
      let right = left + 1
      let last = right < heap.count && precedes(heap[left], heap[right]) ? right : left
      guard precedes(heap[parent], heap[last]) else { break }
      heap.swapAt(parent, last)
      parent = last
    }
  }

  private func precedes(_ a: Entry, _ b: Entry) -> Bool {
    if isText { return a.text.withUnsafeBytes { FirstRows.order($0, a.id, b, descending) } }
    return a.number == b.number ? (a.id < b.id) != descending && a.id != b.id : (a.number < b.number) != descending
  }

  private static func order(_ bytes: UnsafeRawBufferPointer, _ id: Int64, _ other: Entry, _ descending: Bool) -> Bool {
    let difference = other.text.withUnsafeBytes { compare(bytes, $0) }
    if difference != 0 { return (difference < 0) != descending }
    return id != other.id && (id < other.id) != descending
  }

  /// Byte order, as both engines sort text.
  private static func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    for (x, y) in zip(a, b) where x != y { return Int(x) - Int(y) }
    return a.count - b.count
  }
}
