/// Maps values of a domain to positions of a range. A domain without extent maps to the middle.
struct Scale {
  var low: Double
  var high: Double
  var start: Double
  var end: Double

  /// The largest magnitude drawn; beyond it differences would overflow.
  static let limit = 1e300

  /// What can be drawn of a value: nil for infinities and NaN, clamped to ±`limit` otherwise.
  static func drawable(_ value: Double?) -> Double? {
    guard let value, value.isFinite else { return nil }
    return min(max(value, -limit), limit)
  }

  func position(_ value: Double) -> Double {
    guard high > low else { return (start + end) / 2 }
    return start + (value - low) / (high - low) * (end - start)
  }
}
