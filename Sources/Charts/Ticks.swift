/// Round numbers (1, 2 or 5 times a power of ten) that enclose the values, with the labels to print beside them.
struct Ticks {
  let values: [Double]
  let step: Double

  /// - Parameters:
  ///   - low: the smallest value; zero is always enclosed too, since bars and lines of counts start there.
  ///   - high: the largest value.
  ///   - steps: the most steps wanted.
  init(low: Double, high: Double, steps: Int = 4) {
    let bottom = min(low, 0)
    let top = max(high, 0)
    let extent = top - bottom
    guard extent > 0 else {
      values = [0, 1]
      step = 1
      return
    }
    let step = Self.roundStep(atLeast: extent / Double(max(steps, 1)))
    let first = (bottom / step).rounded(.down)
    let last = (top / step).rounded(.up)
    values = (0...Int(last - first)).map { (first + Double($0)) * step }
    self.step = step
  }

  /// The smallest of 1, 2, 5 × 10ⁿ that is not below the least step.
  private static func roundStep(atLeast least: Double) -> Double {
    var power = 1.0
    while power > least, power > 1e-12 { power /= 10 }
    while power * 10 <= least { power *= 10 }
    return [1, 2, 5].map { $0 * power }.first { $0 >= least } ?? power * 10
  }

  /// All in one way of writing: where one needs "10k", its neighbor is "5k" and not "5,000".
  var labels: [String] {
    let largest = values.map(\.magnitude).max() ?? 0
    return values.map { Self.label($0, step: step, isShort: largest >= 10_000) }
  }

  /// "1,200", "12k", "3.5M", "1e15": short enough for an axis.
  static func label(_ value: Double, step: Double, isShort: Bool) -> String {
    let size = value.magnitude
    let sign = value < 0 ? "−" : ""
    guard isShort, size >= 1000 else {
      let decimals = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3
      return sign + plain(size, decimals: decimals)
    }
    for (unit, letter) in [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")] where size >= unit {
      if size >= 1e15 { break }
      return sign + plain(size / unit, decimals: step / unit >= 1 ? 0 : step / unit >= 0.1 ? 1 : 2) + letter
    }
    var (mantissa, exponent) = (size, 0)
    while mantissa >= 9.995 {
      mantissa /= 10
      exponent += 1
    }
    let front = plain(mantissa, decimals: mantissa.rounded() == mantissa ? 0 : 1)
    return "\(sign)\(front)e\(exponent)"
  }

  private static func plain(_ size: Double, decimals: Int) -> String {
    let factor = [1.0, 10, 100, 1000][decimals]
    let units = Int((size * factor).rounded())
    var whole = String(units / Int(factor))
    if whole.count > 3 { whole.insert(",", at: whole.index(whole.endIndex, offsetBy: -3)) }
    guard decimals > 0 else { return whole }
    let rest = String(units % Int(factor))
    return whole + "." + String(repeating: "0", count: decimals - rest.count) + rest
  }
}
