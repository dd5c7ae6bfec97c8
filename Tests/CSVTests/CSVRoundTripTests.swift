import Testing

@testable import CSV

@Suite struct CSVRoundTripTests {
  private static let pieces = [
    "", "a", "x y", ",", ";", "\t", "\"", "\"\"", "\n", "\r", "\r\n", "'", "=", "+1", "-2", "@", "é", "e\u{301}", "王伟", "😀", "\u{FEFF}",
    "\u{202E}", "\u{0}1",
    "0123456789abcdef", "O'Brien", " ", "\u{A0}", "\u{10FFFF}", "\u{7F}",
  ].filter { !$0.contains("\0") }

  private func cell(_ random: inout SeededGenerator) -> String {
    (0..<Int.random(in: 0...4, using: &random)).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined()
  }

  @Test func whatIsWrittenIsReadWhateverTheChunks() throws {
    var random = SeededGenerator(seed: 4180)
    for round in 0..<300 {
      let width = Int.random(in: 1...6, using: &random)
      let rows = (0..<Int.random(in: 1...12, using: &random)).map { _ in (0..<width).map { _ in cell(&random) } }
      let bytes = try written(bom: round.isMultiple(of: 3), capacity: round.isMultiple(of: 2) ? 16 : 1 << 16) { writer in
        for row in rows {
          for cell in row { writer.text(cell) }
          try writer.endRow()
        }
      }
      for chunk in [1, 2, 3, 7, 64, 100_000] {
        var reader = CSVReader(separator: UInt8(ascii: ","))
        var found: [[String]] = []
        func take(_ record: borrowing CSVRecord) {
          var row: [String] = []
          for index in 0..<record.count { row.append(record[index].unguardedText) }
          found.append(row)
        }
        var rest = bytes[...]
        while !rest.isEmpty {
          try Array(rest.prefix(chunk)).withUnsafeBytes { try reader.feed($0, take) }
          rest = rest.dropFirst(chunk)
        }
        try reader.finish(take)
        // Texts are compared by their scalars: "é" in two forms is equal as a String.
        #expect(found.map { $0.map { Array($0.unicodeScalars) } } == rows.map { $0.map { Array($0.unicodeScalars) } })
      }
    }
  }

  /// What a file gives, whatever it is: its records, then the fault that ends them.
  private func outcome(_ bytes: [UInt8], chunk: Int, encoding: CSVEncoding) -> (records: [ReadRecord], error: CSVError?) {
    var limits = CSVLimits()
    limits.columns = 8
    var reader = CSVReader(encoding: encoding, limits: limits)
    var found: [ReadRecord] = []
    do {
      try bytes.withUnsafeBytes { all in
        var start = 0
        while start < all.count {
          let end = min(all.count, start + chunk)
          try reader.feed(UnsafeRawBufferPointer(rebasing: all[start..<end])) { found.append(ReadRecord($0)) }
          start = end
        }
      }
      try reader.finish { found.append(ReadRecord($0)) }
      return (found, nil)
    } catch {
      return (found, error as? CSVError)
    }
  }

  @Test func noInputTrapsAndChunksNeverMatter() {
    let alphabet: [UInt8] = Array("a,b;\t\"\"\r\n'=é\u{FEFF}".utf8) + [0x00, 0xFF, 0xFE, 0xC3, 0xE2, 0x82, 0xF0, 0x80, 0xD8, 0x81]
    var random = SeededGenerator(seed: 20_000)
    var faults = 0
    for _ in 0..<20_000 {
      // Half of the inputs are of what a file is made of mostly, so that they get far.
      let few = Bool.random(using: &random) ? alphabet.count : 14
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet[Int.random(in: 0..<few, using: &random)] }
      let encoding: CSVEncoding = Bool.random(using: &random) ? .unicode : .windows1252
      let whole = outcome(bytes, chunk: 1000, encoding: encoding)
      let cut = outcome(bytes, chunk: Int.random(in: 1...5, using: &random), encoding: encoding)
      #expect(whole.records == cut.records)
      #expect(whole.error == cut.error)
      if whole.error != nil { faults += 1 }
    }
    #expect(faults > 1000)
    #expect(faults < 19_000)
  }
}
