/// Ids of rows, a bit for each. Ids are given in turn, so those of one list lie close enough together.
struct IDSet {
  /// The id of the first bit, a multiple of 64.
  private var base: Int64 = 0
  private var words: [UInt64] = []

  init() {}

  /// What `packed(id)` gave.
  init(_ ids: UnsafeBufferPointer<Int64>) {
    guard let lowest = ids.min(), let highest = ids.max() else { return }
    base = lowest & ~63
    words = Array(repeating: 0, count: Int((highest - base) >> 6) + 1)
    words.withUnsafeMutableBufferPointer { words in
      for id in ids { words[Int((id - base) >> 6)] |= 1 << UInt64((id - base) & 63) }
    }
  }

  init(_ ids: [Int64]) { self = ids.withUnsafeBufferPointer { IDSet($0) } }

  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  func contains(_ id: Int64) -> Bool {
    let place = id - base
    guard place >= 0, place >> 6 < words.count else { return false }
    return words[Int(place >> 6)] & (1 << UInt64(place & 63)) != 0
  }

  func union(_ other: IDSet) -> IDSet {
    if words.isEmpty || other.words.isEmpty { return words.isEmpty ? other : self }
    var result = IDSet()
    result.base = min(base, other.base)
    let end = max(base + Int64(words.count) * 64, other.base + Int64(other.words.count) * 64)
    result.words = stride(from: result.base, to: end, by: 64).map { word($0) | other.word($0) }
    return result
  }

  func intersection(_ other: IDSet) -> IDSet {
    var result = self
    for place in words.indices { result.words[place] &= other.word(base + Int64(place) * 64) }
    return result
  }

  private func word(_ id: Int64) -> UInt64 {
    let place = (id - base) >> 6
    return place >= 0 && place < words.count ? words[Int(place)] : 0
  }

  /// From the lowest.
  var ids: [Int64] {
    var result: [Int64] = []
    for (place, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        result.append(base + Int64(place * 64 + rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
    return result
  }

  /// As the SQL function `among` reads it: the id of the first bit, then the bits.
  var bytes: [UInt8] { withUnsafeBytes(of: base) { Array($0) } + words.withUnsafeBytes { Array($0) } }
}
