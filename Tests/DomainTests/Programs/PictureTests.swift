import Testing

@testable import Domain

/// What a picture is, its content says.
@Suite struct PictureTests {
  static let png: [UInt8] =
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + [0, 0, 3, 0xC0, 0, 0, 1, 0x2C, 8, 2, 0, 0, 0]
    + [0, 0, 0, 0]
  private let jpeg: [UInt8] =
    [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xC4, 0, 3, 9, 0xFF, 0xC2, 0, 11, 8, 0x01, 0x2C, 0x03, 0xC0, 1, 1, 0x11, 0]
  private func webp(_ chunk: String, _ rest: [UInt8]) -> [UInt8] {
    Array("RIFF".utf8) + [40, 0, 0, 0] + Array("WEBP".utf8) + Array(chunk.utf8) + [20, 0, 0, 0] + rest + [0, 0, 0, 0, 0, 0]
  }

  @Test func eachFormatIsKnownWithItsSize() {
    for (bytes, format) in [
      (PictureTests.png, Picture.Format.png), (jpeg, .jpeg),
      (webp("VP8 ", [0, 0, 0, 0x9D, 0x01, 0x2A, 0xC0, 0x03, 0x2C, 0x01]), .webp),
      // 959 and 299, one less than the size, in 14 bits each.
      (webp("VP8L", [0x2F, 0xBF, 0xC3, 0x4A, 0x00, 0, 0, 0, 0, 0]), .webp),
      (webp("VP8X", [0, 0, 0, 0, 0xBF, 0x03, 0, 0x2B, 0x01, 0]), .webp),
    ] {
      let found = PictureHeader(bytes)
      #expect(found?.format == format && found?.width == 960 && found?.height == 300, "\(format) \(String(describing: found))")
    }
  }

  @Test func nothingElseIsAPictureAndNoCutIsRead() {
    for text in [
      "", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "GIF89a123456789012345678901234567890", "<html><script>alert(1)</script>",
    ] {
      #expect(PictureHeader(Array(text.utf8)) == nil, "\(text)")
    }
    for whole in [PictureTests.png, jpeg, webp("VP8 ", [0, 0, 0, 0x9D, 0x01, 0x2A, 1, 0, 1, 0])] {
      for length in 0..<min(whole.count, 24) { #expect(PictureHeader(Array(whole.prefix(length))) == nil, "\(length)") }
    }
    #expect(PictureHeader([0xFF, 0xD8] + [UInt8](repeating: 0xFF, count: 4000)) == nil)
    #expect(PictureHeader([0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 100)) == nil)
  }
}
