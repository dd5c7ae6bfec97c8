/// A small line without axes that shows the course of one figure, oldest value first. The last value has a dot.
///
/// It stretches to the width of its place, so strokes must not scale, and the dot is a line without length.
/// Colors come from the classes `chart-spark` and within it `line`, `area`, `dot`, `base`.
public struct Sparkline: Sendable {
  /// The accessible name, for example "Enrollments per week".
  public var title: String
  /// What the line shows, in a sentence; may be empty.
  public var description: String
  /// The values in order; nil, infinities and NaN are gaps.
  public var values: [Double?]

  /// - Parameters:
  ///   - title: the accessible name.
  ///   - description: what the line shows, in a sentence.
  ///   - values: the values, oldest first, equally spaced; nil, infinities and NaN are gaps.
  public init(title: String, description: String = "", values: [Double?]) {
    self.title = title
    self.description = description
    self.values = values
  }

  /// The picture as an `<svg>` element of 100 × 32 units that stretches.
  public var svg: String {
    let (width, height, margin) = (100.0, 32.0, 4.0)
    let drawn = values.map(Scale.drawable)
    let known = drawn.compactMap { $0 }
    var out = Markup.open(
      class: "chart-spark", width: width, height: height, sized: false, title: title, description: description,
      stretch: true)
    guard let low = known.min(), let high = known.max() else {
      return out + "<path class=\"base\" d=\"M0 28L100 28\"/></svg>"
    }
    let across = Scale(low: 0, high: Double(drawn.count - 1), start: 0, end: width)
    // The line is drawn above zero, so that a slow week does not look like a collapse. A figure that stays zero lies on
    // the floor; any other flat figure runs through the middle.
    var up = Scale(low: low == high ? low : min(low, 0), high: high, start: height - margin, end: margin)
    if low == 0, high == 0 { up = Scale(low: 0, high: 1, start: height - margin, end: margin) }
    let points = drawn.enumerated().map { index, value in
      value.map { (x: across.position(Double(index)), y: up.position($0)) }
    }
    let line = Markup.path(points)
    if !line.isEmpty {
      if known.count == drawn.count { out += area(line, from: 0, to: width, floor: height) }
      out += "<path class=\"line\" d=\"\(line)\"/>"
    }
    if let last = points.last(where: { $0 != nil }), let last {
      out += "<path class=\"dot\" d=\"M\(Markup.coordinate(last.x)) \(Markup.coordinate(last.y))h0\"/>"
    }
    return out + "</svg>"
  }

  private func area(_ line: String, from left: Double, to right: Double, floor: Double) -> String {
    let bottom = Markup.coordinate(floor)
    return "<path class=\"area\" d=\"\(line)L\(Markup.coordinate(right)) \(bottom)L\(Markup.coordinate(left)) \(bottom)Z\"/>"
  }
}
