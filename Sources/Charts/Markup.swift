/// Writes SVG text: every piece of text goes through `escaped`, every coordinate through `coordinate`.
enum Markup {
  /// Escapes text for element content and quoted attributes, scalar by scalar, so that a combining mark cannot hide a
  /// quote or bracket. Characters that XML 1.0 section 2.2 does not allow become U+FFFD.
  static func escaped(_ text: String) -> String {
    var out = ""
    out.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case "\t", "\n", "\r": out.unicodeScalars.append(scalar)
      default: out.unicodeScalars.append(isAllowed(scalar) ? scalar : "\u{FFFD}")
      }
    }
    return out
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0xFFFE, 0xFFFF: false
    default: true
    }
  }

  /// A coordinate with at most two decimals, without exponent and without "-0".
  static func coordinate(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let hundredths = (min(max(value, -1e6), 1e6) * 100).rounded()
    let count = Int(hundredths)
    let (whole, rest) = (count.magnitude / 100, count.magnitude % 100)
    var out = count < 0 ? "-\(whole)" : "\(whole)"
    if rest > 0 {
      out += rest < 10 ? ".0\(rest)" : ".\(rest)"
      if out.hasSuffix("0") { out.removeLast() }
    }
    return out
  }

  /// The opening tag of a picture with its accessible name and description.
  static func open(
    class name: String, width: Double, height: Double, sized: Bool, title: String, description: String, stretch: Bool = false
  )
    -> String
  {
    var out = "<svg class=\"\(name)\" viewBox=\"0 0 \(coordinate(width)) \(coordinate(height))\""
    if sized { out += " width=\"\(coordinate(width))\" height=\"\(coordinate(height))\"" }
    if stretch { out += " preserveAspectRatio=\"none\"" }
    out += " role=\"img\"><title>\(escaped(title))</title>"
    if !description.isEmpty { out += "<desc>\(escaped(description))</desc>" }
    return out
  }

  /// The `d` of a line through points; a gap (nil) starts a new piece, a piece of a single point is left out.
  static func path(_ points: [(x: Double, y: Double)?]) -> String {
    var out = ""
    var piece: [(x: Double, y: Double)] = []
    func flush() {
      guard piece.count > 1 else { return piece.removeAll() }
      for (index, point) in piece.enumerated() {
        out += (index == 0 ? "M" : "L") + coordinate(point.x) + " " + coordinate(point.y)
      }
      piece.removeAll()
    }
    for point in points {
      if let point { piece.append(point) } else { flush() }
    }
    flush()
    return out
  }
}
