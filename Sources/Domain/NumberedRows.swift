/// All rows of a list with the number each is sorted by, 16 bytes a row. Of their order only the stretch asked for is put right.
struct NumberedRows {
  private struct Entry: Comparable {
    let key: Int64, id: Int64

    static func < (a: Entry, b: Entry) -> Bool { a.key == b.key ? a.id < b.id : a.key < b.key }
  }

  private let descending: Bool
  private var entries: [Entry] = []

  init(descending: Bool) { self.descending = descending }

  var count: Int { entries.count }

  mutating func append(_ id: Int64, key: Int64) {
    // The complement turns the order around without a second comparison.
    entries.append(descending ? Entry(key: ~key, id: ~id) : Entry(key: key, id: id))
  }

  /// By a moment's text: its 17 digits as one number, which compares as the text does; a shorter one, such as `9999` for never, as if zeros followed,
  /// and none is earlier than any.
  mutating func append(_ id: Int64, moment text: UnsafeRawBufferPointer?) {
    var (key, digits): (Int64, Int) = (0, 0)
    if let text, let start = text.baseAddress {
      let bytes = start.assumingMemoryBound(to: UInt8.self)
      var place = 0
      while place < text.count, digits < NumberedRows.digitsOfMoment {
        let digit = bytes[place] &- 48
        if digit < 10 {
          key = key &* 10 &+ Int64(digit)
          digits += 1
        }
        place += 1
      }
    }
    while digits < NumberedRows.digitsOfMoment, key > 0 {
      key = key &* 10
      digits += 1
    }
    append(id, key: key)
  }

  private static let digitsOfMoment = 17

  /// The ids at these places of the order.
  mutating func ids(_ wanted: Range<Int>) -> [Int64] {
    arrange(wanted)
    return entries[wanted].map { descending ? ~$0.id : $0.id }
  }

  /// A quicksort that leaves alone what lies outside of the places wanted.
  private mutating func arrange(_ wanted: Range<Int>) {
    entries.withUnsafeMutableBufferPointer { entries in
      var open = [0..<entries.count]
      while let part = open.popLast() {
        guard part.overlaps(wanted) else { continue }
        if part.count <= 64 {
          entries[part].sort()
          continue
        }
        let pivot = [entries[part.lowerBound], entries[part.lowerBound + part.count / 2], entries[part.upperBound - 1]].sorted()[1]
        var (low, high) = (part.lowerBound, part.upperBound - 1)
        while low <= high {
          while entries[low] < pivot { low += 1 }
          while pivot < entries[high] { high -= 1 }
          if low <= high {
            entries.swapAt(low, high)
            (low, high) = (low + 1, high - 1)
          }
        }
        open.append(part.lowerBound..<high + 1)
        open.append(low..<part.upperBound)
      }
    }
  }
}
