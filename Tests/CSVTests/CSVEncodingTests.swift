import Testing

@testable import CSV

@Suite struct CSVEncodingTests {
  private static let text = "Näme,€,😀\n王伟,\u{FFFD},\"x\u{10FFFF}\"\n"
  private var expected: [ReadRecord] { [ReadRecord(1, "Näme", "€", "😀"), ReadRecord(2, "王伟", "\u{FFFD}", "x\u{10FFFF}")] }

  private func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
    ("\u{FEFF}" + text).utf16.flatMap { unit in
      let bytes = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
      return bigEndian ? bytes : bytes.reversed()
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 1000]) func unicodeInAllItsForms(chunk: Int) throws {
    for bytes in [
      Array(Self.text.utf8), Array(("\u{FEFF}" + Self.text).utf8), utf16(Self.text, bigEndian: true), utf16(Self.text, bigEndian: false),
    ] {
      #expect(try records(bytes, chunk: chunk) == expected)
      // A byte order mark decides over what was said; without one UTF-8 read as windows-1252 is another text.
      if bytes[0] > 0x7F { #expect(try records(bytes, chunk: chunk, encoding: .windows1252) == expected) }
    }
  }

  @Test func windows1252() throws {
    let bytes: [UInt8] = [0x5A, 0x6F, 0xEB, 0x2C, 0x80, 0x2C, 0x93, 0x78, 0x94, 0x0A, 0xFF, 0x2C, 0xA0, 0x2C, 0x9F]
    for chunk in [1, 3, 100] {
      #expect(
        try records(bytes, chunk: chunk, encoding: .windows1252) == [
          ReadRecord(1, "Zoë", "€", "\u{201C}x\u{201D}"), ReadRecord(2, "ÿ", "\u{A0}", "Ÿ"),
        ])
    }
    let error = #expect(throws: CSVError.self) { try records([0x61, 0x0A, 0x2C, 0x81], encoding: .windows1252) }
    #expect(error?.kind == .encoding)
    #expect(error?.line == 2)
    #expect(error?.column == 2)
    #expect(throws: CSVError.self) { try records([0x61, 0x00], encoding: .windows1252) }
  }

  @Test(
    arguments: [
      [0xE9], [0xE9, 0x61], [0xC3], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80], [0xFF], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xE2, 0x82, 0x00],
    ] as [[UInt8]])
  func whatIsNotUTF8IsRefusedAtItsLine(_ broken: [UInt8]) throws {
    let before = Array("Name,€\n\"é\r\né\",12345678901234567890".utf8)
    for chunk in [1, 2, 3, 7, 1000] {
      for after in [[], Array(",x\nmore".utf8)] {
        let error = #expect(throws: CSVError.self) { try records(before + broken + after, chunk: chunk) }
        #expect(error?.kind == .encoding)
        #expect(error?.line == 3)
        #expect(error?.column == 2)
      }
    }
  }

  @Test func theMessageSaysWhatToDo() throws {
    let error = #expect(throws: CSVError.self) { try records([0x61, 0x0A, 0x5A, 0x6F, 0xEB]) }
    #expect(error?.description.hasPrefix("line 2, column 1: ") == true)
    #expect(error?.message.contains("0xEB") == true)
    #expect(error?.message.contains("windows-1252") == true)
  }

  @Test(
    arguments: [
      [0xFE, 0xFF, 0x00, 0x61, 0x00], [0xFE, 0xFF, 0xD8, 0x00, 0x00, 0x61], [0xFE, 0xFF, 0xDC, 0x00], [0xFE, 0xFF, 0xD8, 0x00],
      [0xFF, 0xFE, 0x00, 0x00], [0x00, 0x61], [0x61, 0x00, 0x2C, 0x00],
    ] as [[UInt8]])
  func brokenUTF16IsRefused(_ bytes: [UInt8]) {
    for chunk in [1, 2, 100] {
      #expect(throws: CSVError.self) { try records(bytes, chunk: chunk) }
    }
  }
}
