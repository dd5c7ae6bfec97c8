import Foundation

/// A color of the sRGB space, 8 bits a channel.
public struct Color: Sendable, Hashable, CustomStringConvertible {
  /// Red, green and blue.
  public let red: UInt8, green: UInt8, blue: UInt8

  /// A color by its channels.
  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) { (self.red, self.green, self.blue) = (red, green, blue) }

  /// Reads `#2b4dc4`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == 7, text.hasPrefix("#"), text.utf8.dropFirst().allSatisfy({ Color.isHexDigit($0) }),
      let value = UInt32(text.dropFirst(), radix: 16)
    else { return nil }
    self.init(UInt8(value >> 16), UInt8(value >> 8 & 255), UInt8(value & 255))
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
  }

  /// `#2b4dc4`
  public var description: String {
    "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Relative luminance, WCAG 2.2: 0 for black, 1 for white.
  public var luminance: Double {
    func linear(_ channel: UInt8) -> Double {
      let share = Double(channel) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// Contrast ratio, WCAG 2.2: from 1 to 21.
  public func contrast(with other: Color) -> Double {
    let (a, b) = (luminance, other.luminance)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// This color with a share of another, from 0 to 1.
  public func mixed(with other: Color, _ share: Double) -> Color {
    func channel(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Double(a) * (1 - share) + Double(b) * share).rounded()) }
    return Color(channel(red, other.red), channel(green, other.green), channel(blue, other.blue))
  }

  /// The nearest color on the way to another that has at least that contrast with each background; the other where none has.
  func toward(_ other: Color, until ratio: Double, with backgrounds: [Color]) -> Color {
    for step in 0...100 {
      let color = mixed(with: other, Double(step) / 100)
      if backgrounds.allSatisfy({ color.contrast(with: $0) >= ratio }) { return color }
    }
    return other
  }
}

/// The shades of an organization's color that its pages use: readable in both appearances whatever the color.
public struct BrandShades: Sendable, Equatable {
  /// The shades of one appearance.
  public struct Appearance: Sendable, Equatable {
    /// The page's surface, which cards have.
    public let surface: Color
    /// Buttons and marks: at least 3:1 with the surface (WCAG 2.2, 1.4.11). Letters on it, at least 4.5:1 (1.4.3). Under the pointer.
    public let accent: Color, letters: Color, hover: Color
    /// Links and colored text: at least 4.5:1 with every background.
    public let text: Color
    /// The background of what is chosen, and lines.
    public let soft: Color, line: Color

    init(_ brand: Color, surface: Color, others: [Color], away: Color) {
      self.surface = surface
      let (white, black) = (Color(255, 255, 255), Color(0, 0, 0))
      let accent = brand.toward(away, until: 3, with: [surface])
      let letters = accent.contrast(with: white) >= 4.5 ? white : black
      (self.accent, self.letters) = (accent, letters)
      hover = accent.mixed(with: letters == white ? black : white, 0.14)
      soft = surface.mixed(with: accent, 0.1)
      line = surface.mixed(with: accent, 0.35)
      text = brand.toward(away, until: 4.5, with: [surface, soft] + others)
    }
  }

  /// The color as it was chosen.
  public let color: Color
  /// By appearance.
  public let light: Appearance, dark: Appearance

  /// Works out the shades of a color. The backgrounds are those of the style sheet's tokens.
  public init(_ color: Color) {
    self.color = color
    light = Appearance(
      color, surface: Color(255, 255, 255), others: [Color(0xf5, 0xf6, 0xfa), Color(0xeb, 0xee, 0xf4)], away: Color(0, 0, 0))
    dark = Appearance(
      color, surface: Color(0x15, 0x1b, 0x2a), others: [Color(0x0e, 0x13, 0x1f), Color(0x23, 0x2b, 0x3d)], away: Color(255, 255, 255))
  }
}
