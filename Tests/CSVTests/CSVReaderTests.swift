import Testing

@testable import CSV

@Suite struct CSVReaderTests {
  @Test(arguments: [
    "a,b\n1,2\n", "a,b\r1,2\r", "a,b\r\n1,2\r\n", "a,b\r\n1,2", "\u{FEFF}a,b\n1,2", "a;b\n1;2", "a\tb\n1\t2", "\"a\",\"b\"\n\"1\",\"2\"",
  ])
  func lineEndsMarksAndSeparators(_ text: String) throws {
    for chunk in [1, 2, 3, 1000] {
      #expect(try records(text, chunk: chunk) == [ReadRecord(1, "a", "b"), ReadRecord(2, "1", "2")])
    }
  }

  @Test func quotesHoldSeparatorsQuotesAndLineEnds() throws {
    let text = "a,\"b,\"\"c\"\"\r\nd\re\nf\",g\r\n\"\",\"\"\"\",\r\nlast"
    for chunk in [1, 2, 3, 5, 7, 1000] {
      #expect(
        try records(text, chunk: chunk) == [
          ReadRecord(1, "a", "b,\"c\"\r\nd\re\nf", "g"), ReadRecord(5, "", "\"", ""), ReadRecord(6, "last"),
        ])
    }
  }

  @Test func aBlankLineIsNoRecordButAQuotedEmptyCellIs() throws {
    #expect(try records("\n\r\na\n\n\"\"\n \n") == [ReadRecord(3, "a"), ReadRecord(5, ""), ReadRecord(6, " ")])
    #expect(try records("\r\r\na\r\r\nb") == [ReadRecord(3, "a"), ReadRecord(5, "b")])
    #expect(try records(",\n") == [ReadRecord(1, "", "")])
    #expect(try records("").isEmpty)
    #expect(try records("\u{FEFF}").isEmpty)
  }

  @Test func aRecordKnowsItsFieldsItsLineAndItsNumber() throws {
    var reader = CSVReader()
    var seen = 0
    try Array("a,b\n\n\"x\ny\"\nlast,one,more".utf8).withUnsafeBytes { bytes in
      try reader.feed(bytes) { record in
        seen += 1
        if record.number == 2 {
          #expect(record.line == 3)
          #expect(record.count == 1)
          #expect(record[0].text == "x\ny")
          #expect(record[0].column == 1)
          #expect(record[1].isMissing)
          #expect(record[1].text == "")
          #expect(record[-1].isMissing)
        }
      }
    }
    try reader.finish { record in
      seen += 1
      #expect(record.number == 3)
      #expect(record.line == 5)
      #expect(record.count == 3)
    }
    #expect(seen == 3)
  }

  @Test(arguments: [
    (",;;\ta", ";"), ("a;b,c", ","), ("\"a;b;c\",d", ","), ("a\tb\tc;d", "\t"), ("abc", ","), ("\n\r\na;b\nc,d,e,f", ";"),
    ("a;\"b\n,,,,\"", ";"),
  ])
  func theFirstLineDecidesTheSeparator(_ text: String, _ separator: String) throws {
    for chunk in [1, 4, 100] {
      var reader = CSVReader()
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        try Array(rest.prefix(chunk)).withUnsafeBytes { try reader.feed($0) { _ in } }
        rest = rest.dropFirst(chunk)
      }
      try reader.finish { _ in }
      #expect(reader.separator == separator.utf8.first)
    }
  }

  @Test func aGivenSeparatorHolds() throws {
    #expect(try records(Array("a;b|c\n".utf8), separator: UInt8(ascii: "|")) == [ReadRecord(1, "a;b", "c")])
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    let text: String
    let kind: CSVError.Kind
    let line: Int
    let column: Int
    var testDescription: String { "\(kind) in \(text.debugDescription)" }
  }

  @Test(arguments: [
    Fault(text: "a,b\n1,\"2\n3\n4", kind: .unclosedQuote, line: 2, column: 2),
    Fault(text: "a,b\n\"x\ny\",\"2", kind: .unclosedQuote, line: 3, column: 2),
    Fault(text: "\"", kind: .unclosedQuote, line: 1, column: 1),
    Fault(text: "a,b\r\n1,\"2\"x\r\n", kind: .textAfterQuote, line: 2, column: 2),
    Fault(text: "a,b\r\n\"1\" ,2", kind: .textAfterQuote, line: 2, column: 1),
    Fault(text: "a,b\r1,2 \"x\"", kind: .strayQuote, line: 2, column: 2),
    Fault(text: "a,b\n1, \"x\"", kind: .strayQuote, line: 2, column: 2),
    Fault(text: "a,b\n\"x\r\n\n\",\0", kind: .nul, line: 4, column: 2),
    Fault(text: "a\0", kind: .nul, line: 1, column: 1),
  ])
  func faultsAreNamedWhereTheyAre(_ fault: Fault) throws {
    for chunk in [1, 2, 3, 1000] {
      let error = #expect(throws: CSVError.self) { try records(fault.text, chunk: chunk) }
      #expect(error?.kind == fault.kind)
      #expect(error?.line == fault.line)
      #expect(error?.column == fault.column)
    }
  }

  @Test func recordsBeforeAFaultAreHandedOnAndTheFaultStays() throws {
    var reader = CSVReader()
    var seen: [ReadRecord] = []
    let bytes = Array("a,b\n1,2\n3,\"4\"x\n5,6\n".utf8)
    for _ in 0..<2 {
      #expect(throws: CSVError.self) { try bytes.withUnsafeBytes { try reader.feed($0) { seen.append(ReadRecord($0)) } } }
    }
    #expect(throws: CSVError.self) { try reader.finish { seen.append(ReadRecord($0)) } }
    #expect(seen == [ReadRecord(1, "a", "b"), ReadRecord(2, "1", "2")])
  }
}

