/// Numbers the different texts of a column from 1, in the order in which they come.
///
/// Rows then carry numbers, and each text is kept and looked up once. Texts lie end to end in one buffer, so that memory is little more than theirs.
struct Interner {
  private var bytes: [UInt8] = []
  private var ends: [Int] = [0]
  /// Open addressing over numbers; 0 is a free place.
  private var table = [Int32](repeating: 0, count: 256)
  private var last = 0

  /// How many texts there are.
  var count: Int { ends.count - 1 }

  /// The number of a text.
  mutating func number(of text: UnsafeRawBufferPointer) -> Int {
    if last > 0, equals(text, last) { return last }
    var place = Interner.hash(text) & (table.count - 1)
    while table[place] != 0 {
      let number = Int(table[place])
      if equals(text, number) {
        last = number
        return number
      }
      place = (place + 1) & (table.count - 1)
    }
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
    table[place] = Int32(count)
    last = count
    if count * 2 > table.count { grow() }
    return last
  }

  /// The text of a number from 1 to `count`.
  subscript(number: Int) -> String { String(decoding: bytes[ends[number - 1]..<ends[number]], as: UTF8.self) }

  private func equals(_ text: UnsafeRawBufferPointer, _ number: Int) -> Bool {
    let start = ends[number - 1]
    guard ends[number] - start == text.count else { return false }
    return bytes.withUnsafeBytes { all in all[start..<start + text.count].elementsEqual(text) }
  }

  private mutating func grow() {
    table = [Int32](repeating: 0, count: table.count * 2)
    bytes.withUnsafeBytes { all in
      for number in 1...count {
        var place = Interner.hash(UnsafeRawBufferPointer(rebasing: all[ends[number - 1]..<ends[number]])) & (table.count - 1)
        while table[place] != 0 { place = (place + 1) & (table.count - 1) }
        table[place] = Int32(number)
      }
    }
  }

  /// FNV-1a. Whoever chooses the texts of a file can slow down the reading of that file and nothing else.
  static func hash(_ text: UnsafeRawBufferPointer, seed: UInt64 = 0xcbf2_9ce4_8422_2325) -> Int {
    var hash = seed
    for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: (hash ^ (hash >> 29)) & 0x7fff_ffff_ffff_ffff)
  }
}
