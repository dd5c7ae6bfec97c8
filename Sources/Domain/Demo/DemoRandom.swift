/// Numbers that look random and are the same in every run: SplitMix64 from a fixed seed.
struct DemoRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 to below a limit.
  mutating func below(_ limit: Int) -> Int { limit <= 1 ? 0 : Int(next() % UInt64(limit)) }

  /// A number within a closed range.
  mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

  /// Whether something happens that does so in that many of a hundred cases.
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  /// One of a list that is not empty.
  mutating func one<T>(_ list: [T]) -> T { list[below(list.count)] }

  /// A moment between two, at a whole minute.
  mutating func moment(_ from: Moment, _ to: Moment) -> Moment {
    let minutes = max(1, (to.milliseconds - from.milliseconds) / 60_000)
    return Moment(milliseconds: (from.milliseconds / 60_000 + Int64(next() % UInt64(minutes))) * 60_000)
  }
}
