import Foundation
import Testing

@testable import CSV

@Suite struct CSVFileTests {
  private static let text =
    "\u{FEFF} email ,Other,NAME,\"More, too\"\r\na@x.example,1,\"Zoë, \"\"x\"\"\",\r\nb@x.example,2\r\nc@x.example,3,C,,5"

  @Test func columnsAreFoundByNameInAnyOrderAndCase() throws {
    var file = CSVFile(bytes: Array(Self.text.utf8))
    let header = try file.header(required: ["Name", "Email"], optional: ["Phone", "other"])
    #expect(header.names == [" email ", "Other", "NAME", "More, too"])
    #expect(header.places == [2, 0, nil, 1])
    #expect(header.ignored == ["More, too"])
    #expect(header.separator == UInt8(ascii: ","))
    var rows: [[String]] = []
    var shapes: [String] = []
    try file.rows { row in
      rows.append([row[0].text, row[1].text, row[2].text, row[3].text])
      shapes.append(
        "\(row.line) \(row.number) \(row.count)/\(row.expectedCount) \(row.isShort) \(row.isLong) \(row[0].isMissing) \(row[0].column)")
      #expect(row[2].isMissing)
      #expect(row[2].column == 0)
      #expect(row[9].isMissing)
    }
    #expect(rows == [["Zoë, \"x\"", "a@x.example", "", "1"], ["", "b@x.example", "", "2"], ["C", "c@x.example", "", "3"]])
    #expect(shapes == ["2 1 4/4 false false false 3", "3 2 2/4 true false true 3", "4 3 5/4 false true false 3"])
    #expect(file.bytesRead == Int64(Self.text.utf8.count))
  }

  @Test func aMissingColumnIsNamed() throws {
    var file = CSVFile(bytes: Array("Name;Phone\n".utf8))
    let error = #expect(throws: CSVError.self) { _ = try file.header(required: ["Email", "name", "Start"], optional: ["End"]) }
    #expect(error?.kind == .missingColumn)
    #expect(error?.line == 1)
    #expect(error?.message == "the header lacks the columns \"Email\", \"Start\"; it has \"Name\", \"Phone\"")
  }

  @Test func aWantedColumnMayNotStandTwice() throws {
    var file = CSVFile(bytes: Array("Name,x,x,NAME\n".utf8))
    let error = #expect(throws: CSVError.self) { _ = try file.header(required: ["name"]) }
    #expect(error?.kind == .duplicateColumn)
    #expect(error?.column == 4)
  }

  @Test(arguments: ["", "\u{FEFF}", "\n\r\n\n"]) func anEmptyFileIsRefused(_ text: String) throws {
    var file = CSVFile(bytes: Array(text.utf8))
    let error = #expect(throws: CSVError.self) { _ = try file.header(required: []) }
    #expect(error?.kind == .empty)
  }

  @Test func rowsStopAtALimitAndGoOn() throws {
    var file = CSVFile(bytes: Array("n\n1\n2\n3\n".utf8))
    _ = try file.header(required: ["n"])
    var seen: [String] = []
    try file.rows(limit: 2) { seen.append($0[0].text) }
    #expect(seen == ["1", "2"])
    try file.rows { seen.append($0[0].text) }
    #expect(seen == ["1", "2", "3"])
  }

  @Test func filesAndDescriptorsAreReadAlike() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("csv-\(UUID().uuidString).csv").path
    defer { unlink(path) }
    let many = (0..<20_000).map { "\($0),name \($0),\"a \"\"quoted\"\" text\"\n" }.joined()
    #expect(FileManager.default.createFile(atPath: path, contents: Data(("n,name,text\n" + many).utf8)))
    func sum(_ file: consuming CSVFile) throws -> Int {
      _ = try file.header(required: ["n", "text"])
      var sum = 0
      try file.rows { row in
        sum += Int(row[0].text) ?? 0
        #expect(row[1].bytes.count == 15)
      }
      return sum
    }
    let opened = try CSVFile(path: path)
    #expect(try sum(opened) == 199_990_000)
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    #expect(try sum(CSVFile(descriptor: descriptor)) == 199_990_000)
  }

  @Test func aFileThatCannotBeReadIsRefused() throws {
    let missing = #expect(throws: CSVError.self) { _ = try CSVFile(path: "/nowhere/at-all.csv") }
    #expect(missing?.kind == .unreadable)
    #expect(missing?.description.contains("/nowhere/at-all.csv") == true)
    let directory = #expect(throws: CSVError.self) {
      var file = try CSVFile(path: "/")
      _ = try file.header(required: [])
    }
    #expect(directory?.kind == .unreadable)
  }
}
