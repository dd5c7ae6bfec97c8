/// Lines over time with an axis, round ticks and the name of each line at its end. The data belongs below it as a table.
///
/// Colors come from the classes `chart-lines` and within it `grid`, `axis`, `series-1`…`series-3`, `line`, `dot`, `name`.
public struct LineChart: Sendable {
  /// One line.
  public struct Series: Sendable {
    /// The name printed at the end of the line.
    public var name: String
    /// A value for each label of the chart; nil, infinities and NaN are gaps.
    public var values: [Double?]

    /// - Parameters:
    ///   - name: the name printed at the end of the line.
    ///   - values: a value for each label of the chart.
    public init(name: String, values: [Double?]) {
      self.name = name
      self.values = values
    }
  }

  /// The accessible name.
  public var title: String
  /// What the lines show, in a sentence; may be empty.
  public var description: String
  /// The labels below the axis, oldest first, equally spaced; printed as far as they fit.
  public var labels: [String]
  /// The lines, at most three in color of their own.
  public var series: [Series]

  /// - Parameters:
  ///   - title: the accessible name.
  ///   - description: what the lines show, in a sentence.
  ///   - labels: the labels below the axis, oldest first.
  ///   - series: the lines.
  public init(title: String, description: String = "", labels: [String], series: [Series]) {
    self.title = title
    self.description = description
    self.labels = labels
    self.series = series
  }

  private static let size = (width: 960.0, height: 260.0)
  private static let plot = (left: 48.0, right: 850.0, top: 14.0, bottom: 224.0)

  /// The picture as an `<svg>` element with a view box of 960 × 260 units.
  public var svg: String {
    let lines = series.map { line in labels.indices.map { $0 < line.values.count ? Scale.drawable(line.values[$0]) : nil } }
    let known = lines.joined().compactMap { $0 }
    let ticks = Ticks(low: known.min() ?? 0, high: known.max() ?? 0)
    let plot = Self.plot
    let up = Scale(low: ticks.values.first ?? 0, high: ticks.values.last ?? 1, start: plot.bottom, end: plot.top)
    let across = Scale(low: 0, high: Double(labels.count - 1), start: plot.left + 12, end: plot.right - 12)

    var out = Markup.open(
      class: "chart-lines", width: Self.size.width, height: Self.size.height, sized: false, title: title,
      description: description)
    for (value, label) in zip(ticks.values, ticks.labels) {
      out += Self.level(up.position(value), label: label, class: value == 0 ? "axis" : "grid")
    }
    let every = max((labels.count + 8) / 9, 1)
    for index in stride(from: (labels.count - 1) % every, to: labels.count, by: every) where index >= 0 {
      out += Self.text(labels[index], x: across.position(Double(index)), y: plot.bottom + 22, anchor: "middle")
    }
    guard !known.isEmpty else {
      let middle = (x: (plot.left + plot.right) / 2, y: (plot.top + plot.bottom) / 2)
      return out + Self.text("No data yet", x: middle.x, y: middle.y, anchor: "middle") + "</svg>"
    }
    var ends: [(series: Int, x: Double, y: Double)] = []
    for (number, line) in lines.enumerated() {
      let points = line.enumerated().map { index, value in
        value.map { (x: across.position(Double(index)), y: up.position($0)) }
      }
      guard let found = points.last(where: { $0 != nil }), let last = found else { continue }
      out += "<g class=\"series-\(number % 3 + 1)\">"
      let path = Markup.path(points)
      if !path.isEmpty { out += "<path class=\"line\" d=\"\(path)\"/>" }
      out += "<circle class=\"dot\" cx=\"\(Markup.coordinate(last.x))\" cy=\"\(Markup.coordinate(last.y))\" r=\"3\"/></g>"
      ends.append((number, last.x, last.y))
    }
    let heights = Self.spread(ends.map(\.y))
    for (end, y) in zip(ends, heights) {
      out += "<g class=\"series-\(end.series % 3 + 1)\">"
      out += Self.text(Self.short(series[end.series].name), x: plot.right, y: y + 4, anchor: "start", class: "name")
      out += "</g>"
    }
    return out + "</svg>"
  }

  /// Moves labels apart that would overlap, in the order of their lines' ends, and keeps them within the plot.
  static func spread(_ heights: [Double], apart: Double = 16) -> [Double] {
    var out = heights
    let order = heights.indices.sorted { (heights[$0], $0) < (heights[$1], $1) }
    for (before, after) in zip(order, order.dropFirst()) { out[after] = max(out[after], out[before] + apart) }
    var ceiling = plot.bottom
    for index in order.reversed() {
      out[index] = min(out[index], ceiling)
      ceiling = out[index] - apart
    }
    return out
  }

  private static func short(_ name: String) -> String { name.count > 14 ? name.prefix(13) + "…" : name }

  private static func level(_ y: Double, label: String, class name: String) -> String {
    let height = Markup.coordinate(y)
    return "<line class=\"\(name)\" x1=\"\(Markup.coordinate(plot.left))\" x2=\"\(Markup.coordinate(plot.right))\""
      + " y1=\"\(height)\" y2=\"\(height)\"/>" + text(label, x: plot.left - 8, y: y + 4, anchor: "end")
  }

  private static func text(_ text: String, x: Double, y: Double, anchor: String, class name: String? = nil) -> String {
    let attribute = name.map { " class=\"\($0)\"" } ?? ""
    return "<text\(attribute) x=\"\(Markup.coordinate(x))\" y=\"\(Markup.coordinate(y))\" text-anchor=\"\(anchor)\">"
      + "\(Markup.escaped(text))</text>"
  }
}
