/// A horizontal bar that shows a part of a whole: one stage of a funnel.
///
/// Colors come from the classes `chart-bar` and within it `track`, `fill`. The bar stretches to the width of its place.
public struct ShareBar: Sendable {
  /// The accessible name, for example "Joined: 2,911 of 4,120".
  public var title: String
  /// The part; below zero counts as zero, above the whole as the whole.
  public var part: Int
  /// The whole; zero or less draws an empty track.
  public var whole: Int

  /// - Parameters:
  ///   - title: the accessible name.
  ///   - part: how many.
  ///   - whole: of how many.
  public init(title: String, part: Int, whole: Int) {
    self.title = title
    self.part = part
    self.whole = whole
  }

  /// The picture as an `<svg>` element that stretches.
  public var svg: String {
    let width = 400.0
    let out = Markup.open(
      class: "chart-bar", width: width, height: 8, sized: false, title: title, description: "", stretch: true)
    return out + Self.rectangle("track", from: 0, to: width)
      + Self.rectangle("fill", from: 0, to: Self.share(part, of: whole) * width) + "</svg>"
  }

  /// A share between 0 and 1; something above nothing keeps at least a sliver, so that one of a million is seen.
  static func share(_ part: Int, of whole: Int) -> Double {
    guard whole > 0, part > 0 else { return 0 }
    return min(max(Double(part) / Double(whole), 0.01), 1)
  }

  static func rectangle(_ name: String, from start: Double, to end: Double) -> String {
    guard end > start else { return "" }
    return "<rect class=\"\(name)\" x=\"\(Markup.coordinate(start))\" y=\"0\" width=\"\(Markup.coordinate(end - start))\" height=\"8\"/>"
  }
}

/// The stages Invited, Joined, Enrolled, Completed of one program as a single bar: the whole track is everyone invited,
/// and the darker the part, the further they came.
///
/// Colors come from the classes `chart-funnel` and within it `track`, `part-1` (furthest) to `part-3`.
public struct MiniFunnel: Sendable {
  /// The accessible name, for example "431 completed, 760 enrolled, 980 joined of 1,210 invited".
  public var title: String
  /// How many reached each stage, widest first. A stage above the one before it is drawn as that one.
  public var stages: [Int]

  /// - Parameters:
  ///   - title: the accessible name.
  ///   - stages: how many reached each stage, widest first: invited, joined, enrolled, completed.
  public init(title: String, stages: [Int]) {
    self.title = title
    self.stages = stages
  }

  /// The picture as an `<svg>` element of 152 × 8 units.
  public var svg: String {
    let (width, gap) = (152.0, 2.0)
    var out = Markup.open(
      class: "chart-funnel", width: width, height: 8, sized: true, title: title, description: "", stretch: true)
    out += ShareBar.rectangle("track", from: 0, to: width)
    guard let whole = stages.first, whole > 0 else { return out + "</svg>" }
    var limit = whole
    let ends = stages.dropFirst().map { count in
      limit = min(limit, max(count, 0))
      return ShareBar.share(limit, of: whole) * width
    }
    var start = 0.0
    for (index, end) in ends.reversed().enumerated() where end > start {
      // The gap is cut from the part before it is drawn, unless too little would be left.
      let cut = end < width && end - start > gap * 2 ? gap : 0
      out += ShareBar.rectangle("part-\(index + 1)", from: start, to: end - cut)
      if cut > 0 { out += "<rect class=\"cut\" x=\"\(Markup.coordinate(end - cut))\" y=\"0\" width=\"2\" height=\"8\"/>" }
      start = end
    }
    return out + "</svg>"
  }
}
