/// All rows of a list with the number each is sorted by, 16 bytes a row. Of their order only the stretch asked for is put right.
struct NumberedRows {
  private struct Entry: Comparable {
    let key: Int64, id: Int64

    static func < (a: Entry, b: Entry) -> Bool { a.key == b.key ? a.id < b.id : a.key < b.key }
  }

  private let descending: Bool
  private var entries: [Entry] = []

  init(descending: Bool) { self.descending = descending }

  /// Room for so many.
  mutating func reserve(_ count: Int) { entries.reserveCapacity(count) }

  var count: Int { entries.count }

  mutating func append(_ id: Int64, key: Int64) {
    // The complement turns the order around without a second comparison.
    entries.append(descending ? Entry(key: ~key, id: ~id) : Entry(key: key, id: id))
  }

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
