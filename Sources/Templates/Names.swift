/// The names that templates look up, numbered once for a whole set, so that a renderer can remember where it found each.
struct Names {
  private(set) var all: [[UInt8]] = []
  private var numbers: [String: Int32] = [:]

  mutating func number(_ name: String) -> Int32 {
    if let number = numbers[name] { return number }
    let number = Int32(all.count)
    all.append(Array(name.utf8))
    numbers[name] = number
    return number
  }
}
