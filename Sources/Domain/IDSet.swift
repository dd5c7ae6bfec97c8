/// Ids of rows, a bit for each. Ids are given in turn, so those of one list lie close together; where they do not, they are hashed.
struct IDSet {
  /// Bits from the id 0 on, 64 in a word.
  private var words: [UInt64] = []
  private var others: Set<Int64> = []
  private(set) var count = 0

  /// The highest id that has a bit: 4 MB of them.
  private static let highest: Int64 = 1 << 25

  mutating func insert(_ id: Int64) {
    guard (0..<IDSet.highest).contains(id) else {
      if others.insert(id).inserted { count += 1 }
      return
    }
    let word = Int(id >> 6)
    while word >= words.count { words.append(contentsOf: repeatElement(0, count: max(1024, words.count))) }
    let bit: UInt64 = 1 << UInt64(id & 63)
    if words[word] & bit == 0 { count += 1 }
    words[word] |= bit
  }

  func contains(_ id: Int64) -> Bool {
    guard (0..<IDSet.highest).contains(id) else { return others.contains(id) }
    let word = Int(id >> 6)
    return word < words.count && words[word] & (1 << UInt64(id & 63)) != 0
  }
}