@Suite struct CSVLimitTests {
  private var small: CSVLimits {
    var limits = CSVLimits()
    limits.field = 10
    limits.columns = 3
    limits.record = 100
    return limits
  }

  @Test func fieldsUpToTheLimitsAreRead() throws {
    for chunk in [1, 4, 1000] {
      #expect(try records("0123456789,\"0123456789\",\"01234\"\"\"\"89\"\n", chunk: chunk, limits: small).count == 1)
    }
  }

  @Test(arguments: [
    ("a\n01234567890,b\n", CSVError.Kind.longField, 2, 1), ("a\n\"01234567890\",b\n", .longField, 2, 1),
    ("a\nb,0123456789x", .longField, 2, 2),
    ("a\n1,2,3,4\n", .tooManyColumns, 2, 4), ("a\n\n1,2,\"3\",\"4\"\n", .tooManyColumns, 3, 4),
  ])
  func whatIsBeyondALimitIsRefused(_ text: String, _ kind: CSVError.Kind, _ line: Int, _ column: Int) throws {
    for chunk in [1, 4, 1000] {
      let error = #expect(throws: CSVError.self) { try records(text, chunk: chunk, limits: small) }
      // Seen before its end, a quoted field is one whose quote is not closed.
      #expect(error?.kind == kind || error?.kind == .unclosedQuote && text.contains("\"0") && chunk < 1000)
      #expect(error?.line == line)
      #expect(error?.column == column)
    }
  }

  @Test func aQuoteLeftOpenIsRefusedAtTheLimitOfAFieldNamingWhereItOpened() throws {
    var reader = CSVReader()
    let start = Array("a,b\n1,2\n3,\"never closed\n".utf8)
    try start.withUnsafeBytes { try reader.feed($0) { _ in } }
    let line = Array("some,more,lines\n".utf8)
    var fed = 0
    var thrown: CSVError?
    while thrown == nil, fed < 1 << 22 {
      do {
        try line.withUnsafeBytes { try reader.feed($0) { _ in } }
        fed += line.count
      } catch let error as CSVError {
        thrown = error
      }
    }
    #expect(thrown?.kind == .unclosedQuote)
    #expect(thrown?.line == 3)
    #expect(thrown?.column == 2)
    #expect(fed <= 1 << 20)
  }

  @Test func aRecordOfManyLongFieldsIsRefused() throws {
    var limits = CSVLimits()
    limits.record = 1000
    let fields = Array(repeating: String(repeating: "x", count: 500), count: 10).joined(separator: ",")
    let error = #expect(throws: CSVError.self) { try records("a\n" + fields, chunk: 64, limits: limits) }
    #expect(error?.kind == .longRecord)
    #expect(error?.line == 2)
  }

  @Test func aThousandColumnsAreRead() throws {
    let row = (0..<1000).map { "\($0)" }.joined(separator: ",")
    #expect(try records(row).first?.fields.count == 1000)
    let error = #expect(throws: CSVError.self) { try records(row + ",x") }
    #expect(error?.kind == .tooManyColumns)
    #expect(error?.column == 1001)
  }
}
