import Domain
import HTTPServer

/// An organization's color as a stylesheet of its own. Its address holds the color and a digest of the content, so that a browser may keep it for
/// ever, and whoever asks learns nothing that the address does not say.
enum BrandStylesheet {
  /// GET /brand/:file
  static func respond(_ request: Request) throws -> Response {
    guard let file = request.parameters["file"], let color = color(of: file) else { throw HTTPError(404) }
    var response = Response(200, headers: Headers(), body: .bytes(Array(text(color).utf8)))
    response.headers["Content-Type"] = "text/css; charset=utf-8"
    // Under the address of another version the answer is as good, but not for ever.
    response.headers["Cache-Control"] = file == name(color) ? "public, max-age=31536000, immutable" : "no-cache"
    return response
  }

  /// The address for a color; nil for none.
  static func path(_ color: String) -> Path? { Color(color).map { Path(["brand", name($0)]) } }

  private static func color(of file: String) -> Color? {
    let parts = file.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].hasSuffix(".css") else { return nil }
    return Color("#" + parts[0])
  }

  private static func name(_ color: Color) -> String { "\(color.description.dropFirst())-\(digest(text(color))).css" }

  /// FNV-1a, 64 bit: it tells versions apart and protects nothing.
  private static func digest(_ text: String) -> String {
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The second tier of the tokens, in the layer that they are in.
  static func text(_ color: Color) -> String {
    let shades = BrandShades(color)
    func both(_ key: (BrandShades.Appearance) -> Color) -> String { "light-dark(\(key(shades.light)), \(key(shades.dark)))" }
    return """
      @layer tokens {
        :root {
          --accent: \(both(\.accent));
          --accent-hover: \(both(\.hover));
          --accent-on: \(both(\.letters));
          --accent-text: \(both(\.text));
          --accent-soft: \(both(\.soft));
          --accent-line: \(both(\.line));
          --focus: \(both(\.text));
          --bar-1: \(both(\.accent));
          --bar-2: \(both { $0.surface.mixed(with: $0.accent, 0.6) });
          --bar-3: \(both { $0.surface.mixed(with: $0.accent, 0.32) });
        }
      }

      """
  }
}

extension Site {
  /// The stylesheet of an organization's color, for a page; nil for the product's own.
  func brandStylesheet(_ color: String) -> Path? { BrandStylesheet.path(color) }
}
