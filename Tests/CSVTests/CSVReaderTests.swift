import Testing

@testable import CSV

/// A record as a test sees it.
struct ReadRecord: Equatable {
  let line: Int
  let fields: [String]

  init(_ line: Int, _ fields: String...) {
    self.line = line
    self.fields = fields
  }

  init(_ record: borrowing CSVRecord) {
    line = record.line
    fields = record.texts
  }
}

/// Reads bytes in chunks of one size.
func records(
  _ bytes: some Collection<UInt8>, chunk: Int = .max, separator: UInt8? = nil, encoding: CSVEncoding = .unicode,
  limits: CSVLimits = CSVLimits()
) throws -> [ReadRecord] {
  var reader = CSVReader(separator: separator, encoding: encoding, limits: limits)
  var found: [ReadRecord] = []
  var rest = Array(bytes)[...]
  while !rest.isEmpty {
    let part = Array(rest.prefix(chunk))
    rest = rest.dropFirst(chunk)
    try part.withUnsafeBytes { try reader.feed($0) { found.append(ReadRecord($0)) } }
  }
  try reader.finish { found.append(ReadRecord($0)) }
  return found
}

func records(_ text: String, chunk: Int = .max, limits: CSVLimits = CSVLimits()) throws -> [ReadRecord] {
  try records(Array(text.utf8), chunk: chunk, limits: limits)
}

@Suite struct CSVReaderTests {
  @Test(arguments: [
    "a,b\n1,2\n", "a,b\r1,2\r", "a,b\r\n1,2\r\n", "a,b\r\n1,2", "\u{FEFF}a,b\n1,2", "a,b\n\n1,2\n\n".replacing("\n\n1", with: "\n1"),
  ])
  func lineEndsAndMark(_ text: String) throws {
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

  @Test func blankLinesAreNoRecordsButQuotedEmptyCellsAre() throws {
    #expect(try records("\n\r\na\n\n\"\"\n \n") == [ReadRecord(3, "a"), ReadRecord(5, ""), ReadRecord(6, " ")])
    #expect(try records(",\n") == [ReadRecord(1, "", "")])
    #expect(try records("").isEmpty)
    #expect(try records("\u{FEFF}").isEmpty)
  }
}
