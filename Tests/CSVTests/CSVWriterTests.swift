import Testing

@testable import CSV

@Suite struct CSVWriterTests {
  private func text(bom: Bool = false, capacity: Int = 1 << 16, _ body: (inout CSVWriter) throws -> Void) throws -> String {
    String(decoding: try written(bom: bom, capacity: capacity, body), as: UTF8.self)
  }

  @Test(arguments: [
    ("plain", "plain"), ("", ""), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("a\nb", "\"a\nb\""), ("a\rb", "\"a\rb\""),
    ("a;b\tc", "a;b\tc"), ("exactly8", "exactly8"), ("at the end,", "\"at the end,\""), ("Zoë 王伟 😀", "Zoë 王伟 😀"), (" x ", " x "),
    ("twelve bytes\"", "\"twelve bytes\"\"\""), (",", "\",\""),
  ])
  func cellsAreQuotedWhereTheyNeedIt(_ cell: String, _ expected: String) throws {
    let row = try text { writer in
      writer.text(cell)
      writer.raw(cell)
      writer.text("x")
      try writer.endRow()
    }
    #expect(row == "\(expected),\(expected),x\r\n")
  }

  @Test(arguments: [
    ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("\rx", "\"'\rx\""), ("\nx", "\"'\nx\""), ("=", "'="),
    ("'=1", "''=1"), ("''-", "'''-"), ("'x", "'x"), ("'", "'"), ("''", "''"), ("a=1", "a=1"), ("=\"a\",b", "\"'=\"\"a\"\",b\""),
    ("O'Brien", "O'Brien"),
    ("=a long formula cell", "'=a long formula cell"),
  ])
  func formulasAreMadeHarmlessAndComeBack(_ cell: String, _ expected: String) throws {
    let row = try text { writer in
      writer.text(cell)
      writer.text(String?.some(cell))
      try writer.endRow()
    }
    #expect(row == "\(expected),\(expected)\r\n")
    var file = CSVFile(bytes: Array(("a,b\r\n" + row).utf8))
    _ = try file.header(required: ["b"])
    try file.rows { #expect($0[0].unguardedText == cell) }
  }

  @Test func whatIsGivenAsItIsStaysSo() throws {
    let row = try text { writer in
      writer.raw("-1.50")
      writer.raw("=1")
      writer.number(-1)
      writer.number(-0.5, decimals: 2)
      try writer.endRow()
    }
    #expect(row == "-1.50,=1,-1,-0.50\r\n")
  }

  @Test func numbers() throws {
    let row = try text { writer in
      for number in [0, 7, -7, 1_234_567_890, .max, .min] as [Int64] { writer.number(number) }
      try writer.endRow()
      for number in [0, 1, 0.005, 2.675, -0.001, 99.999, 12.34, 1e20, .nan, .infinity] { writer.number(number, decimals: 2) }
      writer.number(1.5, decimals: 0)
      writer.number(1.5, decimals: -3)
      writer.number(0.1, decimals: 40)
      try writer.endRow()
    }
    #expect(
      row == "0,7,-7,1234567890,9223372036854775807,-9223372036854775808\r\n"
        + "0.00,1.00,0.01,2.68,0.00,100.00,12.34,1e+20,,,2,2,0.100000000\r\n")
  }

  @Test func rowsAndEmptyCells() throws {
    let rows = try text(bom: true) { writer in
      writer.empty()
      try writer.endRow()
      try writer.endRow()
      writer.text(String?.none)
      writer.text("")
      try writer.endRow()
      writer.raw("")
      try writer.endRow()
    }
    #expect(rows == "\u{FEFF}\"\"\r\n,\r\n\"\"\r\n")
  }

  @Test func aFragmentIsWrittenAsItsCellsWouldBe() throws {
    func cells(_ writer: inout CSVWriter) {
      writer.text("=a,b")
      writer.number(7)
      writer.empty()
    }
    let fragment = CSVFragment(cells)
    let nothing = CSVFragment { _ in }
    let empty = CSVFragment { $0.empty() }
    let rows = try text(capacity: 16) { writer in
      for _ in 0..<3 {
        writer.text("x")
        writer.fragment(fragment)
        writer.fragment(nothing)
        writer.fragment(empty)
        try writer.endRow()
        writer.fragment(fragment)
        try writer.endRow()
        writer.fragment(empty)
        try writer.endRow()
      }
    }
    #expect(rows == String(repeating: "x,\"'=a,b\",7,,\r\n\"'=a,b\",7,\r\n\"\"\r\n", count: 3))
  }

  @Test func theSinkIsGivenFullBuffersAndItsErrorsAreThrown() throws {
    struct Full: Error {}
    var sizes: [Int] = []
    withoutActuallyEscaping({ (part: UnsafeRawBufferPointer) in
      sizes.append(part.count)
      if sizes.count == 3 { throw Full() }
    }) { sink in
      var writer = CSVWriter(capacity: 100, sink)
      #expect(throws: Full.self) {
        while true {
          writer.text("0123456789")
          try writer.endRow()
        }
      }
    }
    #expect(sizes == [108, 108, 108])
  }

  @Test func aLongCellGrowsTheBuffer() throws {
    let long = String(repeating: "\"", count: 100_000)
    let bytes = try written(capacity: 16) { writer in
      writer.text(long)
      try writer.endRow()
    }
    #expect(bytes.count == 200_004)
  }
}
