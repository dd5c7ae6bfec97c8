import Testing

@testable import Domain

@Suite struct BrandColorTests {
  /// Examples whose ratios WCAG's own tools give.
  @Test func contrastIsThatOfTheGuidelines() throws {
    let (white, black) = (Color(255, 255, 255), Color(0, 0, 0))
    #expect(white.contrast(with: black) == 21)
    let gray = try #require(Color("#767676"))
    #expect((4.54...4.55).contains(gray.contrast(with: white)))
    #expect((1.07...1.08).contains(try #require(Color("#ffff00")).contrast(with: white)))
  }

  @Test func onlySixHexadecimalDigitsAreAColor() {
    for text in ["", "2b4dc4", "#2b4dc", "#2b4dc44", "#2b4dcg", "#+b4dc4", "red", "#2b4 c4"] { #expect(Color(text) == nil, "\(text)") }
    #expect(Color("#2B4Dc4")?.description == "#2b4dc4")
    #expect(Color("#000100")?.description == "#000100")
  }

  /// Every color of a coarse grid can be read in both appearances.
  @Test func everyColorIsReadable() {
    let steps: [UInt8] = [0, 51, 102, 153, 204, 255]
    for red in steps {
      for green in steps {
        for blue in steps {
          let shades = BrandShades(Color(red, green, blue))
          for look in [shades.light, shades.dark] {
            #expect(look.accent.contrast(with: look.surface) >= 3, "\(shades.color)")
            #expect(look.letters.contrast(with: look.accent) >= 4.5, "\(shades.color)")
            #expect(look.letters.contrast(with: look.hover) >= 4.5, "\(shades.color)")
            #expect(look.text.contrast(with: look.surface) >= 4.5 && look.text.contrast(with: look.soft) >= 4.5, "\(shades.color)")
          }
          #expect(shades.light.text.contrast(with: Color(0xf5, 0xf6, 0xfa)) >= 4.5, "\(shades.color)")
          #expect(shades.dark.text.contrast(with: Color(0x0e, 0x13, 0x1f)) >= 4.5, "\(shades.color)")
        }
      }
    }
  }

  @Test func aColorThatIsReadableStaysAsItIs() throws {
    let shades = BrandShades(try #require(Color("#2b4dc4")))
    #expect(shades.light.accent == shades.color && shades.light.text == shades.color && shades.light.letters == Color(255, 255, 255))
    #expect(shades.dark.text != shades.color)
  }
}
